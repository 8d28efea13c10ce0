// SPDX-License-Identifier: GPL-2.0-only
#include "bib.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "event.h"
#include "hash.h"
#include "host.h"
#include "instance.h"
#include "limit.h"
#include "port.h"
#include "session.h"

/* Sessions that are removed with bottom halves off. */
#define BATCH 64

static struct kmem_cache *cache;

static __always_inline u32 hash_bib(const void *data, u32 len, u32 seed)
{
	const struct jool_taddr6 *key = data;

	return jool_hash_fold(jool_hash_word(jool_hash_addr6(seed, &key->addr),
					     (__force u16)key->port));
}

static __always_inline int compare_bib(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct jool_taddr6 *a = arg->key, *b = &((const struct jool_bib *)obj)->src6;

	return !ipv6_addr_equal(&a->addr, &b->addr) || a->port != b->port;
}

static const struct rhashtable_params params = {
	.key_len = sizeof(struct jool_taddr6),
	.hashfn = hash_bib,
	.key_offset = offsetof(struct jool_bib, src6),
	.head_offset = offsetof(struct jool_bib, node6),
	.obj_cmpfn = compare_bib,
	.min_size = JOOL_TABLE_SMALL,
	.automatic_shrinking = true,
};

int jool_bib_cache_init(void)
{
	/* See jool_session_cache_init(). */
	cache = KMEM_CACHE(jool_bib, SLAB_TYPESAFE_BY_RCU);
	return cache ? 0 : -ENOMEM;
}

void jool_bib_cache_exit(void)
{
	kmem_cache_destroy(cache);
}

int jool_bib_init(struct jool_instance *inst)
{
	int i, err;

	for (i = 0; i < JOOL_PROTOS; i++) {
		err = rhashtable_init(&inst->tables[i].bib6, &params);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (i--)
		rhashtable_destroy(&inst->tables[i].bib6);
	return err;
}

static void free_bib(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct jool_bib, rcu));
}

/* Gives back what @bib, whose port is given back, holds, and itself after a grace period. */
static void release_bib(struct jool_instance *inst, struct jool_bib *bib)
{
	jool_addr4_put(bib->addr4);
	jool_host_put(inst, bib->host);
	call_rcu(&bib->rcu, free_bib);
}

/* Makes @bib static or not; the module counts those. Under its lock, or when nobody sees it. */
static void set_static(struct jool_bib *bib, bool is_static)
{
	if (bib->is_static != is_static)
		atomic_add(is_static ? 1 : -1, &jool_limit_statics);
	bib->is_static = is_static;
}

/*
 * Ends @bib, which nobody finds by its IPv6 address any more; its port rests if it @rests. @config:
 * that of @inst.
 */
static __always_inline void end_port(const struct jool_config *config, struct jool_instance *inst,
				     struct jool_bib *bib, bool rests)
{
	u16 port = ntohs(bib->src4.port);

	jool_event_bib(config, inst, bib, true);
	if (rests) {
		jool_addr4_end(bib->addr4, bib->proto, port, config->port_rest[bib->proto]);
	} else {
		jool_addr4_set_bib(bib->addr4, bib->proto, port, NULL);
		jool_addr4_give(bib->addr4, bib->proto, port);
	}
	release_bib(inst, bib);
}

static void end_bib_with_instance(void *arg, void *inst_arg)
{
	struct jool_instance *inst = inst_arg;
	struct jool_bib *bib = arg;

	set_static(bib, false);
	/* Nobody changes it any more. */
	end_port(rcu_dereference_protected(inst->config, true), inst, bib, false);
}

void jool_bib_exit(struct jool_instance *inst)
{
	int i;

	for (i = 0; i < JOOL_PROTOS; i++)
		rhashtable_free_and_destroy(&inst->tables[i].bib6, end_bib_with_instance, inst);
}

struct jool_bib *jool_bib_find6(struct jool_instance *inst, u8 proto, const struct in6_addr *addr,
				__be16 port)
{
	struct jool_taddr6 key = { .addr = *addr, .port = port };

	return rhashtable_lookup(&inst->tables[proto].bib6, &key, params);
}

struct jool_bib *jool_bib_find4(struct jool_instance *inst, u8 proto, __be32 addr, __be16 port)
{
	const struct jool_addr4 *addr4 = jool_addr4_find(&inst->net->addr4s, addr);

	return addr4 ? jool_bib_at(inst, addr4, proto, ntohs(port)) : NULL;
}

int jool_bib_create(struct jool_instance *inst, u8 proto, struct jool_host *host, __be16 port6,
		    struct jool_addr4 *addr4, u16 port, struct jool_bib **spare,
		    struct jool_bib **result)
{
	struct jool_bib *bib = spare ? *spare : kmem_cache_alloc(cache, GFP_ATOMIC), *old;
	struct jool_tables *tables = &inst->tables[proto];

