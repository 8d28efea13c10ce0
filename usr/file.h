/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `file`: whole configurations. */
#ifndef JOOL_USR_FILE_H
#define JOOL_USR_FILE_H

#include "command.h"
#include "config.h"

extern const struct mode file_mode;

/* Sorts the entries of pool4 and the static mappings, as the two functions below want them. */
void file_sort(struct config *config);

/* Prints a configuration as a file of JSON from which it can be read again. */
void file_print(const struct config *config);

/* Prints what is different in `after`, which is `before` of a later time; nothing if it is the same. */
void file_print_changes(const struct config *before, const struct config *after);

#endif
