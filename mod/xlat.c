// SPDX-License-Identifier: GPL-2.0-only
#include "xlat.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/icmp.h>

#include "bib.h"
#include "compat.h"
#include "icmp_error.h"
#include "event.h"
#include "filter.h"
#include "icmp.h"
#include "jumbo.h"
#include "pool4.h"
#include "rfc7915.h"
#include "send.h"
#include "sock.h"
#include "tcp.h"

/* What is rare of update_session(): @step is something. */
static enum jool_verdict update_rarely(struct jool_packet *p, bool from6,
				       enum jool_session_step step)
{
	enum jool_verdict verdict = JOOL_CONTINUE;

	if (step == JOOL_STEP_OVER) {
		/* An answer opens nothing. */
		if (p->tcp_flags & JOOL_TCP_ACK)
			return JOOL_CONTINUE;
		verdict = from6 ? jool_filter_reopen6(p) : jool_filter_reopen4(p);
	}
	if (verdict == JOOL_CONTINUE)
		jool_session_remember(p->session, (void *)skb_network_header(p->skb) + p->l3_len,
				      p->skb->len - p->l3_len, from6);
	return verdict;
}

static __always_inline enum jool_verdict update_session(struct jool_packet *p, bool from6)
{
	struct jool_session *session = p->session;
	enum jool_session_step step;
	enum jool_tcp_event event;

	if (p->stateless || p->icmp_error)
		return JOOL_CONTINUE;
	if (p->proto != JOOL_PROTO_TCP) {
		jool_session_touch(session);
		return JOOL_CONTINUE;
	}
	event = jool_tcp_event(from6, p->tcp_flags & JOOL_TCP_SYN, p->tcp_flags & JOOL_TCP_FIN,
			       p->tcp_flags & JOOL_TCP_RST);
	step = jool_session_step(p->inst, p->config, session, event);
	return likely(!step) ? JOOL_CONTINUE : update_rarely(p, from6, step);
}

static enum jool_verdict check_hop_limit(struct jool_packet *p)
{
	if (likely(ipv6_hdr(p->skb)->hop_limit > 1))
		return JOOL_CONTINUE;
	jool_icmp_send6(p, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
	return jool_packet_drop(p, JSTAT_TTL);
}

static enum jool_verdict find_session6(struct jool_packet *p, struct jool_session *scratch)
{
	p->session = jool_session_find6(p->inst, p->proto, &p->key6);
	if (likely(p->session))
		return JOOL_CONTINUE;
	return unlikely(p->icmp_error) ? jool_filter_error6(p, scratch) :
					 jool_filter_6to4(p, scratch);
}

static void enter_instance(struct jool_packet *p, struct jool_instance *inst)
{
	p->inst = inst;
	p->config = rcu_dereference(inst->config);
}

static enum jool_verdict check_enabled(struct jool_packet *p)
{
	if (likely(p->config->globals.manually_enabled))
		return JOOL_CONTINUE;
	return jool_packet_accept(p, JSTAT_XLATOR_DISABLED);
}

/*
 * An ICMP error about a packet of no session dies if such a packet could only have been an
 * instance's (RFC 5508 REQ-4); the kernel would believe it. It may be about the gateway's own.
 */
static enum jool_verdict stray_error(struct jool_net *jn, struct jool_packet *p)
{
	struct jool_instance *inst;
	u16 port = ntohs(p->key4.local_port);
	bool own_ping;

	if (jool_sock_wants(p->net, p->skb->dev, p->proto, &p->key4))
		return JOOL_ACCEPT;
	/* Whoever pings takes any identifier. */
	own_ping = p->proto == JOOL_PROTO_ICMP &&
		   jool_sock_is_local(p->net, p->skb->dev, p->key4.local);
	list_for_each_entry_rcu(inst, &jn->instances, list) {
		enter_instance(p, inst);
		if (jool_bib_find4(inst, p->proto, p->key4.local, p->key4.local_port) ||
		    (!own_ping && jool_pool4_has(p->config->pool4, p->proto, p->key4.local, port)))
			return check_enabled(p) ?: jool_packet_drop(p, JSTAT_ICMP_ERROR_SESSION);
	}
	return jool_packet_nobody(p, 0);
}

/* Finds the instance whose packet it is: by session, by BIB entry, by pool4. */
static enum jool_verdict find_instance4(struct jool_net *jn, struct jool_packet *p,
					struct jool_session *scratch)
{
	struct jool_instance *inst;
	struct jool_bib *bib;

