// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include "addr4.h"

/* Addresses that come and go. */
#define ADDRESSES 6000

static struct jool_addr4s addr4s;

/* What is to be there: what there is of each address, and our references to it. */
static struct {
	struct jool_addr4 *addr4;
	unsigned int refs;
} model[ADDRESSES];

static unsigned int present;
static bool trimming;		/* one address more may have a reference */

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
	ck_assert_ptr_eq(jool_addr4_find(&addr4s, address(i)), model[i].addr4);
}

static void check_table(void)
{
	const struct jool_addr4_table *table = addr4s.table;
	unsigned int i, taken = 0;

	for (i = 0; i <= table->mask; i++)
		taken += table->slot[i] != NULL;
	ck_assert_uint_eq(taken, table->taken);
	ck_assert_uint_le(taken, (table->mask + 1) / 2);
	ck_assert_uint_eq(addr4s.count, present);
	ck_assert_ptr_null(jool_addr4_find(&addr4s, htonl(0x01020304)));
}

static void take(unsigned int i)
{
	struct jool_addr4 *addr4 = jool_addr4_get(&addr4s, address(i));

	if (!addr4 && fail_one_in)
		return;
	ck_assert_ptr_nonnull(addr4);
	ck_assert_uint_eq(addr4->addr, address(i));
	if (model[i].addr4)
		ck_assert_ptr_eq(addr4, model[i].addr4);
	present += !model[i].refs++;
	model[i].addr4 = addr4;
	check_find(i);
}

static void give(unsigned int i)
{
	struct jool_addr4 *addr4 = model[i].addr4;

	if (!model[i].refs)
		return;
	if (!--model[i].refs) {
		model[i].addr4 = NULL;
		present--;
	}
	jool_addr4_put(addr4);
	if (model[i].addr4)
		check_find(i);
	else if (!trimming)
		ck_assert_ptr_null(jool_addr4_find(&addr4s, address(i)));
}

static void check_list(void)
{
	unsigned int count, i;
	struct jool_addr4 **list = jool_addr4_list(&addr4s, &count);

	if ((long)list < 0 && (long)list > -4096)
		return;
	ck_assert_uint_ge(count, present);
	ck_assert_uint_le(count, present + trimming);
	for (i = 1; i < count; i++)
		ck_assert_uint_lt(ntohl(list[i - 1]->addr), ntohl(list[i]->addr));
	jool_addr4_list_free(list, count);
}

/* What another processor does while one adds an address, which alone the namespace's lock keeps it from. */
void shim_others(void)
{
	unsigned int i, n;

	for (n = random_below(60); n; n--)
		give(random_below(ADDRESSES));
	for (n = random_below(60); n; n--) {
		i = random_below(ADDRESSES);
		if (model[i].addr4)
			check_find(i);
	}
	if (!random_below(8))
		check_list();
	if (random_below(2))
		shim_grace_period();
}

/* Goes through the addr4s, of which some go meanwhile: those that stay come once each. */
static void check_walk(void)
{
	static bool before[ADDRESSES];
	struct jool_addr4 *addr4 = NULL;
	unsigned int i, seen = 0, lost = 0;

	for (i = 0; i < ADDRESSES; i++)
		before[i] = model[i].addr4;
	while ((addr4 = jool_addr4_after(&addr4s, addr4))) {
		seen++;
		i = random_below(ADDRESSES);
		/* Its own reference keeps it. */
		if (model[i].refs == 1 && model[i].addr4 != addr4 && !random_below(4))
			give(i);
		if (!random_below(16))
			shim_grace_period();
	}
	for (i = 0; i < ADDRESSES; i++)
		lost += before[i] && !model[i].addr4;
	ck_assert_uint_le(seen, present + lost);
	ck_assert_uint_ge(seen, present);
}

static void trim(void)
{
	trimming = true;
	jool_addr4_trim(&addr4s);
	trimming = false;
	check_table();
}

/* Without addr4s, no more is left of the table than it was in the beginning. */
static void check_trimmed(unsigned int slots)
{
	trim();
	ck_assert_uint_le(addr4s.table->mask + 1, 4 * slots);
	shim_grace_period();
	check_table();
}

