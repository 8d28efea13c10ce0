/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that configure an instance (common/uapi.h): pool4, static BIB entries, options, all. */
#ifndef _JOOL_CONFIG_H
#define _JOOL_CONFIG_H

struct genl_info;
struct sk_buff;

/* .doit of the commands of these names. */
int jool_config_pool4_add(struct sk_buff *skb, struct genl_info *info);
int jool_config_pool4_remove(struct sk_buff *skb, struct genl_info *info);
int jool_config_pool4_flush(struct sk_buff *skb, struct genl_info *info);
int jool_config_bib_add(struct sk_buff *skb, struct genl_info *info);
int jool_config_bib_remove(struct sk_buff *skb, struct genl_info *info);
int jool_config_global_get(struct sk_buff *skb, struct genl_info *info);
int jool_config_global_set(struct sk_buff *skb, struct genl_info *info);
int jool_config_set(struct sk_buff *skb, struct genl_info *info);

#endif
