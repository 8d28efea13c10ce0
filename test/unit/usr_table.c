// SPDX-License-Identifier: GPL-2.0-only
/* What every list looks like, to the letter. */
#include "usr.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <sys/resource.h>

#include "bib.h"
#include "instance.h"
#include "pool4.h"
#include "session.h"
#include "stats.h"
#include "table.h"

static struct in6_addr in6(const char *text)
{
	struct in6_addr addr;

	ck_assert_int_eq(inet_pton(AF_INET6, text, &addr), 1);
	return addr;
}

static struct in_addr in4(const char *text)
{
	return (struct in_addr){ inet_addr(text) };
}

static struct nl_row session(uint16_t src6_port, uint16_t src4_port, uint32_t expires, int state)
{
	struct nl_row row = {
		.src6 = in6("2001:db8::2"), .src6_port = htons(src6_port),
		.dst6 = in6("64:ff9b::5db8:d877"), .dst6_port = htons(80),
		.src4 = in4("192.0.2.1"), .src4_port = htons(src4_port),
		.dst4 = in4("93.184.216.119"), .dst4_port = htons(80),
		.expires = expires,
	};

	if (state >= 0) {
		row.present = NL_BIT(STATE);
		row.state = state;
	}
	return row;
}

/* Prints rows of a kind as the kernel would send them. */
static void list(const struct table_kind *kind, uint64_t options, uint8_t proto, struct names *names,
		 const struct nl_row *rows, size_t count)
{
	struct request request = { .instance = "default", .given = options };
	struct table table;

	catch();
	ck_assert_int_eq(table_begin(&table, kind, &request, names), EXIT_DONE);
	table.proto = proto;
	for (size_t i = 0; i < count; i++) {
		struct nl_row row = rows[i];

		ck_assert((kind->take ? kind->take : table_add)(&row, &table));
	}
	ck_assert_int_eq(table_end(&table, EXIT_DONE), EXIT_DONE);
}

/* No name server is asked; this file has the names. */
static struct names *names_of_file(const char *path)
{
	struct names_options options = { .timeout = 0, .hosts = path };

	return names_new(&options);
}

