// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "bib.h"
#include "hash.h"
#include "host.h"
#include "icmp.h"
#include "limit.h"
#include "pool4.h"
#include "rfc6052.h"
#include "route.h"
#include "sock.h"
#include "source.h"
#include "syn.h"
#include "tcp.h"

/* Tries against entries that are just being removed. */
#define TRIES 4

/* Of other protocols than TCP. */
#define NO_STATE 0

/*
 * The counter of RFC 6056 3.3.3, one for each CPU; its steps are large, so that searches do not
 * begin in a heap.
 */
static DEFINE_PER_CPU(u32, next_ephemeral);

/* What a packet that finds no session makes of it; JOOL_TCP_CLOSED: none. */
static u8 first_state(const struct jool_packet *p, bool from6)
{
	enum jool_tcp_event event;

	if (p->proto != JOOL_PROTO_TCP)
		return NO_STATE;
	event = jool_tcp_event(from6, p->tcp_flags & JOOL_TCP_SYN, p->tcp_flags & JOOL_TCP_FIN,
			       p->tcp_flags & JOOL_TCP_RST);
	return jool_tcp_next(JOOL_TCP_CLOSED, event, false).state;
}

/*
 * Whether the IPv4 node @node4 may have a session: JOOL_CONTINUE, or JOOL_DROP, of @unusable if
 * nobody can have the address (RFC 7915 4.1, 5.1), or since it is not global (RFC 6052 3.1).
 */
static enum jool_verdict check_node4(struct jool_packet *p, __be32 node4, enum jool_stat unusable)
{
	if (!jool_rfc6052_unicast4(node4))
		return jool_packet_drop(p, unusable);
	if (!p->config->globals.wkp_private && !jool_rfc6052_global4(node4) &&
	    jool_rfc6052_is_well_known(jool_instance_pool6(p->inst), p->inst->pool6_len))
		return jool_packet_drop(p, JSTAT_NOT_GLOBAL4);
	return JOOL_CONTINUE;
}

/* Whether an instance of the namespace has @addr in pool4. */
static bool in_pool4(const struct jool_net *jn, __be32 addr)
{
	const struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list)
		if (jool_pool4_has_addr(rcu_dereference(inst->config)->pool4, addr))
			return true;
	return false;
}

/*
 * As check_node4(), of a packet from IPv4: its source must be no address of the gateway, nor one of
 * pool4, and no broadcast address (RFC 1812 4.2.2.11, 5.3.7). The kernel asks this where it routes,
 * which what is translated does not come to.
 */
static enum jool_verdict check_source4(struct jool_packet *p)
{
	__be32 src = p->key4.remote;

	if (jool_source_is_outside(p) &&
	    (inet_addr_type_dev_table(p->net, p->skb->dev, src) != RTN_UNICAST ||
	     (jool_addr4_find(&p->inst->net->addr4s, src) && in_pool4(p->inst->net, src))))
		return jool_packet_drop(p, JSTAT_UNTRANSLATABLE_SRC4);
	return check_node4(p, src, JSTAT_UNTRANSLATABLE_SRC4);
}

/*
 * JOOL_SESSION_HAIRPIN if the IPv4 transport address is one that an IPv6 node has or may have (RFC
 * 6146 3.8), else 0. All that pool4 has of an address that is not the gateway's own is such: what
 * is sent there comes back. The identifier of a ping to the gateway's own address is none: it is
 * the sender's. Under RCU.
 */
static u8 hairpin_flag(const struct jool_packet *p, __be32 dst4, __be16 dport)
{
	struct jool_net *jn = p->inst->net;
	const struct jool_addr4 *addr4 = jool_addr4_find(&jn->addr4s, dst4);
	u16 port = ntohs(dport);

	if (likely(!addr4))
		return 0;
	if (p->proto != JOOL_PROTO_ICMP &&
	    (jool_addr4_test(addr4, p->proto, port) ||
	     jool_pool4_has(p->config->pool4, p->proto, dst4, port)))
		return JOOL_SESSION_HAIRPIN;
	return in_pool4(jn, dst4) && !jool_sock_is_local(p->net, p->skb->dev, dst4) ?
	       JOOL_SESSION_HAIRPIN : 0;
}

