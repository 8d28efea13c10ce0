// SPDX-License-Identifier: GPL-2.0-only
#include "bypass.h"

#include <net/dst_metadata.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "hash.h"
#include "instance.h"
#include "packet.h"
#include "rfc6052.h"

/* Whether @rt leads to a part of the pool6 of @inst. */
static bool is_within(const struct jool_instance *inst, const struct fib6_info *rt)
{
	return rt->fib6_dst.plen > inst->pool6_len &&
	       jool_instance_has6(inst, &rt->fib6_dst.addr);
}

/* Has every packet to the pool6 of @inst be asked about from now on. */
static void ask_from_now_on(struct jool_instance *inst)
{
	WRITE_ONCE(inst->bypass.within, true);
	WRITE_ONCE(inst->net->exceptions6, true);
}

static int route_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct jool_net *jn = container_of(nb, struct jool_net, routes.events);
	const struct fib_notifier_info *info = ptr;
	const struct fib6_info *rt = NULL;
	struct jool_instance *inst;

	if (info->family != AF_INET6)
		return NOTIFY_DONE;
	if (event == FIB_EVENT_ENTRY_REPLACE || event == FIB_EVENT_ENTRY_APPEND)
		rt = container_of(info, struct fib6_entry_notifier_info, info)->rt;
	rcu_read_lock();
	list_for_each_entry_rcu(inst, &jn->instances, list)
		if (rt && is_within(inst, rt))
			ask_from_now_on(inst);
	rcu_read_unlock();
	/* What is lost where two tables change at once is seen by none of their packets yet. */
	WRITE_ONCE(jn->routes.generation, jn->routes.generation + 1);
	return NOTIFY_DONE;
}

void jool_bypass_watch(struct jool_net *jn)
{
	struct jool_instance *inst;

	jool_bypass_unwatch(jn);
	jn->routes.events.notifier_call = route_event;
	jn->routes.watched = !register_fib_notifier(jn->net, &jn->routes.events, NULL, NULL);
	if (jn->routes.watched)
		return;
	/* Where routes come and go too fast to look at them. */
	list_for_each_entry(inst, &jn->instances, list)
		ask_from_now_on(inst);
}

void jool_bypass_unwatch(struct jool_net *jn)
{
	/* One that ends forgets who watches; it waits for a grace period each time. */
	if (jn->routes.watched && check_net(jn->net))
		unregister_fib_notifier(jn->net, &jn->routes.events);
	jn->routes.watched = false;
}

/* Whether @dst is a route within pool6 of @inst that leads away, or nowhere. Under RCU. */
static bool leads_on(const struct jool_instance *inst, const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference(rt->from);

	return from && is_within(inst, from) && !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST)) &&
	       (dst->error || !(dst->dev->flags & IFF_LOOPBACK));
}

static bool ask_routes(const struct jool_packet *p)
{
	const struct ipv6hdr *hdr = ipv6_hdr(p->skb);
	struct flowi6 fl = {
		.flowi6_iif = p->skb->dev->ifindex,
		.flowi6_mark = p->skb->mark,
		.flowi6_proto = hdr->nexthdr,
		.flowlabel = ip6_flowinfo(hdr),
		.saddr = hdr->saddr,
		.daddr = hdr->daddr,
	};
	struct dst_entry *dst;
	bool found;

	/* The kernel has chosen one for what the gateway itself sends. */
	if (skb_valid_dst(p->skb))
		return leads_on(p->inst, skb_dst(p->skb));
	dst = ip6_route_input_lookup(p->net, p->skb->dev, &fl, p->skb, RT6_LOOKUP_F_HAS_SADDR);
	found = leads_on(p->inst, dst);
	dst_release(dst);
	return found;
}

bool jool_bypass_takes(const struct jool_packet *p)
{
	struct jool_bypass *bypass = &p->inst->bypass;
	u32 addr4, generation;
	atomic64_t *known;
	u64 key, value;

	if (!READ_ONCE(bypass->within))
		return false;
	/* Where there are rules, the destination alone does not tell. */
	if (fib6_has_custom_rules(p->net) || skb_valid_dst(p->skb) || !p->inst->net->routes.watched)
		return ask_routes(p);
	generation = READ_ONCE(p->inst->net->routes.generation);
	addr4 = (__force u32)jool_rfc6052_extract(&ipv6_hdr(p->skb)->daddr, p->inst->pool6_len);
	/* 31 bits of the generation, that is never 0 once there is such a route. */
	key = (u64)addr4 << 32 | (u32)(generation << 1);
	known = &bypass->known[jool_hash_fold(jool_hash_word(0, addr4)) % JOOL_BYPASS_ENTRIES];
	value = atomic64_read(known);
	if ((value & ~1ULL) != key) {
		value = key | ask_routes(p);
		atomic64_set(known, value);
	}
	return value & 1;
}
