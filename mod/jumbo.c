// SPDX-License-Identifier: GPL-2.0-only
#include "jumbo.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* The hop-by-hop header with the option and nothing else. */
struct jumbo {
	u8 nexthdr;
	u8 hdrlen;
	u8 type;
	u8 len;
	__be32 payload_len;
};

static const struct jumbo *find_jumbo(const struct jool_packet *p)
{
	const struct ipv6hdr *hdr = ipv6_hdr(p->skb);
	const struct jumbo *jumbo = (const struct jumbo *)(hdr + 1);

	if (p->skb->protocol != htons(ETH_P_IPV6) || hdr->payload_len ||
	    hdr->nexthdr != NEXTHDR_HOP || p->l3_len < sizeof(*hdr) + sizeof(*jumbo))
		return NULL;
	return !jumbo->hdrlen && jumbo->type == IPV6_TLV_JUMBO ? jumbo : NULL;
}

enum jool_verdict jool_jumbo_take(struct jool_packet *p)
{
	const struct jumbo *jumbo = find_jumbo(p);
	struct sk_buff *skb = p->skb;
	u8 nexthdr;

	if (likely(!jumbo))
		return JOOL_CONTINUE;
	nexthdr = jumbo->nexthdr;
	if (skb_cow_head(skb, 0))
		return jool_packet_drop(p, JSTAT_ENOMEM);
	memmove(skb->data + sizeof(*jumbo), skb->data, sizeof(struct ipv6hdr));
	skb_pull(skb, sizeof(*jumbo));
	skb_reset_network_header(skb);
	ipv6_hdr(skb)->nexthdr = nexthdr;
	p->l3_len -= sizeof(*jumbo);
	skb_set_transport_header(skb, p->l3_len);
	return JOOL_CONTINUE;
}

#ifdef IP6SKB_FAKEJUMBO
/* Puts the option in, for kernels that tell the length by it. */
static bool put_jumbo_option(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;
	struct jumbo *jumbo;

	if (skb_cow_head(skb, LL_RESERVED_SPACE(p->dst->dev) + sizeof(*jumbo)))
		return false;
	skb_push(skb, sizeof(*jumbo));
	memmove(skb->data, skb->data + sizeof(*jumbo), sizeof(struct ipv6hdr));
	skb_reset_network_header(skb);
	jumbo = (struct jumbo *)(ipv6_hdr(skb) + 1);
	*jumbo = (struct jumbo) {
		.nexthdr = ipv6_hdr(skb)->nexthdr,
		.type = IPV6_TLV_JUMBO,
		.len = sizeof(jumbo->payload_len),
		.payload_len = htonl(skb->len - sizeof(struct ipv6hdr)),
	};
	ipv6_hdr(skb)->nexthdr = NEXTHDR_HOP;
	IP6CB(skb)->flags |= IP6SKB_FAKEJUMBO;
	return true;
}
#else
static bool put_jumbo_option(struct jool_packet *p)
{
	return true;
}
#endif

enum jool_verdict jool_jumbo_put(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;

	if (likely(skb->len <= IP_MAX_MTU))
		return JOOL_CONTINUE;
	if (skb->protocol == htons(ETH_P_IP)) {
		ip_hdr(skb)->tot_len = 0;
		ip_send_check(ip_hdr(skb));
		return JOOL_CONTINUE;
	}
	if (skb->len - sizeof(struct ipv6hdr) <= IPV6_MAXPLEN)
		return JOOL_CONTINUE;
	ipv6_hdr(skb)->payload_len = 0;
	return put_jumbo_option(p) ? JOOL_CONTINUE : jool_packet_drop(p, JSTAT_ENOMEM);
}
