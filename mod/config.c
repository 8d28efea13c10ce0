// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <linux/bsearch.h>
#include <linux/sort.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "../common/text.h"
#include "bib.h"
#include "event.h"
#include "fast.h"
#include "instance.h"
#include "limit.h"
#include "netlink.h"
#include "pool4.h"
#include "rfc6052.h"
#include "session.h"
#include "sock.h"

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

/* ---- pool4 ---- */

/*
 * Reads the part of pool4 that a request or an entry is about. Returns 0, -EINVAL and a sentence.
 */
static int read_change(struct nlattr **attrs, struct netlink_ext_ack *extack,
		       struct jool_pool4_change *change)
{
	u32 host_bits;

	change->proto = jool_netlink_proto(attrs);
	change->prefix = nla_get_be32(attrs[JOOL_A_PREFIX4]);
	change->len = nla_get_u8(attrs[JOOL_A_PREFIX4_LEN]);
	change->min = attrs[JOOL_A_PORT_MIN] ? nla_get_u16(attrs[JOOL_A_PORT_MIN]) : 0;
	change->max = attrs[JOOL_A_PORT_MAX] ? nla_get_u16(attrs[JOOL_A_PORT_MAX]) : U16_MAX;
	change->mark = attrs[JOOL_A_MARK] ? nla_get_u32(attrs[JOOL_A_MARK]) : 0;
	change->iterations = attrs[JOOL_A_MAX_ITERATIONS] ?
			     nla_get_u32(attrs[JOOL_A_MAX_ITERATIONS]) : 0;

	host_bits = change->len ? ~(~0U << (32 - change->len)) : ~0U;
	if (ntohl(change->prefix) & host_bits)
		return jool_netlink_refuse(attrs, extack, JOOL_A_PREFIX4,
					   "the IPv4 prefix has bits set behind its length");
	if (change->min > change->max)
		return jool_netlink_refuse(attrs, extack, JOOL_A_PORT_MIN,
					   "the first port is above the last one");
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

static struct jool_config *config_of(const struct jool_instance *inst)
{
	return rcu_dereference_protected(inst->config, lockdep_is_held(&inst->net->lock));
}

static struct jool_pool4 *pool4_of(const struct jool_instance *inst)
{
	return config_of(inst)->pool4;
}

/* Whether @addr may be an address of ours: also a link-local one, whose packets go no further. */
static bool may_be_ours(__be32 addr)
{
	return jool_rfc6052_unicast4(addr) || ipv4_is_linklocal_169(addr);
}

/* Reads what is to be added to pool4. Returns 0, -EINVAL and a sentence. */
static int read_addition(struct nlattr **attrs, struct netlink_ext_ack *extack,
			 struct jool_pool4_change *change)
{
	int err;

	err = JOOL_NETLINK_REQUIRE(attrs, extack, JOOL_A_PROTO, JOOL_A_PREFIX4, JOOL_A_PREFIX4_LEN,
				   JOOL_A_PORT_MIN, JOOL_A_PORT_MAX) ?:
	      read_change(attrs, extack, change);
	if (err)
		return err;
	if (change->proto != JOOL_PROTO_ICMP && !change->min)
		change->min = 1;
	if (change->min > change->max)
		return jool_netlink_refuse(attrs, extack, JOOL_A_PORT_MAX,
					   "TCP and UDP have no port 0");
	if (!may_be_ours(change->prefix) || change->len < 8)
		return jool_netlink_refuse(attrs, extack, JOOL_A_PREFIX4,
					   "the IPv4 prefix is no unicast prefix");
	return 0;
}

int jool_config_pool4_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	int err;

	err = read_addition(info->attrs, info->extack, &change);
	if (err)
		return err;
	inst = jool_netlink_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = replace_pool4(inst, jool_pool4_plus(inst->net, pool4_of(inst), &change, 1,
						  info->extack));
	jool_netlink_unlock(inst);
	return err;
}

