// SPDX-License-Identifier: GPL-2.0-only
/* Messages as the kernel sends them, and as it never should. */
#include "usr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "nl.h"

#define SEQ 7
#define FAMILY 33

static char buffer[65536] __attribute__((aligned(4)));
static size_t used;
static struct nlmsghdr *message;

static void begin(uint16_t type, uint16_t flags)
{
	message = (struct nlmsghdr *)(buffer + used);
	*message = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type,
		.nlmsg_flags = flags, .nlmsg_seq = SEQ };
	used += NLMSG_HDRLEN;
}

static void append(const void *bytes, size_t len)
{
	memcpy(buffer + used, bytes, len);
	memset(buffer + used + len, 0, NLMSG_ALIGN(len) - len);
	used += NLMSG_ALIGN(len);
	message->nlmsg_len += NLMSG_ALIGN(len);
}

static void begin_row(uint16_t flags)
{
	struct genlmsghdr head = { .cmd = JOOL_CMD_SESSION_GET, .version = 1 };

	begin(FAMILY, flags);
	append(&head, sizeof(head));
}

static void put(uint16_t type, const void *value, size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };

	append(&attr, sizeof(attr));
	append(value, len);
}

static void put_u32(uint16_t type, uint32_t value)
{
	put(type, &value, sizeof(value));
}

static struct nl_row rows[100];
static size_t count;

static bool take(struct nl_row *row, void *arg)
{
	ck_assert_ptr_eq(arg, rows);
	ck_assert_uint_lt(count, ARRAY_SIZE(rows));
	rows[count++] = *row;
	return count < 50;
}

static struct nl_reader reader(uint64_t need)
{
	return (struct nl_reader){ .row = take, .arg = rows, .need = need, .seq = SEQ, .family = FAMILY };
}

static void setup(void)
{
	used = 0;
	count = 0;
}

START_TEST(test_row)
{
	struct nl_reader r = reader(NL_BIT(SRC6) | NL_BIT(EXPIRES));
	struct in6_addr src6 = IN6ADDR_LOOPBACK_INIT;
	struct in_addr dst4 = { htonl(0xc0000201) };
	in_port_t port = htons(80);
	uint64_t value = UINT64_MAX - 1;
	uint8_t state = JOOL_TCP_TRANS;

	setup();
	begin_row(NLM_F_MULTI);
	put(JOOL_A_SRC6, &src6, sizeof(src6));
	put(JOOL_A_DST4, &dst4, sizeof(dst4));
	put(JOOL_A_DST4_PORT, &port, sizeof(port));
	put(JOOL_A_STATE, &state, sizeof(state));
	put_u32(JOOL_A_EXPIRES, 177000);
	put(JOOL_A_STAT_VALUE, &value, sizeof(value));
	put(JOOL_A_STAT_NAME, "SUCCESS", 8);
	put(JOOL_A_INSTANCE, "fifteen letters", 16);
	put(JOOL_A_MAX + 1, "of a newer module", 18);
	nl_read(&r, buffer, used);
	ck_assert(!r.malformed && !r.done && count == 1);
	ck_assert(!memcmp(&rows[0].src6, &src6, sizeof(src6)));
	ck_assert_uint_eq(rows[0].dst4.s_addr, dst4.s_addr);
	ck_assert_uint_eq(rows[0].dst4_port, port);
	ck_assert_uint_eq(rows[0].state, JOOL_TCP_TRANS);
	ck_assert_uint_eq(rows[0].expires, 177000);
	ck_assert_uint_eq(rows[0].stat_value, value);
	ck_assert_str_eq(rows[0].stat_name, "SUCCESS");
	ck_assert_str_eq(rows[0].instance, "fifteen letters");
	ck_assert_uint_eq(rows[0].flags, 0);
	ck_assert_uint_eq(rows[0].present, NL_BIT(SRC6) | NL_BIT(DST4) | NL_BIT(DST4_PORT) |
			  NL_BIT(STATE) | NL_BIT(EXPIRES) | NL_BIT(STAT_VALUE) | NL_BIT(STAT_NAME) |
			  NL_BIT(INSTANCE));
}
END_TEST

/* What the kernel calls an instance can be printed. */
START_TEST(test_tame)
{
	struct nl_reader r = reader(0);

	setup();
	begin_row(NLM_F_MULTI);
	put(JOOL_A_INSTANCE, "a\x1b\x7f\xc2\x9b\xff\xc3\xa4", 9);
	nl_read(&r, buffer, used);
	ck_assert(!r.malformed && count == 1);
	ck_assert_str_eq(rows[0].instance, "a?????\xc3\xa4");
}
END_TEST

