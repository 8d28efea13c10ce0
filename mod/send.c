// SPDX-License-Identifier: GPL-2.0-only
#include "send.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst_metadata.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "compat.h"
#include "icmp.h"
#include "rfc7915.h"

/* jool_route_mtu() of a packet that came in @dir, where it takes next to nothing to find out. */
static __always_inline unsigned int mtu_of(const struct jool_packet *p, enum jool_dir dir)
{
	const struct dst_entry *dst = p->dst;
	const struct inet6_dev *idev;
	unsigned int mtu, most;

	if (unlikely(!p->plain || p->local))
		return jool_route_mtu(p);
	mtu = dst_metric_raw(dst, RTAX_MTU);
	most = READ_ONCE(dst->dev->mtu);
	if (dir == JOOL_6TO4) {
		if (unlikely(READ_ONCE(p->net->ipv4.sysctl_ip_fwd_use_pmtu)))
			return jool_route_mtu(p);
		return unlikely(mtu) ? min(mtu, most) : most;
	}
	idev = __in6_dev_get(dst->dev);
	if (unlikely(!idev || container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_MODIFIED))
		return jool_route_mtu(p);
	return min(likely(!mtu) ? READ_ONCE(idev->cnf.mtu6) : mtu, most);
}

/* Whether a packet of p->skb's size and, once its IP header is @shrink bytes shorter, fits @mtu. */
static __always_inline bool fits_mtu(const struct jool_packet *p, int shrink, unsigned int mtu)
{
	if (skb_is_gso(p->skb))
		return skb_gso_validate_network_len(p->skb, mtu + shrink);
	return p->skb->len - shrink <= mtu;
}

static enum jool_verdict check_6to4(struct jool_packet *p)
{
	int shrink = p->l3_len - (int)sizeof(struct iphdr);
	unsigned int mtu = mtu_of(p, JOOL_6TO4);

	if (unlikely(p->skb->len - shrink > IP_MAX_MTU && !skb_is_gso(p->skb)))
		goto too_big;
	p->fits = !p->fragment_size && fits_mtu(p, shrink, mtu);
	if (likely(p->fits))
		return JOOL_CONTINUE;
	/* What was fragmented, or is so small, goes without DF, and the kernel fragments it. */
	if (p->fragment_size || !jool_rfc7915_df(jool_rfc7915_wire_len4(p, p->l3_len)))
		return JOOL_CONTINUE;
	/* The gateway's own, which it would have fragmented itself. */
	if (p->local && p->skb->ignore_df && !skb_is_gso(p->skb)) {
		p->fragment_size = min_t(unsigned int, mtu + JOOL_RFC7915_FRAGMENT_GROWTH, U16_MAX);
		return JOOL_CONTINUE;
	}
too_big:
	jool_icmp_send6(p, ICMPV6_PKT_TOOBIG, 0, max_t(u32, mtu + 20, IPV6_MIN_MTU));
	return jool_packet_drop(p, JSTAT_PKT_TOO_BIG);
}

static enum jool_verdict too_big4(struct jool_packet *p, unsigned int mtu)
{
	jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
	return jool_packet_drop(p, JSTAT_PKT_TOO_BIG);
}

/* ip6_fragment() makes none that are larger than the path is said to allow. */
static unsigned int fragment_limit(const struct jool_packet *p, unsigned int size)
{
	return min3(size, dst_mtu(p->dst), (unsigned int)U16_MAX);
}

static enum jool_verdict check_4to6(struct jool_packet *p)
{
	int shrink = p->l3_len - (int)sizeof(struct ipv6hdr);
	unsigned int mtu = mtu_of(p, JOOL_4TO6), limit, fragment;

	if (ip_hdr(p->skb)->frag_off & htons(IP_DF)) {
		fragment = p->fragment_size + JOOL_RFC7915_FRAGMENT_GROWTH;
		if (unlikely(p->fragment_size)) {
			if (fragment > mtu)
				return too_big4(p, mtu - JOOL_RFC7915_FRAGMENT_GROWTH);
			p->split_size = fragment_limit(p, fragment);
			return JOOL_CONTINUE;
		}
		p->fits = fits_mtu(p, shrink, mtu);
		return likely(p->fits) ? JOOL_CONTINUE : too_big4(p, mtu - 20);
	}

