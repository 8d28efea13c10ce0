// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat.h"
#include "instance.h"
#include "session.h"

#define ANY_DEVICE -1

/* Where a packet comes from, by what sockets may be bound to (inet_bound_dev_eq()). */
struct origin {
	struct net *net;
	int dif;		/* ANY_DEVICE: whatever a socket is bound to */
	int sdif;
};

static void set_device(struct origin *from, const struct net_device *dev)
{
	int vrf = dev ? l3mdev_master_ifindex_rcu(dev) : 0;

	from->dif = dev ? dev->ifindex : 0;
	from->sdif = 0;
	if (vrf && vrf != from->dif) {
		from->sdif = from->dif;
		from->dif = vrf;
	}
}

static struct origin origin_of(struct net *net, const struct net_device *dev)
{
	struct origin from = { .net = net, .dif = ANY_DEVICE };

	if (dev)
		set_device(&from, dev);
	return from;
}

bool jool_sock_is_local(struct net *net, const struct net_device *dev, __be32 addr)
{
	return inet_addr_type_dev_table(net, dev, addr) == RTN_LOCAL;
}

bool jool_sock_is_local6(struct net *net, const struct net_device *dev,
			 const struct in6_addr *addr)
{
	return ipv6_chk_addr_and_flags(net, addr, dev, true, 0, IFA_F_TENTATIVE);
}

/* Whatever device a connection is bound to: it is taken to be the one that has its address. */
static bool tcp_connected(struct origin from, const struct jool_key4 *key)
{
	struct sock *sk;

	if (from.dif == ANY_DEVICE)
		set_device(&from, __ip_dev_find(from.net, key->local, false));
	sk = jool_compat_established(from.net, key, from.dif, from.sdif);
	if (sk)
		sock_gen_put(sk);
	return sk;
}

/* Whether @sk listens at @addr, which may be 0, and the port of @key. */
static bool tcp_listens(const struct origin *from, const struct sock *sk, __be32 addr,
			const struct jool_key4 *key)
{
	return sk->sk_num == ntohs(key->local_port) && sk->sk_rcv_saddr == addr &&
	       net_eq(sock_net(sk), from->net) && !ipv6_only_sock(sk) &&
	       (from->dif == ANY_DEVICE ||
		inet_sk_bound_dev_eq(from->net, READ_ONCE(sk->sk_bound_dev_if), from->dif,
				     from->sdif));
}

static bool tcp_listener_at(const struct origin *from, __be32 addr, const struct jool_key4 *key)
{
	u32 hash = ipv4_portaddr_hash(from->net, addr, ntohs(key->local_port));
	struct hlist_nulls_node *node;
	struct sock *sk;

	sk_nulls_for_each_rcu(sk, node,
			      &inet_lhash2_bucket(from->net->ipv4.tcp_death_row.hashinfo,
						  hash)->nulls_head)
		if (tcp_listens(from, sk, addr, key))
			return true;
	return false;
}

/*
 * Whether @sk, at @addr, which may be 0, gets what has @key; with @connected, only if it gets
 * nothing else.
 */
static bool udp_gets(const struct origin *from, const struct sock *sk, __be32 addr,
		     const struct jool_key4 *key, bool connected)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (connected && sk->sk_state != TCP_ESTABLISHED)
		return false;
	return udp_sk(sk)->udp_port_hash == ntohs(key->local_port) && sk->sk_rcv_saddr == addr &&
	       (!inet->inet_daddr || inet->inet_daddr == key->remote) &&
	       (!inet->inet_dport || inet->inet_dport == key->remote_port) &&
	       net_eq(sock_net(sk), from->net) && !ipv6_only_sock(sk) &&
	       (from->dif == ANY_DEVICE ||
		udp_sk_bound_dev_eq(from->net, READ_ONCE(sk->sk_bound_dev_if), from->dif,
				    from->sdif));
}

static bool udp_socket_at(const struct origin *from, __be32 addr, const struct jool_key4 *key,
			  bool connected)
{
	u32 hash = ipv4_portaddr_hash(from->net, addr, ntohs(key->local_port));
	struct sock *sk;

	udp_portaddr_for_each_entry_rcu(sk, &udp_hashslot2(jool_compat_udp_table(from->net),
							   hash)->head)
		if (udp_gets(from, sk, addr, key, connected))
			return true;
	return false;
}

/* Whether no UDP socket has a port like that of @key: as a rule that is soon known. */
static bool udp_port_is_free(const struct origin *from, const struct jool_key4 *key)
{
	return hlist_empty(&udp_hashslot(jool_compat_udp_table(from->net), from->net,
					 ntohs(key->local_port))->head);
}

static bool is_connected(const struct origin *from, u8 proto, const struct jool_key4 *key)
{
	switch (proto) {
	case JOOL_PROTO_UDP:
		return !udp_port_is_free(from, key) && udp_socket_at(from, key->local, key, true);
	case JOOL_PROTO_TCP:
		return tcp_connected(*from, key);
	}
	return false;
}

static bool has_socket(const struct origin *from, u8 proto, const struct jool_key4 *key)
{
	switch (proto) {
	case JOOL_PROTO_UDP:
		return !udp_port_is_free(from, key) &&
		       (udp_socket_at(from, key->local, key, false) ||
			udp_socket_at(from, 0, key, false));
	case JOOL_PROTO_TCP:
		return tcp_connected(*from, key) || tcp_listener_at(from, key->local, key) ||
		       tcp_listener_at(from, 0, key);
	}
	return false;
}

bool jool_sock_connected(struct net *net, u8 proto, const struct jool_key4 *key)
{
	struct origin from = origin_of(net, NULL);

	return is_connected(&from, proto, key);
}

bool jool_sock_has(struct net *net, u8 proto, const struct jool_key4 *key)
{
	struct origin from = origin_of(net, NULL);

	return has_socket(&from, proto, key);
}

bool jool_sock_wants(struct net *net, const struct net_device *dev, u8 proto,
		     const struct jool_key4 *key)
{
	struct origin from = origin_of(net, dev);

	return has_socket(&from, proto, key) &&
	       (jool_sock_is_local(net, dev, key->local) || is_connected(&from, proto, key));
}
