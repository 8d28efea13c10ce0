// SPDX-License-Identifier: GPL-2.0-only
#include "rfc6052.h"

#include <linux/string.h>

/* The byte of bits 64 to 71, which the IPv4 address is laid around. */
#define U_OCTET 8

bool jool_rfc6052_valid_len(u8 len)
{
	return len == 32 || len == 40 || len == 48 || len == 56 || len == 64 || len == 96;
}

const char *jool_rfc6052_check(const struct in6_addr *prefix, u8 len, bool force)
{
	int i;

	for (i = len / 8; i < 16; i++)
		if (prefix->s6_addr[i])
			return "pool6 has bits set behind its prefix length";
	if (prefix->s6_addr[U_OCTET] && !force)
		return "bits 64 to 71 of pool6 must be zero (RFC 6052 2.2), or be forced";
	return NULL;
}

bool jool_rfc6052_match(const struct in6_addr *addr, const struct in6_addr *prefix, u8 len)
{
	return !memcmp(addr, prefix, len / 8);
}

__be32 jool_rfc6052_extract(const struct in6_addr *addr, u8 len)
{
	u8 out[4];
	__be32 addr4;
	int i, at;

	if (len == 96)
		return addr->s6_addr32[3];
	for (i = 0, at = len / 8; i < 4; i++, at++) {
		if (at == U_OCTET)
			at++;
		out[i] = addr->s6_addr[at];
	}
	memcpy(&addr4, out, sizeof(addr4));
	return addr4;
}

void jool_rfc6052_embed(struct in6_addr *addr, const struct in6_addr *prefix, u8 len, __be32 addr4)
{
	u8 in[4];
	int i, at;

	memcpy(in, &addr4, sizeof(in));
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, prefix, len / 8);
	for (i = 0, at = len / 8; i < 4; i++, at++) {
		if (at == U_OCTET)
			at++;
		addr->s6_addr[at] = in[i];
	}
}

bool jool_rfc6052_unicast4(__be32 addr4)
{
	u8 first = *(const u8 *)&addr4;

	return first != 0 && first != 127 && first < 224;
}
