// SPDX-License-Identifier: GPL-2.0-only
/* Look-ups, against a name server of our own that can be slow, silent, or nasty. */
#include "usr.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "names.h"
#include "session.h"
#include "table.h"

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* How many times longer things take than on an idle machine: so many others want the processor. */
static int slow(void)
{
	static int times;
	struct timespec ts;
	int64_t start = now();

	while (!times) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
		if (ts.tv_sec || ts.tv_nsec > 100 * 1000000)
			times = (now() - start) / 100 + 1;
		/* An emulated processor does less in that time. */
		if (getenv("UNIT_EMULATOR"))
			times *= 3;
	}
	return times;
}

/* As long as the command waits for names, there. */
static int patience(void)
{
	return NAMES_TIMEOUT * slow();
}

/* ---- the name server ---- */

/* How host number N (10.0.0.0 + N, 2001:db8:: + N) is answered. */
enum behaviour {
	ANSWER,		/* hN.example */
	SILENT,
	HALF,		/* the even numbers; nothing for the odd ones */
	LOSSY,		/* the first question is lost */
	SHUFFLE,	/* the later the number the sooner the answer */
	NO_NAME,	/* NXDOMAIN */
	NO_DATA,
	FAILURE,	/* SERVFAIL */
	REFUSAL,
	ALIAS,		/* by way of a CNAME (RFC 2317) */
	HOSTILE,	/* a name with control characters in it */
	ADDRESS,	/* a name that is an address */
	GARBAGE,	/* bytes */
};

#define HOSTS 4096

static struct {
	unsigned int queries;
	unsigned int of_host[HOSTS];
} *seen;

struct pending {
	int64_t due;
	struct sockaddr_in from;
	uint8_t bytes[512];
	size_t len;
};

static size_t put_name(uint8_t *to, const char *dotted)
{
	uint8_t *at = to;

	while (*dotted) {
		size_t len = strcspn(dotted, ".");

		*at++ = len;
		memcpy(at, dotted, len);
		at += len;
		dotted += len + (dotted[len] == '.');
	}
	*at++ = 0;
	return at - to;
}

/* Number of the host whose reverse name is asked for. */
static unsigned int host_of(const uint8_t *question)
{
	unsigned int host = 0;
	bool v6 = question[0] == 1 && question[2] == 1 && question[4] == 1 && question[6] == 1 &&
		  question[8] == 1 && question[10] == 1;

	if (v6) {
		for (int i = 0; i < 4; i++) {
			char digit[2] = { question[2 * i + 1] };

			host |= strtoul(digit, NULL, 16) << 4 * i;
		}
		return host % HOSTS;
	}
	for (int i = 0; i < 2; i++) {
		char label[4] = { 0 };

		memcpy(label, question + 1, question[0] & 3);
		host |= strtoul(label, NULL, 10) << 8 * i;
		question += question[0] + 1;
	}
	return host % HOSTS;
}

static size_t put_record(uint8_t *to, const uint8_t *owner, size_t owner_len, uint8_t type,
			 const uint8_t *data, size_t len)
{
	const uint8_t fixed[] = { 0, type, 0, 1, 0, 0, 0, 60, len >> 8, len & 255 };

	memcpy(to, owner, owner_len);
	memcpy(to + owner_len, fixed, sizeof(fixed));
	memcpy(to + owner_len + sizeof(fixed), data, len);
	return owner_len + sizeof(fixed) + len;
}

static void answer(struct pending *p, enum behaviour behaviour, unsigned int host)
{
	static const uint8_t pointer[] = { 0xc0, 12 };
	uint8_t data[100], alias[100];
	size_t alias_len;
	char name[50];

	p->bytes[2] |= 0x80;
	p->bytes[3] = 0x80;
	snprintf(name, sizeof(name), "h%u.example", host);
	if (behaviour == HOSTILE)
		strcpy(name, "a\033[2J,\"\n.example");
	switch (behaviour) {
	case NO_NAME:
		p->bytes[3] |= 3;
		return;
	case FAILURE:
		p->bytes[3] |= 2;
		return;
	case REFUSAL:
		p->bytes[3] |= 5;
		return;
	case NO_DATA:
		return;
	case ALIAS:
		alias_len = put_name(alias, "1.2.example");
		p->bytes[7] = 2;
		p->len += put_record(p->bytes + p->len, pointer, 2, 5, alias, alias_len);
		p->len += put_record(p->bytes + p->len, alias, alias_len, 12, data, put_name(data, name));
		return;
	case GARBAGE:
		p->bytes[7] = 3;
		memset(p->bytes + p->len, 0xc0, 40);
		p->len += 40;
		return;
	case ADDRESS:
		p->bytes[7] = 1;
		p->len += put_record(p->bytes + p->len, pointer, 2, 12, data, put_name(data, "192.0.2.77"));
		return;
	default:
		p->bytes[7] = 1;
		p->len += put_record(p->bytes + p->len, pointer, 2, 12, data, put_name(data, name));
	}
}

