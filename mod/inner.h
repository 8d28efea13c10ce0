/* SPDX-License-Identifier: GPL-2.0-only */
/* The packet within an ICMP error (RFC 7915 4.3, 5.3; RFC 4884). */
#ifndef _JOOL_INNER_H
#define _JOOL_INNER_H

#include "packet.h"

/* Bytes of an ICMP error before the packet within, in both versions. */
#define JOOL_INNER_OFFSET 8

/*
 * Reads the packet within the ICMP error p->skb and sets p->inner, and p->proto and the key to
 * those of the session that it was sent along.
 */
enum jool_verdict jool_inner_parse4(struct jool_packet *p);
enum jool_verdict jool_inner_parse6(struct jool_packet *p);

#endif
