// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <net/ipv6.h>

/* Whether no node can have the address, or none beyond its own link (RFC 4291 2.4). */
static bool is_unusable6(const struct in6_addr *addr)
{
	const int types = IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MAPPED;

	/* 2000::/3 */
	if (likely((addr->s6_addr[0] & 0xe0) == 0x20))
		return false;
	/* ::/96 has ::, ::1 and what is IPv4-compatible (RFC 4291 2.5.5.1). */
	return ipv6_addr_type(addr) & types || ipv6_prefix_equal(addr, &in6addr_any, 96);
}

enum jool_verdict jool_source_check6(struct jool_packet *p)
{
	const struct in6_addr *src = &p->key6.remote;
	const struct jool_instance *inst;

	if (is_unusable6(src))
		return jool_packet_drop(p, JSTAT_UNTRANSLATABLE_SRC6);
	list_for_each_entry_rcu(inst, &p->inst->net->instances, list)
		if (jool_instance_has6(inst, src))
			return jool_packet_drop(p, JSTAT_HAIRPIN_LOOP);
	return JOOL_CONTINUE;
}

enum jool_verdict jool_source_check6_fully(struct jool_packet *p)
{
	enum jool_verdict verdict = jool_source_check6(p);

	if (verdict == JOOL_CONTINUE && jool_source_is_own6(p))
		return jool_packet_drop(p, JSTAT_UNTRANSLATABLE_SRC6);
	return verdict;
}