static struct pending queue[HOSTS];
static size_t queued;

/* Where the name of the question, its type and its class end in a message of `len` bytes. */
static size_t end_of_question(const uint8_t *bytes, size_t len)
{
	size_t at = 12;

	while (at < len && bytes[at])
		at += bytes[at] + 1;
	return at + 5 < len ? at + 5 : len;
}

static void serve_query(int fd, enum behaviour behaviour, int delay)
{
	struct pending *p = &queue[queued];
	socklen_t len = sizeof(p->from);
	ssize_t got = recvfrom(fd, p->bytes, 300, 0, (struct sockaddr *)&p->from, &len);
	unsigned int host;

	if (got < 12)
		return;
	host = host_of(p->bytes + 12);
	seen->queries++;
	if (seen->of_host[host]++ == 0 && behaviour == LOSSY)
		return;
	if (behaviour == SILENT || (behaviour == HALF && host % 2) || queued == HOSTS - 1)
		return;
	/* What follows the question (EDNS) is left out. */
	p->len = end_of_question(p->bytes, got);
	p->bytes[11] = 0;
	p->due = now() + (behaviour == SHUFFLE ? 200 - (int)(host % 200) : delay);
	answer(p, behaviour, host);
	queued++;
}

static int send_due(int fd)
{
	int64_t next = -1;

	for (size_t i = 0; i < queued; i++) {
		struct pending *p = &queue[i];
		int64_t left = p->due - now();

		if (left > 0) {
			if (next < 0 || left < next)
				next = left;
			continue;
		}
		sendto(fd, p->bytes, p->len, 0, (struct sockaddr *)&p->from, sizeof(p->from));
		*p = queue[--queued];
		i--;
	}
	return next;
}

static pid_t server;

/* Starts a server. Returns its address, which ends with its port, for names_options. */
static const char *serve(enum behaviour behaviour, int delay)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static char text[40];
	socklen_t len = sizeof(addr);
	const int size = 4 << 20;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (!seen)
		seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(seen, 0, sizeof(*seen));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	getsockname(fd, (struct sockaddr *)&addr, &len);
	snprintf(text, sizeof(text), "127.0.0.1:%u", ntohs(addr.sin_port));

	server = fork();
	ck_assert_int_ge(server, 0);
	if (server) {
		close(fd);
		return text;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, send_due(fd)) > 0)
			serve_query(fd, behaviour, delay);
	}
}

static void stop(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

/* ---- its clients ---- */

static struct names *client(const char *servers, uint32_t timeout)
{
	struct names_options options = { .timeout = timeout, .servers = servers, .hosts = "/dev/null" };

	return names_new(&options);
}

static struct in_addr host4(unsigned int host)
{
	return (struct in_addr){ htonl(0x0a000000 + host) };
}

static struct in6_addr host6(unsigned int host)
{
	struct in6_addr addr = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8 } };

	addr.s6_addr[14] = host >> 8;
	addr.s6_addr[15] = host;
	return addr;
}

/* Looks up hosts `from` to `to`, each in both families if `both`. */
static void look_up(struct names *names, unsigned int from, unsigned int to, bool both)
{
	names_start(names);
	for (unsigned int i = from; i < to; i++) {
		struct in_addr addr4 = host4(i);
		struct in6_addr addr6 = host6(i);

		names_want(names, AF_INET, &addr4);
		if (both)
			names_want(names, AF_INET6, &addr6);
	}
	names_resolve(names);
}

static const char *name4(struct names *names, unsigned int host)
{
	struct in_addr addr = host4(host);

	return names_find(names, AF_INET, &addr);
}

static const char *name6(struct names *names, unsigned int host)
{
	struct in6_addr addr = host6(host);

	return names_find(names, AF_INET6, &addr);
}

static void expect_name(const char *name, unsigned int host)
{
	char want[40];

	snprintf(want, sizeof(want), "h%u.example", host);
	ck_assert_ptr_nonnull(name);
	ck_assert_str_eq(name, want);
}

/* The warning there is, if any. */
static void expect_warning(const struct names *names, const char *text)
{
	catch();
	names_warn(names);
	expect("", text);
}

START_TEST(test_thousand)
{
	struct names *names = client(serve(ANSWER, 100), patience());
	int64_t start = now();

	look_up(names, 0, 1000, false);
	ck_assert_int_lt(now() - start, 2000 * slow());
	for (unsigned int i = 0; i < 1000; i++) {
		expect_name(name4(names, i), i);
		ck_assert_uint_eq(seen->of_host[i], 1);
	}
	ck_assert_uint_eq(names_failed(names), 0);
	expect_warning(names, "");
	names_free(names);
	stop();
}
END_TEST

