// SPDX-License-Identifier: GPL-2.0-only
#include "query.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "print.h"
#include "stats.h"
#include "table.h"
#include "words.h"

#define TEXT_MAX 1024

#define NODE6(which) (NL_BIT(which##6) | NL_BIT(which##6_PORT))
#define NODE4(which) (NL_BIT(which##4) | NL_BIT(which##4_PORT))

/* What is not told of a packet that neither pool6 nor pool4 is the destination of. */
#define NOT_OURS "Its destination is neither in pool6 nor an address and port of pool4."

static bool has(const struct query *query, uint64_t attrs)
{
	return (query->answer.present & attrs) == attrs;
}

/* The packet on the IPv6 side: from the IPv6 node, or to it. */
static char *put_packet6(char *at, const struct query *query, bool from6)
{
	const struct nl_row *answer = &query->answer;

	if (from6) {
		at = print_put_node6(at, &answer->src6, answer->src6_port);
		at = print_put_text(at, " > ");
		return print_put_node6(at, &answer->dst6, answer->dst6_port);
	}
	at = print_put_node6(at, &answer->dst6, answer->dst6_port);
	at = print_put_text(at, " > ");
	return print_put_node6(at, &answer->src6, answer->src6_port);
}

/* The same on the IPv4 side. Which port of pool4 a new session gets is not always known. */
static char *put_packet4(char *at, const struct query *query, bool from6)
{
	const struct nl_row *answer = &query->answer;

	if (!from6) {
		at = print_put_node4(at, &answer->dst4, answer->dst4_port);
		at = print_put_text(at, " > ");
		return print_put_node4(at, &answer->src4, answer->src4_port);
	}
	at = has(query, NODE4(SRC)) ? print_put_node4(at, &answer->src4, answer->src4_port)
				    : print_put_text(at, "a free port of pool4");
	at = print_put_text(at, " > ");
	return print_put_node4(at, &answer->dst4, answer->dst4_port);
}

static char *put_translated(char *at, const struct query *query)
{
	at = print_put_text(at, "Verdict: translated");
	if (query->from6 && has(query, NODE4(DST))) {
		at = print_put_text(at, " to ");
		at = put_packet4(at, query, true);
	} else if (!query->from6 && has(query, NODE6(SRC) | NODE6(DST))) {
		at = print_put_text(at, " to ");
		at = put_packet6(at, query, false);
	}
	if (query->answer.flags & JOOL_FLAG_HAIRPIN)
		at = print_put_text(at, ", and back to the IPv6 node that has this address and port");
	*at++ = '\n';
	return at;
}

static char *put_session(char *at, const struct query *query)
{
	at = print_put_text(at, "Session: ");
	if (!(query->answer.flags & JOOL_FLAG_SESSION))
		return print_put_text(at, "a new one\n");
	at = print_put_text(at, "there is one");
	if (has(query, NL_BIT(STATE))) {
		at = print_put_text(at, " (");
		at = print_put_text(at, words_state(query->answer.state));
		*at++ = ')';
	}
	if (has(query, NL_BIT(EXPIRES))) {
		at = print_put_text(at, ", expires in ");
		at = print_put_words(at, query->answer.expires);
	}
	*at++ = '\n';
	return at;
}

static const char *bib_kind(const struct query *query)
{
	if (!(query->answer.flags & JOOL_FLAG_BIB))
		return NULL;
	return query->answer.flags & JOOL_FLAG_STATIC ? "static" : "dynamic";
}

static char *put_bib(char *at, const struct query *query)
{
	at = print_put_text(at, "BIB entry: ");
	if (!bib_kind(query))
		return print_put_text(at, "a new one\n");
	at = print_put_text(at, "there is a ");
	at = print_put_text(at, bib_kind(query));
	at = print_put_text(at, " one");
	if (has(query, NODE6(SRC) | NODE4(SRC))) {
		at = print_put_text(at, ", ");
		at = print_put_node4(at, &query->answer.src4, query->answer.src4_port);
		at = print_put_text(at, " - ");
		at = print_put_node6(at, &query->answer.src6, query->answer.src6_port);
	}
	*at++ = '\n';
	return at;
}

/* NULL: it needs no explanation. */
static const char *explanation(const struct query *query)
{
	if (query->stat[0])
		return stats_explain(query->stat);
	return query->answer.answer == JOOL_ANSWER_KERNEL ? NOT_OURS : NULL;
}

