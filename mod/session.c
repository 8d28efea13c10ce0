// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "bib.h"
#include "compat.h"
#include "csum.h"
#include "event.h"
#include "expiry.h"
#include "hash.h"
#include "host.h"
#include "instance.h"
#include "limit.h"

static struct kmem_cache *cache;

/* Like memcmp of the keys, but in words. */
static __always_inline int compare_key6(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct jool_key6 *a = arg->key;
	const struct jool_key6 *b = &((const struct jool_session *)obj)->key6;

	return !ipv6_addr_equal(&a->remote, &b->remote) || !ipv6_addr_equal(&a->local, &b->local) ||
	       a->remote_port != b->remote_port || a->local_port != b->local_port;
}

static __always_inline int compare_key4(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct jool_key4 *a = arg->key;
	const struct jool_key4 *b = &((const struct jool_session *)obj)->key4;

	return a->remote != b->remote || a->local != b->local || a->remote_port != b->remote_port ||
	       a->local_port != b->local_port;
}

static __always_inline u32 hash_key6(const void *data, u32 len, u32 seed)
{
	const struct jool_key6 *key = data;
	u64 ports = (__force u32)get_unaligned((const __be32 *)&key->remote_port);

	return jool_hash_fold(jool_hash_word(jool_hash_addr6(jool_hash_addr6(seed, &key->remote),
							     &key->local), ports));
}

static __always_inline u32 hash_key4(const void *data, u32 len, u32 seed)
{
	const struct jool_key4 *key = data;
	u64 addresses = (__force u64)get_unaligned((const __be64 *)&key->remote);
	u64 ports = (__force u32)get_unaligned((const __be32 *)&key->remote_port);

	return jool_hash_fold(jool_hash_word(jool_hash_word(seed, addresses), ports));
}

static const struct rhashtable_params params6 = {
	.key_len = sizeof(struct jool_key6),
	.hashfn = hash_key6,
	.key_offset = offsetof(struct jool_session, key6),
	.head_offset = offsetof(struct jool_session, node6),
	.obj_cmpfn = compare_key6,
	.min_size = JOOL_TABLE_SMALL,
	.automatic_shrinking = true,
};

static const struct rhashtable_params params4 = {
	.key_len = sizeof(struct jool_key4),
	.hashfn = hash_key4,
	.key_offset = offsetof(struct jool_session, key4),
	.head_offset = offsetof(struct jool_session, node4),
	.obj_cmpfn = compare_key4,
	.min_size = JOOL_TABLE_SMALL,
	.automatic_shrinking = true,
};

int __init jool_session_cache_init(void)
{
	/* The layout that the comments in session.h promise. */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && offsetof(struct jool_session, node4) != 64);
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && offsetof(struct jool_session, in_bib) != 128);
	/*
	 * By type or not makes no difference, since they are given to call_rcu(); but such a cache
	 * is not merged with others, and its objects are not cleared by the kernel before we do.
	 */
	cache = KMEM_CACHE(jool_session, SLAB_HWCACHE_ALIGN | SLAB_TYPESAFE_BY_RCU);
	return cache ? 0 : -ENOMEM;
}

void jool_session_cache_exit(void)
{
	kmem_cache_destroy(cache);
}

int jool_session_init(struct jool_instance *inst)
{
	int i, err;

	for (i = 0; i < JOOL_PROTOS; i++) {
		err = rhashtable_init(&inst->tables[i].session6, &params6);
		if (err)
			goto undo;
		err = rhashtable_init(&inst->tables[i].session4, &params4);
		if (err) {
			rhashtable_destroy(&inst->tables[i].session6);
			goto undo;
		}
	}
	return 0;

undo:
	while (i--) {
		rhashtable_destroy(&inst->tables[i].session6);
		rhashtable_destroy(&inst->tables[i].session4);
	}
	return err;
}

static void free_session(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct jool_session, rcu));
}

static bool is_from4(const struct jool_session *session)
{
	return !(session->flags & JOOL_SESSION_FROM6);
}

/* Gives back what @session holds. */
static void let_go(struct jool_session *session)
{
	unsigned long way;
	int dir;

	for (dir = 0; dir < JOOL_DIRS; dir++) {
		way = session->route[dir].way;
		WRITE_ONCE(session->route[dir].way, 0);
		dst_release(jool_route_dst(way));
	}
	atomic_dec(&session->bib->host->sessions);
	percpu_counter_dec(&jool_limit_sessions);
	if (is_from4(session))
		atomic_dec(&session->bib->inst->sessions_from4);
}

/* Its instance is seen by nobody any more: no grace period is needed. */
static void end_session_with_instance(void *session, void *arg)
{
	struct jool_instance *inst = arg;

	rcu_read_lock();
	jool_event_session(inst, rcu_dereference(inst->config), session, JOOL_CMD_SESSION_END,
			   JOOL_REASON_INSTANCE);
	rcu_read_unlock();
	let_go(session);
	kmem_cache_free(cache, session);
}

