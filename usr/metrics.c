// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "memory.h"
#include "print.h"
#include "table.h"
#include "words.h"

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

/*
 * What describes all the lines of a metric, whose names end in `suffix`. To OpenMetrics that is not part
 * of the metric's name, to the text format it is; and this has no escapes for quotes in help.
 */
static void print_family(enum metrics_format format, const char *name, const char *suffix,
			 const char *type, const char *help)
{
	const char *end = format == METRICS_PROMETHEUS ? suffix : "";
	char *at = print_reserve(LINE_SIZE);

	at = print_put_text(at, "# TYPE ");
	at = put_name(at, name);
	at = print_put_text(at, end);
	*at++ = ' ';
	at = print_put_text(at, type);
	at = print_put_text(at, "\n# HELP ");
	at = put_name(at, name);
	at = print_put_text(at, end);
	*at++ = ' ';
	for (; *help; help++) {
		if (*help == '\\' || (*help == '"' && format == METRICS_OPENMETRICS))
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

static void print_counter(const struct metrics *list, enum metrics_format format, size_t counter)
{
	char *at;

	print_family(format, counters[counter].name, "_total", "counter", counters[counter].help);
	for (; list; list = list->next) {
		at = print_reserve(LINE_SIZE);
		at = put_start(at, counters[counter].name, "_total", list);
		end_line(at, list->counters[counter]);
	}
}

/* `offset` is that of an array of METRICS_PROTOS in struct metrics. */
static void print_by_proto(const struct metrics *list, enum metrics_format format, const char *name,
			   const char *help, size_t offset)
{
	const uint64_t *values;
	char *at;

	print_family(format, name, "", "gauge", help);
	for (; list; list = list->next) {
		values = (const uint64_t *)((const char *)list + offset);
		for (size_t i = 0; i < METRICS_PROTOS; i++) {
			at = print_reserve(LINE_SIZE);
			at = put_start(at, name, "", list);
			at = put_label(at, "protocol", words_proto(protos[i]));
			end_line(at, values[i]);
		}
	}
}

/* `offset` is that of a number in struct metrics_pool. */
static void print_pools(const struct metrics *list, enum metrics_format format, const char *name,
			const char *help, size_t offset)
{
	const struct metrics_pool *pool;
	char *at;

	print_family(format, name, "", "gauge", help);
	for (; list; list = list->next) {
		for (size_t i = 0; i < list->pool_count; i++) {
			pool = &list->pools[i];
			at = print_reserve(LINE_SIZE);
			at = put_start(at, name, "", list);
			at = put_label(at, "protocol", words_proto(pool->proto));
			at = print_put_text(at, ",mark=\"");
			at = print_put_u32(at, pool->mark);
			*at++ = '"';
			end_line(at, *(const uint64_t *)((const char *)pool + offset));
		}
	}
}

void metrics_print(const struct metrics *list, enum metrics_format format)
{
	for (size_t i = 0; i < METRICS; i++) {
		if (i != METRIC_SESSIONS && i != METRIC_BIB_ENTRIES)
			print_counter(list, format, i);
	}
	print_by_proto(list, format, "sessions", counters[METRIC_SESSIONS].help,
		       offsetof(struct metrics, sessions));
	print_by_proto(list, format, "bib_entries", counters[METRIC_BIB_ENTRIES].help,
		       offsetof(struct metrics, bib));
	print_pools(list, format, "pool4_ports_used", "Ports of pool4 that are in use.",
		    offsetof(struct metrics_pool, used));
	print_pools(list, format, "pool4_ports_free", "Ports of pool4 that are free.",
		    offsetof(struct metrics_pool, free));
	if (format == METRICS_OPENMETRICS)
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

static struct metrics_pool *add_pool(struct metrics *metrics, const struct nl_row *row)
{
	size_t room = metrics->pool_room ? 2 * metrics->pool_room : 16;
	struct metrics_pool *pool;

	if (metrics->pool_count == metrics->pool_room) {
		metrics->pools = memory_must(realloc(metrics->pools, room * sizeof(*pool)));
		metrics->pool_room = room;
	}
	pool = &metrics->pools[metrics->pool_count++];
	*pool = (struct metrics_pool){ .proto = row->proto, .mark = row->mark };
	return pool;
}

bool metrics_add_entry(struct nl_row *row, void *arg)
{
	struct metrics *metrics = arg;
	struct metrics_pool *pool = NULL;

	if (metrics->pool_count)
		pool = &metrics->pools[metrics->pool_count - 1];
	if (!pool || pool->proto != row->proto || pool->mark != row->mark)
		pool = add_pool(metrics, row);
	pool->used += row->ports_used;
	pool->free += row->port_max - row->port_min + 1 - row->ports_used;
	return true;
}

static int get_pool4(struct metrics *metrics)
{
	struct nl *nl = nl_begin(JOOL_CMD_POOL4_GET, metrics->instance);

	if (!nl)
		return EXIT_REFUSED;
	nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_USAGE);
	return nl_list(nl, NL_BIT(PROTO) | NL_BIT(MARK) | NL_BIT(PORT_MIN) | NL_BIT(PORT_MAX) |
		       NL_BIT(PORTS_USED), metrics_add_entry, metrics);
}

/* The instances there are, of the namespace `netns`. */
struct found {
	struct metrics *list, **end;
};

static void add_metrics_of(struct found *found, const char *name)
{
	struct metrics *metrics = memory_must(calloc(1, sizeof(*metrics)));

	strcpy(metrics->instance, name);
	*found->end = metrics;
	found->end = &metrics->next;
}

static bool take_metrics_of(struct nl_row *row, void *arg)
{
	add_metrics_of(arg, row->instance);
	return true;
}

static int find_instances(struct found *found, const struct request *request)
{
	found->list = NULL;
	found->end = &found->list;
	if (request->named) {
		add_metrics_of(found, request->instance);
		return EXIT_DONE;
	}
	return instance_list_own(take_metrics_of, found);
}

static void free_all(struct metrics *list)
{
	struct metrics *next;

	for (; list; list = next) {
		next = list->next;
		free(list->pools);
		free(list);
	}
}

int metrics_display(const struct request *request, enum metrics_format format)
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
		metrics_print(found.list, format);
	free_all(found.list);
	return status;
}
