/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all instances of all network namespaces together may have, so that none of them, or their
 * sum, takes the memory of the machine. Parameters of the module, made of its memory if not given.
 */
#ifndef _JOOL_LIMIT_H
#define _JOOL_LIMIT_H

#include <linux/atomic.h>
#include <linux/percpu_counter.h>

/* Parameters max_instances, max_static_entries and max_sessions, and how many there are. */
extern unsigned int jool_limit_max_instances;
extern unsigned int jool_limit_max_statics;
extern unsigned int jool_limit_max_sessions;
extern atomic_t jool_limit_instances;
extern atomic_t jool_limit_statics;
extern struct percpu_counter jool_limit_sessions;

/* Sessions, with BIB entries and their part of the tables, that a quarter of the memory holds. */
u32 jool_limit_by_memory(void);

/* Any context. How many there are is known but for some that the CPUs have not told each other. */
static inline bool jool_limit_sessions_full(void)
{
	return percpu_counter_read_positive(&jool_limit_sessions) >=
	       READ_ONCE(jool_limit_max_sessions);
}

static inline bool jool_limit_statics_full(void)
{
	return atomic_read(&jool_limit_statics) >= READ_ONCE(jool_limit_max_statics);
}

static inline bool jool_limit_instances_full(void)
{
	return atomic_read(&jool_limit_instances) >= READ_ONCE(jool_limit_max_instances);
}

/* Returns 0 or -ENOMEM. */
int jool_limit_init(void);
void jool_limit_exit(void);

#endif
