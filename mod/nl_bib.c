// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include <net/ip.h>
#include <net/ipv6.h>

#include "bib.h"
#include "dump.h"
#include "instance.h"
#include "request.h"
#include "match.h"
#include "sock.h"

static struct jool_taddr6 taddr6_of(struct nlattr **attrs)
{
	return (struct jool_taddr6) {
		.addr = nla_get_in6_addr(attrs[JOOL_A_SRC6]),
		.port = nla_get_be16(attrs[JOOL_A_SRC6_PORT]),
	};
}

static struct jool_taddr4 taddr4_of(struct nlattr **attrs)
{
	return (struct jool_taddr4) {
		.addr = nla_get_in_addr(attrs[JOOL_A_SRC4]),
		.port = nla_get_be16(attrs[JOOL_A_SRC4_PORT]),
	};
}

int jool_nl_bib_read(const struct jool_instance *inst, struct nlattr **attrs,
		     struct netlink_ext_ack *extack, struct jool_bib_static *entry)
{
	const struct in6_addr *src6 = &entry->src6.addr;
	int err;

	err = JOOL_REQUEST_REQUIRE(attrs, extack, JOOL_A_PROTO, JOOL_A_SRC6, JOOL_A_SRC6_PORT,
				   JOOL_A_SRC4, JOOL_A_SRC4_PORT);
	if (err)
		return err;
	entry->proto = jool_request_proto(attrs);
	entry->src6 = taddr6_of(attrs);
	entry->src4 = taddr4_of(attrs);
	if (entry->proto != JOOL_PROTO_ICMP && !entry->src6.port)
		return jool_request_refuse(attrs, extack, JOOL_A_SRC6_PORT,
					   "TCP and UDP have no port 0");
	if (entry->proto != JOOL_PROTO_ICMP && !entry->src4.port)
		return jool_request_refuse(attrs, extack, JOOL_A_SRC4_PORT,
					   "TCP and UDP have no port 0");
	if (!jool_nl_pool4_may_have(entry->src4.addr))
		return jool_request_refuse(attrs, extack, JOOL_A_SRC4,
					   "the IPv4 address is no unicast address");
	if (ipv6_addr_is_multicast(src6) || ipv6_addr_any(src6) || ipv6_addr_loopback(src6))
		return jool_request_refuse(attrs, extack, JOOL_A_SRC6,
					   "the IPv6 address is no unicast address");
	if (jool_instance_has6(inst, src6))
		return jool_request_refuse(attrs, extack, JOOL_A_SRC6,
					   "the IPv6 address lies in pool6");
	return 0;
}

/* A socket of the gateway goes first with what comes from IPv4. Whoever asks for @entry is told. */
static void warn_of_socket(struct net *net, const struct jool_bib_static *entry,
			   struct netlink_ext_ack *extack)
{
	const struct jool_key4 key = { .local = entry->src4.addr, .local_port = entry->src4.port };

	rcu_read_lock();
	if (jool_sock_wants(net, NULL, entry->proto, &key))
		NL_SET_ERR_MSG(extack, "a socket of this machine has the IPv4 transport address, and gets what is sent there");
	rcu_read_unlock();
}

int jool_nl_bib_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	struct jool_bib_static entry;
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = jool_nl_bib_read(inst, info->attrs, info->extack, &entry) ?:
	      jool_bib_add_static(inst, &entry, jool_instance_config(inst)->globals.max_bib.now,
				  info->extack);
	if (!err)
		warn_of_socket(genl_info_net(info), &entry, info->extack);
	jool_request_unlock(inst);
	return err;
}

