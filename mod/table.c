// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rhashtable.h>

/* Empty buckets, as rhashtable makes them. */
static struct bucket_table *make_buckets(unsigned int size)
{
	static struct lock_class_key key;
	struct bucket_table *buckets;
	unsigned int i;

	buckets = kvzalloc(struct_size(buckets, buckets, size), GFP_KERNEL);
	if (!buckets)
		return NULL;
	lockdep_init_map(&buckets->dep_map, "rhashtable_bucket", &key, 0);
	buckets->size = size;
	rcu_head_init(&buckets->rcu);
	INIT_LIST_HEAD(&buckets->walkers);
	buckets->hash_rnd = get_random_u32();
	for (i = 0; i < size; i++)
		INIT_RHT_NULLS_HEAD(buckets->buckets[i]);
	return buckets;
}

/*
 * Hangs @buckets behind the last ones of @table, to which entries are to move. False: there are
 * as many already. Under the table's mutex, which keeps these from being freed.
 */
static bool append_buckets(struct rhashtable *table, struct bucket_table *buckets)
{
	struct bucket_table *last, *next = rht_dereference(table->tbl, table);

	do {
		last = next;
		if (last->size >= buckets->size)
			return false;
		/* A packet may have just made some. */
		next = cmpxchg((__force struct bucket_table **)&last->future_tbl, NULL, buckets);
	} while (next);
	return true;
}

void jool_table_enlarge(struct rhashtable *table)
{
	struct bucket_table *buckets;

	if (table->p.min_size == JOOL_TABLE_MIN)
		return;
	buckets = make_buckets(JOOL_TABLE_LARGE);
	if (!buckets)
		return;
	mutex_lock(&table->mutex);
	if (!append_buckets(table, buckets))
		kvfree(buckets);
	table->p.min_size = JOOL_TABLE_MIN;
	mutex_unlock(&table->mutex);
	/* Moves the entries. */
	schedule_work(&table->run_work);
}
