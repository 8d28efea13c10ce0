// SPDX-License-Identifier: GPL-2.0-only
#include "print.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define BUFFER_SIZE 65536

static struct {
	int fd;
	int error;
	size_t used;
	bool muted;
	unsigned int complaints_left, left_out;
	volatile sig_atomic_t hurry;
	print_place_fn place;
	char buffer[BUFFER_SIZE];
} out = { .fd = STDOUT_FILENO, .complaints_left = UINT_MAX };

void print_to(int fd)
{
	out.fd = fd;
	out.used = 0;
	out.error = 0;
}

/* Interrupts a write once a second, also one that begins later. */
static void interrupt(int signal)
{
	(void)signal;
	alarm(1);
}

void print_hurry(void)
{
	const struct sigaction action = { .sa_handler = interrupt };

	out.hurry = true;
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
}

/*
 * A write to `fd` failed. Shall it be tried again? It was interrupted, or the file is in
 * non-blocking mode, which whoever shares it with us may have set: then there must be room first.
 * To be in a hurry is to wait for a second.
 */
static bool try_again(int fd)
{
	struct pollfd poll_out = { .fd = fd, .events = POLLOUT };
	bool hurry;
	int found;

	if (errno != EINTR && errno != EAGAIN)
		return false;
	if (errno == EINTR && !out.hurry)
		return true;
	do {
		hurry = out.hurry;
		found = poll(&poll_out, 1, hurry ? 1000 : -1);
	} while (found < 0 && errno == EINTR && !hurry);
	errno = EINTR;
	return found > 0;
}

/* Writes all of it. Returns 0, or an error number; EPIPE also if the reader was too slow. */
static int write_all(int fd, const char *at, size_t left)
{
	ssize_t done;

	while (left) {
		done = write(fd, at, left);
		if (done < 0 && try_again(fd))
			continue;
		if (done < 0)
			return errno == EINTR ? EPIPE : errno;
		at += done;
		left -= done;
	}
	return 0;
}

size_t print_characters(const char *from, const char *to)
{
	size_t n = 0;

	for (; from < to; from++)
		n += (*from & 0xc0) != 0x80;
	return n;
}

void print_flush(void)
{
	if (!out.error)
		out.error = write_all(out.fd, out.buffer, out.used);
	out.used = 0;
}

char *print_reserve(size_t len)
{
	if (BUFFER_SIZE - out.used < len)
		print_flush();
	return out.buffer + out.used;
}

void print_commit(const char *end)
{
	out.used = end - out.buffer;
}

void print_bytes(const void *bytes, size_t len)
{
	const char *from = bytes;
	size_t part;
	char *at;

	while (len) {
		part = len < PRINT_RESERVE_MAX ? len : PRINT_RESERVE_MAX;
		at = print_reserve(part);
		memcpy(at, from, part);
		print_commit(at + part);
		from += part;
		len -= part;
	}
}

void print_text(const char *text)
{
	print_bytes(text, strlen(text));
}

void print_format(const char *format, ...)
{
	char line[1000];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	print_text(line);
}

bool print_failed(void)
{
	return out.error;
}

void print_discard(void)
{
	out.used = 0;
}

int print_finish(void)
{
	print_flush();
	if (!out.error || out.error == EPIPE)
		return EXIT_DONE;
	print_error("Cannot write the output: %s", strerror(out.error));
	return EXIT_REFUSED;
}

void print_tame(char *text)
{
	unsigned int len;

	for (; *text; text += len ? len : 1) {
		len = jool_text_character(text);
		if (!len)
			*text = '?';
	}
}

void print_place(print_place_fn place)
{
	out.place = place;
}

static void complain(const char *kind, const char *format, va_list args)
{
	char line[1020];
	char *at, *end;

	if (out.muted)
		return;
	if (!out.complaints_left) {
		out.left_out++;
		return;
	}
	out.complaints_left--;
	at = print_put_text(print_put_text(line, kind), ": ");
	end = at + 1000;
	if (out.place)
		at += out.place(at, 500);
	vsnprintf(at, end - at, format, args);
	print_tame(line);
	at += strlen(at);
	*at++ = '\n';
	write_all(STDERR_FILENO, line, at - line);
}

void print_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain("Error", format, args);
	va_end(args);
}

void print_warning(const char *format, ...)
{
	va_list args;

	print_flush();
	va_start(args, format);
	complain("Warning", format, args);
	va_end(args);
}

unsigned int print_limit(unsigned int most)
{
	unsigned int left_out = out.left_out;

	out.complaints_left = most;
	out.left_out = 0;
	return left_out;
}

void print_mute(void)
{
	out.muted = true;
}

/* 00 to 99 */
static const char pairs[] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

static char *put_pair(char *at, unsigned int value)
{
	memcpy(at, pairs + 2 * value, 2);
	return at + 2;
}

char *print_put_u32(char *at, uint32_t value)
{
	unsigned int len = 1;
	char *end, *to;

	for (uint32_t rest = value; rest >= 10; rest /= 10)
		len++;
	end = at + len;
	for (to = end; value >= 100; value /= 100)
		put_pair(to -= 2, value % 100);
	if (to - at == 2)
		put_pair(at, value);
	else
		*at = '0' + value;
	return end;
}

char *print_put_u64(char *at, uint64_t value)
{
	if (value <= UINT32_MAX)
		return print_put_u32(at, value);
	at = print_put_u64(at, value / 1000000);
	value %= 1000000;
	at = put_pair(at, value / 10000);
	at = put_pair(at, value / 100 % 100);
	return put_pair(at, value % 100);
}

