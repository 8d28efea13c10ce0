/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a list of the Generic Netlink family is, from message to message: .start and .done of its
 * operations, and what their .dumpit (nl.h) put their messages with. No lock is held between
 * messages.
 */
#ifndef _JOOL_DUMP_H
#define _JOOL_DUMP_H

#include <linux/netlink.h>

#include "../common/uapi.h"
#include "select.h"

struct jool_bib;
struct jool_instance;
struct jool_pool4;
struct jool_portmap;

/* Where a dump is. */
struct jool_dump {
	char name[JOOL_NAME_MAX + 1];
	unsigned int protos;		/* set of those that are wanted */
	bool usage;			/* of a pool4 dump: count the ports in use */
	struct jool_pool4 *pool4;	/* of a pool4 dump */
	struct jool_select select;	/* of a BIB or session dump */
	struct jool_portmap **maps;	/* the same: every address that may be meant, in order */
	unsigned int count;
	u8 proto;			/* the one it is at */
	unsigned int at;		/* in maps or rows */
	unsigned int port;		/* in the map */
	__be32 dst4;			/* in the BIB entry at port: the least that was not put */
	__be16 dst4_port;
};

/*
 * Begins a dump of the instance that the request names; of a table of it; of its counters, which
 * are everybody's.
 */
int jool_dump_start(struct netlink_callback *cb);
int jool_dump_start_table(struct netlink_callback *cb);
int jool_dump_start_stats(struct netlink_callback *cb);
int jool_dump_done(struct netlink_callback *cb);

/* The dump that was begun; NULL: none was. */
struct jool_dump *jool_dump_of(struct netlink_callback *cb);

/* The instance of the dump; NULL: it was removed meanwhile. Under RCU. */
struct jool_instance *jool_dump_instance(struct netlink_callback *cb);

/* Begins a message of @cmd. Returns its header, or NULL: it did not fit. */
void *jool_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/*
 * Ends a message, or takes it back if @err: then it did not fit. Returns 0 or -EMSGSIZE.
 */
int jool_dump_end(struct sk_buff *skb, void *hdr, int err);

/* Puts what is wanted of @bib. Returns 0, -EMSGSIZE: it did not fit, -EAGAIN: there is more. */
typedef int (*jool_dump_put_fn)(struct sk_buff *skb, struct netlink_callback *cb,
				struct jool_instance *inst, struct jool_bib *bib);

/*
 * Fills @skb with what @put puts of the BIB entries that the dump has not come to yet. Returns its
 * length, or -ENOENT: the instance was removed meanwhile. Lets others run in between, since much
 * may be looked at in vain.
 */
int jool_dump_table(struct sk_buff *skb, struct netlink_callback *cb, jool_dump_put_fn put);

#endif
