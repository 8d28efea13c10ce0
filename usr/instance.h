/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `instance`: the translators there are. */
#ifndef JOOL_USR_INSTANCE_H
#define JOOL_USR_INSTANCE_H

#include "command.h"
#include "parse.h"
#include "table.h"

extern const struct mode instance_mode;

/*
 * If the request has --file, the instance is the one that this file names. Returns EXIT_DONE, or
 * another exit status after an error sentence.
 */
int instance_take_file(struct request *request);

/*
 * Calls `row` for each instance of the network namespace of this process. Returns an exit status,
 * after an error sentence if it is not EXIT_DONE.
 */
int instance_list_own(nl_row_fn row, void *arg);

/* How instances are listed. Keys in JSON: netns (inode), name, framework, pool6. */
extern const struct table_kind instance_table;

/*
 * Understands the words and options of `instance add`; the name lives as long as those. False after
 * an error sentence.
 */
bool instance_parse_add(const struct request *request, const char **name, struct prefix6 *pool6);

#endif
