/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Completion of command lines, for shells: `jool autocomplete N WORD…`. The words are those of
 * the line, `jool` itself being word 0, and the candidates for word N are printed, one to a line.
 * N and WORD… are what bash has in COMP_CWORD and COMP_WORDS.
 */
#ifndef JOOL_USR_COMPLETE_H
#define JOOL_USR_COMPLETE_H

#include "command.h"

/* Exit status: a file name should stand there, which shells are better at. */
#define COMPLETE_FILE 3

/*
 * `argv` are the arguments of autocomplete, ending with NULL. Returns an exit status, that is
 * COMPLETE_FILE, or EXIT_DONE if the candidates were printed; a line that makes no sense has none,
 * which is no error.
 */
int complete_words(const struct mode *const *modes, char **argv);

#endif
