// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the translation cases: what cannot be brought about by sending packets.
 *
 * /proc/inject/packet: what is written is received by a device of the writer's network namespace,
 * in the shape in which a driver or GRO would hand it in: a struct header, its struct parts, then
 * their bytes, together an Ethernet frame.
 *
 * /proc/inject/fail: "FUNCTION RESULT SKIP COUNT WITHIN": after SKIP calls, the next COUNT calls of
 * FUNCTION do nothing and return RESULT; only calls count that come, however indirectly, from
 * WITHIN. The FUNCTION kmalloc is all that give memory from slabs: "kmalloc 0 0 1 WITHIN" has the
 * next allocation there fail. Several lines, each written by itself, add up; an empty one ends them
 * all. Needs kprobes (-EOPNOTSUPP).
 */
#include <linux/atomic.h>
#include <linux/etherdevice.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/skbuff.h>
#include <linux/stacktrace.h>

#define PARTS_MAX 160

enum place {
	IN_PAGES,	/* each part behind the first in a page */
	IN_LIST,	/* each a buffer of its own, in the frag_list */
};

struct header {
	char device[IFNAMSIZ];
	u32 gso_type;
	u16 gso_size;
	u16 headroom;		/* before the first part */
	s16 transport;		/* where its header begins, from the IP header on */
	u16 csum_offset;	/* of CHECKSUM_PARTIAL, from there on */
	u8 ip_summed;
	u8 cloned;		/* somebody else has it, too */
	u8 place;
	u8 parts;
} __packed;

struct part {
	u16 len;
	u16 headers;		/* bytes before the payload, which GRO has pulled; only in a list */
} __packed;

/* ---- packets ------------------------------------------------------------------------------- */

static struct sk_buff *linear(unsigned int headroom, const void *data, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(headroom + len, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_data(skb, data, len);
	return skb;
}

static int add_page(struct sk_buff *skb, const void *data, unsigned int len)
{
	struct page *page;

	if (len > PAGE_SIZE || skb_shinfo(skb)->nr_frags == MAX_SKB_FRAGS)
		return -EINVAL;
	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), data, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, len, PAGE_SIZE);
	return 0;
}

/* Adds a buffer to the frag_list, as GRO does: with its headers where they were, before data. */
static int add_buffer(struct sk_buff *skb, const void *data, const struct part *part)
{
	struct sk_buff *next = linear(NET_SKB_PAD, data, part->len), **end;

	if (!next)
		return -ENOMEM;
	if (part->headers > part->len) {
		kfree_skb(next);
		return -EINVAL;
	}
	if (part->headers) {
		skb_reset_mac_header(next);
		skb_set_network_header(next, ETH_HLEN);
		skb_set_transport_header(next, skb_transport_offset(skb));
		skb_pull(next, part->headers);
	}
	for (end = &skb_shinfo(skb)->frag_list; *end; end = &(*end)->next)
		;
	*end = next;
	skb->len += next->len;
	skb->data_len += next->len;
	skb->truesize += next->truesize;
	return 0;
}

static int add_parts(struct sk_buff *skb, const struct header *header, const struct part *parts,
		     const void *data)
{
	int i, err;

	for (i = 1; i < header->parts; i++) {
		data += parts[i - 1].len;
		err = header->place == IN_LIST ? add_buffer(skb, data, &parts[i]) :
						 add_page(skb, data, parts[i].len);
		if (err)
			return err;
	}
	return 0;
}

