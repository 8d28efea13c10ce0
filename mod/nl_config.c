// SPDX-License-Identifier: GPL-2.0-only
#include "nl.h"

#include <linux/bsearch.h>
#include <linux/sort.h>
#include <net/ipv6.h>

#include "bib.h"
#include "fast.h"
#include "instance.h"
#include "limit.h"
#include "pool4.h"
#include "request.h"
#include "session.h"

/* A static entry that is to be, and those that had to go for it. */
struct wanted {
	struct jool_bib_static entry;
	const struct nlattr *attr;		/* that asks for it */
	struct jool_bib_static ousted[2];	/* by one of the addresses each */
	u8 ousted_count;
	bool added;
	bool ousts;
};

/* What a JOOL_CMD_CONFIG_SET asks for. */
struct plan {
	struct jool_pool4_change *pool4;
	struct wanted *bib;
	unsigned int pool4_count;
	unsigned int bib_count;
	u32 max_bib;
};

static struct nlattr *first_attr(const struct genl_info *info)
{
	return nlmsg_attrdata(info->nlhdr, GENL_HDRLEN);
}

static int attrs_len(const struct genl_info *info)
{
	return nlmsg_attrlen(info->nlhdr, GENL_HDRLEN);
}

static void plan_free(struct plan *plan)
{
	kvfree(plan->pool4);
	kvfree(plan->bib);
}

static int plan_alloc(struct plan *plan, const struct genl_info *info)
{
	/* The kernel warns of sizes that it never has memory for. */
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN;
	const struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		plan->pool4_count += nla_type(attr) == JOOL_A_POOL4_ENTRY;
		plan->bib_count += nla_type(attr) == JOOL_A_BIB_ENTRY;
	}
	plan->pool4 = kvcalloc(plan->pool4_count + 1, sizeof(*plan->pool4), gfp);
	plan->bib = kvcalloc(plan->bib_count + 1, sizeof(*plan->bib), gfp);
	return plan->pool4 && plan->bib ? 0 : -ENOMEM;
}

/* Has the refusal be about @entry, if it is not about something within it already. */
static void blame_entry(struct netlink_ext_ack *extack, const struct nlattr *entry)
{
	if (!extack->bad_attr)
		NL_SET_BAD_ATTR(extack, entry);
}

static int read_pool4_entries(const struct plan *plan, struct genl_info *info)
{
	struct jool_pool4_change *change = plan->pool4;
	struct nlattr *attrs[JOOL_A_MAX + 1], *attr;
	int rest, err;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		if (nla_type(attr) != JOOL_A_POOL4_ENTRY)
			continue;
		err = nla_parse_nested(attrs, JOOL_A_MAX, attr, jool_request_policy,
				       info->extack) ?:
		      jool_nl_pool4_read(attrs, info->extack, change++);
		if (err) {
			blame_entry(info->extack, attr);
			return err;
		}
		cond_resched();
	}
	return 0;
}

static int by_src6(const void *l, const void *r)
{
	const struct jool_bib_static *a = &((const struct wanted *)l)->entry;
	const struct jool_bib_static *b = &((const struct wanted *)r)->entry;

	return a->proto - b->proto ?: memcmp(&a->src6, &b->src6, sizeof(a->src6));
}

static int by_src4(const void *l, const void *r)
{
	const struct jool_bib_static *a = &((const struct wanted *)l)->entry;
	const struct jool_bib_static *b = &((const struct wanted *)r)->entry;

	return a->proto - b->proto ?: memcmp(&a->src4, &b->src4, sizeof(a->src4));
}

/* Lets others run: of many, sort() takes long. */
static void swap_wanted(void *a, void *b, int size)
{
	cond_resched();
	swap(*(struct wanted *)a, *(struct wanted *)b);
}

/*
 * Sorts the static entries by @order. Returns 0, -EEXIST and a sentence: two have one address of
 * theirs in common, but are not the same.
 */
static int sort_statics(const struct plan *plan, struct netlink_ext_ack *extack,
			cmp_func_t order)
{
	struct wanted *w;

	sort(plan->bib, plan->bib_count, sizeof(*plan->bib), order, swap_wanted);
	for (w = plan->bib + 1; w < plan->bib + plan->bib_count; w++) {
		if (order(w - 1, w) || (!by_src6(w - 1, w) && !by_src4(w - 1, w)))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, max(w->attr, w[-1].attr), JOOL_BIB_IN_THE_WAY);
		return -EEXIST;
	}
	return 0;
}

