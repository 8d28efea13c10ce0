// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include "dump.h"
#include "instance.h"

static u64 stat_value(const struct jool_instance *inst, enum jool_stat stat)
{
	switch (stat) {
	case JSTAT_BIB_ENTRIES:
		return jool_instance_bibs(inst, JOOL_PROTOS_ALL);
	case JSTAT_SESSIONS:
		return jool_instance_sessions(inst, JOOL_PROTOS_ALL);
	default:
		return jool_stats_sum(inst->stats, stat);
	}
}

static int put_stat(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct jool_instance *inst, enum jool_stat stat)
{
	void *hdr = jool_dump_begin(skb, cb, JOOL_CMD_STATS_GET);

	if (!hdr)
		return -EMSGSIZE;
	return jool_dump_end(skb, hdr,
			     nla_put_string(skb, JOOL_A_STAT_NAME, jool_stats_name(stat)) ?:
			     nla_put_u64_64bit(skb, JOOL_A_STAT_VALUE, stat_value(inst, stat),
					       JOOL_A_PAD));
}

int jool_nl_stats_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct jool_dump *dump = jool_dump_of(cb);
	struct jool_instance *inst;
	int err = 0;

	rcu_read_lock();
	inst = jool_dump_instance(cb);
	if (!inst)
		err = -ENOENT;
	for (; !err && dump->at < JOOL_STATS; dump->at++)
		if (put_stat(skb, cb, inst, dump->at))
			break;
	rcu_read_unlock();
	return err ?: skb->len;
}
