/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows what differs between kernels, of which Linux 6.1 is the oldest. What can
 * be asked is: see the file features.
 */
#ifndef _JOOL_COMPAT_H
#define _JOOL_COMPAT_H

#include ".features.h"

#include <linux/version.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/dst.h>
#include <net/genetlink.h>
#include <net/inet_hashtables.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/udp.h>

#include "session.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "jool needs Linux 6.1 or newer"
#endif

#if JOOL_HAS_NET_GSO_H
#include <net/gso.h>
#endif

#if JOOL_HAS_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#ifndef kvfree_rcu_mightsleep
#define kvfree_rcu_mightsleep(ptr) kvfree_rcu(ptr)
#endif

/* What pre_doit is told of the operation. */
#if JOOL_HAS_GENL_SPLIT_OPS
#define jool_compat_ops genl_split_ops
#else
#define jool_compat_ops genl_ops
#endif

/* Most bytes of a GSO packet of IPv4 or IPv6 that @dev takes, with its link header. */
static inline unsigned int jool_compat_gso_max(const struct net_device *dev, bool ipv6)
{
	if (ipv6)
		return READ_ONCE(dev->gso_max_size);
#if JOOL_HAS_GSO_IPV4_MAX_SIZE
	return READ_ONCE(dev->gso_ipv4_max_size);
#else
	return IP_MAX_MTU;
#endif
}

/* The number that dst_check() wants with an IPv6 route. */
static inline u32 jool_compat_cookie6(struct dst_entry *dst)
{
	return rt6_get_cookie(container_of(dst, struct rt6_info, dst));
}

/* The attributes of the request that @cb answers. */
static inline struct nlattr **jool_compat_attrs(struct netlink_callback *cb)
{
#if JOOL_HAS_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* Sets the TOS (all eight bits, host order) by which @fl is routed. */
static inline void jool_compat_set_tos(struct flowi4 *fl, u8 tos)
{
#if JOOL_HAS_FLOWI4_DSCP
	fl->flowi4_dscp = inet_dsfield_to_dscp(tos);
#elif defined(IPTOS_RT_MASK)
	fl->flowi4_tos = tos & IPTOS_RT_MASK;
#else
	/* Since 6.12 rules may ask for all of it. */
	fl->flowi4_tos = tos & INET_DSCP_MASK;
#endif
}

/*
 * The TCP socket that has the connection with @key and is bound to none but @dif or @sdif, or NULL;
 * with a reference.
 */
static inline struct sock *jool_compat_established(struct net *net, const struct jool_key4 *key,
						   int dif, int sdif)
{
#if JOOL_HAS_HASHINFO_OF_NET
	return __inet_lookup_established(net, key->remote, key->remote_port, key->local,
					 ntohs(key->local_port), dif, sdif);
#else
	return __inet_lookup_established(net, net->ipv4.tcp_death_row.hashinfo, key->remote,
					 key->remote_port, key->local, ntohs(key->local_port), dif,
					 sdif);
#endif
}

/* Routes the IPv4 packet @skb as it comes in from skb->dev. Returns 0 or that it may not go on. */
static inline int jool_compat_route_input(struct sk_buff *skb)
{
	const struct iphdr *hdr = ip_hdr(skb);

/* Nothing that a compiler sees differs. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	return ip_route_input_noref(skb, hdr->daddr, hdr->saddr, hdr->tos, skb->dev);
#else
	return ip_route_input_noref(skb, hdr->daddr, hdr->saddr, ip4h_dscp(hdr), skb->dev);
#endif
}

/* Whether the packet on its way out is a copy (TEE, nft `dup to`). */
static inline bool jool_compat_is_copy(void)
{
#if JOOL_HAS_NF_DUPLICATE_OF_TASK
	return current->in_nf_duplicate;
#else
	return this_cpu_read(nf_skb_duplicated);
#endif
}

/* Where the UDP sockets of @net are. */
static inline struct udp_table *jool_compat_udp_table(struct net *net)
{
#if JOOL_HAS_UDP_TABLE_OF_NET
	return net->ipv4.udp_table;
#else
	return &udp_table;
#endif
}

/*
 * Cuts the IPv6 packet @skb, which is gone after that, in fragments for @output. 0 or an error.
 * What it calls a socket the kernel only hands on to @output: there it is @context.
 */
static inline int jool_compat_fragment6(struct net *net, struct sk_buff *skb,
					int (*output)(struct net *, struct sock *,
						      struct sk_buff *),
					void *context)
{
	struct sock *sk = context;

#if JOOL_HAS_NF_IPV6_OPS
	return nf_get_ipv6_ops()->fragment(net, sk, skb, output);
#else
	return ip6_fragment(net, sk, skb, output);
#endif
}

/* The kernel's own queue for work that any processor may do. */
static inline struct workqueue_struct *jool_compat_unbound_wq(void)
{
#if JOOL_HAS_SYSTEM_DFL_WQ
	return system_dfl_wq;
#else
	return system_unbound_wq;
#endif
}

#endif
