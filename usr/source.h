/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a file, and what error sentences call a place within it. A place is a pointer into
 * the text; lines are counted when there is something to say.
 */
#ifndef JOOL_USR_SOURCE_H
#define JOOL_USR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct source {
	const char *name;	/* as error sentences call it */
	char *text;		/* ends with a zero that does not belong to it */
	size_t len;
	bool columns;		/* places have a column, too */
};

/* Reads all of the file `path`, `-` is standard input. False after an error sentence. */
bool source_read(struct source *source, const char *path);

void source_free(struct source *source);

/*
 * From now on error sentences and warnings begin with `FILE:LINE:COLUMN: what: `, or without `what:`
 * if that is NULL; of `source` NULL, with nothing of that.
 */
void source_place(const struct source *source, const char *at, const char *what);

/*
 * Between these two, errors and warnings beyond a limit are left out, since each takes counting lines.
 * The second one says how many, and ends the place; `good`: they were but warnings.
 */
void source_limit(void);
void source_more(const struct source *source, bool good);

#endif