START_TEST(test_both_families)
{
	struct names *names = client(serve(ANSWER, 0), patience());

	look_up(names, 0, 300, true);
	for (unsigned int i = 0; i < 300; i++) {
		expect_name(name4(names, i), i);
		expect_name(name6(names, i), i);
	}
	ck_assert_uint_eq(seen->queries, 600);
	names_free(names);
	stop();
}
END_TEST

/* Also in later rounds a name is asked for once. */
START_TEST(test_rounds)
{
	struct names *names = client(serve(ANSWER, 0), patience());

	for (int round = 0; round < 3; round++)
		look_up(names, 0, 100, false);
	look_up(names, 50, 150, false);
	expect_name(name4(names, 0), 0);
	expect_name(name4(names, 149), 149);
	ck_assert_uint_eq(seen->queries, 150);
	names_free(names);
	stop();
}
END_TEST

START_TEST(test_silent)
{
	struct names *names = client(serve(SILENT, 0), 700);
	int64_t start = now();

	look_up(names, 0, 1000, false);
	ck_assert_int_ge(now() - start, 600);
	ck_assert_int_lt(now() - start, 700 + 300 * slow());
	/* The time is up for all that follows, too. */
	start = now();
	look_up(names, 1000, 2000, false);
	look_up(names, 0, 2000, false);
	ck_assert_int_lt(now() - start, 100 * slow());
	ck_assert_ptr_null(name4(names, 0));
	ck_assert_uint_eq(names_failed(names), 2000);
	expect_warning(names, "Warning: 2000 names could not be resolved: no answer from the name servers "
		       "within 0.7 s (--dns-timeout; --numeric does not ask them).\n");
	names_free(names);
	stop();
}
END_TEST

/* What is known when the time is up is used. */
START_TEST(test_slow)
{
	struct names *names = client(serve(HALF, 0), 1500 * slow());

	look_up(names, 0, 100, false);
	expect_name(name4(names, 0), 0);
	expect_name(name4(names, 98), 98);
	ck_assert_ptr_null(name4(names, 1));
	ck_assert_uint_eq(names_failed(names), 50);
	names_free(names);
	stop();
}
END_TEST

START_TEST(test_lossy)
{
	struct names *names = client(serve(LOSSY, 0), patience());

	look_up(names, 0, 200, false);
	for (unsigned int i = 0; i < 200; i++)
		expect_name(name4(names, i), i);
	expect_warning(names, "");
	names_free(names);
	stop();
}
END_TEST

/* A dead server before one that lives costs time, not names. */
START_TEST(test_second_server)
{
	char servers[100];
	struct names *names;

	snprintf(servers, sizeof(servers), "127.0.0.1:1,%s", serve(ANSWER, 0));
	names = client(servers, patience());
	look_up(names, 0, 300, false);
	for (unsigned int i = 0; i < 300; i++)
		expect_name(name4(names, i), i);
	expect_warning(names, "");
	names_free(names);
	stop();
}
END_TEST

/* Nothing listens there: that is known at once. */
START_TEST(test_unreachable)
{
	struct names *names = client("127.0.0.1:1", patience());
	int64_t start = now();

	look_up(names, 0, 2000, false);
	ck_assert_int_lt(now() - start, 1000 * slow());
	ck_assert_uint_eq(names_failed(names), 2000);
	expect_warning(names, "Warning: 2000 names could not be resolved: the name servers cannot be reached, "
		       "or fail (--numeric does not ask them).\n");
	names_free(names);
}
END_TEST

START_TEST(test_no_name)
{
	static const enum behaviour behaviours[] = { NO_NAME, NO_DATA, GARBAGE, ADDRESS };

	for (size_t i = 0; i < ARRAY_SIZE(behaviours); i++) {
		struct names *names = client(serve(behaviours[i], 0), patience());

		look_up(names, 0, 300, false);
		ck_assert_ptr_null(name4(names, 7));
		expect_warning(names, "");
		names_free(names);
		stop();
	}
}
END_TEST

START_TEST(test_failure)
{
	struct names *names = client(serve(FAILURE, 0), patience());

	look_up(names, 0, 1, false);
	ck_assert_ptr_null(name4(names, 0));
	expect_warning(names, "Warning: 1 name could not be resolved: the name servers cannot be reached, or "
		       "fail (--numeric does not ask them).\n");
	names_free(names);
	stop();

	names = client(serve(REFUSAL, 0), patience());
	look_up(names, 0, 2, false);
	expect_warning(names, "Warning: 2 names could not be resolved: the name servers cannot be reached, or "
		       "fail (--numeric does not ask them).\n");
	names_free(names);
	stop();
}
END_TEST

