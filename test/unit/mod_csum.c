// SPDX-License-Identifier: GPL-2.0-only
/* Each difference against the sum over the whole packet, written down anew from RFC 1071. */
#include "mod.h"

#include <arpa/inet.h>

#include "csum.h"

#define ROUNDS 120000
#define MAX_SEGMENT 1480
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_ICMP6 58

static const u16 edges[] = { 0, 1, 2, 0x00ff, 0x0100, 0x7fff, 0x8000, 0xff00, 0xfffe, 0xffff };

/*
 * The sum of big-endian words; folded as long as there is anything to fold; in the packet's byte
 * order.
 */
static u64 add(const void *data, size_t len)
{
	const u8 *at = data;
	u64 sum = 0;

	for (; len > 1; at += 2, len -= 2)
		sum += at[0] << 8 | at[1];
	return sum;
}

static u16 fold(u64 sum)
{
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return htons(sum);
}

/* Both are zero in one's complement, or they are the same. */
static bool congruent(u32 a, u32 b)
{
	return a % 0xffff == b % 0xffff;
}

START_TEST(test_fold)
{
	ck_assert_uint_eq(jool_csum_fold(0), 0);
	ck_assert_uint_eq(jool_csum_fold(0xffff), 0xffff);
	ck_assert_uint_eq(jool_csum_fold(0x10000), 1);
	ck_assert_uint_eq(jool_csum_fold(0x1fffe), 0xffff);
	ck_assert_uint_eq(jool_csum_fold(0x1ffff), 1);
	ck_assert_uint_eq(jool_csum_fold(0xffff0000), 0xffff);
	ck_assert_uint_eq(jool_csum_fold(0xffff0001), 1);
	ck_assert_uint_eq(jool_csum_fold(0xffffffff), 0xffff);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		u32 sum = random64() >> random_below(32);

		if (htons(jool_csum_fold(sum)) != fold(sum))
			ck_abort_msg("%#x: %#x", sum, jool_csum_fold(sum));
	}
}
END_TEST

START_TEST(test_sum)
{
	static u8 data[65536];

	ck_assert_uint_eq(jool_csum_sum(data, 0), 0);
	ck_assert_uint_eq(jool_csum_sum(data, sizeof(data)), 0);
	memset(data, 0xff, sizeof(data));
	ck_assert_uint_eq(jool_csum_sum(data, 2), 0xffff);
	ck_assert_uint_eq(jool_csum_sum(data, sizeof(data)), 0xffff);
	/* RFC 1071 3 */
	ck_assert_uint_eq(jool_csum_sum("\x00\x01\xf2\x03\xf4\xf5\xf6\xf7", 8), htons(0xddf2));
	for (unsigned int round = 0; round < 2000; round++) {
		unsigned int len = random_below(round % 64 ? 200 : sizeof(data)) & ~1u;
		u8 *copy = malloc(len + 1);

		/* Of just this size, so that a byte too many is noticed. */
		random_bytes(copy, len);
		if (jool_csum_sum(copy, len) != fold(add(copy, len)))
			ck_abort_msg("round %u, %u bytes", round, len);
		free(copy);
	}
}
END_TEST

/* RFC 1624 4: the example that an earlier formula got wrong. */
START_TEST(test_rfc1624)
{
	u16 delta = jool_csum_delta(0x5555, 0x3285);

	ck_assert_uint_eq(jool_csum_apply(0xdd2f, delta), 0x0000);
	ck_assert_uint_eq(jool_csum_apply(0x0000, ~delta), 0xdd2f);
}
END_TEST

static void check_numbers(u16 check, u16 old, u16 new)
{
	u16 delta = jool_csum_delta(old, new);
	/* 0xffff is zero: add it to stay above. */
	u32 plain = (u32)(u16)~check + 0xffff - old + new;
	u32 partial = (u32)check + 0xffff - old + new;
	u16 there;

	if (!congruent(old + delta, new))
		ck_abort_msg("delta(%#x, %#x) = %#x", old, new, delta);
	if (!congruent((u16)~jool_csum_apply(check, delta), plain))
		ck_abort_msg("apply(%#x, delta(%#x, %#x))", check, old, new);
	if (!congruent(jool_csum_apply_partial(check, delta), partial))
		ck_abort_msg("apply_partial(%#x, delta(%#x, %#x))", check, old, new);
	/* There and back. */
	if (!congruent(jool_csum_apply(jool_csum_apply(check, delta), ~delta), check))
		ck_abort_msg("apply(apply(%#x, delta(%#x, %#x)), ~)", check, old, new);
	there = jool_csum_apply_partial(check, delta);
	if (!congruent(jool_csum_apply_partial(there, ~delta), check))
		ck_abort_msg("apply_partial(apply_partial(%#x, delta(%#x, %#x)), ~)", check, old,
			     new);
}

