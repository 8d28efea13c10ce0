// SPDX-License-Identifier: GPL-2.0-only
#include "hash.h"

#include <linux/cache.h>
#include <linux/random.h>

u64 jool_hash_secret[4] __ro_after_init;

void jool_hash_init(void)
{
	get_random_bytes(jool_hash_secret, sizeof(jool_hash_secret));
}
