/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internet checksums by difference (RFC 1624). Pure: runs in user space as well.
 *
 * A delta is what an exchange of bytes adds to a one's complement sum: new bytes less old bytes,
 * folded to 16 bits, in the byte order of the packet. The delta of the exchange back is its
 * complement.
 */
#ifndef _JOOL_CSUM_H
#define _JOOL_CSUM_H

#include <linux/string.h>
#include <linux/types.h>

static inline u16 jool_csum_fold(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

/* The sum of @len bytes (even, at most 64 KiB) at @data, folded. */
static inline u16 jool_csum_sum(const void *data, unsigned int len)
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

/* The delta of exchanging the folded sum @old for @new. */
static inline u16 jool_csum_delta(u16 old, u16 new)
{
	return jool_csum_fold((u32)(u16)~old + new);
}

/* The header checksum @check after the exchange that @delta stands for. */
static inline __sum16 jool_csum_apply(__sum16 check, u16 delta)
{
	return (__force __sum16)~jool_csum_fold((u32)(u16)~(__force u16)check + delta);
}

/*
 * The same for the field of a packet whose checksum the device will complete: it holds the plain
 * sum of the pseudo header (CHECKSUM_PARTIAL).
 */
static inline __sum16 jool_csum_apply_partial(__sum16 check, u16 delta)
{
	return (__force __sum16)jool_csum_fold((u32)(__force u16)check + delta);
}

#endif
