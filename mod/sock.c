// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <net/sock.h>

#include "compat.h"
#include "instance.h"
#include "session.h"

bool jool_sock_wants(struct net *net, u8 proto, const struct jool_key4 *key)
{
	struct sock *sk;

	switch (proto) {
	case JOOL_PROTO_UDP:
		return jool_compat_udp(net, key->src, key->sport, key->dst, key->dport);
	case JOOL_PROTO_TCP:
		sk = jool_compat_established(net, key->src, key->sport, key->dst, key->dport);
		if (sk)
			sock_gen_put(sk);
		return sk || jool_compat_listener(net, key->src, key->sport, key->dst, key->dport);
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