	/* RFC 7915 4: the sender relies on others to fragment it. */
	limit = min(mtu, p->config->globals.lowest_mtu);
	p->fits = !p->fragment_size && fits_mtu(p, shrink, limit);
	if (unlikely(p->fragment_size))
		p->split_size = fragment_limit(p, min(limit, p->fragment_size +
							     JOOL_RFC7915_FRAGMENT_GROWTH));
	else if (!p->fits)
		p->split_size = fragment_limit(p, limit);
	return JOOL_CONTINUE;
}

enum jool_verdict jool_send_check_size(struct jool_packet *p, enum jool_dir dir)
{
	return dir == JOOL_6TO4 ? check_6to4(p) : check_4to6(p);
}

/*
 * Whether the last segment of the GSO packet, unlike the others, is so small as to go without DF.
 */
static bool df_differs(const struct jool_packet *p)
{
	const struct skb_shared_info *shared = skb_shinfo(p->skb);
	unsigned int l4_len = p->proto == JOOL_PROTO_TCP ? tcp_hdrlen(p->skb) : p->l4_len;
	unsigned int headers = p->l3_len + l4_len, tail;

	if (p->skb->len <= headers || !jool_rfc7915_df(jool_rfc7915_wire_len4(p, p->l3_len)))
		return false;
	tail = (p->skb->len - headers) % shared->gso_size;
	return tail && !jool_rfc7915_df(sizeof(struct iphdr) + l4_len + tail);
}

/* Whether the device takes a packet of more bytes than 16 bits can tell (BIG TCP). */
static bool takes_big(const struct jool_packet *p, enum jool_dir dir, unsigned int len)
{
	return p->proto == JOOL_PROTO_TCP &&
	       len + LL_MAX_HEADER <= jool_compat_gso_max(p->dst->dev, dir == JOOL_4TO6);
}

bool jool_send_must_segment_gso(const struct jool_packet *p, enum jool_dir dir)
{
	int shrink = p->l3_len - (int)sizeof(struct ipv6hdr);
	unsigned int len = p->skb->len - shrink;

	/* Headers within are not ours to change. */
	if (skb_shinfo(p->skb)->gso_type & SKB_GSO_FRAGLIST || p->skb->encapsulation ||
	    !jool_packet_has_segments(p) || (len > IP_MAX_MTU && !takes_big(p, dir, len)))
		return true;
	if (dir == JOOL_6TO4)
		return df_differs(p);
	return !(ip_hdr(p->skb)->frag_off & htons(IP_DF)) &&
	       !fits_mtu(p, shrink, min(jool_route_mtu(p), p->config->globals.lowest_mtu));
}

/*
 * Sends one of the fragments (RFC 7915 4.1: they keep the identification). @packet: the struct
 * jool_packet, see jool_compat_fragment6().
 */
static int output_fragment(struct net *net, struct sock *packet, struct sk_buff *skb)
{
	const struct jool_packet *p = (void *)packet;
	struct frag_hdr *frag = (struct frag_hdr *)(ipv6_hdr(skb) + 1);

	frag->identification = htonl(ntohs(p->id));
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	return dst_output(net, NULL, skb);
}

/*
 * Passes the packet through the FORWARD chain of its new family, as if it had been routed there.
 * Returns 1 if it came out at once, 0 if it may come later, or an error.
 */
static int pass_forward(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;
	u8 family = skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 : NFPROTO_IPV6;

	return nf_hook(family, NF_INET_FORWARD, p->net, NULL, skb, skb->dev, p->dst->dev,
		       dst_output);
}

/* ---- the short way out ---- */

/*
 * What ip_output() and ip6_output() do with a packet of which it is known that it fits:
 * POSTROUTING, and then to the neighbour. The packet may be another one behind POSTROUTING.
 */

static __always_inline bool has_headroom(struct sk_buff **skb)
{
	const struct net_device *dev = (*skb)->dev;

	if (unlikely(skb_headroom(*skb) < LL_RESERVED_SPACE(dev) && dev->header_ops))
		*skb = skb_expand_head(*skb, LL_RESERVED_SPACE(dev));
	return *skb;
}