/* Whether @host, or one that has no session yet (NULL), has as many as a source may have. */
static bool source_is_full(const struct jool_packet *p, const struct jool_host *host)
{
	u32 max = p->config->globals.max_sessions_per_source.now;

	return (host ? atomic_read(&host->sessions) : 0) >= max;
}

/*
 * Whether the module, the instance, and the IPv6 node @host (NULL: one that has no session yet) may
 * have one more session: JOOL_CONTINUE or JOOL_DROP. Under RCU.
 */
static enum jool_verdict check_caps(struct jool_packet *p, const struct jool_host *host)
{
	if (jool_instance_sessions(p->inst, JOOL_PROTOS_ALL) >= p->config->globals.max_sessions.now)
		return jool_packet_drop(p, JSTAT_SESSIONS_FULL);
	if (jool_limit_sessions_full())
		return jool_packet_drop(p, JSTAT_MODULE_FULL);
	if (source_is_full(p, host))
		return jool_packet_drop(p, JSTAT_SOURCE_FULL);
	return JOOL_CONTINUE;
}

/* Whether there is room among the sessions that IPv4 nodes begin: they have half of the table. */
static enum jool_verdict check_share4(struct jool_packet *p)
{
	u32 max = p->config->globals.max_sessions.now;

	if ((u32)atomic_read(&p->inst->sessions_from4) >= max - max / 2)
		return jool_packet_drop(p, JSTAT_SESSIONS4_FULL);
	return JOOL_CONTINUE;
}

/*
 * There is no room for it. RFC 6146 3.5.1.1, last paragraph, RFC 6888 REQ-11 b: an error that ends
 * no connection.
 */
static enum jool_verdict no_address(struct jool_packet *p, enum jool_stat stat)
{
	jool_icmp_send6(p, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	return jool_packet_drop(p, stat);
}

/* The caps of a packet from IPv6, as far as @bib, if there is one, tells its host. */
static enum jool_verdict check_caps6(struct jool_packet *p, const struct jool_bib *bib)
{
	if (check_caps(p, bib ? bib->host : NULL) == JOOL_CONTINUE)
		return JOOL_CONTINUE;
	return no_address(p, p->stat);
}

/* Tells an IPv4 node that there is no room, if @verdict says so (RFC 5508 REQ-8). */
static enum jool_verdict tell_no_room4(struct jool_packet *p, enum jool_verdict verdict)
{
	if (verdict == JOOL_DROP)
		jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	return verdict;
}

/* Where the search for a port starts (RFC 6056 3.3.3), by f-args. */
static u64 random_start(const struct jool_packet *p)
{
	u8 args = p->config->globals.f_args;
	u64 hash = args;

	if (args & 8)
		hash = jool_hash_addr6(hash, &p->key6.remote);
	if (args & 2)
		hash = jool_hash_addr6(hash, &p->key6.local);
	hash = jool_hash_word(hash, (args & 4 ? ntohs(p->key6.remote_port) << 16 : 0) |
				    (args & 1 ? ntohs(p->key6.local_port) : 0));
	return hash + (u64)this_cpu_inc_return(next_ephemeral) * GOLDEN_RATIO_64;
}

/* The BIB entry of a packet that is only asked about: the port, which was taken, is given back. */
static enum jool_verdict pretend_bib(struct jool_packet *p, struct jool_session *scratch,
				     struct jool_addr4 *addr4, u16 port, struct jool_bib **bib)
{
	jool_addr4_give(addr4, p->proto, port);
	*bib = scratch->bib;
	(*bib)->proto = p->proto;
	(*bib)->src6.addr = p->key6.remote;
	(*bib)->src6.port = p->key6.remote_port;
	(*bib)->src4.addr = addr4->addr;
	(*bib)->src4.port = htons(port);
	return JOOL_CONTINUE;
}

/*
 * Makes the BIB entry of a packet from IPv6, with @addr4's @port, which is taken, and @host: with a
 * reference, or NULL: not made yet. Takes both over.
 */
static enum jool_verdict create_bib(struct jool_packet *p, struct jool_host *host,
				    struct jool_addr4 *addr4, u16 port, struct jool_bib **bib)
{
	if (!host)
		host = jool_host_get(p->inst, &p->key6.remote, GFP_ATOMIC);
	if (!host) {
		jool_addr4_give(addr4, p->proto, port);
		return jool_packet_drop(p, JSTAT_ENOMEM);
	}
	return jool_bib_create(p->inst, p->proto, host, p->key6.remote_port, addr4, port, NULL,
			       bib) ?
	       jool_packet_drop(p, JSTAT_ENOMEM) : JOOL_CONTINUE;
}

/*
 * Whether the IPv6 node of a packet may have one more BIB entry: JOOL_CONTINUE, with a reference to
 * its host, or NULL if it has none yet; or JOOL_DROP.
 */
static enum jool_verdict hold_host(struct jool_packet *p, struct jool_host **host)
{
	*host = jool_host_hold(p->inst, &p->key6.remote);
	/* One that has some has been looked at. */
	if (!*host && jool_source_is_own6(p))
		return jool_packet_drop(p, JSTAT_UNTRANSLATABLE_SRC6);
	if (!source_is_full(p, *host))
		return JOOL_CONTINUE;
	if (*host)
		jool_host_put(p->inst, *host);
	return no_address(p, JSTAT_SOURCE_FULL);
}

/* Makes the BIB entry of a packet from IPv6. */
static enum jool_verdict make_bib(struct jool_packet *p, struct jool_session *scratch, __be32 dst4,
				  struct jool_bib **bib)
{
	struct jool_pool4 *pool4 = p->config->pool4;
	struct jool_pool4_wish wish = {
		.proto = p->proto,
		.mark = p->skb->mark,
		.port = ntohs(p->key6.remote_port),
		.dst4 = dst4,
		.dport = p->key6.local_port,
		.random = random_start(p),
		.rest = p->config->port_rest[p->proto],
	};
	enum jool_verdict verdict;
	struct jool_addr4 *addr4;
	struct jool_host *host;
	u16 port;
	int err;

