// SPDX-License-Identifier: GPL-2.0-only
#include "usr.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static const char *end(char *text, char *at)
{
	*at = '\0';
	return text;
}

START_TEST(test_numbers)
{
	char text[32], want[32];
	uint64_t value;

	for (uint32_t i = 0; i < 200000; i++) {
		value = i;
		if (i >= 100000)
			value = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ random();
		value >>= random() % 64 * (i >= 150000);
		snprintf(want, sizeof(want), "%" PRIu64, value);
		ck_assert_str_eq(end(text, print_put_u64(text, value)), want);
		snprintf(want, sizeof(want), "%" PRIu32, (uint32_t)value);
		ck_assert_str_eq(end(text, print_put_u32(text, value)), want);
	}
	ck_assert_str_eq(end(text, print_put_u64(text, UINT64_MAX)), "18446744073709551615");
	for (value = 1; value < UINT64_MAX / 10; value *= 10) {
		snprintf(want, sizeof(want), "%" PRIu64, value - 1);
		ck_assert_str_eq(end(text, print_put_u64(text, value - 1)), want);
		snprintf(want, sizeof(want), "%" PRIu64, value);
		ck_assert_str_eq(end(text, print_put_u64(text, value)), want);
	}
}
END_TEST

START_TEST(test_in4)
{
	char text[INET_ADDRSTRLEN], want[INET_ADDRSTRLEN];
	struct in_addr addr;

	for (int i = 0; i < 100000; i++) {
		addr.s_addr = i < 256 ? htonl(i * 0x01010101U) : (uint32_t)random() << 1;
		inet_ntop(AF_INET, &addr, want, sizeof(want));
		ck_assert_str_eq(end(text, print_put_in4(text, &addr)), want);
	}
}
END_TEST

/* All patterns of zero groups, with random others of all lengths. */
START_TEST(test_in6)
{
	char text[INET6_ADDRSTRLEN], want[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	for (int i = 0; i < 1 << 20; i++) {
		for (int group = 0; group < 8; group++) {
			addr.s6_addr16[group] = 0;
			if (i >> group & 1)
				addr.s6_addr16[group] = htons(random() >> 8 >> random() % 16);
		}
		if (i % 7 == 0)
			addr.s6_addr16[5] = 0xffff;
		inet_ntop(AF_INET6, &addr, want, sizeof(want));
		ck_assert_str_eq(end(text, print_put_in6(text, &addr)), want);
	}
}
END_TEST

START_TEST(test_in6_examples)
{
	static const char *const same[] = {
		"::", "::1", "1::", "64:ff9b::c000:205", "2001:db8::5", "::ffff:192.0.2.1", "::192.0.2.1",
		"1:0:0:2::3", "1::2:0:0:3", "1:0:2:3:4:5:6:7", "fe80::1:0:0:1", "1:2:3:4:5:6::",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1:2:3:4:5:6:7:0", "0:1:2:3:4:5:6:7",
	};
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		ck_assert_int_eq(inet_pton(AF_INET6, same[i], &addr), 1);
		/* "1:0:0:2::3" has two runs of which the first or longest is shown. */
		end(text, print_put_in6(text, &addr));
		char want[INET6_ADDRSTRLEN];

		inet_ntop(AF_INET6, &addr, want, sizeof(want));
		ck_assert_str_eq(text, want);
	}
}
END_TEST

START_TEST(test_time)
{
	static const struct {
		uint32_t ms;
		const char *with, *without;
	} cases[] = {
		{ 0, "0:00:00.000", "0:00:00" }, { 1, "0:00:00.001", "0:00:00.001" },
		{ 999, "0:00:00.999", "0:00:00.999" }, { 1000, "0:00:01.000", "0:00:01" },
		{ 177000, "0:02:57.000", "0:02:57" }, { 7198232, "1:59:58.232", "1:59:58.232" },
		{ 299028, "0:04:59.028", "0:04:59.028" }, { 7200000, "2:00:00.000", "2:00:00" },
		{ 36000000, "10:00:00.000", "10:00:00" }, { UINT32_MAX, "1193:02:47.295", "1193:02:47.295" },
	};
	char text[PRINT_TIME_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_str_eq(end(text, print_put_time(text, cases[i].ms, true)), cases[i].with);
		ck_assert_str_eq(end(text, print_put_time(text, cases[i].ms, false)), cases[i].without);
	}
}
END_TEST

