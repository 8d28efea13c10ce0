/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Header translation (RFC 7915). The maths of single fields is pure: it runs in user space as well.
 */
#ifndef _JOOL_RFC7915_H
#define _JOOL_RFC7915_H

#include <linux/types.h>

struct jool_packet;

/* A translated IPv4 packet of more bytes than this carries DF (RFC 7915 5.1, RFC 8021). */
#define JOOL_RFC7915_DF_ABOVE 1260

/* How much longer a fragment is with IPv6's header and fragment header. */
#define JOOL_RFC7915_FRAGMENT_GROWTH 28

/* The TOS of a packet with this traffic class, by override-tos and tos (RFC 7915 5.1). */
static inline u8 jool_rfc7915_tos(bool override, u8 tos, u8 tclass)
{
	return override ? tos : tclass;
}

/* The traffic class of a packet with this TOS, by zeroize-traffic-class (RFC 7915 4.1). */
static inline u8 jool_rfc7915_tclass(bool zeroize, u8 tos)
{
	return zeroize ? 0 : tos;
}

/* Whether a packet of @len bytes of IPv4 carries DF (RFC 7915 5.1). */
static inline bool jool_rfc7915_df(unsigned int len)
{
	return len > JOOL_RFC7915_DF_ABOVE;
}

#ifdef __KERNEL__
#include <linux/ip.h>
#include <linux/tcp.h>

#include "packet.h"

/* Allocates and frees what identifications are counted in. */
int jool_rfc7915_init(void);
void jool_rfc7915_exit(void);

/*
 * Translates p->skb in place along p->session, with room for p->dst's link header in front. The
 * packet must have been checked (hop limit, size). On failure nothing was changed.
 */
enum jool_verdict jool_rfc7915_6to4(struct jool_packet *p);
enum jool_verdict jool_rfc7915_4to6(struct jool_packet *p);

/* Whether jool_rfc7915_6to4 or jool_rfc7915_4to6 will not have to copy the headers first. */
bool jool_rfc7915_in_place(const struct jool_packet *p, enum jool_dir dir);

/*
 * The bytes of the largest IPv4 packet that p->skb becomes on the wire, which now has an IP header
 * of @l3_len bytes.
 */
static inline unsigned int jool_rfc7915_wire_len4(const struct jool_packet *p, unsigned int l3_len)
{
	const struct sk_buff *skb = p->skb;
	unsigned int l4_len;

	if (likely(!skb_is_gso(skb)))
		return skb->len - l3_len + sizeof(struct iphdr);
	l4_len = p->proto == JOOL_PROTO_TCP ? tcp_hdrlen(skb) : p->l4_len;
	return sizeof(struct iphdr) + l4_len + skb_shinfo(skb)->gso_size;
}

/*
 * Writes the IPv4 header of p->skb, which is complete but for that and has a route; the hop limit
 * counts one down. @df: whether it may not be fragmented (RFC 7915 5.1).
 */
void jool_rfc7915_write4(const struct jool_packet *p, __be32 saddr, __be32 daddr, u8 tclass,
			 u8 hop_limit, u8 protocol, bool df);

/* Writes the IPv6 header of @skb, which is complete but for that (RFC 7915 4.1). */
void jool_rfc7915_write6(struct sk_buff *skb, const struct jool_globals *globals,
			 const struct in6_addr *saddr, const struct in6_addr *daddr, u8 tos, u8 ttl,
			 u8 nexthdr);
#endif

#endif
