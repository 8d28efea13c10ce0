/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a packet on its way through the pipeline (xlat.c). Lives on the stack. */
#ifndef _JOOL_PACKET_H
#define _JOOL_PACKET_H

#include <linux/ip.h>
#include <linux/skbuff.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>

#include "instance.h"
#include "session.h"
#include "stats.h"

/* IPv6 extension headers that are looked at, of a packet and of one within an error. */
#define JOOL_PACKET_EXT_HEADERS_MAX 16

/* What a step says of a packet. */
enum jool_verdict {
	JOOL_CONTINUE,	/* on to the next step */
	JOOL_ACCEPT,	/* not for us: the kernel goes on with it; counted under p->stat if set */
	JOOL_NOBODY,	/* from IPv4, of no session and no BIB entry: see jool_packet_nobody() */
	JOOL_DROP,	/* it dies of p->stat */
	JOOL_STOLEN,	/* it is gone */
};

/* The packet within an ICMP error; lengths in bytes. */
struct jool_inner {
	unsigned int offset;	/* from the network header on */
	unsigned int len;	/* what there is of it */
	unsigned int total;	/* what it had, by its header */
	unsigned int ext_len;	/* RFC 4884 extensions, at the end of the error */
	unsigned int l3_len;	/* its IP header with extension headers or options */
	__be16 id;		/* of a fragment */
	bool fragment;		/* it is a first fragment */
	bool more;		/* that has others behind it */
	u8 icmp_type;
};

struct jool_packet {
	struct sk_buff *skb;
	struct net *net;
	struct jool_instance *inst;
	const struct jool_config *config;
	struct jool_session *session;
	struct dst_entry *dst;	/* the way out; held by the session unless hold_dst */
	struct jool_addr4 *addr4;	/* from IPv4: of the destination */
	union {			/* as they stand in the packet */
		struct jool_key6 key6;
		struct jool_key4 key4;
	};
	u16 suffix_delta;	/* from IPv6: checksum delta of making key6.local canonical */
	u16 fragment_size;	/* of the largest fragment it was made of, or 0 */
	u32 cookie;		/* of dst; see struct jool_route */
	u16 split_size;		/* to IPv6: fragments may be so large; 0: need not be fragmented */
	__be16 id;		/* from IPv4: identification */
	u16 l3_len;		/* bytes of the IP header with extension headers or options */
	u8 proto;		/* enum jool_proto */
	u8 l4_len;		/* bytes of the transport header that are surely linear */
	u8 tcp_flags;		/* the byte with FIN, SYN, RST, ACK */
	u8 icmp_type;
	bool hairpin;		/* second half of the way from one IPv6 node to another */
	bool local;		/* from the gateway itself */
	bool stateless;		/* translated along a BIB entry, without a session */
	bool dry;		/* only asked about (query.c): without any effect */
	bool fits;		/* it is surely no larger than the MTU of dst */
	bool hold_dst;		/* dst has a reference of its own */
	bool plain;		/* dst leads out of a device like any other */
	bool icmp_error;	/* inner says of what; key and proto are its session's */
	struct jool_inner inner;
	u8 stat;		/* enum jool_stat; 0 (RECEIVED6): none */
};

#define JOOL_TCP_FIN 0x01
#define JOOL_TCP_SYN 0x02
#define JOOL_TCP_RST 0x04
#define JOOL_TCP_ACK 0x10

/* What is @offset bytes behind the network header. */
static inline void *jool_packet_at(const struct jool_packet *p, unsigned int offset)
{
	return skb_network_header(p->skb) + offset;
}

static inline enum jool_verdict jool_packet_drop(struct jool_packet *p, enum jool_stat stat)
{
	p->stat = stat;
	return JOOL_DROP;
}

static inline enum jool_verdict jool_packet_accept(struct jool_packet *p, enum jool_stat stat)
{
	p->stat = stat;
	return JOOL_ACCEPT;
}

/*
 * The packet from IPv4, to an address of pool4, is no IPv6 node's. If the address is the gateway's
 * own the kernel goes on with it, counted under @stat if set; if it is one that is only routed
 * here, the packet dies, or it would go back to where it came from (RFC 6146 3.4, 3.5).
 */
static inline enum jool_verdict jool_packet_nobody(struct jool_packet *p, enum jool_stat stat)
{
	p->stat = stat;
	return JOOL_NOBODY;
}

/*
 * Whether the device glued the packet together without saying how (LRO): then it can't be taken
 * apart again.
 */
static inline bool jool_packet_is_lro(const struct sk_buff *skb)
{
	return unlikely(skb_shinfo(skb)->gso_size && !skb_shinfo(skb)->gso_type);
}

/*
 * Whether the segments that the GSO packet p->skb is said to be made of are those of its protocol,
 * and taking it apart will not upset the kernel. A virtual machine may say what it likes.
 */
bool jool_packet_has_segments(const struct jool_packet *p);

/* The index of the VRF that the packet belongs to, or 0. Under RCU. */
static inline int jool_packet_vrf(const struct jool_packet *p)
{
	return p->skb->dev ? l3mdev_master_ifindex_rcu(p->skb->dev) : 0;
}

/*
 * Reads the headers of the IPv6 packet p->skb, whose destination is in pool6, up to the transport
 * header, and sets key6, proto and lengths. Headers behind p->skb->data may move.
 */
enum jool_verdict jool_packet_parse6(struct jool_packet *p);

/*
 * The same for the IPv4 packet p->skb, with key4. An ICMP error sets p->icmp_error, and proto and
 * key4 to those of the session that the packet within it was sent along.
 */
enum jool_verdict jool_packet_parse4(struct jool_packet *p);

/* The rest of jool_packet_check_header4(). */
enum jool_verdict jool_packet_check_rare4(struct jool_packet *p);

/*
 * Whether TTL and options of an IPv4 packet, which has not been changed, let it go on (RFC 7915
 * 4.1). If not, its sender is told why where there is something to be told.
 */
static inline enum jool_verdict jool_packet_check_header4(struct jool_packet *p)
{
	if (likely(ip_hdr(p->skb)->ttl > 1 && p->l3_len == sizeof(struct iphdr)))
		return JOOL_CONTINUE;
	return jool_packet_check_rare4(p);
}

#endif
