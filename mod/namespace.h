/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module has of a network namespace: any number of instances, one translator each. */
#ifndef _JOOL_NAMESPACE_H
#define _JOOL_NAMESPACE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/ratelimit_types.h>
#include <linux/workqueue.h>
#include <net/netns/generic.h>

#include "../common/uapi.h"
#include "bypass.h"
#include "addr4.h"

struct jool_instance;

/* Most instances of a namespace. */
#define JOOL_INSTANCES_MAX 256

/* Per network namespace. */
struct jool_net {
	struct net *net;
	struct mutex lock;		/* configuration of all instances */
	struct list_head instances;	/* changed under lock, read under RCU */
	struct list_head gone;		/* those that were hidden when the namespace ended */
	bool hooked;
	bool exceptions6;		/* an address or a route lies, or lay, within a pool6 */
	unsigned int count;
	struct work_struct readdress;
	struct nf_hook_ops hooks[4];
	struct list_head fast;		/* devices hooked into by fast.c; under RTNL */
	struct list_head followers;	/* of event.c; changed under follow_lock, read under RCU */
	struct mutex follow_lock;	/* followers and their count */
	unsigned int followers_count;
	atomic64_t events;		/* session events while somebody followed */
	struct ratelimit_state log_limit;	/* of lines in the kernel's log */
	struct jool_addr4s addr4s;
	struct jool_routes routes;
};

extern unsigned int jool_namespace_id;

/* The state of @net. */
static inline struct jool_net *jool_namespace_of(struct net *net)
{
	return net_generic(net, jool_namespace_id);
}

/* The instance called @name of @jn, or NULL. Under RCU or jn->lock. */
struct jool_instance *jool_namespace_find(struct jool_net *jn, const char *name);

/*
 * Adds an instance and, with the first one of the namespace, the hooks. @pool6 is valid
 * (jool_rfc6052_check). Returns 0, -EEXIST, -ENOSPC, -ENOMEM or what the hooks say; @extack has a
 * sentence. May sleep; takes jn->lock.
 */
int jool_namespace_add(struct jool_net *jn, const char *name, const struct in6_addr *pool6,
		       u8 pool6_len, struct netlink_ext_ack *extack);

/*
 * Makes an instance that no packet sees until jool_namespace_publish(), or is done away with by
 * jool_namespace_discard(). @pool6 is valid (jool_rfc6052_check). ERR_PTR(-EEXIST),
 * ERR_PTR(-ENOSPC) or ERR_PTR(-ENOMEM); @extack has a sentence. May sleep; under jn->lock.
 */
struct jool_instance *jool_namespace_create(struct jool_net *jn, const char *name,
					    const struct in6_addr *pool6, u8 pool6_len,
					    struct netlink_ext_ack *extack);

/*
 * Has packets meet @inst. Returns 0 or what the hooks say; @extack has a sentence. May sleep; under
 * jn->lock.
 */
int jool_namespace_publish(struct jool_instance *inst, struct netlink_ext_ack *extack);
void jool_namespace_discard(struct jool_instance *inst);

/* Removes an instance with all it has. Returns 0 or -ENOENT. May sleep; takes jn->lock. */
int jool_namespace_remove(struct jool_net *jn, const char *name);

/* Removes all instances of @jn, in one grace period. May sleep; takes jn->lock. */
void jool_namespace_flush(struct jool_net *jn);

/* Registers and unregisters what lives per network namespace. */
int jool_namespace_init(void);
void jool_namespace_exit(void);

#endif