START_TEST(test_words)
{
	static const struct {
		uint32_t ms;
		const char *words;
	} cases[] = {
		{ 0, "0 milliseconds" }, { 1, "1 millisecond" }, { 2, "2 milliseconds" },
		{ 999, "999 milliseconds" }, { 1000, "1 second" }, { 1999, "1 second" },
		{ 2000, "2 seconds" }, { 59999, "59 seconds" }, { 60000, "1 minute" },
		{ 61000, "1 minute, 1 second" }, { 177000, "2 minutes, 57 seconds" },
		{ 3600000, "1 hour" }, { 3601000, "1 hour, 1 second" },
		{ 3660000, "1 hour, 1 minute" }, { 7198232, "1 hour, 59 minutes, 58 seconds" },
		{ 7200000, "2 hours" }, { UINT32_MAX, "1193 hours, 2 minutes, 47 seconds" },
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(end(text, print_put_words(text, cases[i].ms)), cases[i].words);
}
END_TEST

/*
 * As strftime() does it, for the first and last second of every day until 2400, or as long as this
 * machine's time_t lasts, and others.
 */
START_TEST(test_date)
{
	char text[40], want[40];
	struct tm tm;

	for (int64_t at = 0; at < 13569465600; at += at % 86400 ? 1 : 86399) {
		time_t when = at;

		if (when != at)
			break;
		gmtime_r(&when, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
		*print_put_date(text, at * UINT64_C(1000000000)) = '\0';
		ck_assert_str_eq(text, want);
	}
	*print_put_date(text, UINT64_C(951825600999999999)) = '\0';
	ck_assert_str_eq(text, "2000-02-29T12:00:00.999Z");
	*print_put_date(text, UINT64_C(951825600007000000)) = '\0';
	ck_assert_str_eq(text, "2000-02-29T12:00:00.007Z");
	/* The largest number there is. */
	*print_put_date(text, UINT64_MAX) = '\0';
	ck_assert_str_eq(text, "2554-07-21T23:34:33.709Z");
}
END_TEST

START_TEST(test_buffer)
{
	static char big[300000], want[sizeof(big) + 20];
	char *at;

	memset(big, 'x', sizeof(big) - 1);
	catch();
	print_text("a");
	print_text(big);
	print_format("%d-%s", 5, "b");
	at = print_reserve(3);
	memcpy(at, "end", 3);
	print_commit(at + 3);
	ck_assert_int_eq(print_finish(), EXIT_DONE);
	snprintf(want, sizeof(want), "a%s5-bend", big);
	expect(want, "");
}
END_TEST

START_TEST(test_discard)
{
	catch();
	print_text("never seen");
	print_discard();
	print_error("It %s.", "broke");
	expect("", "Error: It broke.\n");
}
END_TEST

START_TEST(test_warning_after_output)
{
	catch();
	dup2(caught_out, STDERR_FILENO);
	print_text("output\n");
	print_warning("too late");
	expect("output\nWarning: too late\n", "");
}
END_TEST

START_TEST(test_tame)
{
	static const struct {
		const char *text, *tamed;
	} cases[] = {
		{ "\xc2\x9b" "31m", "??31m" }, { "\xc2\x80", "??" }, { "\xc2\x9f", "??" },
		{ "\xc2\xa0", "\xc2\xa0" }, { "\x9b" "31m", "?31m" }, { "\xff\xfe", "??" },
		{ "\xc3", "?" }, { "\xe2\x82", "??" }, { "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xc0\x9b", "??" }, { "\xc1\xbf", "??" }, { "\xe0\x82\x9b", "???" },
		{ "\xe0\x9f\xbf", "???" }, { "\xe0\xa0\x80", "\xe0\xa0\x80" },
		{ "\xed\x9f\xbf", "\xed\x9f\xbf" }, { "\xed\xa0\x80", "???" },
		{ "\xf0\x8f\xbf\xbf", "????" }, { "\xf0\x90\x80\x80", "\xf0\x90\x80\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" }, { "\xf4\x90\x80\x80", "????" },
		{ "\xf5\x80\x80\x80", "????" }, { "a\xc3\x28", "a?(" },
	};

	catch();
	print_error("'\033[31m\a\n\x7f' and \xc3\xa4");
	expect("", "Error: '?[31m?" "?" "?' and \xc3\xa4\n");
	/* Terminals obey C1 controls, too. Of other bytes beyond ASCII, only UTF-8 is let through. */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[16];

		strcpy(text, cases[i].text);
		print_tame(text);
		ck_assert_str_eq(text, cases[i].tamed);
	}
}
END_TEST

START_TEST(test_full_disk)
{
	catch();
	print_to(open("/dev/full", O_WRONLY));
	for (int i = 0; i < 100000; i++)
		print_text("more than the buffer takes");
	ck_assert(print_failed());
	ck_assert_int_eq(print_finish(), EXIT_REFUSED);
	expect("", "Error: Cannot write the output: No space left on device\n");
}
END_TEST

START_TEST(test_broken_pipe)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	catch();
	print_to(fds[1]);
	for (int i = 0; i < 100000; i++)
		print_text("more than the buffer takes");
	ck_assert(print_failed());
	ck_assert_int_eq(print_finish(), EXIT_DONE);
	expect("", "");
}
END_TEST

