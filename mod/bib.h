/* SPDX-License-Identifier: GPL-2.0-only */
/* The binding information base (RFC 6146 3.1): which IPv4 transport address an IPv6 one has. */
#ifndef _JOOL_BIB_H
#define _JOOL_BIB_H

#include <linux/in6.h>
#include <linux/rbtree.h>
#include <linux/netlink.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "../common/uapi.h"
#include "addr4.h"
#include "tuple.h"

struct jool_host;
struct jool_instance;
struct jool_session;

struct jool_bib {
	struct rhash_head node6;
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	u8 proto;		/* enum jool_proto */
	bool is_static;		/* configured: stays without sessions; under lock */
	bool dead;		/* out of the tables; under lock */
	/*
	 * Guards the tree, the flags, and of all sessions in the tree the state, the routes and
	 * whether they are alive. Taken before any bucket's lock; never two at once.
	 */
	spinlock_t lock;
	struct rb_root sessions;	/* by the IPv4 node */
	struct jool_instance *inst;
	struct jool_host *host;
	struct jool_addr4 *addr4;	/* leads to it by src4 */
	struct rcu_head rcu;
};

int jool_bib_init(struct jool_instance *inst);

/* Frees the tables with all entries; there may be no sessions. May sleep. */
void jool_bib_exit(struct jool_instance *inst);

/* The entry with this transport address, or NULL. Under RCU. */
struct jool_bib *jool_bib_find6(struct jool_instance *inst, u8 proto, const struct in6_addr *addr,
				__be16 port);
struct jool_bib *jool_bib_find4(struct jool_instance *inst, u8 proto, __be32 addr, __be16 port);

/* The entry that has @port (host order) of @addr4, if it is one of @inst, or NULL. Under RCU. */
static inline struct jool_bib *jool_bib_at(const struct jool_instance *inst,
					   const struct jool_addr4 *addr4, u8 proto, u16 port)
{
	struct jool_bib *bib = jool_addr4_bib(addr4, proto, port);

	return bib && bib->inst == inst ? bib : NULL;
}

/*
 * Makes an entry for @host, whose reference it takes over, and @addr4's @port (host order, taken),
 * which it takes over too, and writes it to *result; if the IPv6 transport address has one already,
 * writes that. A static one is made of *spare, which becomes NULL; @spare is NULL for others.
 * Returns 0, -ENOMEM. Under RCU with bottom halves off.
 */
int jool_bib_create(struct jool_instance *inst, u8 proto, struct jool_host *host, __be16 port6,
		    struct jool_addr4 *addr4, u16 port, struct jool_bib **spare,
		    struct jool_bib **result);

/*
 * Whether @bib has a session with the IPv4 address @dst4, one other than @but (NULL: any). Under
 * RCU; any context; takes the lock.
 */
bool jool_bib_knows(struct jool_bib *bib, __be32 dst4, const struct jool_session *but);

/*
 * Removes @bib, by which nothing has been translated, if it is dynamic and has no sessions: its
 * port does not rest. Under RCU; any context.
 */
void jool_bib_reap(struct jool_instance *inst, struct jool_bib *bib);

/*
 * Removes @bib, which has no sessions and is not dead, and has its port rest. Under RCU and its
 * lock.
 */
void jool_bib_kill(struct jool_instance *inst, struct jool_bib *bib);

/*
 * Removes @bib and its sessions, for @reason, or as many of them as may be at once. Returns whether
 * it is gone. Under RCU.
 */
bool jool_bib_remove(struct jool_instance *inst, struct jool_bib *bib, enum jool_reason reason);

/* A static entry that is wanted. */
struct jool_bib_static {
	u8 proto;		/* enum jool_proto */
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	/* Set by jool_bib_add_static(): what there was before. */
	enum {
		JOOL_BIB_NONE,
		JOOL_BIB_DYNAMIC,
		JOOL_BIB_STATIC,
	} was;
};

/* Why a static entry cannot be. */
#define JOOL_BIB_IN_THE_WAY "another BIB entry has one of these transport addresses"
#define JOOL_BIB_IS_FULL "the instance has as many BIB entries as max-bib-entries says"
#define JOOL_BIB_STATICS_FULL \
	"there are as many static BIB entries as the module's parameter max_static_entries says"

/* For what takes the place of a static entry that has just gone: no limit is in the way of that. */
#define JOOL_BIB_NO_LIMIT JOOL_LIMIT_AUTO

/*
 * Adds a static entry, or makes the dynamic one with the same addresses static. Returns 0, -EEXIST
 * (another entry has one of them), -ENOSPC (the instance has @max_bib entries, or the module as
 * many static ones as it may), -ENOMEM; @extack has a sentence. Under inst->net->lock; may sleep.
 */
int jool_bib_add_static(struct jool_instance *inst, struct jool_bib_static *entry, u32 max_bib,
			struct netlink_ext_ack *extack);

/*
 * The entry that is in the way of @entry: it has one of its transport addresses but not both. NULL:
 * there is none. Under RCU.
 */
struct jool_bib *jool_bib_rival(struct jool_instance *inst, const struct jool_bib_static *entry);

/* Makes everything again as it was before jool_bib_add_static(). Under inst->net->lock. */
void jool_bib_undo_static(struct jool_instance *inst, const struct jool_bib_static *entry);

/*
 * Makes @bib dynamic, which removes it, if it has no sessions, and has its port rest. Under RCU;
 * any context.
 */
void jool_bib_demote(struct jool_instance *inst, struct jool_bib *bib);

/*
 * Does something to @bib, under RCU. Returns whether it is done with it; else it is called once
 * more, if the entry is still there.
 */
typedef bool (*jool_bib_fn)(struct jool_instance *inst, struct jool_bib *bib, void *arg);

/*
 * Calls @fn for all entries of the protocols that are set in @protos, in no particular order. An
 * entry that comes or goes meanwhile may be left out. May sleep.
 */
void jool_bib_walk(struct jool_instance *inst, unsigned int protos, jool_bib_fn fn, void *arg);

/* Registers and unregisters the cache of the module. */
int jool_bib_cache_init(void);
void jool_bib_cache_exit(void);

#endif
