// SPDX-License-Identifier: GPL-2.0-only
#include "dump.h"

#include <net/sock.h>

#include "bib.h"
#include "compat.h"
#include "instance.h"
#include "netlink.h"
#include "pool4.h"
#include "port.h"
#include "select.h"
#include "session.h"

/* Entries that are looked at before others may run. */
#define BATCH 1024

/* Addresses that are searched for a port in use before others may run. */
#define BATCH_MAPS 64

/* Where a dump is. */
struct dump {
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

struct dump_ctx {
	struct dump *dump;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_ctx) > sizeof(cb->ctx));
	return ((struct dump_ctx *)cb->ctx)->dump;
}

int jool_dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	if (!dump)
		return 0;
	if (dump->pool4)
		jool_pool4_put(dump->pool4);
	jool_portmap_list_free(dump->maps, dump->count);
	kfree(dump);
	return 0;
}

static u8 genl_command(const struct netlink_callback *cb)
{
	return ((const struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
}

int jool_dump_start_instances(struct netlink_callback *cb)
{
	return jool_netlink_permit(cb->skb, cb->extack);
}

int jool_dump_start(struct netlink_callback *cb)
{
	return jool_netlink_permit(cb->skb, cb->extack) ?: jool_dump_start_stats(cb);
}

int jool_dump_start_stats(struct netlink_callback *cb)
{
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct jool_instance *inst;
	struct dump *dump;
	int err;

	err = JOOL_NETLINK_REQUIRE(attrs, cb->extack, JOOL_A_INSTANCE);
	if (err)
		return err;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	strscpy(dump->name, nla_data(attrs[JOOL_A_INSTANCE]), sizeof(dump->name));
	dump->protos = jool_netlink_protos(attrs);
	dump->usage = jool_netlink_flags(attrs) & JOOL_FLAG_USAGE;

	mutex_lock(&jn->lock);
	inst = jool_instance_find(jn, dump->name);
	if (inst && genl_command(cb) == JOOL_CMD_POOL4_GET) {
		dump->pool4 = rcu_dereference_protected(inst->config,
							lockdep_is_held(&jn->lock))->pool4;
		jool_pool4_hold(dump->pool4);
	}
	mutex_unlock(&jn->lock);
	if (!inst) {
		kfree(dump);
		return jool_netlink_no_instance(cb->extack, attrs[JOOL_A_INSTANCE]);
	}
	((struct dump_ctx *)cb->ctx)->dump = dump;
	return 0;
}

/* Leaves out the maps that have nothing of what is asked for. */
static void sift_maps(struct dump *dump)
{
	unsigned int i, n = 0;

	for (i = 0; i < dump->count; i++) {
		if (jool_select_map(&dump->select, dump->maps[i]))
			dump->maps[n++] = dump->maps[i];
		else
			jool_portmap_put(dump->maps[i]);
	}
	dump->count = n;
}

int jool_dump_start_table(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_select select;
	struct dump *dump;
	int err;

	err = jool_select_read(&select, attrs, cb->extack) ?: jool_dump_start(cb);
	if (err)
		return err;
	dump = dump_of(cb);
	dump->select = select;
	dump->maps = jool_portmap_list(&jn->portmaps, &dump->count);
	if (!IS_ERR(dump->maps)) {
		sift_maps(dump);
		return 0;
	}
	err = PTR_ERR(dump->maps);
	dump->maps = NULL;
	jool_dump_done(cb);
	return err;
}

/* The instance of the dump, under RCU; NULL: it was removed meanwhile. */
static struct jool_instance *dump_instance(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_instance_net(sock_net(cb->skb->sk));
	struct jool_instance *inst = jool_instance_find(jn, dump_of(cb)->name);

	if (inst)
		cb->seq = READ_ONCE(inst->generation);
	return inst;
}

static void *message_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&jool_netlink_family, NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Ends a message, or takes it back if @err: then it did not fit. */
static int message_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int put_pool4_row(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct dump *dump, const struct jool_pool4_row *row)
{
	u32 flags = (row->iterations ? 0 : JOOL_FLAG_AUTO) |
		    (dump->pool4->is_default ? JOOL_FLAG_DEFAULT : 0);
	void *hdr = message_begin(skb, cb, JOOL_CMD_POOL4_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(row->proto)) ?:
			   nla_put_u32(skb, JOOL_A_MARK, row->mark) ?:
			   nla_put_in_addr(skb, JOOL_A_PREFIX4, row->addr) ?:
			   nla_put_u16(skb, JOOL_A_PORT_MIN, row->min) ?:
			   nla_put_u16(skb, JOOL_A_PORT_MAX, row->max) ?:
			   nla_put_u32(skb, JOOL_A_MAX_ITERATIONS, row->iterations) ?:
			   nla_put_u32(skb, JOOL_A_FLAGS, flags) ?:
			   (dump->usage ?
			    nla_put_u32(skb, JOOL_A_PORTS_USED,
					jool_portmap_count(row->map, row->proto, row->min,
							   row->max)) : 0));
}

int jool_dump_pool4(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	const struct jool_pool4_row *row;

	if (dump->pool4->is_default && !dump->usage)
		return 0;
	for (; dump->at < dump->pool4->count; dump->at++) {
		row = &dump->pool4->rows[dump->at];
		if (dump->protos & BIT(row->proto) && put_pool4_row(skb, cb, dump, row))
			break;
	}
	return skb->len;
}

static int put_bib(struct sk_buff *skb, struct netlink_callback *cb, const struct jool_bib *bib)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_BIB_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(bib->proto)) ?:
			   nla_put_in6_addr(skb, JOOL_A_SRC6, &bib->src6.addr) ?:
			   nla_put_be16(skb, JOOL_A_SRC6_PORT, bib->src6.port) ?:
			   nla_put_in_addr(skb, JOOL_A_SRC4, bib->src4.addr) ?:
			   nla_put_be16(skb, JOOL_A_SRC4_PORT, bib->src4.port) ?:
			   nla_put_u32(skb, JOOL_A_FLAGS, bib->is_static ? JOOL_FLAG_STATIC : 0));
}

