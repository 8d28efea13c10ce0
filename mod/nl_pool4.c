// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include <net/ip.h>

#include "dump.h"
#include "instance.h"
#include "pool4.h"
#include "request.h"
#include "rfc6052.h"

bool jool_nl_pool4_may_have(__be32 addr)
{
	return jool_rfc6052_unicast4(addr) || ipv4_is_linklocal_169(addr);
}

/*
 * Reads the part of pool4 that a request or an entry is about. Returns 0, -EINVAL and a sentence.
 */
static int read_change(struct nlattr **attrs, struct netlink_ext_ack *extack,
		       struct jool_pool4_change *change)
{
	u32 host_bits;

	change->proto = jool_request_proto(attrs);
	change->prefix = nla_get_be32(attrs[JOOL_A_PREFIX4]);
	change->len = nla_get_u8(attrs[JOOL_A_PREFIX4_LEN]);
	change->min = attrs[JOOL_A_PORT_MIN] ? nla_get_u16(attrs[JOOL_A_PORT_MIN]) : 0;
	change->max = attrs[JOOL_A_PORT_MAX] ? nla_get_u16(attrs[JOOL_A_PORT_MAX]) : U16_MAX;
	change->mark = attrs[JOOL_A_MARK] ? nla_get_u32(attrs[JOOL_A_MARK]) : 0;
	change->iterations = attrs[JOOL_A_MAX_ITERATIONS] ?
			     nla_get_u32(attrs[JOOL_A_MAX_ITERATIONS]) : 0;

	host_bits = change->len ? ~(~0U << (32 - change->len)) : ~0U;
	if (ntohl(change->prefix) & host_bits)
		return jool_request_refuse(attrs, extack, JOOL_A_PREFIX4,
					   "the IPv4 prefix has bits set behind its length");
	if (change->min > change->max)
		return jool_request_refuse(attrs, extack, JOOL_A_PORT_MIN,
					   "the first port is above the last one");
	return 0;
}

int jool_nl_pool4_read(struct nlattr **attrs, struct netlink_ext_ack *extack,
		       struct jool_pool4_change *change)
{
	int err;

	err = JOOL_REQUEST_REQUIRE(attrs, extack, JOOL_A_PROTO, JOOL_A_PREFIX4, JOOL_A_PREFIX4_LEN,
				   JOOL_A_PORT_MIN, JOOL_A_PORT_MAX) ?:
	      read_change(attrs, extack, change);
	if (err)
		return err;
	if (change->proto != JOOL_PROTO_ICMP && !change->min)
		change->min = 1;
	if (change->min > change->max)
		return jool_request_refuse(attrs, extack, JOOL_A_PORT_MAX,
					   "TCP and UDP have no port 0");
	if (!jool_nl_pool4_may_have(change->prefix) || change->len < 8)
		return jool_request_refuse(attrs, extack, JOOL_A_PREFIX4,
					   "the IPv4 prefix is no unicast prefix");
	return 0;
}

int jool_nl_pool4_add(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	struct jool_pool4 *pool4;
	int err;

	err = jool_nl_pool4_read(info->attrs, info->extack, &change);
	if (err)
		return err;
	inst = jool_request_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	pool4 = jool_pool4_plus(inst->net, jool_instance_config(inst)->pool4, &change, 1,
				info->extack);
	err = jool_instance_set_pool4(inst, pool4, JOOL_EVICT_NONE);
	jool_request_unlock(inst);
	return err;
}

/* What goes with the ports that pool4 loses by the request. */
static enum jool_evict eviction_of(const struct genl_info *info)
{
	return jool_request_flags(info->attrs) & JOOL_FLAG_QUICK ? JOOL_EVICT_NONE :
								   JOOL_EVICT_PORTS;
}

int jool_nl_pool4_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_pool4_change change;
	struct jool_instance *inst;
	struct jool_pool4 *pool4;
	int err;

	err = JOOL_REQUEST_REQUIRE(info->attrs, info->extack, JOOL_A_PROTO, JOOL_A_PREFIX4,
				   JOOL_A_PREFIX4_LEN) ?:
	      read_change(info->attrs, info->extack, &change);
	if (err)
		return err;
	inst = jool_request_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	pool4 = jool_pool4_minus(inst->net, jool_instance_config(inst)->pool4, &change,
				 info->extack);
	err = jool_instance_set_pool4(inst, pool4, eviction_of(info));
	jool_request_unlock(inst);
	return err;
}

int jool_nl_pool4_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	int err = 0;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	if (!jool_instance_config(inst)->pool4->is_default)
		err = jool_instance_set_pool4(inst, jool_pool4_default(inst->net) ?:
						    ERR_PTR(-ENOMEM), eviction_of(info));
	jool_request_unlock(inst);
	return err;
}

static int put_pool4_row(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct jool_dump *dump, const struct jool_pool4_row *row)
{
	u32 flags = (row->iterations ? 0 : JOOL_FLAG_AUTO) |
		    (dump->pool4->is_default ? JOOL_FLAG_DEFAULT : 0);
	void *hdr = jool_dump_begin(skb, cb, JOOL_CMD_POOL4_GET);

	if (!hdr)
		return -EMSGSIZE;
	return jool_dump_end(skb, hdr,
			     nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(row->proto)) ?:
			     nla_put_u32(skb, JOOL_A_MARK, row->mark) ?:
			     nla_put_in_addr(skb, JOOL_A_PREFIX4, row->addr) ?:
			     nla_put_u16(skb, JOOL_A_PORT_MIN, row->min) ?:
			     nla_put_u16(skb, JOOL_A_PORT_MAX, row->max) ?:
			     nla_put_u32(skb, JOOL_A_MAX_ITERATIONS, row->iterations) ?:
			     nla_put_u32(skb, JOOL_A_FLAGS, flags) ?:
			     (dump->usage ?
			      nla_put_u32(skb, JOOL_A_PORTS_USED,
					  jool_addr4_count(row->addr4, row->proto, row->min,
							   row->max)) : 0));
}

int jool_nl_pool4_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct jool_dump *dump = jool_dump_of(cb);
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
