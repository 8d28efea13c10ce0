// SPDX-License-Identifier: GPL-2.0-only
#include "pool4.h"

#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "instance.h"
#include "port.h"
#include "session.h"
#include "sock.h"

/* Rows that are looked at for one packet and one degree of fulfilment. */
#define SEARCH_MAX 256

/* Free ports that are tried: other CPUs may be faster, or the gateway have a socket there. */
#define TRIES_MAX 16

static struct jool_pool4 *alloc_pool4(unsigned int room)
{
	struct jool_pool4 *pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);

	if (!pool)
		return NULL;
	refcount_set(&pool->refs, 1);
	pool->rows = kvcalloc(max(room, 1U), sizeof(*pool->rows), GFP_KERNEL_ACCOUNT);
	pool->by_addr = kvcalloc(max(room, 1U), sizeof(*pool->by_addr),
				 GFP_KERNEL_ACCOUNT);
	if (pool->rows && pool->by_addr)
		return pool;
	jool_pool4_put(pool);
	return NULL;
}

void jool_pool4_hold(struct jool_pool4 *pool)
{
	refcount_inc(&pool->refs);
}

void jool_pool4_put(struct jool_pool4 *pool)
{
	unsigned int i;

	if (!refcount_dec_and_test(&pool->refs))
		return;
	for (i = 0; i < pool->count; i++)
		if (pool->rows[i].addr4)
			jool_addr4_put(pool->rows[i].addr4);
	kvfree(pool->by_addr);
	kvfree(pool->rows);
	kfree(pool);
}

static int compare_u32(u32 a, u32 b)
{
	return a < b ? -1 : a > b;
}

/* By protocol and falling mark, as Jool 4 lists them. */
static int compare_set(const struct jool_pool4_row *a, u8 proto, u32 mark)
{
	return compare_u32(a->proto, proto) ?: compare_u32(mark, a->mark);
}

static int compare_rows(const void *l, const void *r)
{
	const struct jool_pool4_row *a = l, *b = r;

	return compare_set(a, b->proto, b->mark) ?: compare_u32(ntohl(a->addr), ntohl(b->addr)) ?:
	       compare_u32(a->min, b->min);
}

static int compare_by_addr(const void *l, const void *r, const void *priv)
{
	const struct jool_pool4_row *rows = priv;
	const struct jool_pool4_row *a = &rows[((const struct jool_pool4_index *)l)->row];
	const struct jool_pool4_row *b = &rows[((const struct jool_pool4_index *)r)->row];

	return compare_u32(a->proto, b->proto) ?: compare_u32(ntohl(a->addr), ntohl(b->addr)) ?:
	       compare_u32(a->min, b->min);
}

static bool rows_touch(const struct jool_pool4_row *a, const struct jool_pool4_row *b)
{
	return !compare_set(a, b->proto, b->mark) && a->addr == b->addr && b->min <= a->max + 1;
}

/* The highest port of the address up to row @i of the index, whose predecessors know theirs. */
static u16 reach_of(const struct jool_pool4 *pool, unsigned int i)
{
	const struct jool_pool4_row *row = &pool->rows[pool->by_addr[i].row], *last;

	if (!i)
		return row->max;
	last = &pool->rows[pool->by_addr[i - 1].row];
	if (last->proto != row->proto || last->addr != row->addr)
		return row->max;
	return max(row->max, pool->by_addr[i - 1].reach);
}

