// SPDX-License-Identifier: GPL-2.0-only
#include "addr4.h"

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

/* Of a table without addresses. */
#define FEW_BITS 6

/* By how much more than it should have a table may be too large. */
#define SPARE_BITS 2

/* Slots that are copied without a break. */
#define BATCH 256U

/* Of a bitmap, for one array of BIB entries. */
#define WORDS (JOOL_ADDR4_CHUNK / BITS_PER_LONG)

/* In the slot of an address that is gone: one that nobody can hold and that has no port in use. */
static struct jool_addr4 gone = { .refs = REFCOUNT_INIT(0) };

static struct jool_addr4_table *make_table(u8 bits)
{
	struct jool_addr4_table *table;

	table = kvzalloc(struct_size(table, slot, BIT(bits)), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->mask = BIT(bits) - 1;
	table->shift = 32 - bits;
	return table;
}

int jool_addr4_init(struct jool_addr4s *addr4s)
{
	struct jool_addr4_table *table = make_table(FEW_BITS);

	spin_lock_init(&addr4s->lock);
	RCU_INIT_POINTER(addr4s->table, table);
	return table ? 0 : -ENOMEM;
}

void jool_addr4_exit(struct jool_addr4s *addr4s)
{
	kvfree(rcu_dereference_raw(addr4s->table));
}

/* What is in slot @i. Under addr4s->lock. */
static struct jool_addr4 *slot_at(const struct jool_addr4_table *table, unsigned int i)
{
	return rcu_dereference_raw(table->slot[i]);
}

/*
 * The slot of @addr4, or the first free one on its way: one that is NULL or, if @addr4 is not in
 * the table, one whose address is gone. Under addr4s->lock.
 */
static unsigned int slot_of(const struct jool_addr4_table *table, const struct jool_addr4 *addr4)
{
	unsigned int i = jool_addr4_hash(addr4->addr) >> table->shift, free = UINT_MAX;
	const struct jool_addr4 *there;

	for (; (there = slot_at(table, i)) && there != addr4; i = (i + 1) & table->mask)
		if (there == &gone && free == UINT_MAX)
			free = i;
	return there || free == UINT_MAX ? i : free;
}

/* Adds @addr4, which is not in @table. Under addr4s->lock. */
static void insert_addr4(struct jool_addr4_table *table, struct jool_addr4 *addr4)
{
	unsigned int i = slot_of(table, addr4);

	if (!slot_at(table, i))
		table->taken++;
	rcu_assign_pointer(table->slot[i], addr4);
}

/* Removes @addr4 if it is in @table. Under addr4s->lock. */
static void drop_addr4(struct jool_addr4_table *table, const struct jool_addr4 *addr4)
{
	unsigned int i = slot_of(table, addr4);

	if (slot_at(table, i) == addr4)
		rcu_assign_pointer(table->slot[i], &gone);
}

/* The table in use. Under the namespace's lock or addr4s->lock. */
static struct jool_addr4_table *table_of(const struct jool_addr4s *addr4s)
{
	return rcu_dereference_raw(addr4s->table);
}

/* Copies @count slots of the table in use, from @i on, to the next one. */
static void copy_slots(struct jool_addr4s *addr4s, unsigned int i, unsigned int count)
{
	struct jool_addr4 *addr4;

	spin_lock_bh(&addr4s->lock);
	for (; count--; i++) {
		addr4 = slot_at(table_of(addr4s), i);
		if (addr4 && addr4 != &gone)
			insert_addr4(addr4s->next, addr4);
	}
	spin_unlock_bh(&addr4s->lock);
}

/*
 * The size of a table for the addresses there are, and as many more at least. Slots of addresses
 * that are gone count among the taken ones, but are left behind.
 */
static u8 fitting_bits(const struct jool_addr4s *addr4s)
{
	u8 bits = FEW_BITS;

	while (READ_ONCE(addr4s->count) >= BIT(bits) / 4)
		bits++;
	return bits;
}

/* Moves all addresses to a table of 1 << @bits slots. Returns 0 or -ENOMEM. */
static int resize_table(struct jool_addr4s *addr4s, u8 bits)
{
	struct jool_addr4_table *old = table_of(addr4s), *next = make_table(bits);
	unsigned int size = old->mask + 1, i;

	if (!next)
		return -ENOMEM;
	/* From now on what is removed is removed from both. */
	spin_lock_bh(&addr4s->lock);
	addr4s->next = next;
	spin_unlock_bh(&addr4s->lock);
	for (i = 0; i < size; i += min(size, BATCH)) {
		copy_slots(addr4s, i, min(size, BATCH));
		cond_resched();
	}
	spin_lock_bh(&addr4s->lock);
	addr4s->next = NULL;
	rcu_assign_pointer(addr4s->table, next);
	spin_unlock_bh(&addr4s->lock);
	kvfree_rcu(old, rcu);
	return 0;
}

/* Has one slot more be free in a table of which half is. Returns 0 or -ENOMEM. */
static int make_room(struct jool_addr4s *addr4s)
{
	const struct jool_addr4_table *table = table_of(addr4s);

	if (READ_ONCE(table->taken) <= table->mask / 2)
		return 0;
	return resize_table(addr4s, fitting_bits(addr4s));
}

static struct jool_addr4 *find_get(struct jool_addr4s *addr4s, __be32 addr)
{
	struct jool_addr4 *addr4;