	/* An error about what this address has not sent. */
	if (unlikely(p->icmp_error && p->key4.local != p->addr4->addr))
		return stray_error(jn, p);
	if (!jool_addr4_test(p->addr4, p->proto, ntohs(p->key4.local_port)))
		goto unmapped;
	list_for_each_entry_rcu(inst, &jn->instances, list) {
		p->session = jool_session_find4(inst, p->proto, &p->key4);
		if (likely(p->session)) {
			enter_instance(p, inst);
			return check_enabled(p);
		}
	}
	bib = jool_addr4_bib(p->addr4, p->proto, ntohs(p->key4.local_port));
	if (bib && READ_ONCE(bib->inst->live)) {
		enter_instance(p, bib->inst);
		return check_enabled(p) ?: p->icmp_error ? jool_filter_error4(p, scratch) :
							   jool_filter_4to6(p, scratch);
	}
unmapped:
	if (p->icmp_error)
		return stray_error(jn, p);
	list_for_each_entry_rcu(inst, &jn->instances, list) {
		enter_instance(p, inst);
		if (jool_pool4_has(p->config->pool4, p->proto, p->key4.local,
				   ntohs(p->key4.local_port)))
			return check_enabled(p) ?: jool_filter_unmapped(p);
	}
	return jool_packet_nobody(p, 0);
}

/*
 * A packet whose port cannot be read, so that nobody knows whose it is: the first instance that has
 * its address in pool4 stands for all.
 */
static enum jool_verdict find_address4(struct jool_net *jn, struct jool_packet *p,
				       enum jool_verdict verdict)
{
	struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list) {
		enter_instance(p, inst);
		if (jool_pool4_has_addr(p->config->pool4, p->addr4->addr))
			return check_enabled(p) ?: verdict;
	}
	p->stat = 0;
	return JOOL_ACCEPT;
}

/*
 * What becomes of a packet that is nobody's. No instance is known of it, unless pool4 has its port.
 */
static enum jool_verdict decide_nobody(struct jool_net *jn, struct jool_packet *p)
{
	bool has_port = p->stat == JSTAT_BIB4_NOT_FOUND;
	enum jool_verdict verdict;

	/* turn_back() knows what to do. */
	if (p->hairpin)
		return JOOL_ACCEPT;
	if (jool_sock_is_local(p->net, p->skb->dev, p->addr4->addr))
		return p->stat && !has_port ? find_address4(jn, p, JOOL_ACCEPT) : JOOL_ACCEPT;
	if (!has_port) {
		verdict = find_address4(jn, p, JOOL_NOBODY);
		if (verdict != JOOL_NOBODY)
			return verdict;
		if (jool_route_has_host4(p)) {
			p->stat = 0;
			return JOOL_ACCEPT;
		}
	}
	return jool_filter_nobody(p);
}

static void log_refusal(const struct jool_packet *p)
{
	if (unlikely(p->config->globals.logging_debug))
		jool_event_refusal(p);
}

static unsigned int conclude_slowly(struct jool_packet *p, enum jool_verdict verdict)
{
	if (p->hold_dst)
		dst_release(p->dst);
	switch (verdict) {
	case JOOL_DROP:
		log_refusal(p);
		jool_stats_inc(p->inst->stats, p->stat);
		kfree_skb_reason(p->skb, jool_stats_reason(p->stat));
		return NF_STOLEN;
	case JOOL_STOLEN:
		return NF_STOLEN;
	default:
		/* Between two IPv6 nodes there is no kernel to go on with it. */
		if (!p->stat || p->hairpin)
			return NF_ACCEPT;
		log_refusal(p);
		jool_stats_inc(p->inst->stats, p->stat);
		return NF_ACCEPT;
	}
}

static __always_inline unsigned int conclude_packet(struct jool_packet *p,
						    enum jool_verdict verdict)
{
	if (likely(verdict == JOOL_STOLEN && !p->hold_dst))
		return NF_STOLEN;
	return conclude_slowly(p, verdict);
}

/* What comes from IPv4 and goes no further than to the tables. */
static unsigned int conclude_packet4(struct jool_net *jn, struct jool_packet *p,
				     enum jool_verdict verdict)
{
	if (verdict == JOOL_NOBODY)
		verdict = decide_nobody(jn, p);
	else if (!p->inst && p->stat)
		verdict = find_address4(jn, p, verdict);
	if (!p->hairpin && (p->stat || verdict == JOOL_STOLEN))
		jool_stats_inc(p->inst->stats, JSTAT_RECEIVED4);
	return conclude_packet(p, verdict);
}

/* RFC 6146 3.7 */
static enum jool_verdict translate_packet(struct jool_packet *p, enum jool_dir dir)
{
	if (unlikely(p->icmp_error))
		return dir == JOOL_6TO4 ? jool_icmp_error_6to4(p) : jool_icmp_error_4to6(p);
	return dir == JOOL_6TO4 ? jool_rfc7915_6to4(p) : jool_rfc7915_4to6(p);
}

