// SPDX-License-Identifier: GPL-2.0-only
#include "instance.h"

#include <linux/random.h>
#include <linux/slab.h>

#include "bib.h"
#include "host.h"
#include "limit.h"
#include "pool4.h"
#include "session.h"
#include "syn.h"

static atomic_t generations;

struct workqueue_struct *jool_workqueue;

u32 jool_instance_generation(void)
{
	return atomic_read(&generations);
}

void jool_instance_renew(struct jool_instance *inst)
{
	WRITE_ONCE(inst->generation, atomic_inc_return(&generations));
}

static void config_free_work(struct work_struct *work)
{
	jool_config_free(container_of(to_rcu_work(work), struct jool_config, free));
}

void jool_instance_configure(struct jool_instance *inst, struct jool_config *config)
{
	struct jool_config *old;

	jool_config_derive(config);
	old = rcu_replace_pointer(inst->config, config, lockdep_is_held(&inst->net->lock));
	if (memcmp(old->timeout_tcp, config->timeout_tcp, sizeof(old->timeout_tcp)) ||
	    old->timeout_udp != config->timeout_udp || old->timeout_icmp != config->timeout_icmp)
		jool_expiry_sweep(&inst->expiry);
	INIT_RCU_WORK(&old->free, config_free_work);
	queue_rcu_work(jool_workqueue, &old->free);
}

/* What an instance lost of its pool4, and what goes with it. */
struct loss {
	const struct jool_pool4 *old;
	const struct jool_pool4 *new;
	enum jool_evict evict;
};

static bool is_lost(const struct loss *loss, const struct jool_bib *bib)
{
	__be32 addr = bib->src4.addr;
	u16 port = ntohs(bib->src4.port);

	if (loss->evict == JOOL_EVICT_ADDRESSES)
		return jool_pool4_has_addr(loss->old, addr) &&
		       !jool_pool4_has_addr(loss->new, addr);
	return jool_pool4_has(loss->old, bib->proto, addr, port) &&
	       !jool_pool4_has(loss->new, bib->proto, addr, port);
}

static bool evict_bib(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	const struct loss *loss = arg;

	if ((bib->is_static && loss->evict != JOOL_EVICT_PORTS) || !is_lost(loss, bib))
		return true;
	return jool_bib_remove(inst, bib, JOOL_REASON_POOL4);
}

void jool_instance_evict(struct jool_instance *inst, const struct jool_pool4 *old,
			 enum jool_evict evict)
{
	struct loss loss = {
		.old = old,
		.new = jool_instance_config(inst)->pool4,
		.evict = evict,
	};

	jool_bib_walk(inst, JOOL_PROTOS_ALL, evict_bib, &loss);
	jool_instance_renew(inst);
}

int jool_instance_set_pool4(struct jool_instance *inst, struct jool_pool4 *pool4,
			    enum jool_evict evict)
{
	struct jool_pool4 *old = jool_instance_config(inst)->pool4;
	struct jool_config *config;

	if (IS_ERR(pool4))
		return PTR_ERR(pool4);
	config = jool_config_copy(jool_instance_config(inst));
	if (!config) {
		jool_pool4_put(pool4);
		return -ENOMEM;
	}
	/* The copy's reference keeps it. */
	config->pool4 = pool4;
	jool_instance_configure(inst, config);
	if (evict != JOOL_EVICT_NONE)
		jool_instance_evict(inst, old, evict);
	jool_pool4_put(old);
	return 0;
}

static void set_pool6(struct jool_instance *inst, const struct in6_addr *pool6, u8 len)
{
	struct in6_addr mask = {};

	memset(&mask, 0xff, len / 8);
	memcpy(inst->pool6, pool6, sizeof(inst->pool6));
	memcpy(inst->pool6_mask, &mask, sizeof(inst->pool6_mask));
	inst->pool6_len = len;
}

static void enlarge_work(struct work_struct *work)
{
	struct jool_instance *inst = container_of(work, struct jool_instance, enlarge);
	struct jool_tables *tables;

	for (tables = inst->tables; tables < inst->tables + JOOL_PROTOS; tables++) {
		if (!READ_ONCE(tables->large))
			continue;
		jool_table_enlarge(&tables->session6);
		jool_table_enlarge(&tables->session4);
		jool_table_enlarge(&tables->bib6);
	}
}

struct jool_instance *jool_instance_create(struct jool_net *jn, const char *name,
					   const struct in6_addr *pool6, u8 pool6_len)
{
	struct jool_instance *inst = kzalloc(sizeof(*inst), GFP_KERNEL_ACCOUNT);
	struct jool_config *config;

	if (!inst)
		return NULL;
	inst->net = jn;
	strscpy(inst->name, name, sizeof(inst->name));
	set_pool6(inst, pool6, pool6_len);
	jool_instance_renew(inst);
	get_random_bytes(&inst->id_secret, sizeof(inst->id_secret));

	jool_syn_init(inst);
	INIT_WORK(&inst->enlarge, enlarge_work);

	inst->stats = alloc_percpu_gfp(struct jool_stats, GFP_KERNEL_ACCOUNT);
	if (!inst->stats)
		goto err_inst;
	config = jool_config_default(jn);
	if (!config)
		goto err_stats;
	rcu_assign_pointer(inst->config, config);
	if (jool_host_init(inst))
		goto err_config;
	if (jool_bib_init(inst))
		goto err_host;
	if (jool_session_init(inst))
		goto err_bib;
	if (jool_expiry_start(&inst->expiry))
		goto err_session;
	atomic_inc(&jool_limit_instances);
	return inst;

err_session:
	jool_session_exit(inst);
err_bib:
	jool_bib_exit(inst);
err_host:
	jool_host_exit(inst);
err_config:
	jool_config_free(config);
err_stats:
	free_percpu(inst->stats);
err_inst:
	kfree(inst);
	return NULL;
}

void jool_instance_empty(struct jool_instance *inst)
{
	jool_expiry_stop(&inst->expiry);
	cancel_work_sync(&inst->enlarge);
	jool_syn_exit(inst);
	jool_session_exit(inst);
	jool_bib_exit(inst);
	jool_host_exit(inst);
	jool_expiry_free(&inst->expiry);
	jool_config_free(rcu_dereference_protected(inst->config, true));
	free_percpu(inst->stats);
	atomic_dec(&jool_limit_instances);
}

int jool_instance_init(void)
{
	jool_workqueue = alloc_workqueue("jool", WQ_UNBOUND, 0);
	return jool_workqueue ? 0 : -ENOMEM;
}

void jool_instance_exit(void)
{
	destroy_workqueue(jool_workqueue);
}