	rcu_read_lock();
	addr4 = jool_addr4_find(addr4s, addr);
	if (addr4 && !refcount_inc_not_zero(&addr4->refs))
		addr4 = NULL;
	rcu_read_unlock();
	return addr4;
}

struct jool_addr4 *jool_addr4_get(struct jool_addr4s *addr4s, __be32 addr)
{
	struct jool_addr4 *addr4 = find_get(addr4s, addr);

	if (addr4)
		return addr4;
	addr4 = kzalloc(sizeof(*addr4), GFP_KERNEL_ACCOUNT);
	if (!addr4 || make_room(addr4s)) {
		kfree(addr4);
		return NULL;
	}
	addr4->addr = addr;
	addr4->addr4s = addr4s;
	refcount_set(&addr4->refs, 1);
	spin_lock_bh(&addr4s->lock);
	insert_addr4(table_of(addr4s), addr4);
	WRITE_ONCE(addr4s->count, addr4s->count + 1);
	spin_unlock_bh(&addr4s->lock);
	return addr4;
}

static void free_addr4(struct rcu_head *rcu)
{
	struct jool_addr4 *addr4 = container_of(rcu, struct jool_addr4, rcu);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(addr4->used); i++) {
		kfree(addr4->used[i]);
		kfree(addr4->rests[i].resting);
		kfree(addr4->rests[i].aged);
		for (j = 0; addr4->bibs[i] && j < JOOL_ADDR4_CHUNKS; j++)
			kfree(addr4->bibs[i][j]);
		kfree(addr4->bibs[i]);
	}
	kfree(addr4);
}

void jool_addr4_put(struct jool_addr4 *addr4)
{
	struct jool_addr4s *addr4s = addr4->addr4s;
	bool last;

	if (refcount_dec_not_one(&addr4->refs))
		return;
	/* The last reference goes under the lock, so that nobody finds an address without one. */
	spin_lock_bh(&addr4s->lock);
	last = refcount_dec_and_test(&addr4->refs);
	if (last) {
		drop_addr4(table_of(addr4s), addr4);
		if (addr4s->next)
			drop_addr4(addr4s->next, addr4);
		WRITE_ONCE(addr4s->count, addr4s->count - 1);
	}
	spin_unlock_bh(&addr4s->lock);
	if (last)
		call_rcu(&addr4->rcu, free_addr4);
}

/*
 * What *place points to, @size bytes of zeros if it was NULL. NULL: no memory. Any context that
 * @gfp suits; who reads the pointer is to see the zeros.
 */
static void *make_once(void **place, size_t size, gfp_t gfp)
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

static unsigned long *bits_of(struct jool_addr4 *addr4, u8 proto, gfp_t gfp)
{
	return make_once((void **)&addr4->used[proto], JOOL_PORTS / BITS_PER_BYTE, gfp);
}

unsigned long *jool_addr4_bits(struct jool_addr4 *addr4, u8 proto)
{
	return bits_of(addr4, proto, GFP_ATOMIC);
}

