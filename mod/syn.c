// SPDX-License-Identifier: GPL-2.0-only
#include "syn.h"

#include <linux/icmp.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "bib.h"
#include "hash.h"
#include "icmp.h"
#include "pool4.h"

/* TCP_INCOMING_SYN (RFC 6146 4) */
#define LIFETIME (6 * HZ + 1)	/* jiffies; the first may be half over */

/* Bytes of a SYN: it may be needed for an error, which quotes no more (RFC 1812 4.3.2.3). */
#define QUOTED_MAX 576

#define BUCKET_BITS 9

struct syn {
	struct list_head by_age;
	struct hlist_node by_key;
	struct hlist_node by_node4;
	struct jool_key4 key;
	struct sk_buff *skb;
	int ifindex;		/* the device is not held */
	u32 deadline;		/* jiffy */
};

struct jool_syn_table {
	struct hlist_head by_key[1 << BUCKET_BITS];
	struct hlist_head by_node4[1 << BUCKET_BITS];	/* by the IPv4 node's address and port */
};

/* SYNs of one IPv4 node's port that are looked at for one that pool4 lets the IPv6 node have. */
#define SEARCH_MAX 64

static u64 hash_node4(__be32 addr, __be16 port)
{
	return jool_hash_word((__force u32)addr, (__force u16)port);
}

static unsigned int syn_bucket(u64 hash)
{
	return jool_hash_fold(hash) % (1 << BUCKET_BITS);
}

static struct hlist_head *bucket_by_key(struct jool_syn_table *table, const struct jool_key4 *key)
{
	u64 hash = hash_node4(key->remote, key->remote_port);

	hash = jool_hash_word(hash, (u64)(__force u32)key->local << 16 |
				    (__force u16)key->local_port);
	return &table->by_key[syn_bucket(hash)];
}

static struct hlist_head *bucket_by_node4(struct jool_syn_table *table, __be32 addr, __be16 port)
{
	return &table->by_node4[syn_bucket(hash_node4(addr, port))];
}

static bool same_key(const struct jool_key4 *a, const struct jool_key4 *b)
{
	return a->remote == b->remote && a->local == b->local &&
	       a->remote_port == b->remote_port && a->local_port == b->local_port;
}

/* The SYN with this key, or NULL. Under syns->lock. */
static struct syn *find_syn(const struct jool_syns *syns, const struct jool_key4 *key)
{
	struct syn *syn;

	if (!syns->table)
		return NULL;
	hlist_for_each_entry(syn, bucket_by_key(syns->table, key), by_key)
		if (same_key(&syn->key, key))
			return syn;
	return NULL;
}

/* The latest SYN of an IPv4 node's port to where pool4 lets @p go, or NULL. Under syns->lock. */
static struct syn *find_any(const struct jool_syns *syns, const struct jool_packet *p, __be32 addr,
			    __be16 port)
{
	unsigned int looked = 0;
	struct syn *syn;

	if (!syns->table)
		return NULL;
	hlist_for_each_entry(syn, bucket_by_node4(syns->table, addr, port), by_node4) {
		if (syn->key.remote != addr || syn->key.remote_port != port)
			continue;
		if (jool_pool4_allows(p->config->pool4, JOOL_PROTO_TCP, p->skb->mark,
				      syn->key.local, ntohs(syn->key.local_port)))
			return syn;
		if (++looked == SEARCH_MAX)
			break;
	}
	return NULL;
}

static void add_syn(struct jool_syns *syns, struct syn *syn)
{
	list_add_tail(&syn->by_age, &syns->by_age);
	hlist_add_head(&syn->by_key, bucket_by_key(syns->table, &syn->key));
	hlist_add_head(&syn->by_node4,
		       bucket_by_node4(syns->table, syn->key.remote, syn->key.remote_port));
	WRITE_ONCE(syns->count, syns->count + 1);
}

static void remove_syn(struct jool_syns *syns, struct syn *syn)
{
	list_del(&syn->by_age);
	hlist_del(&syn->by_key);
	hlist_del(&syn->by_node4);
	WRITE_ONCE(syns->count, syns->count - 1);
}

/* Frees @syn, which is kept no longer, with its packet. */
static void discard_syn(struct syn *syn)
{
	kfree_skb(syn->skb);
	kfree(syn);
}

