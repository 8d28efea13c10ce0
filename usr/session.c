// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <arpa/inet.h>

#include "follow.h"
#include "print.h"
#include "words.h"

/* More than an entry takes in the console, with four names. */
#define ENTRY_MAX 2048

#define RULE "---------------------------------\n"

static void print_session_head(const struct table *table)
{
	(void)table;
	print_text(RULE);
}

/* `#` and the service or number of a port. */
static char *put_port(char *at, const char *service, in_port_t port)
{
	*at++ = '#';
	return service ? print_put_text(at, service) : print_put_u32(at, ntohs(port));
}

static void print_session(const struct table *table, const struct table_row *row)
{
	char *at = print_reserve(ENTRY_MAX);

	if (!table->proto) {
		at = print_put_text(at, words_proto(row->nl.proto));
		*at++ = ' ';
	}
	if (row->nl.proto == IPPROTO_TCP) {
		*at++ = '(';
		at = print_put_text(at, words_state(row->nl.state));
		at = print_put_text(at, ") ");
	}
	at = print_put_text(at, "Expires in ");
	at = print_put_words(at, row->nl.expires);

	at = print_put_text(at, "\nRemote: ");
	at = row->dst4_name ? print_put_text(at, row->dst4_name) : print_put_in4(at, &row->nl.dst4);
	at = put_port(at, row->dst4_service, row->nl.dst4_port);
	*at++ = '\t';
	at = row->src6_name ? print_put_text(at, row->src6_name) : print_put_in6(at, &row->nl.src6);
	at = put_port(at, row->src6_service, row->nl.src6_port);

	at = print_put_text(at, "\nLocal: ");
	at = print_put_node4(at, &row->nl.src4, row->nl.src4_port);
	at = print_put_text(at, "\t\t");
	at = print_put_node6(at, &row->nl.dst6, row->nl.dst6_port);
	at = print_put_text(at, "\n" RULE);
	print_commit(at);
}

static const struct column columns[] = {
	COLUMN("Protocol", "protocol", COLUMN_PROTO, proto),
	COLUMN_NAMED("IPv6 Remote Address", "src6.address", COLUMN_IN6, src6, src6_name),
	COLUMN_NAMED("IPv6 Remote L4-ID", "src6.port", COLUMN_PORT, src6_port, src6_service),
	COLUMN("IPv6 Local Address", "dst6.address", COLUMN_IN6, dst6),
	COLUMN("IPv6 Local L4-ID", "dst6.port", COLUMN_PORT, dst6_port),
	COLUMN("IPv4 Local Address", "src4.address", COLUMN_IN4, src4),
	COLUMN("IPv4 Local L4-ID", "src4.port", COLUMN_PORT, src4_port),
	COLUMN_NAMED("IPv4 Remote Address", "dst4.address", COLUMN_IN4, dst4, dst4_name),
	COLUMN_NAMED("IPv4 Remote L4-ID", "dst4.port", COLUMN_PORT, dst4_port, dst4_service),
	COLUMN("Expires in", "expires_ms", COLUMN_MS, expires),
	COLUMN("State", "state", COLUMN_STATE, state),
	COLUMN_OWN(NULL, "src6_name", COLUMN_TEXT, src6_name),
	COLUMN_OWN(NULL, "src6_service", COLUMN_TEXT, src6_service),
	COLUMN_OWN(NULL, "dst4_name", COLUMN_TEXT, dst4_name),
	COLUMN_OWN(NULL, "dst4_service", COLUMN_TEXT, dst4_service),
};

const struct table_kind session_table = {
	.cmd = JOOL_CMD_SESSION_GET,
	.need = NL_BIT(SRC6) | NL_BIT(SRC6_PORT) | NL_BIT(DST6) | NL_BIT(DST6_PORT) | NL_BIT(SRC4) |
		NL_BIT(SRC4_PORT) | NL_BIT(DST4) | NL_BIT(DST4_PORT) | NL_BIT(EXPIRES),
	.by_proto = true,
	.json = "sessions",
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.resolve_src6 = true,
	.resolve_dst4 = true,
	.head = print_session_head,
	.row = print_session,
};

static int display_sessions(const struct request *request)
{
	return table_display(&session_table, request);
}

static int count(const struct request *request)
{
	return table_count(JOOL_CMD_SESSION_COUNT, request, IPPROTO_TCP, "count", NULL, NULL);
}

#define OPTIONS_WHICH (OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS) | OPTIONS_SESSION_FILTER)

static int delete(const struct request *request)
{
	if (!(request->given & OPTIONS_WHICH)) {
		print_error("The command is missing which sessions: a protocol, --all, or a filter "
			    "(--src6, --dst6, --src4, --dst4, --port, --state).");
		return EXIT_USAGE;
	}
	return table_count(JOOL_CMD_SESSION_DELETE, request, IPPROTO_TCP, "removed", "session",
			   "sessions");
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTIONS_WHICH | OPTIONS_NAMES | OPTIONS_FORMAT,
		.help = "List the sessions of a protocol (TCP), by IPv4 address and port.",
		.run = display_sessions,
	}, {
		.name = "follow",
		.words = "",
		.options = OPTIONS_WHICH | OPTION_BIT(NUMERIC) | OPTIONS_FORMAT,
		.help = "Print sessions (of all instances) when they begin and end; never names.",
		.run = follow_run,
	},
	/* Those that Jool 4 does not have. */
	{
		.name = "count",
		.words = "",
		.options = OPTIONS_WHICH | OPTION_BIT(JSON),
		.help = "Print how many sessions of a protocol (TCP) there are.",
		.run = count,
	}, {
		.name = "delete",
		.words = "",
		.options = OPTIONS_WHICH | OPTION_BIT(JSON),
		.help = "End sessions of a protocol (TCP); their static BIB entries stay.",
		.run = delete,
	},
};

static const struct gone gone[] = {
	{ "proxy", SESSION_NO_JOOLD },
	{ "advertise", SESSION_NO_JOOLD },
	{ NULL, NULL }
};

const struct mode session_mode = {
	.name = "session",
	.help = "The connections that are being translated.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
	.first = 2,
	.gone = gone,
};
