// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include <net/sock.h>

#include "../common/text.h"
#include "dump.h"
#include "instance.h"
#include "request.h"
#include "rfc6052.h"

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

int jool_nl_instance_check(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const char *problem;
	int err;
	u8 len;

	err = JOOL_REQUEST_REQUIRE(attrs, extack, JOOL_A_INSTANCE, JOOL_A_POOL6,
				   JOOL_A_POOL6_LEN) ?:
	      validate_name(attrs[JOOL_A_INSTANCE], extack);
	if (err)
		return err;
	len = nla_get_u8(attrs[JOOL_A_POOL6_LEN]);
	if (!jool_rfc6052_valid_len(len))
		return jool_request_refuse(attrs, extack, JOOL_A_POOL6_LEN,
			"the length of pool6 is none of 32, 40, 48, 56, 64, 96");
	problem = jool_rfc6052_check(nla_data(attrs[JOOL_A_POOL6]), len,
				     jool_request_flags(attrs) & JOOL_FLAG_FORCE);
	return problem ? jool_request_refuse(attrs, extack, JOOL_A_POOL6, problem) : 0;
}

int jool_nl_instance_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	int err = jool_nl_instance_check(attrs, info->extack);

	return err ?: jool_namespace_add(jool_namespace_of(genl_info_net(info)),
					nla_data(attrs[JOOL_A_INSTANCE]),
					nla_data(attrs[JOOL_A_POOL6]),
					nla_get_u8(attrs[JOOL_A_POOL6_LEN]), info->extack);
}

int jool_nl_instance_remove(struct sk_buff *skb, struct genl_info *info)
{
	int err = JOOL_REQUEST_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);

	if (err)
		return err;
	err = jool_namespace_remove(jool_namespace_of(genl_info_net(info)),
				    nla_data(info->attrs[JOOL_A_INSTANCE]));
	return err ? jool_request_no_instance(info->extack, info->attrs[JOOL_A_INSTANCE]) : 0;
}

int jool_nl_instance_flush(struct sk_buff *skb, struct genl_info *info)
{
	jool_namespace_flush(jool_namespace_of(genl_info_net(info)));
	return 0;
}

int jool_nl_instance_start(struct netlink_callback *cb)
{
	return jool_request_permit(cb->skb, cb->extack);
}

static int put_instance(struct sk_buff *skb, struct netlink_callback *cb,
			const struct jool_instance *inst)
{
	void *hdr = jool_dump_begin(skb, cb, JOOL_CMD_INSTANCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	return jool_dump_end(skb, hdr,
			     nla_put_u32(skb, JOOL_A_NETNS, inst->net->net->ns.inum) ?:
			     nla_put_string(skb, JOOL_A_INSTANCE, inst->name) ?:
			     nla_put_in6_addr(skb, JOOL_A_POOL6, jool_instance_pool6(inst)) ?:
			     nla_put_u8(skb, JOOL_A_POOL6_LEN, inst->pool6_len));
}

/* Puts the instances of @jn that come after the first @skip; counts all in *n. */
static int put_instances(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct jool_net *jn, long skip, long *n)
{
	const struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list) {
		if (*n >= skip && put_instance(skb, cb, inst))
			return -EMSGSIZE;
		(*n)++;
	}
	return 0;
}

int jool_nl_instance_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	bool all = netlink_ns_capable(cb->skb, &init_user_ns, CAP_NET_ADMIN);
	struct net *mine = sock_net(cb->skb->sk), *net;
	long n = 0;

	cb->seq = jool_instance_generation();
	rcu_read_lock();
	for_each_net_rcu(net)
		if ((all || net == mine) &&
		    put_instances(skb, cb, jool_namespace_of(net), cb->args[0], &n))
			break;
	rcu_read_unlock();
	cb->args[0] = n;
	return skb->len;
}
