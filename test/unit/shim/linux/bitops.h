/* SPDX-License-Identifier: GPL-2.0-only */
#define BITS_PER_LONG ((int)(8 * sizeof(long)))
#define __ffs(x) ((unsigned int)__builtin_ctzl(x))