/* Says of the packet what a driver would. */
static int finish(struct sk_buff *skb, const struct header *header, struct net_device *dev)
{
	/* As a tap does, while the Ethernet header still counts. */
	if (header->ip_summed == CHECKSUM_PARTIAL &&
	    !skb_partial_csum_set(skb, ETH_HLEN + header->transport, header->csum_offset))
		return -EINVAL;
	skb->protocol = eth_type_trans(skb, dev);
	skb_shinfo(skb)->gso_size = header->gso_size;
	skb_shinfo(skb)->gso_type = header->gso_type;
	skb->ip_summed = header->ip_summed;
	if (header->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
	return 0;
}

/* Whether @skb has these bytes. */
static bool is_same(const struct sk_buff *skb, const void *data)
{
	void *copy = kvmalloc(skb->len, GFP_KERNEL);
	bool same = copy && !skb_copy_bits(skb, 0, copy, skb->len) &&
		    !memcmp(copy, data, skb->len);

	kvfree(copy);
	return same;
}

/* Returns 0, or -EIO if somebody has written to what they shared with us. */
static int receive(struct sk_buff *skb, bool cloned, const void *data)
{
	struct sk_buff *clone = cloned ? skb_clone(skb, GFP_KERNEL) : NULL;
	int err = 0;

	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	if (clone && !is_same(clone, data))
		err = -EIO;
	kfree_skb(clone);
	return err;
}

static struct sk_buff *make(const struct header *header, const struct part *parts,
			    const void *data, struct net_device *dev)
{
	struct sk_buff *skb = linear(header->headroom, data, parts[0].len);
	int err;

	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_set_transport_header(skb, ETH_HLEN + header->transport);
	err = add_parts(skb, header, parts, data) ?: finish(skb, header, dev);
	if (!err)
		return skb;
	kfree_skb(skb);
	return ERR_PTR(err);
}

static int hand_in(const struct header *header, const struct part *parts, const void *data)
{
	struct net_device *dev = dev_get_by_name(current->nsproxy->net_ns, header->device);
	struct sk_buff *skb;
	int err;

	if (!dev)
		return -ENODEV;
	skb = make(header, parts, data, dev);
	err = PTR_ERR_OR_ZERO(skb) ?: receive(skb, header->cloned, data + ETH_HLEN);
	dev_put(dev);
	return err;
}

static ssize_t write_packet(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	size_t expected = sizeof(struct header);
	const struct header *header;
	const struct part *parts;
	int i, err = -EINVAL;
	void *buf;

	if (len < sizeof(*header) || len > SZ_256K)
		return -EINVAL;
	buf = vmemdup_user(from, len);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	header = buf;
	parts = buf + sizeof(*header);
	expected += header->parts * sizeof(*parts);
	if (!header->parts || header->parts > PARTS_MAX || len < expected ||
	    parts[0].len < ETH_HLEN)
		goto out;
	for (i = 0; i < header->parts; i++)
		expected += parts[i].len;
	if (len == expected)
		err = hand_in(header, parts, parts + header->parts);
out:
	kvfree(buf);
	return err ?: len;
}

static const struct proc_ops packet_ops = {
	.proc_write = write_packet,
};

/* ---- failures ------------------------------------------------------------------------------ */

#if defined(CONFIG_KPROBES) && defined(CONFIG_X86_64)
#define FAILURES_MAX 4

/* What gives memory from slabs, with the names of Linux up to 6.9 and from 6.10 on. */
static const char *const allocators[] = {
	"kmem_cache_alloc", "kmem_cache_alloc_lru", "kmem_cache_alloc_node", "kmalloc_trace",
	"kmalloc_node_trace", "__kmalloc", "__kmalloc_node", "__kmalloc_node_track_caller",
	"kmem_cache_alloc_noprof", "kmem_cache_alloc_lru_noprof", "kmem_cache_alloc_node_noprof",
	"__kmalloc_cache_noprof", "__kmalloc_cache_node_noprof", "__kmalloc_noprof",
	"__kmalloc_node_noprof", "__kmalloc_node_track_caller_noprof",
};

static struct failure {
	struct place_of_failure {
		struct kprobe probe;
		struct failure *failure;
	} places[ARRAY_SIZE(allocators)];
	unsigned int places_n;
	char within[64];
	long result;
	atomic_t skip, count;
} failures[FAILURES_MAX];
static unsigned int armed;
static DEFINE_MUTEX(lock);

/* Stands in for the function that fails. */
static noinline long fail(long result)
{
	return result;
}

/* Whether @addr lies in the function @within, or in a part of it that the compiler split off. */
static bool is_within(unsigned long addr, const char *within)
{
	size_t len = strlen(within);
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, addr);
	return !strncmp(name, within, len) && (!name[len] || strchr(" .", name[len]));
}

