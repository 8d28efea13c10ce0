/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a translated packet goes: its route, and what may be sent along it. */
#ifndef _JOOL_ROUTE_H
#define _JOOL_ROUTE_H

#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "packet.h"

/*
 * Finds p->dst, the way of the translated packet: the session's route of this direction, renewed if
 * it has become invalid. No way: the sender gets an ICMP error.
 */
enum jool_verdict jool_route_find(struct jool_packet *p, enum jool_dir dir);

/* Whether the session has a route of this direction that is still good: then it is p->dst. */
static inline bool jool_route_known(struct jool_packet *p, enum jool_dir dir)
{
	const struct jool_route *route = &p->session->route[dir];
	/* Mark and cookie are those of this dst, or of one that came after it. */
	unsigned long way = smp_load_acquire(&route->way);
	struct dst_entry *dst = jool_route_dst(way);

	p->cookie = READ_ONCE(route->cookie);
	if (unlikely(!way || route->mark != p->skb->mark || !dst_check(dst, p->cookie)))
		return false;
	p->dst = dst;
	p->plain = way & JOOL_ROUTE_PLAIN;
	return true;
}

/*
 * Most bytes of a packet that goes the way p->dst: RFC 7915's MTU of the next hop. What ICMP errors
 * have said of the path beyond is for the gateway's own packets only, as where the kernel forwards
 * (ip_forward_use_pmtu): nobody has checked them. Under RCU.
 */
unsigned int jool_route_mtu(const struct jool_packet *p);

/*
 * The route of the session of @p to its IPv6 node, with a reference, and its @cookie for
 * dst_check(); NULL: there is none. Under RCU.
 */
struct dst_entry *jool_route_lookup6(const struct jool_packet *p, u32 *cookie);

/*
 * Whether the gateway has a route for the destination of the IPv4 packet alone, which leads on to
 * another machine, or one by which it takes the packet for its own. Under RCU.
 */
bool jool_route_has_host4(const struct jool_packet *p);

/*
 * The source address that the gateway itself would use towards @dst4, in the VRF of @p, or 0: no
 * route. Under RCU.
 */
__be32 jool_route_source4(const struct jool_packet *p, __be32 dst4);

/* Whether @dst leads to the gateway itself. */
static inline bool jool_route_is_for_gateway(const struct dst_entry *dst)
{
	if (dst->ops->family == AF_INET)
		return container_of(dst, struct rtable, dst)->rt_flags & RTCF_LOCAL;
	return container_of(dst, struct rt6_info, dst)->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
}

/* Whether @dst is no tunnel within a route and no IPsec. */
static inline bool jool_route_is_direct(const struct dst_entry *dst)
{
	return !dst->lwtstate && (dst->output == ip_output || dst->output == ip6_output);
}

#endif
