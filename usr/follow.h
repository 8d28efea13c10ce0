/* SPDX-License-Identifier: GPL-2.0-only */
/* `jool session follow`: sessions that begin and end, as it happens. */
#ifndef JOOL_USR_FOLLOW_H
#define JOOL_USR_FOLLOW_H

#include "command.h"
#include "match.h"
#include "table.h"

/* One line to an event: console, CSV, or a JSON document each. */
extern const struct table_kind follow_table;

struct follow {
	struct table table;
	struct match match;
	uint8_t proto;		/* 0: all */
	const char *instance;	/* NULL: all */
	bool overrun;		/* the kernel said that some were lost, but not yet how many */
};

/* Takes an event, after saying how many before it were lost. `follow` is a struct follow; an nl_row_fn. */
bool follow_take(struct nl_row *row, void *follow);

/* Follows until a signal, or until the reader goes away. An operation's run(). */
int follow_run(const struct request *request);

#endif
