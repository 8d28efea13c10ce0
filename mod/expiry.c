// SPDX-License-Identifier: GPL-2.0-only
#include "expiry.h"

#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include "bib.h"
#include "compat.h"
#include "instance.h"
#include "probe.h"
#include "session.h"
#include "syn.h"
#include "tcp.h"

/* Sessions that are looked at before others may run. */
#define BATCH 64

/* How often memory is given back. */
#define TRIM_SECONDS 16

static struct jool_expiry_slot *slot_of_cpu(struct jool_expiry *expiry, int cpu, u32 index)
{
	return per_cpu_ptr(expiry->wheel, cpu) + index;
}

u32 jool_expiry_deadline(const struct jool_config *config, const struct jool_session *session)
{
	u32 timeout;

	switch (session->proto) {
	case JOOL_PROTO_TCP:
		timeout = config->timeout_tcp[jool_tcp_timer(READ_ONCE(session->state))];
		break;
	case JOOL_PROTO_UDP:
		timeout = config->timeout_udp;
		break;
	default:
		timeout = config->timeout_icmp;
	}
	return READ_ONCE(session->stamp) + timeout;
}

u32 jool_expiry_left(const struct jool_config *config, const struct jool_session *session)
{
	s32 left = jool_expiry_deadline(config, session) - (u32)jiffies;

	return jiffies_to_msecs(max(left, 0));
}

/* The bucket in which a session with this deadline is looked at next. */
static u16 bucket_of(u32 deadline)
{
	u32 now = jiffies;
	s32 left = max_t(s32, deadline + JOOL_EXPIRY_SLACK - now, 0);
	u32 seconds = min_t(u32, left / HZ + 1, JOOL_EXPIRY_SLOTS - 2);

	return ((u32)ktime_get_seconds() + seconds) % JOOL_EXPIRY_SLOTS;
}

void jool_expiry_add(struct jool_expiry *expiry, const struct jool_config *config,
		     struct jool_session *session)
{
	struct jool_expiry_slot *to;

	session->cpu = raw_smp_processor_id();
	session->bucket = bucket_of(jool_expiry_deadline(config, session));
	to = slot_of_cpu(expiry, session->cpu, session->bucket);
	spin_lock(&to->lock);
	hlist_add_head(&session->in_bucket, &to->sessions);
	spin_unlock(&to->lock);
}

bool jool_expiry_remove(struct jool_expiry *expiry, struct jool_session *session)
{
	u16 bucket = READ_ONCE(session->bucket);
	struct jool_expiry_slot *from;
	bool there;

	if (bucket == JOOL_SESSION_NO_BUCKET)
		return false;
	from = slot_of_cpu(expiry, session->cpu, bucket);
	spin_lock(&from->lock);
	/* The worker takes a session out under the bucket's lock alone. */
	there = session->bucket != JOOL_SESSION_NO_BUCKET;
	if (there) {
		hlist_del_init(&session->in_bucket);
		session->bucket = JOOL_SESSION_NO_BUCKET;
	}
	spin_unlock(&from->lock);
	return there;
}

void jool_expiry_move(struct jool_expiry *expiry, const struct jool_config *config,
		      struct jool_session *session)
{
	/* Otherwise the worker, which has it in hand, adds it, or ends it, by the new deadline. */
	if (jool_expiry_remove(expiry, session))
		jool_expiry_add(expiry, config, session);
}

/*
 * Ends @session, or gives it the time it still has. Returns whether its IPv6 node is to be probed.
 */
static bool look_at(struct jool_instance *inst, struct jool_session *session)
{
	const struct jool_config *config = rcu_dereference(inst->config);
	struct jool_bib *bib = session->bib;
	bool probe = false;

	spin_lock_bh(&bib->lock);
	if (session->flags & JOOL_SESSION_DEAD)
		goto out;
	if (time_before32(jiffies, jool_expiry_deadline(config, session) + JOOL_EXPIRY_SLACK)) {
		jool_expiry_add(&inst->expiry, config, session);
		goto out;
	}
	if (session->proto == JOOL_PROTO_TCP && session->state == JOOL_TCP_ESTABLISHED) {
		/* RFC 6146 3.5.2.2, ESTABLISHED, lifetime expires */
		WRITE_ONCE(session->state, JOOL_TCP_TRANS);
		WRITE_ONCE(session->stamp, jiffies);
		jool_expiry_add(&inst->expiry, config, session);
		probe = true;
		goto out;
	}
	jool_session_kill(inst, session, JOOL_REASON_TIMEOUT);
out:
	spin_unlock_bh(&bib->lock);
	return probe;
}

