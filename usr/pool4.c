// SPDX-License-Identifier: GPL-2.0-only
#include "pool4.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "parse.h"
#include "print.h"
#include "words.h"

/* Prefixes shorter than this are added with --force only. */
#define PREFIX_MIN 24

/* ---- display ---- */

#define RULE "+------------+-------+--------------------+-----------------+-------------+\n"
#define HEAD "|       Mark | Proto |     Max iterations |         Address |       Ports |\n"

static void print_pool4_head(const struct table *table)
{
	print_text(RULE);
	if (table->headers)
		print_text(HEAD RULE);
}

static void print_pool4_tail(void)
{
	print_text(RULE);
}

/* Mark, protocol and iterations are shown in the first row of the set that shares them. */
static void print_pool4_row(const struct table *table, const struct table_row *row)
{
	const struct nl_row *last = table->rows ? &table->last : NULL;
	const char *fixed = row->nl.flags & JOOL_FLAG_AUTO ? " auto" : "fixed";
	char address[INET_ADDRSTRLEN];
	char iterations[16];

	if (last && last->mark == row->nl.mark && last->proto == row->nl.proto) {
		print_format("| %10s | %5s | %18s ", "", "", "");
	} else {
		if (last)
			print_text(RULE);
		*print_put_u32(iterations, row->nl.max_iterations) = '\0';
		print_format("| %10u | %5s | %10s (%s) ", row->nl.mark, words_proto(row->nl.proto),
			     row->nl.max_iterations == UINT32_MAX ? "Infinite" : iterations, fixed);
	}
	*print_put_in4(address, &row->nl.prefix4) = '\0';
	print_format("| %15s | %5u-%5u |\n", address, row->nl.port_min, row->nl.port_max);
}

/*
 * The set that is coming in: its automatic number of iterations depends on the ports of all of it.
 * Only what differs from entry to entry is kept.
 */
static struct {
	struct nl_row first;
	struct entry {
		struct in_addr addr;
		uint16_t port_min, port_max;
		uint32_t used;
	} *entries;
	size_t count, room;
	uint64_t ports;
} set;

static uint32_t automatic(uint64_t ports)
{
	uint64_t iterations = ports / 128;

	if (iterations < 1024)
		return 1024;
	return iterations > 8192 ? 8192 : iterations;
}

static void print_set(struct table *table)
{
	struct table_row row = { .nl = set.first };
	struct nl_row *nl = &row.nl;

	if (nl->flags & JOOL_FLAG_AUTO)
		nl->max_iterations = automatic(set.ports);
	for (size_t i = 0; i < set.count; i++) {
		nl->prefix4 = set.entries[i].addr;
		nl->port_min = set.entries[i].port_min;
		nl->port_max = set.entries[i].port_max;
		nl->ports_used = set.entries[i].used;
		row.ports_free = nl->port_max - nl->port_min + 1 - nl->ports_used;
		table_add_row(&row, table);
	}
	set.count = 0;
	set.ports = 0;
}

static void make_room_in_set(void)
{
	size_t room = set.room ? 2 * set.room : 64;

	if (set.count < set.room)
		return;
	set.entries = memory_must(realloc(set.entries, room * sizeof(*set.entries)));
	set.room = room;
}

static bool take_pool4_row(struct nl_row *row, void *table)
{
	if (set.count && (set.first.mark != row->mark || set.first.proto != row->proto))
		print_set(table);
	if (!set.count)
		set.first = *row;
	make_room_in_set();
	set.entries[set.count++] = (struct entry){
		.addr = row->prefix4, .port_min = row->port_min, .port_max = row->port_max,
		.used = row->present & NL_BIT(PORTS_USED) ? row->ports_used : 0,
	};
	set.ports += row->port_max - row->port_min + 1;
	return !print_failed();
}

static void finish(struct table *table)
{
	if (set.count)
		print_set(table);
	free(set.entries);
	memset(&set, 0, sizeof(set));
}

static const struct column columns[] = {
	COLUMN("Mark", "mark", COLUMN_U32, mark),
	COLUMN("Protocol", "protocol", COLUMN_PROTO, proto),
	COLUMN("Address", "address", COLUMN_IN4, prefix4),
	COLUMN("Min port", "port_min", COLUMN_U16, port_min),
	COLUMN("Max port", "port_max", COLUMN_U16, port_max),
	COLUMN("Iterations", "iterations", COLUMN_ITERATIONS, max_iterations),
	COLUMN_BIT("Iterations fixed", "iterations_fixed", COLUMN_UNFLAG, JOOL_FLAG_AUTO),
	COLUMN(NULL, "ports_used", COLUMN_U32, ports_used),
	COLUMN_OWN(NULL, "ports_free", COLUMN_U32, ports_free),
	COLUMN_BIT(NULL, "default", COLUMN_FLAG, JOOL_FLAG_DEFAULT),
};

