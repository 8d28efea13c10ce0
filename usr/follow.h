/* SPDX-License-Identifier: GPL-2.0-only */
/* `jool session follow`: sessions that begin and end, as it happens. */
#ifndef JOOL_USR_FOLLOW_H
#define JOOL_USR_FOLLOW_H

#include "command.h"
#include "filter.h"
#include "table.h"

/* One line to an event: console, CSV, or a JSON document each. */
extern const struct table_kind follow_table;

struct follow {
	struct table table;
	struct filter filter;
	uint8_t proto;		/* 0: all */
	const char *instance;	/* NULL: all */
	uint64_t first, highest;	/* numbers of events */
	uint64_t received, reported;	/* so many events came, so many were said to be lost */
	uint64_t whole;		/* the highest number while none was missing */
	bool overrun;		/* the kernel said that some were lost */
};

/* Takes an event; `follow` is a struct follow. It is an nl_row_fn. */
bool follow_take(struct nl_row *row, void *follow);

/* So many events are missing that were not reported to be lost: some may only be late. */
uint64_t follow_missing(const struct follow *follow);

/* Reports them as lost. */
void follow_report(struct follow *follow);

/* Follows until a signal, or until the reader goes away. An operation's run(). */
int follow_run(const struct request *request);

#endif