struct loss {
	struct jool_pool4 *old;
	struct jool_pool4 *new;
};

/* Removes @bib if the old pool4 had its address and port, but the new one has not. */
static bool evict(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	const struct loss *loss = arg;
	u16 port = ntohs(bib->src4.port);

	return !jool_pool4_has(loss->old, bib->proto, bib->src4.addr, port) ||
	       jool_pool4_has(loss->new, bib->proto, bib->src4.addr, port) ||
	       jool_bib_remove(inst, bib, JOOL_REASON_POOL4);
}

/*
 * Replaces the pool4 and, unless the request says quick, removes what lost its address and port.
 */
static int shrink_pool4(struct jool_instance *inst, struct jool_pool4 *pool4, u32 flags)
{
	struct loss loss = { .old = pool4_of(inst), .new = pool4 };
	int err;

	jool_pool4_hold(loss.old);
	err = replace_pool4(inst, pool4);
	if (!err && !(flags & JOOL_FLAG_QUICK)) {
		jool_bib_walk(inst, JOOL_PROTOS_ALL, evict, &loss);
		jool_instance_renew(inst);
	}
	jool_pool4_put(loss.old);
	return err;
}

int jool_config_pool4_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	int err;

	err = JOOL_NETLINK_REQUIRE(info->attrs, info->extack, JOOL_A_PROTO, JOOL_A_PREFIX4,
				   JOOL_A_PREFIX4_LEN) ?:
	      read_change(info->attrs, info->extack, &change);
	if (err)
		return err;
	inst = jool_netlink_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = shrink_pool4(inst, jool_pool4_minus(inst->net, pool4_of(inst), &change, info->extack),
			   jool_netlink_flags(info->attrs));
	jool_netlink_unlock(inst);
	return err;
}

int jool_config_pool4_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	int err = 0;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	if (!pool4_of(inst)->is_default)
		err = shrink_pool4(inst, jool_pool4_default(inst->net) ?: ERR_PTR(-ENOMEM),
				   jool_netlink_flags(info->attrs));
	jool_netlink_unlock(inst);
	return err;
}

/* ---- bib ---- */

static struct jool_taddr6 taddr6_of(struct nlattr **attrs)
{
	return (struct jool_taddr6) {
		.addr = nla_get_in6_addr(attrs[JOOL_A_SRC6]),
		.port = nla_get_be16(attrs[JOOL_A_SRC6_PORT]),
	};
}

static struct jool_taddr4 taddr4_of(struct nlattr **attrs)
{
	return (struct jool_taddr4) {
		.addr = nla_get_in_addr(attrs[JOOL_A_SRC4]),
		.port = nla_get_be16(attrs[JOOL_A_SRC4_PORT]),
	};
}

/*
 * Reads a static BIB entry, of which packets can be translated. Returns 0, -EINVAL and a sentence.
 */
static int read_static(const struct jool_instance *inst, struct nlattr **attrs,
		       struct netlink_ext_ack *extack, struct jool_bib_static *entry)
{
	const struct in6_addr *src6 = &entry->src6.addr;
	int err;

	err = JOOL_NETLINK_REQUIRE(attrs, extack, JOOL_A_PROTO, JOOL_A_SRC6, JOOL_A_SRC6_PORT,
				   JOOL_A_SRC4, JOOL_A_SRC4_PORT);
	if (err)
		return err;
	entry->proto = jool_netlink_proto(attrs);
	entry->src6 = taddr6_of(attrs);
	entry->src4 = taddr4_of(attrs);
	if (entry->proto != JOOL_PROTO_ICMP && !entry->src6.port)
		return jool_netlink_refuse(attrs, extack, JOOL_A_SRC6_PORT,
					   "TCP and UDP have no port 0");
	if (entry->proto != JOOL_PROTO_ICMP && !entry->src4.port)
		return jool_netlink_refuse(attrs, extack, JOOL_A_SRC4_PORT,
					   "TCP and UDP have no port 0");
	if (!may_be_ours(entry->src4.addr))
		return jool_netlink_refuse(attrs, extack, JOOL_A_SRC4,
					   "the IPv4 address is no unicast address");
	if (ipv6_addr_is_multicast(src6) || ipv6_addr_any(src6) || ipv6_addr_loopback(src6))
		return jool_netlink_refuse(attrs, extack, JOOL_A_SRC6,
					   "the IPv6 address is no unicast address");
	if (jool_instance_has6(inst, src6))
		return jool_netlink_refuse(attrs, extack, JOOL_A_SRC6,
					   "the IPv6 address lies in pool6");
	return 0;
}

