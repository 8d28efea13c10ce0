// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include "port.h"

#define ROUNDS 120000
#define WORD_BITS (8 * sizeof(unsigned long))
#define WORDS (JOOL_PORTS / WORD_BITS)

static unsigned long used[WORDS];

static bool test(u32 port)
{
	return used[port / WORD_BITS] >> port % WORD_BITS & 1;
}

static void flip(u32 port)
{
	used[port / WORD_BITS] ^= 1UL << port % WORD_BITS;
}

static void all_used(void)
{
	memset(used, 0xff, sizeof(used));
}

static void none_used(void)
{
	memset(used, 0, sizeof(used));
}

static bool has_parity(u32 port, enum jool_parity parity)
{
	switch (parity) {
	case JOOL_PARITY_EVEN:
		return port % 2 == 0;
	case JOOL_PARITY_ODD:
		return port % 2 == 1;
	default:
		return true;
	}
}

/* The contract to the letter: one port after the other. */
static int find(u32 min, u32 max, u32 start, enum jool_parity parity)
{
	u32 port = start;

	do {
		if (!test(port) && has_parity(port, parity))
			return port;
		port = port == max ? min : port + 1;
	} while (port != start);
	return -1;
}

/* Some of those in use rest instead, and some do both. */
static void split(unsigned long *taken, unsigned long *resting)
{
	unsigned long word = random64();

	for (size_t i = 0; i < WORDS; i++) {
		taken[i] = used[i] & word;
		resting[i] = used[i] & (~word | word << 3);
	}
}

static void expect(u32 min, u32 max, u32 start, enum jool_parity parity, int want)
{
	static unsigned long taken[WORDS], resting[WORDS];
	int got = jool_port_find(used, NULL, min, max, start, parity);

	if (got != want)
		ck_abort_msg("%u-%u from %u, parity %u: %d, not %d", min, max, start, parity, got,
			     want);
	/* The whole bitmap is split: now and then. */
	if (random_below(32))
		return;
	split(taken, resting);
	got = jool_port_find(taken, resting, min, max, start, parity);
	if (got != want)
		ck_abort_msg("%u-%u from %u, parity %u, some rest: %d, not %d", min, max, start,
			     parity, got, want);
}

/* With each parity; @even, @odd and @any are what is wanted. */
static void expect_all(u32 min, u32 max, u32 start, int even, int odd, int any)
{
	expect(min, max, start, JOOL_PARITY_EVEN, even);
	expect(min, max, start, JOOL_PARITY_ODD, odd);
	expect(min, max, start, JOOL_PARITY_ANY, any);
}

START_TEST(test_parity)
{
	none_used();
	expect_all(0, 65535, 0, 0, 1, 0);
	expect_all(0, 65535, 1, 2, 1, 1);
	expect_all(0, 65535, 65535, 0, 65535, 65535);
	expect_all(0, 65535, 65534, 65534, 65535, 65534);
	expect_all(1024, 65535, 40000, 40000, 40001, 40000);
	/* Going round: 5 is the last, 2 is the first. */
	expect_all(2, 5, 5, 2, 5, 5);
	expect_all(3, 6, 6, 6, 3, 6);
	flip(40000);
	expect_all(1024, 65535, 40000, 40002, 40001, 40001);
	flip(40001);
	expect_all(1024, 65535, 40000, 40002, 40003, 40002);
	flip(40002);
	expect_all(1024, 65535, 40000, 40004, 40003, 40003);
}
END_TEST

START_TEST(test_single)
{
	static const u32 ports[] = { 0, 1, 31, 32, 63, 64, 65, 127, 128, 1023, 1024, 65534, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		int port = ports[i];
		bool odd = port % 2;

		none_used();
		expect_all(port, port, port, odd ? -1 : port, odd ? port : -1, port);
		flip(port);
		expect_all(port, port, port, -1, -1, -1);
		all_used();
		expect_all(port, port, port, -1, -1, -1);
	}
}
END_TEST

/* Ports outside of the range are free, but not looked at. */
START_TEST(test_full)
{
	static const struct {
		u32 min, max;
	} ranges[] = {
		{ 0, 65535 }, { 0, 0 }, { 65535, 65535 }, { 0, 63 }, { 0, 64 }, { 63, 64 },
		{ 64, 127 }, { 1, 62 }, { 65, 126 }, { 60, 200 }, { 1024, 65535 }, { 0, 1023 },
		{ 61001, 65535 }, { 127, 128 }, { 65472, 65535 }, { 65471, 65534 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		u32 min = ranges[i].min, max = ranges[i].max;

		none_used();
		for (u32 port = min; port <= max; port++)
			flip(port);
		expect_all(min, max, min, -1, -1, -1);
		expect_all(min, max, max, -1, -1, -1);
		expect_all(min, max, min + (max - min) / 2, -1, -1, -1);
		/* The last port free is found, wherever in the range it is. */
		flip(min);
		expect(min, max, max, JOOL_PARITY_ANY, min);
		expect(min, max, min, JOOL_PARITY_ANY, min);
		flip(min);
		flip(max);
		expect(min, max, max, JOOL_PARITY_ANY, max);
		expect(min, max, min, JOOL_PARITY_ANY, max);
	}
}
END_TEST

/* The only free port, each of them in turn. */
START_TEST(test_one_free)
{
	all_used();
	for (u32 port = 0; port < JOOL_PORTS; port++) {
		enum jool_parity own = port % 2 ? JOOL_PARITY_ODD : JOOL_PARITY_EVEN;
		enum jool_parity other = port % 2 ? JOOL_PARITY_EVEN : JOOL_PARITY_ODD;

		flip(port);
		expect(0, 65535, port, own, port);
		expect(0, 65535, (port + 1) % JOOL_PORTS, own, port);
		expect(0, 65535, (port + JOOL_PORTS - 1) % JOOL_PORTS, JOOL_PARITY_ANY, port);
		expect(0, 65535, random_below(JOOL_PORTS), JOOL_PARITY_ANY, port);
		if (port % 61 == 0)
			expect(0, 65535, random_below(JOOL_PORTS), other, -1);
		flip(port);
	}
}
END_TEST

/* The only free port, from each start. */
START_TEST(test_any_start)
{
	static const u32 ports[] = { 0, 63, 64, 30001, 65535 };

	all_used();
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		flip(ports[i]);
		for (u32 start = 0; start < JOOL_PORTS; start++)
			expect(0, 65535, start, JOOL_PARITY_ANY, ports[i]);
		flip(ports[i]);
	}
}
END_TEST

