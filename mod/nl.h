/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The handlers of the Generic Netlink family's operations, in one file to a mode: JOOL_CMD_BIB_ADD
 * is jool_nl_bib_add() in nl_bib.c. They have sentences for what they refuse; common/uapi.h says
 * what they answer.
 */
#ifndef _JOOL_NL_H
#define _JOOL_NL_H

#include <net/genetlink.h>

#include "../common/uapi.h"

struct jool_bib_static;
struct jool_globals;
struct jool_instance;
struct jool_net;
struct jool_pool4_change;

/* .doit of the commands of these names. */
int jool_nl_instance_add(struct sk_buff *skb, struct genl_info *info);
int jool_nl_instance_remove(struct sk_buff *skb, struct genl_info *info);
int jool_nl_instance_flush(struct sk_buff *skb, struct genl_info *info);
int jool_nl_pool4_add(struct sk_buff *skb, struct genl_info *info);
int jool_nl_pool4_remove(struct sk_buff *skb, struct genl_info *info);
int jool_nl_pool4_flush(struct sk_buff *skb, struct genl_info *info);
int jool_nl_bib_add(struct sk_buff *skb, struct genl_info *info);
int jool_nl_bib_remove(struct sk_buff *skb, struct genl_info *info);
int jool_nl_bib_flush(struct sk_buff *skb, struct genl_info *info);
int jool_nl_session_count(struct sk_buff *skb, struct genl_info *info);
int jool_nl_session_delete(struct sk_buff *skb, struct genl_info *info);
int jool_nl_global_get(struct sk_buff *skb, struct genl_info *info);
int jool_nl_global_set(struct sk_buff *skb, struct genl_info *info);
int jool_nl_query(struct sk_buff *skb, struct genl_info *info);

/* JOOL_CMD_CONFIG_SET and JOOL_CMD_CONFIG_CHECK. */
int jool_nl_config_set(struct sk_buff *skb, struct genl_info *info);

/*
 * .dumpit of the commands of these names; dump.h has their .start and .done, but for instances,
 * every one of the namespace, or of all of them, which need no .done.
 */
int jool_nl_pool4_get(struct sk_buff *skb, struct netlink_callback *cb);
int jool_nl_bib_get(struct sk_buff *skb, struct netlink_callback *cb);
int jool_nl_session_get(struct sk_buff *skb, struct netlink_callback *cb);
int jool_nl_stats_get(struct sk_buff *skb, struct netlink_callback *cb);
int jool_nl_instance_start(struct netlink_callback *cb);
int jool_nl_instance_get(struct sk_buff *skb, struct netlink_callback *cb);

/* What JOOL_CMD_CONFIG_SET, which sets all of it at once, takes from the other modes. */

/*
 * Whether a request has the name and pool6 that a new instance needs. Returns 0, or -EINVAL and
 * @extack has a sentence.
 */
int jool_nl_instance_check(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* Whether @addr may be an address of ours: also a link-local one, whose packets go no further. */
bool jool_nl_pool4_may_have(__be32 addr);

/* Reads what is to be added to pool4. Returns 0, -EINVAL and a sentence. */
int jool_nl_pool4_read(struct nlattr **attrs, struct netlink_ext_ack *extack,
		       struct jool_pool4_change *change);

/*
 * Reads a static BIB entry, of which packets can be translated. Returns 0, -EINVAL and a sentence.
 */
int jool_nl_bib_read(const struct jool_instance *inst, struct nlattr **attrs,
		     struct netlink_ext_ack *extack, struct jool_bib_static *entry);

/*
 * Sets the options in @nest, JOOL_A_GLOBALS of a request, in @globals, which may be half set if it
 * fails; with @force also to values that are allowed only then. Returns 0, -EINVAL or -ERANGE and a
 * sentence.
 */
int jool_nl_global_read(const struct nlattr *nest, bool force, struct jool_globals *globals,
			struct netlink_ext_ack *extack);

/* Warns, in a request that is done, of options whose effect is not to be seen. */
void jool_nl_global_warn(const struct jool_net *jn, struct genl_info *info);

#endif