/* Reads the static entries, in the order of their IPv6 transport addresses. */
static int read_statics(const struct jool_instance *inst, const struct plan *plan,
			struct genl_info *info)
{
	struct nlattr *attrs[JOOL_A_MAX + 1], *attr;
	struct wanted *w = plan->bib;
	int rest, err;

	nla_for_each_attr(attr, first_attr(info), attrs_len(info), rest) {
		if (nla_type(attr) != JOOL_A_BIB_ENTRY)
			continue;
		err = nla_parse_nested(attrs, JOOL_A_MAX, attr, jool_request_policy,
				       info->extack) ?:
		      jool_nl_bib_read(inst, attrs, info->extack, &w->entry);
		if (err) {
			blame_entry(info->extack, attr);
			return err;
		}
		w++->attr = attr;
		cond_resched();
	}
	return sort_statics(plan, info->extack, by_src4) ?:
	       sort_statics(plan, info->extack, by_src6);
}

/* Removes the rival of @w, or part of its sessions; false: there is none. */
static bool oust_rival(struct jool_instance *inst, struct wanted *w)
{
	struct jool_bib *bib;

	rcu_read_lock();
	bib = jool_bib_rival(inst, &w->entry);
	if (bib && bib->is_static && w->ousted_count < ARRAY_SIZE(w->ousted))
		w->ousted[w->ousted_count++] = (struct jool_bib_static) {
			.proto = bib->proto,
			.src6 = bib->src6,
			.src4 = bib->src4,
		};
	if (bib)
		jool_bib_remove(inst, bib, JOOL_REASON_DELETED);
	rcu_read_unlock();
	cond_resched();
	return bib;
}

/* Whether a static entry is in the way of @entry, one that the plan lacks. */
static bool has_static_rival(struct jool_instance *inst, const struct jool_bib_static *entry)
{
	const struct jool_bib *bib;
	bool found;

	rcu_read_lock();
	bib = jool_bib_rival(inst, entry);
	found = bib && bib->is_static;
	rcu_read_unlock();
	return found;
}

/* Adds what no static entry is in the way of; the plan says which these are. */
static int add_free(struct jool_instance *inst, const struct plan *plan, struct wanted *w,
		    struct genl_info *info)
{
	int err;

	w->ousts = jool_request_flags(info->attrs) & JOOL_FLAG_REPLACE_BIB &&
		   has_static_rival(inst, &w->entry);
	if (w->ousts)
		return 0;
	err = jool_bib_add_static(inst, &w->entry, plan->max_bib, info->extack);
	w->added = !err;
	return err;
}

/* Adds @w in the place of static entries. A packet may take the port in between; not for long. */
static int add_ousting(struct jool_instance *inst, const struct plan *plan, struct wanted *w,
		       struct genl_info *info)
{
	int tries = 8, err = -EEXIST;

	while (w->ousts && err == -EEXIST && tries--) {
		while (oust_rival(inst, w))
			;
		err = jool_bib_add_static(inst, &w->entry, JOOL_BIB_NO_LIMIT, info->extack);
		w->added = !err;
	}
	return w->ousts ? err : 0;
}

/* Takes back what was done for @w. */
static void undo_static(struct jool_instance *inst, struct wanted *w)
{
	if (w->added)
		jool_bib_undo_static(inst, &w->entry);
	while (w->ousted_count)
		jool_bib_add_static(inst, &w->ousted[--w->ousted_count], JOOL_BIB_NO_LIMIT, NULL);
}

/*
 * Adds the static entries, all or none. Those for which others have to go come last, when nothing
 * but lack of memory can be in the way any more.
 */
static int add_statics(struct jool_instance *inst, const struct plan *plan, struct genl_info *info)
{
	struct wanted *w, *end = plan->bib + plan->bib_count;
	int err = 0;

	for (w = plan->bib; !err && w < end; w++)
		err = add_free(inst, plan, w, info);
	if (err)
		goto undo;
	for (w = plan->bib; !err && w < end; w++)
		err = add_ousting(inst, plan, w, info);
	if (!err)
		return 0;
undo:
	blame_entry(info->extack, w[-1].attr);
	while (end > plan->bib)
		undo_static(inst, --end);
	return err;
}

