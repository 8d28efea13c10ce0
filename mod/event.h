/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What comes and goes, told to the sockets that asked for it (JOOL_CMD_FOLLOW), and to the kernel's
 * log if the options want it.
 *
 * A follower is a socket, not its port number, which another socket may have once it is closed, nor
 * a multicast group, which one can join before it is ours. Events are queued to it directly.
 */
#ifndef _JOOL_EVENT_H
#define _JOOL_EVENT_H

#include "../common/uapi.h"
#include "stats.h"

struct genl_info;
struct jool_bib;
struct jool_config;
struct jool_instance;
struct jool_net;
struct jool_packet;
struct jool_session;
struct sk_buff;

/*
 * @session began or ended (JOOL_CMD_SESSION_NEW or JOOL_CMD_SESSION_END). Under RCU; any context,
 * also under the lock of its BIB entry, which keeps its events in order.
 */
void jool_event_session(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session *session, enum jool_cmd cmd,
			enum jool_reason reason);

/* @bib began, or ended. Under RCU; any context. */
void jool_event_bib(const struct jool_config *config, const struct jool_instance *inst,
		    const struct jool_bib *bib, bool ended);

/* Puts what JOOL_CMD_SESSION_GET answers. Returns 0 or -EMSGSIZE. Under RCU; any context. */
int jool_event_put_session(struct sk_buff *skb, const struct jool_config *config,
			   const struct jool_session *session);

/* The packet @p was not translated, because of p->stat. Under RCU; any context. */
void jool_event_refusal(const struct jool_packet *p);

/*
 * Whether @jn writes to the kernel's log: what its packets do is no other namespace's business, so
 * only the initial one does, unless net.netfilter.nf_log_all_netns says otherwise.
 */
bool jool_event_has_log(const struct jool_net *jn);

/* The same, and whether its rate limit has one more line. Any context. */
bool jool_event_may_log(struct jool_net *jn);

/* JOOL_CMD_FOLLOW. Returns 0, -ENOSPC (@info has a sentence) or -ENOMEM. May sleep. */
int jool_event_follow(struct sk_buff *skb, struct genl_info *info);

/*
 * @jn begins with no follower and nothing logged, and ends with no follower; when it ends, nobody
 * can ask to follow any more. May sleep.
 */
void jool_event_start(struct jool_net *jn);
void jool_event_stop(struct jool_net *jn);

/* Begins and ends to be told of sockets that are closed. May sleep. */
int jool_event_init(void);
void jool_event_exit(void);

#endif