static const char *hosts(const char *text)
{
	static char path[] = "/tmp/jool-hosts-XXXXXX";
	int fd;

	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

/* ---- session ---- */

#define RULE "---------------------------------\n"
#define CSV_HEAD "Protocol,IPv6 Remote Address,IPv6 Remote L4-ID,IPv6 Local Address,IPv6 Local L4-ID," \
	"IPv4 Local Address,IPv4 Local L4-ID,IPv4 Remote Address,IPv4 Remote L4-ID,Expires in,State\n"

START_TEST(test_session_console)
{
	const struct nl_row rows[] = {
		session(58239, 60477, 177000, JOOL_TCP_V4_FIN_V6_FIN_RCV),
		session(58237, 6617, 232999, JOOL_TCP_V4_FIN_V6_FIN_RCV),
	};

	list(&session_table, 0, IPPROTO_TCP, NULL, rows, 2);
	expect(RULE
	       "(V4_FIN_V6_FIN_RCV) Expires in 2 minutes, 57 seconds\n"
	       "Remote: 93.184.216.119#80\t2001:db8::2#58239\n"
	       "Local: 192.0.2.1#60477\t\t64:ff9b::5db8:d877#80\n"
	       RULE
	       "(V4_FIN_V6_FIN_RCV) Expires in 3 minutes, 52 seconds\n"
	       "Remote: 93.184.216.119#80\t2001:db8::2#58237\n"
	       "Local: 192.0.2.1#6617\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
}
END_TEST

START_TEST(test_session_names)
{
	const struct nl_row rows[] = {
		session(58239, 60477, 177000, JOOL_TCP_V4_FIN_V6_FIN_RCV),
		session(443, 6617, 1, JOOL_TCP_ESTABLISHED),
	};
	const char *path = hosts("# comment\n93.184.216.119 example.com www # and more\n"
				 "2001:db8:0::2\tipv6client.mx\n93.184.216.119 second.example\nnonsense\n");

	list(&session_table, 0, IPPROTO_TCP, names_of_file(path), rows, 2);
	unlink(path);
	expect(RULE
	       "(V4_FIN_V6_FIN_RCV) Expires in 2 minutes, 57 seconds\n"
	       "Remote: example.com#http\tipv6client.mx#58239\n"
	       "Local: 192.0.2.1#60477\t\t64:ff9b::5db8:d877#80\n"
	       RULE
	       "(ESTABLISHED) Expires in 1 millisecond\n"
	       "Remote: example.com#http\tipv6client.mx#https\n"
	       "Local: 192.0.2.1#6617\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
}
END_TEST

/* Other protocols have no state; a service is that of the protocol; an identifier has no name. */
START_TEST(test_session_protocols)
{
	struct nl_row row = session(53, 22, 299028, -1);

	row.dst4_port = htons(514); /* shell by TCP, syslog by UDP */
	list(&session_table, 0, IPPROTO_UDP, names_of_file("/dev/null"), &row, 1);
	expect(RULE
	       "Expires in 4 minutes, 59 seconds\n"
	       "Remote: 93.184.216.119#syslog\t2001:db8::2#domain\n"
	       "Local: 192.0.2.1#22\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
	row.present = NL_BIT(STATE);
	list(&session_table, 0, IPPROTO_TCP, names_of_file("/dev/null"), &row, 1);
	expect(RULE
	       "(ESTABLISHED) Expires in 4 minutes, 59 seconds\n"
	       "Remote: 93.184.216.119#shell\t2001:db8::2#domain\n"
	       "Local: 192.0.2.1#22\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
	row.present = 0;
	list(&session_table, 0, IPPROTO_ICMP, names_of_file("/dev/null"), &row, 1);
	expect(RULE
	       "Expires in 4 minutes, 59 seconds\n"
	       "Remote: 93.184.216.119#514\t2001:db8::2#53\n"
	       "Local: 192.0.2.1#22\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
}
END_TEST

/* With --all a session says its protocol. */
START_TEST(test_session_all)
{
	struct nl_row rows[] = { session(1, 2, 1000, -1), session(1, 2, 2000, JOOL_TCP_TRANS) };

	rows[0].proto = IPPROTO_UDP;
	rows[1].proto = IPPROTO_TCP;
	rows[0].present |= NL_BIT(PROTO);
	rows[1].present |= NL_BIT(PROTO);
	list(&session_table, OPTION_BIT(ALL_PROTOS), 0, NULL, rows, 2);
	expect(RULE
	       "UDP Expires in 1 second\n"
	       "Remote: 93.184.216.119#80\t2001:db8::2#1\n"
	       "Local: 192.0.2.1#2\t\t64:ff9b::5db8:d877#80\n"
	       RULE
	       "TCP (TRANS) Expires in 2 seconds\n"
	       "Remote: 93.184.216.119#80\t2001:db8::2#1\n"
	       "Local: 192.0.2.1#2\t\t64:ff9b::5db8:d877#80\n"
	       RULE, "");
}
END_TEST

START_TEST(test_session_states)
{
	static const char *const names[] = {
		"ESTABLISHED", "V4_INIT", "V6_INIT", "V4_FIN_RCV", "V6_FIN_RCV", "V4_FIN_V6_FIN_RCV",
		"TRANS", "UNKNOWN",
	};
	char want[200];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct nl_row row = session(1, 2, 3000, i);

		list(&session_table, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS), IPPROTO_TCP, NULL, &row, 1);
		snprintf(want, sizeof(want), "TCP,2001:db8::2,1,64:ff9b::5db8:d877,80,192.0.2.1,2,"
			 "93.184.216.119,80,0:00:03.000,%s\n", names[i]);
		expect(want, "");
	}
}
END_TEST

START_TEST(test_session_csv)
{
	struct nl_row row = session(58239, 60477, 7198232, JOOL_TCP_ESTABLISHED);

	list(&session_table, OPTION_BIT(CSV), IPPROTO_TCP, NULL, &row, 1);
	expect(CSV_HEAD
	       "TCP,2001:db8::2,58239,64:ff9b::5db8:d877,80,192.0.2.1,60477,93.184.216.119,80,"
	       "1:59:58.232,ESTABLISHED\n", "");
	row = session(58239, 60477, 240000, -1);
	list(&session_table, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS), IPPROTO_UDP, NULL, &row, 1);
	expect("UDP,2001:db8::2,58239,64:ff9b::5db8:d877,80,192.0.2.1,60477,93.184.216.119,80,"
	       "0:04:00.000,\n", "");
	list(&session_table, OPTION_BIT(CSV), IPPROTO_ICMP, NULL, &row, 1);
	expect(CSV_HEAD
	       "ICMP,2001:db8::2,58239,64:ff9b::5db8:d877,80,192.0.2.1,60477,93.184.216.119,80,"
	       "0:04:00.000,\n", "");
}
END_TEST

START_TEST(test_session_csv_names)
{
	struct nl_row row = session(58239, 60477, 1000, JOOL_TCP_TRANS);
	const char *path = hosts("93.184.216.119 a,b\"c\n2001:db8::2 e\033[2J\xc3\xa4z\n");

	list(&session_table, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS), IPPROTO_TCP, names_of_file(path),
	     &row, 1);
	unlink(path);
	expect("TCP,e?[2J??z,58239,64:ff9b::5db8:d877,80,192.0.2.1,60477,\"a,b\"\"c\",http,"
	       "0:00:01.000,TRANS\n", "");
}
END_TEST

START_TEST(test_session_json)
{
	const struct nl_row rows[] = {
		session(58239, 60477, 177000, JOOL_TCP_V4_FIN_V6_FIN_RCV), session(1, 2, 0, -1),
	};
	const char *path = hosts("93.184.216.119 example\\.com\n");

	list(&session_table, OPTION_BIT(JSON), IPPROTO_TCP, NULL, rows, 2);
	expect("{\"version\":1,\"instance\":\"default\",\"sessions\":[\n"
	       "{\"protocol\":\"TCP\",\"src6\":{\"address\":\"2001:db8::2\",\"port\":58239},"
	       "\"dst6\":{\"address\":\"64:ff9b::5db8:d877\",\"port\":80},"
	       "\"src4\":{\"address\":\"192.0.2.1\",\"port\":60477},"
	       "\"dst4\":{\"address\":\"93.184.216.119\",\"port\":80},"
	       "\"expires_ms\":177000,\"state\":\"V4_FIN_V6_FIN_RCV\"},\n"
	       "{\"protocol\":\"TCP\",\"src6\":{\"address\":\"2001:db8::2\",\"port\":1},"
	       "\"dst6\":{\"address\":\"64:ff9b::5db8:d877\",\"port\":80},"
	       "\"src4\":{\"address\":\"192.0.2.1\",\"port\":2},"
	       "\"dst4\":{\"address\":\"93.184.216.119\",\"port\":80},"
	       "\"expires_ms\":0,\"state\":null}\n"
	       "]}\n", "");
	list(&session_table, OPTION_BIT(JSON), IPPROTO_TCP, names_of_file(path), rows, 1);
	unlink(path);
	expect("{\"version\":1,\"instance\":\"default\",\"sessions\":[\n"
	       "{\"protocol\":\"TCP\",\"src6\":{\"address\":\"2001:db8::2\",\"port\":58239},"
	       "\"dst6\":{\"address\":\"64:ff9b::5db8:d877\",\"port\":80},"
	       "\"src4\":{\"address\":\"192.0.2.1\",\"port\":60477},"
	       "\"dst4\":{\"address\":\"93.184.216.119\",\"port\":80},"
	       "\"expires_ms\":177000,\"state\":\"V4_FIN_V6_FIN_RCV\","
	       "\"dst4_name\":\"example\\\\.com\",\"dst4_service\":\"http\"}\n"
	       "]}\n", "");
}
END_TEST

START_TEST(test_session_empty)
{
	list(&session_table, 0, IPPROTO_TCP, NULL, NULL, 0);
	expect(RULE, "");
	list(&session_table, OPTION_BIT(NO_HEADERS), IPPROTO_TCP, NULL, NULL, 0);
	expect(RULE, "");
	list(&session_table, OPTION_BIT(CSV), IPPROTO_TCP, NULL, NULL, 0);
	expect(CSV_HEAD, "");
	list(&session_table, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS), IPPROTO_TCP, NULL, NULL, 0);
	expect("", "");
	list(&session_table, OPTION_BIT(JSON), IPPROTO_TCP, names_of_file("/dev/null"), NULL, 0);
	expect("{\"version\":1,\"instance\":\"default\",\"sessions\":[]}\n", "");
}
END_TEST

/* ---- bib ---- */

static struct nl_row mapping(uint16_t port, uint32_t flags)
{
	return (struct nl_row){
		.src6 = in6("2001:db8::5"), .src6_port = htons(port), .flags = flags,
		.src4 = in4("192.0.2.2"), .src4_port = htons(2000),
	};
}

START_TEST(test_bib)
{
	const struct nl_row rows[] = { mapping(80, JOOL_FLAG_STATIC), mapping(2001, 0) };

	list(&bib_table, 0, IPPROTO_TCP, NULL, rows, 2);
	expect("[Static TCP] 192.0.2.2#2000 - 2001:db8::5#80\n"
	       "[Dynamic TCP] 192.0.2.2#2000 - 2001:db8::5#2001\n", "");
	list(&bib_table, 0, IPPROTO_TCP, names_of_file("/dev/null"), rows, 1);
	expect("[Static TCP] 192.0.2.2#2000 - 2001:db8::5#http\n", "");
	list(&bib_table, OPTION_BIT(CSV), IPPROTO_UDP, NULL, rows, 2);
	expect("Protocol,IPv6 Address,IPv6 L4-ID,IPv4 Address,IPv4 L4-ID,Static?\n"
	       "UDP,2001:db8::5,80,192.0.2.2,2000,1\n"
	       "UDP,2001:db8::5,2001,192.0.2.2,2000,0\n", "");
	list(&bib_table, OPTION_BIT(JSON), IPPROTO_ICMP, NULL, rows, 1);
	expect("{\"version\":1,\"instance\":\"default\",\"bib\":[\n"
	       "{\"protocol\":\"ICMP\",\"src6\":{\"address\":\"2001:db8::5\",\"port\":80},"
	       "\"src4\":{\"address\":\"192.0.2.2\",\"port\":2000},\"static\":true}\n]}\n", "");
	list(&bib_table, 0, IPPROTO_TCP, NULL, NULL, 0);
	expect("", "");
}
END_TEST

/* ---- pool4 ---- */

#define POOL4_RULE "+------------+-------+--------------------+-----------------+-------------+\n"
#define POOL4_HEAD "|       Mark | Proto |     Max iterations |         Address |       Ports |\n"

static struct nl_row entry(uint32_t mark, const char *addr, uint16_t min, uint16_t max,
			   uint32_t iterations)
{
	return (struct nl_row){
		.mark = mark, .prefix4 = in4(addr), .port_min = min, .port_max = max,
		.max_iterations = iterations, .flags = iterations ? 0 : JOOL_FLAG_AUTO,
	};
}

START_TEST(test_pool4)
{
	struct nl_row rows[] = {
		entry(0, "192.0.2.2", 1, 3000, 0), entry(0, "192.0.2.3", 1, 3000, 0),
		entry(1, "192.0.2.4", 1, 65535, 999), entry(4294967295, "255.255.255.255", 65535, 65535,
							   UINT32_MAX),
	};

	list(&pool4_table, 0, IPPROTO_TCP, NULL, rows, 4);
	expect(POOL4_RULE POOL4_HEAD POOL4_RULE
	       "|          0 |   TCP |       1024 ( auto) |       192.0.2.2 |     1- 3000 |\n"
	       "|            |       |                    |       192.0.2.3 |     1- 3000 |\n"
	       POOL4_RULE
	       "|          1 |   TCP |        999 (fixed) |       192.0.2.4 |     1-65535 |\n"
	       POOL4_RULE
	       "| 4294967295 |   TCP |   Infinite (fixed) | 255.255.255.255 | 65535-65535 |\n"
	       POOL4_RULE, "");
	list(&pool4_table, OPTION_BIT(NO_HEADERS), IPPROTO_ICMP, NULL, rows, 1);
	expect(POOL4_RULE
	       "|          0 |  ICMP |       1024 ( auto) |       192.0.2.2 |     1- 3000 |\n"
	       POOL4_RULE, "");
	list(&pool4_table, OPTION_BIT(CSV), IPPROTO_TCP, NULL, rows, 4);
	expect("Mark,Protocol,Address,Min port,Max port,Iterations,Iterations fixed\n"
	       "0,TCP,192.0.2.2,1,3000,1024,0\n"
	       "0,TCP,192.0.2.3,1,3000,1024,0\n"
	       "1,TCP,192.0.2.4,1,65535,999,1\n"
	       "4294967295,TCP,255.255.255.255,65535,65535,infinite,1\n", "");
	rows[2].present |= NL_BIT(PORTS_USED);
	rows[2].flags |= JOOL_FLAG_DEFAULT;
	rows[2].ports_used = 7;
	list(&pool4_table, OPTION_BIT(JSON), IPPROTO_UDP, NULL, rows + 2, 2);
	expect("{\"version\":1,\"instance\":\"default\",\"pool4\":[\n"
	       "{\"mark\":1,\"protocol\":\"UDP\",\"address\":\"192.0.2.4\",\"port_min\":1,"
	       "\"port_max\":65535,\"iterations\":999,\"iterations_fixed\":true,\"ports_used\":7,"
	       "\"ports_free\":65528,\"default\":true},\n"
	       "{\"mark\":4294967295,\"protocol\":\"UDP\",\"address\":\"255.255.255.255\","
	       "\"port_min\":65535,\"port_max\":65535,\"iterations\":\"infinite\","
	       "\"iterations_fixed\":true,\"ports_used\":0,\"ports_free\":1,\"default\":false}\n]}\n", "");
	list(&pool4_table, 0, IPPROTO_TCP, NULL, NULL, 0);
	expect(POOL4_RULE POOL4_HEAD POOL4_RULE POOL4_RULE, "");
	list(&pool4_table, OPTION_BIT(NO_HEADERS), IPPROTO_TCP, NULL, NULL, 0);
	expect(POOL4_RULE POOL4_RULE, "");
}
END_TEST

/* Automatic iterations are those of the whole set: its ports / 128, within 1024 and 8192. */
START_TEST(test_pool4_automatic)
{
	static const struct {
		size_t rows;
		const char *iterations;
	} cases[] = { { 1, "1024" }, { 2, "1024" }, { 3, "1536" }, { 15, "7680" }, { 200, "8192" } };
	static struct nl_row rows[200];
	char *out, *err, want[100];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t k = 0; k < cases[i].rows; k++)
			rows[k] = entry(0, "192.0.2.2", 0, 65535, 0);
		list(&pool4_table, OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS), IPPROTO_ICMP, NULL, rows,
		     cases[i].rows);
		caught(&out, &err);
		snprintf(want, sizeof(want), "0,ICMP,192.0.2.2,0,65535,%s,0\n", cases[i].iterations);
		ck_assert_uint_eq(strlen(out), cases[i].rows * strlen(want));
		ck_assert(!strncmp(out, want, strlen(want)));
		free(out);
		free(err);
	}
}
END_TEST

