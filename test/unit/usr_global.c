// SPDX-License-Identifier: GPL-2.0-only
/* Values of global options, in and out. */
#include "usr.h"

#include <arpa/inet.h>

#include "global.h"

#define KEY(id) (JOOL_GLOBAL_##id - 1)

static uint32_t byte(int key, const char *word)
{
	struct global_value value;

	ck_assert(global_parse(key, word, false, &value));
	ck_assert_uint_eq(value.len, 1);
	return value.byte;
}

static uint32_t word(int key, const char *text, bool force)
{
	struct global_value value;

	ck_assert(global_parse(key, text, force, &value));
	ck_assert_uint_eq(value.len, 4);
	return value.word;
}

static void refused(int key, const char *text, bool force, const char *sentence)
{
	struct global_value value;
	char want[300];

	snprintf(want, sizeof(want), "Error: %s\n", sentence);
	catch();
	ck_assert(!global_parse(key, text, force, &value));
	expect("", want);
}

START_TEST(test_parse)
{
	ck_assert_uint_eq(byte(KEY(MANUALLY_ENABLED), "On"), 1);
	ck_assert_uint_eq(byte(KEY(ADF), "false"), 0);
	ck_assert_uint_eq(byte(KEY(TOS), "255"), 255);
	ck_assert_uint_eq(byte(KEY(F_ARGS), "15"), 15);
	ck_assert_uint_eq(word(KEY(MAX_SESSIONS), "0", false), 0);
	ck_assert_uint_eq(word(KEY(MAX_SESSIONS), "4294967295", false), UINT32_MAX);
	ck_assert_uint_eq(word(KEY(MAX_SESSIONS), "4294967294", false), UINT32_MAX - 1);
	ck_assert_uint_eq(word(KEY(MAX_SESSIONS), "auto", false), UINT32_MAX);
	ck_assert_uint_eq(word(KEY(UDP_TIMEOUT), "2:00", false), 120000);
	ck_assert_uint_eq(word(KEY(UDP_TIMEOUT), "1", true), 1000);
	ck_assert_uint_eq(word(KEY(TCP_EST_TIMEOUT), "2:04:00.500", false), 7440500);
}
END_TEST

START_TEST(test_refused)
{
	refused(KEY(ADF), "perhaps", false,
		"address-dependent-filtering: 'perhaps' is neither true nor false.");
	refused(KEY(TOS), "256", true, "tos: '256' is not a number from 0 to 255.");
	refused(KEY(TOS), "0x10", false, "tos: '0x10' is not a number from 0 to 255.");
	refused(KEY(F_ARGS), "16", false, "f-args: '16' is not a number from 0 to 15.");
	refused(KEY(MAX_BIB), "autom", false,
		"max-bib-entries: 'autom' is neither auto nor a number from 0 to 4294967294.");
	refused(KEY(MAX_BIB), "4294967296", true,
		"max-bib-entries: '4294967296' is neither auto nor a number from 0 to 4294967294.");
	refused(KEY(UDP_TIMEOUT), "1:59.999", false, "udp-timeout: '1:59.999' is out of range; "
		"it is from 0:02:00 to 596:31:23.647 (with --force from 0:00:01).");
	refused(KEY(UDP_TIMEOUT), "0.999", false,
		"udp-timeout: '0.999' is out of range; it is from 0:02:00 to 596:31:23.647.");
	refused(KEY(UDP_TIMEOUT), "0.999", true,
		"udp-timeout: '0.999' is out of range; it is from 0:00:01 to 596:31:23.647.");
	refused(KEY(UDP_TIMEOUT), "600:00:00", false,
		"udp-timeout: '600:00:00' is out of range; it is from 0:02:00 to 596:31:23.647.");
	refused(KEY(POOL6), "64:ff9b::", true, "'64:ff9b::' needs a prefix length (64:ff9b::/96?).");
}
END_TEST

static void shown(int key, const void *value, size_t len, const char *console, const char *csv,
		  const char *json)
{
	catch();
	ck_assert(global_print_console(key, value, len));
	expect(console, "");
	catch();
	ck_assert(global_print_csv(key, value, len));
	expect(csv, "");
	catch();
	ck_assert(global_print_json(key, value, len));
	expect(json, "");
}

