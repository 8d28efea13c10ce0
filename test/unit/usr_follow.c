// SPDX-License-Identifier: GPL-2.0-only
/* Events, as the kernel would send them, in every form; and what is said of those that are missing. */
#include "usr.h"

#include <arpa/inet.h>
#include <jansson.h>

#include "follow.h"

static struct nl_row event(enum jool_cmd cmd, uint8_t reason)
{
	struct nl_row row = {
		.cmd = cmd, .reason = reason, .present = NL_BIT(PROTO),
		.time = UINT64_C(1795452032123999999), .proto = IPPROTO_UDP, .instance = "default",
		.src6_port = htons(41872), .dst6_port = htons(53), .src4_port = htons(61234),
		.dst4_port = htons(53), .expires = 300000,
	};

	ck_assert_int_eq(inet_pton(AF_INET6, "2001:db8::8", &row.src6), 1);
	ck_assert_int_eq(inet_pton(AF_INET6, "64:ff9b::c000:208", &row.dst6), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.1", &row.src4), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.8", &row.dst4), 1);
	return row;
}

static void begin(struct follow *follow, uint64_t options)
{
	static struct request request;

	request = (struct request){ .instance = "default", .given = options };
	*follow = (struct follow){ 0 };
	catch();
	ck_assert_int_eq(table_begin(&follow->table, &follow_table, &request, NULL), EXIT_DONE);
}

static void take(struct follow *follow, struct nl_row row)
{
	ck_assert(follow_take(&row, follow));
}

static void end(struct follow *follow, const char *out, const char *err)
{
	ck_assert_int_eq(table_end(&follow->table, EXIT_DONE), EXIT_DONE);
	expect(out, err);
}

#define HEAD "Time,Event,Reason,Protocol,IPv6 Remote Address,IPv6 Remote L4-ID,IPv6 Local Address,IPv6 Local L4-ID," \
	"IPv4 Local Address,IPv4 Local L4-ID,IPv4 Remote Address,IPv4 Remote L4-ID,Expires in,State,Instance\n"

#define UDP_JSON "\"protocol\":\"UDP\"," \
	"\"src6\":{\"address\":\"2001:db8::8\",\"port\":41872}," \
	"\"dst6\":{\"address\":\"64:ff9b::c000:208\",\"port\":53}," \
	"\"src4\":{\"address\":\"192.0.2.1\",\"port\":61234},\"dst4\":{\"address\":\"192.0.2.8\",\"port\":53}," \
	"\"expires_ms\":300000,\"state\":null,\"instance\":\"default\"}\n"

START_TEST(test_forms)
{
	struct nl_row tcp = event(JOOL_CMD_SESSION_NEW, JOOL_REASON_FROM4);
	struct nl_row udp = event(JOOL_CMD_SESSION_END, JOOL_REASON_TIMEOUT);
	struct follow follow;

	tcp.proto = IPPROTO_TCP;
	tcp.present |= NL_BIT(STATE);
	tcp.state = JOOL_TCP_V4_INIT;
	begin(&follow, 0);
	take(&follow, tcp);
	take(&follow, udp);
	end(&follow, "2026-11-23T16:40:32.123Z new TCP 2001:db8::8#41872 > 64:ff9b::c000:208#53, "
	    "192.0.2.1#61234 > 192.0.2.8#53, V4_INIT (from-ipv4)\n"
	    "2026-11-23T16:40:32.123Z end UDP 2001:db8::8#41872 > 64:ff9b::c000:208#53, "
	    "192.0.2.1#61234 > 192.0.2.8#53 (timeout)\n", "");
	begin(&follow, OPTION_BIT(CSV));
	take(&follow, tcp);
	take(&follow, udp);
	end(&follow, HEAD "2026-11-23T16:40:32.123Z,new,from-ipv4,TCP,2001:db8::8,41872,64:ff9b::c000:208,53,"
	    "192.0.2.1,61234,192.0.2.8,53,0:05:00.000,V4_INIT,default\n"
	    "2026-11-23T16:40:32.123Z,end,timeout,UDP,2001:db8::8,41872,64:ff9b::c000:208,53,"
	    "192.0.2.1,61234,192.0.2.8,53,0:05:00.000,,default\n", "");
	begin(&follow, OPTION_BIT(JSON));
	take(&follow, udp);
	take(&follow, udp);
	end(&follow, "{\"version\":1,\"time\":\"2026-11-23T16:40:32.123Z\",\"event\":\"end\",\"reason\":\"timeout\","
	    UDP_JSON "{\"version\":1,\"time\":\"2026-11-23T16:40:32.123Z\",\"event\":\"end\","
	    "\"reason\":\"timeout\"," UDP_JSON, "");
}
END_TEST

