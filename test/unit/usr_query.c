// SPDX-License-Identifier: GPL-2.0-only
/* What `jool query` says of every kind of answer. */
#include "usr.h"

#include <arpa/inet.h>
#include <jansson.h>

#include "query.h"

#define NODES (NL_BIT(SRC6) | NL_BIT(SRC6_PORT) | NL_BIT(DST6) | NL_BIT(DST6_PORT) | NL_BIT(SRC4) | \
	       NL_BIT(SRC4_PORT) | NL_BIT(DST4) | NL_BIT(DST4_PORT))

static struct query query(bool from6, enum jool_answer verdict, const char *stat)
{
	struct query query = {
		.from6 = from6, .proto = IPPROTO_TCP,
		.answer = {
			.present = NODES, .answer = verdict,
			.src6_port = htons(41872), .dst6_port = htons(80), .src4_port = htons(61234),
			.dst4_port = htons(80),
		},
	};

	snprintf(query.stat, sizeof(query.stat), "%s", stat);
	ck_assert_int_eq(inet_pton(AF_INET6, "2001:db8::8", &query.answer.src6), 1);
	ck_assert_int_eq(inet_pton(AF_INET6, "64:ff9b::c000:208", &query.answer.dst6), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.1", &query.answer.src4), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.8", &query.answer.dst4), 1);
	return query;
}

static void says(const struct query *query, const char *text)
{
	catch();
	query_print(query);
	expect(text, "");
}

#define FROM6 "Packet: TCP 2001:db8::8#41872 > 64:ff9b::c000:208#80\n"
#define FROM4 "Packet: TCP 192.0.2.8#80 > 192.0.2.1#61234\n"

START_TEST(test_translated)
{
	struct query from6 = query(true, JOOL_ANSWER_TRANSLATE, "");
	struct query from4 = query(false, JOOL_ANSWER_TRANSLATE, "");

	says(&from6, FROM6 "Verdict: translated to 192.0.2.1#61234 > 192.0.2.8#80\n"
	     "Session: a new one\nBIB entry: a new one\n");
	from6.answer.flags = JOOL_FLAG_BIB | JOOL_FLAG_STATIC;
	says(&from6, FROM6 "Verdict: translated to 192.0.2.1#61234 > 192.0.2.8#80\n"
	     "Session: a new one\nBIB entry: there is a static one, 192.0.2.1#61234 - 2001:db8::8#41872\n");
	from6.answer.flags = JOOL_FLAG_BIB | JOOL_FLAG_SESSION;
	from6.answer.present |= NL_BIT(STATE) | NL_BIT(EXPIRES);
	from6.answer.state = JOOL_TCP_TRANS;
	from6.answer.expires = 239000;
	says(&from6, FROM6 "Verdict: translated to 192.0.2.1#61234 > 192.0.2.8#80\n"
	     "Session: there is one (TRANS), expires in 3 minutes, 59 seconds\n"
	     "BIB entry: there is a dynamic one, 192.0.2.1#61234 - 2001:db8::8#41872\n");
	from6 = query(true, JOOL_ANSWER_TRANSLATE, "");
	from6.answer.present &= ~NL_BIT(SRC4_PORT);
	from6.answer.flags = JOOL_FLAG_HAIRPIN;
	says(&from6, FROM6 "Verdict: translated to a free port of pool4 > 192.0.2.8#80, and back to the IPv6 "
	     "node that has this address and port\nSession: a new one\nBIB entry: a new one\n");

	from4.answer.flags = JOOL_FLAG_BIB;
	says(&from4, FROM4 "Verdict: translated to 64:ff9b::c000:208#80 > 2001:db8::8#41872\n"
	     "Session: a new one\n"
	     "BIB entry: there is a dynamic one, 192.0.2.1#61234 - 2001:db8::8#41872\n");
}
END_TEST