/* The first row that is not before protocol, mark and address. */
static unsigned int lower_bound(const struct jool_pool4 *pool, u8 proto, u32 mark, u32 addr)
{
	unsigned int low = 0, high = pool->count, mid;
	const struct jool_pool4_row *row;

	while (low < high) {
		mid = (low + high) / 2;
		row = &pool->rows[mid];
		if ((compare_set(row, proto, mark) ?: compare_u32(ntohl(row->addr), addr)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct jool_pool4_rows find_rows(const struct jool_pool4 *pool, u8 proto, u32 mark)
{
	return (struct jool_pool4_rows) {
		.first = lower_bound(pool, proto, mark, 0),
		.end = mark ? lower_bound(pool, proto, mark - 1, 0) :
			      lower_bound(pool, proto + 1, U32_MAX, 0),
	};
}

/* Sorts the rows, melts those that touch, and makes the index. */
static void arrange_rows(struct jool_pool4 *pool)
{
	struct jool_pool4_row *rows = pool->rows;
	unsigned int i, n = 0;

	sort(rows, pool->count, sizeof(*rows), compare_rows, NULL);
	for (i = 0; i < pool->count; i++) {
		if (n && rows_touch(&rows[n - 1], &rows[i]))
			rows[n - 1].max = max(rows[n - 1].max, rows[i].max);
		else
			rows[n++] = rows[i];
	}
	pool->count = n;
	for (i = 0; i < n; i++)
		pool->by_addr[i].row = i;
	sort_r(pool->by_addr, n, sizeof(*pool->by_addr), compare_by_addr, NULL, rows);
	for (i = 0; i < n; i++)
		pool->by_addr[i].reach = reach_of(pool, i);
	for (i = 0; i < JOOL_PROTOS; i++)
		pool->unmarked[i] = find_rows(pool, i, 0);
}

/* Gives each row its addr4. */
static int attach_addr4s(struct jool_net *jn, struct jool_pool4 *pool)
{
	unsigned int i;

	for (i = 0; i < pool->count; i++) {
		pool->rows[i].addr4 = jool_addr4_get(&jn->addr4s, pool->rows[i].addr);
		if (!pool->rows[i].addr4)
			return -ENOMEM;
	}
	return 0;
}

/* Makes @pool, which is arranged, fit for use; or ERR_PTR. */
static struct jool_pool4 *finish_pool4(struct jool_net *jn, struct jool_pool4 *pool)
{
	if (!attach_addr4s(jn, pool))
		return pool;
	jool_pool4_put(pool);
	return ERR_PTR(-ENOMEM);
}

/*
 * Writes the rows of the namespace's addresses to @rows if there are at most @room; returns how
 * many.
 */
static unsigned int own_rows(struct net *net, struct jool_pool4_row *rows, unsigned int room)
{
	const struct in_ifaddr *ifa;
	struct net_device *dev;
	struct in_device *in;
	unsigned int n = 0;
	u8 proto;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		in = __in_dev_get_rcu(dev);
		if (!in)
			continue;
		in_dev_for_each_ifa_rcu(ifa, in) {
			if (ifa->ifa_scope != RT_SCOPE_UNIVERSE)
				continue;
			for (proto = 0; proto < JOOL_PROTOS; proto++, n++) {
				if (n >= room)
					continue;
				rows[n].addr = ifa->ifa_local;
				rows[n].proto = proto;
				rows[n].min = JOOL_POOL4_DEFAULT_MIN;
				rows[n].max = JOOL_POOL4_DEFAULT_MAX;
				rows[n].ifindex = dev->ifindex;
			}
		}
	}
	rcu_read_unlock();
	return n;
}

struct jool_pool4 *jool_pool4_default(struct jool_net *jn)
{
	unsigned int room = own_rows(jn->net, NULL, 0);
	struct jool_pool4 *pool = alloc_pool4(room);

	if (!pool)
		return NULL;
	pool->is_default = true;
	pool->count = min(own_rows(jn->net, pool->rows, room), room);
	arrange_rows(pool);
	pool = finish_pool4(jn, pool);
	return IS_ERR(pool) ? NULL : pool;
}

/* How many rows @old has; the default pool counts as empty. */
static unsigned int rows_in(const struct jool_pool4 *old)
{
	return old && !old->is_default ? old->count : 0;
}

/* A copy of the rows of @old, without addresses, with room for @more. */
static struct jool_pool4 *copy_rows(const struct jool_pool4 *old, unsigned int more)
{
	unsigned int count = rows_in(old), i;
	struct jool_pool4 *pool = alloc_pool4(count + more);

	if (!pool)
		return NULL;
	for (i = 0; i < count; i++) {
		pool->rows[i] = old->rows[i];
		pool->rows[i].addr4 = NULL;
		memset(pool->rows[i].full, 0, sizeof(pool->rows[i].full));
	}
	pool->count = count;
	return pool;
}

static u64 count_addresses(const struct jool_pool4_change *change)
{
	return 1ULL << (32 - change->len);
}

/* Appends the rows of @change. What it says of iterations is said of its whole set, at the end. */
static void append_rows(struct jool_pool4 *pool, const struct jool_pool4_change *change)
{
	u64 i;

	for (i = 0; i < count_addresses(change); i++)
		pool->rows[pool->count++] = (struct jool_pool4_row) {
			.addr = htonl(ntohl(change->prefix) + i),
			.mark = change->mark,
			.proto = change->proto,
			.iterations = change->iterations,
			.min = change->min,
			.max = change->max,
		};
}

static bool is_hit(const struct jool_pool4_row *row, const struct jool_pool4_change *change)
{
	u32 mask = change->len ? ~0U << (32 - change->len) : 0;

	return !compare_set(row, change->proto, change->mark) &&
	       !((ntohl(row->addr) ^ ntohl(change->prefix)) & mask) &&
	       row->min <= change->max && row->max >= change->min;
}

struct jool_pool4 *jool_pool4_minus(struct jool_net *jn, const struct jool_pool4 *old,
				    const struct jool_pool4_change *change,
				    struct netlink_ext_ack *extack)
{
	struct jool_pool4 *pool = copy_rows(old, old->count);
	unsigned int i, count, n = 0, hits = 0;
	struct jool_pool4_row *rows, row;

	if (!pool)
		return ERR_PTR(-ENOMEM);
	rows = pool->rows;
	count = pool->count;
	/* What is left below the range stays in place, what is left above goes behind. */
	for (i = 0; i < count; i++) {
		row = rows[i];
		if (!is_hit(&row, change)) {
			rows[n++] = row;
			continue;
		}
		hits++;
		if (row.max > change->max) {
			rows[pool->count] = row;
			rows[pool->count++].min = change->max + 1;
		}
		if (row.min < change->min) {
			rows[n] = row;
			rows[n++].max = change->min - 1;
		}
	}
	memmove(rows + n, rows + count, (pool->count - count) * sizeof(*rows));
	pool->count -= count - n;

	if (pool->count > JOOL_POOL4_ROWS_MAX) {
		NL_SET_ERR_MSG(extack, "pool4 would be in more than 262144 pieces");
		jool_pool4_put(pool);
		return ERR_PTR(-E2BIG);
	}
	if (!hits) {
		NL_SET_ERR_MSG(extack, "pool4 has nothing of that");
		jool_pool4_put(pool);
		return ERR_PTR(-ENOENT);
	}
	arrange_rows(pool);
	if (pool->count)
		return finish_pool4(jn, pool);
	jool_pool4_put(pool);
	return jool_pool4_default(jn) ?: ERR_PTR(-ENOMEM);
}

/*
 * The place in the index of the last row of @proto and @addr that begins at or before @port, or -1.
 */
static int last_row(const struct jool_pool4 *pool, u8 proto, __be32 addr, u16 port)
{
	unsigned int low = 0, high = pool->count, mid;
	const struct jool_pool4_row *row;
	int order;

	/* the first row behind (proto, addr, port) */
	while (low < high) {
		mid = (low + high) / 2;
		row = &pool->rows[pool->by_addr[mid].row];
		order = compare_u32(row->proto, proto) ?: compare_u32(ntohl(row->addr),
								      ntohl(addr)) ?:
			compare_u32(row->min, port);
		if (order <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return -1;
	row = &pool->rows[pool->by_addr[low - 1].row];
	return row->proto == proto && row->addr == addr ? low - 1 : -1;
}

bool jool_pool4_has(const struct jool_pool4 *pool, u8 proto, __be32 addr, u16 port)
{
	int last = last_row(pool, proto, addr, port);

	return last >= 0 && pool->by_addr[last].reach >= port;
}

bool jool_pool4_has_addr(const struct jool_pool4 *pool, __be32 addr)
{
	u8 proto;

	for (proto = 0; proto < JOOL_PROTOS; proto++)
		if (last_row(pool, proto, addr, U16_MAX) >= 0)
			return true;
	return false;
}

/* Gives all rows of each set the iterations that were told last. */
static void agree_iterations(struct jool_pool4 *pool, const struct jool_pool4_change *changes,
			     unsigned int count)
{
	struct jool_pool4_row *row;
	unsigned int i;

	for (i = 0; i < count; i++)
		pool->rows[lower_bound(pool, changes[i].proto, changes[i].mark, 0)].iterations =
			changes[i].iterations;
	for (row = pool->rows + 1; row < pool->rows + pool->count; row++)
		if (!compare_set(row, row[-1].proto, row[-1].mark))
			row->iterations = row[-1].iterations;
}

struct jool_pool4 *jool_pool4_plus(struct jool_net *jn, const struct jool_pool4 *old,
				   const struct jool_pool4_change *changes, unsigned int count,
				   struct netlink_ext_ack *extack)
{
	struct jool_pool4 *pool;
	unsigned int i;
	u64 more = 0;

	for (i = 0; i < count; i++)
		more += count_addresses(&changes[i]);
	if (rows_in(old) + more > JOOL_POOL4_ROWS_MAX) {
		NL_SET_ERR_MSG(extack, "pool4 would have more than 262144 addresses");
		return ERR_PTR(-E2BIG);
	}
	if (!rows_in(old) && !more)
		return jool_pool4_default(jn) ?: ERR_PTR(-ENOMEM);
	pool = copy_rows(old, more);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < count; i++)
		append_rows(pool, &changes[i]);
	arrange_rows(pool);
	agree_iterations(pool, changes, count);
	return finish_pool4(jn, pool);
}

bool jool_pool4_allows(const struct jool_pool4 *pool, u8 proto, u32 mark, __be32 addr, u16 port)
{
	u32 i = lower_bound(pool, proto, pool->is_default ? 0 : mark, ntohl(addr));
	const struct jool_pool4_row *row;

	for (; i < pool->count; i++) {
		row = &pool->rows[i];
		if (compare_set(row, proto, pool->is_default ? 0 : mark) || row->addr != addr ||
		    row->min > port)
			return false;
		if (row->max >= port)
			return true;
	}
	return false;
}

/*
 * Takes a port between @min and @max that is not @used nor, unless it is NULL, @resting: returns
 * it, -ENOSPC, -ENOMEM, or -EBUSY where others were faster.
 */
static int take_between(struct net *net, struct jool_pool4_row *row,
			const struct jool_pool4_wish *wish, const unsigned long *used,
			const unsigned long *resting, u32 min, u32 max, enum jool_parity parity)
{
	struct jool_key4 key = {
		.remote = wish->dst4,
		.remote_port = wish->dport,
		.local = row->addr,
	};
	u32 start = min + reciprocal_scale((u32)wish->random, max - min + 1);
	int tries, port, err;

	for (tries = 0; tries < TRIES_MAX; tries++) {
		port = jool_port_find(used, resting, min, max, start, parity);
		if (port < 0)
			return -ENOSPC;
		err = jool_addr4_take(row->addr4, row->proto, port);
		if (err == -ENOMEM)
			return err;
		if (!err) {
			key.local_port = htons(port);
			if (likely(!jool_sock_has(net, row->proto, &key)))
				return port;
			jool_addr4_give(row->addr4, row->proto, port);
		}
		start = port < max ? port + 1 : min;
	}
	return -EBUSY;
}

/* How much of a wish a port meets; less and less. */
enum pass {
	PARITY,		/* UDP: on the same side of 1024, with the same parity */
	SIDE,		/* TCP and UDP: on the same side of 1024 */
	ANY,
	PASSES
};

/*
 * jool_pool4_row.full[]: a bit for each kind of port that a pass may look for, set if none was free
 * at the generation (jool_addr4.freed, jool_rests.rested) whose low bits are above. It goes
 * round: then a free port is overlooked until the next one is given back.
 */
#define FULL_BITS 7
#define FULL_ANY BIT(0)

/* The bit of the kind of port that @pass looks for. */
static u32 full_bit(const struct jool_pool4_wish *wish, enum pass pass)
{
	unsigned int high = wish->port >= JOOL_PORT_WELL_KNOWN_END;

	switch (pass) {
	case PARITY:
		return BIT(3 + 2 * high + (wish->port & 1));
	case SIDE:
		return BIT(1 + high);
	default:
		return FULL_ANY;
	}
}

/* The kinds of port of which there was none at @generation. */
static u32 full_kinds(const u32 *full, u32 generation)
{
	u32 kinds = READ_ONCE(*full);

	return (kinds >> FULL_BITS ^ generation) << FULL_BITS ? 0 : kinds;
}

/* Other processors may do so as well: then one of the bits is lost, and set once more. */
static void mark_full(u32 *full, u32 generation, u32 bit)
{
	WRITE_ONCE(*full, generation << FULL_BITS | full_kinds(full, generation) | bit);
}

/*
 * Takes a port of @row, one that rests only if @tired: returns it, -ENOSPC, -EXFULL if it has none
 * of any kind, -EBUSY or -ENOMEM.
 */
static int take_of_row(struct net *net, struct jool_pool4_row *row,
		       const struct jool_pool4_wish *wish, bool tired, enum pass pass)
{
	struct jool_rests *rests = tired ? NULL :
				   jool_addr4_rests(row->addr4, row->proto, wish->rest);
	u32 generation = atomic_read_acquire(rests ? &rests->rested :
						     &row->addr4->freed[row->proto]);
	enum jool_parity parity = JOOL_PARITY_ANY;
	u32 *full = &row->full[!!rests];
	u32 min = row->min, max = row->max;
	u32 kinds = full_kinds(full, generation), bit = full_bit(wish, pass);
	const unsigned long *used;
	int port;

	if (kinds & FULL_ANY)
		return -EXFULL;
	if (kinds & bit)
		return -ENOSPC;
	if (pass == PARITY && row->proto == JOOL_PROTO_UDP)
		parity = wish->port & 1 ? JOOL_PARITY_ODD : JOOL_PARITY_EVEN;
	else if (pass == PARITY)
		return -ENOSPC;
	if (pass != ANY &&
	    (row->proto == JOOL_PROTO_ICMP || !jool_port_same_range(wish->port, &min, &max)))
		return -ENOSPC;
	used = jool_addr4_bits(row->addr4, row->proto);
	if (!used)
		return -ENOMEM;
	port = take_between(net, row, wish, used, rests ? rests->resting : NULL, min, max, parity);
	if (port == -ENOSPC)
		mark_full(full, generation, bit);
	return port;
}

/*
 * Looks for a port in @rows, from @start on and round; only in those of @device, or in all if it is
 * 0; for one that rests only where there is no other. Returns like take_of_row(), but for -EXFULL,
 * and writes the row.
 */
static int take_of_rows(struct net *net, struct jool_pool4 *pool,
			const struct jool_pool4_rows *rows, int device, u32 start,
			const struct jool_pool4_wish *wish, struct jool_pool4_row **row)
{
	u32 i, at, count = min_t(u32, rows->end - rows->first, SEARCH_MAX);
	bool tired = !wish->rest, maybe;
	enum pass pass = PARITY;
	int port;

	for (;;) {
		maybe = false;
		for (i = 0, at = start; i < count; i++) {
			*row = &pool->rows[at];
			if (++at == rows->end)
				at = rows->first;
			/* An address of another device would not be answered on this one. */
			if (device && (*row)->ifindex != device)
				continue;
			port = take_of_row(net, *row, wish, tired, pass);
			if (port >= 0 || port == -ENOMEM)
				return port;
			maybe |= port != -EXFULL;
		}
		if (maybe && ++pass < PASSES)
			continue;
		if (tired)
			return -ENOSPC;
		tired = true;
		pass = PARITY;
	}
}

/* The rows of @proto and @mark. */
static struct jool_pool4_rows rows_of(const struct jool_pool4 *pool, u8 proto, u32 mark)
{
	if (!mark || pool->is_default)
		return pool->unmarked[proto];
	return find_rows(pool, proto, mark);
}

/*
 * The rows among @all that have the address that is wished for, perhaps none; none either where
 * there is no choice.
 */
static struct jool_pool4_rows rows_wished(const struct jool_pool4 *pool,
					  const struct jool_pool4_rows *all,
				     const struct jool_pool4_wish *wish)
{
	struct jool_pool4_rows rows = { .first = all->first, .end = all->first };

	if (!wish->addr || all->end - all->first == 1)
		return rows;
	rows.first = lower_bound(pool, wish->proto, pool->rows[all->first].mark,
				 ntohl(wish->addr));
	for (rows.end = rows.first; rows.end < all->end; rows.end++)
		if (pool->rows[rows.end].addr != wish->addr)
			break;
	return rows;
}

int jool_pool4_take(struct net *net, struct jool_pool4 *pool, const struct jool_pool4_wish *wish,
		    struct jool_addr4 **addr4, u16 *port)
{
	struct jool_pool4_rows all = rows_of(pool, wish->proto, wish->mark), own;
	struct jool_pool4_row *row;
	int device = 0, err = -ENOSPC;
	bool others = true;
	u32 start;

	if (all.first == all.end)
		return -ENOENT;
	own = rows_wished(pool, &all, wish);
	if (own.first < own.end) {
		err = take_of_rows(net, pool, &own, 0, own.first, wish, &row);
		device = pool->rows[own.first].ifindex;
		/* Where there is but one address, it has been looked through. */
		others = !wish->paired &&
			 (own.end - own.first < all.end - all.first ||
			  all.end - all.first > SEARCH_MAX);
	}
	if (err == -ENOSPC && others) {
		start = all.first + reciprocal_scale(wish->random >> 32, all.end - all.first);
		err = take_of_rows(net, pool, &all, device, start, wish, &row);
	}
	if (err < 0)
		return err;
	*addr4 = row->addr4;
	*port = err;
	return 0;
}
