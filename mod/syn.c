// SPDX-License-Identifier: GPL-2.0-only
#include "syn.h"

#include <linux/icmp.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "bib.h"
#include "icmp.h"
#include "pool4.h"

/* TCP_INCOMING_SYN (RFC 6146 4) */
#define LIFETIME (6 * HZ)

struct syn {
	struct list_head list;
	struct jool_key4 key;
	struct sk_buff *skb;
	int ifindex;		/* the device is not held */
	u32 deadline;		/* jiffy */
};

static bool same(const struct jool_key4 *a, const struct jool_key4 *b)
{
	return a->src == b->src && a->dst == b->dst && a->sport == b->sport && a->dport == b->dport;
}

/* What becomes of a SYN with this key, of which @most may be kept. Under syns->lock. */
static enum jool_stat judge(const struct jool_syns *syns, const struct jool_key4 *key,
			    unsigned int most)
{
	const struct syn *old;

	list_for_each_entry(old, &syns->list, list)
		if (same(&old->key, key))
			return JSTAT_SYN_EXISTS;
	return syns->count >= most ? JSTAT_SYN_FULL : JSTAT_SYN_STORED;
}

static enum jool_stat store(struct jool_syns *syns, struct syn *syn, unsigned int most)
{
	enum jool_stat stat;

	spin_lock_bh(&syns->lock);
	stat = judge(syns, &syn->key, most);
	if (stat == JSTAT_SYN_STORED) {
		list_add_tail(&syn->list, &syns->list);
		WRITE_ONCE(syns->count, syns->count + 1);
	}
	spin_unlock_bh(&syns->lock);
	return stat;
}

/* What jool_syn_store() would do. */
static enum jool_verdict judge_only(struct jool_packet *p, unsigned int most)
{
	struct jool_syns *syns = &p->inst->syns;

	spin_lock_bh(&syns->lock);
	p->stat = judge(syns, &p->key4, most);
	spin_unlock_bh(&syns->lock);
	return p->stat == JSTAT_SYN_STORED ? JOOL_STOLEN : JOOL_DROP;
}

enum jool_verdict jool_syn_store(struct jool_packet *p)
{
	unsigned int most = p->config->globals.max_syns;
	struct syn *syn = NULL;
	enum jool_stat stat = JSTAT_SYN_FULL;

	if (unlikely(p->dry))
		return judge_only(p, most);
	if (READ_ONCE(p->inst->syns.count) <= most && most) {
		syn = kmalloc(sizeof(*syn), GFP_ATOMIC);
		if (!syn)
			return jool_packet_drop(p, JSTAT_ENOMEM);
		syn->key = p->key4;
		syn->skb = p->skb;
		syn->ifindex = p->skb->dev->ifindex;
		syn->deadline = (u32)jiffies + LIFETIME;
		skb_dst_drop(p->skb);
		/* Conntrack's part of a namespace may end before ours, and waits for all of its. */
		nf_reset_ct(p->skb);
		stat = store(&p->inst->syns, syn, most);
	}
	if (stat == JSTAT_SYN_STORED) {
		jool_stats_inc(p->inst->stats, stat);
		return JOOL_STOLEN;
	}
	kfree(syn);
	if (stat == JSTAT_SYN_FULL)
		jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	return jool_packet_drop(p, stat);
}

bool jool_syn_take(struct jool_packet *p, __be32 dst4, __be16 port, struct jool_taddr4 *local)
{
	struct jool_syns *syns = &p->inst->syns;
	struct syn *syn, *found = NULL;

	if (likely(!READ_ONCE(syns->count)))
		return false;
	spin_lock_bh(&syns->lock);
	list_for_each_entry(syn, &syns->list, list) {
		if (syn->key.src != dst4 || syn->key.sport != port)
			continue;
		if (local->addr ? local->addr == syn->key.dst && local->port == syn->key.dport :
				  jool_pool4_allows(p->config->pool4, JOOL_PROTO_TCP, p->skb->mark,
						    syn->key.dst, ntohs(syn->key.dport))) {
			found = syn;
			break;
		}
	}
	if (found) {
		local->addr = found->key.dst;
		local->port = found->key.dport;
	}
	if (found && !p->dry) {
		list_del(&found->list);
		WRITE_ONCE(syns->count, syns->count - 1);
	}
	spin_unlock_bh(&syns->lock);
	if (!found || p->dry)
		return found;
	jool_stats_inc(p->inst->stats, JSTAT_SYN_MATCHED);
	kfree_skb(found->skb);
	kfree(found);
	return true;
}

/* Sends back the answer, if the device that the SYN came from is still there. */
static void answer(struct jool_instance *inst, struct syn *syn)
{
	struct jool_packet p = { .skb = syn->skb, .net = inst->net->net, .inst = inst };

	local_bh_disable();
	rcu_read_lock();
	syn->skb->dev = dev_get_by_index_rcu(inst->net->net, syn->ifindex);
	if (syn->skb->dev)
		jool_icmp_send4(&p, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	rcu_read_unlock();
	local_bh_enable();
	jool_stats_inc(inst->stats, JSTAT_SYN_EXPIRED);
}

void jool_syn_expire(struct jool_instance *inst, bool all)
{
	struct jool_syns *syns = &inst->syns;
	struct syn *syn, *next;
	LIST_HEAD(due);

	spin_lock_bh(&syns->lock);
	list_for_each_entry_safe(syn, next, &syns->list, list) {
		if (!all && time_before32(jiffies, syn->deadline))
			continue;
		list_move_tail(&syn->list, &due);
		WRITE_ONCE(syns->count, syns->count - 1);
	}
	spin_unlock_bh(&syns->lock);

	list_for_each_entry_safe(syn, next, &due, list) {
		if (!all)
			answer(inst, syn);
		kfree_skb(syn->skb);
		kfree(syn);
	}
}
