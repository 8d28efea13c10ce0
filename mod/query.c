// SPDX-License-Identifier: GPL-2.0-only
#include "query.h"

#include <net/ip6_route.h>
#include <net/route.h>

#include "bib.h"
#include "filter.h"
#include "host.h"
#include "pool4.h"
#include "rfc6052.h"
#include "sock.h"

static void answer(struct jool_query *query, enum jool_answer answer, enum jool_stat stat)
{
	query->answer = answer;
	query->stat = stat;
}

/* A packet that never was, for the functions that want one. */
static struct jool_packet imagine(struct jool_instance *inst, const struct jool_query *query)
{
	return (struct jool_packet) {
		.net = inst->net->net,
		.inst = inst,
		.config = rcu_dereference(inst->config),
		.proto = query->proto,
		.tcp_flags = JOOL_TCP_SYN,
	};
}

static void tell_session(struct jool_query *query, const struct jool_config *config,
			 const struct jool_session *session)
{
	query->flags |= JOOL_FLAG_SESSION | JOOL_FLAG_BIB |
			(session->bib->is_static ? JOOL_FLAG_STATIC : 0);
	query->key6 = session->key6;
	query->key4 = session->key4;
	query->known6 = true;
	query->known4 = true;
	query->expires = jool_expiry_left(config, session);
	query->state = READ_ONCE(session->state);
	if (session->flags & JOOL_SESSION_HAIRPIN)
		query->flags |= JOOL_FLAG_HAIRPIN;
}

static void tell_bib(struct jool_query *query, const struct jool_bib *bib)
{
	query->flags |= JOOL_FLAG_BIB | (bib->is_static ? JOOL_FLAG_STATIC : 0);
	query->key6.src = bib->src6.addr;
	query->key6.sport = bib->src6.port;
	query->key4.dst = bib->src4.addr;
	query->key4.dport = bib->src4.port;
	query->known6 = true;
	query->known4 = true;
}

static bool routed4(struct net *net, const struct jool_query *query)
{
	struct flowi4 fl = {
		.daddr = query->key4.src,
		.saddr = query->known4 ? query->key4.dst : 0,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_mark = query->mark,
	};
	struct rtable *route = ip_route_output_key(net, &fl);

	if (IS_ERR(route))
		return false;
	ip_rt_put(route);
	return true;
}

static bool routed6(struct net *net, const struct jool_query *query)
{
	struct flowi6 fl = {
		.daddr = query->key6.src,
		.saddr = query->key6.dst,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
		.flowi6_mark = query->mark,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl);
	bool good = !dst->error;

	dst_release(dst);
	return good;
}

/* Whether a new session of @p may come to be, as far as its caps go; else answers. */
static bool in_caps(struct jool_packet *p, struct jool_query *query)
{
	if (jool_filter_caps(p, jool_host_find(p->inst, &query->key6.src)) == JOOL_CONTINUE)
		return true;
	answer(query, JOOL_ANSWER_DROP, p->stat);
	return false;
}

/* Whether a port is there for a new BIB entry; else answers. */
static bool has_port(struct jool_packet *p, struct jool_query *query)
{
	int err;

	if (jool_instance_bibs(p->inst, JOOL_PROTOS_ALL) >= p->config->max_bib) {
		answer(query, JOOL_ANSWER_DROP, JSTAT_BIB_FULL);
		return false;
	}
	err = jool_pool4_available(p->config->pool4, query->proto, query->mark);
	if (err)
		answer(query, JOOL_ANSWER_DROP,
		       err == -ENOENT ? JSTAT_MARK_NOT_FOUND : JSTAT_POOL4_EXHAUSTED);
	return !err;
}

