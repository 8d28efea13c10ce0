// SPDX-License-Identifier: GPL-2.0-only
#include "netlink.h"

#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "bib.h"
#include "compat.h"
#include "instance.h"
#include "pool4.h"
#include "port.h"
#include "rfc6052.h"
#include "session.h"

static struct genl_family family;

static const u8 ip_protocols[JOOL_PROTOS] = {
	[JOOL_PROTO_TCP] = IPPROTO_TCP,
	[JOOL_PROTO_UDP] = IPPROTO_UDP,
	[JOOL_PROTO_ICMP] = IPPROTO_ICMP,
};

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
	const u8 *at = nla_data(attr);

	for (; *at; at++) {
		if (*at < ' ') {
			NL_SET_ERR_MSG_ATTR(extack, attr, "the instance name has control characters");
			return -EINVAL;
		}
	}
	if (at != nla_data(attr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the instance name is empty");
	return -EINVAL;
}

static const struct nla_policy policy[JOOL_A_MAX + 1] = {
	/*
	 * What is not said here is up to validate_name(), require() and instance_add(): functions
	 * of our own in a policy of numbers trip the kernel when it reports the policy.
	 */
	[JOOL_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = JOOL_NAME_MAX },
	[JOOL_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, JOOL_FLAG_FORCE | JOOL_FLAG_QUICK),
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
	[JOOL_A_GLOBALS] = { .type = NLA_NESTED },
};

#define POLICY_BOOL		NLA_POLICY_MAX(NLA_U8, 1)
#define POLICY_U8		{ .type = NLA_U8 }
#define POLICY_U32		{ .type = NLA_U32 }
#define POLICY_MS		{ .type = NLA_U32 }
#define POLICY_PLATEAUS		{ .type = NLA_BINARY, .len = JOOL_PLATEAUS_MAX * sizeof(u16) }
#define POLICY_PREFIX6		{ .type = NLA_REJECT,						\
				  .reject_message = "pool6 is fixed when the instance is added" }

static const struct nla_policy globals_policy[JOOL_GLOBAL_MAX + 1] = {
#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help) \
	[JOOL_GLOBAL_##id] = POLICY_##type,
#include "../common/globals.def"
#undef JOOL_GLOBAL
};

/* ---- what requests have in common ---- */

/*
 * Whether all of @wanted, which ends with 0, are there, and the protocol is one. Says what is not.
 */
static int require(struct nlattr **attrs, struct netlink_ext_ack *extack, const u8 *wanted)
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

#define REQUIRE(attrs, extack, ...) require(attrs, extack, (const u8[]) { __VA_ARGS__, 0 })

static u32 flags_of(struct nlattr **attrs)
{
	return attrs[JOOL_A_FLAGS] ? nla_get_u32(attrs[JOOL_A_FLAGS]) : 0;
}

static u8 proto_of(struct nlattr **attrs)
{
	switch (nla_get_u8(attrs[JOOL_A_PROTO])) {
	case IPPROTO_TCP:
		return JOOL_PROTO_TCP;
	case IPPROTO_UDP:
		return JOOL_PROTO_UDP;
	}
	return JOOL_PROTO_ICMP;
}

static int no_instance(struct netlink_ext_ack *extack, struct nlattr *attr)
{
	NL_SET_ERR_MSG_ATTR(extack, attr, "this namespace has no instance of that name");
	return -ENOENT;
}

/*
 * The instance that the request names. Locks its namespace's configuration if there is one, until
 * unlock().
 */
static struct jool_instance *lock(struct genl_info *info)
{
	struct jool_net *jn = jool_instance_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[JOOL_A_INSTANCE];
	struct jool_instance *inst;
	int err;

	err = REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&jn->lock);
	inst = jool_instance_find(jn, nla_data(attr));
	if (inst)
		return inst;
	mutex_unlock(&jn->lock);
	return ERR_PTR(no_instance(info->extack, attr));
}

static void unlock(struct jool_instance *inst)
{
	mutex_unlock(&inst->net->lock);
}

/* Refuses the request because of @attr, which it has. */
static int refuse(struct genl_info *info, enum jool_attr attr, const char *why)
{
	info->extack->_msg = why;
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	return -EINVAL;
}