void jool_session_exit(struct jool_instance *inst)
{
	int i;

	for (i = 0; i < JOOL_PROTOS; i++) {
		rhashtable_destroy(&inst->tables[i].session4);
		rhashtable_free_and_destroy(&inst->tables[i].session6, end_session_with_instance,
					    inst);
	}
}

struct jool_session *jool_session_find6(struct jool_instance *inst, u8 proto,
					const struct jool_key6 *key)
{
	return rhashtable_lookup(&inst->tables[proto].session6, key, params6);
}

struct jool_session *jool_session_find4(struct jool_instance *inst, u8 proto,
					const struct jool_key4 *key)
{
	return rhashtable_lookup(&inst->tables[proto].session4, key, params4);
}

u16 jool_session_delta(u8 proto, const struct jool_key6 *key6, const struct jool_key4 *key4)
{
	u16 old = jool_csum_sum(key6, sizeof(*key6));
	u16 new = jool_csum_sum(key4, sizeof(*key4));

	if (proto == JOOL_PROTO_ICMP) {
		/* The identifier stands in the packet once; ICMPv4 sums no addresses. */
		old = jool_csum_sum(key6, offsetof(struct jool_key6, local_port));
		new = jool_csum_sum(&key4->local_port, sizeof(key4->local_port));
	}
	return jool_csum_delta(old, new);
}

static u8 opened_by(enum jool_reason reason)
{
	return reason == JOOL_REASON_FROM6 ? JOOL_SESSION_FROM6 : 0;
}

void jool_session_fill(struct jool_session *session, const struct jool_session_wish *wish)
{
	struct jool_bib *bib = wish->bib;
	bool icmp = bib->proto == JOOL_PROTO_ICMP;

	/* What links it is written by who links it. */
	session->key6.remote = bib->src6.addr;
	session->key6.remote_port = bib->src6.port;
	session->key6.local = *wish->dst6;
	session->key6.local_port = icmp ? bib->src6.port : wish->port;
	session->key4.remote = wish->dst4;
	session->key4.remote_port = icmp ? bib->src4.port : wish->port;
	session->key4.local = bib->src4.addr;
	session->key4.local_port = bib->src4.port;
	session->delta = jool_session_delta(bib->proto, &session->key6, &session->key4);
	session->bib = bib;
	session->bucket = JOOL_SESSION_NO_BUCKET;
	session->proto = bib->proto;
	session->state = wish->state;
	session->flags = wish->flags | opened_by(wish->reason);
	session->stamp = jiffies;
	memset(session->route, 0, sizeof(session->route));
	session->cpu = 0;
	session->seq = 0;
	session->ack = 0;
}

/* The order of sessions in a BIB entry. */
static u64 order_by(__be32 dst4, __be16 port)
{
	return (u64)ntohl(dst4) << 16 | ntohs(port);
}

static u64 order_of(const struct rb_node *node)
{
	const struct jool_key4 *key = &rb_entry(node, struct jool_session, in_bib)->key4;

	return order_by(key->remote, key->remote_port);
}

static bool comes_before(struct rb_node *a, const struct rb_node *b)
{
	return order_of(a) < order_of(b);
}

struct jool_session *jool_session_first(struct jool_bib *bib, __be32 dst4, __be16 port)
{
	struct rb_node *node = bib->sessions.rb_node;
	struct jool_session *first = NULL;
	u64 least = order_by(dst4, port);

	lockdep_assert_held(&bib->lock);
	while (node) {
		if (order_of(node) < least) {
			node = node->rb_right;
		} else {
			first = rb_entry(node, struct jool_session, in_bib);
			node = node->rb_left;
		}
	}
	return first;
}

struct jool_session *jool_session_next(struct jool_session *session)
{
	struct rb_node *node = rb_next(&session->in_bib);

	lockdep_assert_held(&session->bib->lock);
	return rb_entry_safe(node, struct jool_session, in_bib);
}

/*
 * Puts @session in the tables. Returns 0, -EEXIST with the one that is there in *old, or an error.
 */
static int insert_session(struct jool_tables *tables, struct jool_session *session,
			  struct jool_session **old)
{
	int err;

	*old = rhashtable_lookup_get_insert_fast(&tables->session6, &session->node6, params6);
	if (*old)
		return IS_ERR(*old) ? PTR_ERR(*old) : -EEXIST;
	err = rhashtable_lookup_insert_fast(&tables->session4, &session->node4, params4);
	if (err)
		rhashtable_remove_fast(&tables->session6, &session->node6, params6);
	return err;
}