static int to_neighbour4(struct sk_buff *skb)
{
	struct neighbour *neigh;
	bool is_gw6 = false;

	if (!has_headroom(&skb))
		return -ENOMEM;
	neigh = ip_neigh_for_gw(skb_rtable(skb), skb, &is_gw6);
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, is_gw6);
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_CREATEFAIL);
	return PTR_ERR(neigh);
}

static int to_neighbour6(struct sk_buff *skb)
{
	const struct in6_addr *nexthop;
	struct neighbour *neigh;

	if (!has_headroom(&skb))
		return -ENOMEM;
	nexthop = rt6_nexthop((struct rt6_info *)skb_dst(skb), &ipv6_hdr(skb)->daddr);
	neigh = __ipv6_neigh_lookup_noref(skb->dev, nexthop);
	if (unlikely(!neigh))
		neigh = __neigh_create(&nd_tbl, nexthop, skb->dev, false);
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, false);
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_CREATEFAIL);
	return PTR_ERR(neigh);
}

/* Whether POSTROUTING has found an IPsec policy, or put something into the packet. */
static __always_inline bool is_changed(const struct sk_buff *skb)
{
	return dst_xfrm(skb_dst(skb)) ||
	       (skb->len > READ_ONCE(skb->dev->mtu) && !skb_is_gso(skb));
}

static int behind_postrouting4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (likely(!is_changed(skb)))
		return to_neighbour4(skb);
	IPCB(skb)->flags |= IPSKB_REROUTED;
	return dst_output(net, sk, skb);
}

static int behind_postrouting6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (likely(!is_changed(skb)))
		return to_neighbour6(skb);
	IP6CB(skb)->flags |= IP6SKB_REROUTED;
	return dst_output(net, sk, skb);
}

/* Whether the short way leads where dst_output() does. */
static bool short_way(const struct jool_packet *p)
{
	/* The gateway's own has a socket, of which control groups want to know. */
	return p->fits && p->plain && !p->local;
}

bool jool_send_fits(const struct jool_packet *p, enum jool_dir dir)
{
	unsigned int mtu;

	if (unlikely(!p->plain))
		return false;
	mtu = mtu_of(p, dir);
	if (dir == JOOL_6TO4)
		return fits_mtu(p, sizeof(struct ipv6hdr) - sizeof(struct iphdr), mtu);
	if (!(ip_hdr(p->skb)->frag_off & htons(IP_DF)))
		mtu = min(mtu, p->config->globals.lowest_mtu);
	return fits_mtu(p, (int)sizeof(struct iphdr) - (int)sizeof(struct ipv6hdr), mtu);
}

/*
 * Counts the packet that is gone, of which the kernel said @err. Under RCU, which keeps the
 * instance. Returns whether it was sent, or waits to be.
 */
static __always_inline bool count_output(const struct jool_packet *p, int err)
{
	bool sent = likely(err >= 0 && err != NET_XMIT_DROP);

	jool_stats_inc(p->inst->stats, sent ? JSTAT_SUCCESS : JSTAT_DST_OUTPUT);
	return sent;
}

bool jool_send_neighbour(struct jool_packet *p, enum jool_dir dir)
{
	skb_dst_drop(p->skb);
	skb_dst_set_noref(p->skb, p->dst);
	p->skb->dev = p->dst->dev;
	return count_output(p, dir == JOOL_6TO4 ? to_neighbour4(p->skb) :
						  to_neighbour6(p->skb));
}

static int output_short(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;
	struct net_device *in = skb->dev, *out = p->dst->dev;

	skb->dev = out;
	if (skb->protocol == htons(ETH_P_IP)) {
		IP_UPD_PO_STATS(p->net, IPSTATS_MIB_OUT, skb->len);
		return NF_HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, p->net, NULL, skb, in, out,
			       behind_postrouting4);
	}
	IP6_UPD_PO_STATS(p->net, ip6_dst_idev(p->dst), IPSTATS_MIB_OUT, skb->len);
	return NF_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, p->net, NULL, skb, in, out,
		       behind_postrouting6);
}

/* ---- to the gateway itself ---- */

