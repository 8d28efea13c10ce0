/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mod/addr4.c and mod/expiry.c need of the kernel: one processor, on which others come in
 * where a function may sleep, or where a test has them. What waits for a grace period waits for
 * shim_grace_period(), so that ASan sees who uses it for longer.
 */
#ifndef _SHIM_KERNEL_H
#define _SHIM_KERNEL_H
#include <linux/types.h>
#include <linux/bitops.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define __rcu
#define __percpu
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BITS_PER_BYTE 8
#define BIT(n) (1UL << (n))
#define min(a, b) ((unsigned long)(a) < (unsigned long)(b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define ERR_PTR(error) ((void *)(long)(error))
#define ENOMEM 12
#define EBUSY 16

#define GOLDEN_RATIO_32 0x61C88647U

/* Memory, if shim_may_allocate() says so. */
typedef unsigned int gfp_t;
#define GFP_KERNEL_ACCOUNT 0
#define GFP_ATOMIC 0
#define __GFP_NOWARN 0
bool shim_may_allocate(void);
#define kzalloc(size, gfp) ((void)(gfp), shim_may_allocate() ? calloc(1, size) : NULL)
#define kvzalloc(size, gfp) kzalloc(size, gfp)
#define kvmalloc_array(n, size, gfp) kzalloc((n) * (size), gfp)
#define kfree(p) free(p)
#define kvfree(p) free(p)

/* Processors and grace periods. */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
	void *memory;
};

void shim_after_grace(struct rcu_head *head, void (*func)(struct rcu_head *head), void *memory);
void shim_grace_period(void);
void shim_others(void);
#define call_rcu(head, func) shim_after_grace(head, func, NULL)
#define kvfree_rcu(p, member) shim_after_grace(&(p)->member, NULL, p)
#define kvfree_rcu_mightsleep(p) (shim_grace_period(), free(p))
#define cond_resched() shim_others()
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define RCU_INIT_POINTER(p, value) ((p) = (value))
#define rcu_assign_pointer(p, value) ((p) = (value))
#define rcu_dereference(p) (p)
#define rcu_dereference_raw(p) (p)
#define smp_load_acquire(p) (*(p))
#define smp_store_release(p, value) (*(p) = (value))
#define smp_mb__after_atomic() ((void)0)
#define smp_mb__before_atomic() ((void)0)
#define cmpxchg(p, old, new) __sync_val_compare_and_swap(p, (__typeof__(*(p)))(old), new)

typedef struct {
	bool held;
} spinlock_t;

void shim_lock(spinlock_t *lock, bool take);
#define spin_lock_init(lock) ((lock)->held = false)
#define spin_lock(lock) shim_lock(lock, true)
#define spin_unlock(lock) shim_lock(lock, false)
#define spin_lock_bh(lock) shim_lock(lock, true)
#define spin_unlock_bh(lock) shim_lock(lock, false)

typedef struct {
	int n;
} atomic_t;

#define atomic_inc(v) ((void)(v)->n++)
#define atomic_inc_return(v) (++(v)->n)
typedef long atomic_long_t;
#define atomic_long_andnot(bits, v) ((void)(*(v) &= ~(bits)))
#define atomic_read(v) ((v)->n)

/* Counts that nobody may take from zero to one. */
typedef struct {
	int n;
} refcount_t;

#define REFCOUNT_INIT(value) { value }
#define refcount_set(refs, value) ((refs)->n = (value))
#define refcount_read(refs) ((refs)->n)
#define refcount_dec_and_test(refs) (!--(refs)->n)
#define refcount_inc_not_zero(refs) ((refs)->n ? (refs)->n++ != 0 : false)
#define refcount_dec_not_one(refs) ((refs)->n != 1 ? (refs)->n-- != 0 : false)
static inline void refcount_inc(refcount_t *refs)
{
	if (!refs->n++)
		abort();
}

static inline bool test_bit(unsigned int i, const unsigned long *bits)
{
	return bits[i / BITS_PER_LONG] >> i % BITS_PER_LONG & 1;
}

static inline bool test_and_set_bit(unsigned int i, unsigned long *bits)
{
	bool was = test_bit(i, bits);

	bits[i / BITS_PER_LONG] |= BIT(i % BITS_PER_LONG);
	return was;
}

#define set_bit(i, bits) ((void)test_and_set_bit(i, bits))

static inline bool test_and_clear_bit(unsigned int i, unsigned long *bits)
{
	bool was = test_bit(i, bits);

	bits[i / BITS_PER_LONG] &= ~BIT(i % BITS_PER_LONG);
	return was;
}

#define clear_bit(i, bits) ((void)test_and_clear_bit(i, bits))

static inline void clear_bit_unlock(unsigned int i, unsigned long *bits)
{
	bits[i / BITS_PER_LONG] &= ~BIT(i % BITS_PER_LONG);
}

static inline unsigned int find_next_bit(const unsigned long *bits, unsigned int end,
					 unsigned int i)
{
	while (i < end && !test_bit(i, bits))
		i++;
	return i;
}

static inline unsigned int bitmap_weight(const unsigned long *bits, unsigned int end)
{
	unsigned int i, n = 0;

	for (i = 0; i < end; i++)
		n += test_bit(i, bits);
	return n;
}

#define sort(base, n, size, compare, swap) qsort(base, n, size, compare)
#endif