/* Removes the entry, or part of its sessions: then it returns -EAGAIN. */
static int remove_some(struct jool_instance *inst, struct genl_info *info,
		       const struct jool_taddr6 *src6, const struct jool_taddr4 *src4)
{
	u8 proto = jool_request_proto(info->attrs);
	struct jool_bib *bib;
	bool gone;

	rcu_read_lock();
	bib = src6 ? jool_bib_find6(inst, proto, &src6->addr, src6->port) :
		     jool_bib_find4(inst, proto, src4->addr, src4->port);
	if (bib && src6 && src4 && memcmp(&bib->src4, src4, sizeof(*src4)))
		bib = NULL;
	gone = bib && jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
	rcu_read_unlock();
	if (bib)
		return gone ? 0 : -EAGAIN;
	NL_SET_ERR_MSG(info->extack, "there is no such BIB entry");
	return -ENOENT;
}

/* Whether of address and port neither is given, or both. Returns 0, -EINVAL and a sentence. */
static int require_whole(struct nlattr **attrs, struct netlink_ext_ack *extack,
			 enum jool_attr addr, enum jool_attr port)
{
	return attrs[addr] || attrs[port] ? JOOL_REQUEST_REQUIRE(attrs, extack, addr, port) : 0;
}

int jool_nl_bib_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	bool has6 = attrs[JOOL_A_SRC6];
	bool has4 = attrs[JOOL_A_SRC4];
	struct jool_instance *inst;
	struct jool_taddr6 src6;
	struct jool_taddr4 src4;
	bool some;
	int err;

	err = JOOL_REQUEST_REQUIRE(attrs, info->extack, JOOL_A_PROTO) ?:
	      require_whole(attrs, info->extack, JOOL_A_SRC6, JOOL_A_SRC6_PORT) ?:
	      require_whole(attrs, info->extack, JOOL_A_SRC4, JOOL_A_SRC4_PORT);
	if (err)
		return err;
	if (!has6 && !has4) {
		NL_SET_ERR_MSG(info->extack, "the request lacks a transport address");
		return -EINVAL;
	}
	if (has6)
		src6 = taddr6_of(attrs);
	if (has4)
		src4 = taddr4_of(attrs);
	inst = jool_request_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	do {
		some = err == -EAGAIN;
		err = remove_some(inst, info, has6 ? &src6 : NULL, has4 ? &src4 : NULL);
		cond_resched();
	} while (err == -EAGAIN);
	/* The last of its sessions may have ended by itself. */
	if (some && err == -ENOENT)
		err = 0;
	jool_request_unlock(inst);
	return err;
}

static bool flush_bib(struct jool_instance *inst, struct jool_bib *bib, void *count)
{
	bool gone = jool_bib_remove(inst, bib, JOOL_REASON_DELETED);

	*(u64 *)count += gone;
	return gone;
}

int jool_nl_bib_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	u64 count = 0;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	jool_bib_walk(inst, jool_request_protos(info->attrs), flush_bib, &count);
	jool_instance_renew(inst);
	jool_request_unlock(inst);
	return jool_request_reply_count(info, count, -1);
}

static int put_bib(struct sk_buff *skb, struct netlink_callback *cb, const struct jool_bib *bib)
{
	void *hdr = jool_dump_begin(skb, cb, JOOL_CMD_BIB_GET);

	if (!hdr)
		return -EMSGSIZE;
	return jool_dump_end(skb, hdr,
			     nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(bib->proto)) ?:
			     nla_put_in6_addr(skb, JOOL_A_SRC6, &bib->src6.addr) ?:
			     nla_put_be16(skb, JOOL_A_SRC6_PORT, bib->src6.port) ?:
			     nla_put_in_addr(skb, JOOL_A_SRC4, bib->src4.addr) ?:
			     nla_put_be16(skb, JOOL_A_SRC4_PORT, bib->src4.port) ?:
			     nla_put_u32(skb, JOOL_A_FLAGS, bib->is_static ? JOOL_FLAG_STATIC : 0));
}

static int put_wanted_bib(struct sk_buff *skb, struct netlink_callback *cb,
			  struct jool_instance *inst, struct jool_bib *bib)
{
	return jool_match_bib(&jool_dump_of(cb)->match, bib) ? put_bib(skb, cb, bib) : 0;
}

int jool_nl_bib_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	return jool_dump_table(skb, cb, put_wanted_bib);
}