START_TEST(test_mute)
{
	catch();
	print_mute();
	print_error("not heard");
	print_warning("nor this");
	expect("", "");
}
END_TEST

/* One in a hurry writes more than a pipe, opened with `flags`, holds, and nobody reads. */
static void hurry(int flags)
{
	static const char bytes[100000];
	int ends[2];

	ck_assert_int_eq(pipe2(ends, flags), 0);
	print_to(ends[1]);
	print_hurry();
	print_bytes(bytes, sizeof(bytes));
	ck_assert_int_eq(print_finish(), EXIT_DONE);
	ck_assert(print_failed());
	print_to(STDOUT_FILENO);
}

/* Nothing interrupts the write that begins after the signal. */
START_TEST(test_hurry)
{
	hurry(0);
}
END_TEST

/* There, it is poll() that does not wait for ever. */
START_TEST(test_non_blocking_hurry)
{
	hurry(O_NONBLOCK);
}
END_TEST

/* Only our end: whoever reads shall wait. */
static void open_pipe(int ends[2])
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
}

/* A child that reads all of it, slowly; it ends with status 0 if that is `expected` bytes of `x`. */
static pid_t read_slowly(const int ends[2], size_t expected)
{
	static char bytes[70000];
	ssize_t len = 0, n;
	pid_t pid = fork();

	if (pid)
		return pid;
	close(ends[1]);
	do {
		usleep(1000);
		n = read(ends[0], bytes, sizeof(bytes));
		for (ssize_t i = 0; i < n; i++)
			len += bytes[i] == 'x';
	} while (n > 0);
	_exit((size_t)len != expected);
}

/* Whoever shares the pipe has set it so: a full pipe is no error, and nothing is lost. */
START_TEST(test_non_blocking)
{
	int ends[2], status;
	pid_t reader;

	open_pipe(ends);
	reader = read_slowly(ends, 10 * 200000);
	print_to(ends[1]);
	for (int i = 0; i < 200000; i++)
		print_text("xxxxxxxxxx");
	ck_assert_int_eq(print_finish(), EXIT_DONE);
	ck_assert(!print_failed());
	print_to(STDOUT_FILENO);
	close(ends[1]);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* So do sentences. */
START_TEST(test_non_blocking_errors)
{
	int ends[2], real = dup(STDERR_FILENO), status;
	pid_t reader;

	open_pipe(ends);
	reader = read_slowly(ends, 10 * 20000);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	for (int i = 0; i < 20000; i++)
		print_error("xxxxxxxxxx");
	dup2(real, STDERR_FILENO);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_limit)
{
	catch();
	print_limit(2);
	print_warning("one");
	print_error("two");
	print_error("three");
	print_warning("four");
	ck_assert_uint_eq(print_limit(UINT_MAX), 2);
	print_error("five");
	ck_assert_uint_eq(print_limit(UINT_MAX), 0);
	expect("", "Warning: one\nError: two\nError: five\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_numbers, test_in4, test_in6, test_in6_examples, test_time, test_words, test_date, test_buffer,
		test_discard, test_warning_after_output, test_tame, test_full_disk, test_broken_pipe, test_mute, test_hurry,
		test_non_blocking, test_non_blocking_errors, test_non_blocking_hurry, test_limit,
	};

	return run_tests("print", tests, ARRAY_SIZE(tests));
}
