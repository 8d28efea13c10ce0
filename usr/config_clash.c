// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be within one file, whatever the kernel says of each part. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "memory.h"
#include "print.h"

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

/* Equal ones in the order of the file. */
static int compare_place(const struct config_bib *a, const struct config_bib *b)
{
	return (a->where > b->where) - (a->where < b->where);
}

static int by_node6(const void *l, const void *r)
{
	const struct config_bib *a = *(const struct config_bib *const *)l;
	const struct config_bib *b = *(const struct config_bib *const *)r;
	int order = a->entry.proto - b->entry.proto;

	if (!order)
		order = compare_transport(&a->entry.node6, &b->entry.node6);
	return order ? order : compare_place(a, b);
}

static int by_node4(const void *l, const void *r)
{
	const struct config_bib *a = *(const struct config_bib *const *)l;
	const struct config_bib *b = *(const struct config_bib *const *)r;
	int order = a->entry.proto - b->entry.proto;

	if (!order)
		order = compare_transport(&a->entry.node4, &b->entry.node4);
	return order ? order : compare_place(a, b);
}

static void say_mapped(const struct config_bib *bib, const struct transport *end,
		       const struct source *source)
{
	char text[INET6_ADDRSTRLEN + 8];

	*(end->family == AF_INET6 ? print_put_node6(text, &end->addr6, end->port)
				  : print_put_node4(text, &end->addr4, end->port)) = '\0';
	source_place(source, bib->where, NULL);
	print_error("%s %s has another mapping above.", table_proto(bib->entry.proto), text);
}

/* An end that two mappings have in common: then they are the same, written twice. */
static bool check_node6(const struct config_bib *a, const struct config_bib *b,
			const struct source *source)
{
	if (a->entry.proto != b->entry.proto ||
	    compare_transport(&a->entry.node6, &b->entry.node6) ||
	    !compare_transport(&a->entry.node4, &b->entry.node4))
		return true;
	say_mapped(b, &b->entry.node6, source);
	return false;
}

static bool check_node4(const struct config_bib *a, const struct config_bib *b,
			const struct source *source)
{
	if (a->entry.proto != b->entry.proto ||
	    compare_transport(&a->entry.node4, &b->entry.node4) ||
	    !compare_transport(&a->entry.node6, &b->entry.node6))
		return true;
	say_mapped(b, &b->entry.node4, source);
	return false;
}

static bool check_each(const struct config_bib **bib, size_t count, const struct source *source,
		       int (*order)(const void *l, const void *r),
		       bool (*check)(const struct config_bib *a, const struct config_bib *b,
				     const struct source *source))
{
	bool good = true;

	qsort(bib, count, sizeof(*bib), order);
	for (size_t i = 1; i < count; i++)
		good &= check(bib[i - 1], bib[i], source);
	return good;
}

static bool check_bib(const struct config *config, const struct source *source)
{
	const struct config_bib **bib;
	bool good;

	if (config->bib_count < 2)
		return true;
	bib = memory_must(calloc(config->bib_count, sizeof(*bib)));
	for (size_t i = 0; i < config->bib_count; i++)
		bib[i] = &config->bib[i];
	good = check_each(bib, config->bib_count, source, by_node4, check_node4);
	good &= check_each(bib, config->bib_count, source, by_node6, check_node6);
	free(bib);
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
	return good;
}

bool config_check_alone(const struct config *first, const struct source *source)
{
	bool good = true;

	source_limit();
	for (const struct config *config = first; config; config = config->next)
		good &= check_bib(config, source);
	source_more(source, good);
	return good;
}