/* A socket of the gateway goes first with what comes from IPv4. Whoever asks for @entry is told. */
static void warn_of_socket(struct net *net, const struct jool_bib_static *entry,
			   struct netlink_ext_ack *extack)
{
	const struct jool_key4 key = { .dst = entry->src4.addr, .dport = entry->src4.port };

	rcu_read_lock();
	if (jool_sock_wants(net, NULL, entry->proto, &key))
		NL_SET_ERR_MSG(extack, "a socket of this machine has the IPv4 transport address, and gets what is sent there");
	rcu_read_unlock();
}

int jool_config_bib_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	struct jool_bib_static entry;
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = read_static(inst, info->attrs, info->extack, &entry) ?:
	      jool_bib_add_static(inst, &entry, config_of(inst)->max_bib, info->extack);
	if (!err)
		warn_of_socket(genl_info_net(info), &entry, info->extack);
	jool_netlink_unlock(inst);
	return err;
}

/* Removes the entry, or part of its sessions: then it returns -EAGAIN. */
static int remove_some(struct jool_instance *inst, struct genl_info *info,
		       const struct jool_taddr6 *src6, const struct jool_taddr4 *src4)
{
	u8 proto = jool_netlink_proto(info->attrs);
	struct jool_bib *bib;
	bool gone;

	rcu_read_lock();
	bib = src6 ? jool_bib_find6(inst, proto, &src6->addr, src6->port) :
		     jool_bib_find4(inst, proto, src4->addr, src4->port);
	if (bib && src6 && src4 && memcmp(&bib->src4, src4, sizeof(*src4)))
		bib = NULL;
	gone = bib && jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
	rcu_read_unlock();
	if (bib)
		return gone ? 0 : -EAGAIN;
	NL_SET_ERR_MSG(info->extack, "there is no such BIB entry");
	return -ENOENT;
}

/* Whether of address and port neither is given, or both. Returns 0, -EINVAL and a sentence. */
static int require_whole(struct nlattr **attrs, struct netlink_ext_ack *extack,
			 enum jool_attr addr, enum jool_attr port)
{
	return attrs[addr] || attrs[port] ? JOOL_NETLINK_REQUIRE(attrs, extack, addr, port) : 0;
}

int jool_config_bib_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	bool has6 = attrs[JOOL_A_SRC6];
	bool has4 = attrs[JOOL_A_SRC4];
	struct jool_instance *inst;
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	bool some;
	int err;

	err = JOOL_NETLINK_REQUIRE(attrs, info->extack, JOOL_A_PROTO) ?:
	      require_whole(attrs, info->extack, JOOL_A_SRC6, JOOL_A_SRC6_PORT) ?:
	      require_whole(attrs, info->extack, JOOL_A_SRC4, JOOL_A_SRC4_PORT);
	if (err)
		return err;
	if (!has6 && !has4) {
		NL_SET_ERR_MSG(info->extack, "the request lacks a transport address");
		return -EINVAL;
	}
	if (has6)
		src6 = taddr6_of(attrs);
	if (has4)
		src4 = taddr4_of(attrs);
	inst = jool_netlink_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	do {
		some = err == -EAGAIN;
		err = remove_some(inst, info, has6 ? &src6 : NULL, has4 ? &src4 : NULL);
		cond_resched();
	} while (err == -EAGAIN);
	/* The last of its sessions may have ended by itself. */
	if (some && err == -ENOENT)
		err = 0;
	jool_netlink_unlock(inst);
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
	put_limit(skb, type, config_of(inst)->field, (globals)->field)
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
	const struct jool_globals *globals = &config_of(inst)->globals;

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

