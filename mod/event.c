// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ratelimit.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>
#include <net/netfilter/nf_log.h>
#include <net/sock.h>

#include "bib.h"
#include "instance.h"
#include "netlink.h"
#include "packet.h"
#include "session.h"

/* More than an event takes. */
#define EVENT_SIZE 320

static const char *proto_name(u8 proto)
{
	static const char *const names[JOOL_PROTOS] = { "TCP", "UDP", "ICMP" };

	return names[proto];
}

bool jool_event_has_log(const struct jool_net *jn)
{
	return net_eq(jn->net, &init_net) || READ_ONCE(sysctl_nf_log_all_netns);
}

bool jool_event_may_log(struct jool_net *jn)
{
	return jool_event_has_log(jn) && __ratelimit(&jn->log_limit);
}

static void log_session(const struct jool_instance *inst, const struct jool_session *session,
			enum jool_cmd cmd)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;

	if (!jool_event_may_log(inst->net))
		return;
	pr_info("jool: %s: %s session %pI6c#%u|%pI6c#%u|%pI4#%u|%pI4#%u|%s\n",
		inst->name, cmd == JOOL_CMD_SESSION_NEW ? "Added" : "Forgot",
		&key6->remote, ntohs(key6->remote_port), &key6->local, ntohs(key6->local_port),
		&key4->local, ntohs(key4->local_port), &key4->remote, ntohs(key4->remote_port),
		proto_name(session->proto));
}

/* A socket that follows. */
struct follower {
	struct list_head list;
	struct list_head gone;		/* of those that were taken off the list at once */
	struct sock *sk;		/* held */
	atomic64_t lost;		/* events that it had no room for and was not told of */
};

struct event {
	struct jool_instance *inst;
	const struct jool_config *config;
	const struct jool_session *session;
	enum jool_cmd cmd;
	enum jool_reason reason;
	u64 seq;
	u64 time;
};

int jool_event_put_session(struct sk_buff *skb, const struct jool_config *config,
			   const struct jool_session *session)
{
	const struct jool_key6 *key6 = &session->key6;
	const struct jool_key4 *key4 = &session->key4;

	return nla_put_u8(skb, JOOL_A_PROTO, jool_proto_number(session->proto)) ?:
	       nla_put_in6_addr(skb, JOOL_A_SRC6, &key6->remote) ?:
	       nla_put_be16(skb, JOOL_A_SRC6_PORT, key6->remote_port) ?:
	       nla_put_in6_addr(skb, JOOL_A_DST6, &key6->local) ?:
	       nla_put_be16(skb, JOOL_A_DST6_PORT, key6->local_port) ?:
	       nla_put_in_addr(skb, JOOL_A_SRC4, key4->local) ?:
	       nla_put_be16(skb, JOOL_A_SRC4_PORT, key4->local_port) ?:
	       nla_put_in_addr(skb, JOOL_A_DST4, key4->remote) ?:
	       nla_put_be16(skb, JOOL_A_DST4_PORT, key4->remote_port) ?:
	       nla_put_u32(skb, JOOL_A_EXPIRES, jool_expiry_left(config, session)) ?:
	       (session->proto == JOOL_PROTO_TCP ?
		nla_put_u8(skb, JOOL_A_STATE, READ_ONCE(session->state)) : 0);
}

static int put_event(struct sk_buff *skb, const struct event *event, u64 lost)
{
	return nla_put_string(skb, JOOL_A_INSTANCE, event->inst->name) ?:
	       nla_put_u64_64bit(skb, JOOL_A_SEQ, event->seq, JOOL_A_PAD) ?:
	       nla_put_u64_64bit(skb, JOOL_A_TIME, event->time, JOOL_A_PAD) ?:
	       nla_put_u8(skb, JOOL_A_REASON, event->reason) ?:
	       (lost ? nla_put_u64_64bit(skb, JOOL_A_LOST, lost, JOOL_A_PAD) : 0) ?:
	       jool_event_put_session(skb, event->config, event->session);
}

static struct sk_buff *make_event(const struct event *event, u64 lost)
{
	struct sk_buff *skb = genlmsg_new(EVENT_SIZE, GFP_ATOMIC);
	void *hdr = skb ? genlmsg_put(skb, 0, 0, &jool_netlink_family, 0, event->cmd) : NULL;

