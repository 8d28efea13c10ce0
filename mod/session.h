/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions (RFC 6146 3.2): who speaks with whom, and all that it takes to translate it. */
#ifndef _JOOL_SESSION_H
#define _JOOL_SESSION_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rbtree_types.h>
#include <linux/rhashtable-types.h>
#include <linux/tcp.h>
#include <net/dst.h>

#include "../common/uapi.h"
#include "expiry.h"
#include "tcp.h"
#include "tuple.h"

struct jool_bib;
struct jool_config;
struct jool_instance;

/* A route that is good for as long as dst_check() says so and the packets have this mark. */
struct jool_route {
	unsigned long way;	/* the dst, or 0; and a bit */
	u32 cookie;	/* to IPv6: for dst_check(). To IPv4: where identifications begin */
	u32 mark;
};

/* Of a way: out of a device like any other, see jool_route_find(). No address of a dst has it. */
#define JOOL_ROUTE_PLAIN 1UL

static inline struct dst_entry *jool_route_dst(unsigned long way)
{
	return (struct dst_entry *)(way & ~JOOL_ROUTE_PLAIN);
}

#define JOOL_SESSION_NO_BUCKET U16_MAX

enum jool_session_flag {
	JOOL_SESSION_DEAD = 1 << 0,	/* out of the tables; under the BIB entry's lock */
	JOOL_SESSION_HAIRPIN = 1 << 1,	/* with another IPv6 node; never changes */
	JOOL_SESSION_FROM6 = 1 << 2,	/* the IPv6 node, not the other, began it; like state */
};

struct jool_session {
	/* First cache line: found by its IPv6 side, all addresses, what changes with packets. */
	struct rhash_head node6;
	struct jool_key6 key6;
	struct jool_key4 key4;
	u16 delta;		/* checksum delta from IPv6 to IPv4, see jool_session_delta() */
	u8 state;		/* enum jool_tcp_state; under the BIB entry's lock */
	u8 flags;		/* enum jool_session_flag */
	u32 stamp;		/* jiffy of the last packet that prolonged it */

	/* Second: found by its IPv4 side, the ways out. */
	struct rhash_head node4;
	struct jool_route route[JOOL_DIRS];	/* changed under the BIB entry's lock */
	struct jool_bib *bib;
	union {
		struct hlist_node in_bucket;	/* under the bucket's lock */
		struct rcu_head rcu;
	};

	/* Third: seldom needed. */
	struct rb_node in_bib;	/* by the IPv4 node; under the BIB entry's lock */
	u16 bucket;		/* changed under the bucket's lock */
	u16 cpu;		/* whose wheel the bucket is of */
	u8 proto;		/* enum jool_proto */
	__be32 seq;		/* TCP: those of a keep-alive from IPv4, as of the stamp */
	__be32 ack;
};

int jool_session_init(struct jool_instance *inst);

/* Frees the tables with all sessions. Nobody may see them any more. May sleep. */
void jool_session_exit(struct jool_instance *inst);

/* The session of a packet with this tuple, or NULL. Under RCU. */
struct jool_session *jool_session_find6(struct jool_instance *inst, u8 proto,
					const struct jool_key6 *key);
struct jool_session *jool_session_find4(struct jool_instance *inst, u8 proto,
					const struct jool_key4 *key);

/*
 * What translating from IPv6 to IPv4 adds to the one's complement sum that the checksum of @proto
 * is made of: addresses and ports, and with ICMP the lack of addresses.
 */
u16 jool_session_delta(u8 proto, const struct jool_key6 *key6, const struct jool_key4 *key4);

/* What a new session is made of. */
struct jool_session_wish {
	struct jool_bib *bib;
	const struct in6_addr *dst6;	/* the IPv4 node as IPv6 sees it */
	__be32 dst4;			/* the IPv4 node */
	__be16 port;			/* its port; ICMP: ignored */
	u8 state;			/* enum jool_tcp_state */
	u8 flags;			/* enum jool_session_flag */
	enum jool_reason reason;
};

/* Fills @session, which is in no table yet. */
void jool_session_fill(struct jool_session *session, const struct jool_session_wish *wish);

/*
 * Makes a session and writes it to *result; if there is one already, writes that. Returns 0,
 * -EAGAIN: the BIB entry has just been removed, -ENOMEM. Under RCU with bottom halves off.
 */
int jool_session_create(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session_wish *wish, struct jool_session **result);

/*
 * Ends @session and, if it was the last of a dynamic BIB entry, that too. Under RCU and the lock of
 * its BIB entry.
 */
void jool_session_kill(struct jool_instance *inst, struct jool_session *session,
		       enum jool_reason reason);

/*
 * The first session of @bib with an IPv4 node that is not before @dst4 and @port, or NULL. Under
 * the lock of @bib.
 */
struct jool_session *jool_session_first(struct jool_bib *bib, __be32 dst4, __be16 port);

/* The next session of the same BIB entry, or NULL. Under its lock. */
struct jool_session *jool_session_next(struct jool_session *session);

/* What jool_session_step() did. */
enum jool_session_step {
	JOOL_STEP_NOTHING,
	JOOL_STEP_WRITTEN,	/* the session was written to */
	JOOL_STEP_OVER,		/* nothing: its connection is over, and the SYN opens another */
};

/*
 * Moves a TCP session on by @event (RFC 6146 3.5.2.2). Takes a lock only if the state changes.
 * Under RCU with bottom halves off.
 */
enum jool_session_step jool_session_step(struct jool_instance *inst,
					 const struct jool_config *config,
					 struct jool_session *session, enum jool_tcp_event event);

/* Whether both ends have closed the connection of @session, so that a SYN opens another. */
static inline bool jool_session_is_over(const struct jool_session *session)
{
	return READ_ONCE(session->state) == JOOL_TCP_V4_FIN_V6_FIN_RCV;
}

/*
 * Ends @session, whose connection is over, and begins it again in @state for @reason, unless
 * another packet has just done so. Returns 0, -EAGAIN: it has just been removed. Under RCU with
 * bottom halves off.
 */
int jool_session_reopen(struct jool_instance *inst, const struct jool_config *config,
			struct jool_session *session, u8 state, enum jool_reason reason);

/*
 * A packet prolongs the life of @session. Writes only if the last one is a while ago; returns
 * whether it did.
 */
static inline bool jool_session_touch(struct jool_session *session)
{
	u32 now = jiffies;

	if (likely(now - READ_ONCE(session->stamp) < JOOL_EXPIRY_SLACK))
		return false;
	WRITE_ONCE(session->stamp, now);
	return true;
}

/*
 * Keeps the numbers of the segment @tcp, for the probe (RFC 6146 3.5.2.2): that is a keep-alive of
 * the IPv4 node, one byte behind what it has sent, which is answered (RFC 1122 4.2.3.6). @len:
 * bytes of the segment with its header.
 */
void jool_session_remember(struct jool_session *session, const struct tcphdr *tcp, unsigned int len,
			   bool from6);

/* Registers and unregisters the cache of the module. */
int jool_session_cache_init(void);
void jool_session_cache_exit(void);

#endif
