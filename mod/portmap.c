// SPDX-License-Identifier: GPL-2.0-only
#include "portmap.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

/* Of a table without maps. */
#define FEW_BITS 6

/* By how much more than it should have a table may be too large. */
#define SPARE_BITS 2

/* Slots that are copied without a break. */
#define BATCH 256U

/* Of a bitmap, for one array of BIB entries. */
#define WORDS (JOOL_PORTMAP_CHUNK / BITS_PER_LONG)

/* In the slot of a map that is gone: one that nobody can hold and that has no port in use. */
static struct jool_portmap gone = { .refs = REFCOUNT_INIT(0) };

static struct jool_portmap_table *make_table(u8 bits)
{
	struct jool_portmap_table *table;

	table = kvzalloc(struct_size(table, slot, BIT(bits)), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->mask = BIT(bits) - 1;
	table->shift = 32 - bits;
	return table;
}

int jool_portmap_init(struct jool_portmaps *maps)
{
	struct jool_portmap_table *table = make_table(FEW_BITS);

	spin_lock_init(&maps->lock);
	RCU_INIT_POINTER(maps->table, table);
	return table ? 0 : -ENOMEM;
}

void jool_portmap_exit(struct jool_portmaps *maps)
{
	kvfree(rcu_dereference_raw(maps->table));
}

/* What is in slot @i. Under maps->lock. */
static struct jool_portmap *at(const struct jool_portmap_table *table, unsigned int i)
{
	return rcu_dereference_raw(table->slot[i]);
}

/*
 * The slot of @map, or the first free one on its way: one that is NULL or, if @map is not in the
 * table, one whose map is gone. Under maps->lock.
 */
static unsigned int slot_of(const struct jool_portmap_table *table, const struct jool_portmap *map)
{
	unsigned int i = jool_portmap_hash(map->addr) >> table->shift, free = UINT_MAX;
	const struct jool_portmap *there;

	for (; (there = at(table, i)) && there != map; i = (i + 1) & table->mask)
		if (there == &gone && free == UINT_MAX)
			free = i;
	return there || free == UINT_MAX ? i : free;
}

/* Adds @map, which is not in @table. Under maps->lock. */
static void insert_map(struct jool_portmap_table *table, struct jool_portmap *map)
{
	unsigned int i = slot_of(table, map);

	if (!at(table, i))
		table->taken++;
	rcu_assign_pointer(table->slot[i], map);
}

/* Removes @map if it is in @table. Under maps->lock. */
static void drop(struct jool_portmap_table *table, const struct jool_portmap *map)
{
	unsigned int i = slot_of(table, map);

	if (at(table, i) == map)
		rcu_assign_pointer(table->slot[i], &gone);
}

/* The table in use. Under the namespace's lock or maps->lock. */
static struct jool_portmap_table *table_of(const struct jool_portmaps *maps)
{
	return rcu_dereference_raw(maps->table);
}

/* Copies @count slots of the table in use, from @i on, to the next one. */
static void copy_slots(struct jool_portmaps *maps, unsigned int i, unsigned int count)
{
	struct jool_portmap *map;

	spin_lock_bh(&maps->lock);
	for (; count--; i++) {
		map = at(table_of(maps), i);
		if (map && map != &gone)
			insert_map(maps->next, map);
	}
	spin_unlock_bh(&maps->lock);
}

/*
 * The size of a table for the maps there are, and as many more at least. Slots of maps that are
 * gone count among the taken ones, but are left behind.
 */
static u8 fitting_bits(const struct jool_portmaps *maps)
{
	u8 bits = FEW_BITS;

	while (READ_ONCE(maps->count) >= BIT(bits) / 4)
		bits++;
	return bits;
}

/* Moves all maps to a table of 1 << @bits slots. Returns 0 or -ENOMEM. */
static int resize(struct jool_portmaps *maps, u8 bits)
{
	struct jool_portmap_table *old = table_of(maps), *next = make_table(bits);
	unsigned int size = old->mask + 1, i;

	if (!next)
		return -ENOMEM;
	/* From now on what is removed is removed from both. */
	spin_lock_bh(&maps->lock);
	maps->next = next;
	spin_unlock_bh(&maps->lock);
	for (i = 0; i < size; i += min(size, BATCH)) {
		copy_slots(maps, i, min(size, BATCH));
		cond_resched();
	}
	spin_lock_bh(&maps->lock);
	maps->next = NULL;
	rcu_assign_pointer(maps->table, next);
	spin_unlock_bh(&maps->lock);
	kvfree_rcu(old, rcu);
	return 0;
}

/* Has one slot more be free in a table of which half is. Returns 0 or -ENOMEM. */
static int make_room(struct jool_portmaps *maps)
{
	const struct jool_portmap_table *table = table_of(maps);

	if (READ_ONCE(table->taken) <= table->mask / 2)
		return 0;
	return resize(maps, fitting_bits(maps));
}

static struct jool_portmap *find_get(struct jool_portmaps *maps, __be32 addr)
{
	struct jool_portmap *map;

