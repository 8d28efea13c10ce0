// SPDX-License-Identifier: GPL-2.0-only
#include "csum.h"

#include <linux/string.h>

u16 jool_csum_sum(const void *data, unsigned int len)
{
	const u8 *at = data;
	u64 sum = 0, words;
	u16 half;

	/* The upper half of eight bytes is worth as much as the lower one. */
	for (; len >= sizeof(words); at += sizeof(words), len -= sizeof(words)) {
		memcpy(&words, at, sizeof(words));
		sum += (words & 0xffffffff) + (words >> 32);
	}
	for (; len; at += sizeof(half), len -= sizeof(half)) {
		memcpy(&half, at, sizeof(half));
		sum += half;
	}
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32 & 0xffff) + (sum >> 48);
	return jool_csum_fold(sum);
}
