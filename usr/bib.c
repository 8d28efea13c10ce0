// SPDX-License-Identifier: GPL-2.0-only
#include "bib.h"

#include <arpa/inet.h>

#include "nl.h"
#include "print.h"
#include "words.h"

#define ENTRY_MAX 2048

static void print_bib_row(const struct table *table, const struct table_row *row)
{
	char *at = print_reserve(ENTRY_MAX);

	(void)table;
	at = print_put_text(at, row->nl.flags & JOOL_FLAG_STATIC ? "[Static " : "[Dynamic ");
	at = print_put_text(at, words_proto(row->nl.proto));
	at = print_put_text(at, "] ");
	at = print_put_node4(at, &row->nl.src4, row->nl.src4_port);
	at = print_put_text(at, " - ");
	at = row->src6_name ? print_put_text(at, row->src6_name) : print_put_in6(at, &row->nl.src6);
	*at++ = '#';
	at = row->src6_service ? print_put_text(at, row->src6_service)
			       : print_put_u32(at, ntohs(row->nl.src6_port));
	*at++ = '\n';
	print_commit(at);
}

static const struct column columns[] = {
	COLUMN("Protocol", "protocol", COLUMN_PROTO, proto),
	COLUMN_NAMED("IPv6 Address", "src6.address", COLUMN_IN6, src6, src6_name),
	COLUMN_NAMED("IPv6 L4-ID", "src6.port", COLUMN_PORT, src6_port, src6_service),
	COLUMN("IPv4 Address", "src4.address", COLUMN_IN4, src4),
	COLUMN("IPv4 L4-ID", "src4.port", COLUMN_PORT, src4_port),
	COLUMN_BIT("Static?", "static", COLUMN_FLAG, JOOL_FLAG_STATIC),
	COLUMN_OWN(NULL, "src6_name", COLUMN_TEXT, src6_name),
	COLUMN_OWN(NULL, "src6_service", COLUMN_TEXT, src6_service),
};

const struct table_kind bib_table = {
	.cmd = JOOL_CMD_BIB_GET,
	.need = NL_BIT(SRC6) | NL_BIT(SRC6_PORT) | NL_BIT(SRC4) | NL_BIT(SRC4_PORT),
	.by_proto = true,
	.json = "bib",
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.resolve_src6 = true,
	.row = print_bib_row,
};

static int display_bib(const struct request *request)
{
	return table_display(&bib_table, request);
}

/* The mapping that is named, its addresses in any order; one that is not there has family 0. */
static bool parse_bib_words(const struct request *request, struct bib_entry *entry)
{
	struct transport found, *to;

	*entry = (struct bib_entry){ 0 };
	for (unsigned int i = 0; i < request->count; i++) {
		if (!parse_transport(request->words[i], &found))
			return false;
		to = found.family == AF_INET6 ? &entry->node6 : &entry->node4;
		if (to->family) {
			print_error("'%s' is the second %s transport address.", request->words[i],
				    found.family == AF_INET6 ? "IPv6" : "IPv4");
			return false;
		}
		*to = found;
	}
	return command_proto(request, IPPROTO_TCP, &entry->proto);
}

void bib_put(struct nl *nl, const struct bib_entry *entry)
{
	nl_put_u8(nl, JOOL_A_PROTO, entry->proto);
	if (entry->node6.family) {
		nl_put(nl, JOOL_A_SRC6, &entry->node6.addr6, sizeof(entry->node6.addr6));
		nl_put_u16(nl, JOOL_A_SRC6_PORT, entry->node6.port);
	}
	if (entry->node4.family) {
		nl_put(nl, JOOL_A_SRC4, &entry->node4.addr4, sizeof(entry->node4.addr4));
		nl_put_u16(nl, JOOL_A_SRC4_PORT, entry->node4.port);
	}
}

static int send_entry(enum jool_cmd cmd, const struct request *request,
		      const struct bib_entry *entry)
{
	struct nl *nl = nl_begin(cmd, request->instance);

	if (!nl)
		return EXIT_REFUSED;
	bib_put(nl, entry);
	return nl_do(nl);
}

bool bib_parse_add(const struct request *request, struct bib_entry *entry)
{
	if (!parse_bib_words(request, entry))
		return false;
	if (entry->node6.family && entry->node4.family)
		return true;
	print_error("The command is missing an %s transport address (%s).",
		    entry->node6.family ? "IPv4" : "IPv6",
		    entry->node6.family ? "192.0.2.1#80" : "2001:db8::1#80");
	return false;
}

static int add_to_bib(const struct request *request)
{
	struct bib_entry entry;

	if (!bib_parse_add(request, &entry))
		return EXIT_USAGE;
	return send_entry(JOOL_CMD_BIB_ADD, request, &entry);
}

static int remove_from_bib(const struct request *request)
{
	struct bib_entry entry;

	if (!parse_bib_words(request, &entry))
		return EXIT_USAGE;
	if (!request->count) {
		print_error("The command is missing an IPv6 or IPv4 transport address "
			    "(2001:db8::1#80 or 192.0.2.1#80).");
		return EXIT_USAGE;
	}
	return send_entry(JOOL_CMD_BIB_REMOVE, request, &entry);
}

static int flush_bib(const struct request *request)
{
	return table_count(JOOL_CMD_BIB_FLUSH, request, 0, "removed", "BIB entry", "BIB entries");
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS) | OPTIONS_NAMES |
			   OPTIONS_FORMAT | OPTIONS_BIB_FILTER,
		.help = "List the mappings of a protocol (TCP), by IPv4 address and port.",
		.run = display_bib,
	}, {
		.name = "add",
		.words = "IPV6#PORT IPV4#PORT",
		.most = 2,
		.options = OPTIONS_PROTO,
		.help = "Add a static mapping: what comes to IPV4#PORT goes to IPV6#PORT.",
		.run = add_to_bib,
	}, {
		.name = "remove",
		.words = "[IPV6#PORT] [IPV4#PORT]",
		.most = 2,
		.options = OPTIONS_PROTO,
		.help = "Remove a mapping, static or not, and its sessions.",
		.run = remove_from_bib,
	}, {
		.name = "flush",
		.words = "",
		.options = OPTIONS_PROTO | OPTION_BIT(JSON),
		.help = "Remove all mappings (of a protocol), also static ones, and all sessions.",
		.run = flush_bib,
	},
};

const struct mode bib_mode = {
	.name = "bib",
	.help = "The mappings of IPv6 to IPv4 transport addresses.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
