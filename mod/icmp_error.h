/* SPDX-License-Identifier: GPL-2.0-only */
/* The translation of ICMP errors (RFC 7915 4.2, 4.3, 5.2, 5.3; RFC 4884). */
#ifndef _JOOL_ICMP_ERROR_H
#define _JOOL_ICMP_ERROR_H

#include "packet.h"

/*
 * Replaces p->skb by the translated error, which leaves by p->dst (or, with none, is on its way to
 * another IPv6 node). On failure nothing was changed.
 */
enum jool_verdict jool_icmp_error_4to6(struct jool_packet *p);
enum jool_verdict jool_icmp_error_6to4(struct jool_packet *p);

#endif
