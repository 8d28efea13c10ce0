/* SPDX-License-Identifier: GPL-2.0-only */
/* Work is done when a test calls its function. */
#ifndef _SHIM_WORKQUEUE_H
#define _SHIM_WORKQUEUE_H
#include <linux/kernel.h>

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

#define to_delayed_work(w) container_of(w, struct delayed_work, work)
#define INIT_DELAYED_WORK(w, f) ((w)->work.func = (f))
#define queue_delayed_work(queue, w, delay) ((void)(w), (void)(delay))
#define cancel_delayed_work_sync(w) ((void)(w))
#endif
