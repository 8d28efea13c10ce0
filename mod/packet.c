// SPDX-License-Identifier: GPL-2.0-only
#include "packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "csum.h"
#include "icmp.h"
#include "inner.h"
#include "rfc6052.h"
#include "source.h"

/* Makes @len bytes from the network header on linear. Header pointers must be read again. */
static bool pull_headers(struct jool_packet *p, unsigned int len)
{
	return likely(pskb_may_pull(p->skb, len));
}

/*
 * Clears what is to be ignored of the destination (RFC 6052 2.2: bits 64 to 71 and the suffix), so
 * that it is found; the packet's checksum still covers it.
 */
static void canonicalize_dst6(struct jool_packet *p)
{
	const struct in6_addr *prefix = jool_instance_pool6(p->inst);
	struct in6_addr dst;

	jool_rfc6052_embed(&dst, prefix, p->inst->pool6_len,
			   jool_rfc6052_extract(&p->key6.local, p->inst->pool6_len));
	if (likely(ipv6_addr_equal(&dst, &p->key6.local)))
		return;
	p->suffix_delta = jool_csum_delta(jool_csum_sum(&p->key6.local, sizeof(dst)),
					  jool_csum_sum(&dst, sizeof(dst)));
	p->key6.local = dst;
}

/* Walks over the extension headers, sets p->l3_len and writes the protocol that follows them. */
static enum jool_verdict walk_headers6(struct jool_packet *p, u8 *nexthdr)
{
	const struct ipv6_rt_hdr *routing;
	const struct ipv6_opt_hdr *ext;
	int i;

	BUILD_BUG_ON(sizeof(struct ipv6hdr) + JOOL_PACKET_EXT_HEADERS_MAX * (U8_MAX + 1) * 8 >
		     type_max(typeof(p->l3_len)));
	for (i = 0; i < JOOL_PACKET_EXT_HEADERS_MAX; i++) {
		switch (*nexthdr) {
		case NEXTHDR_HOP:
		case NEXTHDR_DEST:
		case NEXTHDR_ROUTING:
			break;
		case NEXTHDR_FRAGMENT:
			return jool_packet_drop(p, JSTAT_FRAGMENT);
		default:
			return JOOL_CONTINUE;
		}
		if (!pull_headers(p, p->l3_len + sizeof(*routing)))
			return jool_packet_drop(p, JSTAT_SKB_TRUNCATED);
		routing = jool_packet_at(p, p->l3_len);
		if (*nexthdr == NEXTHDR_ROUTING && routing->segments_left) {
			/* RFC 7915 5.1 */
			jool_icmp_send6(p, ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD,
					p->l3_len + offsetof(struct ipv6_rt_hdr, segments_left));
			return jool_packet_drop(p, JSTAT_ROUTING_HEADER);
		}
		ext = jool_packet_at(p, p->l3_len);
		*nexthdr = ext->nexthdr;
		p->l3_len += ipv6_optlen(ext);
	}
	return jool_icmp_prohibit6(p, JSTAT_EXT_HEADERS);
}

/* The two ports, which lie where ICMP has its identifier only for TCP and UDP. */
static void read_ports(struct jool_packet *p, __be16 *sport, __be16 *dport)
{
	const __be16 *port = jool_packet_at(p, p->l3_len);

	*sport = port[0];
	*dport = port[1];
}

static void read_identifier(struct jool_packet *p, __be16 *sport, __be16 *dport)
{
	const struct icmphdr *icmp = jool_packet_at(p, p->l3_len);

	*sport = icmp->un.echo.id;
	*dport = icmp->un.echo.id;
}

static __always_inline enum jool_verdict parse_tcp(struct jool_packet *p, __be16 *sport,
						   __be16 *dport)
{
	p->proto = JOOL_PROTO_TCP;
	p->l4_len = sizeof(struct tcphdr);
	if (!pull_headers(p, p->l3_len + p->l4_len))
		return jool_packet_drop(p, JSTAT_SKB_TRUNCATED);
	read_ports(p, sport, dport);
	p->tcp_flags = ((const u8 *)jool_packet_at(p, p->l3_len))[13];
	return JOOL_CONTINUE;
}

