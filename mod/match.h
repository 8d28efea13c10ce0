/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter of a request (common/uapi.h): which sessions and BIB entries it is about. */
#ifndef _JOOL_MATCH_H
#define _JOOL_MATCH_H

#include <linux/in6.h>
#include <net/netlink.h>

struct jool_bib;
struct jool_addr4;
struct jool_session;

struct jool_match {
	bool any;		/* nothing is asked: every entry is meant */
	bool of_sessions;	/* something that only sessions have is asked */
	struct in6_addr src6, dst6;
	u8 src6_len, dst6_len;	/* bits */
	__be32 src4, dst4;
	__be32 src4_mask, dst4_mask;
	u16 port_min, port_max;	/* host order, inclusive; 0 to 65535: any */
	u8 state;		/* enum jool_tcp_state, or JOOL_TCP_STATES: any */
};

/* Reads the filter among @attrs. Returns 0, or -EINVAL and @extack has a sentence. */
int jool_match_read(struct jool_match *match, struct nlattr **attrs,
		    struct netlink_ext_ack *extack);

/* Whether entries of @addr4 may be meant. */
bool jool_match_addr4(const struct jool_match *match, const struct jool_addr4 *addr4);

/* Whether @bib or @session is meant. */
bool jool_match_bib(const struct jool_match *match, const struct jool_bib *bib);
bool jool_match_session(const struct jool_match *match, const struct jool_session *session);

#endif
