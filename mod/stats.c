// SPDX-License-Identifier: GPL-2.0-only
#include "stats.h"

static const struct {
	const char *name;
	enum skb_drop_reason reason;
} table[] = {
#define JOOL_STAT(name, class, reason, text) { #name, SKB_DROP_REASON_##reason },
#include "../common/stats.def"
#undef JOOL_STAT
};

const char *jool_stats_name(enum jool_stat stat)
{
	return table[stat].name;
}

enum skb_drop_reason jool_stats_reason(enum jool_stat stat)
{
	return table[stat].reason;
}

u64 jool_stats_sum(const struct jool_stats __percpu *stats, enum jool_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->n[stat]);
	return sum;
}
