/* SPDX-License-Identifier: GPL-2.0-only */
/* `jool stats display --openmetrics`, or `--prometheus`: counters and gauges for Prometheus and its kin. */
#ifndef JOOL_USR_METRICS_H
#define JOOL_USR_METRICS_H

#include "command.h"
#include "nl.h"

enum {
#define JOOL_STAT(name, class, reason, explanation) METRIC_##name,
#include "stats.def"
#undef JOOL_STAT
	METRICS
};

#define METRICS_PROTOS 3

enum metrics_format {
	METRICS_OPENMETRICS,	/* OpenMetrics 1.0 */
	METRICS_PROMETHEUS,	/* Prometheus' text format 0.0.4 */
};

/* All entries of pool4 for one protocol and mark. */
struct metrics_pool {
	uint8_t proto;
	uint32_t mark;
	uint64_t used, free;	/* ports of its entries */
};

/* What is known of an instance. */
struct metrics {
	char instance[JOOL_NAME_MAX + 1];
	uint64_t counters[METRICS];	/* in the order of stats.def */
	uint64_t sessions[METRICS_PROTOS], bib[METRICS_PROTOS];	/* TCP, UDP, ICMP */
	struct metrics_pool *pools;
	size_t pool_count, pool_room;
	struct metrics *next;
};

/*
 * Adds an entry of pool4, with ports_used, to the pools of a struct metrics. They must come as the kernel
 * lists them, those of a pool one after the other. It is an nl_row_fn: true.
 */
bool metrics_add_entry(struct nl_row *row, void *metrics);

/* Prints a list of them. */
void metrics_print(const struct metrics *list, enum metrics_format format);

/* Asks the kernel about the instance that is named, or else about all of this namespace. */
int metrics_display(const struct request *request, enum metrics_format format);

#endif
