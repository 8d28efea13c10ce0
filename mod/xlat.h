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

/*
 * Translates p->skb, whose destination is the address p->addr4, if it is for one of @jn's
 * instances.
 */
unsigned int jool_xlat_4to6(struct jool_net *jn, struct jool_packet *p);

/*
 * What would become of the packets that these two would be given: the same steps without effects.
 * p->dry and p->stateless are set, @scratch is as jool_filter_6to4() wants it. JOOL_CONTINUE: it
 * would be translated, along p->session; JOOL_STOLEN: kept, for p->stat; JOOL_DROP: it would die of
 * p->stat; JOOL_ACCEPT: left to the kernel, for p->stat unless that is 0. p->inst is the instance
 * that says so. p->skb and, if p->hold_dst, p->dst are the caller's. Under RCU with bottom halves
 * off.
 */
enum jool_verdict jool_xlat_ask_6to4(struct jool_packet *p, struct jool_session *scratch);
enum jool_verdict jool_xlat_ask_4to6(struct jool_net *jn, struct jool_packet *p,
				     struct jool_session *scratch);

#endif