/* ---- instance ---- */

static int instance_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	const struct in6_addr *pool6;
	const char *problem;
	u8 len;
	int err;

	err = REQUIRE(attrs, info->extack, JOOL_A_INSTANCE, JOOL_A_POOL6, JOOL_A_POOL6_LEN) ?:
	      validate_name(attrs[JOOL_A_INSTANCE], info->extack);
	if (err)
		return err;
	pool6 = nla_data(attrs[JOOL_A_POOL6]);
	len = nla_get_u8(attrs[JOOL_A_POOL6_LEN]);
	if (!jool_rfc6052_valid_len(len))
		return refuse(info, JOOL_A_POOL6_LEN,
			      "the length of pool6 is none of 32, 40, 48, 56, 64, 96");
	problem = jool_rfc6052_check(pool6, len);
	if (problem)
		return refuse(info, JOOL_A_POOL6, problem);
	return jool_instance_add(jool_instance_net(genl_info_net(info)),
				 nla_data(attrs[JOOL_A_INSTANCE]), pool6, len, info->extack);
}

static int instance_remove(struct sk_buff *skb, struct genl_info *info)
{
	int err = REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE);

	if (err)
		return err;
	err = jool_instance_remove(jool_instance_net(genl_info_net(info)),
				   nla_data(info->attrs[JOOL_A_INSTANCE]));
	return err ? no_instance(info->extack, info->attrs[JOOL_A_INSTANCE]) : 0;
}

static int instance_flush(struct sk_buff *skb, struct genl_info *info)
{
	jool_instance_flush(jool_instance_net(genl_info_net(info)));
	return 0;
}

/* ---- pool4 ---- */

static int pool4_change(struct genl_info *info, struct jool_pool4_change *change)
{
	struct nlattr **attrs = info->attrs;
	u32 host_bits;

	change->proto = proto_of(attrs);
	change->prefix = nla_get_be32(attrs[JOOL_A_PREFIX4]);
	change->len = nla_get_u8(attrs[JOOL_A_PREFIX4_LEN]);
	change->min = attrs[JOOL_A_PORT_MIN] ? nla_get_u16(attrs[JOOL_A_PORT_MIN]) : 0;
	change->max = attrs[JOOL_A_PORT_MAX] ? nla_get_u16(attrs[JOOL_A_PORT_MAX]) : U16_MAX;
	change->mark = attrs[JOOL_A_MARK] ? nla_get_u32(attrs[JOOL_A_MARK]) : 0;
	change->iterations = attrs[JOOL_A_MAX_ITERATIONS] ?
			     nla_get_u32(attrs[JOOL_A_MAX_ITERATIONS]) : 0;

	host_bits = change->len ? ~(~0U << (32 - change->len)) : ~0U;
	if (ntohl(change->prefix) & host_bits)
		return refuse(info, JOOL_A_PREFIX4, "the IPv4 prefix has bits set behind its length");
	if (change->min > change->max)
		return refuse(info, JOOL_A_PORT_MIN, "the first port is above the last one");
	return 0;
}

/* Puts @pool4 in the place of the pool4 of @inst. */
static int replace_pool4(struct jool_instance *inst, struct jool_pool4 *pool4)
{
	struct jool_config *config;

	if (IS_ERR(pool4))
		return PTR_ERR(pool4);
	config = jool_instance_config_copy(inst);
	if (!config) {
		jool_pool4_put(pool4);
		return -ENOMEM;
	}
	jool_pool4_put(config->pool4);
	config->pool4 = pool4;
	jool_instance_configure(inst, config);
	return 0;
}

static struct jool_pool4 *pool4_of(struct jool_instance *inst)
{
	return rcu_dereference_protected(inst->config, lockdep_is_held(&inst->net->lock))->pool4;
}

/* Whether the range is among those that the gateway takes for connections of its own. */
static bool takes_local_ports(struct genl_info *info, const struct jool_pool4_change *change)
{
	int low, high;

	inet_get_local_port_range(genl_info_net(info), &low, &high);
	return change->proto != JOOL_PROTO_ICMP && change->min <= high && change->max >= low;
}

