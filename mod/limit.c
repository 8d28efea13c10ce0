// SPDX-License-Identifier: GPL-2.0-only
#include "limit.h"

#include <linux/mm.h>
#include <linux/module.h>

/* More than a session and its BIB entry take, with their part of the tables (bytes). */
#define SESSION_SIZE 512

/* More than an instance takes that translates nothing, on machines with some processors (bytes). */
#define INSTANCE_SIZE (256 << 10)

/* No machine needs more sessions in an instance unless somebody says so. */
#define SESSIONS_MOST 4194304

unsigned int jool_limit_max_instances __read_mostly;
unsigned int jool_limit_max_statics __read_mostly;
unsigned int jool_limit_max_sessions __read_mostly;
atomic_t jool_limit_instances = ATOMIC_INIT(0);
atomic_t jool_limit_statics = ATOMIC_INIT(0);
struct percpu_counter jool_limit_sessions;

module_param_named(max_instances, jool_limit_max_instances, uint, 0644);
MODULE_PARM_DESC(max_instances, "Most instances of all network namespaces together");
module_param_named(max_static_entries, jool_limit_max_statics, uint, 0644);
MODULE_PARM_DESC(max_static_entries, "Most static BIB entries of all network namespaces together");
module_param_named(max_sessions, jool_limit_max_sessions, uint, 0644);
MODULE_PARM_DESC(max_sessions, "Most sessions of all network namespaces together");

static u64 memory_bytes(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT;
}

u32 jool_limit_by_memory(void)
{
	return clamp_t(u64, memory_bytes() / 4 / SESSION_SIZE, 1024, SESSIONS_MOST);
}

static unsigned int by_default(unsigned int given, u64 size)
{
	return given ?: clamp_t(u64, memory_bytes() / 2 / size, 256, INT_MAX);
}

int __init jool_limit_init(void)
{
	jool_limit_max_instances = by_default(jool_limit_max_instances, 8 * INSTANCE_SIZE);
	jool_limit_max_statics = by_default(jool_limit_max_statics, SESSION_SIZE);
	jool_limit_max_sessions = by_default(jool_limit_max_sessions, SESSION_SIZE);
	return percpu_counter_init(&jool_limit_sessions, 0, GFP_KERNEL);
}

void jool_limit_exit(void)
{
	percpu_counter_destroy(&jool_limit_sessions);
}
