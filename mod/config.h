/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet sees of an instance's configuration, from end to end: never changed, only replaced.
 */
#ifndef _JOOL_CONFIG_H
#define _JOOL_CONFIG_H

#include <linux/types.h>
#include <linux/workqueue.h>
#include <net/netlink.h>

#include "../common/uapi.h"
#include "tuple.h"

struct jool_net;
struct jool_pool4;

/* An option that may be automatic, as JOOL_CMD_GLOBAL_GET answers it. */
struct jool_limit {
	u32 now;		/* made by jool_config_derive() */
	u32 set;		/* or JOOL_LIMIT_AUTO */
};

struct jool_plateaus {
	u16 mtu[JOOL_PLATEAUS_MAX];	/* descending, without zeros and repetitions */
	u8 count;
};

struct jool_devices {
	char name[JOOL_DEVICES_MAX][JOOL_DEVICE_NAME];
	u8 count;
};

/* The values of globals.def. */
struct jool_globals {
#define JOOL_C_BOOL	bool
#define JOOL_C_U8	u8
#define JOOL_C_U32	u32
#define JOOL_C_MS	u32
#define JOOL_C_MS_AUTO	struct jool_limit
#define JOOL_C_LIMIT	struct jool_limit
#define JOOL_C_PREFIX6	struct {}
#define JOOL_C_DEVICES	struct jool_devices
#define JOOL_C_PLATEAUS	struct jool_plateaus
#define JOOL_GLOBAL(id, field, key, type, def, min, max, minforce, help) JOOL_C_##type field;
#include "../common/globals.def"
#undef JOOL_GLOBAL
};

struct jool_config {
	struct jool_globals globals;
	/* jiffies that a session may idle, made of globals */
	u32 timeout_tcp[3];	/* by enum jool_tcp_timer */
	u32 timeout_udp;
	u32 timeout_icmp;
	u32 port_rest[JOOL_PROTOS];	/* jiffies that a port rests */
	struct jool_pool4 *pool4;
	struct rcu_work free;
};

/* The configuration that a new instance of @jn has, or NULL: no memory. May sleep. */
struct jool_config *jool_config_default(struct jool_net *jn);

/* A copy that may be changed, or NULL: no memory. May sleep. */
struct jool_config *jool_config_copy(const struct jool_config *config);

/* Makes of the globals of @config what packets go by. */
void jool_config_derive(struct jool_config *config);

/* Frees a configuration that no packet sees. */
void jool_config_free(struct jool_config *config);

/*
 * Sets the options that are among @attrs, by enum jool_global; with @force also to values that are
 * allowed only then. Returns 0, -EINVAL or -ERANGE and a sentence, with some of them set. Any
 * context.
 */
int jool_config_set(struct jool_globals *globals, struct nlattr **attrs, bool force,
		    struct netlink_ext_ack *extack);

/* Of an attribute that is a prefix: its address and its length */
#define JOOL_PREFIX6_LEN	(sizeof(struct in6_addr) + 1)

/*
 * Puts all options by enum jool_global, in the order of globals.def, in which the command shows
 * them; pool6, which is the instance's, is @pool6. Returns 0 or -EMSGSIZE.
 */
int jool_config_put(struct sk_buff *skb, const struct jool_globals *globals,
		    const u8 pool6[JOOL_PREFIX6_LEN]);

#endif