static int pool4_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	int err;

	err = REQUIRE(info->attrs, info->extack, JOOL_A_PROTO, JOOL_A_PREFIX4, JOOL_A_PREFIX4_LEN,
		      JOOL_A_PORT_MIN, JOOL_A_PORT_MAX) ?: pool4_change(info, &change);
	if (err)
		return err;
	if (change.proto != JOOL_PROTO_ICMP && !change.min)
		change.min = 1;
	if (change.min > change.max)
		return refuse(info, JOOL_A_PORT_MAX, "TCP and UDP have no port 0");
	if (!jool_rfc6052_unicast4(change.prefix) || change.len < 8)
		return refuse(info, JOOL_A_PREFIX4, "the IPv4 prefix is no unicast prefix");
	if (!(flags_of(info->attrs) & JOOL_FLAG_FORCE) && takes_local_ports(info, &change))
		return refuse(info, JOOL_A_PORT_MIN,
			      "the range overlaps net.ipv4.ip_local_port_range, the gateway's own; force it if it has none of these addresses");
	inst = lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = replace_pool4(inst, jool_pool4_plus(inst->net, pool4_of(inst), &change,
						  info->extack));
	unlock(inst);
	return err;
}

/* Whether the BIB entry is one that lost its place: in @arg's old pool4, but not in the new one. */
struct loss {
	const struct jool_pool4 *old;
	const struct jool_pool4 *new;
};

static bool lost(const struct jool_bib *bib, const void *arg)
{
	const struct loss *loss = arg;
	u16 port = ntohs(bib->src4.port);

	return jool_pool4_has(loss->old, bib->proto, bib->src4.addr, port) &&
	       !jool_pool4_has(loss->new, bib->proto, bib->src4.addr, port);
}

/* Replaces the pool4 and, unless the request says quick, removes what lost its address. */
static int shrink_pool4(struct jool_instance *inst, struct jool_pool4 *pool4, u32 flags)
{
	struct loss loss = { .old = pool4_of(inst), .new = pool4 };
	int err;

	jool_pool4_hold(pool4_of(inst));
	err = replace_pool4(inst, pool4);
	if (!err && !(flags & JOOL_FLAG_QUICK))
		err = jool_bib_remove_if(inst, lost, &loss);
	jool_pool4_put((struct jool_pool4 *)loss.old);
	return err;
}

static int pool4_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	int err;

	err = REQUIRE(info->attrs, info->extack, JOOL_A_PROTO, JOOL_A_PREFIX4,
		      JOOL_A_PREFIX4_LEN) ?: pool4_change(info, &change);
	if (err)
		return err;
	inst = lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = shrink_pool4(inst, jool_pool4_minus(inst->net, pool4_of(inst), &change, info->extack),
			   flags_of(info->attrs));
	unlock(inst);
	return err;
}

static int pool4_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = lock(info);
	int err = 0;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	if (!pool4_of(inst)->is_default)
		err = shrink_pool4(inst, jool_pool4_default(inst->net) ?: ERR_PTR(-ENOMEM),
				   flags_of(info->attrs));
	unlock(inst);
	return err;
}

/* ---- bib ---- */

static void bib_taddrs(struct genl_info *info, struct jool_taddr6 *src6, struct jool_taddr4 *src4)
{
	struct nlattr **attrs = info->attrs;

	if (src6) {
		src6->addr = nla_get_in6_addr(attrs[JOOL_A_SRC6]);
		src6->port = nla_get_be16(attrs[JOOL_A_SRC6_PORT]);
	}
	if (src4) {
		src4->addr = nla_get_in_addr(attrs[JOOL_A_SRC4]);
		src4->port = nla_get_be16(attrs[JOOL_A_SRC4_PORT]);
	}
}

/* Whether packets of such an entry could ever be translated. */
static int check_static(struct genl_info *info, const struct jool_instance *inst, u8 proto,
			const struct jool_taddr6 *src6, const struct jool_taddr4 *src4)
{
	if (proto != JOOL_PROTO_ICMP && !src6->port)
		return refuse(info, JOOL_A_SRC6_PORT, "TCP and UDP have no port 0");
	if (proto != JOOL_PROTO_ICMP && !src4->port)
		return refuse(info, JOOL_A_SRC4_PORT, "TCP and UDP have no port 0");
	if (!jool_rfc6052_unicast4(src4->addr))
		return refuse(info, JOOL_A_SRC4, "the IPv4 address is no unicast address");
	if (ipv6_addr_is_multicast(&src6->addr) || ipv6_addr_any(&src6->addr) ||
	    ipv6_addr_loopback(&src6->addr))
		return refuse(info, JOOL_A_SRC6, "the IPv6 address is no unicast address");
	if (jool_instance_has6(inst, &src6->addr))
		return refuse(info, JOOL_A_SRC6, "the IPv6 address lies in pool6");
	return 0;
}

