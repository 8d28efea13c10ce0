// SPDX-License-Identifier: GPL-2.0-only
#include "namespace.h"

#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "event.h"
#include "fast.h"
#include "hook.h"
#include "instance.h"
#include "limit.h"
#include "pool4.h"

unsigned int jool_namespace_id;

struct jool_instance *jool_namespace_find(struct jool_net *jn, const char *name)
{
	struct jool_instance *inst;

	list_for_each_entry_rcu(inst, &jn->instances, list, lockdep_is_held(&jn->lock))
		if (!strcmp(inst->name, name))
			return inst;
	return NULL;
}

/* Whether the pool6 shares addresses with that of an instance. */
static bool overlaps_pool6(struct jool_net *jn, const struct in6_addr *pool6, u8 len)
{
	const struct jool_instance *inst;

	list_for_each_entry(inst, &jn->instances, list)
		if (ipv6_prefix_equal(jool_instance_pool6(inst), pool6, min(len, inst->pool6_len)))
			return true;
	return false;
}

static bool device_has_own6(const struct jool_instance *inst, struct inet6_dev *in6)
{
	const struct inet6_ifaddr *ifa;
	bool found = false;

	read_lock_bh(&in6->lock);
	list_for_each_entry(ifa, &in6->addr_list, if_list)
		found = found || jool_instance_has6(inst, &ifa->addr);
	read_unlock_bh(&in6->lock);
	return found;
}

/* Whether an address of the namespace lies in the pool6 of @inst. */
static bool has_own6(const struct jool_instance *inst)
{
	struct net_device *dev;
	struct inet6_dev *in6;
	bool found = false;

	rcu_read_lock();
	for_each_netdev_rcu(inst->net->net, dev) {
		in6 = __in6_dev_get(dev);
		found = found || (in6 && device_has_own6(inst, in6));
	}
	rcu_read_unlock();
	return found;
}

struct jool_instance *jool_namespace_create(struct jool_net *jn, const char *name,
					    const struct in6_addr *pool6, u8 pool6_len,
					    struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&jn->lock);
	if (jool_namespace_find(jn, name)) {
		NL_SET_ERR_MSG(extack, "this namespace has an instance of that name already");
		return ERR_PTR(-EEXIST);
	}
	if (jn->count >= JOOL_INSTANCES_MAX) {
		NL_SET_ERR_MSG(extack, "this namespace has 256 instances, and no more");
		return ERR_PTR(-ENOSPC);
	}
	if (jool_limit_instances_full()) {
		NL_SET_ERR_MSG(extack, "all namespaces together have as many instances as the module's parameter max_instances says");
		return ERR_PTR(-ENOSPC);
	}
	if (overlaps_pool6(jn, pool6, pool6_len)) {
		NL_SET_ERR_MSG(extack, "the pool6 of another instance of this namespace overlaps it");
		return ERR_PTR(-EEXIST);
	}
	return jool_instance_create(jn, name, pool6, pool6_len) ?: ERR_PTR(-ENOMEM);
}

void jool_namespace_discard(struct jool_instance *inst)
{
	jool_instance_empty(inst);
	kfree_rcu(inst, rcu);
}

int jool_namespace_publish(struct jool_instance *inst, struct netlink_ext_ack *extack)
{
	struct jool_net *jn = inst->net;
	int err;

	lockdep_assert_held(&jn->lock);
	if (!jn->hooked) {
		err = jool_hook_register(jn);
		if (err) {
			NL_SET_ERR_MSG(extack, "the kernel refused the netfilter hooks");
			return err;
		}
		jn->hooked = true;
	}
	if (has_own6(inst))
		WRITE_ONCE(jn->exceptions6, true);
	jool_bypass_watch(inst);
	list_add_tail_rcu(&inst->list, &jn->instances);
	jool_bypass_joined(jn);
	WRITE_ONCE(inst->live, true);
	jn->count++;
	return 0;
}