/* Events answer no request: whatever their number, they are taken. */
START_TEST(test_events)
{
	struct nl_reader r = reader(NL_BIT(SEQ) | NL_BIT(TIME) | NL_BIT(REASON));
	uint64_t seq = 5, time = UINT64_MAX;
	uint8_t reason = JOOL_REASON_TIMEOUT;

	setup();
	begin_row(0);
	message->nlmsg_seq = 0;
	put(JOOL_A_SEQ, &seq, sizeof(seq));
	put(JOOL_A_TIME, &time, sizeof(time));
	put(JOOL_A_REASON, &reason, sizeof(reason));
	nl_read(&r, buffer, used);
	ck_assert(!r.malformed && !count);
	r.events = true;
	nl_read(&r, buffer, used);
	ck_assert(!r.malformed && !r.done && count == 1);
	ck_assert_uint_eq(rows[0].cmd, JOOL_CMD_SESSION_GET);
	ck_assert_uint_eq(rows[0].seq, 5);
	ck_assert_uint_eq(rows[0].time, UINT64_MAX);
	ck_assert_uint_eq(rows[0].reason, JOOL_REASON_TIMEOUT);
}
END_TEST

/* The control family tells that families come and go; only the end of this one matters. */
START_TEST(test_unloaded)
{
	static const struct {
		uint8_t cmd;
		const char *name;
		bool unloaded;
	} cases[] = {
		{ CTRL_CMD_NEWFAMILY, "jool", false }, { CTRL_CMD_DELFAMILY, "joo", false },
		{ CTRL_CMD_DELFAMILY, "jool", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct genlmsghdr head = { .cmd = cases[i].cmd, .version = 2 };
		struct nl_reader r = reader(0);

		setup();
		begin(GENL_ID_CTRL, 0);
		append(&head, sizeof(head));
		put(CTRL_ATTR_FAMILY_NAME, cases[i].name, strlen(cases[i].name) + 1);
		r.events = true;
		nl_read(&r, buffer, used);
		ck_assert(r.unloaded == cases[i].unloaded && !r.malformed && !count);
	}
}
END_TEST

START_TEST(test_list)
{
	struct nl_reader r = reader(0);
	int zero = 0;

	setup();
	for (int i = 0; i < 3; i++) {
		begin_row(NLM_F_MULTI);
		put_u32(JOOL_A_EXPIRES, i);
	}
	message->nlmsg_seq = SEQ + 1; /* the answer to something else */
	begin(NLMSG_DONE, NLM_F_MULTI);
	append(&zero, sizeof(zero));
	begin_row(0);
	nl_read(&r, buffer, used);
	ck_assert(r.done && !r.malformed && !r.interrupted && !r.error);
	ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(test_stop)
{
	struct nl_reader r = reader(0);

	setup();
	for (int i = 0; i < 80; i++)
		begin_row(NLM_F_MULTI);
	nl_read(&r, buffer, used);
	ck_assert(r.done && !r.error);
	ck_assert_uint_eq(count, 50);
}
END_TEST

/* Cut by an error, and changed while it was listed. */
START_TEST(test_list_error)
{
	struct nl_reader r = reader(0);
	int error = -ENOMEM;

	setup();
	begin_row(NLM_F_MULTI | NLM_F_DUMP_INTR);
	begin(NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	append(&error, sizeof(error));
	put(NLMSGERR_ATTR_MSG, "no memory for it", 17);
	nl_read(&r, buffer, used);
	ck_assert(r.done && r.interrupted && !r.malformed);
	ck_assert_int_eq(r.error, ENOMEM);
	ck_assert_str_eq(r.sentence, "no memory for it");
}
END_TEST

START_TEST(test_refusal)
{
	struct nlmsgerr error = { .error = -EEXIST, .msg = { .nlmsg_len = NLMSG_HDRLEN + 20 } };
	char request[20] = { 0 };

	for (int capped = 0; capped < 2; capped++) {
		struct nl_reader r = reader(0);

		setup();
		begin(NLMSG_ERROR, NLM_F_ACK_TLVS | (capped ? NLM_F_CAPPED : 0));
		append(&error, sizeof(error));
		if (!capped)
			append(request, sizeof(request));
		put(NLMSGERR_ATTR_MSG, "there is one", 13);
		put_u32(NLMSGERR_ATTR_OFFS, 20);
		nl_read(&r, buffer, used);
		ck_assert(r.done && !r.malformed);
		ck_assert_int_eq(r.error, EEXIST);
		ck_assert_str_eq(r.sentence, "there is one");
		ck_assert_uint_eq(r.offset, 20);
	}
}
END_TEST

START_TEST(test_ack)
{
	struct nlmsgerr ack = { 0 };
	struct nl_reader r = reader(0);

	setup();
	begin(NLMSG_ERROR, 0);
	append(&ack, sizeof(ack));
	nl_read(&r, buffer, used);
	ck_assert(r.done && !r.malformed && !r.error && !r.sentence[0]);
}
END_TEST

START_TEST(test_long_sentence)
{
	struct nlmsgerr error = { .error = -EINVAL };
	struct nl_reader r = reader(0);
	char sentence[1000];

	memset(sentence, 'x', sizeof(sentence));
	sentence[sizeof(sentence) - 1] = '\0';
	setup();
	begin(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED);
	append(&error, sizeof(error));
	put(NLMSGERR_ATTR_MSG, sentence, sizeof(sentence));
	nl_read(&r, buffer, used);
	ck_assert_uint_eq(strlen(r.sentence), sizeof(r.sentence) - 1);
}
END_TEST

static void expect_malformed(uint64_t need)
{
	struct nl_reader r = reader(need);

	nl_read(&r, buffer, used);
	ck_assert(r.malformed && r.done && !count);
}

START_TEST(test_malformed)
{
	setup();
	begin_row(0);
	put_u32(JOOL_A_EXPIRES, 1);
	expect_malformed(NL_BIT(SRC6));

	setup();
	begin_row(0);
	put(JOOL_A_SRC6, "short", 5);
	expect_malformed(0);

	setup();
	begin_row(0);
	put(JOOL_A_INSTANCE, "sixteen letters!", 17);
	expect_malformed(0);

	setup();
	begin_row(0);
	put(JOOL_A_STAT_NAME, "endless", 7);
	expect_malformed(0);

	setup();
	begin_row(0);
	put(JOOL_A_STAT_NAME, "", 0);
	expect_malformed(0);

	setup();
	begin_row(0);
	put_u32(JOOL_A_EXPIRES, 1);
	message->nlmsg_len += 100;
	expect_malformed(0);

	setup();
	begin(FAMILY, 0);
	expect_malformed(0);
}
END_TEST

static bool ignore(struct nl_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return true;
}

/* Good messages with bytes changed: the sanitizers watch. */
START_TEST(test_noise)
{
	static char good[4096] __attribute__((aligned(4)));
	struct in6_addr src6 = IN6ADDR_LOOPBACK_INIT;
	int error = -EINVAL;
	size_t len;

	setup();
	begin_row(NLM_F_MULTI);
	put(JOOL_A_SRC6, &src6, sizeof(src6));
	put_u32(JOOL_A_EXPIRES, 1);
	put(JOOL_A_INSTANCE, "default", 8);
	put(JOOL_A_STAT_NAME, "SUCCESS", 8);
	begin(NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	append(&error, sizeof(error));
	put(NLMSGERR_ATTR_MSG, "reason", 7);
	begin(NLMSG_ERROR, NLM_F_ACK_TLVS);
	append(&(struct nlmsgerr){ .error = -EINVAL }, sizeof(struct nlmsgerr));
	put(NLMSGERR_ATTR_MSG, "reason", 7);
	memcpy(good, buffer, used);
	len = used;

	for (int i = 0; i < 300000; i++) {
		struct nl_reader r = { .row = ignore, .seq = SEQ, .family = FAMILY };
		size_t some = i % 4 ? len : random() % (len + 1);
		char *bytes = malloc(some ? some : 1);

		memcpy(bytes, good, some);
		for (int n = random() % 4; n && some; n--)
			bytes[random() % some] = random() % 3 ? random() % 40 : random();
		nl_read(&r, bytes, some);
		free(bytes);
	}
}
END_TEST

struct seen {
	int attr[4];
	size_t count;
};

static bool see(int attr, const void *value, size_t len, void *arg)
{
	struct seen *seen = arg;

	ck_assert_uint_eq(len, 4);
	ck_assert_ptr_nonnull(value);
	seen->attr[seen->count++] = attr;
	return seen->count < 3;
}

START_TEST(test_each)
{
	struct seen seen = { .count = 0 };

	setup();
	begin(0, 0);
	put_u32(5, 1);
	put_u32(9 | NLA_F_NESTED, 2);
	ck_assert(nl_each(buffer + NLMSG_HDRLEN, used - NLMSG_HDRLEN, see, &seen));
	ck_assert(seen.count == 2 && seen.attr[0] == 5 && seen.attr[1] == 9);
	ck_assert(nl_each(buffer, 0, see, &seen));
	ck_assert(!nl_each(buffer + NLMSG_HDRLEN, used - NLMSG_HDRLEN - 1, see, &seen));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_row, test_tame, test_events, test_unloaded, test_list, test_stop, test_list_error, test_refusal, test_ack, test_long_sentence,
		test_malformed, test_noise, test_each,
	};

	return run_tests("nl", tests, ARRAY_SIZE(tests));
}
