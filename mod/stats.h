/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One counter per CPU for everything that can happen to a packet. Each is received once and ends
 * once, in the same instance: see the classes of common/stats.def.
 */
#ifndef _JOOL_STATS_H
#define _JOOL_STATS_H

#include <linux/percpu.h>
#include <linux/skbuff.h>

enum jool_stat {
#define JOOL_STAT(name, class, reason, text) JSTAT_##name,
#include "../common/stats.def"
#undef JOOL_STAT
	JOOL_STATS
};

struct jool_stats {
	u64 n[JOOL_STATS];
};

/* The name of @stat, without prefix. */
const char *jool_stats_name(enum jool_stat stat);

/* The drop reason with which a packet dies of @stat. */
enum skb_drop_reason jool_stats_reason(enum jool_stat stat);

/* What all CPUs counted of @stat since the instance was added. */
u64 jool_stats_sum(const struct jool_stats __percpu *stats, enum jool_stat stat);

static inline void jool_stats_inc(struct jool_stats __percpu *stats, enum jool_stat stat)
{
	this_cpu_inc(stats->n[stat]);
}

static inline void jool_stats_add(struct jool_stats __percpu *stats, enum jool_stat stat, u64 n)
{
	this_cpu_add(stats->n[stat], n);
}

#endif
