/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ports of an IPv4 address that are in use: per protocol one bitmap, made on first use. They
 * belong to the namespace, since its instances may share addresses. A set bit is a BIB entry, which
 * makes the bitmap the sorted index of the BIB as well.
 *
 * A port of which a BIB entry ended may rest (RFC 6888 REQ-8): it is free, but for who looks for a
 * rested one.
 */
#ifndef _JOOL_PORTMAP_H
#define _JOOL_PORTMAP_H

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
#define JOOL_PORTMAP_CHUNK 512
#define JOOL_PORTMAP_CHUNKS (65536 / JOOL_PORTMAP_CHUNK)

struct jool_bib;

/* The ports of one protocol that rest; they may be in use again. */
struct jool_rests {
	unsigned long *resting;		/* made when the first one is to rest, published once */
	unsigned long *aged;		/* those that did already at the last turn; the same */
	unsigned long turn;		/* jiffies of the next one */
	atomic_t rested;		/* grows whenever a port has rested, or need not */
};

struct jool_portmap {
	__be32 addr;
	refcount_t refs;		/* pool4 rows, BIB entries, dumps */
	unsigned long *used[JOOL_PROTOS];	/* published once */
	struct jool_bib __rcu ***bibs[JOOL_PROTOS];	/* JOOL_PORTMAP_CHUNKS arrays, the same */
	atomic_t freed[JOOL_PROTOS];	/* grows whenever a bit is cleared */
	int trimmed[JOOL_PROTOS];	/* the same when jool_portmap_trim() was here */
	struct jool_rests rests[JOOL_PROTOS];
	struct jool_portmaps *maps;
	struct rcu_head rcu;
};

/*
 * The maps by address: each in the first free slot from that of its hash on, at most half of them
 * taken. As it holds no more than pointers, a larger one is filled while packets read the old one.
 */
struct jool_portmap_table {
	struct rcu_head rcu;
	unsigned int mask;		/* the number of slots, a power of two, less one */
	u8 shift;			/* leaves that many values of a hash */
	unsigned int taken;		/* slots that are not NULL; under the lock */
	struct jool_portmap __rcu *slot[];
};

struct jool_portmaps {
	spinlock_t lock;		/* writing to slots */
	struct jool_portmap_table __rcu *table;	/* replaced under the namespace's lock */
	struct jool_portmap_table *next;	/* one that is being filled, or NULL */
	unsigned int count;		/* maps; under the lock */
};

/* Returns 0 or -ENOMEM. */
int jool_portmap_init(struct jool_portmaps *maps);
void jool_portmap_exit(struct jool_portmaps *maps);

/* Addresses of a pool4 are chosen by who may do worse: it need not be secret. */
static inline u32 jool_portmap_hash(__be32 addr)
{
	return (__force u32)addr * GOLDEN_RATIO_32;
}

/* The map of @addr, or NULL. Under RCU. Of 0.0.0.0, which no pool4 has, it may be an empty one. */
static inline struct jool_portmap *jool_portmap_find(const struct jool_portmaps *maps, __be32 addr)
{
	const struct jool_portmap_table *table = rcu_dereference(maps->table);
	unsigned int i = jool_portmap_hash(addr) >> table->shift;
	struct jool_portmap *map;

	while ((map = rcu_dereference(table->slot[i])) && map->addr != addr)
		i = (i + 1) & table->mask;
	return map;
}

/*
 * The map of @addr, made if need be, with a reference; NULL: no memory. Under the namespace's lock;
 * may sleep.
 */
struct jool_portmap *jool_portmap_get(struct jool_portmaps *maps, __be32 addr);

/* One more reference to a map that has one. */
static inline void jool_portmap_hold(struct jool_portmap *map)
{
	refcount_inc(&map->refs);
}

/* Gives a reference back. Any context. */
void jool_portmap_put(struct jool_portmap *map);

/* Whether a BIB entry has @port (host order) of @map. */
static inline bool jool_portmap_test(const struct jool_portmap *map, u8 proto, u16 port)
{
	const unsigned long *used = READ_ONCE(map->used[proto]);

	return used && test_bit(port, used);
}

