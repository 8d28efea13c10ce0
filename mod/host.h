/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of an IPv6 node: its IPv4 address, which it keeps (RFC 6146 3.5.1.1), and how much
 * it uses.
 */
#ifndef _JOOL_HOST_H
#define _JOOL_HOST_H

#include <linux/atomic.h>
#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>

struct jool_instance;

struct jool_host {
	struct rhash_head node;
	struct in6_addr addr;
	refcount_t refs;	/* BIB entries */
	atomic_t sessions;
	__be32 last4;		/* the IPv4 address of its last new BIB entry, or 0 */
	struct rcu_head rcu;
};

int jool_host_init(struct jool_instance *inst);

/* Frees the table, which must be empty. May sleep. */
void jool_host_exit(struct jool_instance *inst);

/* The host @addr, or NULL. Under RCU. */
struct jool_host *jool_host_find(struct jool_instance *inst, const struct in6_addr *addr);

/* The host @addr with a reference, or NULL. Under RCU. */
struct jool_host *jool_host_hold(struct jool_instance *inst, const struct in6_addr *addr);

/*
 * The host @addr, made if need be, with a reference; NULL: no memory. Any context that @gfp suits.
 */
struct jool_host *jool_host_get(struct jool_instance *inst, const struct in6_addr *addr, gfp_t gfp);

/* Gives a reference back. */
void jool_host_put(struct jool_instance *inst, struct jool_host *host);

#endif
