// SPDX-License-Identifier: GPL-2.0-only
#include "rfc7915.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "csum.h"
#include "icmp.h"

/*
 * The IPv4 identifications of packets that may be fragmented. As with the kernel's own, a counter
 * is shared by the flows of one hash of source, destination and protocol, so that none comes again
 * there before nearly all others have been (RFC 6864 4.3, 5.3.1). Where a flow begins to count is
 * another hash, so that no outsider can guess. A CPU takes a block at a time, so that no two share
 * a line for each packet.
 */
#define ID_BUCKETS 2048
#define ID_BLOCK 32

struct ids {
	u16 next;
	u16 left;
};

static atomic_t next_block[ID_BUCKETS];
static struct ids __percpu *cpu_ids;	/* [ID_BUCKETS] */

int jool_rfc7915_init(void)
{
	cpu_ids = __alloc_percpu(ID_BUCKETS * sizeof(*cpu_ids), __alignof__(*cpu_ids));
	return cpu_ids ? 0 : -ENOMEM;
}

void jool_rfc7915_exit(void)
{
	free_percpu(cpu_ids);
}

/* The first of @count identifications that follow each other. */
static u16 take_ids(unsigned int bucket, u16 count)
{
	struct ids *ids = raw_cpu_ptr(cpu_ids) + bucket;
	u16 first;

	if (unlikely(ids->left < count)) {
		ids->left = max_t(u16, count, ID_BLOCK);
		ids->next = atomic_fetch_add(ids->left, &next_block[bucket]);
	}
	first = ids->next;
	ids->next += count;
	ids->left -= count;
	return first;
}

static __be16 pick_id(const struct jool_packet *p)
{
	const struct skb_shared_info *shared = skb_shinfo(p->skb);
	u16 count = 1;

	/* Segments count on from the one of the whole; a virtual machine does not say how many. */
	if (unlikely(shared->gso_size))
		count = shared->gso_segs ?: DIV_ROUND_UP(p->skb->len, shared->gso_size);
	return htons((p->cookie >> 16) + take_ids(p->cookie % ID_BUCKETS, count));
}

/* Where the transport header has the checksum that a device completes; negative: it has none. */
static __always_inline int check_offset(u8 proto)
{
	if (proto == JOOL_PROTO_TCP)
		return offsetof(struct tcphdr, check);
	return proto == JOOL_PROTO_UDP ? (int)offsetof(struct udphdr, check) : -1;
}

/*
 * Completes a checksum that is not that of TCP or UDP: ICMP's, or of a packet within a tunnel. What
 * else a device is to sum up is a lie, at which the kernel would warn.
 */
static enum jool_verdict complete_checksum(struct jool_packet *p)
{
	int start = skb_checksum_start_offset(p->skb);
	unsigned int end = start + p->skb->csum_offset + sizeof(__sum16);
	bool icmp = p->proto == JOOL_PROTO_ICMP && start == p->l3_len &&
		    p->skb->csum_offset == offsetof(struct icmphdr, checksum);
	bool within = p->proto == JOOL_PROTO_UDP &&
		      start >= p->l3_len + (int)sizeof(struct udphdr);

	if (!(icmp || within) || skb_is_gso(p->skb) || end > p->skb->len)
		return jool_packet_drop(p, JSTAT_BAD_OFFLOAD);
	if (!pskb_may_pull(p->skb, end) || skb_csum_hwoffload_help(p->skb, 0))
		return jool_packet_drop(p, JSTAT_ENOMEM);
	return JOOL_CONTINUE;
}

/* Sees to it that what the device is to sum up, if anything, is the transport header. */
static __always_inline enum jool_verdict settle_checksum(struct jool_packet *p)
{
	const struct sk_buff *skb = p->skb;

	if (likely(skb->ip_summed != CHECKSUM_PARTIAL) ||
	    (skb_checksum_start_offset(skb) == p->l3_len &&
	     skb->csum_offset == check_offset(p->proto)))
		return JOOL_CONTINUE;
	return complete_checksum(p);
}

