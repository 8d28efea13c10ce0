// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "memory.h"
#include "print.h"
#include "table.h"

/* More than a line of any metric takes, and a line of help. */
#define LINE_SIZE 1024

static const uint8_t protos[METRICS_PROTOS] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

static const struct {
	const char *name;
	const char *help;
} counters[METRICS] = {
#define JOOL_STAT(name, class, reason, explanation) { #name, explanation },
#include "stats.def"
#undef JOOL_STAT
};

/* ---- printing ---- */

/* A name in small letters, with `jool_` before it. */
static char *put_name(char *at, const char *name)
{
	at = print_put_text(at, "jool_");
	for (; *name; name++)
		*at++ = tolower((unsigned char)*name);
	return at;
}

/* What describes all the lines of a metric. */
static void print_family(const char *name, const char *type, const char *help)
{
	char *at = print_reserve(LINE_SIZE);

	at = print_put_text(at, "# TYPE ");
	at = put_name(at, name);
	*at++ = ' ';
	at = print_put_text(at, type);
	at = print_put_text(at, "\n# HELP ");
	at = put_name(at, name);
	*at++ = ' ';
	for (; *help; help++) {
		if (*help == '\\' || *help == '"')
			*at++ = '\\';
		*at++ = *help;
	}
	*at++ = '\n';
	print_commit(at);
}

/* `jool_name{nat64="default"`; strings of JSON are label values, as names have no newlines. */
static char *put_start(char *at, const char *name, const char *suffix,
		       const struct metrics *metrics)
{
	at = put_name(at, name);
	at = print_put_text(at, suffix);
	at = print_put_text(at, "{nat64=");
	return table_put_json(at, metrics->instance);
}

static char *put_label(char *at, const char *label, const char *value)
{
	*at++ = ',';
	at = print_put_text(at, label);
	*at++ = '=';
	return table_put_json(at, value);
}

static void end_line(char *at, uint64_t value)
{
	at = print_put_text(at, "} ");
	at = print_put_u64(at, value);
	*at++ = '\n';
	print_commit(at);
}

static void print_counter(const struct metrics *list, size_t counter)
{
	char *at;

	print_family(counters[counter].name, "counter", counters[counter].help);
	for (; list; list = list->next) {
		at = print_reserve(LINE_SIZE);
		at = put_start(at, counters[counter].name, "_total", list);
		end_line(at, list->counters[counter]);
	}
}

/* `offset` is that of an array of METRICS_PROTOS in struct metrics. */
static void print_by_proto(const struct metrics *list, const char *name, const char *help,
			   size_t offset)
{
	const uint64_t *values;
	char *at;

	print_family(name, "gauge", help);
	for (; list; list = list->next) {
		values = (const uint64_t *)((const char *)list + offset);
		for (size_t i = 0; i < METRICS_PROTOS; i++) {
			at = print_reserve(LINE_SIZE);
			at = put_start(at, name, "", list);
			at = put_label(at, "protocol", table_proto(protos[i]));
			end_line(at, values[i]);
		}
	}
}

static char *put_entry(char *at, const struct nl_row *row)
{
	at = put_label(at, "protocol", table_proto(row->proto));
	at = print_put_text(at, ",mark=\"");
	at = print_put_u32(at, row->mark);
	at = print_put_text(at, "\",address=\"");
	at = print_put_in4(at, &row->prefix4);
	at = print_put_text(at, "\",ports=\"");
	at = print_put_u32(at, row->port_min);
	*at++ = '-';
	at = print_put_u32(at, row->port_max);
	*at++ = '"';
	return at;
}

static void print_pool4(const struct metrics *list, const char *name, const char *help, bool rest)
{
	const struct nl_row *row;
	char *at;

	print_family(name, "gauge", help);
	for (; list; list = list->next) {
		for (size_t i = 0; i < list->pool4_count; i++) {
			row = &list->pool4[i];
			at = print_reserve(LINE_SIZE);
			at = put_start(at, name, "", list);
			at = put_entry(at, row);
			end_line(at, rest ? row->port_max - row->port_min + 1 - row->ports_used
					  : row->ports_used);
		}
	}
}

