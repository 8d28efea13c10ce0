// SPDX-License-Identifier: GPL-2.0-only
#include "csum.h"

#include <linux/string.h>

u16 jool_csum_sum(const void *data, unsigned int len)
{
	const u8 *at = data;
	u32 sum = 0;
	u16 word;

	for (; len; at += 2, len -= 2) {
		memcpy(&word, at, sizeof(word));
		sum += word;
	}
	return jool_csum_fold(sum);
}