int jool_config_global_get(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_netlink_lock(info);
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = jool_netlink_reply(info, put_globals, inst);
	jool_netlink_unlock(inst);
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

/* Warns, in a request that is done, of options whose effect is not to be seen. */
static void warn_of_log(const struct jool_net *jn, struct genl_info *info)
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

int jool_config_global_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1];
	struct jool_instance *inst;
	struct jool_config *config;
	int err;

	err = JOOL_NETLINK_REQUIRE(info->attrs, info->extack, JOOL_A_GLOBALS) ?:
	      nla_parse_nested(attrs, JOOL_GLOBAL_MAX, info->attrs[JOOL_A_GLOBALS], globals_policy,
			       info->extack);
	if (err)
		return err;
	inst = jool_netlink_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	config = jool_instance_config_copy(inst);
	if (!config) {
		err = -ENOMEM;
		goto out;
	}
	err = set_globals(&config->globals, attrs,
			  jool_netlink_flags(info->attrs) & JOOL_FLAG_FORCE, info->extack);
	if (err)
		jool_instance_config_free(config);
	else
		jool_instance_configure(inst, config);
out:
	jool_netlink_unlock(inst);
	if (!err)
		warn_of_log(jool_instance_net(genl_info_net(info)), info);
	if (!err && attrs[JOOL_GLOBAL_FAST_PATH])
		jool_fast_sync(jool_instance_net(genl_info_net(info)));
	return err;
}

/* ---- all of it at once ---- */

/* A static entry that is to be, and those that had to go for it. */
struct wanted {
	struct jool_bib_static entry;
	const struct nlattr *attr;		/* that asks for it */
	struct jool_bib_static ousted[2];	/* by one of the addresses each */
	u8 ousted_count;
	bool added;
	bool ousts;
};

/* What a JOOL_CMD_CONFIG_SET asks for. */
struct plan {
	struct jool_pool4_change *pool4;
	struct wanted *bib;
	unsigned int pool4_count;
	unsigned int bib_count;
	u32 max_bib;
};

static struct nlattr *first_attr(const struct genl_info *info)
{
	return nlmsg_attrdata(info->nlhdr, GENL_HDRLEN);
}

static int attrs_len(const struct genl_info *info)
{
	return nlmsg_attrlen(info->nlhdr, GENL_HDRLEN);
}

static void plan_free(struct plan *plan)
{
	kvfree(plan->pool4);
	kvfree(plan->bib);
}

static int plan_alloc(struct plan *plan, const struct genl_info *info)
{
	/* The kernel warns of sizes that it never has memory for. */
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN;
	const struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		plan->pool4_count += nla_type(attr) == JOOL_A_POOL4_ENTRY;
		plan->bib_count += nla_type(attr) == JOOL_A_BIB_ENTRY;
	}
	plan->pool4 = kvcalloc(plan->pool4_count + 1, sizeof(*plan->pool4), gfp);
	plan->bib = kvcalloc(plan->bib_count + 1, sizeof(*plan->bib), gfp);
	return plan->pool4 && plan->bib ? 0 : -ENOMEM;
}

/* Has the refusal be about @entry, if it is not about something within it already. */
static void blame(struct netlink_ext_ack *extack, const struct nlattr *entry)
{
	if (!extack->bad_attr)
		NL_SET_BAD_ATTR(extack, entry);
}