void metrics_print(const struct metrics *list)
{
	for (size_t i = 0; i < METRICS; i++) {
		if (i != METRIC_SESSIONS && i != METRIC_BIB_ENTRIES)
			print_counter(list, i);
	}
	print_by_proto(list, "sessions", counters[METRIC_SESSIONS].help,
		       offsetof(struct metrics, sessions));
	print_by_proto(list, "bib_entries", counters[METRIC_BIB_ENTRIES].help,
		       offsetof(struct metrics, bib));
	print_pool4(list, "pool4_ports_used", "Ports of a pool4 entry that are in use.", false);
	print_pool4(list, "pool4_ports_free", "Ports of a pool4 entry that are free.", true);
	print_text("# EOF\n");
}

/* ---- asking ---- */

/* Counters that are not in stats.def are those of a newer module. */
static bool take_counter(struct nl_row *row, void *arg)
{
	struct metrics *metrics = arg;

	for (size_t i = 0; i < METRICS; i++) {
		if (!strcmp(row->stat_name, counters[i].name))
			metrics->counters[i] = row->stat_value;
	}
	return true;
}

static int get_counters(struct metrics *metrics)
{
	struct nl *nl = nl_begin(JOOL_CMD_STATS_GET, metrics->instance);

	if (!nl)
		return EXIT_REFUSED;
	return nl_list(nl, NL_BIT(STAT_NAME) | NL_BIT(STAT_VALUE), take_counter, metrics);
}

static bool take_row(struct nl_row *row, void *answer)
{
	*(struct nl_row *)answer = *row;
	return true;
}

static int get_sessions(struct metrics *metrics)
{
	struct nl_row answer;
	struct nl *nl;
	int status;

	for (size_t i = 0; i < METRICS_PROTOS; i++) {
		nl = nl_begin(JOOL_CMD_SESSION_COUNT, metrics->instance);
		if (!nl)
			return EXIT_REFUSED;
		nl_put_u8(nl, JOOL_A_PROTO, protos[i]);
		status = nl_get(nl, NL_BIT(COUNT) | NL_BIT(BIB_COUNT), take_row, &answer);
		if (status != EXIT_DONE)
			return status;
		metrics->sessions[i] = answer.count;
		metrics->bib[i] = answer.bib_count;
	}
	return EXIT_DONE;
}

static void make_room(struct metrics *metrics)
{
	size_t room = metrics->pool4_room ? 2 * metrics->pool4_room : 16;

	if (metrics->pool4_count < metrics->pool4_room)
		return;
	metrics->pool4 = memory_must(realloc(metrics->pool4, room * sizeof(*metrics->pool4)));
	metrics->pool4_room = room;
}

static bool take_entry(struct nl_row *row, void *arg)
{
	struct metrics *metrics = arg;

	make_room(metrics);
	metrics->pool4[metrics->pool4_count++] = *row;
	return true;
}

static int get_pool4(struct metrics *metrics)
{
	struct nl *nl = nl_begin(JOOL_CMD_POOL4_GET, metrics->instance);

	if (!nl)
		return EXIT_REFUSED;
	nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_USAGE);
	return nl_list(nl, NL_BIT(PROTO) | NL_BIT(MARK) | NL_BIT(PREFIX4) | NL_BIT(PORT_MIN) |
		       NL_BIT(PORT_MAX) | NL_BIT(PORTS_USED), take_entry, metrics);
}

/* The instances there are, of the namespace `netns`. */
struct found {
	struct metrics *list, **end;
};

static void add_instance(struct found *found, const char *name)
{
	struct metrics *metrics = memory_must(calloc(1, sizeof(*metrics)));

	strcpy(metrics->instance, name);
	*found->end = metrics;
	found->end = &metrics->next;
}

static bool take_instance(struct nl_row *row, void *arg)
{
	add_instance(arg, row->instance);
	return true;
}

static int find_instances(struct found *found, const struct request *request)
{
	found->list = NULL;
	found->end = &found->list;
	if (request->named) {
		add_instance(found, request->instance);
		return EXIT_DONE;
	}
	return instance_list_own(take_instance, found);
}

static void free_all(struct metrics *list)
{
	struct metrics *next;

	for (; list; list = next) {
		next = list->next;
		free(list->pool4);
		free(list);
	}
}

int metrics_display(const struct request *request)
{
	struct found found;
	int status = find_instances(&found, request);

	for (struct metrics *at = found.list; at && status == EXIT_DONE; at = at->next) {
		status = get_counters(at);
		if (status == EXIT_DONE)
			status = get_sessions(at);
		if (status == EXIT_DONE)
			status = get_pool4(at);
	}
	if (status == EXIT_DONE)
		metrics_print(found.list);
	free_all(found.list);
	return status;
}
