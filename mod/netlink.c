// SPDX-License-Identifier: GPL-2.0-only
#include "netlink.h"

#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../common/text.h"
#include "bib.h"
#include "compat.h"
#include "config.h"
#include "dump.h"
#include "event.h"
#include "instance.h"
#include "query.h"
#include "rfc6052.h"
#include "select.h"
#include "session.h"

/* Sessions that are looked at with bottom halves off. */
#define BATCH 64

/*
 * What a user namespace's administrator does here takes memory of the whole machine, and is done by
 * code that any bug in it hands over to him.
 */
static bool userns;
module_param(userns, bool, 0644);
MODULE_PARM_DESC(userns, "Let CAP_NET_ADMIN of any user namespace configure its network namespaces");

static int validate_proto(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 proto = nla_get_u8(attr);

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the protocol is none of TCP, UDP, ICMP");
	return -EINVAL;
}

static int validate_name(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);

	if (*name && jool_text_is_clean(name))
		return 0;
	if (*name)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the instance name has control characters or is not UTF-8");
	else
		NL_SET_ERR_MSG_ATTR(extack, attr, "the instance name is empty");
	return -EINVAL;
}

const struct nla_policy jool_netlink_policy[JOOL_A_MAX + 1] = {
	/*
	 * What is not said here is up to validate_name(), jool_netlink_require() and
	 * jool_netlink_check_instance(): functions of our own in a policy of numbers trip the
	 * kernel when it reports the policy.
	 */
	[JOOL_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = JOOL_NAME_MAX },
	[JOOL_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, JOOL_FLAG_FORCE | JOOL_FLAG_QUICK |
					  JOOL_FLAG_USAGE | JOOL_FLAG_BIB),
	[JOOL_A_POOL6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[JOOL_A_POOL6_LEN] = { .type = NLA_U8 },
	[JOOL_A_PROTO] = { .type = NLA_U8 },
	[JOOL_A_MARK] = { .type = NLA_U32 },
	[JOOL_A_MAX_ITERATIONS] = NLA_POLICY_MIN(NLA_U32, 1),
	[JOOL_A_PREFIX4] = { .type = NLA_BE32 },
	[JOOL_A_PREFIX4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[JOOL_A_PORT_MIN] = { .type = NLA_U16 },
	[JOOL_A_PORT_MAX] = { .type = NLA_U16 },
	[JOOL_A_SRC6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[JOOL_A_SRC6_PORT] = { .type = NLA_BE16 },
	[JOOL_A_SRC4] = { .type = NLA_BE32 },
	[JOOL_A_SRC4_PORT] = { .type = NLA_BE16 },
	[JOOL_A_DST6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[JOOL_A_DST6_PORT] = { .type = NLA_BE16 },
	[JOOL_A_DST4] = { .type = NLA_BE32 },
	[JOOL_A_DST4_PORT] = { .type = NLA_BE16 },
	[JOOL_A_STATE] = NLA_POLICY_MAX(NLA_U8, JOOL_TCP_STATES - 1),
	[JOOL_A_GLOBALS] = { .type = NLA_NESTED },
	[JOOL_A_SRC6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[JOOL_A_DST6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[JOOL_A_SRC4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[JOOL_A_DST4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[JOOL_A_POOL4_ENTRY] = { .type = NLA_NESTED },
	[JOOL_A_BIB_ENTRY] = { .type = NLA_NESTED },
};

/* ---- what requests have in common ---- */

int jool_netlink_permit(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (READ_ONCE(userns) || netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "the module takes no orders from within a user namespace, unless its parameter userns is 1");
	return -EPERM;
}

int jool_netlink_require(struct nlattr **attrs, struct netlink_ext_ack *extack, const u8 *wanted)
{
	static const char *const names[JOOL_A_MAX + 1] = {
		[JOOL_A_INSTANCE] = "the request lacks the instance name",
		[JOOL_A_POOL6] = "the request lacks pool6",
		[JOOL_A_POOL6_LEN] = "the request lacks the length of pool6",
		[JOOL_A_PROTO] = "the request lacks the protocol",
		[JOOL_A_PREFIX4] = "the request lacks the IPv4 prefix",
		[JOOL_A_PREFIX4_LEN] = "the request lacks the length of the IPv4 prefix",
		[JOOL_A_PORT_MIN] = "the request lacks the first port",
		[JOOL_A_PORT_MAX] = "the request lacks the last port",
		[JOOL_A_SRC6] = "the request lacks the IPv6 address",
		[JOOL_A_SRC6_PORT] = "the request lacks the IPv6 port",
		[JOOL_A_SRC4] = "the request lacks the IPv4 address",
		[JOOL_A_SRC4_PORT] = "the request lacks the IPv4 port",
		[JOOL_A_GLOBALS] = "the request lacks the options",
		[JOOL_A_DST6] = "the request lacks the IPv6 destination",
		[JOOL_A_DST6_PORT] = "the request lacks the IPv6 destination port",
		[JOOL_A_DST4] = "the request lacks the IPv4 source",
		[JOOL_A_DST4_PORT] = "the request lacks the IPv4 source port",
	};

	for (; *wanted; wanted++) {
		if (!attrs[*wanted]) {
			if (extack)
				extack->_msg = names[*wanted];
			return -EINVAL;
		}
	}
	return attrs[JOOL_A_PROTO] ? validate_proto(attrs[JOOL_A_PROTO], extack) : 0;
}

u32 jool_netlink_flags(struct nlattr **attrs)
{
	return attrs[JOOL_A_FLAGS] ? nla_get_u32(attrs[JOOL_A_FLAGS]) : 0;
}

u8 jool_netlink_proto(struct nlattr **attrs)
{
	switch (nla_get_u8(attrs[JOOL_A_PROTO])) {
	case IPPROTO_TCP:
		return JOOL_PROTO_TCP;
	case IPPROTO_UDP:
		return JOOL_PROTO_UDP;
	}
	return JOOL_PROTO_ICMP;
}

unsigned int jool_netlink_protos(struct nlattr **attrs)
{
	return attrs[JOOL_A_PROTO] ? BIT(jool_netlink_proto(attrs)) : JOOL_PROTOS_ALL;
}

int jool_netlink_no_instance(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	NL_SET_ERR_MSG_ATTR(extack, attr, "this namespace has no instance of that name");
	return -ENOENT;
}

struct jool_instance *jool_netlink_lock(struct genl_info *info)
{
	struct jool_net *jn = jool_instance_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[JOOL_A_INSTANCE];
	struct jool_instance *inst;
	int err;

	err = JOOL_NETLINK_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&jn->lock);
	inst = jool_instance_find(jn, nla_data(attr));
	if (inst)
		return inst;
	mutex_unlock(&jn->lock);
	return ERR_PTR(jool_netlink_no_instance(info->extack, attr));
}

void jool_netlink_unlock(struct jool_instance *inst)
{
	mutex_unlock(&inst->net->lock);
}

int jool_netlink_refuse(struct nlattr **attrs, struct netlink_ext_ack *extack, enum jool_attr attr,
			const char *why)
{
	if (extack) {
		extack->_msg = why;
		NL_SET_BAD_ATTR(extack, attrs[attr]);
	}
	return -EINVAL;
}

int jool_netlink_reply(struct genl_info *info, jool_netlink_put_fn put, const void *arg)
{
	struct sk_buff *reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &jool_netlink_family, 0, info->genlhdr->cmd);
	if (!hdr || put(reply, arg)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/* ---- instance ---- */

int jool_netlink_check_instance(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const char *problem;
	int err;
	u8 len;

	err = JOOL_NETLINK_REQUIRE(attrs, extack, JOOL_A_INSTANCE, JOOL_A_POOL6,
				   JOOL_A_POOL6_LEN) ?:
	      validate_name(attrs[JOOL_A_INSTANCE], extack);
	if (err)
		return err;
	len = nla_get_u8(attrs[JOOL_A_POOL6_LEN]);
	if (!jool_rfc6052_valid_len(len))
		return jool_netlink_refuse(attrs, extack, JOOL_A_POOL6_LEN,
			"the length of pool6 is none of 32, 40, 48, 56, 64, 96");
	problem = jool_rfc6052_check(nla_data(attrs[JOOL_A_POOL6]), len,
				     jool_netlink_flags(attrs) & JOOL_FLAG_FORCE);
	return problem ? jool_netlink_refuse(attrs, extack, JOOL_A_POOL6, problem) : 0;
}

static int instance_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	int err = jool_netlink_check_instance(attrs, info->extack);

	return err ?: jool_instance_add(jool_instance_net(genl_info_net(info)),
					nla_data(attrs[JOOL_A_INSTANCE]),
					nla_data(attrs[JOOL_A_POOL6]),
					nla_get_u8(attrs[JOOL_A_POOL6_LEN]), info->extack);
}

static int instance_remove(struct sk_buff *skb, struct genl_info *info)
{
	int err = JOOL_NETLINK_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);

	if (err)
		return err;
	err = jool_instance_remove(jool_instance_net(genl_info_net(info)),
				   nla_data(info->attrs[JOOL_A_INSTANCE]));
	return err ? jool_netlink_no_instance(info->extack, info->attrs[JOOL_A_INSTANCE]) : 0;
}

static int instance_flush(struct sk_buff *skb, struct genl_info *info)
{
	jool_instance_flush(jool_instance_net(genl_info_net(info)));
	return 0;
}

/* ---- tables ---- */

struct count {
	struct jool_select select;
	bool delete;			/* end what is counted */
	u64 n;
	s64 bibs;			/* BIB entries, unless negative */
	/* Of this entry, only sessions from these on are left. */
	const struct jool_bib *bib;
	__be32 dst4;
	__be16 dst4_port;
};

static int put_count(struct sk_buff *skb, const void *arg)
{
	const struct count *count = arg;

	return nla_put_u64_64bit(skb, JOOL_A_COUNT, count->n, JOOL_A_PAD) ?:
	       (count->bibs >= 0 ?
		nla_put_u64_64bit(skb, JOOL_A_BIB_COUNT, count->bibs, JOOL_A_PAD) : 0);
}

/* Counts sessions of @bib that are meant; looks at not too many at once. */
static bool count_sessions(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	struct jool_session *session, *next;
	struct count *count = arg;
	int n;

	if (bib != count->bib) {
		count->bib = bib;
		count->dst4 = 0;
		count->dst4_port = 0;
	}
	spin_lock_bh(&bib->lock);
	session = bib->dead ? NULL : jool_session_first(bib, count->dst4, count->dst4_port);
	for (n = 0; session && n < BATCH; session = next, n++) {
		next = jool_session_next(session);
		if (!jool_select_session(&count->select, session))
			continue;
		count->n++;
		if (count->delete)
			jool_session_kill(inst, session, JOOL_REASON_DELETED);
	}
	if (session) {
		count->dst4 = session->key4.src;
		count->dst4_port = session->key4.sport;
	} else {
		count->bib = NULL;
	}
	spin_unlock_bh(&bib->lock);
	return !session;
}

static int session_count(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	struct count count = { .bibs = -1 };
	unsigned int protos;
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	protos = jool_netlink_protos(info->attrs);
	err = jool_select_read(&count.select, info->attrs, info->extack);
	if (!err && count.select.any) {
		count.n = jool_instance_sessions(inst, protos);
		count.bibs = jool_instance_bibs(inst, protos);
	} else if (!err) {
		jool_bib_walk(inst, protos, count_sessions, &count);
	}
	jool_netlink_unlock(inst);
	return err ?: jool_netlink_reply(info, put_count, &count);
}

static int session_delete(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	struct count count = { .delete = true, .bibs = -1 };
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = jool_select_read(&count.select, info->attrs, info->extack);
	if (!err) {
		jool_bib_walk(inst, jool_netlink_protos(info->attrs), count_sessions, &count);
		/* Without a filter the table is flushed. */
		if (count.select.any)
			jool_instance_renew(inst);
	}
	jool_netlink_unlock(inst);
	return err ?: jool_netlink_reply(info, put_count, &count);
}

static bool flush_bib(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	bool gone = jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
	struct count *count = arg;

	count->n += gone;
	return gone;
}

static int bib_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	struct count count = { .bibs = -1 };

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	jool_bib_walk(inst, jool_netlink_protos(info->attrs), flush_bib, &count);
	jool_instance_renew(inst);
	jool_netlink_unlock(inst);
	return jool_netlink_reply(info, put_count, &count);
}

int jool_netlink_put_session(struct sk_buff *skb, const struct jool_config *config,
			     const struct jool_session *session)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;

	return nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(session->proto)) ?:
	       nla_put_in6_addr(skb, JOOL_A_SRC6, &key6->src) ?:
	       nla_put_be16(skb, JOOL_A_SRC6_PORT, key6->sport) ?:
	       nla_put_in6_addr(skb, JOOL_A_DST6, &key6->dst) ?:
	       nla_put_be16(skb, JOOL_A_DST6_PORT, key6->dport) ?:
	       nla_put_in_addr(skb, JOOL_A_SRC4, key4->dst) ?:
	       nla_put_be16(skb, JOOL_A_SRC4_PORT, key4->dport) ?:
	       nla_put_in_addr(skb, JOOL_A_DST4, key4->src) ?:
	       nla_put_be16(skb, JOOL_A_DST4_PORT, key4->sport) ?:
	       nla_put_u32(skb, JOOL_A_EXPIRES, jool_expiry_left(config, session)) ?:
	       (session->proto == JOOL_PROTO_TCP ?
		nla_put_u8(skb, JOOL_A_STATE, READ_ONCE(session->state)) : 0);
}

/* ---- query ---- */

static int put_answer(struct sk_buff *skb, const void *arg)
{
	const struct jool_query *query = arg;

	return nla_put_u8(skb, JOOL_A_VERDICT, query->answer) ?:
	       nla_put_u32(skb, JOOL_A_FLAGS, query->flags) ?:
	       (query->stat ?
		nla_put_string(skb, JOOL_A_STAT_NAME, jool_stats_name(query->stat)) : 0) ?:
	       nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(query->proto)) ?:
	       (query->known6 ?
		nla_put_in6_addr(skb, JOOL_A_SRC6, &query->key6.src) ?:
		nla_put_be16(skb, JOOL_A_SRC6_PORT, query->key6.sport) : 0) ?:
	       nla_put_in6_addr(skb, JOOL_A_DST6, &query->key6.dst) ?:
	       nla_put_be16(skb, JOOL_A_DST6_PORT, query->key6.dport) ?:
	       (query->known4 ?
		nla_put_in_addr(skb, JOOL_A_SRC4, query->key4.dst) ?:
		nla_put_be16(skb, JOOL_A_SRC4_PORT, query->key4.dport) : 0) ?:
	       nla_put_in_addr(skb, JOOL_A_DST4, query->key4.src) ?:
	       nla_put_be16(skb, JOOL_A_DST4_PORT, query->key4.sport) ?:
	       (query->flags & JOOL_FLAG_SESSION ?
		nla_put_u32(skb, JOOL_A_EXPIRES, query->expires) ?:
		(query->proto == JOOL_PROTO_TCP ?
		 nla_put_u8(skb, JOOL_A_STATE, query->state) : 0) : 0);
}

static int query(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	bool from6 = attrs[JOOL_A_SRC6];
	struct jool_query query = {};
	struct jool_instance *inst;
	int err;

	err = from6 ?
	      JOOL_NETLINK_REQUIRE(attrs, info->extack, JOOL_A_PROTO, JOOL_A_SRC6,
				   JOOL_A_SRC6_PORT, JOOL_A_DST6, JOOL_A_DST6_PORT) :
	      JOOL_NETLINK_REQUIRE(attrs, info->extack, JOOL_A_PROTO, JOOL_A_SRC4,
				   JOOL_A_SRC4_PORT, JOOL_A_DST4, JOOL_A_DST4_PORT);
	if (err)
		return err;
	query.proto = jool_netlink_proto(attrs);
	query.mark = attrs[JOOL_A_MARK] ? nla_get_u32(attrs[JOOL_A_MARK]) : 0;
	if (from6) {
		query.key6.src = nla_get_in6_addr(attrs[JOOL_A_SRC6]);
		query.key6.sport = nla_get_be16(attrs[JOOL_A_SRC6_PORT]);
		query.key6.dst = nla_get_in6_addr(attrs[JOOL_A_DST6]);
		query.key6.dport = nla_get_be16(attrs[JOOL_A_DST6_PORT]);
	} else {
		query.key4.src = nla_get_in_addr(attrs[JOOL_A_DST4]);
		query.key4.sport = nla_get_be16(attrs[JOOL_A_DST4_PORT]);
		query.key4.dst = nla_get_in_addr(attrs[JOOL_A_SRC4]);
		query.key4.dport = nla_get_be16(attrs[JOOL_A_SRC4_PORT]);
	}
	inst = jool_netlink_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	local_bh_disable();
	rcu_read_lock();
	err = from6 ? jool_query_6to4(inst, &query) : jool_query_4to6(inst, &query);
	rcu_read_unlock();
	local_bh_enable();
	jool_netlink_unlock(inst);
	if (err)
		return err;
	return jool_netlink_reply(info, put_answer, &query);
}

/* Of all but the lists, which have their own start. */
static int before_request(const struct jool_compat_ops *op, struct sk_buff *skb,
			  struct genl_info *info)
{
	return jool_netlink_permit(skb, info->extack);
}

static const struct genl_ops ops[] = {
	{ .cmd = JOOL_CMD_INSTANCE_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_add },
	{ .cmd = JOOL_CMD_INSTANCE_REMOVE, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_remove },
	{ .cmd = JOOL_CMD_INSTANCE_FLUSH, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_flush },
	{ .cmd = JOOL_CMD_INSTANCE_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start_instances, .dumpit = jool_dump_instances },
	{ .cmd = JOOL_CMD_POOL4_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = jool_config_pool4_add },
	{ .cmd = JOOL_CMD_POOL4_REMOVE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_config_pool4_remove },
	{ .cmd = JOOL_CMD_POOL4_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_config_pool4_flush },
	{ .cmd = JOOL_CMD_POOL4_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start, .dumpit = jool_dump_pool4, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_BIB_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = jool_config_bib_add },
	{ .cmd = JOOL_CMD_BIB_REMOVE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_config_bib_remove },
	{ .cmd = JOOL_CMD_BIB_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start_table, .dumpit = jool_dump_bib, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_SESSION_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start_table, .dumpit = jool_dump_sessions, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_GLOBAL_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_config_global_get },
	{ .cmd = JOOL_CMD_GLOBAL_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_config_global_set },
	{ .cmd = JOOL_CMD_STATS_GET,
	  .start = jool_dump_start_stats, .dumpit = jool_dump_stats, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_BIB_FLUSH, .flags = GENL_UNS_ADMIN_PERM, .doit = bib_flush },
	{ .cmd = JOOL_CMD_SESSION_COUNT, .flags = GENL_UNS_ADMIN_PERM, .doit = session_count },
	{ .cmd = JOOL_CMD_SESSION_DELETE, .flags = GENL_UNS_ADMIN_PERM, .doit = session_delete },
	{ .cmd = JOOL_CMD_CONFIG_SET, .flags = GENL_UNS_ADMIN_PERM, .doit = jool_config_set },
	{ .cmd = JOOL_CMD_CONFIG_CHECK, .flags = GENL_UNS_ADMIN_PERM, .doit = jool_config_set },
	{ .cmd = JOOL_CMD_QUERY, .flags = GENL_UNS_ADMIN_PERM, .doit = query },
	{ .cmd = JOOL_CMD_FOLLOW, .flags = GENL_UNS_ADMIN_PERM, .doit = jool_event_follow },
};

struct genl_family jool_netlink_family __ro_after_init = {
	.name = JOOL_GENL_NAME,
	.version = JOOL_GENL_VERSION,
	.maxattr = JOOL_A_MAX,
	.netnsok = true,
	.policy = jool_netlink_policy,
	.pre_doit = before_request,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.parallel_ops = true,	/* jn->lock guards what needs it */
	.module = THIS_MODULE,
};

int jool_netlink_init(void)
{
	return genl_register_family(&jool_netlink_family);
}

void jool_netlink_exit(void)
{
	genl_unregister_family(&jool_netlink_family);
}