/* The array in which @port is, made if need be. */
static struct jool_bib __rcu **chunk_of(struct jool_addr4 *addr4, u8 proto, u16 port, gfp_t gfp)
{
	struct jool_bib __rcu ***chunks;

	chunks = make_once((void **)&addr4->bibs[proto], JOOL_ADDR4_CHUNKS * sizeof(*chunks), gfp);
	return chunks ? make_once((void **)&chunks[port / JOOL_ADDR4_CHUNK],
			     JOOL_ADDR4_CHUNK * sizeof(**chunks), gfp) : NULL;
}

int jool_addr4_prepare(struct jool_addr4 *addr4, u8 proto, u16 port, gfp_t gfp)
{
	return bits_of(addr4, proto, gfp) && chunk_of(addr4, proto, port, gfp) ? 0 : -ENOMEM;
}

int jool_addr4_take(struct jool_addr4 *addr4, u8 proto, u16 port)
{
	unsigned long *used = jool_addr4_bits(addr4, proto);

	if (!used)
		return -ENOMEM;
	if (test_and_set_bit(port, used))
		return -EBUSY;
	/* Which stays while a port in it is taken. */
	if (likely(chunk_of(addr4, proto, port, GFP_ATOMIC)))
		return 0;
	jool_addr4_give(addr4, proto, port);
	return -ENOMEM;
}

void jool_addr4_set_bib(struct jool_addr4 *addr4, u8 proto, u16 port, struct jool_bib *bib)
{
	/* Made when the port was taken. */
	struct jool_bib __rcu **chunk = addr4->bibs[proto][port / JOOL_ADDR4_CHUNK];

	rcu_assign_pointer(chunk[port % JOOL_ADDR4_CHUNK], bib);
}

static void free_port(struct jool_addr4 *addr4, u8 proto, u16 port)
{
	clear_bit_unlock(port, addr4->used[proto]);
	/* Who sees the new generation is to see the free bit. */
	smp_mb__after_atomic();
	atomic_inc(&addr4->freed[proto]);
}

void jool_addr4_give(struct jool_addr4 *addr4, u8 proto, u16 port)
{
	free_port(addr4, proto, port);
	atomic_inc(&addr4->rests[proto].rested);
}

void jool_addr4_turn(struct jool_rests *rests, unsigned long rest)
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

	return make_once((void **)&rests->aged, JOOL_PORTS / BITS_PER_BYTE, gfp) &&
	       make_once((void **)&rests->resting, JOOL_PORTS / BITS_PER_BYTE, gfp);
}

void jool_addr4_end(struct jool_addr4 *addr4, u8 proto, u16 port, unsigned long rest)
{
	struct jool_rests *rests = jool_addr4_rests(addr4, proto, rest);

	jool_addr4_set_bib(addr4, proto, port, NULL);
	if (unlikely(!rests) && rest && make_rests(&addr4->rests[proto]))
		rests = jool_addr4_rests(addr4, proto, rest);
	if (!rests) {
		jool_addr4_give(addr4, proto, port);
		return;
	}
	clear_bit(port, rests->aged);
	set_bit(port, rests->resting);
	free_port(addr4, proto, port);
}

/* Gives the ports of @count words back. Nobody clears bits but who set them. */
static void unclaim_ports(unsigned long *used, unsigned int count)
{
	while (count--)
		/* Who takes one of them is to see what became of the array. */
		smp_store_release(&used[count], 0);
}

/* Takes all ports of @count words if none is taken. */
static bool claim_ports(unsigned long *used, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (cmpxchg(&used[i], 0, ~0UL)) {
			unclaim_ports(used, i);
			return false;
		}
	}
	return true;
}

