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

/* The module is on its way out. */
static bool unloading;

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
	/* Or else it is in the list. */
	inst = smp_load_acquire(&jn->routes.joining);
	if (inst && rt && is_within(inst, rt))
		ask_from_now_on(inst);
	list_for_each_entry_rcu(inst, &jn->instances, list)
		if (rt && is_within(inst, rt))
			ask_from_now_on(inst);
	rcu_read_unlock();
	atomic_inc(&jn->routes.generation);
	return NOTIFY_DONE;
}

void jool_bypass_watch(struct jool_instance *inst)
{
	struct jool_net *jn = inst->net;

	jool_bypass_unwatch(jn);
	/* Who is told of a route is to see all of it. */
	smp_store_release(&jn->routes.joining, inst);
	jn->routes.events.notifier_call = route_event;
	WRITE_ONCE(jn->routes.watched,
		   !register_fib_notifier(jn->net, &jn->routes.events, NULL, NULL));
	if (jn->routes.watched)
		return;
	/* Where routes come and go too fast to look at them. */
	ask_from_now_on(inst);
	list_for_each_entry(inst, &jn->instances, list)
		ask_from_now_on(inst);
}

void jool_bypass_joined(struct jool_net *jn)
{
	/* Who does not see it here any more sees it in the list. */
	smp_store_release(&jn->routes.joining, NULL);
}

void jool_bypass_unwatch(struct jool_net *jn)
{
	/*
	 * One that ends forgets who watches; it waits for a grace period each time. But the last of
	 * its routes may go only after the module.
	 */
	if (jn->routes.watched && (check_net(jn->net) || unloading))
		unregister_fib_notifier(jn->net, &jn->routes.events);
	WRITE_ONCE(jn->routes.watched, false);
}

void jool_bypass_exit(void)
{
	unloading = true;
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
	struct flow_keys keys;
	struct dst_entry *dst;
	bool found;

	/* The kernel has chosen one for what the gateway itself sends. */
	if (skb_valid_dst(p->skb))
		return leads_on(p->inst, skb_dst(p->skb));
	fib6_rules_early_flow_dissect(p->net, p->skb, &fl, &keys);
	dst = ip6_route_input_lookup(p->net, p->skb->dev, &fl, p->skb, RT6_LOOKUP_F_HAS_SADDR);
	found = leads_on(p->inst, dst);
	dst_release(dst);
	return found;
}

/*
 * Whether it is found out by the IPv4 address within the destination alone: not where there are
 * rules, routes by source, or something in the destination that is to be ignored (RFC 6052 2.2).
 */
static bool is_told_by(const struct jool_packet *p, __be32 addr4)
{
	const struct jool_instance *inst = p->inst;
	struct in6_addr dst;

	if (fib6_has_custom_rules(p->net) || fib6_routes_require_src(p->net) ||
	    skb_valid_dst(p->skb) || !READ_ONCE(inst->net->routes.watched))
		return false;
	jool_rfc6052_embed(&dst, jool_instance_pool6(inst), inst->pool6_len, addr4);
	return ipv6_addr_equal(&dst, &ipv6_hdr(p->skb)->daddr);
}

/*
 * 31 bits of what is found out now, that tell how long it holds: until any route changes, but for a
 * second at most, since the kernel tells of a route just before it is there, and of one that is
 * expired, or whose device has no carrier, late or never.
 */
static u32 routes_now(const struct jool_routes *routes)
{
	u32 generation = atomic_read_acquire(&routes->generation);

	return (generation & 0xffff) << 15 | (jiffies / HZ & 0x7fff);
}

bool jool_bypass_takes(const struct jool_packet *p)
{
	struct jool_bypass *bypass = &p->inst->bypass;
	atomic64_t *known;
	u64 key, value;
	__be32 addr4;

	if (!READ_ONCE(bypass->within))
		return false;
	addr4 = jool_rfc6052_extract(&ipv6_hdr(p->skb)->daddr, p->inst->pool6_len);
	if (!is_told_by(p, addr4))
		return ask_routes(p);
	key = (u64)(__force u32)addr4 << 32 | (u64)routes_now(&p->inst->net->routes) << 1;
	known = &bypass->known[jool_hash_fold(jool_hash_word(0, (__force u32)addr4)) %
			       JOOL_BYPASS_ENTRIES];
	value = atomic64_read(known);
	if ((value & ~1ULL) != key) {
		value = key | ask_routes(p);
		atomic64_set(known, value);
	}
	return value & 1;
}
