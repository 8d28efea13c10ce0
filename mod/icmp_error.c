// SPDX-License-Identifier: GPL-2.0-only
#include "icmp_error.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "csum.h"
#include "icmp.h"
#include "icmp_map.h"
#include "inner.h"
#include "rfc6052.h"
#include "rfc7915.h"
#include "route.h"

/* Most bytes of a whole error (RFC 1812 4.3.2.3, RFC 4443 2.4 c). */
#define MAX4 576
#define MAX6 1280

/* Bytes of the packet within that an error with extensions has at least (RFC 4884 4.1, 4.2). */
#define RFC4884_MIN 128

/*
 * Translates the @len bytes that there are of the transport header within. @to6: from IPv4 to IPv6;
 * @l4_len: bytes that the whole segment had.
 */
static void translate_l4(const struct jool_packet *p, u8 *l4, unsigned int len, unsigned int l4_len,
			 bool to6)
{
	const struct jool_session *session = p->session;
	u16 delta = to6 ? ~session->delta : session->delta;
	__be16 port = to6 ? session->key6.remote_port : session->key4.local_port;
	struct icmphdr *icmp = (struct icmphdr *)l4;
	__be16 *ports = (__be16 *)l4;
	__sum16 *check;

	switch (p->proto) {
	case JOOL_PROTO_TCP:
		/* The IPv6 node is the one that sent it towards IPv4, and the other way round. */
		ports[to6 ? 0 : 1] = port;
		check = (__sum16 *)(l4 + 16);
		if (len >= 18)
			*check = jool_csum_apply(*check, delta);
		break;
	case JOOL_PROTO_UDP:
		ports[to6 ? 0 : 1] = port;
		check = (__sum16 *)(l4 + 6);
		if (*check)
			*check = jool_csum_apply(*check, delta) ?: CSUM_MANGLED_0;
		break;
	case JOOL_PROTO_ICMP:
		icmp->type = to6 ? jool_icmp_echo_4to6(p->inner.icmp_type) :
				   jool_icmp_echo_6to4(p->inner.icmp_type);
		icmp->un.echo.id = port;
		delta = jool_csum_fold((u32)delta + (to6 ?
			jool_csum_delta(jool_icmp_sum4(p->inner.icmp_type),
					jool_icmp_sum6(icmp->type, l4_len)) :
			jool_csum_delta(jool_icmp_sum6(p->inner.icmp_type, l4_len),
					jool_icmp_sum4(icmp->type))));
		icmp->checksum = jool_csum_apply(icmp->checksum, delta);
		break;
	}
}

/* How the parts of the translated error are laid out, in bytes behind its ICMP header. */
struct layout {
	unsigned int inner;	/* the packet within */
	unsigned int padded;	/* with the zeros behind it */
	unsigned int ext;	/* extensions */
};

/*
 * @inner bytes of packet and the extensions of @p have to go in @room, the length in words of @unit
 * bytes. The packet gives way to the extensions down to the 128 bytes that they want before them.
 */
static struct layout lay_out(const struct jool_packet *p, unsigned int inner, unsigned int room,
			     unsigned int unit, bool has_length)
{
	struct layout out = { .inner = inner, .ext = has_length ? p->inner.ext_len : 0 };

	if (out.ext && RFC4884_MIN + out.ext > room)
		out.ext = 0;
	if (!out.ext) {
		out.inner = min(inner, room);
		out.padded = out.inner;
		return out;
	}
	out.inner = min(inner, round_down(room - out.ext, unit));
	out.padded = max_t(unsigned int, round_up(out.inner, unit), RFC4884_MIN);
	return out;
}

/* A packet for the error, with @len bytes behind the network header; NULL: no memory. */
static struct sk_buff *new_error(const struct jool_packet *p, unsigned int len, __be16 protocol)
{
	unsigned int headroom = p->dst ? LL_RESERVED_SPACE(p->dst->dev) : LL_MAX_HEADER;
	struct sk_buff *skb;