/* ---- instance, stats ---- */

#define INSTANCE_RULE "+--------------------+-----------------+-----------+\n"
#define INSTANCE_HEAD "|          Namespace |            Name | Framework |\n"

START_TEST(test_instance)
{
	const struct nl_row rows[] = {
		{ .netns = 4026531840, .instance = "default", .pool6 = in6("64:ff9b::"), .pool6_len = 96 },
		{ .netns = 4026532441, .instance = "\xc3\xa4,?5678901234,", .pool6 = in6("2001:db8::"),
		  .pool6_len = 32 },
	};

	list(&instance_table, 0, 0, NULL, rows, 2);
	expect(INSTANCE_RULE INSTANCE_HEAD INSTANCE_RULE
	       "|         4026531840 |         default | netfilter |\n"
	       "|         4026532441 |  \xc3\xa4,?5678901234, | netfilter |\n"
	       INSTANCE_RULE, "");
	list(&instance_table, OPTION_BIT(CSV), 0, NULL, rows, 2);
	expect("Namespace,Name,Framework\n4026531840,default,netfilter\n"
	       "4026532441,\"\xc3\xa4,?5678901234,\",netfilter\n", "");
	list(&instance_table, OPTION_BIT(JSON), 0, NULL, rows, 2);
	expect("{\"version\":1,\"instances\":[\n"
	       "{\"netns\":4026531840,\"name\":\"default\",\"framework\":\"netfilter\","
	       "\"pool6\":\"64:ff9b::/96\"},\n"
	       "{\"netns\":4026532441,\"name\":\"\xc3\xa4,?5678901234,\",\"framework\":\"netfilter\","
	       "\"pool6\":\"2001:db8::/32\"}\n]}\n", "");
	list(&instance_table, 0, 0, NULL, NULL, 0);
	expect(INSTANCE_RULE INSTANCE_HEAD INSTANCE_RULE INSTANCE_RULE, "");
	list(&instance_table, OPTION_BIT(NO_HEADERS), 0, NULL, rows, 1);
	expect(INSTANCE_RULE "|         4026531840 |         default | netfilter |\n" INSTANCE_RULE, "");
}
END_TEST