/*
 * The packet comes in as if in its new version, by the device by which it came: conntrack and the
 * rules of PRE_ROUTING and LOCAL_IN see it. Where the packet goes is known already, so nobody asks
 * whether its source, which is the gateway's own as a rule, may come from there. Until it has
 * passed PRE_ROUTING it is loopback traffic: for our own hook, which leaves it alone, reverse path
 * filters and a VRF.
 */
static void begin_input(struct sk_buff *skb)
{
	skb->skb_iif = skb->dev->ifindex;
	skb->pkt_type = PACKET_LOOPBACK;
}

static int finish_input(struct sk_buff *skb)
{
	skb->pkt_type = PACKET_HOST;
	return dst_input(skb);
}

static int behind_prerouting4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	skb = l3mdev_ip_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	/* DNAT has sent it somewhere else. */
	if (unlikely(!skb_valid_dst(skb)) && jool_compat_route_input(skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_IP_INNOROUTES);
		return NET_RX_DROP;
	}
	return finish_input(skb);
}

static int behind_prerouting6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	skb = l3mdev_ip6_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	if (unlikely(!skb_valid_dst(skb))) {
		kfree_skb_reason(skb, SKB_DROP_REASON_IP_INNOROUTES);
		return NET_RX_DROP;
	}
	return finish_input(skb);
}

static int input_packet(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;

	begin_input(skb);
	if (skb->protocol == htons(ETH_P_IP)) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = skb->skb_iif;
		__IP_UPD_PO_STATS(p->net, IPSTATS_MIB_IN, skb->len);
		return NF_HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, p->net, NULL, skb, skb->dev,
			       NULL, behind_prerouting4);
	}
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	__IP6_UPD_PO_STATS(p->net, __in6_dev_get(skb->dev), IPSTATS_MIB_IN, skb->len);
	return NF_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, p->net, NULL, skb, skb->dev, NULL,
		       behind_prerouting6);
}

/*
 * The gateway's own, and answers to what it has asked itself through pool6, of which conntrack has
 * not seen the request leave, go around by the loopback device.
 */
static bool goes_around(const struct jool_packet *p)
{
	return p->local || (p->skb->protocol == htons(ETH_P_IPV6) &&
			    p->session->flags & JOOL_SESSION_FROM6);
}

/* Leaves out POSTROUTING: the packet is none that leaves, and tracked from PRE_ROUTING on. */
static int send_around(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;

	if (!jool_route_is_direct(p->dst))
		return dst_output(p->net, NULL, skb);
	skb->dev = p->dst->dev;
	return skb->protocol == htons(ETH_P_IP) ? to_neighbour4(skb) : to_neighbour6(skb);
}

static int to_gateway(struct jool_packet *p)
{
	nf_reset_ct(p->skb);
	return goes_around(p) ? send_around(p) : input_packet(p);
}

/* ---- output ---- */

static int output_packet(struct jool_packet *p)
{
	if (unlikely(!p->plain) && jool_route_is_for_gateway(p->dst))
		return to_gateway(p);
	if (unlikely(p->config->globals.forward_hook)) {
		int err = pass_forward(p);

		if (err != 1)
			return err;
	}
	if (unlikely(p->split_size))
		return jool_compat_fragment6(p->net, p->skb, output_fragment, p);
	return likely(short_way(p)) ? output_short(p) : dst_output(p->net, NULL, p->skb);
}

static bool set_dst(struct jool_packet *p)
{
	skb_dst_drop(p->skb);
	/* Fragments take references of their own. */
	if (unlikely(p->split_size) && !p->hold_dst) {
		p->hold_dst = dst_hold_safe(p->dst);
		if (!p->hold_dst)
			return false;
	}
	if (p->hold_dst)
		skb_dst_set(p->skb, p->dst);
	else
		skb_dst_set_noref(p->skb, p->dst);
	p->hold_dst = false;
	return true;
}

enum jool_verdict jool_send_output(struct jool_packet *p)
{
	if (!set_dst(p))
		return jool_packet_drop(p, JSTAT_FAILED_ROUTES);
	p->skb->ignore_df = p->split_size != 0;
	count_output(p, output_packet(p));
	return JOOL_STOLEN;
}
