/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What would happen to a packet: one is made, and goes the way of all others (hook.c, xlat.c),
 * where nothing has an effect.
 */
#ifndef _JOOL_QUERY_H
#define _JOOL_QUERY_H

#include "../common/uapi.h"
#include "session.h"
#include "stats.h"

struct jool_query {
	/* The question. Of the two keys the one is filled from whose side the packet comes. */
	u8 proto;		/* enum jool_proto; a TCP packet is a SYN */
	u32 mark;
	struct jool_key6 key6;
	struct jool_key4 key4;

	/* The answer; as much of the other key as is known. */
	enum jool_answer answer;
	enum jool_stat stat;	/* why; 0 (RECEIVED6): nothing to say */
	u32 flags;		/* enum jool_flag: SESSION, BIB, STATIC, HAIRPIN */
	bool known6;		/* key6.remote and key6.remote_port are known */
	bool known4;		/* key4.local and key4.local_port are known */
	u32 expires;		/* of the session: milliseconds */
	u8 state;
};

/*
 * Answers the question for a packet from IPv6, from IPv4. Returns 0 or -ENOMEM. Under RCU with
 * bottom halves off.
 */
int jool_query_6to4(struct jool_instance *inst, struct jool_query *query);
int jool_query_4to6(struct jool_instance *inst, struct jool_query *query);

#endif