	if (spare)
		*spare = NULL;
	if (!bib) {
		jool_addr4_give(addr4, proto, port);
		jool_host_put(inst, host);
		return -ENOMEM;
	}
	jool_addr4_hold(addr4);
	bib->src6.addr = host->addr;
	bib->src6.port = port6;
	bib->src4.addr = addr4->addr;
	bib->src4.port = htons(port);
	bib->proto = proto;
	bib->is_static = false;
	set_static(bib, spare);
	bib->dead = false;
	spin_lock_init(&bib->lock);
	bib->sessions = RB_ROOT;
	bib->inst = inst;
	bib->host = host;
	bib->addr4 = addr4;

	/* Its lock keeps others from using it before it is found by both addresses. */
	spin_lock(&bib->lock);
	old = rhashtable_lookup_get_insert_fast(&tables->bib6, &bib->node6, params);
	if (!old)
		jool_addr4_set_bib(addr4, proto, port, bib);
	spin_unlock(&bib->lock);
	if (old) {
		set_static(bib, false);
		jool_addr4_give(addr4, proto, port);
		release_bib(inst, bib);
		*result = old;
		return PTR_ERR_OR_ZERO(old);
	}
	jool_instance_grown(inst, tables, &tables->bib6);
	WRITE_ONCE(host->last4, addr4->addr);
	jool_event_bib(rcu_dereference(inst->config), inst, bib, false);
	*result = bib;
	return 0;
}

static void kill_bib(struct jool_instance *inst, struct jool_bib *bib, bool rests)
{
	lockdep_assert_held(&bib->lock);
	bib->dead = true;
	rhashtable_remove_fast(&inst->tables[bib->proto].bib6, &bib->node6, params);
	end_port(rcu_dereference(inst->config), inst, bib, rests);
}

void jool_bib_kill(struct jool_instance *inst, struct jool_bib *bib)
{
	kill_bib(inst, bib, true);
}

bool jool_bib_knows(struct jool_bib *bib, __be32 dst4, const struct jool_session *but)
{
	struct jool_session *session;
	bool found;

	spin_lock_bh(&bib->lock);
	session = jool_session_first(bib, dst4, 0);
	if (session && session == but)
		session = jool_session_next(session);
	found = session && session->key4.remote == dst4;
	spin_unlock_bh(&bib->lock);
	return found;
}

void jool_bib_reap(struct jool_instance *inst, struct jool_bib *bib)
{
	spin_lock_bh(&bib->lock);
	/* Nothing has been translated by it. */
	if (!bib->dead && !bib->is_static && RB_EMPTY_ROOT(&bib->sessions))
		kill_bib(inst, bib, false);
	spin_unlock_bh(&bib->lock);
}

bool jool_bib_remove(struct jool_instance *inst, struct jool_bib *bib, enum jool_reason reason)
{
	bool done;
	int i;

	spin_lock_bh(&bib->lock);
	set_static(bib, false);
	for (i = 0; i < BATCH && !RB_EMPTY_ROOT(&bib->sessions); i++)
		jool_session_kill(inst, jool_session_first(bib, 0, 0), reason);
	if (!bib->dead && RB_EMPTY_ROOT(&bib->sessions))
		jool_bib_kill(inst, bib);
	done = bib->dead;
	spin_unlock_bh(&bib->lock);
	return done;
}

void jool_bib_demote(struct jool_instance *inst, struct jool_bib *bib)
{
	spin_lock_bh(&bib->lock);
	set_static(bib, false);
	if (!bib->dead && RB_EMPTY_ROOT(&bib->sessions))
		jool_bib_kill(inst, bib);
	spin_unlock_bh(&bib->lock);
}

struct jool_bib *jool_bib_rival(struct jool_instance *inst, const struct jool_bib_static *entry)
{
	struct jool_bib *bib;

	bib = jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
	if (bib && memcmp(&bib->src4, &entry->src4, sizeof(entry->src4)))
		return bib;
	bib = jool_bib_find4(inst, entry->proto, entry->src4.addr, entry->src4.port);
	return bib && memcmp(&bib->src6, &entry->src6, sizeof(entry->src6)) ? bib : NULL;
}

/*
 * Makes @bib static if it has the addresses. Returns 0, -EAGAIN: it has just been removed, -EEXIST.
 */
static int upgrade_bib(struct jool_bib *bib, struct jool_bib_static *entry)
{
	int err = 0;

	if (memcmp(&bib->src6, &entry->src6, sizeof(entry->src6)) ||
	    memcmp(&bib->src4, &entry->src4, sizeof(entry->src4)))
		return -EEXIST;
	spin_lock_bh(&bib->lock);
	entry->was = bib->is_static ? JOOL_BIB_STATIC : JOOL_BIB_DYNAMIC;
	if (bib->dead)
		err = -EAGAIN;
	else
		set_static(bib, true);
	spin_unlock_bh(&bib->lock);
	return err;
}

/* What a static entry needs, allocated where that may sleep and is charged to who asks for it. */
struct needs {
	struct jool_addr4 *addr4;
	struct jool_host *host;
	struct jool_bib *bib;
};

static void free_needs(struct jool_instance *inst, struct needs *needs)
{
	if (needs->bib)
		kmem_cache_free(cache, needs->bib);
	if (needs->host)
		jool_host_put(inst, needs->host);
	if (needs->addr4)
		jool_addr4_put(needs->addr4);
}

