/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of a packet: one call per step. */
#ifndef _JOOL_XLAT_H
#define _JOOL_XLAT_H

#include "packet.h"

/*
 * Translates p->skb, whose destination is in the pool6 of p->inst. Returns a netfilter verdict.
 * Under RCU.
 */
unsigned int jool_xlat_6to4(struct jool_packet *p);

/* Translates p->skb, whose destination has the map p->map, if it is for one of @jn's instances. */
unsigned int jool_xlat_4to6(struct jool_net *jn, struct jool_packet *p);

#endif
