// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include "instance.h"
#include "query.h"
#include "request.h"

static int put_answer(struct sk_buff *skb, const void *arg)
{
	const struct jool_query *query = arg;

	return nla_put_u8(skb, JOOL_A_ANSWER, query->answer) ?:
	       nla_put_u32(skb, JOOL_A_FLAGS, query->flags) ?:
	       (query->stat ?
		nla_put_string(skb, JOOL_A_STAT_NAME, jool_stats_name(query->stat)) : 0) ?:
	       nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(query->proto)) ?:
	       (query->known6 ?
		nla_put_in6_addr(skb, JOOL_A_SRC6, &query->key6.remote) ?:
		nla_put_be16(skb, JOOL_A_SRC6_PORT, query->key6.remote_port) : 0) ?:
	       nla_put_in6_addr(skb, JOOL_A_DST6, &query->key6.local) ?:
	       nla_put_be16(skb, JOOL_A_DST6_PORT, query->key6.local_port) ?:
	       (query->known4 ?
		nla_put_in_addr(skb, JOOL_A_SRC4, query->key4.local) ?:
		nla_put_be16(skb, JOOL_A_SRC4_PORT, query->key4.local_port) : 0) ?:
	       nla_put_in_addr(skb, JOOL_A_DST4, query->key4.remote) ?:
	       nla_put_be16(skb, JOOL_A_DST4_PORT, query->key4.remote_port) ?:
	       (query->flags & JOOL_FLAG_SESSION ?
		nla_put_u32(skb, JOOL_A_EXPIRES, query->expires) ?:
		(query->proto == JOOL_PROTO_TCP ?
		 nla_put_u8(skb, JOOL_A_STATE, query->state) : 0) : 0);
}

int jool_nl_query(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	bool from6 = attrs[JOOL_A_SRC6];
	struct jool_query query = {};
	struct jool_instance *inst;
	int err;

	err = from6 ?
	      JOOL_REQUEST_REQUIRE(attrs, info->extack, JOOL_A_PROTO, JOOL_A_SRC6,
				   JOOL_A_SRC6_PORT, JOOL_A_DST6, JOOL_A_DST6_PORT) :
	      JOOL_REQUEST_REQUIRE(attrs, info->extack, JOOL_A_PROTO, JOOL_A_SRC4,
				   JOOL_A_SRC4_PORT, JOOL_A_DST4, JOOL_A_DST4_PORT);
	if (err)
		return err;
	query.proto = jool_request_proto(attrs);
	query.mark = attrs[JOOL_A_MARK] ? nla_get_u32(attrs[JOOL_A_MARK]) : 0;
	if (from6) {
		query.key6.remote = nla_get_in6_addr(attrs[JOOL_A_SRC6]);
		query.key6.remote_port = nla_get_be16(attrs[JOOL_A_SRC6_PORT]);
		query.key6.local = nla_get_in6_addr(attrs[JOOL_A_DST6]);
		query.key6.local_port = nla_get_be16(attrs[JOOL_A_DST6_PORT]);
	} else {
		query.key4.remote = nla_get_in_addr(attrs[JOOL_A_DST4]);
		query.key4.remote_port = nla_get_be16(attrs[JOOL_A_DST4_PORT]);
		query.key4.local = nla_get_in_addr(attrs[JOOL_A_SRC4]);
		query.key4.local_port = nla_get_be16(attrs[JOOL_A_SRC4_PORT]);
	}
	inst = jool_request_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	local_bh_disable();
	rcu_read_lock();
	err = from6 ? jool_query_6to4(inst, &query) : jool_query_4to6(inst, &query);
	rcu_read_unlock();
	local_bh_enable();
	jool_request_unlock(inst);
	if (err)
		return err;
	return jool_request_reply(info, put_answer, &query);
}
