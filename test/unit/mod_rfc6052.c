// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include <arpa/inet.h>

#include "rfc6052.h"

#define ROUNDS 20000

static const u8 lengths[] = { 32, 40, 48, 56, 64, 96 };

static struct in6_addr addr6(const char *text)
{
	struct in6_addr addr;

	ck_assert_int_eq(inet_pton(AF_INET6, text, &addr), 1);
	return addr;
}

static __be32 addr4(const char *text)
{
	struct in_addr addr;

	ck_assert_int_eq(inet_pton(AF_INET, text, &addr), 1);
	return addr.s_addr;
}

static void expect6(const struct in6_addr *got, const struct in6_addr *want, u8 len)
{
	char text_got[INET6_ADDRSTRLEN], text_want[INET6_ADDRSTRLEN];

	if (!memcmp(got, want, sizeof(*got)))
		return;
	inet_ntop(AF_INET6, got, text_got, sizeof(text_got));
	inet_ntop(AF_INET6, want, text_want, sizeof(text_want));
	ck_abort_msg("/%u: %s, not %s", len, text_got, text_want);
}

/* RFC 6052 2.3 to the letter: prefix, IPv4 address, suffix; then the null octet goes in. */
static struct in6_addr compose(const struct in6_addr *prefix, u8 len, __be32 v4)
{
	struct in6_addr addr;
	u8 plain[16] = {};

	memcpy(plain, prefix, len / 8);
	memcpy(plain + len / 8, &v4, 4);
	memcpy(&addr, plain, 16);
	if (len < 96) {
		addr.s6_addr[8] = 0;
		memcpy(addr.s6_addr + 9, plain + 8, 7);
	}
	return addr;
}

/* A prefix as it should be: nothing behind its length, bits 64 to 71 zero. */
static struct in6_addr random_prefix(u8 len)
{
	struct in6_addr prefix = {};

	random_bytes(&prefix, len / 8);
	prefix.s6_addr[8] = 0;
	return prefix;
}

/*
 * RFC 6052 2.2: "The prefixes can only have one of the following lengths: 32, 40, 48, 56, 64, or
 * 96."
 */
START_TEST(test_valid_len)
{
	for (unsigned int len = 0; len < 256; len++)
		ck_assert_int_eq(jool_rfc6052_valid_len(len),
				 !!memchr(lengths, len, sizeof(lengths)));
}
END_TEST

/* RFC 6052 2.4, tables 1 and 2 */
START_TEST(test_examples)
{
	static const struct {
		const char *prefix;
		u8 len;
		const char *v4;
		const char *addr;
	} rows[] = {
		{ "2001:db8::", 32, "192.0.2.33", "2001:db8:c000:221::" },
		{ "2001:db8:100::", 40, "192.0.2.33", "2001:db8:1c0:2:21::" },
		{ "2001:db8:122::", 48, "192.0.2.33", "2001:db8:122:c000:2:2100::" },
		{ "2001:db8:122:300::", 56, "192.0.2.33", "2001:db8:122:3c0:0:221::" },
		{ "2001:db8:122:344::", 64, "192.0.2.33", "2001:db8:122:344:c0:2:2100::" },
		{ "2001:db8:122:344::", 96, "192.0.2.33", "2001:db8:122:344::192.0.2.33" },
		{ "64:ff9b::", 96, "192.0.2.33", "64:ff9b::192.0.2.33" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct in6_addr prefix = addr6(rows[i].prefix);
		struct in6_addr want = addr6(rows[i].addr);
		struct in6_addr got;

		jool_rfc6052_embed(&got, &prefix, rows[i].len, addr4(rows[i].v4));
		expect6(&got, &want, rows[i].len);
		ck_assert_uint_eq(jool_rfc6052_extract(&want, rows[i].len), addr4(rows[i].v4));
		ck_assert(jool_rfc6052_match(&want, &prefix, rows[i].len));
		ck_assert_ptr_null(jool_rfc6052_check(&prefix, rows[i].len, false));
	}
}
END_TEST

/* Whatever was in *addr, and whatever @prefix has behind its length, is not in the result. */
START_TEST(test_embed_clears)
{
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct in6_addr prefix, dirty, want, got;

		prefix = random_prefix(lengths[i]);
		want = compose(&prefix, lengths[i], addr4("203.0.113.254"));
		memset(&got, 0xff, sizeof(got));
		dirty = prefix;
		memset(dirty.s6_addr + lengths[i] / 8, 0xff, 16 - lengths[i] / 8);
		jool_rfc6052_embed(&got, &dirty, lengths[i], addr4("203.0.113.254"));
		expect6(&got, &want, lengths[i]);
		if (lengths[i] < 96)
			ck_assert_uint_eq(got.s6_addr[8], 0);
	}
}
END_TEST

/*
 * RFC 6052 2.2: "Address translators who receive IPv4-embedded IPv6 addresses where these bits
 * are not zero SHOULD ignore the bits' value"; and 2.3: "remove the "u" octet".
 */
START_TEST(test_suffix_ignored)
{
	/* The first byte of the suffix: Figure 1. */
	static const u8 suffix[] = { 9, 10, 11, 12, 13, 16 };

	for (unsigned int round = 0; round < ROUNDS; round++) {
		size_t i = round % ARRAY_SIZE(lengths);
		struct in6_addr prefix = random_prefix(lengths[i]);
		__be32 v4 = random64();
		struct in6_addr addr = compose(&prefix, lengths[i], v4);

		random_bytes(addr.s6_addr + suffix[i], 16 - suffix[i]);
		addr.s6_addr[8] = random64();
		if (jool_rfc6052_extract(&addr, lengths[i]) != v4)
			ck_abort_msg("/%u, round %u", lengths[i], round);
	}
}
END_TEST

