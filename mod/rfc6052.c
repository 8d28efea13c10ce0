// SPDX-License-Identifier: GPL-2.0-only
#include "rfc6052.h"

#include <linux/string.h>
#include <asm/byteorder.h>

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
	const u8 *byte = (const u8 *)&addr4;

	return byte[0] != 0 && byte[0] != 127 && byte[0] < 224 &&
	       !(byte[0] == 169 && byte[1] == 254);
}

bool jool_rfc6052_is_well_known(const struct in6_addr *prefix, u8 len)
{
	static const u8 well_known[16] = { 0x00, 0x64, 0xff, 0x9b };

	return len == 96 && !memcmp(prefix, well_known, sizeof(well_known));
}

/* What is special of IANA's registry; the first that an address lies in counts. */
static const struct {
	u32 prefix;
	u8 len;
	bool global;
} special[] = {
	{ 0x0a000000, 8, false },	/* 10/8 private (RFC 1918) */
	{ 0x64400000, 10, false },	/* 100.64/10 shared (RFC 6598) */
	{ 0xac100000, 12, false },	/* 172.16/12 private */
	{ 0xc0000009, 32, true },	/* 192.0.0.9 PCP (RFC 7723) */
	{ 0xc000000a, 32, true },	/* 192.0.0.10 TURN (RFC 8155) */
	{ 0xc0000000, 24, false },	/* 192.0.0/24 protocols (RFC 6890) */
	{ 0xc0000200, 24, false },	/* 192.0.2/24 documentation (RFC 5737) */
	{ 0xc0586300, 24, false },	/* 192.88.99/24 once 6to4 relays (RFC 7526) */
	{ 0xc0a80000, 16, false },	/* 192.168/16 private */
	{ 0xc6120000, 15, false },	/* 198.18/15 benchmarks (RFC 2544) */
	{ 0xc6336400, 24, false },	/* 198.51.100/24 documentation */
	{ 0xcb007100, 24, false },	/* 203.0.113/24 documentation */
	{ 0, 0, true },			/* all others */
};

bool jool_rfc6052_global4(__be32 addr4)
{
	u32 addr = ntohl(addr4);
	unsigned int i = 0;

	while ((u64)(addr ^ special[i].prefix) >> (32 - special[i].len))
		i++;
	return special[i].global;
}
