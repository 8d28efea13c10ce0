// SPDX-License-Identifier: GPL-2.0-only
#include "request.h"

#include <linux/module.h>

#include "instance.h"
#include "netlink.h"

/*
 * What a user namespace's administrator does here takes memory of the whole machine, and is done by
 * code that any bug in it hands over to him.
 */
static bool userns;
module_param(userns, bool, 0644);
MODULE_PARM_DESC(userns, "Let CAP_NET_ADMIN of any user namespace configure its network namespaces");

const struct nla_policy jool_request_policy[JOOL_A_MAX + 1] = {
	/*
	 * What is not said here is up to jool_request_require() and jool_nl_instance_check():
	 * functions of our own in a policy of numbers trip the kernel when it reports the policy.
	 */
	[JOOL_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = JOOL_NAME_MAX },
	[JOOL_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, JOOL_FLAG_FORCE | JOOL_FLAG_QUICK |
					  JOOL_FLAG_USAGE | JOOL_FLAG_REPLACE_BIB),
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

static int validate_proto(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 proto = nla_get_u8(attr);

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the protocol is none of TCP, UDP, ICMP");
	return -EINVAL;
}

int jool_request_permit(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (READ_ONCE(userns) || netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "the module takes no orders from within a user namespace, unless its parameter userns is 1");
	return -EPERM;
}

int jool_request_require(struct nlattr **attrs, struct netlink_ext_ack *extack, const u8 *wanted)
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

u32 jool_request_flags(struct nlattr **attrs)
{
	return attrs[JOOL_A_FLAGS] ? nla_get_u32(attrs[JOOL_A_FLAGS]) : 0;
}

u8 jool_request_proto(struct nlattr **attrs)
{
	switch (nla_get_u8(attrs[JOOL_A_PROTO])) {
	case IPPROTO_TCP:
		return JOOL_PROTO_TCP;
	case IPPROTO_UDP:
		return JOOL_PROTO_UDP;
	}
	return JOOL_PROTO_ICMP;
}

unsigned int jool_request_protos(struct nlattr **attrs)
{
	return attrs[JOOL_A_PROTO] ? BIT(jool_request_proto(attrs)) : JOOL_PROTOS_ALL;
}

int jool_request_no_instance(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	NL_SET_ERR_MSG_ATTR(extack, attr, "this namespace has no instance of that name");
	return -ENOENT;
}

struct jool_instance *jool_request_lock(struct genl_info *info)
{
	struct jool_net *jn = jool_namespace_of(genl_info_net(info));
	struct nlattr *attr = info->attrs[JOOL_A_INSTANCE];
	struct jool_instance *inst;
	int err;

	err = JOOL_REQUEST_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&jn->lock);
	inst = jool_namespace_find(jn, nla_data(attr));
	if (inst)
		return inst;
	mutex_unlock(&jn->lock);
	return ERR_PTR(jool_request_no_instance(info->extack, attr));
}

void jool_request_unlock(struct jool_instance *inst)
{
	mutex_unlock(&inst->net->lock);
}

int jool_request_refuse(struct nlattr **attrs, struct netlink_ext_ack *extack, enum jool_attr attr,
			const char *why)
{
	if (extack) {
		extack->_msg = why;
		NL_SET_BAD_ATTR(extack, attrs[attr]);
	}
	return -EINVAL;
}

int jool_request_reply(struct genl_info *info, jool_request_put_fn put, const void *arg)
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

struct count {
	u64 entries;
	s64 bibs;
};

static int put_count(struct sk_buff *skb, const void *arg)
{
	const struct count *count = arg;

	return nla_put_u64_64bit(skb, JOOL_A_COUNT, count->entries, JOOL_A_PAD) ?:
	       (count->bibs >= 0 ?
		nla_put_u64_64bit(skb, JOOL_A_BIB_COUNT, count->bibs, JOOL_A_PAD) : 0);
}

int jool_request_reply_count(struct genl_info *info, u64 entries, s64 bibs)
{
	struct count count = { .entries = entries, .bibs = bibs };

	return jool_request_reply(info, put_count, &count);
}
