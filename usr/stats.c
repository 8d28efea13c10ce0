// SPDX-License-Identifier: GPL-2.0-only
#include "stats.h"

#include <stdio.h>
#include <string.h>

#include "metrics.h"
#include "print.h"

static const struct {
	const char *name;
	const char *explanation;
} counters[] = {
#define JOOL_STAT(name, class, reason, explanation) { #name, explanation },
#include "stats.def"
#undef JOOL_STAT
};

/* A module that is newer than this command has counters that are not known here. */
const char *stats_explain(const char *name)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (!strcmp(counters[i].name, name))
			return counters[i].explanation;
	}
	return "";
}

static bool take_counter_row(struct nl_row *nl, void *arg)
{
	struct table_row row = { .nl = *nl, .text = stats_explain(nl->stat_name) };
	struct table *table = arg;
	char name[64];

	if (!nl->stat_value && !command_has(table->request, ALL))
		return true;
	snprintf(name, sizeof(name), STATS_PREFIX "%s", nl->stat_name);
	row.nl.stat_name = name;
	return table_add_row(&row, table);
}

static void print_stat(const struct table *table, const struct table_row *row)
{
	print_format("%s: %llu\n", row->nl.stat_name, (unsigned long long)row->nl.stat_value);
	if (command_has(table->request, EXPLAIN))
		print_format("%s\n\n", row->text);
}

static const struct column columns[] = {
	COLUMN("Stat", "name", COLUMN_TEXT, stat_name),
	COLUMN("Value", "value", COLUMN_U64, stat_value),
	COLUMN_OWN("Explanation", "explanation", COLUMN_QUOTED, text),
};

const struct table_kind stats_table = {
	.cmd = JOOL_CMD_STATS_GET,
	.need = NL_BIT(STAT_NAME) | NL_BIT(STAT_VALUE),
	.json = "stats",
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.last_with = OPTION_BIT(EXPLAIN),
	.row = print_stat,
	.take = take_counter_row,
};

static int display_stats(const struct request *request)
{
	bool open = command_has(request, OPENMETRICS), text = command_has(request, PROMETHEUS);

	if (!open && !text)
		return table_display(&stats_table, request);
	if ((open && text) || request->given & OPTIONS_FORMAT) {
		print_error("--%s has no other format, and always headers.",
			    open ? "openmetrics" : "prometheus");
		return EXIT_USAGE;
	}
	return metrics_display(request, open ? METRICS_OPENMETRICS : METRICS_PROMETHEUS);
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTION_BIT(ALL) | OPTION_BIT(EXPLAIN) | OPTIONS_FORMAT |
			   OPTION_BIT(OPENMETRICS) | OPTION_BIT(PROMETHEUS),
		.help = "Show the counters.",
		.run = display_stats,
	},
};

const struct mode stats_mode = {
	.name = "stats",
	.help = "What has happened to packets, in numbers.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