/* Whether the UDP packet is as long as it says. */
static __always_inline bool udp_complete(const struct jool_packet *p)
{
	const struct udphdr *udp = jool_packet_at(p, p->l3_len);

	return ntohs(udp->len) >= sizeof(*udp) && ntohs(udp->len) <= p->skb->len - p->l3_len;
}

static __always_inline enum jool_verdict parse_udp(struct jool_packet *p, __be16 *sport,
						   __be16 *dport)
{
	p->proto = JOOL_PROTO_UDP;
	p->l4_len = sizeof(struct udphdr);
	if (!pull_headers(p, p->l3_len + p->l4_len) || unlikely(!udp_complete(p)))
		return jool_packet_drop(p, JSTAT_SKB_TRUNCATED);
	read_ports(p, sport, dport);
	return JOOL_CONTINUE;
}

/* IPv6 has no UDP without checksum (RFC 8200 8.1); tunnels that do (RFC 6935) are not for a NAT. */
static enum jool_verdict check_udp6(struct jool_packet *p)
{
	const struct udphdr *udp = jool_packet_at(p, p->l3_len);

	if (unlikely(!udp->check && p->skb->ip_summed != CHECKSUM_PARTIAL))
		return jool_packet_drop(p, JSTAT_UDP6_CSUM_ZERO);
	return JOOL_CONTINUE;
}

static enum jool_verdict parse_icmp6(struct jool_packet *p)
{
	const struct icmp6hdr *icmp;

	p->proto = JOOL_PROTO_ICMP;
	p->l4_len = sizeof(*icmp);
	if (!pull_headers(p, p->l3_len + p->l4_len))
		return jool_packet_drop(p, JSTAT_SKB_TRUNCATED);
	icmp = jool_packet_at(p, p->l3_len);
	p->icmp_type = icmp->icmp6_type;
	if (!(icmp->icmp6_type & ICMPV6_INFOMSG_MASK))
		return jool_source_check6_fully(p) ?: jool_inner_parse6(p);
	if (icmp->icmp6_type != ICMPV6_ECHO_REQUEST && icmp->icmp6_type != ICMPV6_ECHO_REPLY)
		return jool_packet_drop(p, JSTAT_UNKNOWN_ICMP6_TYPE);
	if (unlikely(p->config->globals.drop_icmp6_info))
		return jool_packet_drop(p, JSTAT_ICMP6_FILTER);
	read_identifier(p, &p->key6.remote_port, &p->key6.local_port);
	return JOOL_CONTINUE;
}

enum jool_verdict jool_packet_parse6(struct jool_packet *p)
{
	const struct ipv6hdr *hdr = ipv6_hdr(p->skb);
	u8 nexthdr = hdr->nexthdr;
	enum jool_verdict verdict;

	p->key6.remote = hdr->saddr;
	p->key6.local = hdr->daddr;
	if (p->inst->pool6_len != 96)
		canonicalize_dst6(p);
	p->l3_len = sizeof(*hdr);
	p->fragment_size = IP6CB(p->skb)->frag_max_size;

	if (unlikely(nexthdr != NEXTHDR_TCP && nexthdr != NEXTHDR_UDP && nexthdr != NEXTHDR_ICMP)) {
		verdict = walk_headers6(p, &nexthdr);
		if (verdict != JOOL_CONTINUE)
			return verdict;
		/*
		 * Where the fragment header was taken out is the transport header by that
		 * account; nothing but that may follow it (RFC 7915 5.1.1).
		 */
		if (p->fragment_size && (p->l3_len > skb_transport_offset(p->skb) ||
					 nexthdr == NEXTHDR_AUTH))
			return jool_icmp_prohibit6(p, JSTAT_EXT_HEADERS);
	}