static int read_pool4_entries(const struct plan *plan, struct genl_info *info)
{
	struct jool_pool4_change *change = plan->pool4;
	struct nlattr *attrs[JOOL_A_MAX + 1], *attr;
	int rest, err;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		if (nla_type(attr) != JOOL_A_POOL4_ENTRY)
			continue;
		err = nla_parse_nested(attrs, JOOL_A_MAX, attr, jool_netlink_policy,
				       info->extack) ?:
		      read_addition(attrs, info->extack, change++);
		if (err) {
			blame(info->extack, attr);
			return err;
		}
		cond_resched();
	}
	return 0;
}

static int by_src6(const void *l, const void *r)
{
	const struct jool_bib_static *a = &((const struct wanted *)l)->entry;
	const struct jool_bib_static *b = &((const struct wanted *)r)->entry;

	return a->proto - b->proto ?: memcmp(&a->src6, &b->src6, sizeof(a->src6));
}

static int by_src4(const void *l, const void *r)
{
	const struct jool_bib_static *a = &((const struct wanted *)l)->entry;
	const struct jool_bib_static *b = &((const struct wanted *)r)->entry;

	return a->proto - b->proto ?: memcmp(&a->src4, &b->src4, sizeof(a->src4));
}

/* Lets others run: of many, sort() takes long. */
static void swap_wanted(void *a, void *b, int size)
{
	cond_resched();
	swap(*(struct wanted *)a, *(struct wanted *)b);
}

/*
 * Sorts the static entries by @order. Returns 0, -EEXIST and a sentence: two have one address of
 * theirs in common, but are not the same.
 */
static int sort_statics(const struct plan *plan, struct netlink_ext_ack *extack,
			cmp_func_t order)
{
	struct wanted *w;

	sort(plan->bib, plan->bib_count, sizeof(*plan->bib), order, swap_wanted);
	for (w = plan->bib + 1; w < plan->bib + plan->bib_count; w++) {
		if (order(w - 1, w) || (!by_src6(w - 1, w) && !by_src4(w - 1, w)))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, max(w->attr, w[-1].attr), JOOL_BIB_IN_THE_WAY);
		return -EEXIST;
	}
	return 0;
}

/* Reads the static entries, in the order of their IPv6 transport addresses. */
static int read_statics(const struct jool_instance *inst, const struct plan *plan,
			struct genl_info *info)
{
	struct nlattr *attrs[JOOL_A_MAX + 1], *attr;
	struct wanted *w = plan->bib;
	int rest, err;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		if (nla_type(attr) != JOOL_A_BIB_ENTRY)
			continue;
		err = nla_parse_nested(attrs, JOOL_A_MAX, attr, jool_netlink_policy,
				       info->extack) ?:
		      read_static(inst, attrs, info->extack, &w->entry);
		if (err) {
			blame(info->extack, attr);
			return err;
		}
		w++->attr = attr;
		cond_resched();
	}
	return sort_statics(plan, info->extack, by_src4) ?:
	       sort_statics(plan, info->extack, by_src6);
}

/* Removes the rival of @w, or part of its sessions; false: there is none. */
static bool oust(struct jool_instance *inst, struct wanted *w)
{
	struct jool_bib *bib;

	rcu_read_lock();
	bib = jool_bib_rival(inst, &w->entry);
	if (bib && bib->is_static && w->ousted_count < ARRAY_SIZE(w->ousted))
		w->ousted[w->ousted_count++] = (struct jool_bib_static) {
			.proto = bib->proto,
			.src6 = bib->src6,
			.src4 = bib->src4,
		};
	if (bib)
		jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
	rcu_read_unlock();
	cond_resched();
	return bib;
}

/* Whether a static entry is in the way of @entry, one that the plan lacks. */
static bool has_static_rival(struct jool_instance *inst, const struct jool_bib_static *entry)
{
	const struct jool_bib *bib;
	bool found;

	rcu_read_lock();
	bib = jool_bib_rival(inst, entry);
	found = bib && bib->is_static;
	rcu_read_unlock();
	return found;
}