int jool_namespace_add(struct jool_net *jn, const char *name, const struct in6_addr *pool6,
		       u8 pool6_len, struct netlink_ext_ack *extack)
{
	struct jool_instance *inst;
	int err;

	mutex_lock(&jn->lock);
	inst = jool_namespace_create(jn, name, pool6, pool6_len, extack);
	err = PTR_ERR_OR_ZERO(inst) ?: jool_namespace_publish(inst, extack);
	if (err && !IS_ERR(inst))
		jool_namespace_discard(inst);
	mutex_unlock(&jn->lock);
	return err;
}

/* Takes @inst off the list and puts it on @gone: new packets do not see it. Under jn->lock. */
static void hide_instance(struct jool_instance *inst, struct list_head *gone)
{
	list_del_rcu(&inst->list);
	WRITE_ONCE(inst->live, false);
	inst->net->count--;
	list_add_tail(&inst->gone, gone);
	jool_instance_renew(inst);
}

static void hide_instances(struct jool_net *jn, struct list_head *gone)
{
	struct jool_instance *inst, *next;

	list_for_each_entry_safe(inst, next, &jn->instances, list)
		hide_instance(inst, gone);
}

/*
 * Takes the hooks away when the last instance is hidden. A grace period later, so that they go
 * after the last packet: then the kernel lets go of all that waits for a verdict (NFQUEUE), whose
 * way leads through this module. Under jn->lock.
 */
static void drop_hooks(struct jool_net *jn)
{
	if (!list_empty(&jn->instances) || !jn->hooked)
		return;
	jool_hook_unregister(jn);
	jool_bypass_unwatch(jn);
	jn->hooked = false;
}

static void empty_work(struct work_struct *work)
{
	jool_instance_empty(container_of(work, struct jool_instance, empty));
}

/*
 * Frees instances, all at the same time: newer kernels wait for a grace period with each of their
 * tables if they have PREEMPT_RT.
 */
static void destroy_instances(struct list_head *gone)
{
	struct jool_instance *inst, *next;

	list_for_each_entry(inst, gone, gone) {
		INIT_WORK(&inst->empty, empty_work);
		queue_work(jool_workqueue, &inst->empty);
	}
	list_for_each_entry_safe(inst, next, gone, gone) {
		flush_work(&inst->empty);
		kfree_rcu(inst, rcu);
	}
}

/* Does away with the instances that were hidden. Takes over jn->lock. */
static void end_instances(struct jool_net *jn, struct list_head *gone)
{
	if (!list_empty(gone)) {
		synchronize_net();
		drop_hooks(jn);
	}
	mutex_unlock(&jn->lock);
	if (list_empty(gone))
		return;
	jool_fast_sync(jn);
	destroy_instances(gone);
	/* There may be no instance left that would do it. */
	mutex_lock(&jn->lock);
	jool_addr4_trim(&jn->addr4s);
	mutex_unlock(&jn->lock);
}

int jool_namespace_remove(struct jool_net *jn, const char *name)
{
	struct jool_instance *inst;
	LIST_HEAD(gone);

	mutex_lock(&jn->lock);
	inst = jool_namespace_find(jn, name);
	if (inst)
		hide_instance(inst, &gone);
	end_instances(jn, &gone);
	return inst ? 0 : -ENOENT;
}

void jool_namespace_flush(struct jool_net *jn)
{
	LIST_HEAD(gone);

	mutex_lock(&jn->lock);
	hide_instances(jn, &gone);
	end_instances(jn, &gone);
}

static void renew_default_pool4(struct jool_instance *inst)
{
	struct jool_pool4 *pool4;

	if (!jool_instance_config(inst)->pool4->is_default)
		return;
	pool4 = jool_pool4_default(inst->net);
	if (pool4)
		jool_instance_set_pool4(inst, pool4, JOOL_EVICT_DYNAMIC);
}

/*
 * Makes the pool4 of every instance that has none of its own anew from the namespace's addresses.
 */
static void readdress_work(struct work_struct *work)
{
	struct jool_net *jn = container_of(work, struct jool_net, readdress);
	struct jool_instance *inst;

	mutex_lock(&jn->lock);
	list_for_each_entry(inst, &jn->instances, list)
		renew_default_pool4(inst);
	mutex_unlock(&jn->lock);
}