START_TEST(test_reasons)
{
	static const char *const words[] = {
		"from-ipv6", "from-ipv4", "timeout", "deleted", "pool4", "instance",
		"reopened", "gateway", "unknown",
	};
	struct follow follow;
	char want[300];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		begin(&follow, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS));
		take(&follow, event(JOOL_CMD_SESSION_END, i));
		snprintf(want, sizeof(want), "2026-11-23T16:40:32.123Z,end,%s,UDP,2001:db8::8,41872,"
			 "64:ff9b::c000:208,53,192.0.2.1,61234,192.0.2.8,53,0:05:00.000,,default\n", words[i]);
		end(&follow, want, "");
	}
}
END_TEST

/* Every line is a document by itself, whatever the instance is called. */
START_TEST(test_json)
{
	struct nl_row row = event(JOOL_CMD_SESSION_NEW, JOOL_REASON_FROM6);
	char *out, *err, *name;
	struct follow follow;
	json_t *json;

	strcpy(row.instance, "\"\\ \xc3\xa4,'");
	begin(&follow, OPTION_BIT(JSON));
	take(&follow, row);
	ck_assert_int_eq(table_end(&follow.table, EXIT_DONE), EXIT_DONE);
	caught(&out, &err);
	json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(json);
	ck_assert_int_eq(json_unpack(json, "{s:s}", "instance", &name), 0);
	ck_assert_str_eq(name, row.instance);
	json_decref(json);
	free(out);
	free(err);
}
END_TEST

/* Events that are counted, not printed. */
static void lose(struct follow *follow, uint64_t lost)
{
	struct nl_row row = event(JOOL_CMD_SESSION_END, JOOL_REASON_TIMEOUT);

	follow->proto = IPPROTO_TCP;
	row.lost = lost;
	if (lost)
		row.present |= NL_BIT(LOST);
	take(follow, row);
}

START_TEST(test_lost)
{
	struct follow follow;

	begin(&follow, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS));
	lose(&follow, 0);
	/* The kernel has said that some are lost; those that it still had come first. */
	follow.overrun = true;
	lose(&follow, 0);
	ck_assert(follow.overrun);
	lose(&follow, 1);
	ck_assert(!follow.overrun);
	lose(&follow, 0);
	lose(&follow, 99);
	end(&follow, "", "Warning: 1 event was lost, because the reader was too slow.\n"
	    "Warning: 99 events were lost, because the reader was too slow.\n");

	begin(&follow, OPTION_BIT(JSON));
	lose(&follow, 0);
	lose(&follow, 2);
	lose(&follow, 0);
	end(&follow, "{\"version\":1,\"lost\":2}\n", "");
}
END_TEST

START_TEST(test_wanted)
{
	struct nl_row row = event(JOOL_CMD_SESSION_END, JOOL_REASON_TIMEOUT);
	struct follow follow;
	char *out, *err;

	begin(&follow, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS));
	follow.instance = "other";
	take(&follow, row);
	follow.instance = "default";
	follow.match = (struct match){ .given = OPTION_BIT(PORT), .port = { 54, 60 } };
	take(&follow, row);
	follow.match.port = (struct port_range){ .min = 53, .max = 60 };
	take(&follow, row);
	ck_assert_int_eq(table_end(&follow.table, EXIT_DONE), EXIT_DONE);
	caught(&out, &err);
	ck_assert_ptr_eq(strchr(out, '\n'), out + strlen(out) - 1);
	ck_assert_str_eq(err, "");
	free(out);
	free(err);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_forms, test_reasons, test_json, test_lost, test_wanted };

	return run_tests("follow", tests, ARRAY_SIZE(tests));
}
