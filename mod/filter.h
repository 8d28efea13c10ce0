/* SPDX-License-Identifier: GPL-2.0-only */
/* Filtering and updating (RFC 6146 3.5): what happens to a packet that has no session. */
#ifndef _JOOL_FILTER_H
#define _JOOL_FILTER_H

#include "packet.h"

/*
 * Finds or makes the BIB entry and the session of a packet, writes p->session. Where the state
 * machine says so the packet is translated without one: *scratch is filled and p->stateless set.
 */
enum jool_verdict jool_filter_6to4(struct jool_packet *p, struct jool_session *scratch);
enum jool_verdict jool_filter_4to6(struct jool_packet *p, struct jool_session *scratch);

/* What becomes of a packet from IPv4 to an address of pool4 whose port no BIB entry has. */
enum jool_verdict jool_filter_unmapped(struct jool_packet *p);

#endif