/* The configuration that is asked for, or ERR_PTR and a sentence. */
static struct jool_config *make_config(struct jool_net *jn, const struct plan *plan,
				       struct genl_info *info)
{
	bool force = jool_request_flags(info->attrs) & JOOL_FLAG_FORCE;
	struct jool_config *config = jool_config_default(jn);
	struct jool_pool4 *pool4;
	int err = 0;

	if (!config)
		return ERR_PTR(-ENOMEM);
	if (info->attrs[JOOL_A_GLOBALS])
		err = jool_nl_global_read(info->attrs[JOOL_A_GLOBALS], force, &config->globals,
					  info->extack);
	pool4 = err ? ERR_PTR(err) :
		      jool_pool4_plus(jn, NULL, plan->pool4, plan->pool4_count, info->extack);
	if (IS_ERR(pool4)) {
		jool_config_free(config);
		return ERR_CAST(pool4);
	}
	jool_pool4_put(config->pool4);
	config->pool4 = pool4;
	jool_config_derive(config);
	return config;
}

/*
 * The instance that is asked for, made if need be; *made says so. ERR_PTR and a sentence. Under
 * jn->lock.
 */
static struct jool_instance *obtain_instance(struct jool_net *jn, struct genl_info *info,
					     bool *made)
{
	struct nlattr **attrs = info->attrs;
	const struct in6_addr *pool6;
	struct jool_instance *inst;
	int err;

	inst = jool_namespace_find(jn, nla_data(attrs[JOOL_A_INSTANCE]));
	*made = !inst;
	if (inst && !attrs[JOOL_A_POOL6])
		return inst;
	err = jool_nl_instance_check(attrs, info->extack);
	if (err)
		return ERR_PTR(err);
	pool6 = nla_data(attrs[JOOL_A_POOL6]);
	if (!inst)
		return jool_namespace_create(jn, nla_data(attrs[JOOL_A_INSTANCE]), pool6,
					    nla_get_u8(attrs[JOOL_A_POOL6_LEN]), info->extack);
	if (ipv6_addr_equal(pool6, jool_instance_pool6(inst)) &&
	    nla_get_u8(attrs[JOOL_A_POOL6_LEN]) == inst->pool6_len)
		return inst;
	return ERR_PTR(jool_request_refuse(attrs, info->extack, JOOL_A_POOL6,
		"the instance has another pool6, which cannot change; remove it first"));
}

/* Whether the plan, which is sorted, has an entry with the IPv6 side of @bib. */
static bool has_node6(const struct plan *plan, const struct jool_bib *bib)
{
	struct wanted key = { .entry = { .proto = bib->proto, .src6 = bib->src6 } };

	return bsearch(&key, plan->bib, plan->bib_count, sizeof(key), by_src6);
}

/* Makes @bib dynamic if it is not in the plan @arg. */
static bool demote_bib(struct jool_instance *inst, struct jool_bib *bib, void *arg)
{
	if (bib->is_static && !has_node6(arg, bib))
		jool_bib_demote(inst, bib);
	return true;
}

/* Removes what @inst had and is not to have any more. */
static void clear_out(struct jool_instance *inst, struct plan *plan, struct jool_pool4 *old,
		      u32 flags)
{
	if (flags & JOOL_FLAG_REPLACE_BIB)
		jool_bib_walk(inst, JOOL_PROTOS_ALL, demote_bib, plan);
	jool_instance_evict(inst, old, JOOL_EVICT_ADDRESSES);
}

/*
 * Whether @entry can be added now. With @replace, other static entries of @inst are not in the way.
 */
static bool is_free(struct jool_instance *inst, const struct jool_bib_static *entry, bool replace)
{
	const struct jool_addr4 *addr4;
	const struct jool_bib *bib;
	bool free;

	rcu_read_lock();
	bib = jool_bib_rival(inst, entry);
	if (bib) {
		free = replace && bib->is_static;
	} else {
		/* Another instance may have the port. */
		addr4 = jool_addr4_find(&inst->net->addr4s, entry->src4.addr);
		free = !addr4 || !jool_addr4_test(addr4, entry->proto, ntohs(entry->src4.port)) ||
		       jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
	}
	rcu_read_unlock();
	return free;
}

/* How many more entries there are, and static ones, with one that is added. */
struct growth {
	int bibs;
	int statics;
};

static void count_gone(struct growth *growth, const struct jool_bib *bib)
{
	growth->bibs--;
	growth->statics -= bib->is_static;
}

