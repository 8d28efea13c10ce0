// SPDX-License-Identifier: GPL-2.0-only
#include "fast.h"

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "event.h"
#include "hook.h"
#include "instance.h"
#include "packet.h"
#include "rfc7915.h"
#include "send.h"
#include "tcp.h"

/* A device that is hooked into; of jn->fast, under RTNL. */
struct fast {
	struct list_head list;
	struct nf_hook_ops ops;		/* which `nft list hooks` reads under RCU */
	struct rcu_head rcu;
};

/* ---- packets ---- */

static bool is_for_us(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_vlan_tag_present(skb) &&
	       !jool_packet_is_lro(skb);
}

/* Reads the transport header behind p->l3_len. False: it is out of the ordinary. */
static bool read_transport(struct jool_packet *p, u8 protocol, __be16 *sport, __be16 *dport)
{
	const void *header = skb_network_header(p->skb) + p->l3_len;
	const struct tcphdr *tcp = header;
	const struct udphdr *udp = header;

	switch (protocol) {
	case IPPROTO_TCP:
		p->proto = JOOL_PROTO_TCP;
		p->l4_len = sizeof(*tcp);
		if (skb_headlen(p->skb) < p->l3_len + sizeof(*tcp) || tcp->syn || tcp->fin ||
		    tcp->rst)
			return false;
		break;
	case IPPROTO_UDP:
		p->proto = JOOL_PROTO_UDP;
		p->l4_len = sizeof(*udp);
		if (skb_headlen(p->skb) < p->l3_len + sizeof(*udp))
			return false;
		if (p->skb->ip_summed != CHECKSUM_PARTIAL && !udp->check)
			return false;
		if (skb_is_gso(p->skb) ? skb_shinfo(p->skb)->gso_type & SKB_GSO_UDP
				       : ntohs(udp->len) != p->skb->len - p->l3_len)
			return false;
		break;
	default:
		return false;
	}
	*sport = tcp->source;
	*dport = tcp->dest;
	/* The device may have been told to sum up something else. */
	return p->skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_checksum_start_offset(p->skb) == p->l3_len;
}

/* Whether the packet of p->session can go as it is, along the route that the session keeps. */
static bool may_go(struct jool_packet *p, enum jool_dir dir)
{
	const struct jool_globals *globals = &p->config->globals;

	if (!globals->fast_path.count || !globals->manually_enabled || globals->forward_hook ||
	    p->session->flags & JOOL_SESSION_HAIRPIN)
		return false;
	if (p->proto == JOOL_PROTO_TCP && READ_ONCE(p->session->state) != JOOL_TCP_ESTABLISHED)
		return false;
	skb_set_transport_header(p->skb, p->l3_len);
	/* What others have a share in cannot be moved. */
	return jool_route_known(p, dir) && jool_send_fits(p, dir) &&
	       !jool_send_must_segment(p, dir) &&
	       (!skb_shared(p->skb) || jool_rfc7915_in_place(p, dir));
}

static unsigned int send_fast(struct jool_packet *p, enum jool_dir dir)
{
	enum jool_verdict verdict;

	if (jool_session_touch(p->session) && p->proto == JOOL_PROTO_TCP)
		jool_session_remember(p->session, (void *)skb_network_header(p->skb) + p->l3_len,
				      p->skb->len - p->l3_len, dir == JOOL_6TO4);
	jool_stats_inc(p->inst->stats, dir == JOOL_6TO4 ? JSTAT_RECEIVED6 : JSTAT_RECEIVED4);
	verdict = dir == JOOL_6TO4 ? jool_rfc7915_6to4(p) : jool_rfc7915_4to6(p);
	if (unlikely(verdict != JOOL_CONTINUE)) {
		jool_stats_inc(p->inst->stats, p->stat);
		kfree_skb_reason(p->skb, jool_stats_reason(p->stat));
		return NF_STOLEN;
	}
	if (likely(jool_send_neighbour(p, dir)))
		jool_stats_inc(p->inst->stats, JSTAT_FAST);
	return NF_STOLEN;
}

/* Whether the packet, though to pool6, is the kernel's; the next hook counts it. */
static bool is_exception(struct jool_net *jn, struct jool_packet *p)
{
	list_for_each_entry_rcu(p->inst, &jn->instances, list)
		if (jool_instance_has6(p->inst, &ipv6_hdr(p->skb)->daddr))
			return jool_hook_is_exception(p);
	return false;
}

