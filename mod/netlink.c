// SPDX-License-Identifier: GPL-2.0-only
#include "netlink.h"

#include <linux/module.h>

#include "compat.h"
#include "dump.h"
#include "event.h"
#include "nl.h"
#include "request.h"

/* Of all but the lists, which have their own start. */
static int before_request(const struct jool_compat_ops *op, struct sk_buff *skb,
			  struct genl_info *info)
{
	return jool_request_permit(skb, info->extack);
}

static const struct genl_ops ops[] = {
	{ .cmd = JOOL_CMD_INSTANCE_ADD, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_instance_add },
	{ .cmd = JOOL_CMD_INSTANCE_REMOVE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_instance_remove },
	{ .cmd = JOOL_CMD_INSTANCE_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_instance_flush },
	{ .cmd = JOOL_CMD_INSTANCE_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_nl_instance_start, .dumpit = jool_nl_instance_get },
	{ .cmd = JOOL_CMD_POOL4_ADD, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_pool4_add },
	{ .cmd = JOOL_CMD_POOL4_REMOVE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_pool4_remove },
	{ .cmd = JOOL_CMD_POOL4_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_pool4_flush },
	{ .cmd = JOOL_CMD_POOL4_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start, .dumpit = jool_nl_pool4_get, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_BIB_ADD, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_bib_add },
	{ .cmd = JOOL_CMD_BIB_REMOVE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_bib_remove },
	{ .cmd = JOOL_CMD_BIB_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start_table, .dumpit = jool_nl_bib_get, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_SESSION_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = jool_dump_start_table, .dumpit = jool_nl_session_get, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_GLOBAL_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_global_get },
	{ .cmd = JOOL_CMD_GLOBAL_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_global_set },
	{ .cmd = JOOL_CMD_STATS_GET,
	  .start = jool_dump_start_stats, .dumpit = jool_nl_stats_get, .done = jool_dump_done },
	{ .cmd = JOOL_CMD_BIB_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_bib_flush },
	{ .cmd = JOOL_CMD_SESSION_COUNT, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_session_count },
	{ .cmd = JOOL_CMD_SESSION_DELETE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_session_delete },
	{ .cmd = JOOL_CMD_CONFIG_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_config_set },
	{ .cmd = JOOL_CMD_CONFIG_CHECK, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_config_set },
	{ .cmd = JOOL_CMD_QUERY, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_nl_query },
	{ .cmd = JOOL_CMD_FOLLOW, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = jool_event_follow },
};

struct genl_family jool_netlink_family __ro_after_init = {
	.name = JOOL_GENL_NAME,
	.version = JOOL_GENL_VERSION,
	.maxattr = JOOL_A_MAX,
	.netnsok = true,
	.policy = jool_request_policy,
	.pre_doit = before_request,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.parallel_ops = true,	/* jn->lock guards what needs it */
	.module = THIS_MODULE,
};

int jool_netlink_init(void)
{
	return genl_register_family(&jool_netlink_family);
}

void jool_netlink_exit(void)
{
	genl_unregister_family(&jool_netlink_family);
}
