// SPDX-License-Identifier: GPL-2.0-only
#include "dump.h"

#include <net/sock.h>

#include "bib.h"
#include "compat.h"
#include "instance.h"
#include "netlink.h"
#include "pool4.h"
#include "port.h"
#include "request.h"

/* Entries that are looked at before others may run. */
#define BATCH 1024

/* Addresses that are searched for a port in use before others may run. */
#define BATCH_MAPS 64

struct dump_ctx {
	struct jool_dump *dump;
};

struct jool_dump *jool_dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_ctx) > sizeof(cb->ctx));
	return ((struct dump_ctx *)cb->ctx)->dump;
}

int jool_dump_done(struct netlink_callback *cb)
{
	struct jool_dump *dump = jool_dump_of(cb);

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

int jool_dump_start(struct netlink_callback *cb)
{
	return jool_request_permit(cb->skb, cb->extack) ?: jool_dump_start_stats(cb);
}

int jool_dump_start_stats(struct netlink_callback *cb)
{
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_net *jn = jool_namespace_of(sock_net(cb->skb->sk));
	struct jool_instance *inst;
	struct jool_dump *dump;
	int err;

	err = JOOL_REQUEST_REQUIRE(attrs, cb->extack, JOOL_A_INSTANCE);
	if (err)
		return err;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	strscpy(dump->name, nla_data(attrs[JOOL_A_INSTANCE]), sizeof(dump->name));
	dump->protos = jool_request_protos(attrs);
	dump->usage = jool_request_flags(attrs) & JOOL_FLAG_USAGE;

	mutex_lock(&jn->lock);
	inst = jool_namespace_find(jn, dump->name);
	if (inst && genl_command(cb) == JOOL_CMD_POOL4_GET) {
		dump->pool4 = rcu_dereference_protected(inst->config,
							lockdep_is_held(&jn->lock))->pool4;
		jool_pool4_hold(dump->pool4);
	}
	mutex_unlock(&jn->lock);
	if (!inst) {
		kfree(dump);
		return jool_request_no_instance(cb->extack, attrs[JOOL_A_INSTANCE]);
	}
	((struct dump_ctx *)cb->ctx)->dump = dump;
	return 0;
}

/* Leaves out the maps that have nothing of what is asked for. */
static void sift_maps(struct jool_dump *dump)
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
	struct jool_net *jn = jool_namespace_of(sock_net(cb->skb->sk));
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_select select;
	struct jool_dump *dump;
	int err;

	err = jool_select_read(&select, attrs, cb->extack) ?: jool_dump_start(cb);
	if (err)
		return err;
	dump = jool_dump_of(cb);
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

struct jool_instance *jool_dump_instance(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_namespace_of(sock_net(cb->skb->sk));
	struct jool_instance *inst = jool_namespace_find(jn, jool_dump_of(cb)->name);

	if (inst)
		cb->seq = READ_ONCE(inst->generation);
	return inst;
}

void *jool_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&jool_netlink_family, NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int jool_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Goes on to the next port in use. Returns 0, -EAGAIN: it is further on, -ENOENT: there is none. */
static int dump_seek(struct jool_dump *dump)
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

/* Puts what is wanted of some entries. Returns like jool_dump_put_fn, or -ENOENT. Under RCU. */
static int dump_some(struct sk_buff *skb, struct netlink_callback *cb, jool_dump_put_fn put)
{
	struct jool_dump *dump = jool_dump_of(cb);
	struct jool_instance *inst = jool_dump_instance(cb);
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

int jool_dump_table(struct sk_buff *skb, struct netlink_callback *cb, jool_dump_put_fn put)
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
