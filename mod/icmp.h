/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ICMP: echo between the two versions (RFC 7915 4.2, 5.2), and the errors that the translator
 * itself sends.
 */
#ifndef _JOOL_ICMP_H
#define _JOOL_ICMP_H

#include "packet.h"

/*
 * Sends the sender of the IPv6 packet p->skb, which has not been changed, an ICMPv6 error; @info is
 * the MTU or the pointer. The kernel limits their rate, and we do so in a flood.
 */
void jool_icmp_send6(struct jool_packet *p, u8 type, u8 code, u32 info);

/* The same for an IPv4 packet. @info: host order. */
void jool_icmp_send4(struct jool_packet *p, u8 type, u8 code, u32 info);

/*
 * Drops the IPv6 packet p->skb, which has not been changed, and tells its sender that it may not
 * get through (RFC 7915 5.4).
 */
enum jool_verdict jool_icmp_prohibit6(struct jool_packet *p, enum jool_stat stat);

/* The echo type of one version in the other. */
u8 jool_icmp_echo_6to4(u8 type);
u8 jool_icmp_echo_4to6(u8 type);

/*
 * The sum of type and code (0) of an echo; with ICMPv6 also of the pseudo header's length and
 * protocol.
 */
u16 jool_icmp_sum4(u8 type);
u16 jool_icmp_sum6(u8 type, unsigned int len);

#endif
