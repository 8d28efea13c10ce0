// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>

#include "../common/uapi.h"
#include "bib.h"
#include "event.h"
#include "hash.h"
#include "limit.h"
#include "namespace.h"
#include "netlink.h"
#include "rfc7915.h"
#include "session.h"

static int __init jool_init(void)
{
	int err;

	/* Its routing tables are not there, then. */
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	jool_hash_init();
	err = jool_limit_init();
	if (err)
		return err;
	err = jool_session_cache_init();
	if (err)
		goto err_limit;
	err = jool_bib_cache_init();
	if (err)
		goto err_session_cache;
	err = jool_rfc7915_init();
	if (err)
		goto err_bib_cache;
	err = jool_namespace_init();
	if (err)
		goto err_rfc7915;
	err = jool_event_init();
	if (err)
		goto err_namespace;
	err = jool_netlink_init();
	if (err)
		goto err_event;
	return 0;

err_event:
	jool_event_exit();
err_namespace:
	jool_namespace_exit();
err_rfc7915:
	jool_rfc7915_exit();
err_bib_cache:
	jool_bib_cache_exit();
err_session_cache:
	jool_session_cache_exit();
err_limit:
	jool_limit_exit();
	return err;
}

static void __exit jool_exit(void)
{
	jool_netlink_exit();
	jool_event_exit();
	jool_namespace_exit();
	/* What was given to call_rcu() is code and caches of this module. */
	rcu_barrier();
	jool_rfc7915_exit();
	jool_bib_cache_exit();
	jool_session_cache_exit();
	jool_limit_exit();
}

module_init(jool_init);
module_exit(jool_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(JOOL_VERSION);
MODULE_DESCRIPTION("Stateful NAT64 (RFC 6146)");
MODULE_ALIAS_GENL_FAMILY(JOOL_GENL_NAME);
