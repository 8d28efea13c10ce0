// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include "config.h"
#include "event.h"
#include "fast.h"
#include "instance.h"
#include "request.h"

#define POLICY_BOOL		NLA_POLICY_MAX(NLA_U8, 1)
#define POLICY_U8		{ .type = NLA_U8 }
#define POLICY_U32		{ .type = NLA_U32 }
#define POLICY_MS		{ .type = NLA_U32 }
#define POLICY_MS_AUTO		{ .type = NLA_U32 }
#define POLICY_LIMIT		{ .type = NLA_U32 }
#define POLICY_PLATEAUS		{ .type = NLA_BINARY, .len = JOOL_PLATEAUS_MAX * sizeof(u16) }
#define POLICY_DEVICES		{ .type = NLA_BINARY, .len = JOOL_DEVICES_MAX * JOOL_DEVICE_NAME }
#define POLICY_PREFIX6		{ .type = NLA_REJECT,						\
				  .reject_message = "pool6 is fixed when the instance is added" }

static const struct nla_policy globals_policy[JOOL_GLOBAL_MAX + 1] = {
#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help) \
	[JOOL_GLOBAL_##id] = POLICY_##type,
#include "../common/globals.def"
#undef JOOL_GLOBAL
};

static int put_globals(struct sk_buff *skb, const void *arg)
{
	struct nlattr *nest = nla_nest_start(skb, JOOL_A_GLOBALS);
	const struct jool_instance *inst = arg;
	u8 pool6[JOOL_PREFIX6_LEN];

	memcpy(pool6, jool_instance_pool6(inst), sizeof(struct in6_addr));
	pool6[sizeof(struct in6_addr)] = inst->pool6_len;
	if (!nest || jool_config_put(skb, &jool_instance_config(inst)->globals, pool6))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int jool_nl_global_get(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = jool_request_reply(info, put_globals, inst);
	jool_request_unlock(inst);
	return err;
}

static bool is_set(const struct nlattr *attr)
{
	return attr && nla_get_u8(attr);
}

void jool_nl_global_warn(const struct jool_net *jn, struct genl_info *info)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];

	if (!info->attrs[JOOL_A_GLOBALS] || jool_event_has_log(jn) ||
	    nla_parse_nested(attrs, JOOL_GLOBAL_MAX, info->attrs[JOOL_A_GLOBALS], globals_policy,
			     NULL))
		return;
	if (is_set(attrs[JOOL_GLOBAL_LOGGING_DEBUG]) || is_set(attrs[JOOL_GLOBAL_LOGGING_BIB]) ||
	    is_set(attrs[JOOL_GLOBAL_LOGGING_SESSION]))
		NL_SET_ERR_MSG(info->extack,
			       "logging writes nothing: this is not the host's network namespace, and net.netfilter.nf_log_all_netns is 0");
}

int jool_nl_global_read(const struct nlattr *nest, bool force, struct jool_globals *globals,
			struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];

	return nla_parse_nested(attrs, JOOL_GLOBAL_MAX, nest, globals_policy, extack) ?:
	       jool_config_set(globals, attrs, force, extack);
}

int jool_nl_global_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];
	struct jool_instance *inst;
	struct jool_config *config;
	int err;

	err = JOOL_REQUEST_REQUIRE(info->attrs, info->extack, JOOL_A_GLOBALS) ?:
	      nla_parse_nested(attrs, JOOL_GLOBAL_MAX, info->attrs[JOOL_A_GLOBALS], globals_policy,
			       info->extack);
	if (err)
		return err;
	inst = jool_request_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	config = jool_config_copy(jool_instance_config(inst));
	if (!config) {
		err = -ENOMEM;
		goto out;
	}
	err = jool_config_set(&config->globals, attrs,
			      jool_request_flags(info->attrs) & JOOL_FLAG_FORCE, info->extack);
	if (err)
		jool_config_free(config);
	else
		jool_instance_configure(inst, config);
out:
	jool_request_unlock(inst);
	if (!err)
		jool_nl_global_warn(jool_namespace_of(genl_info_net(info)), info);
	if (!err && attrs[JOOL_GLOBAL_FAST_PATH])
		jool_fast_sync(jool_namespace_of(genl_info_net(info)));
	return err;
}
