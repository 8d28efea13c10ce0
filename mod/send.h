/* SPDX-License-Identifier: GPL-2.0-only */
/* The way out: size, and the kernel's output path. */
#ifndef _JOOL_SEND_H
#define _JOOL_SEND_H

#include "packet.h"
#include "route.h"

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

#endif
