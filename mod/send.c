// SPDX-License-Identifier: GPL-2.0-only
#include "send.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "icmp.h"
#include "rfc7915.h"

static const u8 ip_protocols[JOOL_PROTOS][JOOL_DIRS] = {
	[JOOL_PROTO_TCP] = { IPPROTO_TCP, IPPROTO_TCP },
	[JOOL_PROTO_UDP] = { IPPROTO_UDP, IPPROTO_UDP },
	[JOOL_PROTO_ICMP] = { IPPROTO_ICMP, IPPROTO_ICMPV6 },
};

static struct dst_entry *lookup4(const struct jool_packet *p, u32 *cookie)
{
	const struct jool_key4 *key = &p->session->key4;
	struct flowi4 fl = {
		.saddr = key->dst,
		.daddr = key->src,
		.fl4_sport = key->dport,
		.fl4_dport = key->sport,
		.flowi4_proto = ip_protocols[p->proto][JOOL_6TO4],
		.flowi4_mark = p->skb->mark,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	jool_compat_set_tos(&fl, jool_rfc7915_tos(p->config->globals.override_tos, p->config->globals.tos,
						  ipv6_get_dsfield(ipv6_hdr(p->skb))));
	rt = ip_route_output_key(p->net, &fl);
	if (IS_ERR(rt))
		return NULL;
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return NULL;
	}
	*cookie = 0;
	return &rt->dst;
}

static struct dst_entry *lookup6(const struct jool_packet *p, u32 *cookie)
{
	const struct jool_key6 *key = &p->session->key6;
	struct flowi6 fl = {
		.saddr = key->dst,
		.daddr = key->src,
		.fl6_sport = key->dport,
		.fl6_dport = key->sport,
		.flowi6_proto = ip_protocols[p->proto][JOOL_4TO6],
		.flowi6_mark = p->skb->mark,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst_entry *dst = ip6_route_output(p->net, NULL, &fl);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	*cookie = jool_compat_cookie6(dst);
	return dst;
}

static enum jool_verdict no_route(struct jool_packet *p, enum jool_dir dir)
{
	if (dir == JOOL_6TO4)
		jool_icmp_send6(p, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
	else
		jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	return jool_packet_drop(p, JSTAT_FAILED_ROUTES);
}

enum jool_verdict jool_send_route(struct jool_packet *p, enum jool_dir dir)
{
	struct jool_route *route = &p->session->route[dir];
	struct dst_entry *dst = smp_load_acquire(&route->dst);
	u32 cookie;

	if (likely(dst && route->mark == p->skb->mark && dst_check(dst, route->cookie))) {
		p->dst = dst;
		return JOOL_CONTINUE;
	}

	dst = dir == JOOL_6TO4 ? lookup4(p, &cookie) : lookup6(p, &cookie);
	if (!dst)
		return no_route(p, dir);
	p->dst = dst;
	if (p->stateless) {
		p->hold_dst = true;
		return JOOL_CONTINUE;
	}
	/* Even if the session does not keep it, it stays for this grace period. */
	jool_session_set_route(p->session, dir, dst, cookie, p->skb->mark);
	return JOOL_CONTINUE;
}

/* Whether a packet of p->skb's size and, once its IP header is @shrink bytes shorter, fits @mtu. */
static bool fits(const struct jool_packet *p, int shrink, unsigned int mtu)
{
	if (skb_is_gso(p->skb))
		return skb_gso_validate_network_len(p->skb, mtu + shrink);
	return p->skb->len - shrink <= mtu;
}

static enum jool_verdict check_6to4(struct jool_packet *p)
{
	int shrink = p->l3_len - (int)sizeof(struct iphdr);
	unsigned int mtu = dst_mtu(p->dst);

	if (unlikely(p->skb->len - shrink > IP_MAX_MTU))
		return jool_packet_drop(p, JSTAT_PKT_TOO_BIG);
	if (likely(fits(p, shrink, mtu)))
		return JOOL_CONTINUE;
	/* So small a packet goes without DF, and the kernel fragments it. */
	if (p->skb->len - shrink <= JOOL_RFC7915_DF_ABOVE)
		return JOOL_CONTINUE;
	jool_icmp_send6(p, ICMPV6_PKT_TOOBIG, 0, max_t(u32, mtu + 20, IPV6_MIN_MTU));
	return jool_packet_drop(p, JSTAT_PKT_TOO_BIG);
}

static enum jool_verdict check_4to6(struct jool_packet *p)
{
	int shrink = p->l3_len - (int)sizeof(struct ipv6hdr);
	unsigned int mtu = dst_mtu(p->dst);

	if (likely(fits(p, shrink, mtu)))
		return JOOL_CONTINUE;
	if (!(ip_hdr(p->skb)->frag_off & htons(IP_DF)))
		return jool_packet_drop(p, JSTAT_FRAGMENT);
	jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu - 20);
	return jool_packet_drop(p, JSTAT_PKT_TOO_BIG);
}

enum jool_verdict jool_send_check_size(struct jool_packet *p, enum jool_dir dir)
{
	return dir == JOOL_6TO4 ? check_6to4(p) : check_4to6(p);
}

enum jool_verdict jool_send_output(struct jool_packet *p)
{
	struct sk_buff *skb = p->skb;
	int err;

	skb_dst_drop(skb);
	if (p->hold_dst)
		skb_dst_set(skb, p->dst);
	else
		skb_dst_set_noref(skb, p->dst);
	p->hold_dst = false;

	jool_stats_inc(p->inst->stats, JSTAT_SUCCESS);
	err = dst_output(p->net, NULL, skb);
	if (unlikely(err < 0 || err == NET_XMIT_DROP))
		jool_stats_inc(p->inst->stats, JSTAT_DST_OUTPUT);
	return JOOL_STOLEN;
}

__be32 jool_send_source4(const struct jool_packet *p, __be32 dst4)
{
	struct flowi4 fl = { .daddr = dst4, .flowi4_mark = p->skb->mark };
	struct rtable *rt = ip_route_output_key(p->net, &fl);

	if (IS_ERR(rt))
		return 0;
	ip_rt_put(rt);
	return fl.saddr;
}