START_TEST(test_stats)
{
	const struct nl_row rows[] = {
		{ .stat_name = "SUCCESS", .stat_value = 35 },
		{ .stat_name = "ENOMEM", .stat_value = 0 },
		{ .stat_name = "OF_THE_FUTURE", .stat_value = UINT64_MAX },
	};

	list(&stats_table, 0, 0, NULL, rows, 3);
	expect("JSTAT_SUCCESS: 35\nJSTAT_OF_THE_FUTURE: 18446744073709551615\n", "");
	list(&stats_table, OPTION_BIT(ALL) | OPTION_BIT(EXPLAIN), 0, NULL, rows, 2);
	expect("JSTAT_SUCCESS: 35\nPackets translated and sent.\n\n"
	       "JSTAT_ENOMEM: 0\nDropped: no memory.\n\n", "");
	list(&stats_table, OPTION_BIT(CSV) | OPTION_BIT(ALL), 0, NULL, rows, 2);
	expect("Stat,Value\nJSTAT_SUCCESS,35\nJSTAT_ENOMEM,0\n", "");
	list(&stats_table, OPTION_BIT(CSV) | OPTION_BIT(EXPLAIN), 0, NULL, rows, 3);
	expect("Stat,Value,Explanation\nJSTAT_SUCCESS,35,\"Packets translated and sent.\"\n"
	       "JSTAT_OF_THE_FUTURE,18446744073709551615,\"\"\n", "");
	list(&stats_table, OPTION_BIT(JSON) | OPTION_BIT(EXPLAIN), 0, NULL, rows, 2);
	expect("{\"version\":1,\"instance\":\"default\",\"stats\":[\n{\"name\":\"JSTAT_SUCCESS\","
	       "\"value\":35,\"explanation\":\"Packets translated and sent.\"}\n]}\n", "");
	list(&stats_table, OPTION_BIT(JSON), 0, NULL, rows, 1);
	expect("{\"version\":1,\"instance\":\"default\",\"stats\":[\n{\"name\":\"JSTAT_SUCCESS\","
	       "\"value\":35}\n]}\n", "");
}
END_TEST

