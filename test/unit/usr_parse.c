// SPDX-License-Identifier: GPL-2.0-only
#include "usr.h"

#include <arpa/inet.h>

#include "parse.h"
#include "uapi.h"

/* Checks that parsing failed, with this sentence. */
#define REFUSED(call, sentence) \
	do { \
		catch(); \
		ck_assert(!(call)); \
		expect("", "Error: " sentence "\n"); \
	} while (0)

START_TEST(test_number)
{
	uint32_t value;

	ck_assert(parse_u32("x", "0", 0, 10, &value) && value == 0);
	ck_assert(parse_u32("x", "007", 0, 10, &value) && value == 7);
	ck_assert(parse_u32("x", "4294967295", 0, UINT32_MAX, &value) && value == UINT32_MAX);
	REFUSED(parse_u32("mark", "80abc", 0, 99, &value), "mark: '80abc' is not a number from 0 to 99.");
	REFUSED(parse_u32("x", "", 0, 9, &value), "x: '' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", "-1", 0, 9, &value), "x: '-1' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", "+1", 0, 9, &value), "x: '+1' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", " 1", 0, 9, &value), "x: ' 1' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", "0x1", 0, 9, &value), "x: '0x1' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", "10", 0, 9, &value), "x: '10' is not a number from 0 to 9.");
	REFUSED(parse_u32("x", "1", 2, 9, &value), "x: '1' is not a number from 2 to 9.");
	REFUSED(parse_u32("x", "4294967296", 0, UINT32_MAX, &value),
		"x: '4294967296' is not a number from 0 to 4294967295.");
	REFUSED(parse_u32("x", "99999999999999999999999", 0, UINT32_MAX, &value),
		"x: '99999999999999999999999' is not a number from 0 to 4294967295.");
}
END_TEST

START_TEST(test_bool)
{
	static const char *const yes[] = { "true", "TRUE", "True", "yes", "on", "On", "1" };
	static const char *const no[] = { "false", "fAlse", "no", "NO", "off", "0" };
	bool value;

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		ck_assert(parse_bool("x", yes[i], &value) && value);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		ck_assert(parse_bool("x", no[i], &value) && !value);
	REFUSED(parse_bool("adf", "2", &value), "adf: '2' is neither true nor false.");
	REFUSED(parse_bool("adf", "", &value), "adf: '' is neither true nor false.");
	REFUSED(parse_bool("adf", "truex", &value), "adf: 'truex' is neither true nor false.");
}
END_TEST

START_TEST(test_time)
{
	static const struct {
		const char *word;
		uint32_t ms;
	} good[] = {
		{ "0", 0 }, { "5", 5000 }, { "90", 90000 }, { "1:30", 90000 }, { "01:30", 90000 },
		{ "2:00:00", 7200000 }, { "0:04:00", 240000 }, { "1.5", 1500 }, { "1.05", 1050 },
		{ "1.005", 1005 }, { "1:59:58.232", 7198232 }, { "100:00:00", 360000000 },
		{ "120:00", 7200000 }, { "1193:02:47.295", UINT32_MAX }, { "4294967.295", UINT32_MAX },
	};
	static const char *const bad[] = {
		"", ":", "1:", ":1", "1:60", "1:60:00", "1:0:60", "1:2:3:4", "1.", ".5", "1.1234", "1.x",
		"1:-1", "1h", "4294967.296", "1193:02:47.296", "4294967296", "99999999999999999999",
		"1 ", "18446744073709551:00:00",
	};
	uint32_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ck_assert_msg(parse_time("x", good[i].word, &ms), "%s", good[i].word);
		ck_assert_uint_eq(ms, good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *out, *err;

		catch();
		ck_assert_msg(!parse_time("x", bad[i], &ms), "%s", bad[i]);
		caught(&out, &err);
		ck_assert_ptr_nonnull(strstr(err, bad[i]));
		free(out);
		free(err);
	}
	REFUSED(parse_time("udp-timeout", "5m", &ms), "udp-timeout: '5m' is not a time "
		"([[HH:]MM:]SS[.mmm], 1193:02:47.295 at most).");
}
END_TEST

START_TEST(test_seconds)
{
	uint32_t ms;

	ck_assert(parse_seconds("x", "3", &ms) && ms == 3000);
	ck_assert(parse_seconds("x", "0", &ms) && ms == 0);
	ck_assert(parse_seconds("x", "0.25", &ms) && ms == 250);
	ck_assert(parse_seconds("x", ".5", &ms) && ms == 500);
	ck_assert(parse_seconds("x", "86400", &ms) && ms == 86400000);
	REFUSED(parse_seconds("--dns-timeout", "86401", &ms),
		"--dns-timeout: '86401' is not a number of seconds (0 to 86400, three decimals at most).");
	REFUSED(parse_seconds("x", "3s", &ms),
		"x: '3s' is not a number of seconds (0 to 86400, three decimals at most).");
	REFUSED(parse_seconds("x", ".", &ms),
		"x: '.' is not a number of seconds (0 to 86400, three decimals at most).");
}
END_TEST