/* Bytes that are missing in front of a packet that grows by @grow there; negative: to spare. */
static __always_inline int missing_headroom(const struct jool_packet *p, int grow)
{
	return grow + (p->dst ? LL_RESERVED_SPACE(p->dst->dev) : 0) - (int)skb_headroom(p->skb);
}

/* Whether headers and, of GSO packets, what they share with their clones, may be written to. */
static __always_inline bool in_place(const struct jool_packet *p, int grow)
{
	const struct sk_buff *skb = p->skb;

	return missing_headroom(p, grow) <= 0 &&
	       (!skb_cloned(skb) ||
		(!skb_is_gso(skb) && skb_clone_writable(skb, p->l3_len + p->l4_len)));
}

/* Bytes behind a packet that a driver may pad it with. */
#define TAILROOM 32

/*
 * Makes headers and, of GSO packets, what they share with their clones writable, and has @grow
 * bytes and the next link's header fit in front. A copy is made no larger than it need be.
 */
static __always_inline bool make_writable(const struct jool_packet *p, int grow)
{
	struct sk_buff *skb = p->skb;
	int tail;

	if (likely(in_place(p, grow)))
		return true;
	tail = TAILROOM + (p->dst ? p->dst->dev->needed_tailroom : 0) - skb_tailroom(skb);
	return !pskb_expand_head(skb, max(missing_headroom(p, grow), 0), min(tail, 0), GFP_ATOMIC);
}

bool jool_rfc7915_in_place(const struct jool_packet *p, enum jool_dir dir)
{
	return in_place(p, dir == JOOL_6TO4 ? 0 : sizeof(struct ipv6hdr) - p->l3_len);
}

/* Replaces the @old bytes of IP header by room for @new. Returns where that begins. */
static void *exchange_header(struct sk_buff *skb, int old, int new)
{
	skb_pull(skb, old);
	skb_push(skb, new);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, new);
	/* The sum over the whole packet is not worth keeping. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return skb->data;
}

static __always_inline void finish_skb(const struct jool_packet *p, __be16 protocol,
				       unsigned int gso_from, unsigned int gso_to)
{
	struct sk_buff *skb = p->skb;
	struct skb_shared_info *shared = skb_shinfo(skb);

	skb->protocol = protocol;
	if (skb_is_gso(skb) && shared->gso_type & gso_from)
		shared->gso_type = (shared->gso_type & ~(gso_from | SKB_GSO_TCP_FIXEDID)) | gso_to;
	/* conntrack has seen another packet. */
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
#endif
	skb_clear_tstamp(skb);
	skb_unset_mac_header(skb);
	/* A socket of the gateway that the packet was steered to is none of its new version. */
	if (!p->local)
		skb_orphan(skb);
}

/*
 * The part of the session's delta that concerns the pseudo header: without @new port, which took
 * the place of @old.
 */
static u16 pseudo_delta(u16 delta, __be16 old, __be16 new)
{
	return jool_csum_delta(jool_csum_delta((__force u16)old, (__force u16)new), delta);
}

/* Sets *port to @new and corrects *check, the checksum of TCP or UDP, by @delta. */
static __always_inline void exchange_port(struct sk_buff *skb, __be16 *port, __be16 new,
					  __sum16 *check, u16 delta)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		*check = jool_csum_apply_partial(*check, pseudo_delta(delta, *port, new));
	else
		*check = jool_csum_apply(*check, delta);
	*port = new;
}