	rcu_read_lock();
	map = jool_portmap_find(maps, addr);
	if (map && !refcount_inc_not_zero(&map->refs))
		map = NULL;
	rcu_read_unlock();
	return map;
}

struct jool_portmap *jool_portmap_get(struct jool_portmaps *maps, __be32 addr)
{
	struct jool_portmap *map = find_get(maps, addr);

	if (map)
		return map;
	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map || make_room(maps)) {
		kfree(map);
		return NULL;
	}
	map->addr = addr;
	map->maps = maps;
	refcount_set(&map->refs, 1);
	spin_lock_bh(&maps->lock);
	insert_map(table_of(maps), map);
	WRITE_ONCE(maps->count, maps->count + 1);
	spin_unlock_bh(&maps->lock);
	return map;
}

static void free_portmap(struct rcu_head *rcu)
{
	struct jool_portmap *map = container_of(rcu, struct jool_portmap, rcu);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(map->used); i++) {
		kfree(map->used[i]);
		kfree(map->rests[i].resting);
		kfree(map->rests[i].aged);
		for (j = 0; map->bibs[i] && j < JOOL_PORTMAP_CHUNKS; j++)
			kfree(map->bibs[i][j]);
		kfree(map->bibs[i]);
	}
	kfree(map);
}

void jool_portmap_put(struct jool_portmap *map)
{
	struct jool_portmaps *maps = map->maps;
	bool last;

	if (refcount_dec_not_one(&map->refs))
		return;
	/* The last reference goes under the lock, so that nobody finds a map without one. */
	spin_lock_bh(&maps->lock);
	last = refcount_dec_and_test(&map->refs);
	if (last) {
		drop(table_of(maps), map);
		if (maps->next)
			drop(maps->next, map);
		WRITE_ONCE(maps->count, maps->count - 1);
	}
	spin_unlock_bh(&maps->lock);
	if (last)
		call_rcu(&map->rcu, free_portmap);
}

/*
 * What *place points to, @size bytes of zeros if it was NULL. NULL: no memory. Any context that
 * @gfp suits; who reads the pointer is to see the zeros.
 */
static void *made(void **place, size_t size, gfp_t gfp)
{
	void *old, *new;

	/* Who has the pointer is to see what it points to, as the other one wrote it. */
	old = smp_load_acquire(place);
	if (likely(old))
		return old;
	new = kzalloc(size, gfp);
	if (!new)
		return NULL;
	old = cmpxchg(place, NULL, new);
	if (!old)
		return new;
	kfree(new);
	return old;
}

static unsigned long *bits_of(struct jool_portmap *map, u8 proto, gfp_t gfp)
{
	return made((void **)&map->used[proto], JOOL_PORTS / BITS_PER_BYTE, gfp);
}

unsigned long *jool_portmap_bits(struct jool_portmap *map, u8 proto)
{
	return bits_of(map, proto, GFP_ATOMIC);
}

/* The array in which @port is, made if need be. */
static struct jool_bib __rcu **chunk_of(struct jool_portmap *map, u8 proto, u16 port, gfp_t gfp)
{
	struct jool_bib __rcu ***chunks;

	chunks = made((void **)&map->bibs[proto], JOOL_PORTMAP_CHUNKS * sizeof(*chunks), gfp);
	return chunks ? made((void **)&chunks[port / JOOL_PORTMAP_CHUNK],
			     JOOL_PORTMAP_CHUNK * sizeof(**chunks), gfp) : NULL;
}

