// SPDX-License-Identifier: GPL-2.0-only
#include "probe.h"

#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/netfilter/nf_conntrack.h>

#include "instance.h"
#include "rfc7915.h"
#include "route.h"
#include "send.h"

void jool_probe_send(struct jool_instance *inst, struct jool_session *session)
{
	const unsigned int len = sizeof(struct ipv6hdr) + sizeof(struct tcphdr);
	/* Published by jool_route_find(). */
	unsigned long way4 = smp_load_acquire(&session->route[JOOL_6TO4].way);
	const struct dst_entry *to4 = jool_route_dst(way4);
	const struct jool_key6 *key = &session->key6;
	struct jool_packet p = {
		.net = inst->net->net,
		.inst = inst,
		.config = rcu_dereference(inst->config),
		.session = session,
		.proto = JOOL_PROTO_TCP,
		.local = true,
	};
	struct tcphdr *tcp;

	p.skb = alloc_skb(LL_MAX_HEADER + len, GFP_ATOMIC);
	if (!p.skb)
		return;
	nf_ct_set(p.skb, NULL, IP_CT_UNTRACKED);
	p.skb->mark = session->route[JOOL_4TO6].mark;
	/* As if the IPv4 node had sent it: its device tells the VRF. */
	p.skb->dev = to4 ? to4->dev : NULL;
	skb_reserve(p.skb, LL_MAX_HEADER);
	skb_reset_network_header(p.skb);
	skb_put_zero(p.skb, len);
	p.skb->protocol = htons(ETH_P_IPV6);
	skb_set_transport_header(p.skb, sizeof(struct ipv6hdr));
	jool_rfc7915_write6(p.skb, &p.config->globals, &key->local, &key->remote, 0, U8_MAX,
			    IPPROTO_TCP);
	/* It begins here: no hop is taken off. */
	ipv6_hdr(p.skb)->hop_limit = U8_MAX;

	tcp = tcp_hdr(p.skb);
	tcp->source = key->local_port;
	tcp->dest = key->remote_port;
	tcp->seq = session->seq;
	tcp->ack_seq = session->ack;
	tcp->doff = sizeof(*tcp) / 4;
	tcp->ack = 1;
	tcp->window = htons(8192);
	tcp->check = csum_ipv6_magic(&key->local, &key->remote, sizeof(*tcp), IPPROTO_TCP,
				     csum_partial(tcp, sizeof(*tcp), 0));

	p.dst = jool_route_lookup6(&p, &(u32) { 0 });
	if (!p.dst) {
		kfree_skb(p.skb);
		return;
	}
	p.hold_dst = true;
	jool_stats_inc(inst->stats, JSTAT_PROBE);
	local_bh_disable();
	jool_send_output(&p);
	local_bh_enable();
}