/* The verdict as one reads it, and in JSON. */
static const struct verdict {
	const char *text, *json;
} verdicts[] = {
	[JOOL_ANSWER_TRANSLATE] = { "translated", "translate" },
	[JOOL_ANSWER_DROP] = { "dropped", "drop" },
	[JOOL_ANSWER_KERNEL] = { "left to the kernel", "kernel" },
	[JOOL_ANSWER_STORE] = { "kept for a while", "store" },
};

static const struct verdict *verdict_of(const struct query *query)
{
	static const struct verdict unknown = { "unknown", "unknown" };
	unsigned int number = query->answer.answer;

	return number < sizeof(verdicts) / sizeof(verdicts[0]) ? &verdicts[number] : &unknown;
}

void query_print(const struct query *query)
{
	char *at = print_reserve(TEXT_MAX);

	at = print_put_text(at, "Packet: ");
	at = print_put_text(at, words_proto(query->proto));
	*at++ = ' ';
	at = query->from6 ? put_packet6(at, query, true) : put_packet4(at, query, false);
	*at++ = '\n';
	if (query->answer.answer == JOOL_ANSWER_TRANSLATE) {
		at = put_translated(at, query);
		at = put_session(at, query);
		at = put_bib(at, query);
	}
	print_commit(at);

	if (query->answer.answer != JOOL_ANSWER_TRANSLATE)
		print_format("Verdict: %s\n", verdict_of(query)->text);
	if (query->stat[0])
		print_format("Why: %s%s: %s\n", STATS_PREFIX, query->stat, explanation(query));
	else if (explanation(query))
		print_format("Why: %s\n", explanation(query));
}

/* ---- JSON ---- */

/* `"key":"text",`, or null. */
static char *put_text(char *at, const char *key, const char *text)
{
	at = table_put_json(at, key);
	*at++ = ':';
	at = text ? table_put_json(at, text) : print_put_text(at, "null");
	*at++ = ',';
	return at;
}

/* `"key":true,` */
static char *put_bool(char *at, const char *key, bool value)
{
	at = table_put_json(at, key);
	at = print_put_text(at, value ? ":true," : ":false,");
	return at;
}

/* `"key":{"address":"192.0.2.1","port":80},`, or null: of `addr6` or `addr4`. */
static char *put_node(char *at, const char *key, bool known, const struct in6_addr *addr6,
		      const struct in_addr *addr4, in_port_t port)
{
	at = table_put_json(at, key);
	if (!known)
		return print_put_text(at, ":null,");
	at = print_put_text(at, ":{\"address\":\"");
	at = addr6 ? print_put_in6(at, addr6) : print_put_in4(at, addr4);
	at = print_put_text(at, "\",\"port\":");
	at = print_put_u32(at, ntohs(port));
	return print_put_text(at, "},");
}

void query_print_json(const struct query *query, const char *instance)
{
	const struct nl_row *answer = &query->answer;
	char reason[80];
	char *at;

	table_json_head(instance, "query");
	snprintf(reason, sizeof(reason), "%s%s", STATS_PREFIX, query->stat);
	at = print_reserve(2 * TEXT_MAX);
	*at++ = '{';
	at = put_text(at, "protocol", words_proto(query->proto));
	at = put_text(at, "from", query->from6 ? "ipv6" : "ipv4");
	at = put_text(at, "verdict", verdict_of(query)->json);
	at = put_text(at, "reason", query->stat[0] ? reason : NULL);
	at = put_text(at, "explanation", explanation(query));
	at = put_bool(at, "session", answer->flags & JOOL_FLAG_SESSION);
	at = put_text(at, "bib", bib_kind(query));
	at = put_bool(at, "hairpin", answer->flags & JOOL_FLAG_HAIRPIN);
	at = put_node(at, "src6", has(query, NODE6(SRC)), &answer->src6, NULL, answer->src6_port);
	at = put_node(at, "dst6", has(query, NODE6(DST)), &answer->dst6, NULL, answer->dst6_port);
	at = put_node(at, "src4", has(query, NODE4(SRC)), NULL, &answer->src4, answer->src4_port);
	at = put_node(at, "dst4", has(query, NODE4(DST)), NULL, &answer->dst4, answer->dst4_port);
	at = print_put_text(at, "\"expires_ms\":");
	at = has(query, NL_BIT(EXPIRES)) ? print_put_u32(at, answer->expires)
					 : print_put_text(at, "null");
	*at++ = ',';
	at = put_text(at, "state", has(query, NL_BIT(STATE)) ? words_state(answer->state) : NULL);
	at[-1] = '}';
	at = print_put_text(at, "}\n");
	print_commit(at);
}

