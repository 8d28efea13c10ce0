/* SPDX-License-Identifier: GPL-2.0-only */
/* Time, which goes on when a test says so. */
#ifndef _SHIM_TIMEKEEPING_H
#define _SHIM_TIMEKEEPING_H
#include <linux/kernel.h>

#define HZ 250
#define NSEC_PER_SEC 1000000000ULL

extern u64 shim_ns;
#define ktime_get_ns() shim_ns
#define ktime_get_seconds() (shim_ns / NSEC_PER_SEC)
#define nsecs_to_jiffies(ns) ((unsigned long)((ns) / (NSEC_PER_SEC / HZ)))
#define jiffies nsecs_to_jiffies(shim_ns)
#define jiffies_to_msecs(n) ((u32)(n) * (1000 / HZ))
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before32(a, b) ((int32_t)((u32)(a) - (u32)(b)) < 0)
#define div_u64_rem(n, by, rest) (*(rest) = (n) % (by), (n) / (by))
#endif
