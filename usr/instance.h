/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `instance`: the translators there are. */
#ifndef JOOL_USR_INSTANCE_H
#define JOOL_USR_INSTANCE_H

#include "command.h"
#include "table.h"

extern const struct mode instance_mode;

/* How instances are listed. Keys in JSON: netns (inode), name, framework, pool6. */
extern const struct table_kind instance_table;

#endif
