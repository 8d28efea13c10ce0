// SPDX-License-Identifier: GPL-2.0-only
#include "match.h"

#include <net/ipv6.h>

#include "../common/uapi.h"
#include "bib.h"
#include "instance.h"
#include "addr4.h"
#include "request.h"
#include "session.h"

static __be32 mask_of4(u8 len)
{
	return len ? htonl(~0U << (32 - len)) : 0;
}

/* The length of a prefix whose address is @addr: that in @len, or @whole. */
static u8 prefix_length(const struct nlattr *addr, const struct nlattr *len, u8 whole)
{
	if (!addr)
		return 0;
	return len ? nla_get_u8(len) : whole;
}

int jool_match_read(struct jool_match *match, struct nlattr **attrs,
		    struct netlink_ext_ack *extack)
{
	static const u8 pairs[][2] = {
		{ JOOL_A_SRC6, JOOL_A_SRC6_LEN }, { JOOL_A_DST6, JOOL_A_DST6_LEN },
		{ JOOL_A_SRC4, JOOL_A_SRC4_LEN }, { JOOL_A_DST4, JOOL_A_DST4_LEN },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (attrs[pairs[i][1]] && !attrs[pairs[i][0]])
			return jool_request_refuse(attrs, extack, pairs[i][1],
						   "a prefix length without an address");
	memset(match, 0, sizeof(*match));
	if (attrs[JOOL_A_SRC6])
		match->src6 = nla_get_in6_addr(attrs[JOOL_A_SRC6]);
	if (attrs[JOOL_A_DST6])
		match->dst6 = nla_get_in6_addr(attrs[JOOL_A_DST6]);
	if (attrs[JOOL_A_SRC4])
		match->src4 = nla_get_in_addr(attrs[JOOL_A_SRC4]);
	if (attrs[JOOL_A_DST4])
		match->dst4 = nla_get_in_addr(attrs[JOOL_A_DST4]);
	match->src6_len = prefix_length(attrs[JOOL_A_SRC6], attrs[JOOL_A_SRC6_LEN], 128);
	match->dst6_len = prefix_length(attrs[JOOL_A_DST6], attrs[JOOL_A_DST6_LEN], 128);
	match->src4_mask = mask_of4(prefix_length(attrs[JOOL_A_SRC4], attrs[JOOL_A_SRC4_LEN], 32));
	match->dst4_mask = mask_of4(prefix_length(attrs[JOOL_A_DST4], attrs[JOOL_A_DST4_LEN], 32));
	match->port_min = attrs[JOOL_A_PORT_MIN] ? nla_get_u16(attrs[JOOL_A_PORT_MIN]) : 0;
	match->port_max = attrs[JOOL_A_PORT_MAX] ? nla_get_u16(attrs[JOOL_A_PORT_MAX]) : U16_MAX;
	if (match->port_min > match->port_max)
		return jool_request_refuse(attrs, extack,
			attrs[JOOL_A_PORT_MIN] ? JOOL_A_PORT_MIN : JOOL_A_PORT_MAX,
			"the first port is above the last one");
	match->state = attrs[JOOL_A_STATE] ? nla_get_u8(attrs[JOOL_A_STATE]) : JOOL_TCP_STATES;
	match->of_sessions = match->dst6_len || match->dst4_mask || attrs[JOOL_A_STATE];
	match->any = !match->of_sessions && !match->src6_len && !match->src4_mask &&
		      !match->port_min && match->port_max == U16_MAX;
	return 0;
}

static bool has_port(const struct jool_match *match, __be16 port)
{
	return ntohs(port) >= match->port_min && ntohs(port) <= match->port_max;
}

bool jool_match_addr4(const struct jool_match *match, const struct jool_addr4 *addr4)
{
	return !((addr4->addr ^ match->src4) & match->src4_mask);
}

/* Whether the IPv6 transport address and the address of pool4 are meant. */
static bool match_source(const struct jool_match *match, const struct in6_addr *src6,
			 __be32 src4)
{
	return ipv6_prefix_equal(src6, &match->src6, match->src6_len) &&
	       !((src4 ^ match->src4) & match->src4_mask);
}

bool jool_match_bib(const struct jool_match *match, const struct jool_bib *bib)
{
	return match->any ||
	       (match_source(match, &bib->src6.addr, bib->src4.addr) &&
		(has_port(match, bib->src6.port) || has_port(match, bib->src4.port)));
}

bool jool_match_session(const struct jool_match *match, const struct jool_session *session)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;

	if (match->any)
		return true;
	if (match->state != JOOL_TCP_STATES &&
	    (session->proto != JOOL_PROTO_TCP || READ_ONCE(session->state) != match->state))
		return false;
	return match_source(match, &key6->remote, key4->local) &&
	       ipv6_prefix_equal(&key6->local, &match->dst6, match->dst6_len) &&
	       !((key4->remote ^ match->dst4) & match->dst4_mask) &&
	       (has_port(match, key6->remote_port) || has_port(match, key6->local_port) ||
		has_port(match, key4->local_port) || has_port(match, key4->remote_port));
}