	switch (nexthdr) {
	case NEXTHDR_TCP:
		return parse_tcp(p, &p->key6.remote_port, &p->key6.local_port);
	case NEXTHDR_UDP:
		return parse_udp(p, &p->key6.remote_port, &p->key6.local_port) ?: check_udp6(p);
	case NEXTHDR_ICMP:
		return parse_icmp6(p);
	}
	/* RFC 6146 3.4 */
	jool_icmp_send6(p, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
	return jool_packet_drop(p, JSTAT_L4_PROTO6);
}

bool jool_packet_has_segments(const struct jool_packet *p)
{
	const unsigned int tunnel = SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM;
	const struct sk_buff *skb = p->skb;
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (p->icmp_error)
		return false;
	switch (p->proto) {
	case JOOL_PROTO_TCP:
		return type & (skb->protocol == htons(ETH_P_IPV6) ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4);
	case JOOL_PROTO_UDP:
		if (type & SKB_GSO_UDP)
			return true;
		/* The kernel sets up the sums of segments of TCP only. */
		return type & (SKB_GSO_UDP_L4 | tunnel) &&
		       (skb->ip_summed == CHECKSUM_PARTIAL ||
			skb->ip_summed == CHECKSUM_UNNECESSARY);
	}
	return false;
}

static enum jool_verdict parse_icmp4(struct jool_packet *p)
{
	const struct icmphdr *icmp;

	p->proto = JOOL_PROTO_ICMP;
	p->l4_len = sizeof(*icmp);
	if (!pull_headers(p, p->l3_len + p->l4_len))
		return jool_packet_drop(p, JSTAT_SKB_TRUNCATED);
	icmp = jool_packet_at(p, p->l3_len);
	p->icmp_type = icmp->type;
	switch (icmp->type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		read_identifier(p, &p->key4.remote_port, &p->key4.local_port);
		return JOOL_CONTINUE;
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return jool_inner_parse4(p);
	}
	return jool_packet_nobody(p, JSTAT_UNKNOWN_ICMP4_TYPE);
}

enum jool_verdict jool_packet_parse4(struct jool_packet *p)
{
	const struct iphdr *hdr = ip_hdr(p->skb);

	p->key4.remote = hdr->saddr;
	p->key4.local = hdr->daddr;
	p->l3_len = hdr->ihl * 4;
	p->fragment_size = IPCB(p->skb)->frag_max_size;
	p->id = hdr->id;

	/* Whose it is cannot be known; what could be put together has been. */
	if (unlikely(ip_is_fragment(hdr)))
		return JOOL_ACCEPT;

	switch (hdr->protocol) {
	case IPPROTO_TCP:
		return parse_tcp(p, &p->key4.remote_port, &p->key4.local_port);
	case IPPROTO_UDP:
		return parse_udp(p, &p->key4.remote_port, &p->key4.local_port);
	case IPPROTO_ICMP:
		return parse_icmp4(p);
	}
	return jool_packet_nobody(p, JSTAT_UNKNOWN_L4_PROTO);
}

/* Whether the source route at @option, of @len bytes, has hops left; or it is too short to say. */
static bool is_unexpired(const u8 *option, u8 len)
{
	return len < IPOPT_MINOFF - 1 || option[IPOPT_OFFSET] <= len;
}

/* RFC 7915 4.1, and RFC 791 on options. */
static enum jool_verdict check_options4(struct jool_packet *p)
{
	const u8 *option = jool_packet_at(p, sizeof(struct iphdr));
	const u8 *end = jool_packet_at(p, p->l3_len);

	while (option < end && *option != IPOPT_END) {
		if (*option == IPOPT_NOOP) {
			option++;
			continue;
		}
		if (end - option < 2 || option[IPOPT_OLEN] < 2 || option[IPOPT_OLEN] > end - option)
			return jool_packet_drop(p, JSTAT_HDR4);
		if ((*option == IPOPT_LSRR || *option == IPOPT_SSRR) &&
		    is_unexpired(option, option[IPOPT_OLEN])) {
			/* RFC 7915 4.1 */
			jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0);
			return jool_packet_drop(p, JSTAT_SRC_ROUTE);
		}
		option += option[IPOPT_OLEN];
	}
	return JOOL_CONTINUE;
}

enum jool_verdict jool_packet_check_rare4(struct jool_packet *p)
{
	if (ip_hdr(p->skb)->ttl > 1)
		return check_options4(p);
	jool_icmp_send4(p, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	return jool_packet_drop(p, JSTAT_TTL);
}
