/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes within pool6 that are more specific than it: what they lead to is reachable without
 * translation, and forwarded as it is (RFC 7915 5.6; RFC 6888 REQ-6). Nothing is asked as long as
 * there has been none.
 */
#ifndef _JOOL_BYPASS_H
#define _JOOL_BYPASS_H

#include <linux/atomic.h>
#include <linux/notifier.h>
#include <linux/types.h>

struct jool_instance;
struct jool_net;
struct jool_packet;

/* What has been found out, by the IPv4 address within the destination. */
#define JOOL_BYPASS_ENTRIES 256

/* Of an instance. */
struct jool_bypass {
	bool within;			/* such a route is there, or was */
	atomic64_t known[JOOL_BYPASS_ENTRIES];	/* address, when it was, whether it is left alone */
};

/* Of a namespace. */
struct jool_routes {
	struct notifier_block events;
	struct jool_instance *joining;	/* watched for, though not published yet */
	bool watched;
	atomic_t generation;		/* of all IPv6 routes and rules */
};

/*
 * Watches the routes of the namespace from now on, and looks at those that are there, also on
 * behalf of @inst, which is to be published next; then jool_bypass_joined(). May sleep; under
 * jn->lock, not under RTNL.
 */
void jool_bypass_watch(struct jool_instance *inst);
void jool_bypass_joined(struct jool_net *jn);

/* Watches no longer. May sleep; under jn->lock. */
void jool_bypass_unwatch(struct jool_net *jn);

/* Before the namespaces are left because the module goes: no route may find it afterwards. */
void jool_bypass_exit(void);

/*
 * Whether such a route takes the IPv6 packet p->skb, whose destination is in pool6 of p->inst.
 * Under RCU with bottom halves off.
 */
bool jool_bypass_takes(const struct jool_packet *p);

#endif
