/* SPDX-License-Identifier: GPL-2.0-only */
/* A configuration as a file, and what is different between two. */
#ifndef JOOL_USR_CONFIG_PRINT_H
#define JOOL_USR_CONFIG_PRINT_H

#include "config.h"

/* Sorts the entries of pool4 and the static mappings, as the functions below want them. */
void config_sort(struct config *config);

/* Are they the same configuration? */
bool config_is_same(const struct config *a, const struct config *b);

/* Prints a configuration as a file of JSON from which it can be read again. */
void config_print(const struct config *config);

/* Prints what is different in `after`, which is `before` of a later time; nothing if it is the same. */
void config_print_changes(const struct config *before, const struct config *after);

/* Prints `after`, which was not there before: of the options what `config`, of a file, has set. */
void config_print_new(const struct config *config, const struct config *after);

#endif
