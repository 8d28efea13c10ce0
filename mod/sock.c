// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <net/inet_sock.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat.h"
#include "instance.h"
#include "session.h"

bool jool_sock_is_local(struct net *net, const struct net_device *dev, __be32 addr)
{
	return inet_addr_type_dev_table(net, dev, addr) == RTN_LOCAL;
}

static bool tcp_connected(struct net *net, const struct jool_key4 *key)
{
	struct sock *sk = jool_compat_established(net, key->src, key->sport, key->dst, key->dport);

	if (sk)
		sock_gen_put(sk);
	return sk;
}

static struct sock *udp_socket(struct net *net, const struct jool_key4 *key)
{
	return jool_compat_udp(net, key->src, key->sport, key->dst, key->dport);
}

bool jool_sock_connected(struct net *net, u8 proto, const struct jool_key4 *key)
{
	struct sock *sk;

	switch (proto) {
	case JOOL_PROTO_UDP:
		sk = udp_socket(net, key);
		return sk && sk->sk_state == TCP_ESTABLISHED;
	case JOOL_PROTO_TCP:
		return tcp_connected(net, key);
	}
	return false;
}

bool jool_sock_has(struct net *net, u8 proto, const struct jool_key4 *key)
{
	switch (proto) {
	case JOOL_PROTO_UDP:
		return udp_socket(net, key);
	case JOOL_PROTO_TCP:
		return tcp_connected(net, key) ||
		       jool_compat_listener(net, key->src, key->sport, key->dst, key->dport);
	}
	return false;
}

bool jool_sock_wants(struct net *net, const struct net_device *dev, u8 proto,
		     const struct jool_key4 *key)
{
	return jool_sock_has(net, proto, key) &&
	       (jool_sock_is_local(net, dev, key->dst) || jool_sock_connected(net, proto, key));
}
