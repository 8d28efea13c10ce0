/* SPDX-License-Identifier: GPL-2.0-only */
/* Instances: one translator each. */
#ifndef _JOOL_INSTANCE_H
#define _JOOL_INSTANCE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>

#include "../common/uapi.h"
#include "compat.h"
#include "bypass.h"
#include "config.h"
#include "expiry.h"
#include "namespace.h"
#include "stats.h"
#include "table.h"
#include "tuple.h"

struct jool_tables {
	struct rhashtable session6;
	struct rhashtable session4;
	struct rhashtable bib6;
	bool large;			/* they are, or are being made */
};

/* TCP SYNs from IPv4 that are kept (syn.c). */
struct jool_syns {
	spinlock_t lock;		/* all of them */
	struct list_head by_age;	/* the oldest first */
	struct jool_syn_table *table;	/* NULL until the first one */
	unsigned int count;
};

struct jool_instance {
	/* read for every packet, never written after the instance was added */
	struct list_head list;
	__be64 pool6[2];
	__be64 pool6_mask[2];
	u8 pool6_len;			/* bits */
	struct jool_config __rcu *config;
	struct jool_stats __percpu *stats;
	struct jool_net *net;
	struct rcu_head rcu;		/* kfree_rcu() reaches 4 KiB: before tables */
	struct jool_tables tables[JOOL_PROTOS];

	bool live;			/* packets may meet it: published, not being removed */

	char name[JOOL_NAME_MAX + 1];
	u32 generation;			/* changes when the tables are flushed */
	u32 id_secret;			/* of IPv4 identifications */
	struct rhashtable hosts;
	struct jool_expiry expiry;
	struct jool_syns syns;
	struct work_struct enlarge;	/* makes tables large */
	struct work_struct empty;	/* frees what the instance has */
	atomic_t sessions_from4;	/* begun from IPv4 */
	struct list_head gone;		/* among those whose last packets are waited for */
	struct jool_bypass bypass;
};

/*
 * Makes an instance that no packet sees, or NULL: no memory; jool_namespace_create() looks whether
 * there may be one. May sleep.
 */
struct jool_instance *jool_instance_create(struct jool_net *jn, const char *name,
					   const struct in6_addr *pool6, u8 pool6_len);

/*
 * Frees what @inst, which no packet sees any more, has. Itself it must stay for a grace period: who
 * has just found one of its BIB entries looks whether it is live. May sleep.
 */
void jool_instance_empty(struct jool_instance *inst);

/* The pool6 of @inst. */
static inline const struct in6_addr *jool_instance_pool6(const struct jool_instance *inst)
{
	return (const struct in6_addr *)inst->pool6;
}

/* Whether @addr lies in the pool6 of @inst. */
static inline bool jool_instance_has6(const struct jool_instance *inst,
				      const struct in6_addr *addr)
{
	/* An IPv6 header is aligned to 4 bytes. */
	__be64 high = get_unaligned((const __be64 *)addr);
	__be64 low = get_unaligned((const __be64 *)addr + 1);

	return !(((high ^ inst->pool6[0]) & inst->pool6_mask[0]) |
		 ((low ^ inst->pool6[1]) & inst->pool6_mask[1]));
}

/* A number that changes whenever an instance comes or goes or its tables are flushed. */
u32 jool_instance_generation(void);

/* Tells dumps under way that the tables of @inst were flushed, or part of them. */
void jool_instance_renew(struct jool_instance *inst);

/* Sessions of @inst present now, of the protocols that are set in @protos. */
static __always_inline unsigned int jool_instance_sessions(const struct jool_instance *inst,
							   unsigned int protos)
{
	unsigned int i, sum = 0;

	for (i = 0; i < JOOL_PROTOS; i++)
		if (protos & BIT(i))
			sum += atomic_read(&inst->tables[i].session6.nelems);
	return sum;
}

/* BIB entries of @inst present now, of the protocols that are set in @protos. */
static __always_inline unsigned int jool_instance_bibs(const struct jool_instance *inst,
						       unsigned int protos)
{
	unsigned int i, sum = 0;

	for (i = 0; i < JOOL_PROTOS; i++)
		if (protos & BIT(i))
			sum += atomic_read(&inst->tables[i].bib6.nelems);
	return sum;
}

/* Tells that @table of @tables has one entry more. Any context. */
static __always_inline void jool_instance_grown(struct jool_instance *inst,
						struct jool_tables *tables,
						const struct rhashtable *table)
{
	if (likely(READ_ONCE(tables->large)) || atomic_read(&table->nelems) < JOOL_TABLE_FEW)
		return;
	WRITE_ONCE(tables->large, true);
	schedule_work(&inst->enlarge);
}

/* The configuration of @inst. Under jn->lock. */
static inline struct jool_config *jool_instance_config(const struct jool_instance *inst)
{
	return rcu_dereference_protected(inst->config, lockdep_is_held(&inst->net->lock));
}

/* Replaces the configuration of @inst by @config, which it takes over. Under jn->lock. */
void jool_instance_configure(struct jool_instance *inst, struct jool_config *config);

/* Which BIB entries go, with their sessions, when pool4 loses something. */
enum jool_evict {
	JOOL_EVICT_NONE,
	JOOL_EVICT_PORTS,	/* those whose port it had and has no more */
	JOOL_EVICT_DYNAMIC,	/* the same, but no static ones */
	JOOL_EVICT_ADDRESSES,	/* dynamic ones of whose address it has nothing any more */
};

/* Removes what goes since pool4 was @old. Under jn->lock; may sleep. */
void jool_instance_evict(struct jool_instance *inst, const struct jool_pool4 *old,
			 enum jool_evict evict);

/*
 * Puts @pool4, which it takes over, in the place of that of @inst, and removes what goes with it.
 * Returns 0, -ENOMEM, or the error that @pool4 is (ERR_PTR). Under jn->lock; may sleep.
 */
int jool_instance_set_pool4(struct jool_instance *inst, struct jool_pool4 *pool4,
			    enum jool_evict evict);

/* Frees configurations, whose pool4 may be large, and what instances have. */
extern struct workqueue_struct *jool_workqueue;

/* Makes and destroys that. Returns 0 or -ENOMEM. May sleep. */
int jool_instance_init(void);
void jool_instance_exit(void);

#endif
