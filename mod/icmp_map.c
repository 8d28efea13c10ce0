// SPDX-License-Identifier: GPL-2.0-only
#include "icmp_map.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>

#define NONE 255

/* The difference between the two headers. */
#define GROWTH 20
#define MIN_MTU6 1280
#define MIN_MTU4 68
#define FRAGMENT_HEADER 8

/* RFC 7915 figure 3 */
static const u8 pointers_4to6[] = {
	0, 1, 4, 4, NONE, NONE, NONE, NONE, 7, 6, NONE, NONE, 8, 8, 8, 8, 24, 24, 24, 24,
};

/* RFC 7915 figure 6 */
static u8 pointer_6to4(u32 pointer)
{
	static const u8 first[] = { 0, 1, NONE, NONE, 2, 2, 9, 8 };

	if (pointer < sizeof(first))
		return first[pointer];
	return pointer < 24 ? 12 : pointer < 40 ? 16 : NONE;
}

static bool set_map(struct jool_icmp_map *map, u8 type, u8 code, enum jool_icmp_map_rest rest,
		    u8 pointer)
{
	map->type = type;
	map->code = code;
	map->rest = rest;
	map->pointer = pointer;
	return pointer != NONE;
}

static bool unreachable_4to6(u8 code, struct jool_icmp_map *map)
{
	switch (code) {
	case ICMP_NET_UNREACH:
	case ICMP_HOST_UNREACH:
	case ICMP_SR_FAILED:
	case ICMP_NET_UNKNOWN:
	case ICMP_HOST_UNKNOWN:
	case ICMP_HOST_ISOLATED:
	case ICMP_NET_UNR_TOS:
	case ICMP_HOST_UNR_TOS:
		return set_map(map, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, JOOL_ICMP_MAP_ZERO, 0);
	case ICMP_PROT_UNREACH:
		/* 6: where an IPv6 header has its next header */
		return set_map(map, ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR, JOOL_ICMP_MAP_POINTER, 6);
	case ICMP_PORT_UNREACH:
		return set_map(map, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, JOOL_ICMP_MAP_ZERO,
			       0);
	case ICMP_FRAG_NEEDED:
		return set_map(map, ICMPV6_PKT_TOOBIG, 0, JOOL_ICMP_MAP_MTU, 0);
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
	case ICMP_PREC_CUTOFF:
		return set_map(map, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, JOOL_ICMP_MAP_ZERO,
			       0);
	}
	return false;
}

bool jool_icmp_map_4to6(u8 type, u8 code, u8 pointer, struct jool_icmp_map *map)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
		return unreachable_4to6(code, map);
	case ICMP_TIME_EXCEEDED:
		return set_map(map, ICMPV6_TIME_EXCEED, code, JOOL_ICMP_MAP_ZERO, 0);
	case ICMP_PARAMETERPROB:
		/* 0: the pointer shows it; 2: bad length */
		if ((code != 0 && code != 2) || pointer >= sizeof(pointers_4to6))
			return false;
		return set_map(map, ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, JOOL_ICMP_MAP_POINTER,
			   pointers_4to6[pointer]);
	}
	return false;
}

static bool unreachable_6to4(u8 code, struct jool_icmp_map *map)
{
	switch (code) {
	case ICMPV6_NOROUTE:
	case ICMPV6_NOT_NEIGHBOUR:
	case ICMPV6_ADDR_UNREACH:
		return set_map(map, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, JOOL_ICMP_MAP_ZERO, 0);
	case ICMPV6_ADM_PROHIBITED:
		return set_map(map, ICMP_DEST_UNREACH, ICMP_HOST_ANO, JOOL_ICMP_MAP_ZERO, 0);
	case ICMPV6_PORT_UNREACH:
		return set_map(map, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, JOOL_ICMP_MAP_ZERO, 0);
	}
	return false;
}

static bool parameter_6to4(u8 code, u32 pointer, struct jool_icmp_map *map)
{
	switch (code) {
	case ICMPV6_HDR_FIELD:
		return set_map(map, ICMP_PARAMETERPROB, 0, JOOL_ICMP_MAP_POINTER,
			       pointer_6to4(pointer));
	case ICMPV6_UNK_NEXTHDR:
		return set_map(map, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, JOOL_ICMP_MAP_ZERO, 0);
	}
	return false;
}

bool jool_icmp_map_6to4(u8 type, u8 code, u32 pointer, struct jool_icmp_map *map)
{
	switch (type) {
	case ICMPV6_DEST_UNREACH:
		return unreachable_6to4(code, map);
	case ICMPV6_PKT_TOOBIG:
		return set_map(map, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, JOOL_ICMP_MAP_MTU, 0);
	case ICMPV6_TIME_EXCEED:
		return set_map(map, ICMP_TIME_EXCEEDED, code, JOOL_ICMP_MAP_ZERO, 0);
	case ICMPV6_PARAMPROB:
		return parameter_6to4(code, pointer, map);
	}
	return false;
}

bool jool_icmp_map_has_length4(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

bool jool_icmp_map_has_length6(u8 type)
{
	return type == ICMPV6_DEST_UNREACH || type == ICMPV6_TIME_EXCEED;
}

static u32 least_mtu(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* The greatest plateau below @len that IPv6 can do with, or 0. */
static u32 plateau_below(u32 len, const u16 *plateaus, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (plateaus[i] < len)
			return plateaus[i] >= MIN_MTU6 ? plateaus[i] : 0;
	return 0;
}

u32 jool_icmp_map_mtu_4to6(u32 mtu, u32 len, u32 mtu6, u32 mtu4, const u16 *plateaus,
			   unsigned int count)
{
	if (!mtu)
		mtu = plateau_below(len, plateaus, count);
	mtu = least_mtu(least_mtu(mtu + GROWTH, mtu6), mtu4 + GROWTH);
	return mtu > MIN_MTU6 ? mtu : MIN_MTU6;
}

u32 jool_icmp_map_mtu_6to4(u32 mtu, u32 mtu6, u32 mtu4, bool fragment)
{
	u32 growth = GROWTH + (fragment ? FRAGMENT_HEADER : 0);

	mtu = least_mtu(mtu, mtu6);
	mtu = mtu > growth + MIN_MTU4 ? mtu - growth : MIN_MTU4;
	return least_mtu(mtu, mtu4);
}