static void run(unsigned int rounds)
{
	unsigned int round, i, n, first, slots;

	memset(model, 0, sizeof(model));
	present = 0;
	ck_assert_int_eq(jool_addr4_init(&addr4s), 0);
	slots = addr4s.table->mask + 1;
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
	jool_addr4_exit(&addr4s);
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
	ck_assert_int_eq(jool_addr4_init(&addr4s), 0);
	jool_addr4_exit(&addr4s);
	fail_one_in = 3;
	while (jool_addr4_init(&addr4s))
		jool_addr4_exit(&addr4s);
	jool_addr4_exit(&addr4s);
	fail_one_in = 0;
	run(3);
}
END_TEST

/* ---- ports that rest ---- */

/* One of the three. */
#define PROTO 1

u64 shim_ns;

/* Ports that end now and then, and when each did; with how long they rest changing if @changing. */
static void rest(struct jool_addr4 *addr4, bool changing)
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
			ck_assert_int_eq(jool_addr4_take(addr4, PROTO, port), 0);
			jool_addr4_end(addr4, PROTO, port, rests);
			ck_assert(!jool_addr4_test(addr4, PROTO, port));
			ck_assert(jool_addr4_is_resting(addr4, PROTO, port));
			ended[port] = jiffies;
			seen[port] = true;
		}
		at = jool_addr4_rests(addr4, PROTO, rests);
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
	jool_addr4_rests(addr4, PROTO, 10);
	for (round = 0; round < 3; round++) {
		shim_ns += 10 * (NSEC_PER_SEC / HZ);
		at = jool_addr4_rests(addr4, PROTO, 10);
	}
	for (port = 0; port < 200; port++)
		ck_assert(!test_bit(port, at->resting));
}

START_TEST(test_rest)
{
	struct jool_addr4 *addr4;
	int changing;

	fail_one_in = 0;
	/* Jiffies go round soon, and are far from 0. */
	shim_ns = (u64)1 << 62;
	ck_assert_int_eq(jool_addr4_init(&addr4s), 0);
	for (changing = 0; changing < 2; changing++) {
		addr4 = jool_addr4_get(&addr4s, address(changing));
		rest(addr4, changing);
		ck_assert_ptr_null(jool_addr4_rests(addr4, PROTO, 0));
		jool_addr4_put(addr4);
	}
	jool_addr4_exit(&addr4s);
	shim_grace_period();
}
END_TEST

START_TEST(test_rest_no_memory)
{
	struct jool_addr4 *addr4;
	u32 freed;

	fail_one_in = 0;
	ck_assert_int_eq(jool_addr4_init(&addr4s), 0);
	addr4 = jool_addr4_get(&addr4s, address(0));
	ck_assert_int_eq(jool_addr4_take(addr4, PROTO, 7), 0);
	freed = atomic_read(&addr4->freed[PROTO]);
	fail_one_in = 1;
	jool_addr4_end(addr4, PROTO, 7, 100);
	ck_assert(!jool_addr4_test(addr4, PROTO, 7));
	ck_assert(!jool_addr4_is_resting(addr4, PROTO, 7));
	ck_assert_uint_ne(atomic_read(&addr4->freed[PROTO]), freed);
	fail_one_in = 0;
	jool_addr4_put(addr4);
	jool_addr4_exit(&addr4s);
	shim_grace_period();
}
END_TEST

/* Who looks while arrays are freed sees them full: whatever he remembers of that is to be forgotten. */
START_TEST(test_trim_forgets_full)
{
	struct jool_addr4 *addr4;
	u32 freed, rested;

	fail_one_in = 0;
	/* The address is none of the model's. */
	trimming = true;
	ck_assert_int_eq(jool_addr4_init(&addr4s), 0);
	addr4 = jool_addr4_get(&addr4s, address(0));
	ck_assert_int_eq(jool_addr4_take(addr4, PROTO, 7), 0);
	jool_addr4_end(addr4, PROTO, 7, 100);
	freed = atomic_read(&addr4->freed[PROTO]);
	rested = atomic_read(&addr4->rests[PROTO].rested);
	jool_addr4_trim(&addr4s);
	ck_assert_uint_ne(atomic_read(&addr4->freed[PROTO]), freed);
	ck_assert_uint_ne(atomic_read(&addr4->rests[PROTO].rested), rested);
	jool_addr4_put(addr4);
	jool_addr4_exit(&addr4s);
	shim_grace_period();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_come_and_go, test_no_memory, test_rest, test_rest_no_memory,
		test_trim_forgets_full,
	};

	seed_random("addr4");
	return run_tests("addr4", tests, ARRAY_SIZE(tests));
}