static bool called_from(const char *within)
{
	unsigned long trace[64];
	unsigned int i, depth = stack_trace_save(trace, ARRAY_SIZE(trace), 0);

	for (i = 0; i < depth; i++)
		if (is_within(trace[i], within))
			return true;
	return false;
}

static int before_call(struct kprobe *probe, struct pt_regs *regs)
{
	struct failure *failure =
		container_of(probe, struct place_of_failure, probe)->failure;

	if (!atomic_read(&failure->count) || !called_from(failure->within) ||
	    atomic_dec_if_positive(&failure->skip) >= 0 ||
	    atomic_dec_if_positive(&failure->count) < 0)
		return 0;
	regs->di = failure->result;
	instruction_pointer_set(regs, (unsigned long)fail);
	return 1;
}

/* A probe that has this is not made into a jump, which could not change where to go on. */
static void after_call(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static void remove_places(struct failure *failure)
{
	while (failure->places_n)
		unregister_kprobe(&failure->places[--failure->places_n].probe);
}

static void disarm(void)
{
	while (armed)
		remove_places(&failures[--armed]);
}

static int add_place(struct failure *failure, const char *function)
{
	struct place_of_failure *place = &failure->places[failure->places_n];
	int err;

	memset(place, 0, sizeof(*place));
	place->failure = failure;
	place->probe.symbol_name = function;
	place->probe.pre_handler = before_call;
	place->probe.post_handler = after_call;
	err = register_kprobe(&place->probe);
	if (!err)
		failure->places_n++;
	return err;
}

/* Those of the allocators that this kernel has. */
static int add_allocators(struct failure *failure)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(allocators); i++) {
		err = add_place(failure, allocators[i]);
		if (err && err != -ENOENT) {
			remove_places(failure);
			return err;
		}
	}
	return failure->places_n ? 0 : -ENOENT;
}

static int arm(const char *line)
{
	struct failure *failure = &failures[armed];
	int skip, count, err;
	char function[64];

	if (armed == FAILURES_MAX)
		return -ENOSPC;
	memset(failure, 0, sizeof(*failure));
	if (sscanf(line, "%63s %ld %d %d %63s", function, &failure->result, &skip, &count,
		   failure->within) != 5)
		return -EINVAL;
	atomic_set(&failure->skip, skip);
	atomic_set(&failure->count, count);
	err = strcmp(function, "kmalloc") ? add_place(failure, function) : add_allocators(failure);
	if (!err)
		armed++;
	return err;
}

static ssize_t write_fail(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char line[256] = {};
	int err = 0;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len))
		return -EFAULT;
	mutex_lock(&lock);
	if (*skip_spaces(line))
		err = arm(line);
	else
		disarm();
	mutex_unlock(&lock);
	return err ?: len;
}
#else
static void disarm(void)
{
}

static ssize_t write_fail(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	return -EOPNOTSUPP;
}
#endif

static const struct proc_ops fail_ops = {
	.proc_write = write_fail,
};

/* ---- module -------------------------------------------------------------------------------- */

static int __init inject_init(void)
{
	struct proc_dir_entry *dir = proc_mkdir("inject", NULL);

	if (dir && proc_create("packet", 0200, dir, &packet_ops) &&
	    proc_create("fail", 0200, dir, &fail_ops))
		return 0;
	proc_remove(dir);
	return -ENOMEM;
}

static void __exit inject_exit(void)
{
	remove_proc_subtree("inject", NULL);
	disarm();
}

module_init(inject_init);
module_exit(inject_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hands in packets in any shape and makes functions fail, for tests");