START_TEST(test_refused)
{
	struct query drop = query(true, JOOL_ANSWER_DROP, "POOL4_EXHAUSTED");
	struct query kernel = query(false, JOOL_ANSWER_KERNEL, "BIB4_NOT_FOUND");
	struct query other = query(false, JOOL_ANSWER_KERNEL, "");
	struct query store = query(false, JOOL_ANSWER_STORE, "SYN_STORED");

	says(&drop, FROM6 "Verdict: dropped\nWhy: JSTAT_POOL4_EXHAUSTED: Dropped: no free pool4 address and "
	     "port; the sender gets address unreachable.\n");
	says(&kernel, FROM4 "Verdict: left to the kernel\nWhy: JSTAT_BIB4_NOT_FOUND: Left to the kernel: to "
	     "an IPv4 address of the gateway itself, to a port of pool4 that no BIB entry has.\n");
	says(&other, FROM4 "Verdict: left to the kernel\n"
	     "Why: Its destination is neither in pool6 nor an address and port of pool4.\n");
	says(&store, FROM4 "Verdict: kept for a while\nWhy: JSTAT_SYN_STORED: Kept: SYN from IPv4 to a pool4 "
	     "port, until the IPv6 node opens too or 6 seconds are over.\n");
}
END_TEST

static void says_json(const struct query *query, const char *text)
{
	char *out, *err;
	json_t *json;

	catch();
	query_print_json(query, "default");
	caught(&out, &err);
	json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(json);
	json_decref(json);
	ck_assert_str_eq(out, text);
	ck_assert_str_eq(err, "");
	free(out);
	free(err);
}

START_TEST(test_json)
{
	struct query from6 = query(true, JOOL_ANSWER_TRANSLATE, "");
	struct query from4 = query(false, JOOL_ANSWER_KERNEL, "BIB4_NOT_FOUND");

	from6.answer.flags = JOOL_FLAG_BIB | JOOL_FLAG_STATIC | JOOL_FLAG_SESSION;
	from6.answer.present |= NL_BIT(STATE) | NL_BIT(EXPIRES);
	from6.answer.state = JOOL_TCP_TRANS;
	from6.answer.expires = 239000;
	says_json(&from6, "{\"version\":1,\"instance\":\"default\",\"query\":{\"protocol\":\"TCP\",\"from\":\"ipv6\","
		  "\"verdict\":\"translate\",\"reason\":null,\"explanation\":null,\"session\":true,"
		  "\"bib\":\"static\",\"hairpin\":false,\"src6\":{\"address\":\"2001:db8::8\",\"port\":41872},"
		  "\"dst6\":{\"address\":\"64:ff9b::c000:208\",\"port\":80},"
		  "\"src4\":{\"address\":\"192.0.2.1\",\"port\":61234},"
		  "\"dst4\":{\"address\":\"192.0.2.8\",\"port\":80},\"expires_ms\":239000,\"state\":\"TRANS\"}}\n");
	from4.answer.present &= ~(NL_BIT(SRC6) | NL_BIT(DST6));
	says_json(&from4, "{\"version\":1,\"instance\":\"default\",\"query\":{\"protocol\":\"TCP\",\"from\":\"ipv4\","
		  "\"verdict\":\"kernel\",\"reason\":\"JSTAT_BIB4_NOT_FOUND\",\"explanation\":\"Left to the kernel: "
		  "to an IPv4 address of the gateway itself, to a port of pool4 that no BIB entry has.\",\"session\":false,\"bib\":null,"
		  "\"hairpin\":false,\"src6\":null,\"dst6\":null,"
		  "\"src4\":{\"address\":\"192.0.2.1\",\"port\":61234},"
		  "\"dst4\":{\"address\":\"192.0.2.8\",\"port\":80},\"expires_ms\":null,\"state\":null}}\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_translated, test_refused, test_json };

	return run_tests("query", tests, ARRAY_SIZE(tests));
}