/* Adds what no static entry is in the way of; the plan says which these are. */
static int add_free(struct jool_instance *inst, const struct plan *plan, struct wanted *w,
		    struct genl_info *info)
{
	int err;

	w->ousts = jool_netlink_flags(info->attrs) & JOOL_FLAG_BIB &&
		   has_static_rival(inst, &w->entry);
	if (w->ousts)
		return 0;
	err = jool_bib_add_static(inst, &w->entry, plan->max_bib, info->extack);
	w->added = !err;
	return err;
}

/* Adds @w in the place of static entries. A packet may take the port in between; not for long. */
static int add_ousting(struct jool_instance *inst, const struct plan *plan, struct wanted *w,
		       struct genl_info *info)
{
	int tries = 8, err = -EEXIST;

	while (w->ousts && err == -EEXIST && tries--) {
		while (oust(inst, w))
			;
		err = jool_bib_add_static(inst, &w->entry, JOOL_BIB_NO_LIMIT, info->extack);
		w->added = !err;
	}
	return w->ousts ? err : 0;
}

/* Takes back what was done for @w. */
static void undo_static(struct jool_instance *inst, struct wanted *w)
{
	if (w->added)
		jool_bib_undo_static(inst, &w->entry);
	while (w->ousted_count)
		jool_bib_add_static(inst, &w->ousted[--w->ousted_count], JOOL_BIB_NO_LIMIT, NULL);
}

/*
 * Adds the static entries, all or none. Those for which others have to go come last, when nothing
 * but lack of memory can be in the way any more.
 */
static int add_statics(struct jool_instance *inst, const struct plan *plan, struct genl_info *info)
{
	struct wanted *w, *end = plan->bib + plan->bib_count;
	int err = 0;

	for (w = plan->bib; !err && w < end; w++)
		err = add_free(inst, plan, w, info);
	if (err)
		goto undo;
	for (w = plan->bib; !err && w < end; w++)
		err = add_ousting(inst, plan, w, info);
	if (!err)
		return 0;
undo:
	blame(info->extack, w[-1].attr);
	while (end > plan->bib)
		undo_static(inst, --end);
	return err;
}

/* The configuration that is asked for, or ERR_PTR and a sentence. */
static struct jool_config *make_config(struct jool_net *jn, const struct plan *plan,
				       struct genl_info *info)
{
	bool force = jool_netlink_flags(info->attrs) & JOOL_FLAG_FORCE;
	struct jool_config *config = jool_instance_config_default(jn);
	struct nlattr *attrs[JOOL_GLOBAL_MAX + 1] = {};
	struct jool_pool4 *pool4;
	int err = 0;

	if (!config)
		return ERR_PTR(-ENOMEM);
	if (info->attrs[JOOL_A_GLOBALS])
		err = nla_parse_nested(attrs, JOOL_GLOBAL_MAX, info->attrs[JOOL_A_GLOBALS],
				       globals_policy, info->extack) ?:
		      set_globals(&config->globals, attrs, force, info->extack);
	pool4 = err ? ERR_PTR(err) :
		      jool_pool4_plus(jn, NULL, plan->pool4, plan->pool4_count, info->extack);
	if (IS_ERR(pool4)) {
		jool_instance_config_free(config);
		return ERR_CAST(pool4);
	}
	jool_pool4_put(config->pool4);
	config->pool4 = pool4;
	jool_instance_config_derive(config);
	return config;
}

/*
 * The instance that is asked for, made if need be; *made says so. ERR_PTR and a sentence. Under
 * jn->lock.
 */
static struct jool_instance *obtain(struct jool_net *jn, struct genl_info *info, bool *made)
{
	struct nlattr **attrs = info->attrs;
	const struct in6_addr *pool6;
	struct jool_instance *inst;
	int err;

