// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include "bib.h"
#include "dump.h"
#include "event.h"
#include "instance.h"
#include "request.h"
#include "match.h"
#include "session.h"

/* Sessions that are looked at with bottom halves off. */
#define BATCH 64

struct count {
	struct jool_match match;
	bool delete;			/* end what is counted */
	u64 n;
	/* Of this entry, only sessions from these on are left. */
	const struct jool_bib *bib;
	__be32 dst4;
	__be16 dst4_port;
};

/* Counts sessions of @bib that are meant; looks at not too many at once. */
static bool count_sessions(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	struct jool_session *session, *next;
	struct count *count = arg;
	int n;

	if (bib != count->bib) {
		count->bib = bib;
		count->dst4 = 0;
		count->dst4_port = 0;
	}
	spin_lock_bh(&bib->lock);
	session = bib->dead ? NULL : jool_session_first(bib, count->dst4, count->dst4_port);
	for (n = 0; session && n < BATCH; session = next, n++) {
		next = jool_session_next(session);
		if (!jool_match_session(&count->match, session))
			continue;
		count->n++;
		if (count->delete)
			jool_session_kill(inst, session, JOOL_REASON_DELETED);
	}
	if (session) {
		count->dst4 = session->key4.remote;
		count->dst4_port = session->key4.remote_port;
	} else {
		count->bib = NULL;
	}
	spin_unlock_bh(&bib->lock);
	return !session;
}

int jool_nl_session_count(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	struct count count = {};
	unsigned int protos;
	s64 bibs = -1;
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	protos = jool_request_protos(info->attrs);
	err = jool_match_read(&count.match, info->attrs, info->extack);
	if (!err && count.match.any) {
		count.n = jool_instance_sessions(inst, protos);
		bibs = jool_instance_bibs(inst, protos);
	} else if (!err) {
		jool_bib_walk(inst, protos, count_sessions, &count);
	}
	jool_request_unlock(inst);
	return err ?: jool_request_reply_count(info, count.n, bibs);
}

int jool_nl_session_delete(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_instance *inst = jool_request_lock(info);
	struct count count = { .delete = true };
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = jool_match_read(&count.match, info->attrs, info->extack);
	if (!err) {
		jool_bib_walk(inst, jool_request_protos(info->attrs), count_sessions, &count);
		/* Without a filter the table is flushed. */
		if (count.match.any)
			jool_instance_renew(inst);
	}
	jool_request_unlock(inst);
	return err ?: jool_request_reply_count(info, count.n, -1);
}

static int put_session(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct jool_config *config, const struct jool_session *session)
{
	void *hdr = jool_dump_begin(skb, cb, JOOL_CMD_SESSION_GET);

	return hdr ? jool_dump_end(skb, hdr, jool_event_put_session(skb, config, session)) :
		     -EMSGSIZE;
}

/*
 * Picks the next sessions of the BIB entry at dump->port, which stay valid under RCU. Returns how
 * many, at most @room.
 */
static unsigned int pick_sessions(struct jool_dump *dump, struct jool_bib *bib,
				  struct jool_session **batch,
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
static void advance_dump(struct jool_dump *dump, const struct jool_session *session)
{
	dump->dst4_port = htons(ntohs(session->key4.remote_port) + 1);
	dump->dst4 = session->key4.remote;
	if (!dump->dst4_port)
		dump->dst4 = htonl(ntohl(dump->dst4) + 1);
}

/* Puts some of what is left of the sessions of @bib, at dump->port; a jool_dump_put_fn. */
static int put_wanted_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			       struct jool_instance *inst, struct jool_bib *bib)
{
	const struct jool_config *config = rcu_dereference(inst->config);
	struct jool_dump *dump = jool_dump_of(cb);
	struct jool_session *batch[16];
	unsigned int n, i;

	n = pick_sessions(dump, bib, batch, ARRAY_SIZE(batch));
	for (i = 0; i < n; i++) {
		if (jool_match_session(&dump->match, batch[i]) &&
		    put_session(skb, cb, config, batch[i]))
			return -EMSGSIZE;
		advance_dump(dump, batch[i]);
	}
	return n == ARRAY_SIZE(batch) ? -EAGAIN : 0;
}

int jool_nl_session_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	return jool_dump_table(skb, cb, put_wanted_sessions);
}
