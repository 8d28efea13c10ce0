// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include "../common/text.h"
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

static int put_pool6(struct sk_buff *skb, int attrtype, const struct jool_instance *inst)
{
	u8 prefix[sizeof(struct in6_addr) + 1];

	memcpy(prefix, jool_instance_pool6(inst), sizeof(struct in6_addr));
	prefix[sizeof(struct in6_addr)] = inst->pool6_len;
	return nla_put(skb, attrtype, sizeof(prefix), prefix);
}

static int put_limit(struct sk_buff *skb, int attrtype, u32 now, u32 set)
{
	u32 both[] = { now, set };

	return nla_put(skb, attrtype, sizeof(both), both);
}

#define PUT_BOOL(skb, type, inst, globals, field)	nla_put_u8(skb, type, (globals)->field)
#define PUT_U8(skb, type, inst, globals, field)		nla_put_u8(skb, type, (globals)->field)
#define PUT_U32(skb, type, inst, globals, field)	nla_put_u32(skb, type, (globals)->field)
#define PUT_MS(skb, type, inst, globals, field)		nla_put_u32(skb, type, (globals)->field)
#define PUT_LIMIT(skb, type, inst, globals, field)					\
	put_limit(skb, type, jool_instance_config(inst)->field, (globals)->field)
#define PUT_MS_AUTO	PUT_LIMIT
#define PUT_PLATEAUS(skb, type, inst, globals, field)					\
	nla_put(skb, type, (globals)->field.count * sizeof(u16), (globals)->field.mtu)
#define PUT_DEVICES(skb, type, inst, globals, field)					\
	nla_put(skb, type, (globals)->field.count * JOOL_DEVICE_NAME, (globals)->field.name)
#define PUT_PREFIX6(skb, type, inst, globals, field)	put_pool6(skb, type, inst)

static int put_globals(struct sk_buff *skb, const void *arg)
{
	struct nlattr *nest = nla_nest_start(skb, JOOL_A_GLOBALS);
	const struct jool_instance *inst = arg;
	const struct jool_globals *globals = &jool_instance_config(inst)->globals;

	if (!nest)
		return -EMSGSIZE;
#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help)			\
	if (PUT_##type(skb, JOOL_GLOBAL_##id, inst, globals, field))			\
		return -EMSGSIZE;
#include "../common/globals.def"
#undef JOOL_GLOBAL
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

/* Whether @value, of an option of @type, is between @least and @most. */
static int check_range(struct netlink_ext_ack *extack, const struct nlattr *attr, u32 value,
		       u32 least, u32 most, enum jool_global_type type)
{
	if ((value >= least && value <= most) ||
	    (type == JOOL_G_MS_AUTO && value == JOOL_LIMIT_AUTO))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the value is out of the option's range");
	return -ERANGE;
}

#define GET_BOOL(attr)		nla_get_u8(attr)
#define GET_U8(attr)		nla_get_u8(attr)
#define GET_U32(attr)		nla_get_u32(attr)
#define GET_MS(attr)		nla_get_u32(attr)
#define GET_MS_AUTO(attr)	nla_get_u32(attr)
#define GET_LIMIT(attr)		nla_get_u32(attr)
#define SET_BOOL(globals, field, value)		((globals)->field = (value))
#define SET_U8(globals, field, value)		((globals)->field = (value))
#define SET_U32(globals, field, value)		((globals)->field = (value))
#define SET_MS(globals, field, value)		((globals)->field = (value))
#define SET_MS_AUTO(globals, field, value)	((globals)->field = (value))
#define SET_LIMIT(globals, field, value)	((globals)->field = (value))
#define GET_PREFIX6(attr)			0
#define SET_PREFIX6(globals, field, value)
/* How many bytes: what the range in globals.def limits. */
#define GET_DEVICES(attr)	nla_len(attr)
#define SET_DEVICES(globals, field, value)						\
	((globals)->field.count = (value) / JOOL_DEVICE_NAME,				\
	 memcpy((globals)->field.name, nla_data(attrs[JOOL_GLOBAL_FAST_PATH]), value))
#define GET_PLATEAUS(attr)	nla_len(attr)
#define SET_PLATEAUS(globals, field, value)						\
	jool_instance_set_plateaus(globals, nla_data(attrs[JOOL_GLOBAL_PLATEAUS]),	\
				   (value) / sizeof(u16))

/* Whether the names of @attr, if there is one, may be devices of the fast path. */
static int check_devices(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *name;
	int i;

	for (i = 0; attr && i < nla_len(attr); i += JOOL_DEVICE_NAME) {
		name = nla_data(attr) + i;
		if (nla_len(attr) - i < JOOL_DEVICE_NAME ||
		    strnlen(name, JOOL_DEVICE_NAME) == JOOL_DEVICE_NAME ||
		    !dev_valid_name(name) || !jool_text_is_clean(name)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "that is no name of a device");
			return -EINVAL;
		}
		if (!strcmp(name, "lo")) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "the loopback device has no fast path");
			return -EINVAL;
		}
	}
	return 0;
}

/* Whether there is an MTU in @attr, if there is one: zeros are left out. */
static int check_plateaus(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (!attr || memchr_inv(nla_data(attr), 0, nla_len(attr) & ~1))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "there is no MTU above 0");
	return -EINVAL;
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

static int set_globals(struct jool_globals *globals, struct nlattr **attrs, bool force,
		       struct netlink_ext_ack *extack)
{
	int err = check_devices(attrs[JOOL_GLOBAL_FAST_PATH], extack) ?:
		  check_plateaus(attrs[JOOL_GLOBAL_PLATEAUS], extack);

	if (err)
		return err;

#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help)			\
	if (attrs[JOOL_GLOBAL_##id]) {							\
		err = check_range(extack, attrs[JOOL_GLOBAL_##id],			\
				  GET_##type(attrs[JOOL_GLOBAL_##id]),			\
				  force ? minforce : min, max, JOOL_G_##type);		\
		if (err)								\
			return err;							\
		SET_##type(globals, field, GET_##type(attrs[JOOL_GLOBAL_##id]));		\
	}
#include "../common/globals.def"
#undef JOOL_GLOBAL
	return 0;
}

int jool_nl_global_read(const struct nlattr *nest, bool force, struct jool_globals *globals,
			struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];

	return nla_parse_nested(attrs, JOOL_GLOBAL_MAX, nest, globals_policy, extack) ?:
	       set_globals(globals, attrs, force, extack);
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
	config = jool_instance_config_copy(inst);
	if (!config) {
		err = -ENOMEM;
		goto out;
	}
	err = set_globals(&config->globals, attrs,
			  jool_request_flags(info->attrs) & JOOL_FLAG_FORCE, info->extack);
	if (err)
		jool_instance_config_free(config);
	else
		jool_instance_configure(inst, config);
out:
	jool_request_unlock(inst);
	if (!err)
		jool_nl_global_warn(jool_instance_net(genl_info_net(info)), info);
	if (!err && attrs[JOOL_GLOBAL_FAST_PATH])
		jool_fast_sync(jool_instance_net(genl_info_net(info)));
	return err;
}
