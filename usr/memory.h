/* SPDX-License-Identifier: GPL-2.0-only */
/* Want of memory ends the command: nothing is left half done by that, and nothing half said. */
#ifndef JOOL_USR_MEMORY_H
#define JOOL_USR_MEMORY_H

#include <stddef.h>

/* Ends the program with EXIT_REFUSED, after an error sentence. What is not printed yet is not. */
void memory_fail(void) __attribute__((noreturn));

/* Returns `memory`, what an allocation returned; or ends the program if that is NULL. */
void *memory_must(void *memory);

/* malloc() for libraries that do not tell want of memory from other mistakes. */
void *memory_alloc(size_t size);

#endif
