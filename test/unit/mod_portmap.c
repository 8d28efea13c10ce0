// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include "portmap.h"

/* Addresses that come and go. */
#define ADDRESSES 6000

static struct jool_portmaps maps;

/* What is to be there: the map of each address and our references to it. */
static struct {
	struct jool_portmap *map;
	unsigned int refs;
} model[ADDRESSES];

static unsigned int present;
static bool trimming;		/* one map more may have a reference */

/* ---- the kernel ---- */

static struct rcu_head *waiting;
static unsigned int fail_one_in;	/* allocations; 0: none */

bool shim_may_allocate(void)
{
	return !fail_one_in || random_below(fail_one_in);
}

void shim_lock(spinlock_t *lock, bool take)
{
	ck_assert_int_ne(lock->held, take);
	lock->held = take;
}

void shim_after_grace(struct rcu_head *head, void (*func)(struct rcu_head *head), void *memory)
{
	*head = (struct rcu_head) { .next = waiting, .func = func, .memory = memory };
	waiting = head;
}

void shim_grace_period(void)
{
	struct rcu_head *head;

	while ((head = waiting)) {
		waiting = head->next;
		if (head->func)
			head->func(head);
		else
			free(head->memory);
	}
}

/* ---- the model ---- */

static __be32 address(unsigned int i)
{
	/* Neighbours, and every third network of 256. */
	return htonl(0xc6120000 + (i / 256 * 3 << 8) + i % 256);
}

static void check_find(unsigned int i)
{
	ck_assert_ptr_eq(jool_portmap_find(&maps, address(i)), model[i].map);
}

static void check_table(void)
{
	const struct jool_portmap_table *table = maps.table;
	unsigned int i, taken = 0;

	for (i = 0; i <= table->mask; i++)
		taken += table->slot[i] != NULL;
	ck_assert_uint_eq(taken, table->taken);
	ck_assert_uint_le(taken, (table->mask + 1) / 2);
	ck_assert_uint_eq(maps.count, present);
	ck_assert_ptr_null(jool_portmap_find(&maps, htonl(0x01020304)));
}

static void take(unsigned int i)
{
	struct jool_portmap *map = jool_portmap_get(&maps, address(i));

	if (!map && fail_one_in)
		return;
	ck_assert_ptr_nonnull(map);
	ck_assert_uint_eq(map->addr, address(i));
	if (model[i].map)
		ck_assert_ptr_eq(map, model[i].map);
	present += !model[i].refs++;
	model[i].map = map;
	check_find(i);
}

static void give(unsigned int i)
{
	struct jool_portmap *map = model[i].map;

	if (!model[i].refs)
		return;
	if (!--model[i].refs) {
		model[i].map = NULL;
		present--;
	}
	jool_portmap_put(map);
	if (model[i].map)
		check_find(i);
	else if (!trimming)
		ck_assert_ptr_null(jool_portmap_find(&maps, address(i)));
}

static void check_list(void)
{
	unsigned int count, i;
	struct jool_portmap **list = jool_portmap_list(&maps, &count);

	if ((long)list < 0 && (long)list > -4096)
		return;
	ck_assert_uint_ge(count, present);
	ck_assert_uint_le(count, present + trimming);
	for (i = 1; i < count; i++)
		ck_assert_uint_lt(ntohl(list[i - 1]->addr), ntohl(list[i]->addr));
	jool_portmap_list_free(list, count);
}

/* What another processor does while one adds a map, which alone the namespace's lock keeps it from. */
void shim_others(void)
{
	unsigned int i, n;

	for (n = random_below(60); n; n--)
		give(random_below(ADDRESSES));
	for (n = random_below(60); n; n--) {
		i = random_below(ADDRESSES);
		if (model[i].map)
			check_find(i);
	}
	if (!random_below(8))
		check_list();
	if (random_below(2))
		shim_grace_period();
}

/* Goes through the maps, of which some go meanwhile: those that stay come once each. */
static void check_walk(void)
{
	static bool before[ADDRESSES];
	struct jool_portmap *map = NULL;
	unsigned int i, seen = 0, lost = 0;

	for (i = 0; i < ADDRESSES; i++)
		before[i] = model[i].map;
	while ((map = jool_portmap_after(&maps, map))) {
		seen++;
		i = random_below(ADDRESSES);
		/* Its own reference keeps it. */
		if (model[i].refs == 1 && model[i].map != map && !random_below(4))
			give(i);
		if (!random_below(16))
			shim_grace_period();
	}
	for (i = 0; i < ADDRESSES; i++)
		lost += before[i] && !model[i].map;
	ck_assert_uint_le(seen, present + lost);
	ck_assert_uint_ge(seen, present);
}

static void trim(void)
{
	trimming = true;
	jool_portmap_trim(&maps);
	trimming = false;
	check_table();
}

/* Without maps, no more is left of the table than it was in the beginning. */
static void check_trimmed(unsigned int slots)
{
	trim();
	ck_assert_uint_le(maps.table->mask + 1, 4 * slots);
	shim_grace_period();
	check_table();
}

static void run(unsigned int rounds)
{
	unsigned int round, i, n, first, slots;

	memset(model, 0, sizeof(model));
	present = 0;
	ck_assert_int_eq(jool_portmap_init(&maps), 0);
	slots = maps.table->mask + 1;
	for (round = 0; round < rounds; round++) {
		first = random_below(ADDRESSES);
		n = random_below(random_below(4) ? 200 : ADDRESSES);
		for (i = 0; i < n; i++) {
			if (round % 3)
				take((first + i) % ADDRESSES);
			else
				give((first + i) % ADDRESSES);
		}
		check_table();
		check_list();
		check_walk();
		if (!random_below(4))
			trim();
		check_table();
		if (random_below(2))
			shim_grace_period();
	}
	for (i = 0; i < ADDRESSES; i++)
		while (model[i].refs)
			give(i);
	check_table();
	check_trimmed(slots);
	jool_portmap_exit(&maps);
	shim_grace_period();
}