static void trim_addr4(struct jool_addr4 *addr4, u8 proto)
{
	struct jool_bib __rcu ***chunks = READ_ONCE(addr4->bibs[proto]), **chunk;
	unsigned long *used = addr4->used[proto];
	unsigned int i;

	for (i = 0; chunks && i < JOOL_ADDR4_CHUNKS; i++, used += WORDS) {
		chunk = READ_ONCE(chunks[i]);
		if (!chunk || !claim_ports(used, WORDS))
			continue;
		WRITE_ONCE(chunks[i], NULL);
		unclaim_ports(used, WORDS);
		kvfree_rcu_mightsleep(chunk);
	}
	/* Somebody may have taken the pool4 for full. */
	addr4->trimmed[proto] = atomic_inc_return(&addr4->freed[proto]);
	atomic_inc(&addr4->rests[proto].rested);
}

/* Gives back what a table has had for far more addresses than there are. No memory: next time. */
static void shrink_table(struct jool_addr4s *addr4s)
{
	u8 bits = fitting_bits(addr4s);

	if (table_of(addr4s)->mask >> (bits + SPARE_BITS))
		resize_table(addr4s, bits);
}

void jool_addr4_trim(struct jool_addr4s *addr4s)
{
	struct jool_addr4 *addr4 = NULL;
	u8 proto;

	shrink_table(addr4s);
	while ((addr4 = jool_addr4_after(addr4s, addr4))) {
		for (proto = 0; proto < ARRAY_SIZE(addr4->used); proto++)
			if (addr4->trimmed[proto] != atomic_read(&addr4->freed[proto]))
				trim_addr4(addr4, proto);
		cond_resched();
	}
}

unsigned int jool_addr4_next(const struct jool_addr4 *addr4, u8 proto, unsigned int port)
{
	const unsigned long *used = READ_ONCE(addr4->used[proto]);

	return used && port < JOOL_PORTS ? find_next_bit(used, JOOL_PORTS, port) : JOOL_PORTS;
}

unsigned int jool_addr4_count(const struct jool_addr4 *addr4, u8 proto, u16 min, u16 max)
{
	const unsigned long *used = READ_ONCE(addr4->used[proto]);

	return used ? bitmap_weight(used, (unsigned int)max + 1) -
		      bitmap_weight(used, min) : 0;
}

struct jool_addr4 *jool_addr4_after(struct jool_addr4s *addr4s, struct jool_addr4 *addr4)
{
	const struct jool_addr4_table *table = table_of(addr4s);
	struct jool_addr4 *next = NULL;
	unsigned int i = 0;

	rcu_read_lock();
	if (addr4)
		/* Its reference kept it in its slot. */
		i = slot_of(table, addr4) + 1;
	for (; !next && i <= table->mask; i++) {
		next = rcu_dereference(table->slot[i]);
		if (next && !refcount_inc_not_zero(&next->refs))
			next = NULL;
	}
	rcu_read_unlock();
	if (addr4)
		jool_addr4_put(addr4);
	return next;
}

static int by_address(const void *a, const void *b)
{
	u32 x = ntohl((*(struct jool_addr4 * const *)a)->addr);
	u32 y = ntohl((*(struct jool_addr4 * const *)b)->addr);

	return x < y ? -1 : x > y;
}

/*
 * Writes as many addresses as there is room for to @list, with references. Returns how many there
 * are.
 */
static unsigned int collect_addr4s(struct jool_addr4s *addr4s, struct jool_addr4 **list,
				   unsigned int room)
{
	const struct jool_addr4_table *table;
	struct jool_addr4 *addr4;
	unsigned int n = 0, i;

	rcu_read_lock();
	table = rcu_dereference(addr4s->table);
	for (i = 0; i <= table->mask; i++) {
		addr4 = rcu_dereference(table->slot[i]);
		if (!addr4)
			continue;
		if (n >= room)
			n += refcount_read(&addr4->refs) != 0;
		else if (refcount_inc_not_zero(&addr4->refs))
			list[n++] = addr4;
	}
	rcu_read_unlock();
	return n;
}

struct jool_addr4 **jool_addr4_list(struct jool_addr4s *addr4s, unsigned int *count)
{
	struct jool_addr4 **list = NULL;
	unsigned int room = 0, n;

	while ((n = collect_addr4s(addr4s, list, room)) > room) {
		jool_addr4_list_free(list, room);
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

void jool_addr4_list_free(struct jool_addr4 **list, unsigned int count)
{
	while (count)
		jool_addr4_put(list[--count]);
	kvfree(list);
}
