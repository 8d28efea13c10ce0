// SPDX-License-Identifier: GPL-2.0-only
#include "inner.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "icmp_map.h"

/* Bytes of the transport header that tell the session. */
#define L4_MIN 8

/*
 * Finds out where in the error, of @words words of @unit bytes by its RFC 4884 length, the packet
 * within ends and the extensions begin. false: the length is wrong.
 */
static bool split_extensions(struct jool_packet *p, u8 words, unsigned int unit)
{
	struct jool_inner *inner = &p->inner;
	unsigned int rest;

	inner->offset = p->l3_len + JOOL_INNER_OFFSET;
	if (p->skb->len < inner->offset)
		return false;
	rest = p->skb->len - inner->offset;
	inner->len = words ? words * unit : rest;
	if (inner->len > rest)
		return false;
	inner->ext_len = rest - inner->len;
	return true;
}

/*
 * An error that can't be used: to pool6 it is ours, to pool4 it may be about the gateway's own
 * packets.
 */
static enum jool_verdict drop_useless(struct jool_packet *p, bool from6)
{
	return from6 ? jool_packet_drop(p, JSTAT_ICMP6_ERROR_INNER) :
		       jool_packet_nobody(p, JSTAT_ICMP4_ERROR_INNER);
}

/* Sets *sport and *dport to those of the session, in which the packet within went the other way. */
static enum jool_verdict parse_l4(struct jool_packet *p, u8 protocol, bool from6, __be16 *sport,
				  __be16 *dport)
{
	unsigned int offset = p->inner.offset + p->inner.l3_len;
	const struct icmphdr *icmp;
	const __be16 *port;

	if (p->inner.len < p->inner.l3_len + L4_MIN || !pskb_may_pull(p->skb, offset + L4_MIN))
		return drop_useless(p, from6);
	port = jool_packet_at(p, offset);
	*sport = port[1];
	*dport = port[0];
	switch (protocol) {
	case IPPROTO_TCP:
		p->proto = JOOL_PROTO_TCP;
		return JOOL_CONTINUE;
	case IPPROTO_UDP:
		p->proto = JOOL_PROTO_UDP;
		return JOOL_CONTINUE;
	}
	if (protocol != (from6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return drop_useless(p, from6);
	icmp = jool_packet_at(p, offset);
	if (from6 ? icmp->type != ICMPV6_ECHO_REQUEST && icmp->type != ICMPV6_ECHO_REPLY :
		    icmp->type != ICMP_ECHO && icmp->type != ICMP_ECHOREPLY)
		return drop_useless(p, from6);
	p->proto = JOOL_PROTO_ICMP;
	p->inner.icmp_type = icmp->type;
	*sport = icmp->un.echo.id;
	*dport = icmp->un.echo.id;
	return JOOL_CONTINUE;
}

enum jool_verdict jool_inner_parse4(struct jool_packet *p)
{
	struct jool_inner *inner = &p->inner;
	const struct icmphdr *icmp = jool_packet_at(p, p->l3_len);
	u8 words = jool_icmp_map_has_length4(icmp->type) ? ((const u8 *)icmp)[5] : 0;
	const struct iphdr *hdr;

	p->icmp_error = true;
	if (!split_extensions(p, words, 4))
		return jool_packet_nobody(p, JSTAT_ICMP4_ERROR_LENGTH);
	if (inner->len < sizeof(*hdr) || !pskb_may_pull(p->skb, inner->offset + sizeof(*hdr)))
		return jool_packet_nobody(p, JSTAT_ICMP4_ERROR_INNER);
	hdr = jool_packet_at(p, inner->offset);
	inner->l3_len = hdr->ihl * 4;
	inner->total = ntohs(hdr->tot_len);
	if (hdr->version != 4 || inner->l3_len < sizeof(*hdr) || inner->total < inner->l3_len ||
	    hdr->frag_off & htons(IP_OFFSET))
		return jool_packet_nobody(p, JSTAT_ICMP4_ERROR_INNER);
	inner->len = min_t(unsigned int, inner->len, inner->total);
	inner->fragment = hdr->frag_off & htons(IP_MF);
	inner->id = hdr->id;
	p->key4.remote = hdr->daddr;
	p->key4.local = hdr->saddr;
	return parse_l4(p, hdr->protocol, false, &p->key4.remote_port, &p->key4.local_port);
}

/*
 * Walks over the extension headers of the packet within an ICMPv6 error. false: it can't be used.
 */
static bool walk_inner6(struct jool_packet *p, u8 *nexthdr)
{
	struct jool_inner *inner = &p->inner;
	const struct ipv6_opt_hdr *ext;
	const struct frag_hdr *frag;
	int i;

	for (i = 0; i < JOOL_PACKET_EXT_HEADERS_MAX; i++) {
		if (*nexthdr != NEXTHDR_HOP && *nexthdr != NEXTHDR_DEST &&
		    *nexthdr != NEXTHDR_ROUTING && *nexthdr != NEXTHDR_FRAGMENT)
			return true;
		if (inner->l3_len + sizeof(*frag) > inner->len ||
		    !pskb_may_pull(p->skb, inner->offset + inner->l3_len + sizeof(*frag)))
			return false;
		ext = jool_packet_at(p, inner->offset + inner->l3_len);
		if (*nexthdr == NEXTHDR_FRAGMENT) {
			frag = jool_packet_at(p, inner->offset + inner->l3_len);
			if (frag->frag_off & htons(IP6_OFFSET))
				return false;
			inner->fragment = true;
			inner->more = frag->frag_off & htons(IP6_MF);
			inner->id = htons(ntohl(frag->identification));
			inner->l3_len += sizeof(*frag);
		} else {
			inner->l3_len += ipv6_optlen(ext);
		}
		*nexthdr = ext->nexthdr;
	}
	return false;
}

/* Whether the packet within an ICMPv6 error is no longer than what comes from IPv4 can be. */
static bool fits_ipv4(const struct jool_inner *inner)
{
	return inner->total >= inner->l3_len &&
	       inner->total - inner->l3_len <= IP_MAX_MTU - sizeof(struct iphdr);
}

enum jool_verdict jool_inner_parse6(struct jool_packet *p)
{
	struct jool_inner *inner = &p->inner;
	const struct icmp6hdr *icmp = jool_packet_at(p, p->l3_len);
	u8 words = jool_icmp_map_has_length6(icmp->icmp6_type) ? ((const u8 *)icmp)[4] : 0;
	const struct ipv6hdr *hdr;
	u8 nexthdr;

	p->icmp_error = true;
	if (!split_extensions(p, words, 8))
		return jool_packet_drop(p, JSTAT_ICMP6_ERROR_LENGTH);
	if (inner->len < sizeof(*hdr) || !pskb_may_pull(p->skb, inner->offset + sizeof(*hdr)))
		return jool_packet_drop(p, JSTAT_ICMP6_ERROR_INNER);
	hdr = jool_packet_at(p, inner->offset);
	inner->l3_len = sizeof(*hdr);
	inner->total = sizeof(*hdr) + ntohs(hdr->payload_len);
	nexthdr = hdr->nexthdr;
	if (hdr->version != 6)
		return jool_packet_drop(p, JSTAT_ICMP6_ERROR_INNER);
	inner->len = min_t(unsigned int, inner->len, inner->total);
	p->key6.remote = hdr->daddr;
	p->key6.local = hdr->saddr;
	if (!walk_inner6(p, &nexthdr) || !fits_ipv4(inner))
		return jool_packet_drop(p, JSTAT_ICMP6_ERROR_INNER);
	return parse_l4(p, nexthdr, true, &p->key6.remote_port, &p->key6.local_port);
}