	if (jool_instance_bibs(p->inst, JOOL_PROTOS_ALL) >= p->config->globals.max_bib.now)
		return no_address(p, JSTAT_BIB_FULL);
	/* None is made before there is a port for it. */
	verdict = hold_host(p, &host);
	if (verdict != JOOL_CONTINUE)
		return verdict;
	if (pool4->is_default) {
		/* The namespace's own addresses: the one that belongs to the way out. */
		wish.addr = jool_route_source4(p, dst4);
	} else if (host) {
		wish.addr = READ_ONCE(host->last4);
		wish.paired = p->config->globals.paired;
	}

	err = jool_pool4_take(p->net, pool4, &wish, &addr4, &port);
	if (!err && likely(!p->dry)) {
		if (wish.rest && unlikely(jool_addr4_is_resting(addr4, p->proto, port)))
			jool_stats_inc(p->inst->stats, JSTAT_PORT_RESTING);
		return create_bib(p, host, addr4, port, bib);
	}
	if (host)
		jool_host_put(p->inst, host);
	if (!err)
		return pretend_bib(p, scratch, addr4, port, bib);
	if (err == -ENOMEM)
		return jool_packet_drop(p, JSTAT_ENOMEM);
	return no_address(p, err == -ENOENT ? JSTAT_MARK_NOT_FOUND : JSTAT_POOL4_EXHAUSTED);
}

/*
 * Makes the BIB entry that pairs a packet from IPv6 with a SYN from IPv4, to @local; none if
 * another node has got that meanwhile.
 */
static enum jool_verdict make_bib_at(struct jool_packet *p, struct jool_session *scratch,
				     const struct jool_taddr4 *local, struct jool_bib **bib)
{
	struct jool_addr4 *addr4 = jool_addr4_find(&p->inst->net->addr4s, local->addr);
	u16 port = ntohs(local->port);
	int err = addr4 ? jool_addr4_take(addr4, p->proto, port) : -EBUSY;
	enum jool_verdict verdict;
	struct jool_host *host;

	if (err)
		return err == -EBUSY ? JOOL_CONTINUE : jool_packet_drop(p, JSTAT_ENOMEM);
	verdict = hold_host(p, &host);
	if (verdict != JOOL_CONTINUE) {
		jool_addr4_give(addr4, p->proto, port);
		return verdict;
	}
	if (likely(!p->dry))
		return create_bib(p, host, addr4, port, bib);
	if (host)
		jool_host_put(p->inst, host);
	return pretend_bib(p, scratch, addr4, port, bib);
}

/*
 * A SYN from IPv6 that meets one from IPv4 (RFC 6146 3.5.2.2, V4 INIT): makes the BIB entry, if
 * there is none, and moves the state on.
 */
static enum jool_verdict meet_session(struct jool_packet *p, struct jool_session *scratch,
				      __be32 dst4,
				      struct jool_bib **bib, u8 *state)
{
	struct jool_taddr4 local = *bib ? (*bib)->src4 : (struct jool_taddr4) {};
	enum jool_verdict verdict;