int jool_session_create(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session_wish *wish, struct jool_session **result)
{
	struct jool_session *session, *old = NULL;
	struct jool_bib *bib = wish->bib;
	int err = -EAGAIN;

	session = kmem_cache_alloc(cache, GFP_ATOMIC);
	if (!session)
		return -ENOMEM;
	jool_session_fill(session, wish);
	spin_lock(&bib->lock);
	if (!bib->dead)
		err = insert_session(&inst->tables[bib->proto], session, &old);
	if (!err) {
		atomic_inc(&bib->host->sessions);
		percpu_counter_inc(&jool_limit_sessions);
		if (is_from4(session))
			atomic_inc(&inst->sessions_from4);
		rb_add(&session->in_bib, &bib->sessions, comes_before);
		jool_expiry_add(&inst->expiry, config, session);
		jool_event_session(inst, config, session, JOOL_CMD_SESSION_NEW, wish->reason);
	} else {
		session->flags |= JOOL_SESSION_DEAD;
	}
	spin_unlock(&bib->lock);

	if (!err) {
		jool_instance_grown(inst, &inst->tables[session->proto],
				    &inst->tables[session->proto].session6);
		*result = session;
		return 0;
	}
	/* Somebody may have seen it in the first table. */
	call_rcu(&session->rcu, free_session);
	if (err != -EEXIST)
		return err;
	*result = old;
	return old ? 0 : -EAGAIN;
}

void jool_session_kill(struct jool_instance *inst, struct jool_session *session,
		       enum jool_reason reason)
{
	struct jool_tables *tables = &inst->tables[session->proto];
	struct jool_bib *bib = session->bib;

	lockdep_assert_held(&bib->lock);
	session->flags |= JOOL_SESSION_DEAD;
	rhashtable_remove_fast(&tables->session6, &session->node6, params6);
	rhashtable_remove_fast(&tables->session4, &session->node4, params4);
	rb_erase(&session->in_bib, &bib->sessions);
	jool_expiry_remove(&inst->expiry, session);
	jool_event_session(inst, rcu_dereference(inst->config), session, JOOL_CMD_SESSION_END,
			   reason);
	let_go(session);
	call_rcu(&session->rcu, free_session);
	if (RB_EMPTY_ROOT(&bib->sessions) && !bib->is_static)
		jool_bib_kill(inst, bib);
}

void jool_session_remember(struct jool_session *session, const struct tcphdr *tcp, unsigned int len,
			   bool from6)
{
	u32 next = ntohl(tcp->seq) + tcp->syn + tcp->fin;

	if (len > tcp->doff * 4)
		next += len - tcp->doff * 4;
	if (from6) {
		session->seq = htonl(ntohl(tcp->ack_seq) - 1);
		session->ack = htonl(next);
	} else {
		session->seq = htonl(next - 1);
		session->ack = tcp->ack_seq;
	}
}

/* Takes @step with @session. Under the lock of its BIB entry. */
static void enter_state(struct jool_instance *inst, const struct jool_config *config,
			struct jool_session *session, struct jool_tcp_step step)
{
	u32 before = jool_expiry_deadline(config, session), now = jiffies, after;

	WRITE_ONCE(session->state, step.state);
	if (step.refresh)
		WRITE_ONCE(session->stamp, now);
	after = jool_expiry_deadline(config, session);
	if (step.shorten && time_before32(before, after))
		WRITE_ONCE(session->stamp, now - (after - before));
	if (!(session->flags & JOOL_SESSION_DEAD))
		jool_expiry_move(&inst->expiry, config, session);
}

enum jool_session_step jool_session_step(struct jool_instance *inst,
					 const struct jool_config *config,
					 struct jool_session *session, enum jool_tcp_event event)
{
	bool rst_during_fin = config->globals.rst_during_fin;
	u8 state = READ_ONCE(session->state);
	struct jool_tcp_step step = jool_tcp_next(state, event, rst_during_fin);

	if (likely(step.state == state))
		return step.refresh && jool_session_touch(session) ? JOOL_STEP_WRITTEN :
								     JOOL_STEP_NOTHING;

	spin_lock(&session->bib->lock);
	/* Another packet may have been faster. */
	step = jool_tcp_next(session->state, event, rst_during_fin);
	if (step.state != JOOL_TCP_CLOSED)
		enter_state(inst, config, session, step);
	spin_unlock(&session->bib->lock);
	return step.state == JOOL_TCP_CLOSED ? JOOL_STEP_OVER : JOOL_STEP_WRITTEN;
}

/* Has @session be begun, and count, as @reason says. Under the lock of its BIB entry. */
static void set_opened_by(struct jool_instance *inst, struct jool_session *session,
			  enum jool_reason reason)
{
	u8 from6 = opened_by(reason);

	if ((session->flags & JOOL_SESSION_FROM6) == from6)
		return;
	session->flags ^= JOOL_SESSION_FROM6;
	atomic_add(from6 ? -1 : 1, &inst->sessions_from4);
}

int jool_session_reopen(struct jool_instance *inst, const struct jool_config *config,
			struct jool_session *session, u8 state, enum jool_reason reason)
{
	int err = 0;

	spin_lock(&session->bib->lock);
	if (session->flags & JOOL_SESSION_DEAD) {
		err = -EAGAIN;
	} else if (jool_session_is_over(session)) {
		jool_event_session(inst, config, session, JOOL_CMD_SESSION_END,
				   JOOL_REASON_REOPENED);
		set_opened_by(inst, session, reason);
		enter_state(inst, config, session, (struct jool_tcp_step) { state, true });
		jool_event_session(inst, config, session, JOOL_CMD_SESSION_NEW, reason);
	}
	spin_unlock(&session->bib->lock);
	return err;
}