/* Takes the first session out of @mine, which came from @from, or returns NULL. */
static struct jool_session *pop_session(struct jool_expiry_slot *from, struct hlist_head *mine)
{
	struct jool_session *session;

	spin_lock_bh(&from->lock);
	session = hlist_entry_safe(mine->first, struct jool_session, in_bucket);
	if (session) {
		hlist_del_init(&session->in_bucket);
		WRITE_ONCE(session->bucket, JOOL_SESSION_NO_BUCKET);
	}
	spin_unlock_bh(&from->lock);
	return session;
}

/*
 * Looks at all sessions that are in the bucket now. They are set aside first since some may come
 * back to the very same bucket; the bucket's lock guards them there, too.
 */
static void drain_slot(struct jool_instance *inst, struct jool_expiry_slot *from)
{
	struct jool_session *session;
	struct hlist_head mine;
	int i;

	if (hlist_empty(&from->sessions))
		return;
	spin_lock_bh(&from->lock);
	hlist_move_list(&from->sessions, &mine);
	spin_unlock_bh(&from->lock);

	do {
		rcu_read_lock();
		for (i = 0; i < BATCH; i++) {
			session = pop_session(from, &mine);
			if (!session)
				break;
			if (look_at(inst, session))
				jool_probe_send(inst, session);
		}
		rcu_read_unlock();
		cond_resched();
	} while (session);
}

static void drain_all(struct jool_instance *inst, u32 second)
{
	int cpu;

	for_each_possible_cpu(cpu)
		drain_slot(inst, slot_of_cpu(&inst->expiry, cpu, second % JOOL_EXPIRY_SLOTS));
}

/* Gives memory back that long lists of ports needed, unless the namespace is being configured. */
static void trim_addr4s(struct jool_net *jn)
{
	if (!mutex_trylock(&jn->lock))
		return;
	jool_addr4_trim(&jn->addr4s);
	mutex_unlock(&jn->lock);
}

/* Jiffies until the next second begins. */
static unsigned long next_second(void)
{
	u32 ns;

	div_u64_rem(ktime_get_ns(), NSEC_PER_SEC, &ns);
	return nsecs_to_jiffies(NSEC_PER_SEC - ns) + 1;
}

static void expire_sessions(struct work_struct *work)
{
	struct jool_expiry *expiry = container_of(to_delayed_work(work), struct jool_expiry, work);
	struct jool_instance *inst = container_of(expiry, struct jool_instance, expiry);
	u32 now = ktime_get_seconds();

	/* To look at every bucket: after a change of timeouts, or a long sleep of the machine. */
	if (test_and_clear_bit(0, &expiry->sweep) || now - expiry->second > JOOL_EXPIRY_SLOTS)
		expiry->second = now - JOOL_EXPIRY_SLOTS;
	while (expiry->second != now)
		drain_all(inst, ++expiry->second);
	jool_syn_expire(inst);
	if (!(now % TRIM_SECONDS))
		trim_addr4s(inst->net);
	queue_delayed_work(jool_compat_unbound_wq(), &expiry->work, next_second());
}

int jool_expiry_start(struct jool_expiry *expiry)
{
	int cpu, i;

	expiry->wheel = __alloc_percpu_gfp(JOOL_EXPIRY_SLOTS * sizeof(*expiry->wheel),
					   __alignof__(*expiry->wheel), GFP_KERNEL_ACCOUNT);
	if (!expiry->wheel)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		for (i = 0; i < JOOL_EXPIRY_SLOTS; i++) {
			spin_lock_init(&slot_of_cpu(expiry, cpu, i)->lock);
			INIT_HLIST_HEAD(&slot_of_cpu(expiry, cpu, i)->sessions);
		}
	}
	expiry->second = ktime_get_seconds();
	INIT_DELAYED_WORK(&expiry->work, expire_sessions);
	queue_delayed_work(jool_compat_unbound_wq(), &expiry->work, next_second());
	return 0;
}

void jool_expiry_stop(struct jool_expiry *expiry)
{
	cancel_delayed_work_sync(&expiry->work);
}

void jool_expiry_free(struct jool_expiry *expiry)
{
	free_percpu(expiry->wheel);
}

void jool_expiry_sweep(struct jool_expiry *expiry)
{
	set_bit(0, &expiry->sweep);
}
