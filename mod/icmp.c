// SPDX-License-Identifier: GPL-2.0-only
#include "icmp.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "csum.h"

/*
 * Errors of one CPU and jiffy that the kernel is asked to send. It sends far less in the end, but
 * finds that out only when it has chosen a route and an address, which is too much for every packet
 * of a flood.
 */
#define ERRORS_MAX 64

struct errors {
	u32 jiffy;
	unsigned int count;
};

static DEFINE_PER_CPU(struct errors, errors);

static bool may_send(void)
{
	struct errors *sent = get_cpu_ptr(&errors);
	u32 now = jiffies;
	bool may;

	if (sent->jiffy != now) {
		sent->jiffy = now;
		sent->count = 0;
	}
	may = sent->count++ < ERRORS_MAX;
	put_cpu_ptr(&errors);
	return may;
}

void jool_icmp_send6(struct jool_packet *p, u8 type, u8 code, u32 info)
{
	if (p->dry || !may_send())
		return;
	jool_stats_inc(p->inst->stats, JSTAT_ICMP_SENT);
	icmpv6_send(p->skb, type, code, info);
}

void jool_icmp_send4(struct jool_packet *p, u8 type, u8 code, u32 info)
{
	struct flowi4 fl = { .flowi4_oif = jool_packet_vrf(p), .daddr = ip_hdr(p->skb)->saddr };
	struct rtable *rt;

	if (p->dry || !may_send())
		return;
	/* icmp_send() wants a routed packet; the way back to the sender does. */
	if (!skb_valid_dst(p->skb)) {
		skb_dst_drop(p->skb);
		rt = ip_route_output_key(p->net, &fl);
		if (IS_ERR(rt))
			return;
		skb_dst_set(p->skb, &rt->dst);
	}
	jool_stats_inc(p->inst->stats, JSTAT_ICMP_SENT);
	icmp_send(p->skb, type, code, htonl(info));
}

enum jool_verdict jool_icmp_prohibit6(struct jool_packet *p, enum jool_stat stat)
{
	jool_icmp_send6(p, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0);
	return jool_packet_drop(p, stat);
}

u8 jool_icmp_echo_6to4(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
}

u8 jool_icmp_echo_4to6(u8 type)
{
	return type == ICMP_ECHO ? ICMPV6_ECHO_REQUEST : ICMPV6_ECHO_REPLY;
}

u16 jool_icmp_sum4(u8 type)
{
	u8 word[2] = { type, 0 };

	return jool_csum_sum(word, sizeof(word));
}

u16 jool_icmp_sum6(u8 type, unsigned int len)
{
	u8 word[2] = { type, 0 };
	__be32 pseudo[2] = { htonl(len), htonl(IPPROTO_ICMPV6) };

	return jool_csum_fold(jool_csum_sum(word, sizeof(word)) +
			      jool_csum_sum(pseudo, sizeof(pseudo)));
}