static int bib_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst;
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	int err;

	err = REQUIRE(info->attrs, info->extack, JOOL_A_PROTO, JOOL_A_SRC6, JOOL_A_SRC6_PORT,
		      JOOL_A_SRC4, JOOL_A_SRC4_PORT);
	if (err)
		return err;
	bib_taddrs(info, &src6, &src4);
	inst = lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = check_static(info, inst, proto_of(info->attrs), &src6, &src4) ?:
	      jool_bib_add_static(inst, proto_of(info->attrs), &src6, &src4, info->extack);
	unlock(inst);
	return err;
}

static int bib_remove_one(struct jool_instance *inst, struct genl_info *info,
			  const struct jool_taddr6 *src6, const struct jool_taddr4 *src4)
{
	u8 proto = proto_of(info->attrs);
	struct jool_bib *bib;

	rcu_read_lock();
	bib = src6 ? jool_bib_find6(inst, proto, &src6->addr, src6->port) :
		     jool_bib_find4(inst, proto, src4->addr, src4->port);
	if (bib && src6 && src4 && memcmp(&bib->src4, src4, sizeof(*src4)))
		bib = NULL;
	if (bib)
		jool_bib_remove(inst, bib);
	rcu_read_unlock();
	if (bib)
		return 0;
	NL_SET_ERR_MSG(info->extack, "there is no such BIB entry");
	return -ENOENT;
}

static int bib_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	bool has6 = attrs[JOOL_A_SRC6] && attrs[JOOL_A_SRC6_PORT];
	bool has4 = attrs[JOOL_A_SRC4] && attrs[JOOL_A_SRC4_PORT];
	struct jool_instance *inst;
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	int err;

	err = REQUIRE(attrs, info->extack, JOOL_A_PROTO);
	if (err)
		return err;
	if (!has6 && !has4) {
		NL_SET_ERR_MSG(info->extack, "the request lacks a transport address");
		return -EINVAL;
	}
	bib_taddrs(info, has6 ? &src6 : NULL, has4 ? &src4 : NULL);
	inst = lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = bib_remove_one(inst, info, has6 ? &src6 : NULL, has4 ? &src4 : NULL);
	unlock(inst);
	return err;
}

/* ---- global ---- */

static int put_pool6(struct sk_buff *skb, int attrtype, const struct jool_instance *inst)
{
	u8 prefix[sizeof(struct in6_addr) + 1];

	memcpy(prefix, jool_instance_pool6(inst), sizeof(struct in6_addr));
	prefix[sizeof(struct in6_addr)] = inst->pool6_len;
	return nla_put(skb, attrtype, sizeof(prefix), prefix);
}

#define PUT_BOOL(skb, type, inst, globals, field)	nla_put_u8(skb, type, (globals)->field)
#define PUT_U8(skb, type, inst, globals, field)		nla_put_u8(skb, type, (globals)->field)
#define PUT_U32(skb, type, inst, globals, field)	nla_put_u32(skb, type, (globals)->field)
#define PUT_MS(skb, type, inst, globals, field)		nla_put_u32(skb, type, (globals)->field)
#define PUT_PLATEAUS(skb, type, inst, globals, field)					\
	nla_put(skb, type, (globals)->field.count * sizeof(u16), (globals)->field.mtu)
#define PUT_PREFIX6(skb, type, inst, globals, field)	put_pool6(skb, type, inst)