/* The BIB entry, of whatever instance, that has @port (host order) of @map, or NULL. Under RCU. */
static inline struct jool_bib *jool_portmap_bib(const struct jool_portmap *map, u8 proto, u16 port)
{
	struct jool_bib __rcu ***chunks, **chunk;

	/* Published by cmpxchg() once they were zeros. */
	chunks = smp_load_acquire(&map->bibs[proto]);
	if (!chunks)
		return NULL;
	/* So was this one. */
	chunk = smp_load_acquire(&chunks[port / JOOL_PORTMAP_CHUNK]);
	return chunk ? rcu_dereference(chunk[port % JOOL_PORTMAP_CHUNK]) : NULL;
}

/* Has @port (host order), which is taken, lead to @bib, or nowhere if it is NULL. Any context. */
void jool_portmap_set_bib(struct jool_portmap *map, u8 proto, u16 port, struct jool_bib *bib);

/* The bitmap of @proto, made if need be; NULL: no memory. Any context. */
unsigned long *jool_portmap_bits(struct jool_portmap *map, u8 proto);

/*
 * Makes what jool_portmap_take() needs for @port, as it may not sleep. Returns 0 or -ENOMEM. Under
 * the namespace's lock, until it is taken.
 */
int jool_portmap_prepare(struct jool_portmap *map, u8 proto, u16 port, gfp_t gfp);

/* Takes @port (host order). Returns 0, -EBUSY: it is taken, -ENOMEM. Any context. */
int jool_portmap_take(struct jool_portmap *map, u8 proto, u16 port);

/* Gives @port back, which must be taken: it is as it was before. Any context. */
void jool_portmap_give(struct jool_portmap *map, u8 proto, u16 port);

/*
 * Gives @port back, which must be taken, of a BIB entry that has ended: it leads nowhere, and rests
 * for @rest jiffies (0: not at all), and up to twice as long. Without memory it does not rest. Any
 * context.
 */
void jool_portmap_end(struct jool_portmap *map, u8 proto, u16 port, unsigned long rest);

/* Lets those of @rests be that have rested for @rest jiffies, at least 1. Any context. */
void jool_portmap_turn(struct jool_rests *rests, unsigned long rest);

/*
 * The ports of @map that rest, for who has them rest for @rest jiffies: NULL if he has not, or none
 * ever did. Any context.
 */
static inline struct jool_rests *jool_portmap_rests(struct jool_portmap *map, u8 proto,
						    unsigned long rest)
{
	struct jool_rests *rests = &map->rests[proto];

	/* Published by cmpxchg() once they were zeros. */
	if (!rest || !smp_load_acquire(&rests->resting))
		return NULL;
	/* The next turn is from 1 to @rest jiffies away. */
	if (unlikely(READ_ONCE(rests->turn) - jiffies - 1 >= rest))
		jool_portmap_turn(rests, rest);
	return rests;
}

/* Whether @port (host order) of @map rests. Any context. */
static inline bool jool_portmap_is_resting(const struct jool_portmap *map, u8 proto, u16 port)
{
	/* As above. */
	const unsigned long *resting = smp_load_acquire(&map->rests[proto].resting);

	return resting && test_bit(port, resting);
}

/* The first port in use from @port on, or JOOL_PORTS. */
unsigned int jool_portmap_next(const struct jool_portmap *map, u8 proto, unsigned int port);

/* How many of the ports from @min to @max (host order, inclusive) are in use. */
unsigned int jool_portmap_count(const struct jool_portmap *map, u8 proto, u16 min, u16 max);

/*
 * Frees the arrays in which no port is in use, and a table that is far too large for the maps there
 * are. Whoever takes one of those ports meanwhile may find it taken. Under the namespace's lock;
 * may sleep.
 */
void jool_portmap_trim(struct jool_portmaps *maps);

/*
 * The map that comes after @map, whose reference is given back, or the first one if it is NULL,
 * with a reference; NULL: there are no more. In no particular order; maps that go meanwhile may be
 * left out. Under the namespace's lock, from the first to the last.
 */
struct jool_portmap *jool_portmap_after(struct jool_portmaps *maps, struct jool_portmap *map);

/*
 * All maps in ascending order of address, each with a reference; *count of them, perhaps 0, then
 * the list may be NULL; ERR_PTR(-ENOMEM). To be freed with jool_portmap_list_free. May sleep.
 */
struct jool_portmap **jool_portmap_list(struct jool_portmaps *maps, unsigned int *count);
void jool_portmap_list_free(struct jool_portmap **list, unsigned int count);

#endif