static int address_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct jool_net *jn = jool_namespace_of(dev_net(ifa->ifa_dev->dev));

	/* Not here, where all of rtnetlink waits. */
	if ((event == NETDEV_UP || event == NETDEV_DOWN) && READ_ONCE(jn->hooked))
		queue_work(jool_workqueue, &jn->readdress);
	return NOTIFY_DONE;
}

static int address6_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct jool_net *jn = jool_namespace_of(dev_net(ifa->idev->dev));
	const struct jool_instance *inst;

	rcu_read_lock();
	list_for_each_entry_rcu(inst, &jn->instances, list)
		if (event == NETDEV_UP && jool_instance_has6(inst, &ifa->addr))
			WRITE_ONCE(jn->exceptions6, true);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block address_notifier = {
	.notifier_call = address_event,
};

static struct notifier_block address6_notifier = {
	.notifier_call = address6_event,
};

static int __net_init net_start(struct net *net)
{
	struct jool_net *jn = jool_namespace_of(net);

	jn->net = net;
	mutex_init(&jn->lock);
	jool_event_start(jn);
	INIT_LIST_HEAD(&jn->instances);
	INIT_LIST_HEAD(&jn->gone);
	INIT_LIST_HEAD(&jn->fast);
	INIT_WORK(&jn->readdress, readdress_work);
	return jool_addr4_init(&jn->addr4s);
}

/*
 * Packets end here, before the devices go. The kernel waits for the last of them, once for all the
 * namespaces that end together, before net_stop_batch().
 */
static void __net_exit net_pre_stop(struct net *net)
{
	struct jool_net *jn = jool_namespace_of(net);

	jool_event_stop(jn);
	mutex_lock(&jn->lock);
	hide_instances(jn, &jn->gone);
	mutex_unlock(&jn->lock);
}

/*
 * The devices are gone, and with them what fast.c had hooked into. Moves the instances that are to
 * be freed to @gone.
 */
static void __net_exit net_stop(struct jool_net *jn, struct list_head *gone)
{
	mutex_lock(&jn->lock);
	drop_hooks(jn);
	mutex_unlock(&jn->lock);
	cancel_work_sync(&jn->readdress);
	list_splice_init(&jn->gone, gone);
}

/* Old configurations hold addresses, which are the namespace's. */
static void __net_exit net_stop_batch(struct list_head *nets)
{
	struct net *net;
	LIST_HEAD(gone);

	list_for_each_entry(net, nets, exit_list)
		net_stop(jool_namespace_of(net), &gone);
	destroy_instances(&gone);
	rcu_barrier();
	flush_workqueue(jool_workqueue);
	list_for_each_entry(net, nets, exit_list)
		jool_addr4_exit(&jool_namespace_of(net)->addr4s);
}

static struct pernet_operations net_ops = {
	.init = net_start,
	.pre_exit = net_pre_stop,
	.exit_batch = net_stop_batch,
	.id = &jool_namespace_id,
	.size = sizeof(struct jool_net),
};

int jool_namespace_init(void)
{
	int err;

	err = jool_instance_init();
	if (err)
		return err;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_instance;
	err = register_inetaddr_notifier(&address_notifier);
	if (err)
		goto err_pernet;
	err = register_inet6addr_notifier(&address6_notifier);
	if (err)
		goto err_notifier;
	err = jool_fast_init();
	if (err)
		goto err_notifier6;
	return 0;

err_notifier6:
	unregister_inet6addr_notifier(&address6_notifier);
err_notifier:
	unregister_inetaddr_notifier(&address_notifier);
err_pernet:
	unregister_pernet_subsys(&net_ops);
err_instance:
	jool_instance_exit();
	return err;
}

void jool_namespace_exit(void)
{
	jool_bypass_exit();
	jool_fast_exit();
	unregister_inet6addr_notifier(&address6_notifier);
	unregister_inetaddr_notifier(&address_notifier);
	unregister_pernet_subsys(&net_ops);
	jool_instance_exit();
}