	/* What it is turned into on the way to another IPv6 node is longer. */
	headroom += sizeof(struct ipv6hdr) - sizeof(struct iphdr);
	skb = alloc_skb(headroom + len, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_network_header(skb);
	skb_put_zero(skb, len);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	skb->protocol = protocol;
	skb->dev = p->skb->dev;
	skb->mark = p->skb->mark;
	skb->priority = p->skb->priority;
	skb->pkt_type = p->skb->pkt_type;
	return skb;
}

static void replace_skb(struct jool_packet *p, struct sk_buff *skb)
{
	consume_skb(p->skb);
	p->skb = skb;
}

/* The length of the IPv6 header that the packet within had. */
static unsigned int inner_len6(const struct jool_packet *p)
{
	return sizeof(struct ipv6hdr) + (p->inner.fragment ? sizeof(struct frag_hdr) : 0);
}

/* Writes the IPv6 header that the packet within had. Returns its length. */
static unsigned int write_inner6(const struct jool_packet *p, void *to, const struct iphdr *old)
{
	unsigned int len = inner_len6(p);
	struct ipv6hdr *hdr = to;
	struct frag_hdr *frag = to + sizeof(*hdr);
	u8 nexthdr = old->protocol == IPPROTO_ICMP ? IPPROTO_ICMPV6 : old->protocol;

	ip6_flow_hdr(hdr, jool_rfc7915_tclass(p->config->globals.zeroize_tc, old->tos), 0);
	hdr->payload_len = htons(p->inner.total - p->inner.l3_len + len - sizeof(*hdr));
	hdr->nexthdr = p->inner.fragment ? NEXTHDR_FRAGMENT : nexthdr;
	hdr->hop_limit = old->ttl;
	hdr->saddr = p->session->key6.remote;
	hdr->daddr = p->session->key6.local;
	if (p->inner.fragment) {
		frag->nexthdr = nexthdr;
		frag->reserved = 0;
		frag->frag_off = htons(IP6_MF);
		frag->identification = htonl(ntohs(p->inner.id));
	}
	return len;
}

/* The second word of the translated error. */
static __be32 rest_of6(const struct jool_packet *p, const struct jool_icmp_map *map,
		       const struct icmphdr *old)
{
	const struct jool_globals *globals = &p->config->globals;

	switch (map->rest) {
	case JOOL_ICMP_MAP_MTU:
		return htonl(jool_icmp_map_mtu_4to6(ntohs(old->un.frag.mtu), p->inner.total,
						   p->dst ? jool_route_mtu(p) : IPV6_MIN_MTU,
						   p->skb->dev->mtu, globals->plateaus.mtu,
						   globals->plateaus.count));
	case JOOL_ICMP_MAP_POINTER:
		return htonl(map->pointer);
	}
	return 0;
}

/* The address that the translated error comes from (RFC 6146 3.5.4, or better). */
static void source_of6(const struct jool_packet *p, struct in6_addr *src)
{
	if (p->config->globals.errors_better)
		jool_rfc6052_embed(src, jool_instance_pool6(p->inst), p->inst->pool6_len,
				   ip_hdr(p->skb)->saddr);
	else
		*src = p->session->key6.local;
}

enum jool_verdict jool_icmp_error_4to6(struct jool_packet *p)
{
	const unsigned int front = sizeof(struct ipv6hdr) + JOOL_INNER_OFFSET;
	struct jool_inner *inner = &p->inner;
	const struct iphdr *outer = ip_hdr(p->skb);
	const struct icmphdr *old = jool_packet_at(p, p->l3_len);
	unsigned int room = MAX6 - front, inner_l3, l4_len, len;
	struct jool_icmp_map map;
	struct in6_addr src;
	struct icmp6hdr *icmp;
	struct sk_buff *skb;
	struct layout out;
	bool has_length;

	if (!jool_icmp_map_4to6(old->type, old->code, ntohl(old->un.gateway) >> 24, &map))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_TYPE);
	if (nf_ip_checksum(p->skb, NF_INET_PRE_ROUTING, p->l3_len, IPPROTO_ICMP))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_CSUM);
	/* RFC 5508 REQ-3a; parse_l4() has pulled it. */
	if (ip_fast_csum(jool_packet_at(p, inner->offset), inner->l3_len / 4))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_INNER_CSUM);

	inner_l3 = inner_len6(p);
	has_length = jool_icmp_map_has_length6(map.type);
	out = lay_out(p, inner_l3 + inner->len - inner->l3_len, room, 8, has_length);
	skb = new_error(p, front + out.padded + out.ext, htons(ETH_P_IPV6));
	if (!skb)
		return jool_packet_drop(p, JSTAT_ENOMEM);

	/* the packet within, then the extensions */
	write_inner6(p, skb->data + front, jool_packet_at(p, inner->offset));
	l4_len = out.inner - inner_l3;
	skb_copy_bits(p->skb, skb_network_offset(p->skb) + inner->offset + inner->l3_len,
		      skb->data + front + inner_l3, l4_len);
	translate_l4(p, skb->data + front + inner_l3, l4_len, inner->total - inner->l3_len, true);
	skb_copy_bits(p->skb, p->skb->len - inner->ext_len, skb->data + front + out.padded,
		      out.ext);

	icmp = (struct icmp6hdr *)(skb->data + sizeof(struct ipv6hdr));
	icmp->icmp6_type = map.type;
	icmp->icmp6_code = map.code;
	icmp->icmp6_dataun.un_data32[0] = rest_of6(p, &map, old);
	if (out.ext)
		icmp->icmp6_dataun.un_data8[0] = out.padded / 8;

	source_of6(p, &src);
	jool_rfc7915_write6(skb, &p->config->globals, &src, &p->session->key6.remote, outer->tos,
			    outer->ttl, IPPROTO_ICMPV6);
	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	len = skb->len - sizeof(struct ipv6hdr);
	icmp->icmp6_cksum = csum_ipv6_magic(&src, &p->session->key6.remote, len, IPPROTO_ICMPV6,
					    csum_partial(icmp, len, 0));
	replace_skb(p, skb);
	return JOOL_CONTINUE;
}

