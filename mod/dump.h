/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lists of the Generic Netlink family: .start, .dumpit and .done of its operations. They hold
 * no lock between messages.
 */
#ifndef _JOOL_DUMP_H
#define _JOOL_DUMP_H

#include <linux/netlink.h>

/*
 * Begins a dump of the instance that the request names; of a table of it; of its counters, which
 * are everybody's; of all instances.
 */
int jool_dump_start(struct netlink_callback *cb);
int jool_dump_start_table(struct netlink_callback *cb);
int jool_dump_start_stats(struct netlink_callback *cb);
int jool_dump_start_instances(struct netlink_callback *cb);

int jool_dump_pool4(struct sk_buff *skb, struct netlink_callback *cb);
int jool_dump_bib(struct sk_buff *skb, struct netlink_callback *cb);
int jool_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb);
int jool_dump_stats(struct sk_buff *skb, struct netlink_callback *cb);

/* Every instance of the namespace, or of all of them: needs no done. */
int jool_dump_instances(struct sk_buff *skb, struct netlink_callback *cb);

int jool_dump_done(struct netlink_callback *cb);

#endif
