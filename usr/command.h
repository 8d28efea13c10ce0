/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The grammar: `jool [-i NAME | -f FILE] MODE OPERATION [WORD…] [--option [VALUE]…]`. A mode that
 * does one thing only has no OPERATION.
 *
 * Modes describe themselves in tables of operations; parsing, --help, --usage and completion all
 * live on these. Modes, operations, global keys and long options may be cut to any prefix that is
 * not ambiguous; options and words may stand in any order.
 */
#ifndef JOOL_USR_COMMAND_H
#define JOOL_USR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option {
	OPTION_TCP,
	OPTION_UDP,
	OPTION_ICMP,
	OPTION_ALL_PROTOS,
	OPTION_NUMERIC,
	OPTION_DNS_TIMEOUT,
	OPTION_CSV,
	OPTION_NO_HEADERS,
	OPTION_JSON,
	OPTION_ALL,
	OPTION_EXPLAIN,
	OPTION_MARK,
	OPTION_MAX_ITERATIONS,
	OPTION_FORCE,
	OPTION_QUICK,
	OPTION_NETFILTER,
	OPTION_IPTABLES,
	OPTION_POOL6,
	OPTION_SRC6,
	OPTION_DST6,
	OPTION_SRC4,
	OPTION_DST4,
	OPTION_PORT,
	OPTION_STATE,
	OPTION_OPENMETRICS,
	OPTION_PROMETHEUS,
	OPTION_VERBOSE,
	/* Those that need not be listed by an operation. */
	OPTION_INSTANCE,
	OPTION_FILE,
	OPTION_HELP,
	OPTION_USAGE,
	OPTION_VERSION,
	OPTIONS
};

_Static_assert(OPTIONS <= 64, "sets of options have 64 bits");

/* One of a set of options: by name, by number. */
#define OPTION_BIT(option) OPTION_BIT_OF(OPTION_##option)
#define OPTION_BIT_OF(number) (UINT64_C(1) << (number))

/* Sets of options. */
#define OPTIONS_PROTO (OPTION_BIT(TCP) | OPTION_BIT(UDP) | OPTION_BIT(ICMP))
#define OPTIONS_FORMAT (OPTION_BIT(CSV) | OPTION_BIT(NO_HEADERS) | OPTION_BIT(JSON))
#define OPTIONS_NAMES (OPTION_BIT(NUMERIC) | OPTION_BIT(DNS_TIMEOUT))
#define OPTIONS_BIB_FILTER \
	(OPTION_BIT(SRC6) | OPTION_BIT(SRC4) | OPTION_BIT(PORT))
#define OPTIONS_SESSION_FILTER \
	(OPTIONS_BIB_FILTER | OPTION_BIT(DST6) | OPTION_BIT(DST4) | OPTION_BIT(STATE))
#define OPTIONS_COMMON \
	(OPTION_BIT(INSTANCE) | OPTION_BIT(FILE) | OPTION_BIT(HELP) | OPTION_BIT(USAGE) | OPTION_BIT(VERSION))

struct option_info {
	const char *name;	/* without the two dashes */
	char letter;		/* 0: has none */
	const char *value;	/* what its value is called; NULL: it has none */
	const char *help;
};

extern const struct option_info command_options[OPTIONS];

/* What a word of an operation is, for completion. */
enum word_kind {
	WORD_OTHER,
	WORD_INSTANCE,
	WORD_KEY,		/* of a global option */
	WORD_VALUE,		/* of that global option */
	WORD_FILE,
};

#define WORDS_MAX 3

struct request;

struct operation {
	const char *name;	/* "": the mode has no operations, it is this one */
	const char *words;	/* the words after it, as usage shows them; "": none */
	unsigned int most;	/* so many words */
	enum word_kind kinds[WORDS_MAX];
	uint64_t options;	/* set of OPTION_BIT */
	uint64_t required;	/* those of them that it does not do without */
	const char *help;	/* one line */
	/* Returns an exit status. Output that failed to be written is not its concern. */
	int (*run)(const struct request *request);
};

