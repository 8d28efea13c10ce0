/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ports of an IPv4 address that are in use: per protocol one bitmap, made on first use. They
 * belong to the namespace, since its instances may share addresses. A set bit is a BIB entry, which
 * makes the bitmap the sorted index of the BIB as well.
 *
 * A port of which a BIB entry ended may rest (RFC 6888 REQ-8): it is free, but for who looks for a
 * rested one.
 */
#ifndef _JOOL_ADDR4_H
#define _JOOL_ADDR4_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "port.h"
#include "tuple.h"

/* BIB entries are found by their port in arrays of a page, made on first use. */
#define JOOL_ADDR4_CHUNK 512
#define JOOL_ADDR4_CHUNKS (65536 / JOOL_ADDR4_CHUNK)

struct jool_bib;

/* The ports of one protocol that rest; they may be in use again. */
struct jool_rests {
	unsigned long *resting;		/* made when the first one is to rest, published once */
	unsigned long *aged;		/* those that did already at the last turn; the same */
	unsigned long turn;		/* jiffies of the next one */
	atomic_t rested;		/* grows whenever a port has rested, or need not */
};

struct jool_addr4 {
	__be32 addr;
	refcount_t refs;		/* pool4 rows, BIB entries, dumps */
	unsigned long *used[JOOL_PROTOS];	/* published once */
	struct jool_bib __rcu ***bibs[JOOL_PROTOS];	/* JOOL_ADDR4_CHUNKS arrays, the same */
	atomic_t freed[JOOL_PROTOS];	/* grows whenever a bit is cleared */
	int trimmed[JOOL_PROTOS];	/* the same when jool_addr4_trim() was here */
	struct jool_rests rests[JOOL_PROTOS];
	struct jool_addr4s *addr4s;
	struct rcu_head rcu;
};

/*
 * The addresses by hash: each in the first free slot from that of its hash on, at most half of them
 * taken. As it holds no more than pointers, a larger one is filled while packets read the old one.
 */
struct jool_addr4_table {
	struct rcu_head rcu;
	unsigned int mask;		/* the number of slots, a power of two, less one */
	u8 shift;			/* leaves that many values of a hash */
	unsigned int taken;		/* slots that are not NULL; under the lock */
	struct jool_addr4 __rcu *slot[];
};

struct jool_addr4s {
	spinlock_t lock;		/* writing to slots */
	struct jool_addr4_table __rcu *table;	/* replaced under the namespace's lock */
	struct jool_addr4_table *next;	/* one that is being filled, or NULL */
	unsigned int count;		/* addresses; under the lock */
};

/* Returns 0 or -ENOMEM. */
int jool_addr4_init(struct jool_addr4s *addr4s);
void jool_addr4_exit(struct jool_addr4s *addr4s);

/* Addresses of a pool4 are chosen by who may do worse: it need not be secret. */
static inline u32 jool_addr4_hash(__be32 addr)
{
	return (__force u32)addr * GOLDEN_RATIO_32;
}

/*
 * What there is of @addr, or NULL. Under RCU. Of 0.0.0.0, which no pool4 has, it may be an empty
 * one.
 */
static inline struct jool_addr4 *jool_addr4_find(const struct jool_addr4s *addr4s, __be32 addr)
{
	const struct jool_addr4_table *table = rcu_dereference(addr4s->table);
	unsigned int i = jool_addr4_hash(addr) >> table->shift;
	struct jool_addr4 *addr4;

	while ((addr4 = rcu_dereference(table->slot[i])) && addr4->addr != addr)
		i = (i + 1) & table->mask;
	return addr4;
}

/*
 * What there is of @addr, made if need be, with a reference; NULL: no memory. Under the namespace's
 * lock; may sleep.
 */
struct jool_addr4 *jool_addr4_get(struct jool_addr4s *addr4s, __be32 addr);

/* One more reference to an address that has one. */
static inline void jool_addr4_hold(struct jool_addr4 *addr4)
{
	refcount_inc(&addr4->refs);
}

/* Gives a reference back. Any context. */
void jool_addr4_put(struct jool_addr4 *addr4);

/* Whether a BIB entry has @port (host order) of @addr4. */
static inline bool jool_addr4_test(const struct jool_addr4 *addr4, u8 proto, u16 port)
{
	const unsigned long *used = READ_ONCE(addr4->used[proto]);

	return used && test_bit(port, used);
}

/*
 * The BIB entry, of whatever instance, that has @port (host order) of @addr4, or NULL. Under RCU.
 */