static int get_needs(struct jool_instance *inst, const struct jool_bib_static *entry,
		     struct needs *needs)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT;

	needs->addr4 = jool_addr4_get(&inst->net->addr4s, entry->src4.addr);
	needs->host = jool_host_get(inst, &entry->src6.addr, gfp);
	needs->bib = kmem_cache_alloc(cache, gfp);
	if (needs->addr4 && needs->host && needs->bib &&
	    !jool_addr4_prepare(needs->addr4, entry->proto, ntohs(entry->src4.port), gfp))
		return 0;
	free_needs(inst, needs);
	return -ENOMEM;
}

/* Whether one more entry of @inst may become, or be made, static. */
static int check_static(const struct jool_instance *inst, u32 max_bib, const struct jool_bib *bib,
			struct netlink_ext_ack *extack)
{
	if (max_bib == JOOL_BIB_NO_LIMIT)
		return 0;
	if (!bib && jool_instance_bibs(inst, JOOL_PROTOS_ALL) >= max_bib) {
		NL_SET_ERR_MSG(extack, JOOL_BIB_IS_FULL);
		return -ENOSPC;
	}
	if (!(bib && bib->is_static) && jool_limit_statics_full()) {
		NL_SET_ERR_MSG(extack, JOOL_BIB_STATICS_FULL);
		return -ENOSPC;
	}
	return 0;
}

/*
 * One try of jool_bib_add_static, which also returns -EAGAIN, and takes over of @needs what it
 * sets to NULL. Under RCU.
 */
static int add_static(struct jool_instance *inst, struct jool_bib_static *entry, u32 max_bib,
		      struct needs *needs, struct netlink_ext_ack *extack)
{
	u16 port = ntohs(entry->src4.port);
	u8 proto = entry->proto;
	struct jool_host *host;
	struct jool_bib *bib;
	int err;

	bib = jool_bib_find6(inst, proto, &entry->src6.addr, entry->src6.port) ?:
	      jool_bib_find4(inst, proto, entry->src4.addr, entry->src4.port);
	err = check_static(inst, max_bib, bib, extack);
	if (err || bib)
		return err ?: upgrade_bib(bib, entry);

	err = jool_addr4_take(needs->addr4, proto, port);
	if (err)
		return err == -EBUSY ? -EEXIST : err;
	host = needs->host;
	needs->host = NULL;
	err = jool_bib_create(inst, proto, host, entry->src6.port, needs->addr4, port, &needs->bib,
			      &bib) ?:
	      upgrade_bib(bib, entry);
	/* A packet may have been faster, but its entry would not be static. */
	if (entry->was == JOOL_BIB_STATIC)
		entry->was = JOOL_BIB_NONE;
	return err;
}

int jool_bib_add_static(struct jool_instance *inst, struct jool_bib_static *entry, u32 max_bib,
			struct netlink_ext_ack *extack)
{
	int err;

	do {
		struct needs needs = {};

		err = get_needs(inst, entry, &needs);
		if (err)
			return err;
		local_bh_disable();
		rcu_read_lock();
		err = add_static(inst, entry, max_bib, &needs, extack);
		rcu_read_unlock();
		local_bh_enable();
		free_needs(inst, &needs);
		cond_resched();
	} while (err == -EAGAIN);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, JOOL_BIB_IN_THE_WAY);
	return err;
}

void jool_bib_undo_static(struct jool_instance *inst, const struct jool_bib_static *entry)
{
	struct jool_bib *bib;
	bool done = true;

	if (entry->was == JOOL_BIB_STATIC)
		return;
	do {
		rcu_read_lock();
		bib = jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
		if (bib && entry->was == JOOL_BIB_DYNAMIC)
			jool_bib_demote(inst, bib);
		else if (bib)
			done = jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
		rcu_read_unlock();
		cond_resched();
	} while (!done);
}

/* Has @fn done with the entry that has @port (host order) of @addr4, if one of @inst has. */
static void walk_entry(struct jool_instance *inst, const struct jool_addr4 *addr4, u8 proto,
		       u16 port, jool_bib_fn fn, void *arg)
{
	struct jool_bib *bib;
	bool done;

	do {
		rcu_read_lock();
		bib = jool_bib_at(inst, addr4, proto, port);
		done = !bib || fn(inst, bib, arg);
		rcu_read_unlock();
		cond_resched();
	} while (!done);
}

void jool_bib_walk(struct jool_instance *inst, unsigned int protos, jool_bib_fn fn, void *arg)
{
	struct jool_addr4 *addr4 = NULL;
	unsigned int port;
	u8 proto;

	while ((addr4 = jool_addr4_after(&inst->net->addr4s, addr4))) {
		for (proto = 0; proto < JOOL_PROTOS; proto++) {
			if (!(protos & BIT(proto)))
				continue;
			for (port = jool_addr4_next(addr4, proto, 0); port < JOOL_PORTS;
			     port = jool_addr4_next(addr4, proto, port + 1))
				walk_entry(inst, addr4, proto, port, fn, arg);
		}
		/* There may be many without any entry. */
		cond_resched();
	}
}