	inst = jool_instance_find(jn, nla_data(attrs[JOOL_A_INSTANCE]));
	*made = !inst;
	if (inst && !attrs[JOOL_A_POOL6])
		return inst;
	err = jool_netlink_check_instance(attrs, info->extack);
	if (err)
		return ERR_PTR(err);
	pool6 = nla_data(attrs[JOOL_A_POOL6]);
	if (!inst)
		return jool_instance_create(jn, nla_data(attrs[JOOL_A_INSTANCE]), pool6,
					    nla_get_u8(attrs[JOOL_A_POOL6_LEN]), info->extack);
	if (ipv6_addr_equal(pool6, jool_instance_pool6(inst)) &&
	    nla_get_u8(attrs[JOOL_A_POOL6_LEN]) == inst->pool6_len)
		return inst;
	return ERR_PTR(jool_netlink_refuse(attrs, info->extack, JOOL_A_POOL6,
		"the instance has another pool6, which cannot change; remove it first"));
}

/* Whether the plan, which is sorted, has an entry with the IPv6 side of @bib. */
static bool has_node6(const struct plan *plan, const struct jool_bib *bib)
{
	struct wanted key = { .entry = { .proto = bib->proto, .src6 = bib->src6 } };

	return bsearch(&key, plan->bib, plan->bib_count, sizeof(key), by_src6);
}

/* Makes @bib dynamic if it is not in the plan @arg. */
static bool demote(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	if (bib->is_static && !has_node6(arg, bib))
		jool_bib_demote(inst, bib);
	return true;
}

/* Removes @bib if it is dynamic and its address left pool4. */
static bool evict_address(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	const struct loss *loss = arg;

	return bib->is_static || !jool_pool4_has_addr(loss->old, bib->src4.addr) ||
	       jool_pool4_has_addr(loss->new, bib->src4.addr) ||
	       jool_bib_remove(inst, bib, JOOL_REASON_POOL4);
}

/* Removes what @inst had and is not to have any more. */
static void clear_out(struct jool_instance *inst, struct plan *plan, struct jool_pool4 *old,
		      u32 flags)
{
	struct loss loss = { .old = old, .new = pool4_of(inst) };

	if (flags & JOOL_FLAG_BIB)
		jool_bib_walk(inst, JOOL_PROTOS_ALL, demote, plan);
	jool_bib_walk(inst, JOOL_PROTOS_ALL, evict_address, &loss);
	jool_instance_renew(inst);
}

/*
 * Whether @entry can be added now. With @replace, other static entries of @inst are not in the way.
 */
static bool is_free(struct jool_instance *inst, const struct jool_bib_static *entry, bool replace)
{
	const struct jool_portmap *map;
	const struct jool_bib *bib;
	bool free;

	rcu_read_lock();
	bib = jool_bib_rival(inst, entry);
	if (bib) {
		free = replace && bib->is_static;
	} else {
		/* Another instance may have the port. */
		map = jool_portmap_find(&inst->net->portmaps, entry->src4.addr);
		free = !map || !jool_portmap_test(map, entry->proto, ntohs(entry->src4.port)) ||
		       jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
	}
	rcu_read_unlock();
	return free;
}

/* How many more entries there are, and static ones, with one that is added. */
struct growth {
	int bibs;
	int statics;
};

static void go(struct growth *growth, const struct jool_bib *bib)
{
	growth->bibs--;
	growth->statics -= bib->is_static;
}

/* With @entry of @plan. What goes for two entries is counted with that of its IPv6 side. */
static struct growth growth_with(struct jool_instance *inst, const struct plan *plan,
				 const struct jool_bib_static *entry)
{
	struct growth growth = { .bibs = 1, .statics = 1 };
	const struct jool_bib *by6, *by4;

	rcu_read_lock();
	by6 = jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
	by4 = jool_bib_find4(inst, entry->proto, entry->src4.addr, entry->src4.port);
	if (by6)
		go(&growth, by6);
	if (by4 && by4 != by6 && !has_node6(plan, by4))
		go(&growth, by4);
	rcu_read_unlock();
	return growth;
}

