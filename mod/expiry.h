/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When sessions end. Each sits in the bucket of the second in which it was due when it was put
 * there; a packet only moves the session's stamp. When a bucket comes due, its sessions are expired
 * or put in the bucket of their new second. One wheel per CPU, so that creations do not meet.
 */
#ifndef _JOOL_EXPIRY_H
#define _JOOL_EXPIRY_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct jool_config;
struct jool_instance;
struct jool_session;

/* Seconds on the wheel. What is due later is looked at once in between. */
#define JOOL_EXPIRY_SLOTS 256

/*
 * A stamp may be this old (jiffies) before a packet renews it; a session lives so much longer.
 */
#define JOOL_EXPIRY_SLACK (HZ / 4)

struct jool_expiry_slot {
	spinlock_t lock;	/* the list, and the bucket number of its sessions */
	struct hlist_head sessions;
};

struct jool_expiry {
	struct jool_expiry_slot __percpu *wheel;	/* JOOL_EXPIRY_SLOTS of each CPU */
	u32 second;					/* the last that was worked on */
	unsigned long sweep;				/* bit 0: timeouts changed, look at all */
	struct delayed_work work;
};

/* Starts and stops the worker. Stopping may sleep; the sessions stay where they are. */
int jool_expiry_start(struct jool_expiry *expiry);
void jool_expiry_stop(struct jool_expiry *expiry);
void jool_expiry_free(struct jool_expiry *expiry);

/* Has the worker look at every session soon, because timeouts changed. */
void jool_expiry_sweep(struct jool_expiry *expiry);

/* The jiffy (low 32 bits) at which @session ends if no packet comes. Under RCU. */
u32 jool_expiry_deadline(const struct jool_config *config, const struct jool_session *session);

/* The milliseconds until then; 0 if it is over. Under RCU. */
u32 jool_expiry_left(const struct jool_config *config, const struct jool_session *session);

/*
 * Puts @session, which is in no bucket, where its deadline belongs. Under the lock of its BIB
 * entry.
 */
void jool_expiry_add(struct jool_expiry *expiry, const struct jool_config *config,
		     struct jool_session *session);

/* Moves @session, whose deadline may have come nearer. Under the lock of its BIB entry. */
void jool_expiry_move(struct jool_expiry *expiry, const struct jool_config *config,
		      struct jool_session *session);

/*
 * Takes @session out of its bucket. Returns whether it was in one: if not, the worker has it in
 * hand. Under the lock of its BIB entry.
 */
bool jool_expiry_remove(struct jool_expiry *expiry, struct jool_session *session);

#endif