static int put_globals(struct sk_buff *skb, const struct jool_instance *inst,
		       const struct jool_globals *globals)
{
	struct nlattr *nest = nla_nest_start(skb, JOOL_A_GLOBALS);

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

static int global_get(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst;
	struct jool_config *config;
	struct sk_buff *reply;
	void *hdr;
	int err = -EMSGSIZE;

	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	inst = lock(info);
	if (IS_ERR(inst)) {
		nlmsg_free(reply);
		return PTR_ERR(inst);
	}
	config = rcu_dereference_protected(inst->config, lockdep_is_held(&inst->net->lock));
	hdr = genlmsg_put_reply(reply, info, &family, 0, JOOL_CMD_GLOBAL_GET);
	if (hdr)
		err = put_globals(reply, inst, &config->globals);
	unlock(inst);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/* Whether @value is between @least and @most. */
static int check_range(struct netlink_ext_ack *extack, const struct nlattr *attr, u32 value,
		       u32 least, u32 most)
{
	if (value >= least && value <= most)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the value is out of the option's range");
	return -ERANGE;
}

#define GET_BOOL(attr)		nla_get_u8(attr)
#define GET_U8(attr)		nla_get_u8(attr)
#define GET_U32(attr)		nla_get_u32(attr)
#define GET_MS(attr)		nla_get_u32(attr)
#define SET_BOOL(globals, field, value)		((globals)->field = (value))
#define SET_U8(globals, field, value)		((globals)->field = (value))
#define SET_U32(globals, field, value)		((globals)->field = (value))
#define SET_MS(globals, field, value)		((globals)->field = (value))
#define GET_PREFIX6(attr)			0
#define SET_PREFIX6(globals, field, value)
/* How many bytes: what the range in globals.def limits. */
#define GET_PLATEAUS(attr)	nla_len(attr)
#define SET_PLATEAUS(globals, field, value)						\
	jool_instance_set_plateaus(globals, nla_data(attrs[JOOL_GLOBAL_PLATEAUS]),	\
				   (value) / sizeof(u16))

static int set_globals(struct jool_globals *globals, struct nlattr **attrs, bool force,
		       struct netlink_ext_ack *extack)
{
	int err;

#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help)			\
	if (attrs[JOOL_GLOBAL_##id]) {							\
		err = check_range(extack, attrs[JOOL_GLOBAL_##id],			\
				  GET_##type(attrs[JOOL_GLOBAL_##id]),			\
				  force ? minforce : min, max);				\
		if (err)								\
			return err;							\
		SET_##type(globals, field, GET_##type(attrs[JOOL_GLOBAL_##id]));		\
	}
#include "../common/globals.def"
#undef JOOL_GLOBAL
	return 0;
}

static int global_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];
	struct jool_instance *inst;
	struct jool_config *config;
	int err;

	err = REQUIRE(info->attrs, info->extack, JOOL_A_GLOBALS) ?:
	      nla_parse_nested(attrs, JOOL_GLOBAL_MAX, info->attrs[JOOL_A_GLOBALS], globals_policy,
			       info->extack);
	if (err)
		return err;
	inst = lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	config = jool_instance_config_copy(inst);
	if (!config) {
		err = -ENOMEM;
		goto out;
	}
	err = set_globals(&config->globals, attrs, flags_of(info->attrs) & JOOL_FLAG_FORCE,
			  info->extack);
	if (err)
		jool_instance_config_free(config);
	else
		jool_instance_configure(inst, config);
out:
	unlock(inst);
	return err;
}

/* ---- dumps ---- */

/* Where a dump is. */
struct dump {
	char name[JOOL_NAME_MAX + 1];
	u8 proto;
	bool all_protos;
	struct jool_pool4 *pool4;	/* of a pool4 dump */
	struct jool_portmap **maps;	/* of a BIB or session dump: every address, in order */
	unsigned int count;
	unsigned int at;		/* in maps or rows */
	unsigned int port;		/* in the map */
	__be32 dst4;			/* in the BIB entry at port: the least that was not put */
	__be16 dst4_port;
};

struct dump_ctx {
	struct dump *dump;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_ctx) > sizeof(cb->ctx));
	return ((struct dump_ctx *)cb->ctx)->dump;
}

static int dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	if (!dump)
		return 0;
	if (dump->pool4)
		jool_pool4_put(dump->pool4);
	jool_portmap_list_free(dump->maps, dump->count);
	kfree(dump);
	return 0;
}

