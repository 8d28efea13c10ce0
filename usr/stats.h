/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `stats`: the counters of an instance. */
#ifndef JOOL_USR_STATS_H
#define JOOL_USR_STATS_H

#include "command.h"
#include "table.h"

extern const struct mode stats_mode;

/* What the name of every counter begins with, for people. */
#define STATS_PREFIX "JSTAT_"

/* What a counter of that name (without the prefix) counts; empty if it is not known. */
const char *stats_explain(const char *name);

/* How counters are listed. Keys in JSON: name, value, with --explain explanation. */
extern const struct table_kind stats_table;

#endif