static unsigned int take_fast6(struct jool_net *jn, struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = (struct ipv6hdr *)skb_network_header(skb);
	struct jool_packet p = { .skb = skb, .net = jn->net, .l3_len = sizeof(*hdr) };

	if (skb_headlen(skb) < sizeof(*hdr) || hdr->version != 6 || hdr->hop_limit <= 1 ||
	    ntohs(hdr->payload_len) != skb->len - sizeof(*hdr) ||
	    (jool_hook_has_exceptions(jn) && is_exception(jn, &p)) ||
	    !read_transport(&p, hdr->nexthdr, &p.key6.remote_port, &p.key6.local_port))
		return NF_ACCEPT;
	p.key6.remote = hdr->saddr;
	p.key6.local = hdr->daddr;
	list_for_each_entry_rcu(p.inst, &jn->instances, list) {
		if (!jool_instance_has6(p.inst, &p.key6.local))
			continue;
		p.config = rcu_dereference(p.inst->config);
		p.session = jool_session_find6(p.inst, p.proto, &p.key6);
		return p.session && may_go(&p, JOOL_6TO4) ? send_fast(&p, JOOL_6TO4) : NF_ACCEPT;
	}
	return NF_ACCEPT;
}

static unsigned int take_fast4(struct jool_net *jn, struct sk_buff *skb)
{
	const struct iphdr *hdr = (struct iphdr *)skb_network_header(skb);
	struct jool_packet p = { .skb = skb, .net = jn->net, .l3_len = sizeof(*hdr) };

	if (skb_headlen(skb) < sizeof(*hdr) || hdr->version != 4 || hdr->ihl != 5 ||
	    hdr->ttl <= 1 || ip_is_fragment(hdr))
		return NF_ACCEPT;
	p.addr4 = jool_addr4_find(&jn->addr4s, hdr->daddr);
	/* A short frame is padded; taking that off is left to the normal way, too. */
	if (!p.addr4 || ntohs(hdr->tot_len) != skb->len ||
	    !read_transport(&p, hdr->protocol, &p.key4.remote_port, &p.key4.local_port) ||
	    ip_fast_csum((u8 *)hdr, sizeof(*hdr) / 4))
		return NF_ACCEPT;
	p.key4.remote = hdr->saddr;
	p.key4.local = hdr->daddr;
	list_for_each_entry_rcu(p.inst, &jn->instances, list) {
		p.session = jool_session_find4(p.inst, p.proto, &p.key4);
		if (!p.session)
			continue;
		p.config = rcu_dereference(p.inst->config);
		return may_go(&p, JOOL_4TO6) ? send_fast(&p, JOOL_4TO6) : NF_ACCEPT;
	}
	return NF_ACCEPT;
}

static unsigned int hook_ingress(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (!is_for_us(skb))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IPV6))
		return take_fast6(priv, skb);
	return skb->protocol == htons(ETH_P_IP) ? take_fast4(priv, skb) : NF_ACCEPT;
}

/* ---- devices ---- */

static bool names_device(const struct jool_globals *globals, const struct net_device *dev)
{
	int i;

	for (i = 0; i < globals->fast_path.count; i++)
		if (!strncmp(globals->fast_path.name[i], dev->name, IFNAMSIZ))
			return true;
	return false;
}

/* Whether an instance of @jn wants @dev. */
static bool wants_device(const struct jool_net *jn, const struct net_device *dev)
{
	const struct jool_instance *inst;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu(inst, &jn->instances, list)
		found = found || names_device(&rcu_dereference(inst->config)->globals, dev);
	rcu_read_unlock();
	return found;
}

static struct fast *find_hook(const struct jool_net *jn, const struct net_device *dev)
{
	struct fast *fast;

	list_for_each_entry(fast, &jn->fast, list)
		if (fast->ops.dev == dev)
			return fast;
	return NULL;
}

static void unhook_device(struct jool_net *jn, struct fast *fast)
{
	nf_unregister_net_hook(jn->net, &fast->ops);
	list_del(&fast->list);
	kfree_rcu(fast, rcu);
}

/* Hooks into @dev. Where that fails packets take the normal way. */
static void hook_device(struct jool_net *jn, struct net_device *dev)
{
	struct fast *fast = kzalloc(sizeof(*fast), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (fast) {
		fast->ops = (struct nf_hook_ops) {
			.hook = hook_ingress,
			.priv = jn,
			.pf = NFPROTO_NETDEV,
			.hooknum = NF_NETDEV_INGRESS,
			.dev = dev,
		};
		err = nf_register_net_hook(jn->net, &fast->ops);
	}
	if (!err) {
		list_add(&fast->list, &jn->fast);
		return;
	}
	kfree(fast);
	if (jool_event_may_log(jn))
		pr_warn("jool: no fast path for %s: error %d\n", dev->name, err);
}

static void update_hook(struct jool_net *jn, struct net_device *dev)
{
	struct fast *fast = find_hook(jn, dev);
	bool want = wants_device(jn, dev);

	ASSERT_RTNL();
	if (fast && !want)
		unhook_device(jn, fast);
	else if (!fast && want)
		hook_device(jn, dev);
}

void jool_fast_sync(struct jool_net *jn)
{
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(jn->net, dev)
		update_hook(jn, dev);
	rtnl_unlock();
}

static int device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct jool_net *jn = jool_namespace_of(dev_net(dev));
	struct fast *fast;

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		update_hook(jn, dev);
		break;
	case NETDEV_UNREGISTER:
		fast = find_hook(jn, dev);
		if (fast)
			unhook_device(jn, fast);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = device_event,
};

int jool_fast_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void jool_fast_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