static u8 genl_command(const struct netlink_callback *cb)
{
	return ((const struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
}

/* Begins a dump of the instance that the request names. */
static int dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct jool_instance *inst;
	struct dump *dump;
	int err;

	err = REQUIRE(attrs, cb->extack, JOOL_A_INSTANCE);
	if (err)
		return err;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	strscpy(dump->name, nla_data(attrs[JOOL_A_INSTANCE]), sizeof(dump->name));
	dump->all_protos = !attrs[JOOL_A_PROTO];
	if (attrs[JOOL_A_PROTO])
		dump->proto = proto_of(attrs);

	mutex_lock(&jn->lock);
	inst = jool_instance_find(jn, dump->name);
	if (inst && genl_command(cb) == JOOL_CMD_POOL4_GET) {
		dump->pool4 = pool4_of(inst);
		jool_pool4_hold(dump->pool4);
	}
	mutex_unlock(&jn->lock);
	if (!inst) {
		kfree(dump);
		return no_instance(cb->extack, attrs[JOOL_A_INSTANCE]);
	}
	((struct dump_ctx *)cb->ctx)->dump = dump;
	return 0;
}

/* Begins a dump of a table. */
static int table_start(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct dump *dump;
	int err;

	err = REQUIRE(jool_compat_attrs(cb), cb->extack, JOOL_A_PROTO) ?: dump_start(cb);
	if (err)
		return err;
	dump = dump_of(cb);
	dump->maps = jool_portmap_list(&jn->portmaps, &dump->count);
	if (!IS_ERR(dump->maps))
		return 0;
	err = PTR_ERR(dump->maps);
	dump->maps = NULL;
	dump_done(cb);
	return err;
}

/* The instance of the dump, under RCU; NULL: it was removed meanwhile. */
static struct jool_instance *dump_instance(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct jool_instance *inst = jool_instance_find(jn, dump_of(cb)->name);

	if (inst)
		cb->seq = READ_ONCE(inst->generation);
	return inst;
}

static void *message_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Ends a message, or takes it back if @err: then it did not fit. */
static int message_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int put_pool4_row(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct jool_pool4_row *row)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_POOL4_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_u8(skb, JOOL_A_PROTO, ip_protocols[row->proto]) ?:
			   nla_put_u32(skb, JOOL_A_MARK, row->mark) ?:
			   nla_put_in_addr(skb, JOOL_A_PREFIX4, row->addr) ?:
			   nla_put_u16(skb, JOOL_A_PORT_MIN, row->min) ?:
			   nla_put_u16(skb, JOOL_A_PORT_MAX, row->max) ?:
			   nla_put_u32(skb, JOOL_A_MAX_ITERATIONS, row->iterations) ?:
			   nla_put_u32(skb, JOOL_A_FLAGS, row->iterations ? 0 : JOOL_FLAG_AUTO));
}

static int pool4_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	const struct jool_pool4_row *row;

	if (dump->pool4->is_default)
		return 0;
	for (; dump->at < dump->pool4->count; dump->at++) {
		row = &dump->pool4->rows[dump->at];
		if ((dump->all_protos || row->proto == dump->proto) && put_pool4_row(skb, cb, row))
			break;
	}
	return skb->len;
}

static int put_bib(struct sk_buff *skb, struct netlink_callback *cb, const struct jool_bib *bib)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_BIB_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_in6_addr(skb, JOOL_A_SRC6, &bib->src6.addr) ?:
			   nla_put_be16(skb, JOOL_A_SRC6_PORT, bib->src6.port) ?:
			   nla_put_in_addr(skb, JOOL_A_SRC4, bib->src4.addr) ?:
			   nla_put_be16(skb, JOOL_A_SRC4_PORT, bib->src4.port) ?:
			   nla_put_u32(skb, JOOL_A_FLAGS, bib->is_static ? JOOL_FLAG_STATIC : 0));
}

/* Goes on to the next port in use; false: there is none. */
static bool dump_seek(struct dump *dump)
{
	for (; dump->at < dump->count; dump->at++, dump->port = 0) {
		dump->port = jool_portmap_next(dump->maps[dump->at], dump->proto, dump->port);
		if (dump->port < JOOL_PORTS)
			return true;
	}
	return false;
}