int jool_portmap_prepare(struct jool_portmap *map, u8 proto, u16 port, gfp_t gfp)
{
	return bits_of(map, proto, gfp) && chunk_of(map, proto, port, gfp) ? 0 : -ENOMEM;
}

int jool_portmap_take(struct jool_portmap *map, u8 proto, u16 port)
{
	unsigned long *used = jool_portmap_bits(map, proto);

	if (!used)
		return -ENOMEM;
	if (test_and_set_bit(port, used))
		return -EBUSY;
	/* Which stays while a port in it is taken. */
	if (likely(chunk_of(map, proto, port, GFP_ATOMIC)))
		return 0;
	jool_portmap_give(map, proto, port);
	return -ENOMEM;
}

void jool_portmap_set_bib(struct jool_portmap *map, u8 proto, u16 port, struct jool_bib *bib)
{
	/* Made when the port was taken. */
	struct jool_bib __rcu **chunk = map->bibs[proto][port / JOOL_PORTMAP_CHUNK];

	rcu_assign_pointer(chunk[port % JOOL_PORTMAP_CHUNK], bib);
}

static void free_port(struct jool_portmap *map, u8 proto, u16 port)
{
	clear_bit_unlock(port, map->used[proto]);
	/* Who sees the new generation is to see the free bit. */
	smp_mb__after_atomic();
	atomic_inc(&map->freed[proto]);
}

void jool_portmap_give(struct jool_portmap *map, u8 proto, u16 port)
{
	free_port(map, proto, port);
	atomic_inc(&map->rests[proto].rested);
}

void jool_portmap_turn(struct jool_rests *rests, unsigned long rest)
{
	unsigned long turn = READ_ONCE(rests->turn), now = jiffies, resting, over;
	/* Too far away, since they rested for longer. */
	bool early = time_after(turn, now);
	/* Whatever ends when a turn is due makes it first: all ended before. */
	bool all = !early && time_after_eq(now, turn + rest);
	unsigned int i;

	/* Another processor does it. */
	if (cmpxchg(&rests->turn, turn, (early || all ? now : turn) + rest) != turn || early)
		return;
	for (i = 0; i < JOOL_PORTS / BITS_PER_LONG; i++) {
		resting = READ_ONCE(rests->resting[i]);
		if (!resting)
			continue;
		over = all ? resting : resting & READ_ONCE(rests->aged[i]);
		atomic_long_andnot(over, (atomic_long_t *)&rests->resting[i]);
		WRITE_ONCE(rests->aged[i], resting & ~over);
	}
	/* Who sees the new generation is to see the bits. */
	smp_mb__before_atomic();
	atomic_inc(&rests->rested);
}

/* Makes room for the ports that rest. Returns whether there is. Any context. */
static bool make_rests(struct jool_rests *rests)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;

	return made((void **)&rests->aged, JOOL_PORTS / BITS_PER_BYTE, gfp) &&
	       made((void **)&rests->resting, JOOL_PORTS / BITS_PER_BYTE, gfp);
}

void jool_portmap_end(struct jool_portmap *map, u8 proto, u16 port, unsigned long rest)
{
	struct jool_rests *rests = jool_portmap_rests(map, proto, rest);

	jool_portmap_set_bib(map, proto, port, NULL);
	if (unlikely(!rests) && rest && make_rests(&map->rests[proto]))
		rests = jool_portmap_rests(map, proto, rest);
	if (!rests) {
		jool_portmap_give(map, proto, port);
		return;
	}
	clear_bit(port, rests->aged);
	set_bit(port, rests->resting);
	free_port(map, proto, port);
}

/* Gives the ports of @count words back. Nobody clears bits but who set them. */
static void unclaim(unsigned long *used, unsigned int count)
{
	while (count--)
		/* Who takes one of them is to see what became of the array. */
		smp_store_release(&used[count], 0);
}

/* Takes all ports of @count words if none is taken. */
static bool claim(unsigned long *used, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (cmpxchg(&used[i], 0, ~0UL)) {
			unclaim(used, i);
			return false;
		}
	}
	return true;
}

