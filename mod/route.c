// SPDX-License-Identifier: GPL-2.0-only
#include "route.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/jhash.h>
#include <net/dsfield.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "bib.h"
#include "compat.h"
#include "icmp.h"
#include "rfc7915.h"

static struct dst_entry *lookup_route4(const struct jool_packet *p, u32 *cookie)
{
	const struct jool_globals *globals = &p->config->globals;
	const struct jool_key4 *key = &p->session->key4;
	struct flowi4 fl = {
		.flowi4_oif = jool_packet_vrf(p),
		.saddr = key->local,
		.daddr = key->remote,
		.fl4_sport = key->local_port,
		.fl4_dport = key->remote_port,
		.flowi4_proto = jool_proto_number(p->proto),
		.flowi4_mark = p->skb->mark,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	jool_compat_set_tos(&fl, jool_rfc7915_tos(globals->override_tos, globals->tos,
						  ipv6_get_dsfield(ipv6_hdr(p->skb))));
	rt = ip_route_output_key(p->net, &fl);
	if (IS_ERR(rt))
		return NULL;
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return NULL;
	}
	/* dst_check() of IPv4 wants none. */
	*cookie = jhash_3words((__force u32)key->local, (__force u32)key->remote, p->proto,
			       p->inst->id_secret);
	return &rt->dst;
}

struct dst_entry *jool_route_lookup6(const struct jool_packet *p, u32 *cookie)
{
	const struct jool_key6 *key = &p->session->key6;
	struct flowi6 fl = {
		.flowi6_oif = jool_packet_vrf(p),
		.saddr = key->local,
		.daddr = key->remote,
		.fl6_sport = key->local_port,
		.fl6_dport = key->remote_port,
		.flowi6_proto = p->proto == JOOL_PROTO_ICMP ? IPPROTO_ICMPV6 :
							     jool_proto_number(p->proto),
		.flowi6_mark = p->skb->mark,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst_entry *dst = ip6_route_output(p->net, NULL, &fl);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	/* ip_route_output_key() asks IPsec by itself. */
	dst = xfrm_lookup_route(p->net, dst, flowi6_to_flowi(&fl), NULL, 0);
	if (IS_ERR(dst))
		return NULL;
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

/*
 * Keeps @route, whose reference to a dst it takes over, as the way out in @dir, unless the session
 * is dead. Under RCU with bottom halves off.
 */
static void keep_route(struct jool_session *session, enum jool_dir dir,
		       const struct jool_route *route)
{
	struct jool_route *kept = &session->route[dir];
	unsigned long old = route->way;

	spin_lock(&session->bib->lock);
	if (!(session->flags & JOOL_SESSION_DEAD)) {
		old = kept->way;
		kept->cookie = route->cookie;
		kept->mark = route->mark;
		/* Who sees the dst is to see its cookie and mark. */
		smp_store_release(&kept->way, route->way);
	}
	spin_unlock(&session->bib->lock);
	dst_release(jool_route_dst(old));
}

enum jool_verdict jool_route_find(struct jool_packet *p, enum jool_dir dir)
{
	struct jool_route route = { .mark = p->skb->mark };
	struct dst_entry *dst;

	if (likely(jool_route_known(p, dir)))
		return JOOL_CONTINUE;
	dst = dir == JOOL_6TO4 ? lookup_route4(p, &route.cookie) :
				 jool_route_lookup6(p, &route.cookie);
	if (!dst)
		return no_route(p, dir);
	p->dst = dst;
	p->cookie = route.cookie;
	p->plain = jool_route_is_direct(dst) && !jool_route_is_for_gateway(dst);
	if (p->stateless) {
		p->hold_dst = true;
		return JOOL_CONTINUE;
	}
	route.way = (unsigned long)dst | (p->plain ? JOOL_ROUTE_PLAIN : 0);
	/* Even if the session does not keep it, it stays for this grace period. */
	keep_route(p->session, dir, &route);
	return JOOL_CONTINUE;
}

/* The route's or, if it says none, the device's. */
static unsigned int forward_mtu4(const struct dst_entry *dst)
{
	unsigned int mtu;

	if (READ_ONCE(dev_net(dst->dev)->ipv4.sysctl_ip_fwd_use_pmtu))
		return ip_dst_mtu_maybe_forward(dst, true);
	mtu = dst_metric_raw(dst, RTAX_MTU) ?: READ_ONCE(dst->dev->mtu);
	return mtu - lwtunnel_headroom(dst->lwtstate, mtu);
}

static unsigned int forward_mtu6(const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from;
	unsigned int mtu;

	if (!(rt->rt6i_flags & RTF_MODIFIED))
		return dst_mtu(dst);
	from = rcu_dereference(rt->from);
	mtu = from ? from->fib6_metrics->metrics[RTAX_MTU - 1] : 0;
	mtu = mtu ?: READ_ONCE(dst->dev->mtu);
	return mtu - lwtunnel_headroom(dst->lwtstate, mtu);
}

unsigned int jool_route_mtu(const struct jool_packet *p)
{
	const struct dst_entry *dst = p->dst;
	unsigned int mtu;

	/* What IPsec adds is in its own. */
	if (p->local || dst_xfrm(dst))
		mtu = dst_mtu(dst);
	else
		mtu = dst->ops->family == AF_INET ? forward_mtu4(dst) : forward_mtu6(dst);
	/* What a route says may be more than its device allows. */
	return min(mtu, READ_ONCE(dst->dev->mtu));
}

bool jool_route_has_host4(const struct jool_packet *p)
{
	const struct iphdr *hdr = ip_hdr(p->skb);
	struct flowi4 fl = {
		.flowi4_iif = p->skb->dev->ifindex,
		.flowi4_mark = p->skb->mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.saddr = hdr->saddr,
		.daddr = hdr->daddr,
	};
	struct fib_result res;

	return !fib_lookup(p->net, &fl, &res, FIB_LOOKUP_IGNORE_LINKSTATE) &&
	       (res.type == RTN_LOCAL || (res.type == RTN_UNICAST && res.prefixlen == 32));
}

__be32 jool_route_source4(const struct jool_packet *p, __be32 dst4)
{
	struct flowi4 fl = {
		.flowi4_oif = jool_packet_vrf(p),
		.daddr = dst4,
		.flowi4_mark = p->skb->mark,
	};
	struct rtable *rt = ip_route_output_key(p->net, &fl);

	if (IS_ERR(rt))
		return 0;
	ip_rt_put(rt);
	return fl.saddr;
}