/*
 * A datagram that a virtual machine leaves to others to fragment (UFO) is one whose fragments have
 * been put together.
 */
static enum jool_verdict take_whole(struct jool_packet *p)
{
	unsigned int size = p->l3_len + skb_shinfo(p->skb)->gso_size;

	if (skb_unclone(p->skb, GFP_ATOMIC))
		return jool_packet_drop(p, JSTAT_ENOMEM);
	if (p->skb->protocol == htons(ETH_P_IPV6))
		size += sizeof(struct frag_hdr);
	p->fragment_size = min_t(unsigned int, size, U16_MAX);
	skb_gso_reset(p->skb);
	return JOOL_CONTINUE;
}

/* The size and the shape of the packet, once it is surely ours. */
static enum jool_verdict check_shape(struct jool_packet *p)
{
	skb_set_transport_header(p->skb, p->l3_len);
	if (likely(!skb_is_gso(p->skb)))
		return JOOL_CONTINUE;
	if (jool_packet_is_lro(p->skb))
		return jool_packet_drop(p, JSTAT_LRO);
	if (!jool_packet_has_segments(p))
		return jool_packet_drop(p, JSTAT_BAD_OFFLOAD);
	return skb_shinfo(p->skb)->gso_type & SKB_GSO_UDP ? take_whole(p) : jool_jumbo_take(p);
}

/* The last steps, from the way out on, which may be each segment's own. */
static __always_inline enum jool_verdict leave_packet(struct jool_packet *p, enum jool_dir dir)
{
	return (p->icmp_error ? JOOL_CONTINUE : jool_send_check_size(p, dir)) ?:
	       translate_packet(p, dir) ?:
	       jool_send_output(p);
}

/* Segments a GSO packet and has the segments leave. */
static enum jool_verdict leave_segmented(struct jool_packet *p, enum jool_dir dir)
{
	struct sk_buff *segments = skb_gso_segment(p->skb, NETIF_F_SG), *next;
	struct jool_packet segment;
	unsigned int count = 0;

	if (IS_ERR_OR_NULL(segments))
		return jool_packet_drop(p, segments == ERR_PTR(-ENOMEM) ? JSTAT_ENOMEM :
									  JSTAT_BAD_OFFLOAD);
	consume_skb(p->skb);
	skb_list_walk_safe(segments, segments, next) {
		count++;
		skb_mark_not_on_list(segments);
		segment = *p;
		segment.skb = segments;
		if (dir == JOOL_4TO6)
			segment.id = ip_hdr(segments)->id;
		segment.hold_dst = p->hold_dst && dst_hold_safe(p->dst);
		conclude_packet(&segment, leave_packet(&segment, dir));
	}
	/* One was received, each ends by itself. */
	jool_stats_add(p->inst->stats, JSTAT_SEGMENTS, count - 1);
	return JOOL_STOLEN;
}

/* The last steps of a GSO packet. */
static enum jool_verdict leave_gso(struct jool_packet *p, enum jool_dir dir)
{
	if (jool_send_must_segment_gso(p, dir))
		return leave_segmented(p, dir);
	return jool_send_check_size(p, dir) ?:
	       translate_packet(p, dir) ?:
	       jool_jumbo_put(p) ?:
	       jool_send_output(p);
}

/* From one IPv6 node to another: what was translated to IPv4 comes right back (RFC 6146 3.8). */
static enum jool_verdict turn_back(struct jool_packet *p)
{
	struct jool_packet back = { .net = p->net, .hairpin = true, .local = p->local };
	enum jool_verdict verdict = translate_packet(p, JOOL_6TO4);

	if (verdict != JOOL_CONTINUE)
		return verdict;
	jool_stats_inc(p->inst->stats, JSTAT_HAIRPIN);
	back.skb = p->skb;
	back.addr4 = jool_addr4_find(&p->inst->net->addr4s, ip_hdr(p->skb)->daddr);
	if (!back.addr4 || jool_xlat_4to6(p->inst->net, &back) == NF_ACCEPT)
		return jool_packet_drop(p, JSTAT_HAIRPIN_LOST);
	if (back.inst != p->inst) {
		/* To the one it went out, to the other it came in. */
		jool_stats_inc(p->inst->stats, JSTAT_SUCCESS);
		jool_stats_inc(back.inst->stats, JSTAT_RECEIVED4);
	}
	return JOOL_STOLEN;
}

