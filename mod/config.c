// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "../common/text.h"
#include "limit.h"
#include "pool4.h"
#include "tcp.h"

/* A source may have so many sessions, unless something else was set, in however small a table. */
#define SHARE_MIN 1024U

/* The options by enum jool_global. Of those that are no number the range is that of their bytes. */
static const struct option {
	u8 type;		/* enum jool_global_type */
	u16 offset;		/* in struct jool_globals */
	u32 def;
	u32 min;
	u32 max;
	u32 min_force;
} options[JOOL_GLOBAL_MAX + 1] = {
#define JOOL_GLOBAL(id, field, key, type, def, min, max, min_force, help)	\
	[JOOL_GLOBAL_##id] = { JOOL_G_##type, offsetof(struct jool_globals, field),	\
			       def, min, max, min_force },
#include "../common/globals.def"
#undef JOOL_GLOBAL
};

/* Deadlines are compared in 32 bits. */
static u32 to_jiffies(u32 ms)
{
	return min(msecs_to_jiffies(ms), (unsigned long)S32_MAX / 2);
}

static u32 derive_limit(struct jool_limit *limit, u32 automatic)
{
	limit->now = limit->set == JOOL_LIMIT_AUTO ? automatic : limit->set;
	return limit->now;
}

void jool_config_derive(struct jool_config *config)
{
	struct jool_globals *globals = &config->globals;
	u32 trans = globals->tcp_trans_timeout;
	u32 max;

	BUILD_BUG_ON(ARRAY_SIZE(config->timeout_tcp) != JOOL_TCP_TIMERS);
	config->timeout_tcp[JOOL_TCP_TIMER_EST] = to_jiffies(globals->tcp_est_timeout);
	config->timeout_tcp[JOOL_TCP_TIMER_OPENING] =
		to_jiffies(derive_limit(&globals->tcp_opening_timeout, trans));
	config->timeout_tcp[JOOL_TCP_TIMER_CLOSING] =
		to_jiffies(derive_limit(&globals->tcp_closing_timeout, trans));
	config->timeout_udp = to_jiffies(globals->udp_timeout);
	config->timeout_icmp = to_jiffies(globals->icmp_timeout);
	/* TCP's sessions end by its states (RFC 6888 REQ-8 a). */
	config->port_rest[JOOL_PROTO_UDP] = to_jiffies(globals->port_rest);
	config->port_rest[JOOL_PROTO_ICMP] = to_jiffies(globals->port_rest);
	max = derive_limit(&globals->max_sessions, jool_limit_by_memory());
	derive_limit(&globals->max_bib, jool_limit_by_memory());
	derive_limit(&globals->max_sessions_per_source, max(max / 4, SHARE_MIN));
}

static int compare_descending(const void *l, const void *r)
{
	return *(const u16 *)r - *(const u16 *)l;
}

/* Sets @plateaus to @count of @mtu, at most JOOL_PLATEAUS_MAX. */
static void set_plateaus(struct jool_plateaus *plateaus, const u16 *mtu, unsigned int count)
{
	u16 sorted[JOOL_PLATEAUS_MAX];
	unsigned int i;

	memcpy(sorted, mtu, count * sizeof(*mtu));
	sort(sorted, count, sizeof(*sorted), compare_descending, NULL);
	plateaus->count = 0;
	for (i = 0; i < count; i++)
		if (sorted[i] && (!i || sorted[i] != sorted[i - 1]))
			plateaus->mtu[plateaus->count++] = sorted[i];
}

static void set_devices(struct jool_devices *devices, const void *names, unsigned int len)
{
	devices->count = len / JOOL_DEVICE_NAME;
	memcpy(devices->name, names, len);
}

/* Sets the option at @value to @number, if it is one. */
static void set_number(const struct option *option, void *value, u32 number)
{
	switch (option->type) {
	case JOOL_G_BOOL:
		*(bool *)value = number;
		break;
	case JOOL_G_U8:
		*(u8 *)value = number;
		break;
	case JOOL_G_U32:
	case JOOL_G_MS:
		*(u32 *)value = number;
		break;
	case JOOL_G_LIMIT:
	case JOOL_G_MS_AUTO:
		((struct jool_limit *)value)->set = number;
		break;
	}
}

/* Sets the option at @value to what it is if nobody says otherwise. */
static void set_default(const struct option *option, void *value)
{
	static const u16 plateaus[] = JOOL_PLATEAUS_DEFAULT;

	if (option->type == JOOL_G_PLATEAUS)
		set_plateaus(value, plateaus, ARRAY_SIZE(plateaus));
	else
		set_number(option, value, option->def);
}

struct jool_config *jool_config_default(struct jool_net *jn)
{
	struct jool_config *config = kzalloc(sizeof(*config), GFP_KERNEL_ACCOUNT);
	int i;