START_TEST(test_come_and_go)
{
	fail_one_in = 0;
	run(60);
}
END_TEST

START_TEST(test_no_memory)
{
	ck_assert_int_eq(jool_portmap_init(&maps), 0);
	jool_portmap_exit(&maps);
	fail_one_in = 3;
	while (jool_portmap_init(&maps))
		jool_portmap_exit(&maps);
	jool_portmap_exit(&maps);
	fail_one_in = 0;
	run(3);
}
END_TEST

/* ---- ports that rest ---- */

/* One of the three. */
#define PROTO 1

u64 shim_ns;

/* Ports that end now and then, and when each did; with how long they rest changing if @changing. */
static void rest(struct jool_portmap *map, bool changing)
{
	static unsigned long ended[JOOL_PORTS];
	static bool seen[JOOL_PORTS];
	unsigned long rests = 1 + random_below(1000), age;
	struct jool_rests *at;
	unsigned int round, port;

	memset(seen, 0, sizeof(seen));
	for (round = 0; round < 20000; round++) {
		/* Mostly a little, sometimes far too long. */
		shim_ns += (u64)random_below(random_below(200) ? 20 : 5000) * (NSEC_PER_SEC / HZ);
		if (changing && !random_below(100))
			rests = 1 + random_below(1000);
		port = random_below(200);
		if (random_below(2)) {
			ck_assert_int_eq(jool_portmap_take(map, PROTO, port), 0);
			jool_portmap_end(map, PROTO, port, rests);
			ck_assert(!jool_portmap_test(map, PROTO, port));
			ck_assert(jool_portmap_is_resting(map, PROTO, port));
			ended[port] = jiffies;
			seen[port] = true;
		}
		at = jool_portmap_rests(map, PROTO, rests);
		if (!at || changing)
			continue;
		for (port = 0; port < 200; port++) {
			age = jiffies - ended[port];
			if (!seen[port])
				ck_assert(!test_bit(port, at->resting));
			else if (age < rests)
				ck_assert_msg(test_bit(port, at->resting), "%lu of %lu", age, rests);
			else if (age >= 2 * rests)
				ck_assert_msg(!test_bit(port, at->resting), "%lu of %lu", age, rests);
		}
	}
	if (!changing)
		return;
	/* However long it was before: at the next look the time is that of now, then it turns twice. */
	jool_portmap_rests(map, PROTO, 10);
	for (round = 0; round < 3; round++) {
		shim_ns += 10 * (NSEC_PER_SEC / HZ);
		at = jool_portmap_rests(map, PROTO, 10);
	}
	for (port = 0; port < 200; port++)
		ck_assert(!test_bit(port, at->resting));
}

START_TEST(test_rest)
{
	struct jool_portmap *map;
	int changing;

	fail_one_in = 0;
	/* Jiffies go round soon, and are far from 0. */
	shim_ns = (u64)1 << 62;
	ck_assert_int_eq(jool_portmap_init(&maps), 0);
	for (changing = 0; changing < 2; changing++) {
		map = jool_portmap_get(&maps, address(changing));
		rest(map, changing);
		ck_assert_ptr_null(jool_portmap_rests(map, PROTO, 0));
		jool_portmap_put(map);
	}
	jool_portmap_exit(&maps);
	shim_grace_period();
}
END_TEST

START_TEST(test_rest_no_memory)
{
	struct jool_portmap *map;
	u32 freed;

	fail_one_in = 0;
	ck_assert_int_eq(jool_portmap_init(&maps), 0);
	map = jool_portmap_get(&maps, address(0));
	ck_assert_int_eq(jool_portmap_take(map, PROTO, 7), 0);
	freed = atomic_read(&map->freed[PROTO]);
	fail_one_in = 1;
	jool_portmap_end(map, PROTO, 7, 100);
	ck_assert(!jool_portmap_test(map, PROTO, 7));
	ck_assert(!jool_portmap_is_resting(map, PROTO, 7));
	ck_assert_uint_ne(atomic_read(&map->freed[PROTO]), freed);
	fail_one_in = 0;
	jool_portmap_put(map);
	jool_portmap_exit(&maps);
	shim_grace_period();
}
END_TEST

/* Who looks while arrays are freed sees them full: whatever he remembers of that is to be forgotten. */
START_TEST(test_trim_forgets_full)
{
	struct jool_portmap *map;
	u32 freed, rested;

	fail_one_in = 0;
	/* The map is none of the model's. */
	trimming = true;
	ck_assert_int_eq(jool_portmap_init(&maps), 0);
	map = jool_portmap_get(&maps, address(0));
	ck_assert_int_eq(jool_portmap_take(map, PROTO, 7), 0);
	jool_portmap_end(map, PROTO, 7, 100);
	freed = atomic_read(&map->freed[PROTO]);
	rested = atomic_read(&map->rests[PROTO].rested);
	jool_portmap_trim(&maps);
	ck_assert_uint_ne(atomic_read(&map->freed[PROTO]), freed);
	ck_assert_uint_ne(atomic_read(&map->rests[PROTO].rested), rested);
	jool_portmap_put(map);
	jool_portmap_exit(&maps);
	shim_grace_period();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_come_and_go, test_no_memory, test_rest, test_rest_no_memory,
		test_trim_forgets_full,
	};

	seed_random("portmap");
	return run_tests("portmap", tests, ARRAY_SIZE(tests));
}