unsigned int jool_xlat_6to4(struct jool_packet *p)
{
	struct jool_session scratch;
	enum jool_verdict verdict;

	enter_instance(p, p->inst);
	jool_stats_inc(p->inst->stats, JSTAT_RECEIVED6);
	verdict = check_enabled(p);
	if (verdict != JOOL_CONTINUE)
		return conclude_packet(p, verdict);

	verdict = jool_packet_parse6(p) ?:		/* RFC 6146 3.4 */
		  check_hop_limit(p) ?:			/* RFC 7915 5.1 */
		  find_session6(p, &scratch) ?:			/* RFC 6146 3.5 */
		  check_shape(p) ?:
		  update_session(p, true);		/* RFC 6146 3.5.2.2 */
	if (verdict == JOOL_CONTINUE && unlikely(p->session->flags & JOOL_SESSION_HAIRPIN))
		return conclude_packet(p, turn_back(p));
	verdict = verdict ?: jool_route_find(p, JOOL_6TO4);
	if (verdict == JOOL_CONTINUE)
		verdict = unlikely(skb_is_gso(p->skb)) ? leave_gso(p, JOOL_6TO4) :
							 leave_packet(p, JOOL_6TO4);
	return conclude_packet(p, verdict);
}

unsigned int jool_xlat_4to6(struct jool_net *jn, struct jool_packet *p)
{
	struct jool_session scratch;
	enum jool_verdict verdict;

	verdict = jool_packet_parse4(p) ?:		/* RFC 6146 3.4 */
		  find_instance4(jn, p, &scratch);		/* RFC 6146 3.5 */
	if (verdict != JOOL_CONTINUE)
		return conclude_packet4(jn, p, verdict);
	/* Between two IPv6 nodes it has been received already. */
	if (likely(!p->hairpin))
		jool_stats_inc(p->inst->stats, JSTAT_RECEIVED4);

	verdict = jool_packet_check_header4(p) ?:	/* RFC 7915 4.1 */
		  check_shape(p) ?:
		  update_session(p, false) ?:		/* RFC 6146 3.5.2.2 */
		  jool_route_find(p, JOOL_4TO6);
	if (verdict == JOOL_CONTINUE)
		verdict = unlikely(skb_is_gso(p->skb)) ? leave_gso(p, JOOL_4TO6) :
							 leave_packet(p, JOOL_4TO6);
	return conclude_packet(p, verdict);
}

/* As turn_back(). */
static enum jool_verdict ask_back(struct jool_packet *p)
{
	struct jool_packet back = {
		.net = p->net,
		.hairpin = true,
		.stateless = true,
		.dry = true,
	};
	enum jool_verdict verdict = translate_packet(p, JOOL_6TO4);
	struct jool_session scratch;

	if (verdict != JOOL_CONTINUE)
		return verdict;
	back.skb = p->skb;
	back.addr4 = jool_addr4_find(&p->inst->net->addr4s, ip_hdr(p->skb)->daddr);
	verdict = back.addr4 ? jool_xlat_ask_4to6(p->inst->net, &back, &scratch) : JOOL_ACCEPT;
	if (verdict == JOOL_ACCEPT)
		return jool_packet_drop(p, JSTAT_HAIRPIN_LOST);
	if (back.hold_dst)
		dst_release(back.dst);
	p->stat = back.stat;
	return verdict;
}

/* As update_session(), of the opening packet that is asked about. */
static enum jool_verdict ask_update(struct jool_packet *p, bool from6)
{
	if (p->proto != JOOL_PROTO_TCP || !jool_session_is_over(p->session))
		return JOOL_CONTINUE;
	return from6 ? jool_filter_reopen6(p) : jool_filter_reopen4(p);
}

enum jool_verdict jool_xlat_ask_6to4(struct jool_packet *p, struct jool_session *scratch)
{
	enum jool_verdict verdict;

	enter_instance(p, p->inst);
	verdict = check_enabled(p) ?:
		  jool_packet_parse6(p) ?:
		  check_hop_limit(p) ?:
		  find_session6(p, scratch) ?:
		  ask_update(p, true);
	if (verdict != JOOL_CONTINUE)
		return verdict;
	return p->session->flags & JOOL_SESSION_HAIRPIN ? ask_back(p) :
							  jool_route_find(p, JOOL_6TO4);
}

enum jool_verdict jool_xlat_ask_4to6(struct jool_net *jn, struct jool_packet *p,
				     struct jool_session *scratch)
{
	enum jool_verdict verdict = jool_packet_parse4(p) ?: find_instance4(jn, p, scratch);

	if (verdict == JOOL_NOBODY)
		verdict = decide_nobody(jn, p);
	return verdict ?:
	       jool_packet_check_header4(p) ?:
	       ask_update(p, false) ?:
	       jool_route_find(p, JOOL_4TO6);
}