/* Goes on to the next port in use. Returns 0, -EAGAIN: it is further on, -ENOENT: there is none. */
static int dump_seek(struct dump *dump)
{
	int maps = 0;

	for (; dump->proto < JOOL_PROTOS; dump->proto++, dump->at = 0) {
		if (!(dump->protos & BIT(dump->proto)))
			continue;
		for (; dump->at < dump->count; dump->at++, dump->port = 0) {
			dump->port = jool_portmap_next(dump->maps[dump->at], dump->proto,
						       dump->port);
			if (dump->port < JOOL_PORTS)
				return 0;
			if (++maps == BATCH_MAPS)
				return -EAGAIN;
		}
	}
	return -ENOENT;
}

/* Puts what is wanted of @bib. Returns 0, -EMSGSIZE: it did not fit, -EAGAIN: there is more. */
typedef int (*put_fn)(struct sk_buff *skb, struct netlink_callback *cb,
		      struct jool_instance *inst, struct jool_bib *bib);

/* Puts what is wanted of some entries. Returns like put_fn, or -ENOENT. Under RCU. */
static int dump_some(struct sk_buff *skb, struct netlink_callback *cb, put_fn put)
{
	struct dump *dump = dump_of(cb);
	struct jool_instance *inst = dump_instance(cb);
	struct jool_bib *bib;
	int i, err = 0;

	if (!inst)
		return -ENOENT;
	for (i = 0; i < BATCH; i++) {
		err = dump_seek(dump);
		if (err)
			return err == -ENOENT ? 0 : err;
		bib = jool_bib_at(inst, dump->maps[dump->at], dump->proto, dump->port);
		err = bib ? put(skb, cb, inst, bib) : 0;
		if (err)
			return err;
		dump->port++;
		dump->dst4 = 0;
		dump->dst4_port = 0;
	}
	return -EAGAIN;
}

/* Fills @skb. Lets others run in between, since much may be looked at in vain. */
static int dump_table(struct sk_buff *skb, struct netlink_callback *cb, put_fn put)
{
	int err;

	do {
		rcu_read_lock();
		err = dump_some(skb, cb, put);
		rcu_read_unlock();
		cond_resched();
	} while (err == -EAGAIN);
	return err == -ENOENT ? err : skb->len;
}

static int put_wanted_bib(struct sk_buff *skb, struct netlink_callback *cb,
			  struct jool_instance *inst, struct jool_bib *bib)
{
	return jool_select_bib(&dump_of(cb)->select, bib) ? put_bib(skb, cb, bib) : 0;
}

int jool_dump_bib(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_table(skb, cb, put_wanted_bib);
}

static int put_session(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct jool_config *config, const struct jool_session *session)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_SESSION_GET);

	return hdr ? message_end(skb, hdr, jool_netlink_put_session(skb, config, session)) :
		     -EMSGSIZE;
}

