/* SPDX-License-Identifier: GPL-2.0-only */
/* `jool stats display --openmetrics`: counters and gauges for Prometheus and its kin. */
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

/* What is known of an instance. */
struct metrics {
	char instance[JOOL_NAME_MAX + 1];
	uint64_t counters[METRICS];	/* in the order of stats.def */
	uint64_t sessions[METRICS_PROTOS], bib[METRICS_PROTOS];	/* TCP, UDP, ICMP */
	struct nl_row *pool4;		/* with ports_used */
	size_t pool4_count, pool4_room;
	struct metrics *next;
};

/* Prints a list of them. */
void metrics_print(const struct metrics *list);

/* Asks the kernel about the instance that is named, or else about all of this namespace. */
int metrics_display(const struct request *request);

#endif