static int refuse_static(const struct wanted *w, struct genl_info *info, int err, const char *why)
{
	info->extack->_msg = why;
	NL_SET_BAD_ATTR(info->extack, w->attr);
	return err;
}

/*
 * Whether the static entries can be added, if nothing changes until then and there is memory.
 * Returns 0, -EEXIST or -ENOSPC and a sentence.
 */
static int check_statics(struct jool_instance *inst, const struct plan *plan,
			 struct genl_info *info)
{
	bool replace = jool_netlink_flags(info->attrs) & JOOL_FLAG_BIB;
	s64 bibs = jool_instance_bibs(inst, JOOL_PROTOS_ALL);
	s64 statics = atomic_read(&jool_limit_statics);
	const struct wanted *w;
	struct growth growth;

	for (w = plan->bib; w < plan->bib + plan->bib_count; w++) {
		/* It may be there twice. */
		if (w > plan->bib && !by_src6(w - 1, w))
			continue;
		if (!is_free(inst, &w->entry, replace))
			return refuse_static(w, info, -EEXIST, JOOL_BIB_IN_THE_WAY);
		cond_resched();
		growth = growth_with(inst, plan, &w->entry);
		bibs += growth.bibs;
		if (growth.bibs > 0 && bibs > plan->max_bib)
			return refuse_static(w, info, -ENOSPC, JOOL_BIB_IS_FULL);
		statics += growth.statics;
		if (growth.statics > 0 && statics > READ_ONCE(jool_limit_max_statics))
			return refuse_static(w, info, -ENOSPC, JOOL_BIB_STATICS_FULL);
	}
	return 0;
}

/* Whether the request is only to be looked at. */
static bool is_check(const struct genl_info *info)
{
	return info->genlhdr->cmd == JOOL_CMD_CONFIG_CHECK;
}

/* Gives @inst the configuration. Under its namespace's lock. */
static int apply(struct jool_instance *inst, struct plan *plan, struct genl_info *info)
{
	struct jool_config *config = make_config(inst->net, plan, info);
	struct jool_pool4 *old = pool4_of(inst);
	int err;

	if (IS_ERR(config))
		return PTR_ERR(config);
	plan->max_bib = config->max_bib;
	err = read_statics(inst, plan, info) ?: check_statics(inst, plan, info);
	if (!err && !is_check(info))
		err = add_statics(inst, plan, info);
	if (err || is_check(info)) {
		jool_instance_config_free(config);
		return err;
	}
	jool_pool4_hold(old);
	jool_instance_configure(inst, config);
	clear_out(inst, plan, old, jool_netlink_flags(info->attrs));
	jool_pool4_put(old);
	return 0;
}

int jool_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_net *jn = jool_instance_net(genl_info_net(info));
	bool check = is_check(info), made;
	struct jool_instance *inst;
	struct plan plan = {};
	int err;

	err = JOOL_NETLINK_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE) ?:
	      plan_alloc(&plan, info) ?:
	      read_pool4_entries(&plan, info);
	if (err)
		goto out;
	mutex_lock(&jn->lock);
	inst = obtain(jn, info, &made);
	err = PTR_ERR_OR_ZERO(inst) ?: apply(inst, &plan, info);
	if (!IS_ERR(inst) && made) {
		if (!err && !check)
			err = jool_instance_publish(inst, info->extack);
		if (err || check)
			jool_instance_discard(inst);
	}
	mutex_unlock(&jn->lock);
	/* What was in the way at first is no warning. */
	if (!err) {
		info->extack->_msg = NULL;
		warn_of_log(jn, info);
	}
	if (!err && !check)
		jool_fast_sync(jn);
out:
	plan_free(&plan);
	return err;
}
