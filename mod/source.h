/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a packet can come from where it says (RFC 6146 3.5, 5.4; RFC 7915 5.1; RFC 1812 5.3.7,
 * 5.3.8; RFC 4291 2.5).
 */
#ifndef _JOOL_SOURCE_H
#define _JOOL_SOURCE_H

#include "packet.h"
#include "sock.h"

/* Whether a node beyond the gateway's links has sent the packet. */
static inline bool jool_source_is_outside(const struct jool_packet *p)
{
	return !p->local && !p->hairpin &&
	       (p->dry || !(p->skb->dev->flags & IFF_LOOPBACK));
}

/* Whether a node beyond has sent the packet with an address of the gateway. Under RCU. */
static inline bool jool_source_is_own6(const struct jool_packet *p)
{
	return jool_source_is_outside(p) &&
	       jool_sock_is_local6(p->net, p->skb->dev, &p->key6.remote);
}

/*
 * JOOL_CONTINUE, or JOOL_DROP: no node can have the source p->key6.remote, or none beyond its own
 * link, or it lies in a pool6 of the namespace. Under RCU.
 */
enum jool_verdict jool_source_check6(struct jool_packet *p);

/* The same, or JOOL_DROP: it is the gateway's own. Asks the kernel. Under RCU. */
enum jool_verdict jool_source_check6_fully(struct jool_packet *p);

#endif
