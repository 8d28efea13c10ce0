// SPDX-License-Identifier: GPL-2.0-only
#include "query.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "bib.h"
#include "hook.h"
#include "packet.h"
#include "rfc6052.h"
#include "xlat.h"

/* So that it is neither too far from its source nor from its destination. */
#define HOP_LIMIT 64

/* Most bytes of its headers. */
#define HEADERS (sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

/* Behind the IP header of @skb: a SYN, an empty datagram, or @echo. */
static void put_transport(struct sk_buff *skb, u8 proto, __be16 sport, __be16 dport, u8 echo)
{
	struct tcphdr *tcp;
	struct udphdr *udp;
	struct icmphdr *icmp;

	switch (proto) {
	case JOOL_PROTO_TCP:
		tcp = skb_put_zero(skb, sizeof(*tcp));
		tcp->source = sport;
		tcp->dest = dport;
		tcp->doff = sizeof(*tcp) / 4;
		tcp->syn = 1;
		break;
	case JOOL_PROTO_UDP:
		udp = skb_put_zero(skb, sizeof(*udp));
		udp->source = sport;
		udp->dest = dport;
		udp->len = htons(sizeof(*udp));
		/* IPv6 has none without. */
		udp->check = CSUM_MANGLED_0;
		break;
	case JOOL_PROTO_ICMP:
		icmp = skb_put_zero(skb, sizeof(*icmp));
		icmp->type = echo;
		icmp->un.echo.id = sport;
		break;
	}
}

/* A packet that comes by no device of any VRF, with room for its IP header; NULL: no memory. */
static struct sk_buff *new_packet(struct net *net, const struct jool_query *query, __be16 protocol,
				  unsigned int len)
{
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + HEADERS, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	skb_put_zero(skb, len);
	skb_set_transport_header(skb, len);
	skb->protocol = protocol;
	skb->dev = net->loopback_dev;
	skb->mark = query->mark;
	return skb;
}

static struct sk_buff *new_skb6(struct net *net, const struct jool_query *query)
{
	const struct jool_key6 *key = &query->key6;
	struct sk_buff *skb = new_packet(net, query, htons(ETH_P_IPV6), sizeof(struct ipv6hdr));
	struct ipv6hdr *hdr;

	if (!skb)
		return NULL;
	put_transport(skb, query->proto, key->remote_port, key->local_port, ICMPV6_ECHO_REQUEST);
	hdr = ipv6_hdr(skb);
	hdr->version = 6;
	hdr->payload_len = htons(skb->len - sizeof(*hdr));
	hdr->nexthdr = query->proto == JOOL_PROTO_ICMP ? IPPROTO_ICMPV6 :
							 jool_proto_number(query->proto);
	hdr->hop_limit = HOP_LIMIT;
	hdr->saddr = key->remote;
	hdr->daddr = key->local;
	return skb;
}

static struct sk_buff *new_skb4(struct net *net, const struct jool_query *query)
{
	const struct jool_key4 *key = &query->key4;
	/* The identifier is the one that pool4 has. */
	__be16 sport = query->proto == JOOL_PROTO_ICMP ? key->local_port : key->remote_port;
	struct sk_buff *skb = new_packet(net, query, htons(ETH_P_IP), sizeof(struct iphdr));
	struct iphdr *hdr;

	if (!skb)
		return NULL;
	put_transport(skb, query->proto, sport, key->local_port, ICMP_ECHO);
	hdr = ip_hdr(skb);
	hdr->version = 4;
	hdr->ihl = sizeof(*hdr) / 4;
	hdr->tot_len = htons(skb->len);
	hdr->ttl = HOP_LIMIT;
	hdr->protocol = jool_proto_number(query->proto);
	hdr->saddr = key->remote;
	hdr->daddr = key->local;
	ip_send_check(hdr);
	return skb;
}

static void tell_session(struct jool_query *query, const struct jool_config *config,
			 const struct jool_session *session)
{
	query->flags |= JOOL_FLAG_SESSION | JOOL_FLAG_BIB |
			(session->bib->is_static ? JOOL_FLAG_STATIC : 0);
	query->key6 = session->key6;
	query->key4 = session->key4;
	query->known6 = true;
	query->known4 = true;
	query->expires = jool_expiry_left(config, session);
	query->state = READ_ONCE(session->state);
}