/* What becomes of a SYN with this key, of which @most may be kept. Under syns->lock. */
static enum jool_stat judge_syn(const struct jool_syns *syns, const struct jool_key4 *key,
				unsigned int most)
{
	if (find_syn(syns, key))
		return JSTAT_SYN_EXISTS;
	return syns->count >= most ? JSTAT_SYN_FULL : JSTAT_SYN_STORED;
}

static enum jool_stat store_syn(struct jool_syns *syns, struct syn *syn, unsigned int most)
{
	enum jool_stat stat;

	spin_lock_bh(&syns->lock);
	if (!syns->table)
		syns->table = kzalloc(sizeof(*syns->table), GFP_ATOMIC | __GFP_NOWARN);
	stat = syns->table ? judge_syn(syns, &syn->key, most) : JSTAT_ENOMEM;
	if (stat == JSTAT_SYN_STORED)
		add_syn(syns, syn);
	spin_unlock_bh(&syns->lock);
	return stat;
}

/* What jool_syn_store() would do. */
static enum jool_verdict judge_only(struct jool_packet *p, unsigned int most)
{
	struct jool_syns *syns = &p->inst->syns;

	spin_lock_bh(&syns->lock);
	p->stat = judge_syn(syns, &p->key4, most);
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
		if (!syn || pskb_trim(p->skb, QUOTED_MAX)) {
			kfree(syn);
			return jool_packet_drop(p, JSTAT_ENOMEM);
		}
		syn->key = p->key4;
		syn->skb = p->skb;
		syn->ifindex = p->skb->dev->ifindex;
		syn->deadline = (u32)jiffies + LIFETIME;
		skb_dst_drop(p->skb);
		/* Conntrack's part of a namespace may end before ours, and waits for all of its. */
		nf_reset_ct(p->skb);
		stat = store_syn(&p->inst->syns, syn, most);
	}
	if (stat == JSTAT_SYN_STORED) {
		jool_stats_inc(p->inst->stats, stat);
		return JOOL_STOLEN;
	}
	kfree(syn);
	/* No answer before its time, also where there is no room (RFC 5382 REQ-4). */
	return jool_packet_drop(p, stat);
}

bool jool_syn_take(struct jool_packet *p, __be32 dst4, __be16 port, struct jool_taddr4 *local)
{
	struct jool_syns *syns = &p->inst->syns;
	const struct jool_key4 key = {
		.remote = dst4,
		.local = local->addr,
		.remote_port = port,
		.local_port = local->port,
	};
	struct syn *syn;

	if (likely(!READ_ONCE(syns->count)))
		return false;
	spin_lock_bh(&syns->lock);
	syn = local->addr ? find_syn(syns, &key) : find_any(syns, p, dst4, port);
	if (syn) {
		local->addr = syn->key.local;
		local->port = syn->key.local_port;
	}
	if (syn && !p->dry)
		remove_syn(syns, syn);
	spin_unlock_bh(&syns->lock);
	if (!syn || p->dry)
		return syn;
	jool_stats_inc(p->inst->stats, JSTAT_SYN_MATCHED);
	discard_syn(syn);
	return true;
}

/* Sends back the answer, if the device that the SYN came from is still there. */
static void answer_syn(struct jool_instance *inst, struct syn *syn)
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

/* The oldest SYN, which is kept no longer, if @all or if it has waited long enough; or NULL. */
static struct syn *take_oldest(struct jool_syns *syns, bool all)
{
	struct syn *syn;

	spin_lock_bh(&syns->lock);
	syn = list_first_entry_or_null(&syns->by_age, struct syn, by_age);
	if (syn && !all && time_before32(jiffies, syn->deadline))
		syn = NULL;
	if (syn)
		remove_syn(syns, syn);
	spin_unlock_bh(&syns->lock);
	return syn;
}

void jool_syn_expire(struct jool_instance *inst)
{
	struct syn *syn;

	while ((syn = take_oldest(&inst->syns, false))) {
		answer_syn(inst, syn);
		discard_syn(syn);
		cond_resched();
	}
}

void jool_syn_init(struct jool_instance *inst)
{
	spin_lock_init(&inst->syns.lock);
	INIT_LIST_HEAD(&inst->syns.by_age);
}

void jool_syn_exit(struct jool_instance *inst)
{
	struct syn *syn;

	while ((syn = take_oldest(&inst->syns, true)))
		discard_syn(syn);
	kfree(inst->syns.table);
}