	if (!jool_syn_take(p, dst4, p->key6.local_port, &local))
		return JOOL_CONTINUE;
	verdict = *bib ? JOOL_CONTINUE : make_bib_at(p, scratch, &local, bib);
	if (*bib)
		*state = jool_tcp_next(JOOL_TCP_V4_INIT, JOOL_TCP_V6_SYN, false).state;
	return verdict;
}

/* Whether a connection of the gateway itself has what the session of @bib would have in IPv4. */
static bool is_taken(const struct jool_packet *p, const struct jool_bib *bib, __be32 dst4)
{
	const struct jool_key4 key = {
		.remote = dst4,
		.local = bib->src4.addr,
		.remote_port = p->key6.local_port,
		.local_port = bib->src4.port,
	};

	return jool_sock_connected(p->net, p->proto, &key);
}

/* Whether the packet is to its own IPv4 address, and would leave the gateway and come back. */
static bool is_looping(const struct jool_packet *p, const struct jool_session_wish *wish)
{
	return unlikely(wish->bib->src4.addr == wish->dst4) &&
	       !(wish->flags & JOOL_SESSION_HAIRPIN) &&
	       !jool_sock_is_local(p->net, p->skb->dev, wish->dst4);
}

static enum jool_verdict fill_stateless(struct jool_packet *p, struct jool_session *scratch,
					const struct jool_session_wish *wish)
{
	jool_session_fill(scratch, wish);
	p->session = scratch;
	p->stateless = true;
	return JOOL_CONTINUE;
}

/* Makes the session of a packet that may have one. */
static int make_session(struct jool_packet *p, struct jool_session *scratch,
			const struct jool_session_wish *wish)
{
	int err;

	if (unlikely(p->dry)) {
		fill_stateless(p, scratch, wish);
		return 0;
	}
	err = jool_session_create(p->inst, p->config, wish, &p->session);
	if (err && err != -EAGAIN)
		jool_bib_reap(p->inst, wish->bib);
	return err;
}

enum jool_verdict jool_filter_6to4(struct jool_packet *p, struct jool_session *scratch)
{
	__be32 dst4 = jool_rfc6052_extract(&p->key6.local, p->inst->pool6_len);
	struct jool_session_wish wish = {
		.dst6 = &p->key6.local,
		.dst4 = dst4,
		.port = p->key6.local_port,
		.flags = hairpin_flag(p, dst4, p->key6.local_port),
		.reason = JOOL_REASON_FROM6,
	};
	u8 state = first_state(p, true);
	enum jool_verdict verdict;
	struct jool_bib *bib;
	int i, err;

	verdict = jool_source_check6(p);
	if (verdict != JOOL_CONTINUE)
		return verdict;
	if (check_node4(p, dst4, JSTAT_UNTRANSLATABLE_DST6) != JOOL_CONTINUE)
		return jool_icmp_prohibit6(p, p->stat);

