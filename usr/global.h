/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `global`: the options of an instance. */
#ifndef JOOL_USR_GLOBAL_H
#define JOOL_USR_GLOBAL_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "parse.h"
#include "uapi.h"

extern const struct mode global_mode;

/* Keys of all options in the order of display, and NULL. */
extern const char *const global_keys[];

/* command_match() among them. */
int global_match(const char *word);

/*
 * Jool 4's options about copying sessions to other translators, `ss-...`, which is not done here. A
 * value that asks for it is refused, others are good for nothing.
 */
enum global_gone {
	GLOBAL_THERE,		/* `word` is not short for one of them */
	GLOBAL_IGNORED,		/* a warning was printed */
	GLOBAL_REFUSED,		/* an error sentence was printed */
};

enum global_gone global_gone(const char *word, const char *value);

/* Those keys, and NULL. */
#define GLOBAL_GONE 6
extern const char *const global_gone_keys[GLOBAL_GONE + 1];

/* Whether the one of that number is true or false; others are numbers. */
bool global_gone_is_bool(int gone);

/* Whether the values of key number `key` are times. */
bool global_is_time(int key);

/* The kind of option that key number `key` of global_keys is. */
enum jool_global_type global_type(int key);

/* A value on its way to the kernel. */
struct global_value {
	size_t len;
	union {
		uint8_t byte;
		uint32_t word;
		uint16_t plateaus[JOOL_PLATEAUS_MAX];
		char devices[JOOL_DEVICES_MAX * JOOL_DEVICE_NAME];
		char bytes[JOOL_DEVICES_MAX * JOOL_DEVICE_NAME];	/* whichever it is */
		struct prefix6 pool6;		/* not for the kernel, see global_keep_pool6() */
	};
};

/*
 * Reads `word` as a value of option number `key` of global_keys; with `force`, it is also taken if
 * it is unwise. False after an error sentence.
 */
bool global_parse(int key, const char *word, bool force, struct global_value *value);

/*
 * Understands the words and options of `global update`: GLOBAL_THERE, `key` is a number of
 * global_keys. GLOBAL_IGNORED after a warning, GLOBAL_REFUSED after an error sentence.
 */
enum global_gone global_parse_update(const struct request *request, int *key,
				     struct global_value *value);

/* pool6 cannot be changed, but set to what it is. False after an error sentence. */
bool global_keep_pool6(const struct prefix6 *pool6, const struct prefix6 *wanted);

/*
 * Writes the value of option number `key`, `len` bytes as the kernel has sent them, as one would
 * write it in a command line, without a terminating zero; GLOBAL_VALUE_MAX bytes at most. Returns
 * the end, or NULL if it is none.
 */
#define GLOBAL_VALUE_MAX 512
char *global_put(char *at, int key, const void *value, size_t len);

/* Is the value of option number `key` one that the memory of the machine sets, `auto`? */
bool global_is_automatic(int key, const void *value, size_t len);

/* Is the value of option number `key`, as the kernel has sent it, one that --force is needed for? */
bool global_is_forced(int key, const void *value, size_t len);

/*
 * Prints the value of option number `key`, `len` bytes as the kernel has sent them. False if they
 * are none. In JSON the key has underscores, and `_ms` at its end if it is a time; the value is a
 * boolean, a number, milliseconds, an array of numbers, or a string.
 */
bool global_print_console(int key, const void *value, size_t len);
bool global_print_csv(int key, const void *value, size_t len);
bool global_print_json(int key, const void *value, size_t len);

#endif