static struct jool_bib *dump_bib(struct jool_instance *inst, const struct dump *dump)
{
	return jool_bib_find4(inst, dump->proto, dump->maps[dump->at]->addr, htons(dump->port));
}

static int bib_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct jool_instance *inst;
	struct jool_bib *bib;
	int err = 0;

	rcu_read_lock();
	inst = dump_instance(cb);
	if (!inst)
		err = -ENOENT;
	for (; !err && dump_seek(dump); dump->port++) {
		bib = dump_bib(inst, dump);
		if (bib && put_bib(skb, cb, bib))
			break;
	}
	rcu_read_unlock();
	return err ?: skb->len;
}

static int put_session(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct jool_config *config, const struct jool_session *session)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;
	s32 left = jool_expiry_deadline(config, session) - (u32)jiffies;
	void *hdr = message_begin(skb, cb, JOOL_CMD_SESSION_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_in6_addr(skb, JOOL_A_SRC6, &key6->src) ?:
			   nla_put_be16(skb, JOOL_A_SRC6_PORT, key6->sport) ?:
			   nla_put_in6_addr(skb, JOOL_A_DST6, &key6->dst) ?:
			   nla_put_be16(skb, JOOL_A_DST6_PORT, key6->dport) ?:
			   nla_put_in_addr(skb, JOOL_A_SRC4, key4->dst) ?:
			   nla_put_be16(skb, JOOL_A_SRC4_PORT, key4->dport) ?:
			   nla_put_in_addr(skb, JOOL_A_DST4, key4->src) ?:
			   nla_put_be16(skb, JOOL_A_DST4_PORT, key4->sport) ?:
			   nla_put_u32(skb, JOOL_A_EXPIRES, jiffies_to_msecs(max(left, 0))) ?:
			   (session->proto == JOOL_PROTO_TCP ?
			    nla_put_u8(skb, JOOL_A_STATE, READ_ONCE(session->state)) : 0));
}

/*
 * Picks the next sessions of the BIB entry at dump->port, which stay valid under RCU. Returns how
 * many, at most @room.
 */
static unsigned int pick(struct dump *dump, struct jool_bib *bib, struct jool_session **batch,
			 unsigned int room)
{
	struct jool_session *session;
	unsigned int n = 0;

	spin_lock_bh(&bib->lock);
	session = jool_session_first(bib, dump->dst4, dump->dst4_port);
	for (; session && n < room; session = jool_session_next(session))
		batch[n++] = session;
	spin_unlock_bh(&bib->lock);
	return n;
}

/* Moves the dump to right behind @session of the BIB entry at dump->port. */
static void advance(struct dump *dump, const struct jool_session *session)
{
	dump->dst4_port = htons(ntohs(session->key4.sport) + 1);
	dump->dst4 = session->key4.src;
	if (!dump->dst4_port)
		dump->dst4 = htonl(ntohl(dump->dst4) + 1);
}

/* Puts what is left of the sessions of the BIB entry at dump->port. -EMSGSIZE: more to come. */
static int put_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			const struct jool_config *config, struct jool_bib *bib)
{
	struct dump *dump = dump_of(cb);
	struct jool_session *batch[16];
	unsigned int n, i;

	do {
		n = pick(dump, bib, batch, ARRAY_SIZE(batch));
		for (i = 0; i < n; i++) {
			if (put_session(skb, cb, config, batch[i]))
				return -EMSGSIZE;
			advance(dump, batch[i]);
		}
	} while (n == ARRAY_SIZE(batch));
	return 0;
}

static int session_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	const struct jool_config *config;
	struct jool_instance *inst;
	struct jool_bib *bib;
	int err = 0;

	rcu_read_lock();
	inst = dump_instance(cb);
	config = inst ? rcu_dereference(inst->config) : NULL;
	if (!inst)
		err = -ENOENT;
	while (!err && dump_seek(dump)) {
		bib = dump_bib(inst, dump);
		if (bib && put_sessions(skb, cb, config, bib))
			break;
		dump->port++;
		dump->dst4 = 0;
		dump->dst4_port = 0;
	}
	rcu_read_unlock();
	return err ?: skb->len;
}

