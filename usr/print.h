/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What leaves the command: standard output through one buffer of our own, errors and warnings,
 * and fast text forms of numbers, addresses and times.
 *
 * The print_put_* functions write at `at` and return the end of what they wrote; they write no
 * terminating zero and do not check for room, which is what print_reserve() is for.
 */
#ifndef JOOL_USR_PRINT_H
#define JOOL_USR_PRINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit status of the command. */
enum {
	EXIT_DONE = 0,
	EXIT_USAGE = 1,		/* the command line makes no sense */
	EXIT_REFUSED = 2,	/* the kernel refused, or a system call failed */
};

/* Room for print_put_time() with a terminating zero, and most that one can reserve. */
#define PRINT_TIME_MAX 16
#define PRINT_RESERVE_MAX 16384

/*
 * Room for `len` bytes (PRINT_RESERVE_MAX at most) in the output buffer, which is written out first
 * if need be. Never fails: after a write error output is dropped until print_finish() reports it.
 */
char *print_reserve(size_t len);

/* Ends what was begun with print_reserve(): everything up to `end` belongs to the output. */
void print_commit(const char *end);

/* Appends `len` bytes, as many as one likes. */
void print_bytes(const void *bytes, size_t len);

/* Appends a text without its terminating zero. */
void print_text(const char *text);

/* printf, for lines (of 1000 bytes at most) that are not printed a million times. */
void print_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Characters of UTF-8 from `from` to `to`. */
size_t print_characters(const char *from, const char *to);

/* Writes out what the buffer holds. */
void print_flush(void);

/* Has writing failed, so that there is no use in printing more? */
bool print_failed(void);

/* Throws away what has not been written out yet; a failure says nothing on standard output. */
void print_discard(void);

/*
 * Writes out the rest. Returns EXIT_DONE, also if the reader has gone away (`| head`), or
 * EXIT_REFUSED after an error sentence if standard output could not be written.
 */
int print_finish(void);

/*
 * For signal handlers: from now on, a write is given a second or two for the reader to make room,
 * and then given up as if the reader had gone away. Takes SIGALRM.
 */
void print_hurry(void);

/* Where output goes: a file descriptor, standard output until told otherwise. */
void print_to(int fd);

/* `Error: …` and a newline on standard error. It is tamed (print_tame). */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `Warning: …`, after what was printed on standard output so far. */
void print_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * From now on at most `most` errors and warnings are printed. Returns how many there were beyond
 * that since it was called last.
 */
unsigned int print_limit(unsigned int most);

/*
 * What print_error() and print_warning() are about is in a file: from now on `place` writes the
 * place there, as in `FILE:LINE: `, to go before the sentence, and returns its length, less than
 * `size`. NULL: it is in no file.
 */
typedef size_t (*print_place_fn)(char *at, size_t size);
void print_place(print_place_fn place);

/* From now on print_error() and print_warning() say nothing. */
void print_mute(void);

/* Decimal number. */
char *print_put_u32(char *at, uint32_t value);
char *print_put_u64(char *at, uint64_t value);

/*
 * IPv4 and IPv6 address, in the form of inet_ntop() (RFC 5952). There must be room for the longest
 * one, INET_ADDRSTRLEN or INET6_ADDRSTRLEN, also if this one is shorter.
 */
char *print_put_in4(char *at, const struct in_addr *addr);
char *print_put_in6(char *at, const struct in6_addr *addr);

/* The same with a port (network byte order): 192.0.2.1#80. */
char *print_put_node4(char *at, const struct in_addr *addr, in_port_t port);
char *print_put_node6(char *at, const struct in6_addr *addr, in_port_t port);

/* A text without its terminating zero. */
char *print_put_text(char *at, const char *text);

/* Milliseconds as H:MM:SS.mmm; unless `millis`, .mmm only if it is not .000. */
char *print_put_time(char *at, uint32_t ms, bool millis);

/* Nanoseconds since 1970 as 1970-01-01T00:00:00.000Z. */
char *print_put_date(char *at, uint64_t ns);

/*
 * Milliseconds in words: `2 hours, 57 seconds`, `1 millisecond`. Zero units are left out, parts of
 * a second too if there is at least one second. At most 64 bytes.
 */
char *print_put_words(char *at, uint32_t ms);

/* Replaces what could do harm on a terminal by `?`, in place: all that common/text.h does not let pass. */
void print_tame(char *text);

#endif
