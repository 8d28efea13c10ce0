/* SPDX-License-Identifier: GPL-2.0-only */
/* What the handlers of requests (nl.h) have in common. */
#ifndef _JOOL_REQUEST_H
#define _JOOL_REQUEST_H

#include <net/genetlink.h>

#include "../common/uapi.h"

extern const struct nla_policy jool_request_policy[JOOL_A_MAX + 1];

/*
 * Whether the sender of @skb may do what takes a privilege: CAP_NET_ADMIN over its network
 * namespace, which the kernel has checked, and in the initial user namespace, unless the module's
 * parameter userns says otherwise. Returns 0, or -EPERM and @extack has a sentence.
 */
int jool_request_permit(struct sk_buff *skb, struct netlink_ext_ack *extack);

/*
 * The instance that the request names, or ERR_PTR and a sentence. Locks the configuration of its
 * namespace if there is one, until jool_request_unlock().
 */
struct jool_instance *jool_request_lock(struct genl_info *info);
void jool_request_unlock(struct jool_instance *inst);

/* Refuses a request because of @attr, which it has. @extack may be NULL. Returns -EINVAL. */
int jool_request_refuse(struct nlattr **attrs, struct netlink_ext_ack *extack, enum jool_attr attr,
			const char *why);

/*
 * Whether all of @wanted, which ends with 0, are among @attrs, and the protocol, if there is one,
 * is one. Returns 0, or -EINVAL and @extack has a sentence.
 */
int jool_request_require(struct nlattr **attrs, struct netlink_ext_ack *extack, const u8 *wanted);

#define JOOL_REQUEST_REQUIRE(attrs, extack, ...)	\
	jool_request_require(attrs, extack, (const u8[]) { __VA_ARGS__, 0 })

/* The enum jool_flag of a request; 0 if it has none. */
u32 jool_request_flags(struct nlattr **attrs);

/* The enum jool_proto of a request that has a valid one. */
u8 jool_request_proto(struct nlattr **attrs);

/* The set of protocols (BIT(enum jool_proto)) of a request: its own, or all if it names none. */
unsigned int jool_request_protos(struct nlattr **attrs);

/* Refuses the request since there is no instance with the name in @attr. Returns -ENOENT. */
int jool_request_no_instance(struct netlink_ext_ack *extack, const struct nlattr *attr);

/* Puts the attributes of a reply. Returns 0 or -EMSGSIZE. */
typedef int (*jool_request_put_fn)(struct sk_buff *skb, const void *arg);

/*
 * Answers @info with what @put puts of @arg, up to a page. Returns 0, -ENOMEM, -EMSGSIZE, or what
 * sending it returns. May sleep.
 */
int jool_request_reply(struct genl_info *info, jool_request_put_fn put, const void *arg);

/* The same with a number of entries and, unless it is negative, of BIB entries. */
int jool_request_reply_count(struct genl_info *info, u64 entries, s64 bibs);

#endif
