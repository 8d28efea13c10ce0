// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

#include <stdlib.h>

#include "print.h"

void memory_fail(void)
{
	print_place(NULL);
	print_error("Out of memory.");
	print_discard();
	exit(EXIT_REFUSED);
}

void *memory_must(void *memory)
{
	if (!memory)
		memory_fail();
	return memory;
}

void *memory_alloc(size_t size)
{
	/* malloc() may return NULL for nothing. */
	return memory_must(malloc(size ? size : 1));
}
