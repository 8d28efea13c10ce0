/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The size of hash tables. One begins small, since there may be many instances that translate
 * little. It does not double its way up from there, which would move every entry again and again:
 * with the first few dozen entries it goes at once to what is good for tens of thousands, in
 * process context; from there rhashtable doubles it. Until that is done, however many come,
 * rhashtable takes them, in tables that it makes itself.
 */
#ifndef _JOOL_TABLE_H
#define _JOOL_TABLE_H

#include <linux/rhashtable-types.h>

/* Buckets to begin with, in less than a page. */
#define JOOL_TABLE_SMALL 64

/* From so many entries on a table is to be large. */
#define JOOL_TABLE_FEW 32

/* Buckets of a large table, in half a MiB, and the least that it shrinks to. */
#define JOOL_TABLE_LARGE 65536
#define JOOL_TABLE_MIN 32768

/* Makes @table large, if there is memory. May sleep. */
void jool_table_enlarge(struct rhashtable *table);

#endif
