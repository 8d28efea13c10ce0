// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be within one file; and, for where it cannot be asked, what the kernel refuses of each part. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "memory.h"
#include "print.h"
#include "text.h"
#include "words.h"

static bool has_prefix6(const struct in6_addr *addr, const struct in6_addr *prefix, uint8_t len)
{
	uint8_t rest = len % 8;
	uint8_t mask = 0xff00 >> rest;

	return !memcmp(addr, prefix, len / 8) &&
	       (!rest || !((addr->s6_addr[len / 8] ^ prefix->s6_addr[len / 8]) & mask));
}

static bool overlap(const struct prefix6 *a, const struct prefix6 *b)
{
	return has_prefix6(&a->addr, &b->addr, a->len < b->len ? a->len : b->len);
}

/* No pool6 has an address of one above it. */
static bool check_pool6(const struct config *first, const struct config *config,
			const struct source *source)
{
	for (const struct config *other = first; other != config; other = other->next) {
		if (!config->has_pool6 || !other->has_pool6 ||
		    !overlap(&config->pool6, &other->pool6))
			continue;
		source_place(source, config->pool6_where, NULL);
		print_error("The pool6 overlaps that of instance '%s'.", other->instance);
		return false;
	}
	return true;
}

static int compare_transport(const struct transport *a, const struct transport *b)
{
	int order = memcmp(&a->addr6, &b->addr6, sizeof(a->addr6));

	if (!order)
		order = memcmp(&a->addr4, &b->addr4, sizeof(a->addr4));
	return order ? order : memcmp(&a->port, &b->port, sizeof(a->port));
}

/* A mapping of a file, as it is compared by one of its ends. */
struct mapping {
	const struct config *config;
	const struct config_bib *bib;
	const struct transport *end, *other;
};

static int compare_ends(const struct mapping *a, const struct mapping *b)
{
	int order = a->bib->entry.proto - b->bib->entry.proto;

	return order ? order : compare_transport(a->end, b->end);
}

/* Those with the same end in the order of the file. */
static int compare_mappings(const void *l, const void *r)
{
	const struct mapping *a = l, *b = r;
	int order = compare_ends(a, b);

	return order ? order : (a->bib->where > b->bib->where) - (a->bib->where < b->bib->where);
}

/* Two of one instance: if the other ends are the same, too, it is written twice. */
static bool clash_within(const struct mapping *a, const struct mapping *b)
{
	return compare_transport(a->other, b->other);
}

static bool clash_between(const struct mapping *a, const struct mapping *b)
{
	return a->config != b->config;
}

static void say_mapped(const struct mapping *mapping, const struct source *source)
{
	const struct transport *end = mapping->end;
	char text[INET6_ADDRSTRLEN + 8];

	*(end->family == AF_INET6 ? print_put_node6(text, &end->addr6, end->port)
				  : print_put_node4(text, &end->addr4, end->port)) = '\0';
	source_place(source, mapping->bib->where, NULL);
	print_error("%s %s has another mapping above.", words_proto(mapping->bib->entry.proto), text);
}

/* Whether no two that are given have the same end, and `clash`. */
static bool check_ends(struct mapping *mappings, size_t count, const struct source *source,
		       bool (*clash)(const struct mapping *a, const struct mapping *b))
{
	bool good = true;

	qsort(mappings, count, sizeof(*mappings), compare_mappings);
	for (size_t i = 1; i < count; i++) {
		if (compare_ends(&mappings[i - 1], &mappings[i]) ||
		    !clash(&mappings[i - 1], &mappings[i]))
			continue;
		say_mapped(&mappings[i], source);
		good = false;
	}
	return good;
}

/* The mappings of the instance, to be compared by one end. Returns the end of those it wrote. */
static struct mapping *add_mappings(struct mapping *to, const struct config *config, int family)
{
	for (size_t i = 0; i < config->bib_count; i++) {
		const struct bib_entry *entry = &config->bib[i].entry;
		bool by6 = family == AF_INET6;

		*to++ = (struct mapping){
			.config = config, .bib = &config->bib[i],
			.end = by6 ? &entry->node6 : &entry->node4,
			.other = by6 ? &entry->node4 : &entry->node6,
		};
	}
	return to;
}

static struct mapping *make_mappings(size_t count)
{
	return memory_must(calloc(count + 1, sizeof(struct mapping)));
}

/* Each instance by itself. */
static bool check_bib(const struct config *config, const struct source *source)
{
	struct mapping *mappings = make_mappings(config->bib_count);
	bool good;

	add_mappings(mappings, config, AF_INET);
	good = check_ends(mappings, config->bib_count, source, clash_within);
	add_mappings(mappings, config, AF_INET6);
	good &= check_ends(mappings, config->bib_count, source, clash_within);
	free(mappings);
	return good;
}

