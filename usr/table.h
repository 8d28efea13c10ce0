/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list as the user wants it: console, CSV or JSON from one description, with or without names.
 *
 * Without names a row is printed as it comes, and memory does not grow with the table. With names,
 * rows are kept until there are some thousands of them, whose names are then looked up together.
 */
#ifndef JOOL_USR_TABLE_H
#define JOOL_USR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "names.h"
#include "nl.h"
#include "print.h"

/* What a column holds. In JSON: a string unless another type is told. */
enum column_type {
	COLUMN_PROTO,		/* uint8_t: TCP */
	COLUMN_STATE,		/* uint8_t: ESTABLISHED; if absent, empty, in JSON null */
	COLUMN_IN6,		/* struct in6_addr */
	COLUMN_IN4,		/* struct in_addr */
	COLUMN_POOL6,		/* struct in6_addr, its length in pool6_len: 64:ff9b::/96 */
	COLUMN_PORT,		/* in_port_t; JSON number */
	COLUMN_U16,		/* JSON number */
	COLUMN_U32,		/* JSON number */
	COLUMN_U64,		/* JSON number */
	COLUMN_ITERATIONS,	/* uint32_t; JSON number, or "infinite" */
	COLUMN_MS,		/* uint32_t: H:MM:SS.mmm; JSON number of milliseconds */
	COLUMN_FLAG,		/* uint32_t, a bit of it: 1 or 0; JSON true or false */
	COLUMN_UNFLAG,		/* the same, the other way round */
	COLUMN_CHARS,		/* char array */
	COLUMN_TEXT,		/* const char *; NULL: in JSON left out */
	COLUMN_QUOTED,		/* const char *, in CSV always in quotes */
	COLUMN_TIME,		/* uint64_t, nanoseconds since 1970: 1970-01-01T00:00:00.000Z */
	COLUMN_REASON,		/* uint8_t, reasons.def: from-ipv6 */
};

/* What the kernel has said, and what is made of it. */
struct table_row {
	struct nl_row nl;
	const char *src6_name, *src6_service, *dst4_name, *dst4_service;	/* NULL: none */
	const char *text;
	uint32_t ports_free;
};

struct column {
	const char *csv;	/* heading; NULL: not in CSV */
	const char *json;	/* key, or outer.inner; NULL: not in JSON */
	enum column_type type;
	uint16_t offset;	/* within struct table_row */
	uint16_t name;		/* offset of a const char * to be printed instead in CSV; 0: none */
	uint32_t bit;		/* of COLUMN_FLAG and COLUMN_UNFLAG */
};

#define COLUMN_AT(csv, json, type, offset, name, bit) { csv, json, type, offset, name, bit }
/* What the kernel has said. */
#define COLUMN(csv, json, type, member) \
	COLUMN_AT(csv, json, type, offsetof(struct table_row, nl.member), 0, 0)
#define COLUMN_NAMED(csv, json, type, member, name) \
	COLUMN_AT(csv, json, type, offsetof(struct table_row, nl.member), \
		  offsetof(struct table_row, name), 0)
#define COLUMN_BIT(csv, json, type, bit) \
	COLUMN_AT(csv, json, type, offsetof(struct table_row, nl.flags), 0, bit)
/* What the table has of its own. */
#define COLUMN_OWN(csv, json, type, member) \
	COLUMN_AT(csv, json, type, offsetof(struct table_row, member), 0, 0)

struct table;

struct table_kind {
	enum jool_cmd cmd;	/* how to get it */
	uint64_t need;		/* set of NL_BIT: attributes that every answer must have */
	bool by_proto;		/* the request names a protocol */
	bool of_all;		/* the request names no instance */
	bool stream;		/* in JSON every row is a document of its own */
	uint32_t json_flags;	/* of the request (JOOL_A_FLAGS), if it is JSON that is wanted */
	const char *json;	/* key of the array of rows */
	const struct column *columns;
	size_t count;
	uint64_t last_with;	/* options with which the last column is there; 0: all */
	bool resolve_src6, resolve_dst4;
	/* Console: before all, for each row, after all. */
	void (*head)(const struct table *table);
	void (*row)(const struct table *table, const struct table_row *row);
	void (*tail)(void);
	/*
	 * For rows that are not to be printed as they come: take() gets them in place of
	 * table_add() and calls that; finish() is called after the last one.
	 */
	nl_row_fn take;
	void (*finish)(struct table *table);
};

struct table {
	const struct table_kind *kind;
	const struct request *request;
	enum { TABLE_CONSOLE, TABLE_CSV, TABLE_JSON } format;
	bool headers;
	uint8_t proto;		/* of rows that don't say theirs; 0: there are rows of several */
	size_t columns;		/* so many of kind->columns */
	size_t rows;		/* printed so far */
	struct nl_row last;	/* the row printed last, if rows > 0 and in console format */
	struct names *names;	/* NULL: numeric */
	struct table_row *window;
	size_t waiting;		/* rows in the window */
};

/* Rows in the window. */
#define TABLE_WINDOW 4096

/*
 * All of it: gets the table that `request` wants from the kernel and prints it in the form that
 * `request` wants. Returns an exit status, after an error sentence if it is not EXIT_DONE.
 */
int table_display(const struct table_kind *kind, const struct request *request);

/*
 * Asks `cmd` about the sessions or BIB entries that `request` names (with no protocol named, those
 * of `otherwise`, 0: all), and prints what it answers, JOOL_A_COUNT: as JSON under `key`, or the
 * number, followed by ` thing removed.` in the right number if it is not NULL. Returns an exit
 * status, after an error sentence if it is not EXIT_DONE.
 */
int table_count(enum jool_cmd cmd, const struct request *request, uint8_t otherwise,
		const char *key, const char *one, const char *many);

/* Is at most one of the formats asked for? If not, it says so. */
bool table_check_format(const struct request *request);

/*
 * Begins a table of that kind, in the form that `request` asks for, and prints what comes before
 * the rows. Names are found by `names`, which belongs to the table from now on; NULL: no names.
 * Returns EXIT_DONE, or another exit status after an error sentence.
 */
int table_begin(struct table *table, const struct table_kind *kind, const struct request *request,
		struct names *names);

/* Adds a row; `table` is a struct table. It is an nl_row_fn: false if there is no use in more. */
bool table_add(struct nl_row *row, void *table);

/* The same of a row with text or ports_free. */
bool table_add_row(struct table_row *row, struct table *table);

/*
 * Ends the table; `status` is what listing it has come to. If it is not EXIT_DONE, nothing is added
 * to what was printed. Frees what the table holds, and returns `status`.
 */
int table_end(struct table *table, int status);

/*
 * Prints the beginning of a JSON document, up to the value of `key`: version, instance (if not
 * NULL). Printing the value, and the brace that closes the document, is up to the caller.
 */
void table_json_head(const char *instance, const char *key);

/*
 * Writes a JSON string at `at`, where there must be room for six times its bytes and two more, and
 * returns its end. Text that is no UTF-8 has `?` for what is not ASCII.
 */
char *table_put_json(char *at, const char *text);

/* The same of CSV: in quotes if need be, and not longer than twice the text and two. */
char *table_put_csv(char *at, const char *text);

/* Prints a JSON value and drops the reference to it. NULL prints `null`. */
struct json_t;
void table_json(struct json_t *value);

#endif