START_TEST(test_alias)
{
	struct names *names = client(serve(ALIAS, 0), patience());

	look_up(names, 0, 10, true);
	for (unsigned int i = 0; i < 10; i++) {
		expect_name(name4(names, i), i);
		expect_name(name6(names, i), i);
	}
	names_free(names);
	stop();
}
END_TEST

/* Whatever comes of it, nothing that a terminal would obey. */
START_TEST(test_hostile)
{
	struct names *names = client(serve(HOSTILE, 0), patience());

	look_up(names, 0, 10, false);
	for (unsigned int i = 0; i < 10; i++) {
		const char *name = name4(names, i);

		for (; name && *name; name++)
			ck_assert(*name > ' ' && *name <= '~');
	}
	names_free(names);
	stop();
}
END_TEST

START_TEST(test_timeout_zero)
{
	struct names *names = client(serve(ANSWER, 0), 0);

	look_up(names, 0, 10, false);
	ck_assert_ptr_null(name4(names, 0));
	ck_assert_uint_eq(seen->queries, 0);
	expect_warning(names, "");
	names_free(names);
	stop();
}
END_TEST

/* More names than are kept: all are found, and memory is given back. */
START_TEST(test_many)
{
	struct names *names = client(NULL, 0);

	for (unsigned int i = 0; i < 100; i++) {
		look_up(names, i * 2000, (i + 1) * 2000, true);
		ck_assert_ptr_null(name4(names, i * 2000));
	}
	names_free(names);
}
END_TEST

/* The answers come in reverse, the table stays in order; a warning is one line. */
START_TEST(test_table)
{
	struct request request = { .instance = "default",
		.given = OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS) };
	char *out, *err, *line, *save = NULL;
	char want[80];
	struct table table;
	int rows = 5000; /* more than a window */

	for (int silent = 0; silent < 2; silent++) {
		struct names *names = client(serve(silent ? SILENT : SHUFFLE, 0), silent ? 300 : patience());

		catch();
		ck_assert_int_eq(table_begin(&table, &session_table, &request, names), EXIT_DONE);
		table.proto = IPPROTO_TCP;
		for (int i = 0; i < rows; i++) {
			struct nl_row row = { .src6 = host6(i % 200), .dst4 = host4(i % 300),
				.src4_port = htons(i), .src6_port = htons(40000) };

			ck_assert(table_add(&row, &table));
		}
		ck_assert_int_eq(table_end(&table, EXIT_DONE), EXIT_DONE);
		caught(&out, &err);
		line = strtok_r(out, "\n", &save);
		for (int i = 0; i < rows; i++, line = strtok_r(NULL, "\n", &save)) {
			if (silent)
				snprintf(want, sizeof(want), "0.0.0.0,%d,10.0.%d.%d,0,0:00:00.000,", i,
					 i % 300 >> 8, i % 300 & 255);
			else
				snprintf(want, sizeof(want), "0.0.0.0,%d,h%d.example,0,0:00:00.000,", i, i % 300);
			ck_assert_ptr_nonnull(line);
			ck_assert_msg(strstr(line, want), "%s lacks %s", line, want);
		}
		ck_assert_ptr_null(line);
		ck_assert_str_eq(err, silent ? "Warning: 500 names could not be resolved: no answer from the "
				 "name servers within 0.3 s (--dns-timeout; --numeric does not ask them).\n" : "");
		if (!silent)
			ck_assert_uint_eq(seen->queries, 500);
		free(out);
		free(err);
		stop();
	}
}
END_TEST

START_TEST(test_services)
{
	struct names *names = client(NULL, 0);

	for (int round = 0; round < 2; round++) {
		ck_assert_str_eq(names_service(names, IPPROTO_TCP, htons(80)), "http");
		ck_assert_str_eq(names_service(names, IPPROTO_TCP, htons(514)), "shell");
		ck_assert_str_eq(names_service(names, IPPROTO_UDP, htons(514)), "syslog");
		ck_assert_ptr_null(names_service(names, IPPROTO_TCP, htons(58239)));
		ck_assert_ptr_null(names_service(names, IPPROTO_ICMP, htons(80)));
	}
	names_free(names);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_thousand, test_both_families, test_rounds, test_silent, test_slow, test_lossy,
		test_second_server, test_unreachable, test_no_name, test_failure, test_alias, test_hostile,
		test_timeout_zero, test_many, test_table, test_services,
	};

	return run_tests("names", tests, ARRAY_SIZE(tests));
}
