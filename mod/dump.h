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
#include "bib.h"
#include "netlink.h"
#include "match.h"

struct jool_instance;
struct jool_pool4;
struct jool_addr4;

/* Where a dump is. */
struct jool_dump {
	char name[JOOL_NAME_MAX + 1];
	unsigned int protos;		/* set of those that are wanted */
	bool usage;			/* of a pool4 dump: count the ports in use */
	struct jool_pool4 *pool4;	/* of a pool4 dump */
	struct jool_match match;	/* of a BIB or session dump */
	struct jool_addr4 **addr4s;	/* the same: every address that may be meant, in order */
	unsigned int count;
	u8 proto;			/* the one it is at */
	unsigned int at;		/* in addr4s or rows */
	unsigned int port;		/* of the address */
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

struct jool_dump_ctx {
	struct jool_dump *dump;
};

/* The dump that was begun; NULL: none was. */
static inline struct jool_dump *jool_dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct jool_dump_ctx) > sizeof(cb->ctx));
	return ((struct jool_dump_ctx *)cb->ctx)->dump;
}

/* The instance of the dump; NULL: it was removed meanwhile. Under RCU. */
struct jool_instance *jool_dump_instance(struct netlink_callback *cb);

/* Begins a message of @cmd. Returns its header, or NULL: it did not fit. */
static inline void *jool_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&jool_netlink_family, NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/*
 * Ends a message, or takes it back if @err: then it did not fit. Returns 0 or -EMSGSIZE.
 */
static inline int jool_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Puts what is wanted of @bib. Returns 0, -EMSGSIZE: it did not fit, -EAGAIN: there is more. */
typedef int (*jool_dump_put_fn)(struct sk_buff *skb, struct netlink_callback *cb,
				struct jool_instance *inst, struct jool_bib *bib);

/* Goes on to the next port in use. Returns 0, -EAGAIN: it is further on, -ENOENT: there is none. */
int jool_dump_seek(struct jool_dump *dump);

/* Entries that are looked at before others may run. */
#define JOOL_DUMP_BATCH 1024

/* Puts what is wanted of some entries. Returns like jool_dump_put_fn, or -ENOENT. Under RCU. */
static __always_inline int jool_dump_some(struct sk_buff *skb, struct netlink_callback *cb,
					  jool_dump_put_fn put)
{
	struct jool_dump *dump = jool_dump_of(cb);
	struct jool_instance *inst = jool_dump_instance(cb);
	struct jool_bib *bib;
	int i, err = 0;

	if (!inst)
		return -ENOENT;
	for (i = 0; i < JOOL_DUMP_BATCH; i++) {
		err = jool_dump_seek(dump);
		if (err)
			return err == -ENOENT ? 0 : err;
		bib = jool_bib_at(inst, dump->addr4s[dump->at], dump->proto, dump->port);
		err = bib ? put(skb, cb, inst, bib) : 0;
		if (err)
			return err;
		dump->port++;
		dump->dst4 = 0;
		dump->dst4_port = 0;
	}
	return -EAGAIN;
}

/*
 * Fills @skb with what @put puts of the BIB entries that the dump has not come to yet. Returns its
 * length, or -ENOENT: the instance was removed meanwhile. Lets others run in between, since much
 * may be looked at in vain. Inline for the sake of a million rows.
 */
static __always_inline int jool_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
					   jool_dump_put_fn put)
{
	int err;

	do {
		rcu_read_lock();
		err = jool_dump_some(skb, cb, put);
		rcu_read_unlock();
		cond_resched();
	} while (err == -EAGAIN);
	return err == -ENOENT ? err : skb->len;
}

#endif