	if (!hdr || put_event(skb, event, lost)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

/* Netlink says ENOBUFS once, until there is room again. */
static void lose_events(struct follower *follower, s64 count, bool again)
{
	struct sock *sk = follower->sk;

	if (!count || atomic64_fetch_add(count, &follower->lost) || again)
		return;
	WRITE_ONCE(sk->sk_err, ENOBUFS);
	sk_error_report(sk);
}

static void tell_follower(struct follower *follower, const struct event *event)
{
	struct sock *sk = follower->sk;
	struct sk_buff *skb;
	s64 lost = 0;
	int err;

	if (atomic_read(&sk->sk_rmem_alloc) >= READ_ONCE(sk->sk_rcvbuf)) {
		lose_events(follower, 1, false);
		return;
	}
	if (unlikely(atomic64_read(&follower->lost)))
		lost = atomic64_xchg(&follower->lost, 0);
	skb = make_event(event, lost);
	err = skb ? sock_queue_rcv_skb(sk, skb) : -ENOMEM;
	if (likely(!err))
		return;
	nlmsg_free(skb);
	/* Not if it has a filter of its own, which did not want it. */
	lose_events(follower, lost + (err == -ENOMEM || err == -ENOBUFS), lost);
}

static noinline void tell_followers(struct event *event)
{
	struct jool_net *jn = event->inst->net;
	struct follower *follower;

	event->seq = atomic64_inc_return(&jn->events);
	event->time = ktime_get_real_ns();
	list_for_each_entry_rcu(follower, &jn->followers, list)
		tell_follower(follower, event);
}

void jool_event_session(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session *session, enum jool_cmd cmd,
			enum jool_reason reason)
{
	struct event event = {
		.inst = inst, .config = config, .session = session, .cmd = cmd, .reason = reason,
	};

	if (unlikely(config->globals.logging_session))
		log_session(inst, session, cmd);
	if (unlikely(!list_empty(&inst->net->followers)))
		tell_followers(&event);
}

void jool_event_bib(const struct jool_config *config, const struct jool_instance *inst,
		    const struct jool_bib *bib, bool ended)
{
	if (likely(!config->globals.logging_bib) || !jool_event_may_log(inst->net))
		return;
	pr_info("jool: %s: %s %pI6c#%u to %pI4#%u (%s)\n", inst->name,
		ended ? "Forgot" : "Mapped", &bib->src6.addr, ntohs(bib->src6.port),
		&bib->src4.addr, ntohs(bib->src4.port), proto_name(bib->proto));
}

void jool_event_refusal(const struct jool_packet *p)
{
	const struct sk_buff *skb = p->skb;

	if (!jool_event_may_log(p->inst->net))
		return;
	if (skb->protocol == htons(ETH_P_IPV6))
		pr_info("jool: %s: JSTAT_%s: %pI6c to %pI6c, %u bytes\n",
			p->inst->name, jool_stats_name(p->stat),
			&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, skb->len);
	else
		pr_info("jool: %s: JSTAT_%s: %pI4 to %pI4, %u bytes\n",
			p->inst->name, jool_stats_name(p->stat),
			&ip_hdr(skb)->saddr, &ip_hdr(skb)->daddr, skb->len);
}

/* Takes those off that were closed, or all. */
static void drop_followers(struct jool_net *jn, bool all)
{
	struct follower *follower, *next;
	LIST_HEAD(gone);

	mutex_lock(&jn->follow_lock);
	list_for_each_entry_safe(follower, next, &jn->followers, list) {
		if (!all && !sock_flag(follower->sk, SOCK_DEAD))
			continue;
		list_del_rcu(&follower->list);
		list_add(&follower->gone, &gone);
		jn->followers_count--;
	}
	mutex_unlock(&jn->follow_lock);
	if (list_empty(&gone))
		return;
	synchronize_rcu();
	list_for_each_entry_safe(follower, next, &gone, gone) {
		sock_put(follower->sk);
		kfree(follower);
	}
}

/* Under jn->follow_lock. */
static int add_follower(struct jool_net *jn, struct sock *sk, struct netlink_ext_ack *extack)
{
	struct follower *follower;

	list_for_each_entry(follower, &jn->followers, list)
		if (follower->sk == sk)
			return 0;
	if (jn->followers_count >= JOOL_FOLLOWERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "64 sockets follow the sessions of this namespace, and no more");
		return -ENOSPC;
	}
	follower = kzalloc(sizeof(*follower), GFP_KERNEL_ACCOUNT);
	if (!follower)
		return -ENOMEM;
	sock_hold(sk);
	follower->sk = sk;
	list_add_tail_rcu(&follower->list, &jn->followers);
	jn->followers_count++;
	return 0;
}

int jool_event_follow(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_net *jn = jool_namespace_of(genl_info_net(info));
	int err;

	mutex_lock(&jn->follow_lock);
	err = add_follower(jn, NETLINK_CB(skb).sk, info->extack);
	mutex_unlock(&jn->follow_lock);
	return err;
}

static int netlink_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *notify = ptr;
	struct jool_net *jn = jool_namespace_of(notify->net);

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
	    !list_empty(&jn->followers))
		drop_followers(jn, false);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_notifier = {
	.notifier_call = netlink_event,
};

void jool_event_start(struct jool_net *jn)
{
	mutex_init(&jn->follow_lock);
	INIT_LIST_HEAD(&jn->followers);
	ratelimit_state_init(&jn->log_limit, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
}

void jool_event_stop(struct jool_net *jn)
{
	drop_followers(jn, true);
}

int jool_event_init(void)
{
	sock_skb_cb_check_size(sizeof(struct netlink_skb_parms));
	return netlink_register_notifier(&netlink_notifier);
}

void jool_event_exit(void)
{
	netlink_unregister_notifier(&netlink_notifier);
}
