// SPDX-License-Identifier: GPL-2.0-only
#include "bib.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "host.h"
#include "instance.h"
#include "port.h"
#include "session.h"

/* Sessions that are removed with bottom halves off. */
#define BATCH 64

static struct kmem_cache *cache;

static const struct rhashtable_params params6 = {
	.key_len = sizeof(struct jool_taddr6),
	.key_offset = offsetof(struct jool_bib, src6),
	.head_offset = offsetof(struct jool_bib, node6),
	.automatic_shrinking = true,
};

static const struct rhashtable_params params4 = {
	.key_len = sizeof(struct jool_taddr4),
	.key_offset = offsetof(struct jool_bib, src4),
	.head_offset = offsetof(struct jool_bib, node4),
	.automatic_shrinking = true,
};

int jool_bib_cache_init(void)
{
	cache = KMEM_CACHE(jool_bib, 0);
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
		err = rhashtable_init(&inst->tables[i].bib6, &params6);
		if (err)
			goto undo;
		err = rhashtable_init(&inst->tables[i].bib4, &params4);
		if (err) {
			rhashtable_destroy(&inst->tables[i].bib6);
			goto undo;
		}
	}
	return 0;

undo:
	while (i--) {
		rhashtable_destroy(&inst->tables[i].bib6);
		rhashtable_destroy(&inst->tables[i].bib4);
	}
	return err;
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct jool_bib, rcu));
}

/* Gives back what @bib holds, and @bib itself after a grace period. */
static void release(struct jool_instance *inst, struct jool_bib *bib)
{
	jool_portmap_give(bib->map, bib->proto, ntohs(bib->src4.port));
	jool_portmap_put(bib->map);
	jool_host_put(inst, bib->host);
	call_rcu(&bib->rcu, free_rcu);
}

static void release_void(void *bib, void *inst)
{
	release(inst, bib);
}

void jool_bib_exit(struct jool_instance *inst)
{
	int i;

	for (i = 0; i < JOOL_PROTOS; i++) {
		rhashtable_destroy(&inst->tables[i].bib4);
		rhashtable_free_and_destroy(&inst->tables[i].bib6, release_void, inst);
	}
}

struct jool_bib *jool_bib_find6(struct jool_instance *inst, u8 proto, const struct in6_addr *addr,
				__be16 port)
{
	struct jool_taddr6 key = { .addr = *addr, .port = port };

	return rhashtable_lookup(&inst->tables[proto].bib6, &key, params6);
}

struct jool_bib *jool_bib_find4(struct jool_instance *inst, u8 proto, __be32 addr, __be16 port)
{
	struct jool_taddr4 key = { .addr = addr, .port = port };

	return rhashtable_lookup(&inst->tables[proto].bib4, &key, params4);
}

int jool_bib_create(struct jool_instance *inst, u8 proto, struct jool_host *host, __be16 port6,
		    struct jool_portmap *map, u16 port, bool is_static, struct jool_bib **result)
{
	struct jool_tables *tables = &inst->tables[proto];
	struct jool_bib *bib, *old;
	int err;

	bib = kmem_cache_zalloc(cache, GFP_ATOMIC);
	if (!bib) {
		jool_portmap_give(map, proto, port);
		jool_host_put(inst, host);
		return -ENOMEM;
	}
	jool_portmap_hold(map);
	spin_lock_init(&bib->lock);
	bib->src6 = (struct jool_taddr6) { .addr = host->addr, .port = port6 };
	bib->src4 = (struct jool_taddr4) { .addr = map->addr, .port = htons(port) };
	bib->proto = proto;
	bib->is_static = is_static;
	bib->host = host;
	bib->map = map;

	/* Its lock keeps others from using it before it is in both tables. */
	spin_lock_bh(&bib->lock);
	old = rhashtable_lookup_get_insert_fast(&tables->bib6, &bib->node6, params6);
	if (old) {
		spin_unlock_bh(&bib->lock);
		release(inst, bib);
		*result = old;
		return PTR_ERR_OR_ZERO(old);
	}
	err = rhashtable_lookup_insert_fast(&tables->bib4, &bib->node4, params4);
	if (err) {
		bib->dead = true;
		rhashtable_remove_fast(&tables->bib6, &bib->node6, params6);
		spin_unlock_bh(&bib->lock);
		release(inst, bib);
		return err;
	}
	spin_unlock_bh(&bib->lock);
	WRITE_ONCE(host->addr4, map->addr);
	*result = bib;
	return 0;
}

void jool_bib_kill(struct jool_instance *inst, struct jool_bib *bib)
{
	struct jool_tables *tables = &inst->tables[bib->proto];

	lockdep_assert_held(&bib->lock);
	bib->dead = true;
	rhashtable_remove_fast(&tables->bib4, &bib->node4, params4);
	rhashtable_remove_fast(&tables->bib6, &bib->node6, params6);
	release(inst, bib);
}