/* An operation of Jool 4 that there is not any more. */
struct gone {
	const char *name;	/* NULL: end of the list */
	const char *instead;	/* error sentence: what to use */
};

struct mode {
	const char *name;
	const char *help;	/* one line */
	const struct operation *operations;
	size_t count;
	size_t first;		/* so many are Jool 4's; see command_match(). 0: all */
	const struct gone *gone;	/* NULL: none */
};

/* A command line that was understood. */
struct request {
	const struct mode *mode;
	const struct operation *operation;
	const char *instance;	/* named with -i, or the default */
	bool named;		/* it was named with -i */
	uint64_t given;		/* set of OPTION_BIT */
	const char *values[OPTIONS];
	const char *words[WORDS_MAX];
	unsigned int count;	/* of words */
};

/* What command_parse() returns if there is something to run. */
#define COMMAND_RUN (-1)

/*
 * Understands `argv`. `modes` ends with NULL. Returns COMMAND_RUN, or the exit status if it is done
 * with already: help is printed, or an error sentence.
 */
int command_parse(const struct mode *const *modes, int argc, char **argv, struct request *request);

/* Was the option given? */
#define command_has(request, option) (!!((request)->given & OPTION_BIT(option)))

/*
 * The protocol asked for, 0 if it is --all, or else `otherwise`. False after an error sentence if
 * there are several.
 */
bool command_proto(const struct request *request, uint8_t otherwise, uint8_t *proto);

/* Prints help on a mode and operation; NULL: on all of them. */
void command_help(const struct mode *const *modes, const struct mode *mode,
		  const struct operation *operation);

/* Instance names have 1 to 15 bytes of UTF-8, no control characters. False after an error sentence. */
bool command_check_instance(const char *name);

/*
 * Finds `word`, or what it is the only prefix of, among `names`, which ends with NULL. Returns its
 * index, or -1 after an error sentence that calls it `what`, and names candidates. What was short
 * for one of the `first` names before the others came still is.
 */
int command_match(const char *what, const char *word, const char *const *names, size_t first);

/* Is it a mode, option or tag of stateless translators alone? Then an error sentence says so. */
bool command_is_siit(const char *word);

/* The one of `names`, which ends with NULL, that is nearest to `word`; NULL if none is near. */
const char *command_nearest(const char *word, const char *const *names);

/* The same among modes and operations. NULL after an error sentence. */
const struct mode *command_mode(const struct mode *const *modes, const char *word);
const struct operation *command_operation(const struct mode *mode, const char *word);

/* The only operation of a mode that has no operations, NULL for others. */
const struct operation *command_alone(const struct mode *mode);

/* ---- reading words and options one by one ---- */

struct scan {
	char *const *argv;	/* ends with NULL */
	const char *place;	/* the mode that the options belong to; NULL: it comes yet */
	uint64_t own;		/* options that may occur, beside OPTIONS_COMMON */
	uint64_t all;		/* those of the mode: their letters are not those of a common one */
	bool mute;		/* no error sentences */
	const char *cluster;	/* rest of `-abc` */
	bool ended;		/* there was `--` */

	const char *word;	/* of SCAN_WORD */
	enum option option;	/* of SCAN_OPTION and SCAN_VALUE_MISSING */
	const char *value;	/* of SCAN_OPTION; NULL if it has none */
};

enum scan_result {
	SCAN_END,
	SCAN_WORD,
	SCAN_OPTION,
	SCAN_VALUE_MISSING,	/* the option that should have a value is the last word */
	SCAN_BAD,		/* not understood; an error sentence was printed */
};

/* The next word or option. */
enum scan_result command_scan(struct scan *scan);

/* The scan of what follows mode (and operation, if that is known). */
struct scan command_scan_of(char *const *argv, const struct mode *mode,
			    const struct operation *operation);

#endif
