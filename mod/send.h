/* SPDX-License-Identifier: GPL-2.0-only */
/* The way out: route, size, and the kernel's output path. */
#ifndef _JOOL_SEND_H
#define _JOOL_SEND_H

#include "packet.h"

/*
 * Finds p->dst, the way of the translated packet: the session's route of this direction, renewed if
 * it has become invalid. No way: the sender gets an ICMP error.
 */
enum jool_verdict jool_send_route(struct jool_packet *p, enum jool_dir dir);

/* Whether the session has a route of this direction that is still good: then it is p->dst. */
static inline bool jool_send_known_route(struct jool_packet *p, enum jool_dir dir)
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
unsigned int jool_send_mtu(const struct jool_packet *p);

/* Whether the packet, still as it came, fits p->dst, which is plain, without more ado. */
bool jool_send_fits(const struct jool_packet *p, enum jool_dir dir);

/*
 * Hands the translated packet, which is gone after that, to its neighbour, and counts it. @dir is
 * the way it came. Returns whether it was sent. Under RCU with bottom halves off.
 */
bool jool_send_neighbour(struct jool_packet *p, enum jool_dir dir);

/*
 * Whether the packet, still as it came, will fit p->dst; if not, and it may not be fragmented, the
 * sender is told (RFC 7915 4.1, 5.1; RFC 8021).
 */
enum jool_verdict jool_send_check_size(struct jool_packet *p, enum jool_dir dir);

/* Whether the GSO packet p->skb can't be translated whole, as it is, on its way to p->dst. */
bool jool_send_must_segment_gso(const struct jool_packet *p, enum jool_dir dir);

/* The same of any packet. */
static inline bool jool_send_must_segment(const struct jool_packet *p, enum jool_dir dir)
{
	return unlikely(skb_is_gso(p->skb)) && jool_send_must_segment_gso(p, dir);
}

/*
 * Sends the translated packet, which is gone after that, and counts it as sent or not, as the
 * kernel says.
 */
enum jool_verdict jool_send_output(struct jool_packet *p);

/*
 * Sends the IPv6 node of @session an empty segment in the name of the IPv4 node, so that one of
 * them says whether the connection is still there (RFC 6146 3.5.2.2, ESTABLISHED). Under RCU.
 */
void jool_send_probe(struct jool_instance *inst, struct jool_session *session);

/*
 * Whether the gateway has a route for the destination of the IPv4 packet alone, which leads on to
 * another machine, or one by which it takes the packet for its own. Under RCU.
 */
bool jool_send_has_host_route4(const struct jool_packet *p);

/*
 * The source address that the gateway itself would use towards @dst4, in the VRF of @p, or 0: no
 * route. Under RCU.
 */
__be32 jool_send_source4(const struct jool_packet *p, __be32 dst4);

#endif
