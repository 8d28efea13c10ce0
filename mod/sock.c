// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <net/inet_hashtables.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "compat.h"
#include "instance.h"

/* Gives back the reference of @sk, if there is one. */
static bool found(struct sock *sk)
{
	if (sk)
		sock_gen_put(sk);
	return sk;
}

bool jool_sock_wants(struct net *net, u8 proto, __be32 src, __be16 sport, __be32 dst, __be16 dport)
{
	if (proto == JOOL_PROTO_UDP)
		return found(udp4_lib_lookup(net, src, sport, dst, dport, 0));
	if (proto == JOOL_PROTO_TCP)
		return found(jool_compat_established(net, src, sport, dst, dport)) ||
		       jool_compat_listener(net, src, sport, dst, dport);
	return false;
}

bool jool_sock_listens(struct net *net, u8 proto, __be32 addr, __be16 port)
{
	if (proto == JOOL_PROTO_UDP)
		return found(udp4_lib_lookup(net, 0, 0, addr, port, 0));
	if (proto == JOOL_PROTO_TCP)
		return jool_compat_listener(net, 0, 0, addr, port);
	return false;
}