	for (i = 0; i < TRIES; i++) {
		bib = jool_bib_find6(p->inst, p->proto, &p->key6.remote, p->key6.remote_port);
		/* Others than static ones are only made after that: see hold_host(). */
		if (bib && bib->is_static && jool_source_is_own6(p))
			return jool_packet_drop(p, JSTAT_UNTRANSLATABLE_SRC6);
		if (state == JOOL_TCP_CLOSED) {
			wish.bib = bib;
			if (!bib)
				return jool_packet_drop(p, JSTAT_SYN6_EXPECTED);
			return is_looping(p, &wish) ? jool_packet_drop(p, JSTAT_HAIRPIN_LOST) :
						      fill_stateless(p, scratch, &wish);
		}
		verdict = check_caps6(p, bib);
		if (verdict == JOOL_CONTINUE && state != NO_STATE)
			verdict = meet_session(p, scratch, dst4, &bib, &state);
		if (verdict == JOOL_CONTINUE && !bib)
			verdict = make_bib(p, scratch, dst4, &bib);
		else if (verdict == JOOL_CONTINUE && is_taken(p, bib, dst4))
			verdict = no_address(p, JSTAT_HOST_SOCKET);
		if (verdict != JOOL_CONTINUE)
			return verdict;
		wish.bib = bib;
		if (is_looping(p, &wish)) {
			/* It may have been made just now. */
			if (!p->dry)
				jool_bib_reap(p->inst, bib);
			return no_address(p, JSTAT_HAIRPIN_LOST);
		}
		wish.state = state;
		err = make_session(p, scratch, &wish);
		if (!err)
			return JOOL_CONTINUE;
		if (err != -EAGAIN)
			return jool_packet_drop(p, JSTAT_ENOMEM);
	}
	return jool_packet_drop(p, JSTAT_RACE);
}

enum jool_verdict jool_filter_unmapped(struct jool_packet *p)
{
	if (!jool_pool4_has(p->config->pool4, p->proto, p->key4.local, ntohs(p->key4.local_port)))
		return JOOL_ACCEPT;
	if (jool_sock_wants(p->net, p->skb->dev, p->proto, &p->key4))
		return JOOL_ACCEPT;
	if (p->proto != JOOL_PROTO_TCP)
		return jool_packet_nobody(p, JSTAT_BIB4_NOT_FOUND);
	if (p->config->globals.drop_v4_tcp && p->tcp_flags & JOOL_TCP_SYN)
		return jool_packet_drop(p, JSTAT_V4_SYN);
	if (first_state(p, false) == JOOL_TCP_CLOSED)
		return jool_packet_drop(p, JSTAT_SYN4_EXPECTED);
	return check_source4(p) ?:
	       jool_packet_check_header4(p) ?:
	       jool_syn_store(p);
}

/*
 * The packet dies of @stat, and its sender is told, unless nobody can have its source (RFC 1812
 * 4.3.2.7): the kernel, which would have asked, has not routed the packet.
 */
static enum jool_verdict refuse_packet4(struct jool_packet *p, u8 code, enum jool_stat stat)
{
	if (check_source4(p) != JOOL_CONTINUE)
		return JOOL_DROP;
	jool_icmp_send4(p, ICMP_DEST_UNREACH, code, 0);
	return jool_packet_drop(p, stat);
}

enum jool_verdict jool_filter_nobody(struct jool_packet *p)
{
	switch (p->stat) {
	case JSTAT_UNKNOWN_L4_PROTO:
		/* RFC 6146 3.4; RFC 7915 4.2 on IGMP */
		if (ip_hdr(p->skb)->protocol != IPPROTO_IGMP)
			return refuse_packet4(p, ICMP_PROT_UNREACH, JSTAT_ROUTED4_L4_PROTO);
		return jool_packet_drop(p, JSTAT_ROUTED4_L4_PROTO);
	case JSTAT_UNKNOWN_ICMP4_TYPE:
		return jool_packet_drop(p, JSTAT_ROUTED4_ICMP_TYPE);
	case JSTAT_ICMP4_ERROR_INNER:
		return jool_packet_drop(p, JSTAT_ROUTED4_ERROR_INNER);
	case JSTAT_ICMP4_ERROR_LENGTH:
		return jool_packet_drop(p, JSTAT_ROUTED4_ERROR_LENGTH);
	}
	if (p->icmp_error)
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_SESSION);
	/* RFC 6146 3.5.1, 3.5.3 */
	return refuse_packet4(p,
			      p->proto == JOOL_PROTO_ICMP ? ICMP_HOST_UNREACH : ICMP_PORT_UNREACH,
		       JSTAT_ROUTED4_UNMAPPED);
}