/* ---- asking ---- */

/* The first word is where the packet comes from, the second where it goes. */
static bool parse_words(const struct request *request, struct transport *from,
			struct transport *to)
{
	if (request->count < 2) {
		print_error("The command is missing %s (jool query SOURCE#PORT DESTINATION#PORT).",
			    request->count ? "the destination" : "the source and the destination");
		return false;
	}
	if (!parse_transport(request->words[0], from) || !parse_transport(request->words[1], to))
		return false;
	if (from->family == to->family)
		return true;
	print_error("'%s' and '%s' are not of the same version of IP; give both as they stand in "
		    "the packet.", request->words[0], request->words[1]);
	return false;
}

static void put_packet(struct nl *nl, const struct transport *from, const struct transport *to)
{
	if (from->family == AF_INET6) {
		nl_put(nl, JOOL_A_SRC6, &from->addr6, sizeof(from->addr6));
		nl_put_u16(nl, JOOL_A_SRC6_PORT, from->port);
		nl_put(nl, JOOL_A_DST6, &to->addr6, sizeof(to->addr6));
		nl_put_u16(nl, JOOL_A_DST6_PORT, to->port);
	} else {
		nl_put(nl, JOOL_A_DST4, &from->addr4, sizeof(from->addr4));
		nl_put_u16(nl, JOOL_A_DST4_PORT, from->port);
		nl_put(nl, JOOL_A_SRC4, &to->addr4, sizeof(to->addr4));
		nl_put_u16(nl, JOOL_A_SRC4_PORT, to->port);
	}
}

/* The answer may leave out what was asked. */
static void complete_answer(struct nl_row *answer, const struct transport *from,
			    const struct transport *to)
{
	if (from->family == AF_INET6) {
		answer->src6 = from->addr6;
		answer->src6_port = from->port;
		answer->dst6 = to->addr6;
		answer->dst6_port = to->port;
		answer->present |= NODE6(SRC) | NODE6(DST);
	} else {
		answer->dst4 = from->addr4;
		answer->dst4_port = from->port;
		answer->src4 = to->addr4;
		answer->src4_port = to->port;
		answer->present |= NODE4(SRC) | NODE4(DST);
	}
}

static bool take_answer(struct nl_row *row, void *arg)
{
	struct query *query = arg;

	query->answer = *row;
	if (row->present & NL_BIT(STAT_NAME))
		snprintf(query->stat, sizeof(query->stat), "%s", row->stat_name);
	return true;
}

static int run_query(const struct request *request)
{
	const char *mark_word = request->values[OPTION_MARK];
	struct query query = { .proto = IPPROTO_TCP };
	struct transport from, to;
	uint32_t mark = 0;
	struct nl *nl;
	int status;

	if (!command_proto(request, IPPROTO_TCP, &query.proto) ||
	    !parse_words(request, &from, &to) ||
	    (mark_word && !parse_u32("--mark", mark_word, 0, UINT32_MAX, &mark)))
		return EXIT_USAGE;
	nl = nl_begin(JOOL_CMD_QUERY, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	nl_put_u8(nl, JOOL_A_PROTO, query.proto);
	if (mark_word)
		nl_put_u32(nl, JOOL_A_MARK, mark);
	put_packet(nl, &from, &to);
	status = nl_get(nl, NL_BIT(ANSWER), take_answer, &query);
	if (status != EXIT_DONE)
		return status;

	query.from6 = from.family == AF_INET6;
	complete_answer(&query.answer, &from, &to);
	if (command_has(request, JSON))
		query_print_json(&query, request->instance);
	else
		query_print(&query);
	return EXIT_DONE;
}

static const struct operation operation = {
	.name = "",
	.words = "SOURCE#PORT DESTINATION#PORT",
	.most = 2,
	.options = OPTIONS_PROTO | OPTION_BIT(MARK) | OPTION_BIT(JSON),
	.help = "Say what would become of a packet (TCP: a SYN), and why; nothing is sent.",
	.run = run_query,
};

const struct mode query_mode = {
	.name = "query",
	.help = "What would become of a packet, and why.",
	.operations = &operation,
	.count = 1,
};