START_TEST(test_prefix4)
{
	struct prefix4 prefix;

	ck_assert(parse_prefix4("192.0.2.1", &prefix) && prefix.len == 32);
	ck_assert_uint_eq(ntohl(prefix.addr.s_addr), 0xc0000201);
	ck_assert(parse_prefix4("192.0.2.0/24", &prefix) && prefix.len == 24);
	ck_assert(parse_prefix4("0.0.0.0/0", &prefix) && prefix.len == 0);
	ck_assert(parse_prefix4("192.0.2.128/25", &prefix) && prefix.len == 25);
	REFUSED(parse_prefix4("192.0.2.1/24", &prefix),
		"'192.0.2.1/24' seems to have a suffix; please fix (did you mean 192.0.2.0/24?).");
	REFUSED(parse_prefix4("192.0.2.129/25", &prefix),
		"'192.0.2.129/25' seems to have a suffix; please fix (did you mean 192.0.2.128/25?).");
	REFUSED(parse_prefix4("1.2.3.4/0", &prefix),
		"'1.2.3.4/0' seems to have a suffix; please fix (did you mean 0.0.0.0/0?).");
	REFUSED(parse_prefix4("192.0.2.0/33", &prefix),
		"'192.0.2.0/33' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_prefix4("192.0.2.0/", &prefix),
		"'192.0.2.0/' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_prefix4("192.0.2", &prefix),
		"'192.0.2' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_prefix4("example.com", &prefix),
		"'example.com' is not an IPv4 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_prefix4("192.0.2.1000000000000000000000000000000000000000000", &prefix),
		"'192.0.2.1000000000000000000000000000000000000000000' is not an IPv4 address or "
		"prefix (ADDRESS[/LENGTH]).");
}
END_TEST

