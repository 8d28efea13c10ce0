/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP SYNs from IPv4 that wait for the IPv6 node to open the same connection (RFC 6146 3.5.2.2,
 * CLOSED and V4 INIT), at most maximum-simultaneous-opens of them.
 */
#ifndef _JOOL_SYN_H
#define _JOOL_SYN_H

#include "packet.h"

struct jool_taddr4;

/*
 * Keeps p->skb, or refuses it because there is one like it, or too many. With p->dry: only says so,
 * and writes p->stat. Any context.
 */
enum jool_verdict jool_syn_store(struct jool_packet *p);

/*
 * Forgets the SYN that @dst4 and @port sent and writes to *local where to. @local holds an address
 * already, or 0: any that p's pool4 has. Returns whether there was one; with p->dry it is not
 * forgotten. Any context.
 */
bool jool_syn_take(struct jool_packet *p, __be32 dst4, __be16 port, struct jool_taddr4 *local);

/* Answers SYNs that waited for 6 seconds with port unreachable. May sleep. */
void jool_syn_expire(struct jool_instance *inst);

void jool_syn_init(struct jool_instance *inst);

/* Frees all SYNs, without an answer. No packet may see @inst any more. May sleep. */
void jool_syn_exit(struct jool_instance *inst);

#endif