static void udp_6to4(struct jool_packet *p, u16 delta)
{
	struct udphdr *udp = udp_hdr(p->skb);

	exchange_port(p->skb, &udp->source, p->session->key4.local_port, &udp->check, delta);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

static void udp_4to6(struct jool_packet *p)
{
	const struct jool_key6 *key = &p->session->key6;
	struct udphdr *udp = udp_hdr(p->skb);
	unsigned int len = ntohs(udp->len);
	__sum16 check;
	__wsum sum;

	if (unlikely(!udp->check && p->skb->ip_summed != CHECKSUM_PARTIAL)) {
		/* IPv6 wants a checksum (RFC 7915 4.5). */
		udp->dest = key->remote_port;
		sum = skb_checksum(p->skb, skb_transport_offset(p->skb), len, 0);
		check = csum_ipv6_magic(&key->local, &key->remote, len, IPPROTO_UDP, sum);
		udp->check = check ?: CSUM_MANGLED_0;
		return;
	}
	exchange_port(p->skb, &udp->dest, key->remote_port, &udp->check, ~p->session->delta);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

static void echo_6to4(struct jool_packet *p, u16 delta)
{
	struct icmphdr *icmp = icmp_hdr(p->skb);
	u8 type = jool_icmp_echo_6to4(p->icmp_type);
	unsigned int len = p->skb->len - sizeof(struct iphdr);
	u16 fixed = jool_csum_delta(jool_icmp_sum6(p->icmp_type, len), jool_icmp_sum4(type));

	icmp->type = type;
	icmp->un.echo.id = p->session->key4.local_port;
	icmp->checksum = jool_csum_apply(icmp->checksum,
					 jool_csum_fold((u32)delta + fixed));
}

static void echo_4to6(struct jool_packet *p)
{
	struct icmp6hdr *icmp = icmp6_hdr(p->skb);
	u8 type = jool_icmp_echo_4to6(p->icmp_type);
	u16 delta = jool_csum_delta(jool_icmp_sum4(p->icmp_type),
				    jool_icmp_sum6(type, p->skb->len - sizeof(struct ipv6hdr)));

	icmp->icmp6_type = type;
	icmp->icmp6_identifier = p->session->key6.remote_port;
	icmp->icmp6_cksum = jool_csum_apply(icmp->icmp6_cksum,
					    jool_csum_fold((u32)delta + (u16)~p->session->delta));
}

/* Whether the translated packet carries DF: not if it was, or is going to be, fragmented. */
static bool wants_df(const struct jool_packet *p)
{
	if (p->fragment_size)
		return false;
	return jool_rfc7915_df(jool_rfc7915_wire_len4(p, sizeof(struct iphdr)));
}

static __always_inline void write_header4(const struct jool_packet *p, __be32 saddr, __be32 daddr,
					  u8 tclass, u8 hop_limit, u8 protocol, bool df)
{
	const struct jool_globals *globals = &p->config->globals;
	struct sk_buff *skb = p->skb;
	struct iphdr *hdr = ip_hdr(skb);

	hdr->version = 4;
	hdr->ihl = sizeof(*hdr) / 4;
	hdr->tos = jool_rfc7915_tos(globals->override_tos, globals->tos, tclass);
	hdr->tot_len = htons(skb->len);
	hdr->frag_off = df ? htons(IP_DF) : 0;
	hdr->id = df ? 0 : pick_id(p);
	hdr->ttl = hop_limit - 1;
	hdr->protocol = protocol;
	hdr->check = 0;
	hdr->saddr = saddr;
	hdr->daddr = daddr;
	hdr->check = ip_fast_csum(hdr, sizeof(*hdr) / 4);
	/* As where the kernel forwards IPv4, for queues; but what somebody has set stays. */
	if (!skb->priority)
		skb->priority = rt_tos2priority(hdr->tos);
}

void jool_rfc7915_write4(const struct jool_packet *p, __be32 saddr, __be32 daddr, u8 tclass,
			 u8 hop_limit, u8 protocol, bool df)
{
	write_header4(p, saddr, daddr, tclass, hop_limit, protocol, df);
}

enum jool_verdict jool_rfc7915_6to4(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;
	const struct jool_key4 *key = &p->session->key4;
	u8 tclass, hop_limit, protocol = IPPROTO_ICMP;
	const struct ipv6hdr *old;
	enum jool_verdict verdict = settle_checksum(p);
	u16 delta;

	if (unlikely(verdict != JOOL_CONTINUE))
		return verdict;
	if (unlikely(!make_writable(p, 0)))
		return jool_packet_drop(p, JSTAT_ENOMEM);
	old = ipv6_hdr(skb);
	tclass = ipv6_get_dsfield(old);
	/* Between two IPv6 nodes there is one hop, which the second half counts. */
	hop_limit = old->hop_limit + !!(p->session->flags & JOOL_SESSION_HAIRPIN);
	delta = jool_csum_fold((u32)p->session->delta + p->suffix_delta);
	exchange_header(skb, p->l3_len, sizeof(struct iphdr));

	switch (p->proto) {
	case JOOL_PROTO_TCP:
		protocol = IPPROTO_TCP;
		exchange_port(skb, &tcp_hdr(skb)->source, p->session->key4.local_port,
			      &tcp_hdr(skb)->check, delta);
		break;
	case JOOL_PROTO_UDP:
		protocol = IPPROTO_UDP;
		udp_6to4(p, delta);
		break;
	case JOOL_PROTO_ICMP:
		echo_6to4(p, delta);
		break;
	}
	write_header4(p, key->local, key->remote, tclass, hop_limit, protocol, wants_df(p));
	finish_skb(p, htons(ETH_P_IP), SKB_GSO_TCPV6, SKB_GSO_TCPV4);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	/* What errors have said of the path is for the gateway's own. */
	IPCB(skb)->flags = p->local ? 0 : IPSKB_FORWARDED;
	if (unlikely(p->fragment_size))
		IPCB(skb)->frag_max_size = max(p->fragment_size - JOOL_RFC7915_FRAGMENT_GROWTH,
					       IPV4_MIN_MTU);
	return JOOL_CONTINUE;
}

void jool_rfc7915_write6(struct sk_buff *skb, const struct jool_globals *globals,
			 const struct in6_addr *saddr, const struct in6_addr *daddr, u8 tos, u8 ttl,
			 u8 nexthdr)
{
	struct ipv6hdr *hdr = ipv6_hdr(skb);

	ip6_flow_hdr(hdr, jool_rfc7915_tclass(globals->zeroize_tc, tos), 0);
	hdr->payload_len = htons(skb->len - sizeof(*hdr));
	hdr->nexthdr = nexthdr;
	hdr->hop_limit = ttl - 1;
	hdr->saddr = *saddr;
	hdr->daddr = *daddr;
}

enum jool_verdict jool_rfc7915_4to6(struct jool_packet *p)
{
	const struct jool_key6 *key = &p->session->key6;
	struct sk_buff *skb = p->skb;
	const struct iphdr *old;
	u8 tos, ttl, nexthdr = IPPROTO_ICMPV6;
	enum jool_verdict verdict = settle_checksum(p);

	if (unlikely(verdict != JOOL_CONTINUE))
		return verdict;
	if (unlikely(!make_writable(p, sizeof(struct ipv6hdr) - p->l3_len)))
		return jool_packet_drop(p, JSTAT_ENOMEM);
	old = ip_hdr(skb);
	tos = old->tos;
	ttl = old->ttl;
	exchange_header(skb, p->l3_len, sizeof(struct ipv6hdr));

	switch (p->proto) {
	case JOOL_PROTO_TCP:
		nexthdr = IPPROTO_TCP;
		exchange_port(skb, &tcp_hdr(skb)->dest, p->session->key6.remote_port,
			      &tcp_hdr(skb)->check, ~p->session->delta);
		break;
	case JOOL_PROTO_UDP:
		nexthdr = IPPROTO_UDP;
		udp_4to6(p);
		break;
	case JOOL_PROTO_ICMP:
		echo_4to6(p);
		break;
	}
	jool_rfc7915_write6(skb, &p->config->globals, &key->local, &key->remote, tos, ttl, nexthdr);
	finish_skb(p, htons(ETH_P_IPV6), SKB_GSO_TCPV4, SKB_GSO_TCPV6);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->frag_max_size = p->split_size;
	return JOOL_CONTINUE;
}