START_TEST(test_shown)
{
	uint8_t one = 1, eleven = 11, prefix[17] = { 0, 0x64, 0xff, 0x9b, [16] = 96 };
	const char devices[2][JOOL_DEVICE_NAME] = { "eth0", "eth1.5" }, odd[JOOL_DEVICE_NAME] = "a\"b\\";
	uint32_t number[] = { 4194304, 4194304 }, automatic[] = { 81920, UINT32_MAX };
	uint32_t time = 7200000, millis = 240001;

	shown(KEY(ADF), &one, 1, "  address-dependent-filtering: true\n", "address-dependent-filtering,TRUE\n",
	      "\"address_dependent_filtering\":true");
	shown(KEY(TOS), &eleven, 1, "  tos: 11\n", "tos,11\n", "\"tos\":11");
	shown(KEY(F_ARGS), &eleven, 1, "  f-args: 11 (0b1011): SrcAddr:1 SrcPort:0 DstAddr:1 DstPort:1\n",
	      "f-args,11\n", "\"f_args\":11");
	shown(KEY(POOL6), prefix, 17, "  pool6: 64:ff9b::/96\n", "pool6,64:ff9b::/96\n",
	      "\"pool6\":\"64:ff9b::/96\"");
	shown(KEY(MAX_SESSIONS), number, 8, "  max-sessions: 4194304\n", "max-sessions,4194304\n",
	      "\"max_sessions\":4194304");
	shown(KEY(MAX_SESSIONS), automatic, 8, "  max-sessions: 81920 (automatic)\n",
	      "max-sessions,81920\n", "\"max_sessions\":81920");
	shown(KEY(FAST_PATH), devices, 0, "  fast-path: none\n", "fast-path,\n", "\"fast_path\":[]");
	shown(KEY(FAST_PATH), devices, 32, "  fast-path: eth0,eth1.5\n", "fast-path,\"eth0,eth1.5\"\n",
	      "\"fast_path\":[\"eth0\",\"eth1.5\"]");
	shown(KEY(FAST_PATH), odd, 16, "  fast-path: a\"b\\\n", "fast-path,\"a\"\"b\\\"\n",
	      "\"fast_path\":[\"a\\\"b\\\\\"]");
	shown(KEY(TCP_EST_TIMEOUT), &time, 4, "  tcp-est-timeout: 2:00:00 (HH:MM:SS)\n",
	      "tcp-est-timeout,2:00:00\n", "\"tcp_est_timeout_ms\":7200000");
	shown(KEY(TCP_TRANS_TIMEOUT), &millis, 4, "  tcp-trans-timeout: 0:04:00.001 (HH:MM:SS)\n",
	      "tcp-trans-timeout,0:04:00.001\n", "\"tcp_trans_timeout_ms\":240001");
}
END_TEST

/* It may be set to what it is. */
START_TEST(test_pool6)
{
	struct global_value value, other;

	ck_assert(global_parse(KEY(POOL6), "64:ff9b::/96", false, &value));
	ck_assert(global_parse(KEY(POOL6), "64:FF9B:0::/96", false, &other));
	catch();
	ck_assert(global_keep_pool6(&value.pool6, &other.pool6));
	other.pool6.len = 64;
	ck_assert(!global_keep_pool6(&value.pool6, &other.pool6));
	other.pool6.len = 96;
	other.pool6.addr.s6_addr[11] = 1;
	ck_assert(!global_keep_pool6(&value.pool6, &other.pool6));
	expect("", "Error: pool6 cannot be changed; it is set by `jool instance add`.\n"
		   "Error: pool6 cannot be changed; it is set by `jool instance add`.\n");
}
END_TEST

/* Of another size than it should be. */
START_TEST(test_malformed)
{
	uint64_t bytes = 0;

	for (int key = 0; global_keys[key]; key++) {
		catch();
		ck_assert(!global_print_console(key, &bytes, 3));
		ck_assert(!global_print_csv(key, &bytes, 3));
		/* A list of devices may be empty. */
		if (global_type(key) != JOOL_G_DEVICES)
			ck_assert(!global_print_json(key, &bytes, 0));
		expect("", "");
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_parse, test_refused, test_shown, test_pool6, test_malformed };

	return run_tests("global", tests, ARRAY_SIZE(tests));
}