/* ---- all of them ---- */

START_TEST(test_formats_exclude_each_other)
{
	struct request request = { .given = OPTION_BIT(CSV) | OPTION_BIT(JSON) };
	struct table table;

	catch();
	ck_assert_int_eq(table_begin(&table, &bib_table, &request, names_of_file("/dev/null")), EXIT_USAGE);
	expect("", "Error: Only one of --csv and --json is allowed.\n");
}
END_TEST

/* A failure says nothing on standard output. */
START_TEST(test_failure)
{
	struct request request = { .instance = "default", .given = OPTION_BIT(JSON) };
	struct nl_row row = session(1, 2, 3, 4);
	struct table table;

	catch();
	ck_assert_int_eq(table_begin(&table, &session_table, &request, names_of_file("/dev/null")),
			 EXIT_DONE);
	ck_assert(table_add(&row, &table));
	ck_assert_int_eq(table_end(&table, EXIT_REFUSED), EXIT_REFUSED);
	print_discard();
	expect("", "");
}
END_TEST

/* JSON with anything in it is JSON. */
/* A string of JSON is UTF-8 without control characters, whatever there is. */
START_TEST(test_json_string)
{
	char text[200];

	*table_put_json(text, "\"\\\t\x7f\xc2\x9b[\xff\xe2\x82\xc3\xa4") = '\0';
	ck_assert_str_eq(text, "\"\\\"\\\\\\u0009\\u007f??[???\xc3\xa4\"");
}
END_TEST

