// SPDX-License-Identifier: GPL-2.0-only
#include "dump.h"

#include <net/sock.h>

#include "bib.h"
#include "compat.h"
#include "instance.h"
#include "pool4.h"
#include "port.h"
#include "request.h"

/* Addresses that are searched for a port in use before others may run. */
#define BATCH_ADDRS 64

int jool_dump_done(struct netlink_callback *cb)
{
	struct jool_dump *dump = jool_dump_of(cb);

	if (!dump)
		return 0;
	if (dump->pool4)
		jool_pool4_put(dump->pool4);
	jool_addr4_list_free(dump->addr4s, dump->count);
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
		dump->pool4 = jool_instance_config(inst)->pool4;
		jool_pool4_hold(dump->pool4);
	}
	mutex_unlock(&jn->lock);
	if (!inst) {
		kfree(dump);
		return jool_request_no_instance(cb->extack, attrs[JOOL_A_INSTANCE]);
	}
	((struct jool_dump_ctx *)cb->ctx)->dump = dump;
	return 0;
}

/* Leaves out the addresses that have nothing of what is asked for. */
static void sift_maps(struct jool_dump *dump)
{
	unsigned int i, n = 0;

	for (i = 0; i < dump->count; i++) {
		if (jool_match_addr4(&dump->match, dump->addr4s[i]))
			dump->addr4s[n++] = dump->addr4s[i];
		else
			jool_addr4_put(dump->addr4s[i]);
	}
	dump->count = n;
}

int jool_dump_start_table(struct netlink_callback *cb)
{
	struct jool_net *jn = jool_namespace_of(sock_net(cb->skb->sk));
	struct nlattr **attrs = jool_compat_attrs(cb);
	struct jool_match match;
	struct jool_dump *dump;
	int err;

	err = jool_match_read(&match, attrs, cb->extack) ?: jool_dump_start(cb);
	if (err)
		return err;
	dump = jool_dump_of(cb);
	dump->match = match;
	dump->addr4s = jool_addr4_list(&jn->addr4s, &dump->count);
	if (!IS_ERR(dump->addr4s)) {
		sift_maps(dump);
		return 0;
	}
	err = PTR_ERR(dump->addr4s);
	dump->addr4s = NULL;
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

int jool_dump_seek(struct jool_dump *dump)
{
	int addr4s = 0;

	for (; dump->proto < JOOL_PROTOS; dump->proto++, dump->at = 0) {
		if (!(dump->protos & BIT(dump->proto)))
			continue;
		for (; dump->at < dump->count; dump->at++, dump->port = 0) {
			dump->port = jool_addr4_next(dump->addr4s[dump->at], dump->proto,
						     dump->port);
			if (dump->port < JOOL_PORTS)
				return 0;
			if (++addr4s == BATCH_ADDRS)
				return -EAGAIN;
		}
	}
	return -ENOENT;
}