/*
 * Picks the next sessions of the BIB entry at dump->port, which stay valid under RCU. Returns how
 * many, at most @room.
 */
static unsigned int pick(struct dump *dump, struct jool_bib *bib, struct jool_session **batch,
			 unsigned int room)
{
	struct jool_session *session;
	unsigned int n = 0;

	spin_lock_bh(&bib->lock);
	session = jool_session_first(bib, dump->dst4, dump->dst4_port);
	for (; session && n < room; session = jool_session_next(session))
		batch[n++] = session;
	spin_unlock_bh(&bib->lock);
	return n;
}

/* Moves the dump to right behind @session of the BIB entry at dump->port. */
static void advance(struct dump *dump, const struct jool_session *session)
{
	dump->dst4_port = htons(ntohs(session->key4.sport) + 1);
	dump->dst4 = session->key4.src;
	if (!dump->dst4_port)
		dump->dst4 = htonl(ntohl(dump->dst4) + 1);
}

/* Puts some of what is left of the sessions of @bib, at dump->port. Returns like put_fn. */
static int put_wanted_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			       struct jool_instance *inst, struct jool_bib *bib)
{
	const struct jool_config *config = rcu_dereference(inst->config);
	struct dump *dump = dump_of(cb);
	struct jool_session *batch[16];
	unsigned int n, i;

	n = pick(dump, bib, batch, ARRAY_SIZE(batch));
	for (i = 0; i < n; i++) {
		if (jool_select_session(&dump->select, batch[i]) &&
		    put_session(skb, cb, config, batch[i]))
			return -EMSGSIZE;
		advance(dump, batch[i]);
	}
	return n == ARRAY_SIZE(batch) ? -EAGAIN : 0;
}

int jool_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_table(skb, cb, put_wanted_sessions);
}

static u64 stat_value(const struct jool_instance *inst, enum jool_stat stat)
{
	switch (stat) {
	case JSTAT_BIB_ENTRIES:
		return jool_instance_bibs(inst, JOOL_PROTOS_ALL);
	case JSTAT_SESSIONS:
		return jool_instance_sessions(inst, JOOL_PROTOS_ALL);
	default:
		return jool_stats_sum(inst->stats, stat);
	}
}

static int put_stat(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct jool_instance *inst, enum jool_stat stat)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_STATS_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_string(skb, JOOL_A_STAT_NAME, jool_stats_name(stat)) ?:
			   nla_put_u64_64bit(skb, JOOL_A_STAT_VALUE, stat_value(inst, stat),
					     JOOL_A_PAD));
}

int jool_dump_stats(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct jool_instance *inst;
	int err = 0;

	rcu_read_lock();
	inst = dump_instance(cb);
	if (!inst)
		err = -ENOENT;
	for (; !err && dump->at < JOOL_STATS; dump->at++)
		if (put_stat(skb, cb, inst, dump->at))
			break;
	rcu_read_unlock();
	return err ?: skb->len;
}

static int put_instance(struct sk_buff *skb, struct netlink_callback *cb,
			const struct jool_instance *inst)
{
	void *hdr = message_begin(skb, cb, JOOL_CMD_INSTANCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	return message_end(skb, hdr,
			   nla_put_u32(skb, JOOL_A_NETNS, inst->net->net->ns.inum) ?:
			   nla_put_string(skb, JOOL_A_INSTANCE, inst->name) ?:
			   nla_put_in6_addr(skb, JOOL_A_POOL6, jool_instance_pool6(inst)) ?:
			   nla_put_u8(skb, JOOL_A_POOL6_LEN, inst->pool6_len));
}

/* Puts the instances of @jn that come after the first @skip; counts all in *n. */
static int put_instances(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct jool_net *jn, long skip, long *n)
{
	const struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list) {
		if (*n >= skip && put_instance(skb, cb, inst))
			return -EMSGSIZE;
		(*n)++;
	}
	return 0;
}

int jool_dump_instances(struct sk_buff *skb, struct netlink_callback *cb)
{
	bool all = netlink_ns_capable(cb->skb, &init_user_ns, CAP_NET_ADMIN);
	struct net *mine = sock_net(cb->skb->sk), *net;
	long n = 0;

	cb->seq = jool_instance_generation();
	rcu_read_lock();
	for_each_net_rcu(net)
		if ((all || net == mine) &&
		    put_instances(skb, cb, jool_instance_net(net), cb->args[0], &n))
			break;
	rcu_read_unlock();
	cb->args[0] = n;
	return skb->len;
}
