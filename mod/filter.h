/* SPDX-License-Identifier: GPL-2.0-only */
/* Filtering and updating (RFC 6146 3.5): what happens to a packet that has no session. */
#ifndef _JOOL_FILTER_H
#define _JOOL_FILTER_H

#include "packet.h"

struct jool_net;
struct sock;

/*
 * Finds or makes the BIB entry and the session of a packet, writes p->session. Where the state
 * machine says so the packet is translated without one: *scratch is filled and p->stateless set.
 * With p->dry nothing is made: *scratch is filled with the session that would be, and
 * *scratch->bib, which is there for that, with the BIB entry.
 */
enum jool_verdict jool_filter_6to4(struct jool_packet *p, struct jool_session *scratch);
enum jool_verdict jool_filter_4to6(struct jool_packet *p, struct jool_session *scratch);

/*
 * Begins p->session, whose connection is over, again: p is a SYN that opens another. All that is
 * asked of a SYN that has no session is asked of it, but for caps: one goes, one comes. If it is
 * refused, the session stays as it is.
 */
enum jool_verdict jool_filter_reopen6(struct jool_packet *p);
enum jool_verdict jool_filter_reopen4(struct jool_packet *p);

/* What becomes of a packet from IPv4 to an address of pool4 whose port no BIB entry has. */
enum jool_verdict jool_filter_unmapped(struct jool_packet *p);

/*
 * Drops a packet that is nobody's (jool_packet_nobody()), and whose address is not the gateway's
 * own, and tells its sender.
 */
enum jool_verdict jool_filter_nobody(struct jool_packet *p);

/*
 * As jool_filter_6to4() and jool_filter_4to6(), of an ICMP error about a packet that has no
 * session: it is translated along the BIB entry, if that has one (RFC 6146 3.5). Without any other
 * effect.
 */
enum jool_verdict jool_filter_error6(struct jool_packet *p, struct jool_session *scratch);
enum jool_verdict jool_filter_error4(struct jool_packet *p, struct jool_session *scratch);

/*
 * The gateway itself sends the IPv4 packet @skb: if @sk, a socket of TCP or UDP, does, the session
 * ends, if there is one, to which the answer would be given. Under RCU; any context.
 */
void jool_filter_own4(struct jool_net *jn, const struct sk_buff *skb, struct sock *sk);

#endif
