// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ratelimit.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "bib.h"
#include "instance.h"
#include "netlink.h"
#include "packet.h"
#include "session.h"

/* More than an event takes. */
#define EVENT_SIZE 320

static const char *proto_name(u8 proto)
{
	static const char *const names[JOOL_PROTOS] = { "TCP", "UDP", "ICMP" };

	return names[proto];
}

static void log_session(const struct jool_instance *inst, const struct jool_session *session,
			enum jool_cmd cmd)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;

	net_info_ratelimited("jool: %s: %s session %pI6c#%u|%pI6c#%u|%pI4#%u|%pI4#%u|%s\n",
			     inst->name, cmd == JOOL_CMD_SESSION_NEW ? "Added" : "Forgot",
			     &key6->src, ntohs(key6->sport), &key6->dst, ntohs(key6->dport),
			     &key4->dst, ntohs(key4->dport), &key4->src, ntohs(key4->sport),
			     proto_name(session->proto));
}

static int put_event(struct sk_buff *skb, struct jool_instance *inst,
		     const struct jool_config *config, const struct jool_session *session,
		     enum jool_reason reason)
{
	return nla_put_string(skb, JOOL_A_INSTANCE, inst->name) ?:
	       nla_put_u64_64bit(skb, JOOL_A_SEQ, inst->net->events, JOOL_A_PAD) ?:
	       nla_put_u64_64bit(skb, JOOL_A_TIME, ktime_get_real_ns(), JOOL_A_PAD) ?:
	       nla_put_u8(skb, JOOL_A_REASON, reason) ?:
	       jool_netlink_put_session(skb, config, session);
}

void jool_event_session(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session *session, enum jool_cmd cmd,
			enum jool_reason reason)
{
	struct jool_net *jn = inst->net;
	struct sk_buff *skb;
	void *hdr;

	if (unlikely(config->globals.logging_session))
		log_session(inst, session, cmd);
	if (likely(!jool_netlink_has_listeners(jn->net)))
		return;
	skb = genlmsg_new(EVENT_SIZE, GFP_ATOMIC);
	hdr = skb ? genlmsg_put(skb, 0, 0, &jool_netlink_family, 0, cmd) : NULL;

	spin_lock_bh(&jn->event_lock);
	/* Without memory, who reads the next event misses this one's number. */
	jn->events++;
	if (hdr && !put_event(skb, inst, config, session, reason)) {
		genlmsg_end(skb, hdr);
		genlmsg_multicast_netns(&jool_netlink_family, jn->net, skb, 0, 0, GFP_ATOMIC);
		skb = NULL;
	}
	spin_unlock_bh(&jn->event_lock);
	nlmsg_free(skb);
}

void jool_event_bib(const struct jool_config *config, const struct jool_instance *inst,
		    const struct jool_bib *bib, bool ended)
{
	if (likely(!config->globals.logging_bib))
		return;
	net_info_ratelimited("jool: %s: %s %pI6c#%u to %pI4#%u (%s)\n", inst->name,
			     ended ? "Forgot" : "Mapped", &bib->src6.addr, ntohs(bib->src6.port),
			     &bib->src4.addr, ntohs(bib->src4.port), proto_name(bib->proto));
}

void jool_event_refusal(const struct jool_packet *p)
{
	const struct sk_buff *skb = p->skb;

	if (skb->protocol == htons(ETH_P_IPV6))
		net_info_ratelimited("jool: %s: JSTAT_%s: %pI6c to %pI6c, %u bytes\n",
				     p->inst->name, jool_stats_name(p->stat),
				     &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, skb->len);
	else
		net_info_ratelimited("jool: %s: JSTAT_%s: %pI4 to %pI4, %u bytes\n",
				     p->inst->name, jool_stats_name(p->stat),
				     &ip_hdr(skb)->saddr, &ip_hdr(skb)->daddr, skb->len);
}