/* Every octet with a dot behind it, and the length of both; filled in when first needed. */
static struct {
	char text[256][4];
	uint8_t len[256];
} octets;

static void fill_octets(void)
{
	char *end;

	for (unsigned int i = 0; i < 256; i++) {
		end = print_put_u32(octets.text[i], i);
		*end++ = '.';
		octets.len[i] = end - octets.text[i];
	}
}

char *print_put_in4(char *at, const struct in_addr *addr)
{
	const uint8_t *octet = (const uint8_t *)addr;

	if (!octets.len[0])
		fill_octets();
	for (int i = 0; i < 4; i++) {
		/* The next octet overwrites what is too much. */
		memcpy(at, octets.text[octet[i]], 4);
		at += octets.len[octet[i]];
	}
	return at - 1;
}

static char *put_group(char *at, unsigned int group)
{
	static const char hex[] = "0123456789abcdef";

	if (group >= 0x1000)
		*at++ = hex[group >> 12];
	if (group >= 0x100)
		*at++ = hex[group >> 8 & 15];
	if (group >= 0x10)
		*at++ = hex[group >> 4 & 15];
	*at++ = hex[group & 15];
	return at;
}

/* The first of the longest runs of zero groups. Returns its length, 0 if none is longer than 1. */
static int longest_run(const struct in6_addr *addr, int *start)
{
	int best = 1, run = 0;
	int i;

	for (i = 0; i < 8; i++) {
		if (addr->s6_addr16[i]) {
			run = 0;
		} else if (++run > best) {
			best = run;
			*start = i + 1 - run;
		}
	}
	return best > 1 ? best : 0;
}

static char *put_groups(char *at, const struct in6_addr *addr, int from, int to)
{
	for (int i = from; i < to; i++) {
		if (i > from)
			*at++ = ':';
		at = put_group(at, ntohs(addr->s6_addr16[i]));
	}
	return at;
}

char *print_put_in6(char *at, const struct in6_addr *addr)
{
	int start = 0;
	int run = longest_run(addr, &start);

	if (!run)
		return put_groups(at, addr, 0, 8);
	at = put_groups(at, addr, 0, start);
	*at++ = ':';
	*at++ = ':';
	/* ::192.0.2.1 and ::ffff:192.0.2.1 */
	if (start == 0 && run == 6)
		return print_put_in4(at, (const struct in_addr *)&addr->s6_addr32[3]);
	if (start == 0 && run == 5 && addr->s6_addr16[5] == 0xffff) {
		at = print_put_text(at, "ffff:");
		return print_put_in4(at, (const struct in_addr *)&addr->s6_addr32[3]);
	}
	return put_groups(at, addr, start + run, 8);
}

char *print_put_node6(char *at, const struct in6_addr *addr, in_port_t port)
{
	at = print_put_in6(at, addr);
	*at++ = '#';
	return print_put_u32(at, ntohs(port));
}

char *print_put_node4(char *at, const struct in_addr *addr, in_port_t port)
{
	at = print_put_in4(at, addr);
	*at++ = '#';
	return print_put_u32(at, ntohs(port));
}

char *print_put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len);
	return at + len;
}

char *print_put_time(char *at, uint32_t ms, bool millis)
{
	uint32_t seconds = ms / 1000;

	ms %= 1000;
	at = print_put_u32(at, seconds / 3600);
	*at++ = ':';
	at = put_pair(at, seconds / 60 % 60);
	*at++ = ':';
	at = put_pair(at, seconds % 60);
	if (!ms && !millis)
		return at;
	*at++ = '.';
	*at++ = '0' + ms / 100;
	return put_pair(at, ms % 100);
}

/* Day `days` after 1970-01-01 as YYYY-MM-DD. The year is counted from March: February ends it. */
static char *put_day(char *at, uint64_t days)
{
	uint32_t era, day, year, month;

	days += 719468; /* since 0000-03-01 */
	era = days / 146097;
	day = days % 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	year += 400 * era + (month >= 10);
	month = month < 10 ? month + 3 : month - 9;

	at = put_pair(at, year / 100);
	at = put_pair(at, year % 100);
	*at++ = '-';
	at = put_pair(at, month);
	*at++ = '-';
	return put_pair(at, day + 1);
}

char *print_put_date(char *at, uint64_t ns)
{
	uint64_t ms = ns / 1000000;
	uint64_t seconds = ms / 1000;

	ms %= 1000;
	at = put_day(at, seconds / 86400);
	*at++ = 'T';
	at = put_pair(at, seconds / 3600 % 24);
	*at++ = ':';
	at = put_pair(at, seconds / 60 % 60);
	*at++ = ':';
	at = put_pair(at, seconds % 60);
	*at++ = '.';
	*at++ = '0' + ms / 100;
	at = put_pair(at, ms % 100);
	*at++ = 'Z';
	return at;
}

static char *put_unit(char *at, const char *start, uint32_t count, const char *unit)
{
	if (!count)
		return at;
	if (at != start)
		at = print_put_text(at, ", ");
	at = print_put_u32(at, count);
	at = print_put_text(at, unit);
	if (count != 1)
		*at++ = 's';
	return at;
}

char *print_put_words(char *at, uint32_t ms)
{
	uint32_t seconds = ms / 1000;
	char *start = at;

	if (!seconds) {
		at = print_put_u32(at, ms);
		return print_put_text(at, ms == 1 ? " millisecond" : " milliseconds");
	}
	at = put_unit(at, start, seconds / 3600, " hour");
	at = put_unit(at, start, seconds / 60 % 60, " minute");
	return put_unit(at, start, seconds % 60, " second");
}
