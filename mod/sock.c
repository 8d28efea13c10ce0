// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <net/sock.h>

#include "compat.h"
#include "instance.h"

bool jool_sock_wants(struct net *net, u8 proto, __be32 src, __be16 sport, __be32 dst, __be16 dport)
{
	struct sock *sk;

	switch (proto) {
	case JOOL_PROTO_UDP:
		return jool_compat_udp(net, src, sport, dst, dport);
	case JOOL_PROTO_TCP:
		sk = jool_compat_established(net, src, sport, dst, dport);
		if (sk)
			sock_gen_put(sk);
		return sk || jool_compat_listener(net, src, sport, dst, dport);
	}
	return false;
}

bool jool_sock_listens(struct net *net, u8 proto, __be32 addr, __be16 port)
{
	switch (proto) {
	case JOOL_PROTO_UDP:
		return jool_compat_udp(net, 0, 0, addr, port);
	case JOOL_PROTO_TCP:
		return jool_compat_listener(net, 0, 0, addr, port);
	}
	return false;
}