START_TEST(test_round_trip)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		u8 len = lengths[round % ARRAY_SIZE(lengths)];
		struct in6_addr prefix = random_prefix(len);
		__be32 v4 = random64();
		struct in6_addr want = compose(&prefix, len, v4);
		struct in6_addr got;

		jool_rfc6052_embed(&got, &prefix, len, v4);
		expect6(&got, &want, len);
		if (jool_rfc6052_extract(&got, len) != v4 ||
		    !jool_rfc6052_match(&got, &prefix, len))
			ck_abort_msg("/%u, round %u", len, round);
	}
}
END_TEST

/* Each bit of the prefix matters, and no other. */
START_TEST(test_match)
{
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct in6_addr prefix = random_prefix(lengths[i]);

		ck_assert(jool_rfc6052_match(&prefix, &prefix, lengths[i]));
		for (unsigned int bit = 0; bit < 128; bit++) {
			struct in6_addr addr = prefix;

			addr.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
			if (jool_rfc6052_match(&addr, &prefix, lengths[i]) != (bit >= lengths[i]))
				ck_abort_msg("/%u, bit %u", lengths[i], bit);
		}
	}
}
END_TEST

static void refused(const struct in6_addr *prefix, u8 len, const char *why)
{
	const char *problem = jool_rfc6052_check(prefix, len, false);

	ck_assert_msg(problem && strstr(problem, why), "/%u: '%s' does not say '%s'", len,
		      problem ? problem : "(nothing)", why);
}

/* One bit set where none may be, for each such bit. */
START_TEST(test_check)
{
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		u8 len = lengths[i];

		for (unsigned int bit = 0; bit < 128; bit++) {
			struct in6_addr prefix = {};

			prefix.s6_addr[bit / 8] = 0x80 >> bit % 8;
			if (bit >= len)
				refused(&prefix, len, "behind its prefix length");
			else if (bit >= 64 && bit <= 71)
				refused(&prefix, len, "bits 64 to 71");
			else
				ck_assert_ptr_null(jool_rfc6052_check(&prefix, len, false));
			ck_assert((bit < len) == !jool_rfc6052_check(&prefix, len, true));
		}
		for (unsigned int round = 0; round < 1000; round++) {
			struct in6_addr prefix = random_prefix(len);

			ck_assert_ptr_null(jool_rfc6052_check(&prefix, len, false));
		}
	}
}
END_TEST

START_TEST(test_unicast4)
{
	static const char *const good[] = {
		"1.0.0.0", "10.0.0.1", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
		"192.0.2.1", "192.168.169.254", "223.255.255.255",
	};
	static const char *const bad[] = {
		"0.0.0.0", "0.0.0.1", "0.255.255.255", "127.0.0.0", "127.0.0.1", "127.255.255.255",
		"169.254.0.0", "169.254.169.254", "169.254.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(jool_rfc6052_unicast4(addr4(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!jool_rfc6052_unicast4(addr4(bad[i])), "%s", bad[i]);
	for (u32 first = 0; first < 256; first++) {
		u32 v4 = first << 24 | random_below(1 << 24);

		ck_assert_int_eq(jool_rfc6052_unicast4(htonl(v4)),
				 v4 >> 16 != 0xa9fe && ((first >= 1 && first <= 126) ||
							(first >= 128 && first <= 223)));
	}
}
END_TEST

START_TEST(test_well_known)
{
	static const struct {
		const char *prefix;
		u8 len;
		bool well_known;
	} rows[] = {
		{ "64:ff9b::", 96, true }, { "64:ff9b::", 64, false }, { "64:ff9b::", 32, false },
		{ "64:ff9b:1::", 96, false }, { "64:ff9b::1:0:0", 96, false },
		{ "2001:db8::", 96, false }, { "64:ff9a::", 96, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct in6_addr prefix = addr6(rows[i].prefix);

		ck_assert_msg(jool_rfc6052_is_well_known(&prefix, rows[i].len) == rows[i].well_known,
			      "%s/%u", rows[i].prefix, rows[i].len);
	}
}
END_TEST

/* IANA's registry of special-purpose addresses, and the first and last neighbours of each. */
START_TEST(test_global4)
{
	static const char *const good[] = {
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
		"172.32.0.0", "191.255.255.255", "192.0.0.9", "192.0.0.10", "192.0.1.0", "192.0.1.255",
		"192.0.3.0", "192.31.196.1", "192.52.193.1", "192.88.98.255", "192.88.100.0",
		"192.167.255.255", "192.169.0.0", "192.175.48.1", "198.17.255.255", "198.20.0.0",
		"198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
	};
	static const char *const bad[] = {
		"10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "172.16.0.0",
		"172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.11", "192.0.0.255", "192.0.2.0",
		"192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
		"198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
		"203.0.113.255",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(jool_rfc6052_global4(addr4(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!jool_rfc6052_global4(addr4(bad[i])), "%s", bad[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_valid_len, test_examples, test_embed_clears, test_suffix_ignored,
		test_round_trip, test_match, test_check, test_unicast4,
		test_well_known, test_global4,
	};

	seed_random("rfc6052");
	return run_tests("rfc6052", tests, ARRAY_SIZE(tests));
}