START_TEST(test_numbers)
{
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++)
		for (size_t j = 0; j < ARRAY_SIZE(edges); j++)
			for (size_t k = 0; k < ARRAY_SIZE(edges); k++)
				check_numbers(edges[i], edges[j], edges[k]);
	for (unsigned int round = 0; round < ROUNDS; round++)
		check_numbers(random64(), random64(), random64());
}
END_TEST

/* A packet in both worlds: what the addresses are, and the segment they frame. */
struct packet {
	u8 addrs6[32], addrs4[8];
	u8 segment6[MAX_SEGMENT], segment4[MAX_SEGMENT];
	unsigned int len;
	unsigned int check;	/* offset of the checksum */
	u8 proto;
};

/* RFC 8200 8.1 */
static u64 pseudo6(const struct packet *p)
{
	u8 rest[8] = { p->len >> 24, p->len >> 16, p->len >> 8, p->len, 0, 0, 0, p->proto };

	return add(p->addrs6, sizeof(p->addrs6)) + add(rest, sizeof(rest));
}

/* RFC 9293 3.1, RFC 768; ICMP has none. */
static u64 pseudo4(const struct packet *p)
{
	u8 rest[4] = { 0, p->proto, p->len >> 8, p->len };

	if (p->proto == PROTO_ICMP6)
		return 0;
	return add(p->addrs4, sizeof(p->addrs4)) + add(rest, sizeof(rest));
}

/* The checksum that @segment should have. */
static u16 checksum(const struct packet *p, const u8 *segment, u64 pseudo)
{
	u16 field, sum;

	memcpy(&field, segment + p->check, 2);
	sum = ~fold(pseudo + add(segment, p->len) - ntohs(field));
	return p->proto == PROTO_UDP && !sum ? 0xffff : sum;
}

/* Most are random, some all zeros or all ones. */
static void random_field(u8 *field, size_t len)
{
	switch (random_below(8)) {
	case 0:
		memset(field, 0, len);
		break;
	case 1:
		memset(field, 0xff, len);
		break;
	default:
		random_bytes(field, len);
	}
}

/* Has the checksum of @segment come out as zero, by a word of the payload. */
static void aim_at_zero(struct packet *p, const u8 *segment, u64 pseudo)
{
	unsigned int at = p->len - 2;
	u16 word, sum;

	memset(p->segment6 + at, 0, 2);
	memset(p->segment4 + at, 0, 2);
	sum = checksum(p, segment, pseudo);
	memcpy(&word, &sum, 2);
	memcpy(p->segment6 + at, &word, 2);
	memcpy(p->segment4 + at, &word, 2);
}

static void random_packet(struct packet *p)
{
	static const struct {
		u8 proto, header, check;
	} protos[] = {
		{ PROTO_TCP, 20, 16 }, { PROTO_UDP, 8, 6 }, { PROTO_ICMP6, 8, 2 },
	};
	size_t i = random_below(ARRAY_SIZE(protos));
	unsigned int most = MAX_SEGMENT - protos[i].header - 2;

	p->proto = protos[i].proto;
	p->check = protos[i].check;
	p->len = protos[i].header + 2 + (random_below(random_below(16) ? 64 : most) & ~1u);
	random_field(p->addrs6, 16);
	random_field(p->addrs6 + 16, 16);
	random_field(p->addrs4, 4);
	random_field(p->addrs4 + 4, 4);
	random_field(p->segment6, p->len);
	if (p->proto == PROTO_ICMP6)
		memcpy(p->segment6, (u8[]){ 128, 0 }, 2);
	memset(p->segment6 + p->check, 0, 2);
	memcpy(p->segment4, p->segment6, p->len);
	/* What translation changes: the source port, or type and identifier. */
	if (p->proto == PROTO_ICMP6) {
		p->segment4[0] = 8;
		random_field(p->segment4 + 4, 2);
	} else {
		random_field(p->segment4, 2);
	}
	switch (random_below(8)) {
	case 0:
		aim_at_zero(p, p->segment6, pseudo6(p));
		break;
	case 1:
		aim_at_zero(p, p->segment4, pseudo4(p));
		break;
	}
}