/* All instances have the same IPv4 addresses and ports. */
static bool check_bibs(const struct config *first, const struct source *source)
{
	struct mapping *mappings, *end;
	size_t count = 0;
	bool good;

	for (const struct config *config = first; config; config = config->next)
		count += config->bib_count;
	mappings = end = make_mappings(count);
	for (const struct config *config = first; config; config = config->next)
		end = add_mappings(end, config, AF_INET);
	good = check_ends(mappings, count, source, clash_between);
	free(mappings);
	return good;
}

/* On a command line it is taken without a word, as Jool 4 does; in a file it may be a slip. */
static void warn_reversed(const struct config *config, const struct source *source)
{
	for (size_t i = 0; i < config->pool4_count; i++) {
		const struct port_range *ports = &config->pool4[i].entry.ports;

		if (!ports->reversed)
			continue;
		source_place(source, config->pool4[i].where, NULL);
		print_warning("The range begins with its greater end; it is taken as %u-%u.",
			      ports->min, ports->max);
	}
}

bool config_agrees(const struct config *first, const struct source *source)
{
	bool good = true;

	for (const struct config *config = first; config; config = config->next) {
		good &= check_pool6(first, config, source);
		warn_reversed(config, source);
	}
	if (first && first->next)
		good &= check_bibs(first, source);
	return good;
}

/* Whether it may be an address of a host's own. */
static bool is_unicast4(const struct in_addr *addr)
{
	uint8_t first = ntohl(addr->s_addr) >> 24;

	return first && first != IN_LOOPBACKNET && first < 224;
}

/* The kernel's sentence about an entry, NULL: it takes it. */
static const char *refuse_bib(const struct config *config, const struct bib_entry *entry)
{
	const struct in6_addr *node6 = &entry->node6.addr6;

	if (entry->proto != IPPROTO_ICMP && (!entry->node6.port || !entry->node4.port))
		return "TCP and UDP have no port 0";
	if (!is_unicast4(&entry->node4.addr4))
		return "the IPv4 address is no unicast address";
	if (IN6_IS_ADDR_MULTICAST(node6) || IN6_IS_ADDR_UNSPECIFIED(node6) ||
	    IN6_IS_ADDR_LOOPBACK(node6))
		return "the IPv6 address is no unicast address";
	if (config->has_pool6 && has_prefix6(node6, &config->pool6.addr, config->pool6.len))
		return "the IPv6 address lies in pool6";
	return NULL;
}

static const char *refuse_pool4(const struct pool4_entry *entry)
{
	return is_unicast4(&entry->prefix.addr) ? NULL : "the IPv4 prefix is no unicast prefix";
}

static const char *refuse_pool4_size(const struct config *config)
{
	uint64_t count = 0;

	for (size_t i = 0; i < config->pool4_count; i++)
		count += UINT64_C(1) << (32 - config->pool4[i].entry.prefix.len);
	return count > JOOL_POOL4_ROWS_MAX ? "pool4 would have more than 262144 addresses" : NULL;
}

/* To the kernel, 0xa0 is a blank. */
static const char *refuse_device(const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, "..") || name[strcspn(name, "/: \xa0")] ||
	    !jool_text_is_clean(name))
		return "that is no name of a device";
	return strcmp(name, "lo") ? NULL : "the loopback device has no fast path";
}

static const char *refuse_devices(const struct global_value *value)
{
	const char *why = NULL;

	for (size_t at = 0; !why && at < value->len; at += JOOL_DEVICE_NAME)
		why = refuse_device(value->devices + at);
	return why;
}

static bool say(const char *why, const char *where, const struct source *source)
{
	if (!why)
		return true;
	source_place(source, where, NULL);
	print_error("%s.", why);
	return false;
}

static bool check_parts(const struct config *config, const struct source *source)
{
	const struct config_global *devices = &config->globals[JOOL_GLOBAL_FAST_PATH - 1];
	bool good = say(refuse_pool4_size(config), config->where, source);

	if (devices->given)
		good &= say(refuse_devices(&devices->value), devices->where, source);
	for (size_t i = 0; i < config->pool4_count; i++)
		good &= say(refuse_pool4(&config->pool4[i].entry), config->pool4[i].where, source);
	for (size_t i = 0; i < config->bib_count; i++)
		good &= say(refuse_bib(config, &config->bib[i].entry), config->bib[i].where, source);
	return good;
}

bool config_check_alone(const struct config *first, const struct source *source)
{
	bool good = true;

	source_limit();
	for (const struct config *config = first; config; config = config->next) {
		good &= check_parts(config, source);
		good &= check_bib(config, source);
	}
	source_more(source, good);
	return good;
}