START_TEST(test_json_valid)
{
	struct nl_row row = { .netns = 1, .pool6_len = 96 };
	char *out, *err;
	json_t *parsed;

	for (int i = 0; i < 2000; i++) {
		for (int k = 0; k < JOOL_NAME_MAX; k++)
			row.instance[k] = random();
		list(&instance_table, OPTION_BIT(JSON), 0, NULL, &row, 1);
		caught(&out, &err);
		parsed = json_loads(out, 0, NULL);
		ck_assert_msg(parsed, "%s", out);
		json_decref(parsed);
		free(out);
		free(err);
	}
}
END_TEST

/* What is freed shall be free, also to the address sanitizer. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

static long memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

#define MANY 1000000

/* Rows are printed as they come: memory stays where it was. */
static void many(uint64_t options, struct names *names, size_t count)
{
	struct request request = { .instance = "default", .given = options };
	struct nl_row row = session(1, 2, 177000, JOOL_TCP_ESTABLISHED);
	struct table table;
	long before = 0;

	print_to(open("/dev/null", O_WRONLY));
	ck_assert_int_eq(table_begin(&table, &session_table, &request, names), EXIT_DONE);
	table.proto = IPPROTO_TCP;
	for (size_t i = 0; i < count; i++) {
		/* Warmed up. */
		if (i == count / 10)
			before = memory();
		row.src4_port = htons(i);
		row.src6.s6_addr32[3] = htonl(i % 50000);
		row.dst4.s_addr = htonl(i / 50000);
		/* A check that holds costs more than a row. */
		if (!table_add(&row, &table))
			ck_abort();
	}
	ck_assert_int_eq(table_end(&table, EXIT_DONE), EXIT_DONE);
	ck_assert_uint_eq(table.rows, count);
	ck_assert_int_lt(memory() - before, 16384);
}

START_TEST(test_many_csv)
{
	many(OPTION_BIT(CSV), NULL, MANY);
}
END_TEST

START_TEST(test_many_console)
{
	many(0, NULL, MANY);
}
END_TEST

START_TEST(test_many_json)
{
	many(OPTION_BIT(JSON), NULL, MANY / 10);
}
END_TEST

START_TEST(test_many_names)
{
	many(0, names_of_file("/dev/null"), MANY);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_session_console, test_session_names, test_session_protocols, test_session_all, test_session_states,
		test_session_csv, test_session_csv_names, test_session_json, test_session_empty, test_bib,
		test_pool4, test_pool4_automatic, test_instance, test_stats, test_formats_exclude_each_other,
		test_failure, test_json_string, test_json_valid, test_many_csv, test_many_console, test_many_json,
		test_many_names,
	};

	return run_tests("table", tests, ARRAY_SIZE(tests));
}