/*
 * The sums of what is exchanged: addresses and ports; of ICMP the pseudo header, type and
 * identifier.
 */
static u16 exchanged6(const struct packet *p)
{
	u32 sum;

	if (p->proto != PROTO_ICMP6)
		return jool_csum_fold((u32)jool_csum_sum(p->addrs6, 32) +
				      jool_csum_sum(p->segment6, 2));
	sum = jool_csum_sum(p->segment6, 2) + jool_csum_sum(p->segment6 + 4, 2);
	return jool_csum_fold(fold(pseudo6(p)) + sum);
}

static u16 exchanged4(const struct packet *p)
{
	if (p->proto != PROTO_ICMP6)
		return jool_csum_fold((u32)jool_csum_sum(p->addrs4, 8) +
				      jool_csum_sum(p->segment4, 2));
	return jool_csum_fold((u32)jool_csum_sum(p->segment4, 2) +
			      jool_csum_sum(p->segment4 + 4, 2));
}

/* What the caller does for UDP, where zero would mean that there is none. */
static u16 never_zero(const struct packet *p, u16 sum)
{
	return p->proto == PROTO_UDP && !sum ? 0xffff : sum;
}

START_TEST(test_packets)
{
	unsigned int zeros = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct packet p;
		u16 check6, check4, delta, got;

		random_packet(&p);
		check6 = checksum(&p, p.segment6, pseudo6(&p));
		check4 = checksum(&p, p.segment4, pseudo4(&p));
		zeros += congruent(check6, 0) + congruent(check4, 0);
		delta = jool_csum_delta(exchanged6(&p), exchanged4(&p));

		got = never_zero(&p, jool_csum_apply(check6, delta));
		if (got != check4)
			ck_abort_msg("round %u, protocol %u, 6 to 4: %#x to %#x, not %#x", round,
				     p.proto, ntohs(check6), ntohs(got), ntohs(check4));
		got = never_zero(&p, jool_csum_apply(check4, ~delta));
		if (got != check6)
			ck_abort_msg("round %u, protocol %u, 4 to 6: %#x to %#x, not %#x", round,
				     p.proto, ntohs(check4), ntohs(got), ntohs(check6));
	}
	/* The edge cases have been there. */
	ck_assert_uint_gt(zeros, ROUNDS / 16);
}
END_TEST

/*
 * What a device does: it sums the segment, field included, and puts the complement into the
 * field.
 */
static u16 complete(const struct packet *p, const u8 *segment, u16 field)
{
	return never_zero(p, ~fold(add(segment, p->len) + ntohs(field)));
}

START_TEST(test_partial)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct packet p;
		u16 field6, field4, delta, got;

		do
			random_packet(&p);
		while (p.proto == PROTO_ICMP6);
		field6 = fold(pseudo6(&p));
		field4 = fold(pseudo4(&p));
		/* The ports are not in it. */
		delta = jool_csum_delta(jool_csum_sum(p.addrs6, 32), jool_csum_sum(p.addrs4, 8));

		got = jool_csum_apply_partial(field6, delta);
		if (got != field4)
			ck_abort_msg("round %u, 6 to 4: %#x, not %#x", round, ntohs(got),
				     ntohs(field4));
		if (complete(&p, p.segment4, got) != checksum(&p, p.segment4, pseudo4(&p)))
			ck_abort_msg("round %u, 6 to 4, completed", round);

		got = jool_csum_apply_partial(field4, ~delta);
		if (got != field6)
			ck_abort_msg("round %u, 4 to 6: %#x, not %#x", round, ntohs(got),
				     ntohs(field6));
		if (complete(&p, p.segment6, got) != checksum(&p, p.segment6, pseudo6(&p)))
			ck_abort_msg("round %u, 4 to 6, completed", round);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_fold, test_sum, test_rfc1624, test_numbers, test_packets, test_partial,
	};

	seed_random("csum");
	return run_tests("csum", tests, ARRAY_SIZE(tests));
}