/* All ranges and starts around the limits between words, with one port free or none. */
START_TEST(test_word_limits)
{
	const u32 from = 2 * WORD_BITS - 3, to = 3 * WORD_BITS + 2;

	for (u32 free = from - 1; free <= to + 1; free++) {
		all_used();
		flip(free);
		for (u32 min = from; min <= to; min++) {
			/* Only near a limit: the middle of a word is like any other. */
			if (min > from + 6 && min < to - 6)
				continue;
			for (u32 max = min; max <= to; max++)
				for (u32 start = min; start <= max; start++)
					expect(min, max, start, JOOL_PARITY_ANY,
					       free >= min && free <= max ? (int)free : -1);
		}
	}
}
END_TEST

/*
 * A bitmap of a random density, from empty to all but full, which comes in runs or in single
 * ports.
 */
static void random_bitmap(void)
{
	unsigned int kind = random_below(6);

	for (size_t i = 0; i < WORDS; i++) {
		unsigned long word = random64();

		switch (kind) {
		case 0:
			word = 0;
			break;
		case 1:
			break;
		case 2:
			word |= random64() | random64() | random64();
			break;
		case 3:
			word = word % 4 ? ~0UL : random64();
			break;
		case 4:
			word = word % 256 ? ~0UL : ~(1UL << random_below(WORD_BITS));
			break;
		default:
			word = ~0UL;
		}
		used[i] = word;
	}
}

START_TEST(test_random)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		enum jool_parity parity = random_below(3);
		/* Ranges of all orders of magnitude. */
		u32 size = 1 + random_below(1 << random_below(17));
		u32 min = random_below(JOOL_PORTS - size + 1);
		u32 max = min + size - 1;
		u32 start = min + random_below(size);

		if (round % 40 == 0)
			random_bitmap();
		if (round % 4 == 0)
			start = min;
		else if (round % 4 == 1)
			start = max;
		expect(min, max, start, parity, find(min, max, start, parity));
	}
}
END_TEST

static void same(u16 port, u32 min, u32 max, u32 want_min, u32 want_max)
{
	u32 got_min = min, got_max = max;

	ck_assert_msg(jool_port_same_range(port, &got_min, &got_max),
		      "port %u, %u-%u: nothing", port, min, max);
	ck_assert_msg(got_min == want_min && got_max == want_max,
		      "port %u, %u-%u: %u-%u, not %u-%u", port, min, max, got_min, got_max,
		      want_min, want_max);
}

static void not_same(u16 port, u32 min, u32 max)
{
	u32 got_min = min, got_max = max;

	ck_assert_msg(!jool_port_same_range(port, &got_min, &got_max),
		      "port %u, %u-%u: %u-%u", port, min, max, got_min, got_max);
	ck_assert_msg(got_min == min && got_max == max, "port %u, %u-%u: changed", port, min, max);
}

/*
 * RFC 6146 3.5.1.1, 3.5.2.3: "If the port s is in the Well-Known port range 0-1023, and the NAT64
 * has an available port t in the same port range"; "If the port s is in the range 1024-65535
 * [...]".
 */
START_TEST(test_same_range)
{
	static const u16 low[] = { 0, 1, 512, 1022, 1023 };
	static const u16 high[] = { 1024, 1025, 40000, 65534, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(low); i++) {
		same(low[i], 0, 65535, 0, 1023);
		same(low[i], 1, 3000, 1, 1023);
		same(low[i], 5, 10, 5, 10);
		same(low[i], 0, 1023, 0, 1023);
		same(low[i], 1023, 1023, 1023, 1023);
		same(low[i], 1023, 1024, 1023, 1023);
		same(low[i], 0, 0, 0, 0);
		not_same(low[i], 1024, 1024);
		not_same(low[i], 1024, 65535);
		not_same(low[i], 61001, 65535);
		not_same(low[i], 65535, 65535);
	}
	for (size_t i = 0; i < ARRAY_SIZE(high); i++) {
		same(high[i], 0, 65535, 1024, 65535);
		same(high[i], 1, 3000, 1024, 3000);
		same(high[i], 61001, 65535, 61001, 65535);
		same(high[i], 1024, 65535, 1024, 65535);
		same(high[i], 1024, 1024, 1024, 1024);
		same(high[i], 1023, 1024, 1024, 1024);
		same(high[i], 65535, 65535, 65535, 65535);
		not_same(high[i], 1023, 1023);
		not_same(high[i], 0, 1023);
		not_same(high[i], 5, 10);
		not_same(high[i], 0, 0);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_parity, test_single, test_full, test_one_free, test_any_start,
		test_word_limits, test_random, test_same_range,
	};

	seed_random("port");
	return run_tests("port", tests, ARRAY_SIZE(tests));
}