/* Address-dependent filtering (RFC 6146 3.5.1, 3.5.2.2 CLOSED, 3.5.3). */
static enum jool_verdict check_adf(struct jool_packet *p, struct jool_bib *bib, u8 state)
{
	/* A session that is over lets nobody in. */
	if (!p->config->globals.adf || jool_bib_knows(bib, p->key4.remote, p->session))
		return JOOL_CONTINUE;
	/* A SYN may be half of a simultaneous open. */
	if (p->proto == JOOL_PROTO_TCP && state != JOOL_TCP_CLOSED)
		return jool_syn_store(p);
	if (p->proto != JOOL_PROTO_TCP)
		jool_icmp_send4(p, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
	return jool_packet_drop(p, JSTAT_ADF);
}

/* Whether a packet from IPv4 may make a session of @bib in @state (JOOL_TCP_CLOSED: none). */
static enum jool_verdict check_opening4(struct jool_packet *p, struct jool_bib *bib, u8 state)
{
	if (state != JOOL_TCP_CLOSED && p->proto == JOOL_PROTO_TCP &&
	    p->config->globals.drop_v4_tcp)
		return jool_packet_drop(p, JSTAT_V4_SYN);
	return check_adf(p, bib, state);
}

enum jool_verdict jool_filter_4to6(struct jool_packet *p, struct jool_session *scratch)
{
	struct in6_addr dst6;
	struct jool_session_wish wish = {
		.dst6 = &dst6,
		.dst4 = p->key4.remote,
		.port = p->key4.remote_port,
		.flags = hairpin_flag(p, p->key4.remote, p->key4.remote_port),
		.state = first_state(p, false),
		.reason = JOOL_REASON_FROM4,
	};
	enum jool_verdict verdict;
	struct jool_bib *bib;
	int i, err;

	/* A connection of the gateway itself that has a pool4 port. */
	if (jool_sock_wants(p->net, p->skb->dev, p->proto, &p->key4))
		return JOOL_ACCEPT;
	/* The gateway pings itself, on behalf of an IPv6 node: it is to answer. */
	if (p->proto == JOOL_PROTO_ICMP && p->key4.remote == p->key4.local && !p->hairpin &&
	    !jool_source_is_outside(p))
		return JOOL_ACCEPT;
	/* What dies on its way makes no session. */
	verdict = check_source4(p) ?: jool_packet_check_header4(p);
	if (verdict != JOOL_CONTINUE)
		return verdict;
	jool_rfc6052_embed(&dst6, jool_instance_pool6(p->inst), p->inst->pool6_len, p->key4.remote);

	for (i = 0; i < TRIES; i++) {
		bib = jool_bib_at(p->inst, p->addr4, p->proto, ntohs(p->key4.local_port));
		if (!bib)
			return jool_packet_nobody(p, JSTAT_BIB4_NOT_FOUND);
		verdict = check_opening4(p, bib, wish.state);
		if (verdict != JOOL_CONTINUE)
			return verdict;
		wish.bib = bib;
		if (wish.state == JOOL_TCP_CLOSED)
			return fill_stateless(p, scratch, &wish);
		verdict = tell_no_room4(p, check_caps(p, bib->host) ?: check_share4(p));
		if (verdict != JOOL_CONTINUE)
			return verdict;
		err = make_session(p, scratch, &wish);
		if (!err)
			return JOOL_CONTINUE;
		if (err != -EAGAIN)
			return jool_packet_drop(p, JSTAT_ENOMEM);
	}
	return jool_packet_drop(p, JSTAT_RACE);
}

enum jool_verdict jool_filter_error6(struct jool_packet *p, struct jool_session *scratch)
{
	__be32 dst4 = jool_rfc6052_extract(&p->key6.local, p->inst->pool6_len);
	struct jool_session_wish wish = {
		.bib = jool_bib_find6(p->inst, p->proto, &p->key6.remote, p->key6.remote_port),
		.dst6 = &p->key6.local,
		.dst4 = dst4,
		.port = p->key6.local_port,
		.flags = hairpin_flag(p, dst4, p->key6.local_port),
	};

	if (!wish.bib || !jool_instance_has6(p->inst, &p->key6.local) ||
	    !jool_rfc6052_unicast4(dst4))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_SESSION);
	if (is_looping(p, &wish))
		return jool_packet_drop(p, JSTAT_HAIRPIN_LOST);
	return fill_stateless(p, scratch, &wish);
}

enum jool_verdict jool_filter_error4(struct jool_packet *p, struct jool_session *scratch)
{
	struct in6_addr dst6;
	struct jool_session_wish wish = {
		.bib = jool_bib_at(p->inst, p->addr4, p->proto, ntohs(p->key4.local_port)),
		.dst6 = &dst6,
		.dst4 = p->key4.remote,
		.port = p->key4.remote_port,
		.flags = hairpin_flag(p, p->key4.remote, p->key4.remote_port),
	};

