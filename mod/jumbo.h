/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets whose length 16 bits cannot tell (BIG TCP): segments that the kernel has put together, or
 * has yet to be taken apart. IPv4 says 0 then, and so does IPv6, which before Linux 7.0 had the
 * option of RFC 2675 in front of the segments, but in none of them.
 */
#ifndef _JOOL_JUMBO_H
#define _JOOL_JUMBO_H

#include "packet.h"

/*
 * Takes that option out of the GSO packet p->skb, whose headers have been read. On failure nothing
 * was changed.
 */
enum jool_verdict jool_jumbo_take(struct jool_packet *p);

/* Writes the length of the translated GSO packet p->skb the way its version has it. */
enum jool_verdict jool_jumbo_put(struct jool_packet *p);

#endif
