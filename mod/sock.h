/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets of the gateway itself, whose packets are not to be taken from it. */
#ifndef _JOOL_SOCK_H
#define _JOOL_SOCK_H

#include <net/net_namespace.h>

struct jool_key4;

/*
 * Whether @addr is one of the gateway's own addresses, as @dev sees it (VRF; NULL: without). Any
 * context.
 */
bool jool_sock_is_local(struct net *net, const struct net_device *dev, __be32 addr);

/* The same of an IPv6 address. Under RCU. */
bool jool_sock_is_local6(struct net *net, const struct net_device *dev,
			 const struct in6_addr *addr);

/*
 * Whether a socket of @net has the port of @key, and waits for its sender or for anybody, whatever
 * device it is bound to, if the address is the gateway's own or not. Not for ICMP. Under RCU.
 */
bool jool_sock_has(struct net *net, u8 proto, const struct jool_key4 *key);

/* The same of sockets that are connected with the sender. */
bool jool_sock_connected(struct net *net, u8 proto, const struct jool_key4 *key);

/*
 * Whether a packet with @key that came by @dev (NULL: whichever) is for a socket of @net. One that
 * listens at all addresses does so only at the gateway's own. Under RCU.
 */
bool jool_sock_wants(struct net *net, const struct net_device *dev, u8 proto,
		     const struct jool_key4 *key);

#endif