/* With @entry of @plan. What goes for two entries is counted with that of its IPv6 side. */
static struct growth growth_with(struct jool_instance *inst, const struct plan *plan,
				 const struct jool_bib_static *entry)
{
	struct growth growth = { .bibs = 1, .statics = 1 };
	const struct jool_bib *by6, *by4;

	rcu_read_lock();
	by6 = jool_bib_find6(inst, entry->proto, &entry->src6.addr, entry->src6.port);
	by4 = jool_bib_find4(inst, entry->proto, entry->src4.addr, entry->src4.port);
	if (by6)
		count_gone(&growth, by6);
	if (by4 && by4 != by6 && !has_node6(plan, by4))
		count_gone(&growth, by4);
	rcu_read_unlock();
	return growth;
}

static int refuse_static(const struct wanted *w, struct genl_info *info, int err, const char *why)
{
	info->extack->_msg = why;
	NL_SET_BAD_ATTR(info->extack, w->attr);
	return err;
}

/*
 * Whether the static entries can be added, if nothing changes until then and there is memory.
 * Returns 0, -EEXIST or -ENOSPC and a sentence.
 */
static int check_statics(struct jool_instance *inst, const struct plan *plan,
			 struct genl_info *info)
{
	bool replace = jool_request_flags(info->attrs) & JOOL_FLAG_REPLACE_BIB;
	s64 bibs = jool_instance_bibs(inst, JOOL_PROTOS_ALL);
	s64 statics = atomic_read(&jool_limit_statics);
	const struct wanted *w;
	struct growth growth;

	for (w = plan->bib; w < plan->bib + plan->bib_count; w++) {
		/* It may be there twice. */
		if (w > plan->bib && !by_src6(w - 1, w))
			continue;
		if (!is_free(inst, &w->entry, replace))
			return refuse_static(w, info, -EEXIST, JOOL_BIB_IN_THE_WAY);
		cond_resched();
		growth = growth_with(inst, plan, &w->entry);
		bibs += growth.bibs;
		if (growth.bibs > 0 && bibs > plan->max_bib)
			return refuse_static(w, info, -ENOSPC, JOOL_BIB_IS_FULL);
		statics += growth.statics;
		if (growth.statics > 0 && statics > READ_ONCE(jool_limit_max_statics))
			return refuse_static(w, info, -ENOSPC, JOOL_BIB_STATICS_FULL);
	}
	return 0;
}

/* Whether the request is only to be looked at. */
static bool is_check(const struct genl_info *info)
{
	return info->genlhdr->cmd == JOOL_CMD_CONFIG_CHECK;
}

/* Gives @inst the configuration. Under its namespace's lock. */
static int apply_plan(struct jool_instance *inst, struct plan *plan, struct genl_info *info)
{
	struct jool_config *config = make_config(inst->net, plan, info);
	struct jool_pool4 *old = jool_instance_config(inst)->pool4;
	int err;

	if (IS_ERR(config))
		return PTR_ERR(config);
	plan->max_bib = config->globals.max_bib.now;
	err = read_statics(inst, plan, info) ?: check_statics(inst, plan, info);
	if (!err && !is_check(info))
		err = add_statics(inst, plan, info);
	if (err || is_check(info)) {
		jool_config_free(config);
		return err;
	}
	jool_pool4_hold(old);
	jool_instance_configure(inst, config);
	clear_out(inst, plan, old, jool_request_flags(info->attrs));
	jool_pool4_put(old);
	return 0;
}

int jool_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct jool_net *jn = jool_namespace_of(genl_info_net(info));
	bool check = is_check(info), made;
	struct jool_instance *inst;
	struct plan plan = {};
	int err;

	err = JOOL_REQUEST_REQUIRE(info->attrs, info->extack, JOOL_A_INSTANCE) ?:
	      plan_alloc(&plan, info) ?:
	      read_pool4_entries(&plan, info);
	if (err)
		goto out;
	mutex_lock(&jn->lock);
	inst = obtain_instance(jn, info, &made);
	err = PTR_ERR_OR_ZERO(inst) ?: apply_plan(inst, &plan, info);
	if (!IS_ERR(inst) && made) {
		if (!err && !check)
			err = jool_namespace_publish(inst, info->extack);
		if (err || check)
			jool_namespace_discard(inst);
	}
	mutex_unlock(&jn->lock);
	/* What was in the way at first is no warning. */
	if (!err) {
		info->extack->_msg = NULL;
		jool_nl_global_warn(jn, info);
	}
	if (!err && !check)
		jool_fast_sync(jn);
out:
	plan_free(&plan);
	return err;
}
