/* SPDX-License-Identifier: GPL-2.0-only */
/* Who speaks with whom: protocols, directions, transport addresses, 5-tuples. */
#ifndef _JOOL_TUPLE_H
#define _JOOL_TUPLE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

/* The three tables of RFC 6146 3.1 and 3.2 there are of each kind. */
enum jool_proto {
	JOOL_PROTO_TCP,
	JOOL_PROTO_UDP,
	JOOL_PROTO_ICMP,
	JOOL_PROTOS
};

/* The set of all of them, BIT(enum jool_proto) each. */
#define JOOL_PROTOS_ALL 7

/* The number of @proto in the header of an IP packet; of ICMP that of version 4. */
static inline u8 jool_proto_number(u8 proto)
{
	return proto == JOOL_PROTO_TCP ? IPPROTO_TCP :
	       proto == JOOL_PROTO_UDP ? IPPROTO_UDP : IPPROTO_ICMP;
}

enum jool_dir {
	JOOL_6TO4,
	JOOL_4TO6,
	JOOL_DIRS
};

/* Transport addresses; ICMP has its identifier for the port. */
struct jool_taddr6 {
	struct in6_addr addr;
	__be16 port;
} __packed;

struct jool_taddr4 {
	__be32 addr;
	__be16 port;
} __packed;

/*
 * The two 5-tuples of a session less the protocol. Remote is the node that speaks, local what the
 * translator stands for on that side: a packet comes from remote and goes to local, and its
 * translation on the other side comes from local and goes to remote. ICMP has its identifier for
 * both ports.
 */
struct jool_key6 {
	struct in6_addr remote;	/* the IPv6 node */
	struct in6_addr local;	/* the IPv4 node, behind pool6 */
	__be16 remote_port;
	__be16 local_port;
};

struct jool_key4 {
	__be32 remote;		/* the IPv4 node */
	__be32 local;		/* the pool4 address */
	__be16 remote_port;
	__be16 local_port;
};

#endif
