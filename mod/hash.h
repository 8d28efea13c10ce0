/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keyed hashes of addresses and ports, of some 25 instructions: products of 64 by 64 bits, in which
 * every bit of the factors reaches every bit of the folded result. The key is secret, so that no
 * outsider can make entries collide.
 */
#ifndef _JOOL_HASH_H
#define _JOOL_HASH_H

#include <linux/in6.h>
#include <linux/math64.h>

#include "compat.h"

extern u64 jool_hash_secret[4];

/* Chooses the secret. */
void jool_hash_init(void);

/* Both halves of the product. */
static __always_inline u64 jool_hash_mix(u64 a, u64 b)
{
#ifdef CONFIG_ARCH_SUPPORTS_INT128
	__uint128_t product = (__uint128_t)a * b;

	return (u64)product ^ (u64)(product >> 64);
#else
	return a * b ^ mul_u64_u64_shr(a, b, 64);
#endif
}

static __always_inline u32 jool_hash_fold(u64 hash)
{
	return (u32)hash ^ (u32)(hash >> 32);
}

/* Takes @addr into @hash. */
static __always_inline u64 jool_hash_addr6(u64 hash, const struct in6_addr *addr)
{
	const __be64 *half = (const __be64 *)addr;

	return jool_hash_mix((__force u64)get_unaligned(half) ^ hash ^ jool_hash_secret[0],
			     (__force u64)get_unaligned(half + 1) ^ jool_hash_secret[1]);
}

/* Takes @word into @hash. */
static __always_inline u64 jool_hash_word(u64 hash, u64 word)
{
	return jool_hash_mix(hash ^ jool_hash_secret[2], word ^ jool_hash_secret[3]);
}

#endif