static void tell_bib(struct jool_query *query, const struct jool_bib *bib)
{
	query->flags |= JOOL_FLAG_BIB | (bib->is_static ? JOOL_FLAG_STATIC : 0);
	query->key6.remote = bib->src6.addr;
	query->key6.remote_port = bib->src6.port;
	query->key4.local = bib->src4.addr;
	query->key4.local_port = bib->src4.port;
	query->known6 = true;
	query->known4 = true;
}

/* Tells what came of @p, which was asked with @scratch, and frees it. @bib: what there is of it. */
static void tell_answer(struct jool_query *query, struct jool_packet *p, enum jool_verdict verdict,
			const struct jool_session *scratch, const struct jool_bib *bib)
{
	static const enum jool_answer answers[] = {
		[JOOL_CONTINUE] = JOOL_ANSWER_TRANSLATE,
		[JOOL_ACCEPT] = JOOL_ANSWER_KERNEL,
		[JOOL_DROP] = JOOL_ANSWER_DROP,
		[JOOL_STOLEN] = JOOL_ANSWER_STORE,
	};

	query->answer = answers[verdict];
	query->stat = verdict == JOOL_CONTINUE ? 0 : p->stat;
	if (verdict == JOOL_ACCEPT)
		goto out;
	if (p->session && p->session->flags & JOOL_SESSION_HAIRPIN)
		query->flags |= JOOL_FLAG_HAIRPIN;
	if (p->session && p->session != scratch)
		tell_session(query, p->config, p->session);
	else if (bib)
		tell_bib(query, bib);
out:
	if (p->hold_dst)
		dst_release(p->dst);
	consume_skb(p->skb);
}

int jool_query_6to4(struct jool_instance *inst, struct jool_query *query)
{
	struct jool_net *jn = inst->net;
	struct jool_packet p = { .net = jn->net, .inst = inst, .stateless = true, .dry = true };
	struct jool_bib pretended = {};
	struct jool_session scratch = { .bib = &pretended };
	enum jool_verdict verdict = JOOL_ACCEPT;

	query->known6 = true;
	p.skb = new_skb6(jn->net, query);
	if (!p.skb)
		return -ENOMEM;
	if (jool_instance_has6(inst, &query->key6.local)) {
		query->key4.remote = jool_rfc6052_extract(&query->key6.local, inst->pool6_len);
		query->key4.remote_port = query->key6.local_port;
		if (!jool_hook_has_exceptions(jn) || !jool_hook_is_exception(&p))
			verdict = jool_xlat_ask_6to4(&p, &scratch);
	}
	tell_answer(query, &p, verdict, &scratch,
		    jool_bib_find6(inst, query->proto, &query->key6.remote,
				   query->key6.remote_port));
	return 0;
}

int jool_query_4to6(struct jool_instance *inst, struct jool_query *query)
{
	struct jool_net *jn = inst->net;
	struct jool_packet p = { .net = jn->net, .stateless = true, .dry = true };
	enum jool_verdict verdict = JOOL_ACCEPT;
	struct jool_session scratch;

	query->known4 = true;
	jool_rfc6052_embed(&query->key6.local, jool_instance_pool6(inst), inst->pool6_len,
			   query->key4.remote);
	query->key6.local_port = query->key4.remote_port;
	p.skb = new_skb4(jn->net, query);
	if (!p.skb)
		return -ENOMEM;
	p.addr4 = jool_addr4_find(&jn->addr4s, query->key4.local);
	if (p.addr4)
		verdict = jool_xlat_ask_4to6(jn, &p, &scratch);
	/* Another instance's is none of this one's. */
	if (p.inst != inst) {
		verdict = JOOL_ACCEPT;
		p.stat = 0;
	}
	tell_answer(query, &p, verdict, &scratch,
		    jool_bib_find4(inst, query->proto, query->key4.local, query->key4.local_port));
	return 0;
}