/* Writes the IPv4 header that the packet within had. */
static void write_inner4(const struct jool_packet *p, struct iphdr *hdr, const struct ipv6hdr *old)
{
	static const u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	const struct jool_globals *globals = &p->config->globals;
	unsigned int len = p->inner.total - p->inner.l3_len + sizeof(*hdr);

	hdr->version = 4;
	hdr->ihl = sizeof(*hdr) / 4;
	hdr->tos = jool_rfc7915_tos(globals->override_tos, globals->tos, ipv6_get_dsfield(old));
	hdr->tot_len = htons(len);
	if (p->inner.fragment) {
		hdr->id = p->inner.id;
		hdr->frag_off = p->inner.more ? htons(IP_MF) : 0;
	} else {
		hdr->frag_off = jool_rfc7915_df(len) ? htons(IP_DF) : 0;
	}
	hdr->ttl = old->hop_limit;
	hdr->protocol = protocols[p->proto];
	hdr->saddr = p->session->key4.remote;
	hdr->daddr = p->session->key4.local;
	ip_send_check(hdr);
}

static __be32 rest_of4(const struct jool_packet *p, const struct jool_icmp_map *map,
		       const struct icmp6hdr *old)
{
	switch (map->rest) {
	case JOOL_ICMP_MAP_MTU:
		return htonl(jool_icmp_map_mtu_6to4(ntohl(old->icmp6_mtu), p->skb->dev->mtu,
						   p->dst ? jool_route_mtu(p) : IP_MAX_MTU,
						   p->inner.fragment));
	case JOOL_ICMP_MAP_POINTER:
		return htonl(map->pointer << 24);
	}
	return 0;
}

enum jool_verdict jool_icmp_error_6to4(struct jool_packet *p)
{
	const unsigned int front = sizeof(struct iphdr) + JOOL_INNER_OFFSET;
	const unsigned int inner_l3 = sizeof(struct iphdr);
	struct jool_inner *inner = &p->inner;
	const struct ipv6hdr *outer = ipv6_hdr(p->skb);
	const struct icmp6hdr *old = jool_packet_at(p, p->l3_len);
	unsigned int l4_len;
	struct jool_icmp_map map;
	struct icmphdr *icmp;
	struct sk_buff *skb;
	struct layout out;
	u8 tclass, hop_limit;

	if (!jool_icmp_map_6to4(old->icmp6_type, old->icmp6_code, ntohl(old->icmp6_pointer), &map))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_TYPE);
	if (nf_ip6_checksum(p->skb, NF_INET_PRE_ROUTING, p->l3_len, IPPROTO_ICMPV6))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_CSUM);

	/* What announces an MTU has other things where the length would be. */
	out = lay_out(p, inner_l3 + inner->len - inner->l3_len, MAX4 - front, 4,
		      jool_icmp_map_has_length4(map.type) && map.rest != JOOL_ICMP_MAP_MTU);
	skb = new_error(p, front + out.padded + out.ext, htons(ETH_P_IP));
	if (!skb)
		return jool_packet_drop(p, JSTAT_ENOMEM);

	write_inner4(p, (struct iphdr *)(skb->data + front), jool_packet_at(p, inner->offset));
	l4_len = out.inner - inner_l3;
	skb_copy_bits(p->skb, skb_network_offset(p->skb) + inner->offset + inner->l3_len,
		      skb->data + front + inner_l3, l4_len);
	translate_l4(p, skb->data + front + inner_l3, l4_len, inner->total - inner->l3_len, false);
	skb_copy_bits(p->skb, p->skb->len - inner->ext_len, skb->data + front + out.padded,
		      out.ext);

	icmp = (struct icmphdr *)(skb->data + sizeof(struct iphdr));
	icmp->type = map.type;
	icmp->code = map.code;
	icmp->un.gateway = rest_of4(p, &map, old);
	if (out.ext)
		((u8 *)icmp)[5] = out.padded / 4;
	icmp->checksum = csum_fold(csum_partial(icmp, skb->len - sizeof(struct iphdr), 0));

	skb_set_transport_header(skb, sizeof(struct iphdr));
	hop_limit = outer->hop_limit + !!(p->session->flags & JOOL_SESSION_HAIRPIN);
	tclass = ipv6_get_dsfield(outer);
	replace_skb(p, skb);
	jool_rfc7915_write4(p, p->session->key4.local, p->session->key4.remote, tclass, hop_limit,
			    IPPROTO_ICMP, false);
	return JOOL_CONTINUE;
}
