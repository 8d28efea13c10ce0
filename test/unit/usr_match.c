// SPDX-License-Identifier: GPL-2.0-only
/* Filters: what they read, and what they let through. */
#include "usr.h"

#include <arpa/inet.h>

#include "match.h"

static struct nl_row session(const char *src6, const char *src4)
{
	struct nl_row row = {
		.src6_port = htons(1000), .dst6_port = htons(80), .src4_port = htons(61001),
		.dst4_port = htons(80), .present = NL_BIT(STATE), .state = JOOL_TCP_TRANS,
	};

	ck_assert_int_eq(inet_pton(AF_INET6, src6, &row.src6), 1);
	ck_assert_int_eq(inet_pton(AF_INET6, "64:ff9b::c000:208", &row.dst6), 1);
	ck_assert_int_eq(inet_pton(AF_INET, src4, &row.src4), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.8", &row.dst4), 1);
	return row;
}

static struct match match_of(enum option option, const char *value)
{
	struct request request = { .given = OPTION_BIT_OF(option) };
	struct match match;

	request.values[option] = value;
	ck_assert(match_parse(&request, &match));
	return match;
}

START_TEST(test_match)
{
	static const struct {
		enum option option;
		const char *value;
		bool match;
	} cases[] = {
		{ OPTION_SRC6, "2001:db8::8", true }, { OPTION_SRC6, "2001:db8::9", false },
		{ OPTION_SRC6, "::/0", true }, { OPTION_SRC6, "2001:db8::/32", true },
		{ OPTION_SRC6, "2001:db8::8/125", true }, { OPTION_SRC6, "2001:db8::/125", false },
		{ OPTION_SRC6, "2001:db8::8/128", true }, { OPTION_SRC6, "2001:db8::/127", false },
		{ OPTION_SRC6, "2001:db9::/32", false }, { OPTION_SRC6, "2001:db8::/31", true },
		{ OPTION_DST6, "64:ff9b::/96", true }, { OPTION_DST6, "64:ff9b::192.0.2.8", true },
		{ OPTION_DST6, "64:ff9b::192.0.2.9", false },
		{ OPTION_SRC4, "198.51.100.1", true }, { OPTION_SRC4, "198.51.100.0/31", true },
		{ OPTION_SRC4, "198.51.100.0", false }, { OPTION_SRC4, "0.0.0.0/0", true },
		{ OPTION_DST4, "192.0.2.8/29", true }, { OPTION_DST4, "192.0.2.0/29", false },
		{ OPTION_PORT, "1000", true }, { OPTION_PORT, "80", true }, { OPTION_PORT, "61001", true },
		{ OPTION_PORT, "81-999", false }, { OPTION_PORT, "999-80", true }, { OPTION_PORT, "0", false },
		{ OPTION_PORT, "0-65535", true }, { OPTION_STATE, "TRANS", true },
		{ OPTION_STATE, "trans", true }, { OPTION_STATE, "t", true },
		{ OPTION_STATE, "ESTABLISHED", false }, { OPTION_STATE, "V4_FIN_RCV", false },
	};
	struct nl_row row = session("2001:db8::8", "198.51.100.1");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct match one = match_of(cases[i].option, cases[i].value);

		ck_assert_msg(match_row(&one, &row) == cases[i].match, "%s", cases[i].value);
	}
}
END_TEST

/* All that is given must be satisfied. */
START_TEST(test_both)
{
	struct nl_row row = session("2001:db8::8", "198.51.100.1");
	struct request request = { 0 };
	struct match both;

	ck_assert(match_parse(&request, &both));
	ck_assert(match_row(&both, &row));
	request.given = OPTION_BIT(SRC6) | OPTION_BIT(PORT);
	request.values[OPTION_SRC6] = "2001:db8::8";
	request.values[OPTION_PORT] = "80";
	ck_assert(match_parse(&request, &both));
	ck_assert(match_row(&both, &row));
	request.values[OPTION_PORT] = "81";
	ck_assert(match_parse(&request, &both));
	ck_assert(!match_row(&both, &row));
}
END_TEST

/* Only TCP has states. */
START_TEST(test_no_state)
{
	struct nl_row row = session("2001:db8::8", "198.51.100.1");
	struct match trans = match_of(OPTION_STATE, "TRANS");

	row.present = 0;
	ck_assert(!match_row(&trans, &row));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_match, test_both, test_no_state };

	return run_tests("match", tests, ARRAY_SIZE(tests));
}
