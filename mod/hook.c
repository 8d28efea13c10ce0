// SPDX-License-Identifier: GPL-2.0-only
#include "hook.h"

#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netfilter_bridge.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "bypass.h"
#include "compat.h"
#include "filter.h"
#include "instance.h"
#include "packet.h"
#include "sock.h"
#include "xlat.h"

/*
 * Whether the frame was not for this machine: flooded, or bridged with br_netfilter looking on; or
 * it is on its way in, translated already.
 */
static bool spare_packet(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *bridge = nf_bridge_info_get(skb);

	if (unlikely(bridge && bridge->pkt_otherhost))
		return true;
#endif
	return skb->pkt_type != PACKET_HOST;
}

/*
 * Fragments are put together here, and only those that are ours; where conntrack has done so
 * already, there are none. Returns NF_ACCEPT for a whole packet or one that never was in pieces.
 */
static unsigned int defragment_packet6(struct net *net, struct sk_buff *skb, unsigned int hook)
{
	u32 user = hook == NF_INET_LOCAL_OUT ? IP6_DEFRAG_CONNTRACK_OUT : IP6_DEFRAG_CONNTRACK_IN;
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	int err;

	if (likely(nexthdr == NEXTHDR_TCP || nexthdr == NEXTHDR_UDP || nexthdr == NEXTHDR_ICMP))
		return NF_ACCEPT;
	err = nf_ct_frag6_gather(net, skb, user);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	return err ? NF_DROP : NF_ACCEPT;
}

static unsigned int defragment_packet4(struct net *net, struct sk_buff *skb)
{
	if (likely(!ip_is_fragment(ip_hdr(skb))))
		return NF_ACCEPT;
	if (ip_defrag(net, skb, IP_DEFRAG_CONNTRACK_IN))
		return NF_STOLEN;
	/* The kernel may take it apart again if it is not for us. */
	skb->ignore_df = 1;
	return NF_ACCEPT;
}

/*
 * Has @hook look at the packet with bottom halves off. They are on if it is the gateway's own, or
 * waited for a verdict (NFQUEUE).
 */
static __always_inline unsigned int bh_off(nf_hookfn *hook, void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	bool on = !in_softirq();
	unsigned int verdict;

	if (unlikely(on))
		local_bh_disable();
	verdict = hook(priv, skb, state);
	if (unlikely(on))
		local_bh_enable();
	return verdict;
}

bool jool_hook_is_exception(struct jool_packet *p)
{
	if (jool_sock_is_local6(p->net, p->skb->dev, &ipv6_hdr(p->skb)->daddr))
		return true;
	if (!jool_bypass_takes(p))
		return false;
	p->stat = JSTAT_ROUTED6;
	return true;
}

static bool is_left_alone(struct jool_packet *p)
{
	if (!jool_hook_is_exception(p))
		return false;
	if (p->stat) {
		jool_stats_inc(p->inst->stats, JSTAT_RECEIVED6);
		jool_stats_inc(p->inst->stats, p->stat);
	}
	return true;
}

static __always_inline unsigned int look_at6(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	const struct in6_addr *dst = &ipv6_hdr(skb)->daddr;
	struct jool_net *jn = priv;
	struct jool_instance *inst;
	unsigned int verdict;

	list_for_each_entry_rcu(inst, &jn->instances, list) {
		if (jool_instance_has6(inst, dst)) {
			struct jool_packet p = {
				.skb = skb,
				.net = state->net,
				.inst = inst,
				.local = state->hook == NF_INET_LOCAL_OUT,
			};

			if (unlikely(spare_packet(skb) ||
				     (jool_hook_has_exceptions(jn) && is_left_alone(&p))))
				return NF_ACCEPT;
			verdict = defragment_packet6(state->net, skb, state->hook);
			return likely(verdict == NF_ACCEPT) ? jool_xlat_6to4(&p) : verdict;
		}
	}
	return NF_ACCEPT;
}

static unsigned int hook_prerouting6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return bh_off(look_at6, priv, skb, state);
}

/*
 * From the gateway itself: the kernel has chosen a route, whatever covers pool6. A copy of what
 * somebody else sends passes here, too, on its way to who shall see it as it is.
 */
static unsigned int hook6_local(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (unlikely(jool_compat_is_copy()))
		return NF_ACCEPT;
	if (!skb->dev)
		skb->dev = skb_dst(skb)->dev;
	return hook_prerouting6(priv, skb, state);
}

/* The packet is to an address that pool4 has. */
static unsigned int enter_packet4(struct jool_net *jn, struct sk_buff *skb,
				  struct jool_addr4 *addr4,
				  bool local)
{
	struct jool_packet p = { .skb = skb, .net = jn->net, .addr4 = addr4, .local = local };
	unsigned int verdict = defragment_packet4(jn->net, skb);

	return likely(verdict == NF_ACCEPT) ? jool_xlat_4to6(jn, &p) : verdict;
}

static __always_inline unsigned int look_at4(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	struct jool_net *jn = priv;
	struct jool_addr4 *addr4 = jool_addr4_find(&jn->addr4s, ip_hdr(skb)->daddr);

	return addr4 && likely(!spare_packet(skb)) ?
	       enter_packet4(jn, skb, addr4, state->hook == NF_INET_LOCAL_OUT) : NF_ACCEPT;
}

static unsigned int hook_prerouting4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return bh_off(look_at4, priv, skb, state);
}

/*
 * An ICMP error of the gateway itself about what one IPv6 node sent another (hairpinning). It comes
 * back by the loopback device if the address of pool4 is the gateway's own; else it would go away.
 */
static bool is_error_to_host(struct sk_buff *skb)
{
	int len = ip_hdrlen(skb);

	return pskb_may_pull(skb, len + 1) && icmp_is_err(*(skb_network_header(skb) + len)) &&
	       !(skb_dst(skb)->dev->flags & IFF_LOOPBACK);
}

static unsigned int hook4_local(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (unlikely(jool_compat_is_copy()))
		return NF_ACCEPT;
	if (likely(ip_hdr(skb)->protocol != IPPROTO_ICMP)) {
		jool_filter_own4(priv, skb, state->sk);
		return NF_ACCEPT;
	}
	if (likely(!is_error_to_host(skb)))
		return NF_ACCEPT;
	if (!skb->dev)
		skb->dev = skb_dst(skb)->dev;
	return hook_prerouting4(priv, skb, state);
}

/* After conntrack, mangle and DNAT. */
static const struct nf_hook_ops template[] = {
	{
		.hook = hook_prerouting6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_NAT_DST + 25,
	},
	{
		.hook = hook6_local,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_NAT_DST + 25,
	},
	{
		.hook = hook_prerouting4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST + 25,
	},
	{
		.hook = hook4_local,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_NAT_DST + 25,
	},
};

int jool_hook_register(struct jool_net *jn)
{
	int i;

	BUILD_BUG_ON(ARRAY_SIZE(jn->hooks) != ARRAY_SIZE(template));
	for (i = 0; i < ARRAY_SIZE(template); i++) {
		jn->hooks[i] = template[i];
		jn->hooks[i].priv = jn;
	}

	return nf_register_net_hooks(jn->net, jn->hooks, ARRAY_SIZE(jn->hooks));
}

void jool_hook_unregister(struct jool_net *jn)
{
	nf_unregister_net_hooks(jn->net, jn->hooks, ARRAY_SIZE(jn->hooks));
}