void jool_query_6to4(struct jool_instance *inst, struct jool_query *query)
{
	struct jool_packet p = imagine(inst, query);
	const struct jool_globals *globals = &p.config->globals;
	struct jool_session *session;
	struct jool_bib *bib;

	query->known6 = true;
	if (!jool_instance_has6(inst, &query->key6.dst))
		return answer(query, JOOL_ANSWER_KERNEL, 0);
	query->key4.src = jool_rfc6052_extract(&query->key6.dst, inst->pool6_len);
	query->key4.sport = query->key6.dport;
	if (!globals->manually_enabled)
		return answer(query, JOOL_ANSWER_KERNEL, JSTAT_XLATOR_DISABLED);
	if (query->proto == JOOL_PROTO_ICMP && globals->drop_icmp6_info)
		return answer(query, JOOL_ANSWER_DROP, JSTAT_ICMP6_FILTER);

	p.key6 = query->key6;
	session = jool_session_find6(inst, query->proto, &query->key6);
	if (session) {
		tell_session(query, p.config, session);
	} else {
		if (jool_filter_source6(&p) != JOOL_CONTINUE)
			return answer(query, JOOL_ANSWER_DROP, p.stat);
		if (jool_filter_node4(&p, query->key4.src, JSTAT_UNTRANSLATABLE_DST6))
			return answer(query, JOOL_ANSWER_DROP, p.stat);
		bib = jool_bib_find6(inst, query->proto, &query->key6.src, query->key6.sport);
		if (bib)
			tell_bib(query, bib);
		if (!in_caps(&p, query) || (!bib && !has_port(&p, query)))
			return;
		if (jool_filter_hairpin(&p, query->key4.src, query->key4.sport))
			query->flags |= JOOL_FLAG_HAIRPIN;
	}
	if (!(query->flags & JOOL_FLAG_HAIRPIN) && !routed4(p.net, query))
		return answer(query, JOOL_ANSWER_DROP, JSTAT_FAILED_ROUTES);
	answer(query, JOOL_ANSWER_TRANSLATE, 0);
}

/* What becomes of a packet from IPv4 to a port of pool4 that no BIB entry has. */
static void unmapped(struct jool_packet *p, struct jool_query *query)
{
	if (!jool_pool4_has(p->config->pool4, query->proto, query->key4.dst,
			    ntohs(query->key4.dport)))
		return answer(query, JOOL_ANSWER_KERNEL, 0);
	if (query->proto != JOOL_PROTO_TCP)
		return answer(query, JOOL_ANSWER_KERNEL, JSTAT_BIB4_NOT_FOUND);
	if (p->config->globals.drop_v4_tcp)
		return answer(query, JOOL_ANSWER_DROP, JSTAT_V4_SYN);
	if (jool_filter_node4(p, query->key4.src, JSTAT_UNTRANSLATABLE_SRC4))
		return answer(query, JOOL_ANSWER_DROP, p->stat);
	answer(query, JOOL_ANSWER_STORE, JSTAT_SYN_STORED);
}

/* What becomes of a packet from IPv4 that has a BIB entry but no session; false: it is welcome. */
static bool filtered(struct jool_packet *p, struct jool_query *query, struct jool_bib *bib)
{
	const struct jool_globals *globals = &p->config->globals;
	bool tcp = query->proto == JOOL_PROTO_TCP;

	if (jool_filter_node4(p, query->key4.src, JSTAT_UNTRANSLATABLE_SRC4))
		answer(query, JOOL_ANSWER_DROP, p->stat);
	else if (tcp && globals->drop_v4_tcp)
		answer(query, JOOL_ANSWER_DROP, JSTAT_V4_SYN);
	else if (globals->adf && !jool_bib_knows(bib, query->key4.src, p->session))
		answer(query, tcp ? JOOL_ANSWER_STORE : JOOL_ANSWER_DROP,
		       tcp ? JSTAT_SYN_STORED : JSTAT_ADF);
	else
		return false;
	return true;
}

void jool_query_4to6(struct jool_instance *inst, struct jool_query *query)
{
	struct jool_packet p = imagine(inst, query);
	struct jool_session *session;
	struct jool_bib *bib;

	query->known4 = true;
	jool_rfc6052_embed(&query->key6.dst, jool_instance_pool6(inst), inst->pool6_len,
			   query->key4.src);
	query->key6.dport = query->key4.sport;
	if (!p.config->globals.manually_enabled)
		return answer(query, JOOL_ANSWER_KERNEL, JSTAT_XLATOR_DISABLED);

	p.key4 = query->key4;
	session = jool_session_find4(inst, query->proto, &query->key4);
	if (session) {
		tell_session(query, p.config, session);
		p.session = session;
		if (query->proto == JOOL_PROTO_TCP && jool_session_is_over(session) &&
		    filtered(&p, query, session->bib))
			return;
	} else {
		if (jool_sock_wants(p.net, NULL, query->proto, &query->key4))
			return answer(query, JOOL_ANSWER_KERNEL, 0);
		bib = jool_bib_find4(inst, query->proto, query->key4.dst, query->key4.dport);
		if (!bib)
			return unmapped(&p, query);
		tell_bib(query, bib);
		if (filtered(&p, query, bib) || !in_caps(&p, query))
			return;
	}
	if (!routed6(p.net, query))
		return answer(query, JOOL_ANSWER_DROP, JSTAT_FAILED_ROUTES);
	answer(query, JOOL_ANSWER_TRANSLATE, 0);
}
