// SPDX-License-Identifier: GPL-2.0-only
#include "host.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "hash.h"
#include "instance.h"

static __always_inline u32 hash_host(const void *addr, u32 len, u32 seed)
{
	return jool_hash_fold(jool_hash_addr6(seed, addr));
}

static const struct rhashtable_params params = {
	.key_len = sizeof(struct in6_addr),
	.hashfn = hash_host,
	.key_offset = offsetof(struct jool_host, addr),
	.head_offset = offsetof(struct jool_host, node),
	.automatic_shrinking = true,
};

#define TRIES 1000

int jool_host_init(struct jool_instance *inst)
{
	return rhashtable_init(&inst->hosts, &params);
}

void jool_host_exit(struct jool_instance *inst)
{
	rhashtable_destroy(&inst->hosts);
}

struct jool_host *jool_host_find(struct jool_instance *inst, const struct in6_addr *addr)
{
	return rhashtable_lookup(&inst->hosts, addr, params);
}

struct jool_host *jool_host_hold(struct jool_instance *inst, const struct in6_addr *addr)
{
	struct jool_host *host = jool_host_find(inst, addr);

	return host && refcount_inc_not_zero(&host->refs) ? host : NULL;
}

/* Makes the host @addr, unless another CPU is faster. Returns like jool_host_get(). */
static struct jool_host *make_host(struct jool_instance *inst, const struct in6_addr *addr,
				   gfp_t gfp)
{
	struct jool_host *host = kzalloc(sizeof(*host), gfp), *old;
	int tries;

	if (!host)
		return NULL;
	host->addr = *addr;
	refcount_set(&host->refs, 1);
	rcu_read_lock();
	/* One that is just being removed is gone in a moment: BH are off meanwhile. */
	for (tries = 0; tries < TRIES; tries++) {
		old = rhashtable_lookup_get_insert_fast(&inst->hosts, &host->node, params);
		if (!old)
			break;
		if (IS_ERR(old) || refcount_inc_not_zero(&old->refs)) {
			kfree(host);
			host = IS_ERR(old) ? NULL : old;
			break;
		}
		cpu_relax();
	}
	if (tries == TRIES) {
		kfree(host);
		host = NULL;
	}
	rcu_read_unlock();
	return host;
}

struct jool_host *jool_host_get(struct jool_instance *inst, const struct in6_addr *addr, gfp_t gfp)
{
	struct jool_host *host;

	rcu_read_lock();
	host = jool_host_hold(inst, addr);
	rcu_read_unlock();
	return host ?: make_host(inst, addr, gfp);
}

void jool_host_put(struct jool_instance *inst, struct jool_host *host)
{
	local_bh_disable();
	if (refcount_dec_and_test(&host->refs)) {
		rhashtable_remove_fast(&inst->hosts, &host->node, params);
		kfree_rcu(host, rcu);
	}
	local_bh_enable();
}