const struct table_kind pool4_table = {
	.cmd = JOOL_CMD_POOL4_GET,
	.need = NL_BIT(MARK) | NL_BIT(PREFIX4) | NL_BIT(PORT_MIN) | NL_BIT(PORT_MAX),
	.by_proto = true,
	.json_flags = JOOL_FLAG_USAGE,
	.json = "pool4",
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.head = print_pool4_head,
	.row = print_pool4_row,
	.tail = print_pool4_tail,
	.take = take_pool4_row,
	.finish = finish,
};

static int display_pool4(const struct request *request)
{
	return table_display(&pool4_table, request);
}

/* ---- add, remove, flush ---- */

/* Which of the words were there. */
struct words {
	bool prefix, ports;
};

/* In any order: what has a dot in it is the prefix. */
static bool parse_pool4_words(const struct request *request, struct pool4_entry *entry,
			struct words *words)
{
	const char *word;
	bool *seen;

	for (unsigned int i = 0; i < request->count; i++) {
		word = request->words[i];
		seen = strchr(word, '.') ? &words->prefix : &words->ports;
		if (*seen) {
			print_error("'%s' is the second %s.", word,
				    strchr(word, '.') ? "IPv4 prefix or address" : "port range");
			return false;
		}
		if (strchr(word, '.') ? !parse_prefix4(word, &entry->prefix)
				      : !parse_ports(word, &entry->ports))
			return false;
		*seen = true;
	}
	return true;
}

static bool parse_entry(const struct request *request, struct pool4_entry *entry,
			struct words *words)
{
	const char *mark = request->values[OPTION_MARK];

	*entry = (struct pool4_entry){ 0 };
	*words = (struct words){ 0 };
	return command_proto(request, IPPROTO_TCP, &entry->proto) &&
	       parse_pool4_words(request, entry, words) &&
	       (!mark || parse_u32("--mark", mark, 0, UINT32_MAX, &entry->mark));
}

/* What `add` and `remove` both say of an entry. */
static void put_pool4_entry(struct nl *nl, const struct pool4_entry *entry)
{
	nl_put_u8(nl, JOOL_A_PROTO, entry->proto);
	nl_put(nl, JOOL_A_PREFIX4, &entry->prefix.addr, sizeof(entry->prefix.addr));
	nl_put_u8(nl, JOOL_A_PREFIX4_LEN, entry->prefix.len);
	nl_put_u16(nl, JOOL_A_PORT_MIN, entry->ports.min);
	nl_put_u16(nl, JOOL_A_PORT_MAX, entry->ports.max);
	if (entry->mark)
		nl_put_u32(nl, JOOL_A_MARK, entry->mark);
}

bool pool4_parse_iterations(const char *what, const char *word, uint32_t *iterations)
{
	*iterations = 0;
	if (!word || !strcmp(word, "auto"))
		return true;
	if (!strcmp(word, "infinity")) {
		*iterations = UINT32_MAX;
		return true;
	}
	return parse_u32(what, word, 1, UINT32_MAX - 1, iterations);
}

/* Says what is missing of what `add` needs. */
static bool is_complete(const struct request *request, const struct words *words)
{
	const struct {
		bool given;
		const char *what;
	} parts[] = {
		{ words->prefix, "an IPv4 prefix or address (192.0.2.1)" },
		{ words->ports, "a port (or ICMP id) range (61001-65535)" },
		{ request->given & OPTIONS_PROTO, "a protocol (--tcp, --udp or --icmp)" },
	};
	char text[200] = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].given)
			continue;
		strcat(text, *text ? ", " : "");
		strcat(text, parts[i].what);
	}
	if (*text)
		print_error("The command is missing %s.", text);
	return !*text;
}

bool pool4_check_prefix(const struct prefix4 *prefix, bool force)
{
	unsigned long long count = 1ULL << (32 - prefix->len);

	if (count > JOOL_POOL4_ROWS_MAX) {
		print_error("A /%u has %llu addresses; pool4 has room for %u.", prefix->len, count,
			    JOOL_POOL4_ROWS_MAX);
		return false;
	}
	if (prefix->len >= PREFIX_MIN || force)
		return true;
	print_error("You're adding lots of addresses (a /%u has %llu); use --force if that is what "
		    "you want.", prefix->len, count);
	return false;
}

