/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps of ICMP errors between the two versions (RFC 7915 4.2, 5.2). Pure: runs in user space as
 * well.
 */
#ifndef _JOOL_ICMP_MAP_H
#define _JOOL_ICMP_MAP_H

#include <linux/types.h>

/* What the second word of the translated error holds. */
enum jool_icmp_map_rest {
	JOOL_ICMP_MAP_ZERO,	/* nothing, or the length of RFC 4884 where the type has it */
	JOOL_ICMP_MAP_MTU,
	JOOL_ICMP_MAP_POINTER,
};

struct jool_icmp_map {
	u8 type;
	u8 code;
	u8 rest;	/* enum jool_icmp_map_rest */
	u8 pointer;	/* if rest says so */
};

/*
 * Writes what an ICMPv4 error becomes. @pointer: of a parameter problem. Returns false: there is
 * nothing like it in ICMPv6.
 */
bool jool_icmp_map_4to6(u8 type, u8 code, u8 pointer, struct jool_icmp_map *map);

/* The same for an ICMPv6 error. */
bool jool_icmp_map_6to4(u8 type, u8 code, u32 pointer, struct jool_icmp_map *map);

/* Whether errors of this type say in their header how long the packet within is (RFC 4884 4). */
bool jool_icmp_map_has_length4(u8 type);
bool jool_icmp_map_has_length6(u8 type);

/*
 * The MTU for a Packet Too Big (RFC 7915 4.2). @mtu: of the Fragmentation Needed, or 0; @len: total
 * length of the packet within; @mtu6, @mtu4: of the next hops; @plateaus: @count of them,
 * descending (RFC 1191 7.1). All in bytes.
 */
u32 jool_icmp_map_mtu_4to6(u32 mtu, u32 len, u32 mtu6, u32 mtu4, const u16 *plateaus,
			   unsigned int count);

/*
 * The MTU for a Fragmentation Needed (RFC 7915 5.2). @mtu: of the Packet Too Big; @mtu6, @mtu4: of
 * the next hops; @fragment: the packet within has a fragment header.
 */
u32 jool_icmp_map_mtu_6to4(u32 mtu, u32 mtu6, u32 mtu4, bool fragment);

#endif
