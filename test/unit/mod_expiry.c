// SPDX-License-Identifier: GPL-2.0-only
/* A packet and the worker of mod/expiry.c meet over a session, in the order that is hard to come by. */
#include "mod.h"

#include <pthread.h>

#include "expiry.h"
#include "tcp.h"

/* ---- the rest of the module, as far as expiry.c knows it ---- */

#define _JOOL_BIB_H
#define _JOOL_COMPAT_H
#define _JOOL_INSTANCE_H
#define _JOOL_PROBE_H
#define _JOOL_SESSION_H
#define _JOOL_SYN_H

#define JOOL_SESSION_NO_BUCKET UINT16_MAX
#define JOOL_SESSION_DEAD 1
#define JOOL_EXPIRES_UDP (30 * HZ)
#define JOOL_EXPIRES_TCP (7200 * HZ)
#define JOOL_EXPIRES_TRANS (240 * HZ)

enum { JOOL_PROTO_TCP, JOOL_PROTO_UDP, JOOL_PROTO_ICMP };

struct jool_bib {
	spinlock_t lock;
};

struct jool_session {
	struct jool_bib *bib;
	struct hlist_node in_bucket;
	u32 stamp;
	u16 bucket, cpu;
	u8 proto, state, flags;
};

struct jool_config {
	u32 timeout_tcp[JOOL_TCP_TIMERS], timeout_udp, timeout_icmp;
};

struct jool_net {
	int lock, addr4s;
};

struct jool_instance {
	struct jool_expiry expiry;
	struct jool_config *config;
	struct jool_net *net;
};

#define jool_compat_unbound_wq() NULL
#define jool_addr4_trim(addr4s) ((void)(addr4s))
#define jool_syn_expire(inst) ((void)(inst))
#define mutex_trylock(lock) ((void)(lock), false)
#define mutex_unlock(lock) ((void)(lock))
#define JOOL_REASON_TIMEOUT 0

static unsigned int killed, probed;

#define jool_session_kill(inst, session, reason) kill_session(&(inst)->expiry, session)
#define jool_probe_send(inst, session) ((void)(session), probed++)

static void kill_session(struct jool_expiry *expiry, struct jool_session *session)
{
	session->flags |= JOOL_SESSION_DEAD;
	jool_expiry_remove(expiry, session);
	killed++;
}

#include "expiry.c"

/* ---- the kernel ---- */

u64 shim_ns = 1000 * NSEC_PER_SEC;

static struct jool_config config = {
	.timeout_tcp = { [JOOL_TCP_TIMER_EST] = JOOL_EXPIRES_TCP, [JOOL_TCP_TIMER_CLOSING] = JOOL_EXPIRES_TRANS },
	.timeout_udp = JOOL_EXPIRES_UDP,
};
static struct jool_net net;
static struct jool_instance inst = { .config = &config, .net = &net };
static struct jool_bib bib;
static struct jool_session session;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t worker;
static _Thread_local bool is_worker;
static bool worker_waits;
static bool worker_comes;	/* before the packet next takes a bucket's lock */

bool shim_may_allocate(void)
{
	return true;
}

void shim_others(void)
{
}

static void *run_worker(void *arg)
{
	is_worker = true;
	inst.expiry.work.work.func(&inst.expiry.work.work);
	return arg;
}

/* Returns when the worker has a session in hand and waits for the lock of its BIB entry. */
static void meet_worker(void)
{
	worker_comes = false;
	ck_assert_int_eq(pthread_create(&worker, NULL, run_worker, NULL), 0);
	pthread_mutex_lock(&mutex);
	while (!worker_waits)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
}

void shim_lock(spinlock_t *lock, bool take)
{
	if (worker_comes && !is_worker && take && lock != &bib.lock)
		meet_worker();
	pthread_mutex_lock(&mutex);
	while (take && lock->held) {
		worker_waits |= is_worker;
		pthread_cond_broadcast(&changed);
		pthread_cond_wait(&changed, &mutex);
	}
	lock->held = take;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

/* ---- the tests ---- */

static void pass(unsigned int seconds)
{
	shim_ns += seconds * NSEC_PER_SEC;
}

/* A session that has just begun. */
static void begin(u8 proto, u8 state)
{
	ck_assert_int_eq(jool_expiry_start(&inst.expiry), 0);
	spin_lock_init(&bib.lock);
	session = (struct jool_session) {
		.bib = &bib, .proto = proto, .state = state, .stamp = jiffies,
		.bucket = JOOL_SESSION_NO_BUCKET,
	};
	jool_expiry_add(&inst.expiry, &config, &session);
}

/* How often the session is on the wheel, and whether it knows where. */
static void check_places(unsigned int want)
{
	const struct hlist_node *node;
	unsigned int i, n = 0;

	for (i = 0; i < JOOL_EXPIRY_SLOTS; i++)
		for (node = inst.expiry.wheel[i].sessions.first; node && n <= want; node = node->next)
			n++;
	ck_assert_uint_eq(n, want);
	if (want)
		ck_assert_ptr_eq(inst.expiry.wheel[session.bucket].sessions.first, &session.in_bucket);
	else
		ck_assert_uint_eq(session.bucket, JOOL_SESSION_NO_BUCKET);
}

static void end(void)
{
	jool_expiry_free(&inst.expiry);
}

START_TEST(test_alone)
{
	begin(JOOL_PROTO_UDP, 0);
	check_places(1);
	pass(20);
	session.stamp = jiffies;
	pass(20);
	run_worker(NULL);
	ck_assert_uint_eq(killed, 0);
	check_places(1);
	pass(12);
	run_worker(NULL);
	ck_assert_uint_eq(killed, 1);
	check_places(0);
	end();

	begin(JOOL_PROTO_TCP, JOOL_TCP_ESTABLISHED);
	for (int i = 0; i < 7202; i++) {
		pass(1);
		run_worker(NULL);
	}
	ck_assert_uint_eq(probed, 1);
	ck_assert_uint_eq(session.state, JOOL_TCP_TRANS);
	check_places(1);
	end();
}
END_TEST

/* The packet has seen the session in a bucket, then the worker takes it out of there. */
START_TEST(test_moved)
{
	begin(JOOL_PROTO_UDP, 0);
	pass(32);
	spin_lock_bh(&bib.lock);
	session.stamp = jiffies;
	worker_comes = true;
	jool_expiry_move(&inst.expiry, &config, &session);
	/* The worker puts it into another bucket than a packet would have. */
	pass(1);
	spin_unlock_bh(&bib.lock);
	pthread_join(worker, NULL);
	ck_assert_uint_eq(killed, 0);
	check_places(1);
	end();
}
END_TEST

START_TEST(test_removed)
{
	begin(JOOL_PROTO_UDP, 0);
	pass(32);
	spin_lock_bh(&bib.lock);
	worker_comes = true;
	kill_session(&inst.expiry, &session);
	spin_unlock_bh(&bib.lock);
	pthread_join(worker, NULL);
	ck_assert_uint_eq(killed, 1);
	check_places(0);
	end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { test_alone, test_moved, test_removed };

	return run_tests("expiry", tests, ARRAY_SIZE(tests));
}
