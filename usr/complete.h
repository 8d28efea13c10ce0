/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Completion of command lines, for shells: `jool autocomplete N WORD…`. The words are those of
 * the line, `jool` itself being word 0, and the candidates for word N are printed, one to a line.
 * N and WORD… are what bash has in COMP_CWORD and COMP_WORDS.
 */
#ifndef JOOL_USR_COMPLETE_H
#define JOOL_USR_COMPLETE_H

#include "command.h"

/*
 * `argv` are the arguments of autocomplete, ending with NULL. Returns an exit status; a line that
 * makes no sense has no candidates, which is no error.
 */
int complete_words(const struct mode *const *modes, char **argv);

#endif
