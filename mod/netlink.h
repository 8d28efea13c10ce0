/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Generic Netlink family (common/uapi.h): requests. dump.c has the lists, config.c what changes
 * the configuration, event.c the events.
 */
#ifndef _JOOL_NETLINK_H
#define _JOOL_NETLINK_H

#include <net/genetlink.h>

#include "../common/uapi.h"

struct jool_config;
struct jool_session;

extern struct genl_family jool_netlink_family;

extern const struct nla_policy jool_netlink_policy[JOOL_A_MAX + 1];

/*
 * Whether the sender of @skb may do what takes a privilege: CAP_NET_ADMIN over its network
 * namespace, which the kernel has checked, and in the initial user namespace, unless the module's
 * parameter userns says otherwise. Returns 0, or -EPERM and @extack has a sentence.
 */
int jool_netlink_permit(struct sk_buff *skb, struct netlink_ext_ack *extack);

/*
 * The instance that the request names, or ERR_PTR and a sentence. Locks the configuration of its
 * namespace if there is one, until jool_netlink_unlock().
 */
struct jool_instance *jool_netlink_lock(struct genl_info *info);
void jool_netlink_unlock(struct jool_instance *inst);

/* Refuses a request because of @attr, which it has. @extack may be NULL. Returns -EINVAL. */
int jool_netlink_refuse(struct nlattr **attrs, struct netlink_ext_ack *extack, enum jool_attr attr,
			const char *why);

/*
 * Whether all of @wanted, which ends with 0, are among @attrs, and the protocol, if there is one,
 * is one. Returns 0, or -EINVAL and @extack has a sentence.
 */
int jool_netlink_require(struct nlattr **attrs, struct netlink_ext_ack *extack, const u8 *wanted);

#define JOOL_NETLINK_REQUIRE(attrs, extack, ...)	\
	jool_netlink_require(attrs, extack, (const u8[]) { __VA_ARGS__, 0 })

/*
 * Whether a request has the name and pool6 that a new instance needs. Returns 0, or -EINVAL and
 * @extack has a sentence.
 */
int jool_netlink_check_instance(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* The enum jool_flag of a request; 0 if it has none. */
u32 jool_netlink_flags(struct nlattr **attrs);

/* The enum jool_proto of a request that has a valid one. */
u8 jool_netlink_proto(struct nlattr **attrs);

/* The set of protocols (BIT(enum jool_proto)) of a request: its own, or all if it names none. */
unsigned int jool_netlink_protos(struct nlattr **attrs);

/* Refuses the request since there is no instance with the name in @attr. Returns -ENOENT. */
int jool_netlink_no_instance(struct netlink_ext_ack *extack, const struct nlattr *attr);

/* Puts what JOOL_CMD_SESSION_GET answers. Returns 0 or -EMSGSIZE. Under RCU; any context. */
int jool_netlink_put_session(struct sk_buff *skb, const struct jool_config *config,
			     const struct jool_session *session);

/* Puts the attributes of a reply. Returns 0 or -EMSGSIZE. */
typedef int (*jool_netlink_put_fn)(struct sk_buff *skb, const void *arg);

/*
 * Answers @info with what @put puts of @arg, up to a page. Returns 0, -ENOMEM, -EMSGSIZE, or what
 * sending it returns. May sleep.
 */
int jool_netlink_reply(struct genl_info *info, jool_netlink_put_fn put, const void *arg);

/* Registers and unregisters the family. */
int jool_netlink_init(void);
void jool_netlink_exit(void);

#endif