static inline struct jool_bib *jool_addr4_bib(const struct jool_addr4 *addr4, u8 proto, u16 port)
{
	struct jool_bib __rcu ***chunks, **chunk;

	/* Published by cmpxchg() once they were zeros. */
	chunks = smp_load_acquire(&addr4->bibs[proto]);
	if (!chunks)
		return NULL;
	/* So was this one. */
	chunk = smp_load_acquire(&chunks[port / JOOL_ADDR4_CHUNK]);
	return chunk ? rcu_dereference(chunk[port % JOOL_ADDR4_CHUNK]) : NULL;
}

/* Has @port (host order), which is taken, lead to @bib, or nowhere if it is NULL. Any context. */
void jool_addr4_set_bib(struct jool_addr4 *addr4, u8 proto, u16 port, struct jool_bib *bib);

/* The bitmap of @proto, made if need be; NULL: no memory. Any context. */
unsigned long *jool_addr4_bits(struct jool_addr4 *addr4, u8 proto);

/*
 * Makes what jool_addr4_take() needs for @port, as it may not sleep. Returns 0 or -ENOMEM. Under
 * the namespace's lock, until it is taken.
 */
int jool_addr4_prepare(struct jool_addr4 *addr4, u8 proto, u16 port, gfp_t gfp);

/* Takes @port (host order). Returns 0, -EBUSY: it is taken, -ENOMEM. Any context. */
int jool_addr4_take(struct jool_addr4 *addr4, u8 proto, u16 port);

/* Gives @port back, which must be taken: it is as it was before. Any context. */
void jool_addr4_give(struct jool_addr4 *addr4, u8 proto, u16 port);

/*
 * Gives @port back, which must be taken, of a BIB entry that has ended: it leads nowhere, and rests
 * for @rest jiffies (0: not at all), and up to twice as long. Without memory it does not rest. Any
 * context.
 */
void jool_addr4_end(struct jool_addr4 *addr4, u8 proto, u16 port, unsigned long rest);

/* Lets those of @rests be that have rested for @rest jiffies, at least 1. Any context. */
void jool_addr4_turn(struct jool_rests *rests, unsigned long rest);

/*
 * The ports of @addr4 that rest, for who has them rest for @rest jiffies: NULL if he has not, or
 * none ever did. Any context.
 */
static inline struct jool_rests *jool_addr4_rests(struct jool_addr4 *addr4, u8 proto,
						  unsigned long rest)
{
	struct jool_rests *rests = &addr4->rests[proto];

	/* Published by cmpxchg() once they were zeros. */
	if (!rest || !smp_load_acquire(&rests->resting))
		return NULL;
	/* The next turn is from 1 to @rest jiffies away. */
	if (unlikely(READ_ONCE(rests->turn) - jiffies - 1 >= rest))
		jool_addr4_turn(rests, rest);
	return rests;
}

/* Whether @port (host order) of @addr4 rests. Any context. */
static inline bool jool_addr4_is_resting(const struct jool_addr4 *addr4, u8 proto, u16 port)
{
	/* As above. */
	const unsigned long *resting = smp_load_acquire(&addr4->rests[proto].resting);

	return resting && test_bit(port, resting);
}

/* The first port in use from @port on, or JOOL_PORTS. */
unsigned int jool_addr4_next(const struct jool_addr4 *addr4, u8 proto, unsigned int port);

/* How many of the ports from @min to @max (host order, inclusive) are in use. */
unsigned int jool_addr4_count(const struct jool_addr4 *addr4, u8 proto, u16 min, u16 max);

/*
 * Frees the arrays in which no port is in use, and a table that is far too large for the addresses
 * there are. Whoever takes one of those ports meanwhile may find it taken. Under the namespace's
 * lock; may sleep.
 */
void jool_addr4_trim(struct jool_addr4s *addr4s);

/*
 * The address that comes after @addr4, whose reference is given back, or the first one if it is
 * NULL, with a reference; NULL: there are no more. In no particular order; addresses that go
 * meanwhile may be left out. Under the namespace's lock, from the first to the last.
 */
struct jool_addr4 *jool_addr4_after(struct jool_addr4s *addr4s, struct jool_addr4 *addr4);

/*
 * All of them in ascending order of address, each with a reference; *count of them, perhaps 0, then
 * the list may be NULL; ERR_PTR(-ENOMEM). To be freed with jool_addr4_list_free. May sleep.
 */
struct jool_addr4 **jool_addr4_list(struct jool_addr4s *addr4s, unsigned int *count);
void jool_addr4_list_free(struct jool_addr4 **list, unsigned int count);

#endif