/* A filter may also be one address. */
START_TEST(test_network6)
{
	struct prefix6 prefix;

	ck_assert(parse_network6("64:ff9b::/96", &prefix) && prefix.len == 96);
	ck_assert(parse_network6("64:ff9b::192.0.2.1", &prefix) && prefix.len == 128);
	ck_assert(parse_network6("::/0", &prefix) && prefix.len == 0);
	REFUSED(parse_network6("64:ff9b::1/96", &prefix),
		"'64:ff9b::1/96' seems to have a suffix; please fix (did you mean 64:ff9b::/96?).");
	REFUSED(parse_network6("64:ff9b::/129", &prefix),
		"'64:ff9b::/129' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_network6("64:ff9b::/", &prefix),
		"'64:ff9b::/' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_network6("192.0.2.1", &prefix),
		"'192.0.2.1' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
}
END_TEST

START_TEST(test_prefix6)
{
	char text[INET6_ADDRSTRLEN];
	struct prefix6 prefix;

	ck_assert(parse_prefix6("64:ff9b::/96", &prefix) && prefix.len == 96);
	inet_ntop(AF_INET6, &prefix.addr, text, sizeof(text));
	ck_assert_str_eq(text, "64:ff9b::");
	ck_assert(parse_prefix6("::/0", &prefix) && prefix.len == 0);
	ck_assert(parse_prefix6("::1/128", &prefix) && prefix.len == 128);
	REFUSED(parse_prefix6("64:ff9b::1/96", &prefix),
		"'64:ff9b::1/96' seems to have a suffix; please fix (did you mean 64:ff9b::/96?).");
	REFUSED(parse_prefix6("64:ff9b::", &prefix),
		"'64:ff9b::' needs a prefix length (64:ff9b::/96?).");
	REFUSED(parse_prefix6("64:ff9b::/129", &prefix),
		"'64:ff9b::/129' is not an IPv6 address or prefix (ADDRESS[/LENGTH]).");
	REFUSED(parse_prefix6("192.0.2.0/24", &prefix),
		"'192.0.2.0/24' is not an IPv6 prefix (ADDRESS/LENGTH).");
}
END_TEST

START_TEST(test_ports)
{
	struct port_range ports;

	ck_assert(parse_ports("80", &ports) && ports.min == 80 && ports.max == 80);
	ck_assert(parse_ports("1-3000", &ports) && ports.min == 1 && ports.max == 3000);
	ck_assert(parse_ports("3000-1", &ports) && ports.min == 1 && ports.max == 3000);
	ck_assert(parse_ports("0-65535", &ports) && ports.min == 0 && ports.max == 65535);
	REFUSED(parse_ports("80abc", &ports), "'80abc' is not a port range (N or N-M, 0 to 65535).");
	REFUSED(parse_ports("1-", &ports), "'1-' is not a port range (N or N-M, 0 to 65535).");
	REFUSED(parse_ports("-1", &ports), "'-1' is not a port range (N or N-M, 0 to 65535).");
	REFUSED(parse_ports("1-65536", &ports), "'1-65536' is not a port range (N or N-M, 0 to 65535).");
	REFUSED(parse_ports("1-2-3", &ports), "'1-2-3' is not a port range (N or N-M, 0 to 65535).");
	REFUSED(parse_ports("", &ports), "'' is not a port range (N or N-M, 0 to 65535).");
}
END_TEST

START_TEST(test_transport)
{
	struct transport transport;

	ck_assert(parse_transport("192.0.2.1#80", &transport));
	ck_assert_int_eq(transport.family, AF_INET);
	ck_assert_uint_eq(ntohl(transport.addr4.s_addr), 0xc0000201);
	ck_assert_uint_eq(ntohs(transport.port), 80);
	ck_assert(parse_transport("2001:db8::1#65535", &transport));
	ck_assert_int_eq(transport.family, AF_INET6);
	ck_assert_uint_eq(ntohs(transport.port), 65535);
	REFUSED(parse_transport("192.0.2.1", &transport),
		"'192.0.2.1' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
	REFUSED(parse_transport("192.0.2.1#", &transport),
		"'192.0.2.1#' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
	REFUSED(parse_transport("192.0.2.1#65536", &transport),
		"'192.0.2.1#65536' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
	REFUSED(parse_transport("localhost#80", &transport),
		"'localhost#80' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
	REFUSED(parse_transport("#80", &transport),
		"'#80' is not a transport address (ADDRESS#PORT, as in 192.0.2.1#80).");
}
END_TEST

START_TEST(test_devices)
{
	char names[2][JOOL_DEVICE_NAME];
	size_t count;

	ck_assert(parse_devices("fast-path", "", names[0], 2, &count) && count == 0);
	ck_assert(parse_devices("fast-path", "eth0,eth1.5", names[0], 2, &count) && count == 2);
	ck_assert_str_eq(names[0], "eth0");
	ck_assert_str_eq(names[1], "eth1.5");
	REFUSED(parse_devices("fast-path", "eth0,,eth1", names[0], 2, &count),
		"fast-path: 'eth0,,eth1' is not a list of at most 2 names of devices (up to 15 characters) separated by commas.");
	REFUSED(parse_devices("fast-path", "eth0,", names[0], 2, &count),
		"fast-path: 'eth0,' is not a list of at most 2 names of devices (up to 15 characters) separated by commas.");
	REFUSED(parse_devices("fast-path", "a,b,c", names[0], 2, &count),
		"fast-path: 'a,b,c' is not a list of at most 2 names of devices (up to 15 characters) separated by commas.");
	REFUSED(parse_devices("fast-path", "a-name-of-16-cha", names[0], 2, &count),
		"fast-path: 'a-name-of-16-cha' is not a list of at most 2 names of devices (up to 15 characters) separated by commas.");
}
END_TEST

START_TEST(test_plateaus)
{
	uint16_t plateaus[4];
	size_t count;

	ck_assert(parse_plateaus("mtu-plateaus", "1500", plateaus, 4, &count) && count == 1 && plateaus[0] == 1500);
	ck_assert(parse_plateaus("mtu-plateaus", "68,1500,0,1500", plateaus, 4, &count) && count == 2);
	ck_assert(plateaus[0] == 1500 && plateaus[1] == 68);
	ck_assert(parse_plateaus("mtu-plateaus", "68, 1500,  1280", plateaus, 4, &count) && count == 3);
	ck_assert(plateaus[0] == 1500 && plateaus[1] == 1280);
	REFUSED(parse_plateaus("mtu-plateaus", "1 2", plateaus, 4, &count),
		"mtu-plateaus: '1 2' is not a list of at most 4 numbers (0 to 65535) separated by commas.");
	REFUSED(parse_plateaus("mtu-plateaus", "1,2,3,4,5", plateaus, 4, &count),
		"mtu-plateaus: '1,2,3,4,5' is not a list of at most 4 numbers (0 to 65535) separated by commas.");
	REFUSED(parse_plateaus("mtu-plateaus", "1,,2", plateaus, 4, &count),
		"mtu-plateaus: '1,,2' is not a list of at most 4 numbers (0 to 65535) separated by commas.");
	REFUSED(parse_plateaus("mtu-plateaus", "1,2,", plateaus, 4, &count),
		"mtu-plateaus: '1,2,' is not a list of at most 4 numbers (0 to 65535) separated by commas.");
	REFUSED(parse_plateaus("mtu-plateaus", "65536", plateaus, 4, &count),
		"mtu-plateaus: '65536' is not a list of at most 4 numbers (0 to 65535) separated by commas.");
	REFUSED(parse_plateaus("mtu-plateaus", "0,0", plateaus, 4, &count),
		"mtu-plateaus: there is no number above 0 in '0,0'.");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_number, test_bool, test_time, test_seconds, test_prefix4, test_prefix6, test_network6, test_ports,
		test_transport, test_devices, test_plateaus,
	};

	return run_tests("parse", tests, ARRAY_SIZE(tests));
}