	if (!config)
		return NULL;
	for (i = 1; i <= JOOL_GLOBAL_MAX; i++)
		set_default(&options[i], (void *)&config->globals + options[i].offset);
	jool_config_derive(config);
	config->pool4 = jool_pool4_default(jn);
	if (config->pool4)
		return config;
	kfree(config);
	return NULL;
}

struct jool_config *jool_config_copy(const struct jool_config *config)
{
	struct jool_config *copy = kmemdup(config, sizeof(*config), GFP_KERNEL_ACCOUNT);

	if (copy)
		jool_pool4_hold(copy->pool4);
	return copy;
}

void jool_config_free(struct jool_config *config)
{
	jool_pool4_put(config->pool4);
	kfree(config);
}

/* What the range of the option limits. */
static u32 number_of(const struct option *option, const struct nlattr *attr)
{
	switch (option->type) {
	case JOOL_G_BOOL:
	case JOOL_G_U8:
		return nla_get_u8(attr);
	case JOOL_G_PLATEAUS:
	case JOOL_G_DEVICES:
		return nla_len(attr);
	default:
		return nla_get_u32(attr);
	}
}

static int check_range(const struct option *option, const struct nlattr *attr, bool force,
		       struct netlink_ext_ack *extack)
{
	u32 value = number_of(option, attr);

	if ((value >= (force ? option->min_force : option->min) && value <= option->max) ||
	    (option->type == JOOL_G_MS_AUTO && value == JOOL_LIMIT_AUTO))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the value is out of the option's range");
	return -ERANGE;
}

/* Whether the names may be devices of the fast path. */
static int check_devices(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *name;
	int i;

	for (i = 0; i < nla_len(attr); i += JOOL_DEVICE_NAME) {
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

/* Whether there is an MTU: zeros are left out. */
static int check_plateaus(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (memchr_inv(nla_data(attr), 0, nla_len(attr) & ~1))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "there is no MTU above 0");
	return -EINVAL;
}

/* Sets the option at @value to that of @attr. */
static int set_option(const struct option *option, void *value, const struct nlattr *attr,
		      bool force, struct netlink_ext_ack *extack)
{
	int err = option->type == JOOL_G_DEVICES ? check_devices(attr, extack) :
		  option->type == JOOL_G_PLATEAUS ? check_plateaus(attr, extack) : 0;

	err = err ?: check_range(option, attr, force, extack);
	if (err)
		return err;
	switch (option->type) {
	case JOOL_G_PLATEAUS:
		set_plateaus(value, nla_data(attr), nla_len(attr) / sizeof(u16));
		break;
	case JOOL_G_DEVICES:
		set_devices(value, nla_data(attr), nla_len(attr));
		break;
	default:
		set_number(option, value, number_of(option, attr));
	}
	return 0;
}

int jool_config_set(struct jool_globals *globals, struct nlattr **attrs, bool force,
		    struct netlink_ext_ack *extack)
{
	int i, err = 0;

	for (i = 1; !err && i <= JOOL_GLOBAL_MAX; i++)
		if (attrs[i])
			err = set_option(&options[i], (void *)globals + options[i].offset,
					 attrs[i], force, extack);
	return err;
}

static int put_option(struct sk_buff *skb, int attrtype, const struct option *option,
		      const void *value, const u8 *pool6)
{
	const struct jool_plateaus *plateaus = value;
	const struct jool_devices *devices = value;

	switch (option->type) {
	case JOOL_G_BOOL:
		return nla_put_u8(skb, attrtype, *(const bool *)value);
	case JOOL_G_U8:
		return nla_put_u8(skb, attrtype, *(const u8 *)value);
	case JOOL_G_U32:
	case JOOL_G_MS:
		return nla_put_u32(skb, attrtype, *(const u32 *)value);
	case JOOL_G_LIMIT:
	case JOOL_G_MS_AUTO:
		return nla_put(skb, attrtype, sizeof(struct jool_limit), value);
	case JOOL_G_PLATEAUS:
		return nla_put(skb, attrtype, plateaus->count * sizeof(u16), plateaus->mtu);
	case JOOL_G_DEVICES:
		return nla_put(skb, attrtype, devices->count * JOOL_DEVICE_NAME, devices->name);
	case JOOL_G_PREFIX6:
		return nla_put(skb, attrtype, JOOL_PREFIX6_LEN, pool6);
	}
	return 0;
}

int jool_config_put(struct sk_buff *skb, const struct jool_globals *globals,
		    const u8 pool6[JOOL_PREFIX6_LEN])
{
	int i, err = 0;

	for (i = 1; !err && i <= JOOL_GLOBAL_MAX; i++)
		err = put_option(skb, i, &options[i], (const void *)globals + options[i].offset,
				 pool6);
	return err;
}