static void trim_map(struct jool_portmap *map, u8 proto)
{
	struct jool_bib __rcu ***chunks = READ_ONCE(map->bibs[proto]), **chunk;
	unsigned long *used = map->used[proto];
	unsigned int i;

	for (i = 0; chunks && i < JOOL_PORTMAP_CHUNKS; i++, used += WORDS) {
		chunk = READ_ONCE(chunks[i]);
		if (!chunk || !claim(used, WORDS))
			continue;
		WRITE_ONCE(chunks[i], NULL);
		unclaim(used, WORDS);
		kvfree_rcu_mightsleep(chunk);
	}
	/* Somebody may have taken the pool4 for full. */
	map->trimmed[proto] = atomic_inc_return(&map->freed[proto]);
	atomic_inc(&map->rests[proto].rested);
}

/* Gives back what a table has had for far more maps than there are. No memory: next time. */
static void shrink(struct jool_portmaps *maps)
{
	u8 bits = fitting_bits(maps);

	if (table_of(maps)->mask >> (bits + SPARE_BITS))
		resize(maps, bits);
}

void jool_portmap_trim(struct jool_portmaps *maps)
{
	struct jool_portmap *map = NULL;
	u8 proto;

	shrink(maps);
	while ((map = jool_portmap_after(maps, map))) {
		for (proto = 0; proto < ARRAY_SIZE(map->used); proto++)
			if (map->trimmed[proto] != atomic_read(&map->freed[proto]))
				trim_map(map, proto);
		cond_resched();
	}
}

unsigned int jool_portmap_next(const struct jool_portmap *map, u8 proto, unsigned int port)
{
	const unsigned long *used = READ_ONCE(map->used[proto]);

	return used && port < JOOL_PORTS ? find_next_bit(used, JOOL_PORTS, port) : JOOL_PORTS;
}

unsigned int jool_portmap_count(const struct jool_portmap *map, u8 proto, u16 min, u16 max)
{
	const unsigned long *used = READ_ONCE(map->used[proto]);

	return used ? bitmap_weight(used, (unsigned int)max + 1) -
		      bitmap_weight(used, min) : 0;
}

struct jool_portmap *jool_portmap_after(struct jool_portmaps *maps, struct jool_portmap *map)
{
	const struct jool_portmap_table *table = table_of(maps);
	struct jool_portmap *next = NULL;
	unsigned int i = 0;

	rcu_read_lock();
	if (map)
		/* Its reference kept it in its slot. */
		i = slot_of(table, map) + 1;
	for (; !next && i <= table->mask; i++) {
		next = rcu_dereference(table->slot[i]);
		if (next && !refcount_inc_not_zero(&next->refs))
			next = NULL;
	}
	rcu_read_unlock();
	if (map)
		jool_portmap_put(map);
	return next;
}

static int by_address(const void *a, const void *b)
{
	u32 x = ntohl((*(struct jool_portmap * const *)a)->addr);
	u32 y = ntohl((*(struct jool_portmap * const *)b)->addr);

	return x < y ? -1 : x > y;
}

/*
 * Writes as many maps as there is room for to @list, with references. Returns how many there are.
 */
static unsigned int collect(struct jool_portmaps *maps, struct jool_portmap **list,
			    unsigned int room)
{
	const struct jool_portmap_table *table;
	struct jool_portmap *map;
	unsigned int n = 0, i;

	rcu_read_lock();
	table = rcu_dereference(maps->table);
	for (i = 0; i <= table->mask; i++) {
		map = rcu_dereference(table->slot[i]);
		if (!map)
			continue;
		if (n >= room)
			n += refcount_read(&map->refs) != 0;
		else if (refcount_inc_not_zero(&map->refs))
			list[n++] = map;
	}
	rcu_read_unlock();
	return n;
}

struct jool_portmap **jool_portmap_list(struct jool_portmaps *maps, unsigned int *count)
{
	struct jool_portmap **list = NULL;
	unsigned int room = 0, n;

	while ((n = collect(maps, list, room)) > room) {
		jool_portmap_list_free(list, room);
		room = n + n / 8 + 8;
		list = kvmalloc_array(room, sizeof(*list), GFP_KERNEL_ACCOUNT);
		if (!list)
			return ERR_PTR(-ENOMEM);
	}
	if (n)
		sort(list, n, sizeof(*list), by_address, NULL);
	*count = n;
	return list;
}

void jool_portmap_list_free(struct jool_portmap **list, unsigned int count)
{
	while (count)
		jool_portmap_put(list[--count]);
	kvfree(list);
}