bool jool_bib_knows(struct jool_bib *bib, __be32 dst4)
{
	struct jool_session *session;
	bool found;

	spin_lock_bh(&bib->lock);
	session = jool_session_first(bib, dst4, 0);
	found = session && session->key4.src == dst4;
	spin_unlock_bh(&bib->lock);
	return found;
}

void jool_bib_reap(struct jool_instance *inst, struct jool_bib *bib)
{
	spin_lock_bh(&bib->lock);
	if (!bib->dead && !bib->is_static && RB_EMPTY_ROOT(&bib->sessions))
		jool_bib_kill(inst, bib);
	spin_unlock_bh(&bib->lock);
}

void jool_bib_remove(struct jool_instance *inst, struct jool_bib *bib)
{
	bool done;
	int i;

	do {
		spin_lock_bh(&bib->lock);
		bib->is_static = false;
		for (i = 0; i < BATCH && !RB_EMPTY_ROOT(&bib->sessions); i++)
			jool_session_kill(inst, jool_session_first(bib, 0, 0));
		if (!bib->dead && RB_EMPTY_ROOT(&bib->sessions))
			jool_bib_kill(inst, bib);
		done = bib->dead;
		spin_unlock_bh(&bib->lock);
	} while (!done);
}

/*
 * Makes @bib static if it has the addresses. Returns 0, -EAGAIN: it has just been removed, -EEXIST.
 */
static int upgrade(struct jool_bib *bib, const struct jool_taddr6 *src6,
		   const struct jool_taddr4 *src4)
{
	int err = 0;

	if (memcmp(&bib->src6, src6, sizeof(*src6)) || memcmp(&bib->src4, src4, sizeof(*src4)))
		return -EEXIST;
	spin_lock_bh(&bib->lock);
	if (bib->dead)
		err = -EAGAIN;
	else
		bib->is_static = true;
	spin_unlock_bh(&bib->lock);
	return err;
}

/* One try of jool_bib_add_static, which also returns -EAGAIN. Under RCU. */
static int add_static(struct jool_instance *inst, u8 proto, const struct jool_taddr6 *src6,
		      const struct jool_taddr4 *src4, struct jool_portmap *map)
{
	u16 port = ntohs(src4->port);
	struct jool_host *host;
	struct jool_bib *bib;
	int err;

	bib = jool_bib_find6(inst, proto, &src6->addr, src6->port) ?:
	      jool_bib_find4(inst, proto, src4->addr, src4->port);
	if (bib)
		return upgrade(bib, src6, src4);

	err = jool_portmap_take(map, proto, port);
	if (err)
		return err == -EBUSY ? -EEXIST : err;
	host = jool_host_get(inst, &src6->addr);
	if (!host) {
		jool_portmap_give(map, proto, port);
		return -ENOMEM;
	}
	err = jool_bib_create(inst, proto, host, src6->port, map, port, true, &bib);
	return err ?: upgrade(bib, src6, src4);
}

int jool_bib_add_static(struct jool_instance *inst, u8 proto, const struct jool_taddr6 *src6,
			const struct jool_taddr4 *src4, struct netlink_ext_ack *extack)
{
	struct jool_portmap *map = jool_portmap_get(&inst->net->portmaps, src4->addr, GFP_KERNEL);
	int err;

	if (!map)
		return -ENOMEM;
	do {
		rcu_read_lock();
		err = add_static(inst, proto, src6, src4, map);
		rcu_read_unlock();
		cond_resched();
	} while (err == -EAGAIN);
	jool_portmap_put(map);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "another BIB entry has one of these transport addresses");
	return err;
}

/* Removes the entry that has @port of @map if it is condemned. */
static void remove_if(struct jool_instance *inst, const struct jool_portmap *map, u8 proto,
		      u16 port,
		      bool (*condemned)(const struct jool_bib *bib, const void *arg),
		      const void *arg)
{
	struct jool_bib *bib;

	rcu_read_lock();
	bib = jool_bib_find4(inst, proto, map->addr, htons(port));
	if (bib && condemned(bib, arg))
		jool_bib_remove(inst, bib);
	rcu_read_unlock();
	cond_resched();
}

int jool_bib_remove_if(struct jool_instance *inst,
		       bool (*condemned)(const struct jool_bib *bib, const void *arg),
		       const void *arg)
{
	struct jool_portmap **list, *map;
	unsigned int count, i, port;
	u8 proto;

	list = jool_portmap_list(&inst->net->portmaps, &count);
	if (IS_ERR(list))
		return PTR_ERR(list);
	for (i = 0; i < count; i++) {
		map = list[i];
		for (proto = 0; proto < JOOL_PROTOS; proto++) {
			for (port = jool_portmap_next(map, proto, 0); port < JOOL_PORTS;
			     port = jool_portmap_next(map, proto, port + 1))
				remove_if(inst, map, proto, port, condemned, arg);
		}
	}
	jool_portmap_list_free(list, count);
	jool_instance_renew(inst);
	return 0;
}
