// SPDX-License-Identifier: GPL-2.0-only
#include "hook.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netfilter_bridge.h>
#include <net/addrconf.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "instance.h"
#include "packet.h"
#include "xlat.h"

/* Whether the frame was not for this machine: flooded, or bridged with br_netfilter looking on. */
static bool spare(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *bridge = nf_bridge_info_get(skb);

	if (unlikely(bridge && bridge->pkt_otherhost))
		return true;
#endif
	return skb->pkt_type != PACKET_HOST;
}

static unsigned int hook6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct in6_addr *dst = &ipv6_hdr(skb)->daddr;
	struct jool_net *jn = priv;
	struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list) {
		if (jool_instance_has6(inst, dst)) {
			struct jool_packet p = {
				.skb = skb,
				.net = state->net,
				.inst = inst,
				.local = state->hook == NF_INET_LOCAL_OUT,
			};

			if (unlikely(spare(skb) || (READ_ONCE(jn->own6) &&
						    ipv6_chk_addr(state->net, dst, NULL, 0))))
				return NF_ACCEPT;
			return jool_xlat_6to4(&p);
		}
	}
	return NF_ACCEPT;
}

/* From the gateway itself: the kernel has chosen a route, whatever covers pool6. */
static unsigned int hook6_local(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (!skb->dev)
		skb->dev = skb_dst(skb)->dev;
	return hook6(priv, skb, state);
}

static unsigned int hook4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct jool_net *jn = priv;
	struct jool_portmap *map = jool_portmap_find(&jn->portmaps, ip_hdr(skb)->daddr);

	if (map && likely(!spare(skb))) {
		struct jool_packet p = { .skb = skb, .net = state->net, .map = map };

		return jool_xlat_4to6(jn, &p);
	}
	return NF_ACCEPT;
}

/* After defragmentation, conntrack, mangle and DNAT. */
static const struct nf_hook_ops template[] = {
	{
		.hook = hook6,
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
		.hook = hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST + 25,
	},
};

int jool_hook_register(struct jool_net *jn)
{
	int i, err;

	BUILD_BUG_ON(ARRAY_SIZE(jn->hooks) != ARRAY_SIZE(template));
	for (i = 0; i < ARRAY_SIZE(template); i++) {
		jn->hooks[i] = template[i];
		jn->hooks[i].priv = jn;
	}

	err = nf_defrag_ipv4_enable(jn->net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(jn->net);
	if (err)
		goto err_defrag4;
	err = nf_register_net_hooks(jn->net, jn->hooks, ARRAY_SIZE(jn->hooks));
	if (err)
		goto err_defrag6;
	return 0;

err_defrag6:
	nf_defrag_ipv6_disable(jn->net);
err_defrag4:
	nf_defrag_ipv4_disable(jn->net);
	return err;
}

void jool_hook_unregister(struct jool_net *jn)
{
	nf_unregister_net_hooks(jn->net, jn->hooks, ARRAY_SIZE(jn->hooks));
	nf_defrag_ipv6_disable(jn->net);
	nf_defrag_ipv4_disable(jn->net);
}
