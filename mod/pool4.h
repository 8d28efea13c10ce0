/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IPv4 transport addresses that IPv6 nodes are mapped to (RFC 6146 3.1). Never changed, only
 * replaced.
 */
#ifndef _JOOL_POOL4_H
#define _JOOL_POOL4_H

#include <linux/netlink.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "../common/uapi.h"
#include "tuple.h"

struct jool_net;
struct net;
struct jool_addr4;

/* A range of ports (host order, inclusive) of one address. */
struct jool_pool4_row {
	__be32 addr;
	u32 mark;
	u32 iterations;			/* as configured; 0: auto */
	int ifindex;			/* of the default pool: the device of the address */
	/* what had no free port when, of all and of those that do not rest; see full_bit() */
	u32 full[2];
	u16 min;
	u16 max;
	u8 proto;			/* enum jool_proto */
	struct jool_addr4 *addr4;	/* with a reference */
};

struct jool_pool4_index {
	u32 row;
	u16 reach;			/* the highest port of the address up to here */
};

/* Rows from the first one up to, but without, the end. */
struct jool_pool4_rows {
	u32 first;
	u32 end;
};

struct jool_pool4 {
	refcount_t refs;
	bool is_default;		/* made of the namespace's own addresses */
	unsigned int count;
	struct jool_pool4_rows unmarked[JOOL_PROTOS];	/* the rows of mark 0 */
	/* Rows by protocol, mark, address, port; no two touch. */
	struct jool_pool4_row *rows;
	/* The same by protocol, address, port; ranges of several marks may overlap. */
	struct jool_pool4_index *by_addr;
};

/* What a new BIB entry wishes for. */
struct jool_pool4_wish {
	u8 proto;			/* enum jool_proto */
	u32 mark;
	__be32 addr;			/* preferred, or 0 */
	bool paired;			/* no other one, unless pool4 has none of it */
	u32 rest;			/* jiffies that a port must have rested, if there is one */
	u16 port;			/* of the IPv6 node, host order */
	__be32 dst4;			/* the IPv4 node that is written to */
	__be16 dport;
	u64 random;
};

/* What is added to, or taken from, a pool4. */
struct jool_pool4_change {
	u8 proto;
	u32 mark;
	u32 iterations;			/* 0: auto */
	__be32 prefix;
	u8 len;				/* bits */
	u16 min;
	u16 max;
};

/* The pool4 of an instance that has none: 61001-65535 of the addresses of @jn. NULL: no memory. */
struct jool_pool4 *jool_pool4_default(struct jool_net *jn);

/*
 * @old (NULL: nothing) and @count @changes; adjacent ranges become one; the default pool if there
 * is nothing. ERR_PTR(-ENOMEM), ERR_PTR(-E2BIG); @extack has a sentence. May sleep.
 */
struct jool_pool4 *jool_pool4_plus(struct jool_net *jn, const struct jool_pool4 *old,
				   const struct jool_pool4_change *changes, unsigned int count,
				   struct netlink_ext_ack *extack);

/*
 * @old without @change, which may punch holes. ERR_PTR(-ENOENT) if nothing of it was there,
 * ERR_PTR(-ENOMEM). An empty result is the default pool. May sleep.
 */
struct jool_pool4 *jool_pool4_minus(struct jool_net *jn, const struct jool_pool4 *old,
				    const struct jool_pool4_change *change,
				    struct netlink_ext_ack *extack);

void jool_pool4_hold(struct jool_pool4 *pool);
void jool_pool4_put(struct jool_pool4 *pool);

/* Whether @addr has @port (host order), with whatever mark. */
bool jool_pool4_has(const struct jool_pool4 *pool, u8 proto, __be32 addr, u16 port);

/* Whether @addr has a port of any protocol, with whatever mark. */
bool jool_pool4_has_addr(const struct jool_pool4 *pool, __be32 addr);

/* Whether nodes with @mark may have @addr, @port (host order). */
bool jool_pool4_allows(const struct jool_pool4 *pool, u8 proto, u32 mark, __be32 addr, u16 port);

/*
 * Takes a free port by the rules of RFC 6146 3.5.1.1 and 3.5.2.3: the wished address first, on the
 * same side of 1024, for UDP with the same parity; then less and less of that; of one address those
 * that still rest (RFC 6888 REQ-8) last; none that a socket of @net waits at. Writes the address
 * (no reference) and the port (host order, taken). Returns 0, -ENOENT: no row has protocol and
 * mark, -ENOSPC: none free, -ENOMEM. Under RCU; any context.
 */
int jool_pool4_take(struct net *net, struct jool_pool4 *pool, const struct jool_pool4_wish *wish,
		    struct jool_addr4 **addr4, u16 *port);

#endif