	if (jool_sock_wants(p->net, p->skb->dev, p->proto, &p->key4))
		return JOOL_ACCEPT;
	/* Where only known addresses are let in, so are only errors about what went there. */
	if (!wish.bib || !jool_rfc6052_unicast4(p->key4.remote) ||
	    (p->config->globals.adf && !jool_bib_knows(wish.bib, p->key4.remote, NULL)))
		return jool_packet_drop(p, JSTAT_ICMP_ERROR_SESSION);
	jool_rfc6052_embed(&dst6, jool_instance_pool6(p->inst), p->inst->pool6_len, p->key4.remote);
	return fill_stateless(p, scratch, &wish);
}

static enum jool_verdict reopen_session(struct jool_packet *p, u8 state, enum jool_reason reason)
{
	if (p->dry)
		return JOOL_CONTINUE;
	if (jool_session_reopen(p->inst, p->config, p->session, state, reason))
		return jool_packet_drop(p, JSTAT_RACE);
	return JOOL_CONTINUE;
}

enum jool_verdict jool_filter_reopen6(struct jool_packet *p)
{
	struct jool_bib *bib = p->session->bib;
	__be32 dst4 = p->session->key4.remote;
	u8 state = first_state(p, true);
	enum jool_verdict verdict = JOOL_CONTINUE;

	if (check_node4(p, dst4, JSTAT_UNTRANSLATABLE_DST6) != JOOL_CONTINUE)
		return jool_icmp_prohibit6(p, p->stat);
	/* It has a BIB entry: none is made. */
	if (state != NO_STATE)
		verdict = meet_session(p, NULL, dst4, &bib, &state);
	if (verdict != JOOL_CONTINUE)
		return verdict;
	if (is_taken(p, bib, dst4))
		return no_address(p, JSTAT_HOST_SOCKET);
	return reopen_session(p, state, JOOL_REASON_FROM6);
}

enum jool_verdict jool_filter_reopen4(struct jool_packet *p)
{
	u8 state = first_state(p, false);
	enum jool_verdict verdict;

	if (jool_sock_wants(p->net, p->skb->dev, p->proto, &p->key4))
		return jool_packet_accept(p, JSTAT_OWN_SOCKET);
	verdict = check_source4(p) ?: check_opening4(p, p->session->bib, state);
	if (verdict == JOOL_CONTINUE && p->session->flags & JOOL_SESSION_FROM6)
		verdict = tell_no_room4(p, check_share4(p));
	return verdict == JOOL_CONTINUE ? reopen_session(p, state, JOOL_REASON_FROM4) : verdict;
}

/* Whether @sk, and not the kernel in the name of nobody, sends @protocol from @port. */
static bool sends_from(struct sock *sk, u8 protocol, __be16 port)
{
	sk = sk_to_full_sk(sk);
	return sk && sk->sk_protocol == protocol && inet_sk(sk)->inet_sport == port;
}

static void end_session(struct jool_instance *inst, struct jool_session *session)
{
	struct jool_bib *bib = session->bib;

	spin_lock_bh(&bib->lock);
	if (!(session->flags & JOOL_SESSION_DEAD)) {
		jool_session_kill(inst, session, JOOL_REASON_GATEWAY);
		jool_stats_inc(inst->stats, JSTAT_HOST_SOCKET_SENT);
	}
	spin_unlock_bh(&bib->lock);
}

void jool_filter_own4(struct jool_net *jn, const struct sk_buff *skb, struct sock *sk)
{
	const struct iphdr *hdr = ip_hdr(skb);
	u8 proto = hdr->protocol == IPPROTO_TCP ? JOOL_PROTO_TCP : JOOL_PROTO_UDP;
	struct jool_addr4 *addr4 = jool_addr4_find(&jn->addr4s, hdr->saddr);
	struct jool_key4 key = { .remote = hdr->daddr, .local = hdr->saddr };
	struct jool_session *session;
	struct jool_instance *inst;
	__be16 buffer[2];
	const __be16 *port;

	if (likely(!addr4) || (hdr->protocol != IPPROTO_TCP && hdr->protocol != IPPROTO_UDP))
		return;
	port = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buffer), buffer);
	if (!port || !jool_addr4_test(addr4, proto, ntohs(port[0])) ||
	    !sends_from(sk, hdr->protocol, port[0]))
		return;
	key.remote_port = port[1];
	key.local_port = port[0];
	list_for_each_entry_rcu(inst, &jn->instances, list) {
		session = jool_session_find4(inst, proto, &key);
		if (session)
			end_session(inst, session);
	}
}
