/* SPDX-License-Identifier: GPL-2.0-only */
/* What belongs to each processor is there once; whoever runs at the same time runs on that one, too. */
#include <linux/kernel.h>

#define __alloc_percpu_gfp(size, align, gfp) ((void)(align), kzalloc(size, gfp))
#define free_percpu(p) free(p)
#define per_cpu_ptr(p, cpu) ((p) + (cpu))
#define raw_smp_processor_id() 0
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
