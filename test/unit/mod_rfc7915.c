// SPDX-License-Identifier: GPL-2.0-only
#include "mod.h"

#include "rfc7915.h"

/*
 * RFC 7915 5.1: "By default, copied from the IPv6 Traffic Class (all 8 bits)"; "SHOULD provide the
 * ability to ignore the IPv6 traffic class and always set the IPv4 TOS Octet to a specified value".
 */
START_TEST(test_tos)
{
	for (unsigned int tclass = 0; tclass < 256; tclass++) {
		for (unsigned int tos = 0; tos < 256; tos++) {
			if (jool_rfc7915_tos(false, tos, tclass) != tclass)
				ck_abort_msg("tclass %u, tos %u: not copied", tclass, tos);
			if (jool_rfc7915_tos(true, tos, tclass) != tos)
				ck_abort_msg("tclass %u, tos %u: not overridden", tclass, tos);
		}
	}
}
END_TEST

/*
 * RFC 7915 4.1: "By default, copied from the IP Type Of Service (TOS) octet"; "option to ignore
 * the IPv4 TOS and always set the IPv6 traffic class (TC) to zero".
 */
START_TEST(test_tclass)
{
	for (unsigned int tos = 0; tos < 256; tos++) {
		ck_assert_uint_eq(jool_rfc7915_tclass(false, tos), tos);
		ck_assert_uint_eq(jool_rfc7915_tclass(true, tos), 0);
	}
}
END_TEST

/*
 * RFC 7915 5.1: "If the size of the translated IPv4 packet is less than or equal to 1260 bytes,
 * it is set to zero; otherwise, it is set to one."
 */
START_TEST(test_df)
{
	static const unsigned int clear[] = { 20, 28, 1259, 1260 };
	static const unsigned int set[] = { 1261, 1280, 1500, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(clear); i++)
		ck_assert_msg(!jool_rfc7915_df(clear[i]), "%u", clear[i]);
	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		ck_assert_msg(jool_rfc7915_df(set[i]), "%u", set[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_tos, test_tclass, test_df };

	return run_tests("rfc7915", tests, ARRAY_SIZE(tests));
}