static u64 stat_value(const struct jool_instance *inst, enum jool_stat stat)
{
	switch (stat) {
	case JSTAT_BIB_ENTRIES:
		return jool_instance_bibs(inst);
	case JSTAT_SESSIONS:
		return jool_instance_sessions(inst);
	default:
		return jool_stats_sum(inst->stats, stat);
	}
}

static int put_stat(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct jool_instance *inst, enum jool_stat stat)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_STATS_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_string(skb, JOOL_A_STAT_NAME, jool_stats_name(stat)) ?:
			   nla_put_u64_64bit(skb, JOOL_A_STAT_VALUE, stat_value(inst, stat),
					     JOOL_A_PAD));
}

static int stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct jool_instance *inst;
	int err = 0;

	rcu_read_lock();
	inst = dump_instance(cb);
	if (!inst)
		err = -ENOENT;
	for (; !err && dump->at < JOOL_STATS; dump->at++)
		if (put_stat(skb, cb, inst, dump->at))
			break;
	rcu_read_unlock();
	return err ?: skb->len;
}

static int put_instance(struct sk_buff *skb, struct netlink_callback *cb,
			const struct jool_instance *inst)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_INSTANCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
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

static int instance_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	bool all = netlink_ns_capable(cb->skb, &init_user_ns, CAP_NET_ADMIN);
	struct net *mine = sock_net(cb->skb->sk), *net;
	long n = 0;

	cb->seq = jool_instance_generation();
	rcu_read_lock();
	for_each_net_rcu(net)
		if ((all || net == mine) &&
		    put_instances(skb, cb, jool_instance_net(net), cb->args[0], &n))
			break;
	rcu_read_unlock();
	cb->args[0] = n;
	return skb->len;
}

static const struct genl_ops ops[] = {
	{ .cmd = JOOL_CMD_INSTANCE_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_add },
	{ .cmd = JOOL_CMD_INSTANCE_REMOVE, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_remove },
	{ .cmd = JOOL_CMD_INSTANCE_FLUSH, .flags = GENL_UNS_ADMIN_PERM, .doit = instance_flush },
	{ .cmd = JOOL_CMD_INSTANCE_GET, .flags = GENL_UNS_ADMIN_PERM, .dumpit = instance_dump },
	{ .cmd = JOOL_CMD_POOL4_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = pool4_add },
	{ .cmd = JOOL_CMD_POOL4_REMOVE, .flags = GENL_UNS_ADMIN_PERM, .doit = pool4_remove },
	{ .cmd = JOOL_CMD_POOL4_FLUSH, .flags = GENL_UNS_ADMIN_PERM, .doit = pool4_flush },
	{ .cmd = JOOL_CMD_POOL4_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = dump_start, .dumpit = pool4_dump, .done = dump_done },
	{ .cmd = JOOL_CMD_BIB_ADD, .flags = GENL_UNS_ADMIN_PERM, .doit = bib_add },
	{ .cmd = JOOL_CMD_BIB_REMOVE, .flags = GENL_UNS_ADMIN_PERM, .doit = bib_remove },
	{ .cmd = JOOL_CMD_BIB_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = table_start, .dumpit = bib_dump, .done = dump_done },
	{ .cmd = JOOL_CMD_SESSION_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = table_start, .dumpit = session_dump, .done = dump_done },
	{ .cmd = JOOL_CMD_GLOBAL_GET, .flags = GENL_UNS_ADMIN_PERM, .doit = global_get },
	{ .cmd = JOOL_CMD_GLOBAL_SET, .flags = GENL_UNS_ADMIN_PERM, .doit = global_set },
	{ .cmd = JOOL_CMD_STATS_GET,
	  .start = dump_start, .dumpit = stats_dump, .done = dump_done },
};

static struct genl_family family __ro_after_init = {
	.name = JOOL_GENL_NAME,
	.version = JOOL_GENL_VERSION,
	.maxattr = JOOL_A_MAX,
	.netnsok = true,
	.policy = policy,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.parallel_ops = true,	/* jn->lock guards what needs it */
	.module = THIS_MODULE,
};

int jool_netlink_init(void)
{
	return genl_register_family(&family);
}

void jool_netlink_exit(void)
{
	genl_unregister_family(&family);
}