bool pool4_parse_add(const struct request *request, struct pool4_entry *entry)
{
	const char *iterations = request->values[OPTION_MAX_ITERATIONS];
	struct words words;

	if (!parse_entry(request, entry, &words) || !is_complete(request, &words) ||
	    !pool4_parse_iterations("--max-iterations", iterations, &entry->iterations))
		return false;
	entry->force = command_has(request, FORCE);
	return pool4_check_prefix(&entry->prefix, entry->force);
}

void pool4_put(struct nl *nl, const struct pool4_entry *entry)
{
	struct pool4_entry added = *entry;

	/* Port 0 is none, but identifier 0 is one. */
	if (entry->proto != IPPROTO_ICMP) {
		added.ports.min += !added.ports.min;
		added.ports.max += !added.ports.max;
	}
	put_pool4_entry(nl, &added);
	if (entry->iterations)
		nl_put_u32(nl, JOOL_A_MAX_ITERATIONS, entry->iterations);
	if (entry->force)
		nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_FORCE);
}

/* The ports that programs of this machine get for connections of their own. */
static struct port_range local_ports(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	struct port_range none = { .min = UINT16_MAX }, ports = none;
	int found;

	if (!file)
		return none;
	found = fscanf(file, "%hu %hu", &ports.min, &ports.max);
	fclose(file);
	return found == 2 ? ports : none;
}

bool pool4_warn_local(const struct pool4_entry *entry)
{
	struct port_range local = local_ports();

	if (entry->force || entry->proto == IPPROTO_ICMP || entry->ports.min > local.max ||
	    entry->ports.max < local.min)
		return false;
	print_warning("The ports %u-%u of pool4 overlap %u-%u, from which programs of this machine get "
		      "theirs (sysctl net.ipv4.ip_local_port_range): if it has the address itself, "
		      "their connections and translated ones may meet.", entry->ports.min,
		      entry->ports.max, local.min, local.max);
	return true;
}

static int add_to_pool4(const struct request *request)
{
	struct pool4_entry entry;
	struct nl *nl;
	int status;

	if (!pool4_parse_add(request, &entry))
		return EXIT_USAGE;
	nl = nl_begin(JOOL_CMD_POOL4_ADD, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	pool4_put(nl, &entry);
	status = nl_do(nl);
	if (status == EXIT_DONE)
		pool4_warn_local(&entry);
	return status;
}

static void put_quick(struct nl *nl, const struct request *request)
{
	if (command_has(request, QUICK))
		nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_QUICK);
}

static int remove_from_pool4(const struct request *request)
{
	struct pool4_entry entry;
	struct words words;
	struct nl *nl;

	if (!parse_entry(request, &entry, &words))
		return EXIT_USAGE;
	if (!words.prefix) {
		print_error("The command is missing an IPv4 prefix or address (192.0.2.1).");
		return EXIT_USAGE;
	}
	if (!words.ports)
		entry.ports.max = UINT16_MAX;
	nl = nl_begin(JOOL_CMD_POOL4_REMOVE, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	put_pool4_entry(nl, &entry);
	put_quick(nl, request);
	return nl_do(nl);
}

static int flush_pool4(const struct request *request)
{
	struct nl *nl = nl_begin(JOOL_CMD_POOL4_FLUSH, request->instance);

	if (!nl)
		return EXIT_REFUSED;
	put_quick(nl, request);
	return nl_do(nl);
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS) | OPTIONS_FORMAT,
		.help = "List the addresses and ports of a protocol (TCP).",
		.run = display_pool4,
	}, {
		.name = "add",
		.words = "PREFIX PORTS",
		.most = 2,
		.options = OPTIONS_PROTO | OPTION_BIT(MARK) | OPTION_BIT(MAX_ITERATIONS) |
			   OPTION_BIT(FORCE),
		.required = OPTIONS_PROTO,
		.help = "Add addresses (192.0.2.0/28) with a range of ports (61001-65535).",
		.run = add_to_pool4,
	}, {
		.name = "remove",
		.words = "PREFIX [PORTS]",
		.most = 2,
		.options = OPTIONS_PROTO | OPTION_BIT(MARK) | OPTION_BIT(QUICK),
		.help = "Remove addresses, or a range of their ports.",
		.run = remove_from_pool4,
	}, {
		.name = "flush",
		.words = "",
		.options = OPTION_BIT(QUICK),
		.help = "Remove all, of every protocol.",
		.run = flush_pool4,
	},
};

const struct mode pool4_mode = {
	.name = "pool4",
	.help = "The IPv4 addresses and ports that are given out.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
