/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets of the gateway itself, whose ports are not to be taken from it. */
#ifndef _JOOL_SOCK_H
#define _JOOL_SOCK_H

#include <net/net_namespace.h>

struct jool_key4;

/* Whether a socket of @net (not ICMP) waits for anybody at @addr, @port. Under RCU. */
bool jool_sock_listens(struct net *net, u8 proto, __be32 addr, __be16 port);

/*
 * Whether a socket of @net is the one that packets with @key are for, or listens there. Under RCU.
 */
bool jool_sock_wants(struct net *net, u8 proto, const struct jool_key4 *key);

#endif
