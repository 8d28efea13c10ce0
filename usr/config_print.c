// SPDX-License-Identifier: GPL-2.0-only
#include "config_print.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "table.h"
#include "words.h"

/* The longest prefix that is added without --force: what is saved shall load back. */
#define MERGE_MAX 8

/* ---- entries in order ---- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* All of an entry but its address. */
static int compare_kind(const struct pool4_entry *a, const struct pool4_entry *b)
{
	int order = compare(a->mark, b->mark);

	if (!order)
		order = compare(a->proto, b->proto);
	if (!order)
		order = compare(a->ports.min, b->ports.min);
	if (!order)
		order = compare(a->ports.max, b->ports.max);
	return order ? order : compare(a->iterations, b->iterations);
}

static int compare_pool4(const void *a, const void *b)
{
	const struct pool4_entry *left = &((const struct config_pool4 *)a)->entry;
	const struct pool4_entry *right = &((const struct config_pool4 *)b)->entry;
	int order = compare_kind(left, right);

	return order ? order : compare(ntohl(left->prefix.addr.s_addr),
				       ntohl(right->prefix.addr.s_addr));
}

static int compare_bib(const void *a, const void *b)
{
	const struct bib_entry *left = &((const struct config_bib *)a)->entry;
	const struct bib_entry *right = &((const struct config_bib *)b)->entry;
	int order = compare(left->proto, right->proto);

	if (!order)
		order = compare(ntohl(left->node4.addr4.s_addr), ntohl(right->node4.addr4.s_addr));
	if (!order)
		order = compare(ntohs(left->node4.port), ntohs(right->node4.port));
	if (!order)
		order = memcmp(&left->node6.addr6, &right->node6.addr6, sizeof(struct in6_addr));
	return order ? order : compare(ntohs(left->node6.port), ntohs(right->node6.port));
}

void config_sort(struct config *config)
{
	if (config->pool4_count)
		qsort(config->pool4, config->pool4_count, sizeof(*config->pool4), compare_pool4);
	if (config->bib_count)
		qsort(config->bib, config->bib_count, sizeof(*config->bib), compare_bib);
}

/*
 * The length of the longest prefix that begins with the first of the entries, single addresses in
 * order, and has entries for all of its addresses.
 */
static unsigned int longest(const struct config_pool4 *pool4, size_t count)
{
	uint32_t start = ntohl(pool4->entry.prefix.addr.s_addr);
	unsigned int bits = 0;
	size_t n = 1;

	while (n < count && n < 1 << MERGE_MAX &&
	       !compare_kind(&pool4[n].entry, &pool4->entry) &&
	       ntohl(pool4[n].entry.prefix.addr.s_addr) == start + n)
		n++;
	while (bits < MERGE_MAX && 2U << bits <= n && !(start & ((2U << bits) - 1)))
		bits++;
	return 32 - bits;
}

static char *put_prefix4_of(char *at, const struct pool4_entry *entry, unsigned int len)
{
	at = print_put_in4(at, &entry->prefix.addr);
	at = print_put_text(at, "/");
	return print_put_u32(at, len);
}

/* Calls `print` with prefixes that make up the entries. */
static void each_prefix(const struct config_pool4 *pool4, size_t count,
			void (*print)(const struct pool4_entry *entry, const char *prefix, void *arg),
			void *arg)
{
	char prefix[INET_ADDRSTRLEN + 8];
	unsigned int len;
	size_t i = 0;

	while (i < count) {
		len = longest(pool4 + i, count - i);
		*put_prefix4_of(prefix, &pool4[i].entry, len) = '\0';
		print(&pool4[i].entry, prefix, arg);
		i += 1U << (32 - len);
	}
}

static char *put_transport(char *at, const struct transport *transport)
{
	at = transport->family == AF_INET6 ? print_put_in6(at, &transport->addr6)
					   : print_put_in4(at, &transport->addr4);
	at = print_put_text(at, "#");
	return print_put_u32(at, ntohs(transport->port));
}

static bool is_same_global(const struct config_global *a, const struct config_global *b)
{
	return a->given == b->given && a->value.len == b->value.len &&
	       !memcmp(a->value.bytes, b->value.bytes, a->value.len);
}

bool config_is_same(const struct config *a, const struct config *b)
{
	if (a->pool4_count != b->pool4_count || a->bib_count != b->bib_count)
		return false;
	for (int key = 0; key < JOOL_GLOBAL_MAX; key++) {
		if (!is_same_global(&a->globals[key], &b->globals[key]))
			return false;
	}
	for (size_t i = 0; i < a->pool4_count; i++) {
		if (compare_pool4(&a->pool4[i], &b->pool4[i]))
			return false;
	}
	for (size_t i = 0; i < a->bib_count; i++) {
		if (compare_bib(&a->bib[i], &b->bib[i]))
			return false;
	}
	return true;
}

/* ---- as a file ---- */

static void print_global(int key, const char *text)
{
	switch (global_type(key)) {
	case JOOL_G_BOOL:
	case JOOL_G_U8:
	case JOOL_G_U32:
	case JOOL_G_LIMIT:
		print_format("\"%s\": %s", global_keys[key], text);
		break;
	case JOOL_G_DEVICES: /* whose names may have quotes */
		print_format("\"%s\": ", global_keys[key]);
		table_json(json_string(text));
		break;
	case JOOL_G_MS:
	case JOOL_G_MS_AUTO:
	case JOOL_G_PREFIX6:
		print_format("\"%s\": \"%s\"", global_keys[key], text);
		break;
	case JOOL_G_PLATEAUS:
		print_format("\"%s\": [%s]", global_keys[key], text);
		break;
	}
}

static bool put_global(const struct config *config, int key, char text[GLOBAL_VALUE_MAX])
{
	const struct config_global *global = &config->globals[key];
	char *end = NULL;

	if (global->given)
		end = global_put(text, key, global->value.bytes, global->value.len);
	if (end)
		*end = '\0';
	return end;
}

static void print_globals(const struct config *config)
{
	const char *separator = "\n\t\t";
	char text[GLOBAL_VALUE_MAX + 1];

	for (int key = 0; global_keys[key]; key++) {
		const struct config_global *global = &config->globals[key];

		/* What is left out is automatic, also on a machine with other memory. */
		if (!put_global(config, key, text) ||
		    global_is_automatic(key, global->value.bytes, global->value.len))
			continue;
		print_text(separator);
		print_global(key, text);
		separator = ",\n\t\t";
	}
}

static void print_pool4(const struct pool4_entry *entry, const char *prefix, void *separator)
{
	const char **before = separator;

	print_format("%s\n\t\t{ \"protocol\": \"%s\", \"prefix\": \"%s\", \"port range\": \"%u-%u\"",
		     *before, words_proto(entry->proto), prefix, entry->ports.min, entry->ports.max);
	if (entry->mark)
		print_format(", \"mark\": %u", entry->mark);
	if (entry->iterations == UINT32_MAX)
		print_text(", \"max-iterations\": \"infinity\"");
	else if (entry->iterations)
		print_format(", \"max-iterations\": %u", entry->iterations);
	print_text(" }");
	*before = ",";
}

static void print_bib(const struct bib_entry *entry, const char *separator)
{
	char node6[64], node4[64];

	*put_transport(node6, &entry->node6) = '\0';
	*put_transport(node4, &entry->node4) = '\0';
	print_format("%s\n\t\t{ \"protocol\": \"%s\", \"ipv6 address\": \"%s\", "
		     "\"ipv4 address\": \"%s\" }", separator, words_proto(entry->proto), node6,
		     node4);
}

void config_print(const struct config *config)
{
	json_t *name = json_string(config->instance);
	const char *separator = "";

	print_text("{\n\t");
	if (name) { /* it is none if it is no UTF-8 */
		print_text("\"instance\": ");
		table_json(name);
		print_text(",\n\t");
	}
	print_text("\"framework\": \"netfilter\",\n\t");
	if (config->force)
		print_text("\"force\": true,\n\t");
	print_text("\"global\": {");
	print_globals(config);
	print_text("\n\t},\n\t\"pool4\": [");
	each_prefix(config->pool4, config->pool4_count, print_pool4, &separator);
	print_text("\n\t],\n\t\"bib\": [");
	for (size_t i = 0; i < config->bib_count; i++)
		print_bib(&config->bib[i].entry, i ? "," : "");
	print_text("\n\t]\n}\n");
}

/* ---- changes ---- */

static void print_change(const struct pool4_entry *entry, const char *prefix, void *sign)
{
	print_format("  %s pool4 %s %s %u-%u", (const char *)sign, words_proto(entry->proto), prefix,
		     entry->ports.min, entry->ports.max);
	if (entry->mark)
		print_format(" mark %u", entry->mark);
	if (entry->iterations == UINT32_MAX)
		print_text(" max-iterations infinity");
	else if (entry->iterations)
		print_format(" max-iterations %u", entry->iterations);
	print_text("\n");
}

static void print_bib_change(const char *sign, const struct bib_entry *entry)
{
	char node6[64], node4[64];

	*put_transport(node6, &entry->node6) = '\0';
	*put_transport(node4, &entry->node4) = '\0';
	print_format("  %s bib %s %s %s\n", sign, words_proto(entry->proto), node6, node4);
}

/* Prints with the sign what `a` has and `b` does not have. */
static void print_pool4_changes(char *sign, const struct config *a, const struct config *b)
{
	struct config *only = config_new(a->instance);

	for (size_t i = 0, k = 0; i < a->pool4_count; i++) {
		while (k < b->pool4_count && compare_pool4(&b->pool4[k], &a->pool4[i]) < 0)
			k++;
		if (k == b->pool4_count || compare_pool4(&b->pool4[k], &a->pool4[i]))
			config_add_pool4(only, &a->pool4[i]);
	}
	each_prefix(only->pool4, only->pool4_count, print_change, sign);
	config_free(only);
}

static void print_bib_changes(const char *sign, const struct config *a, const struct config *b)
{
	for (size_t i = 0, k = 0; i < a->bib_count; i++) {
		while (k < b->bib_count && compare_bib(&b->bib[k], &a->bib[i]) < 0)
			k++;
		if (k == b->bib_count || compare_bib(&b->bib[k], &a->bib[i]))
			print_bib_change(sign, &a->bib[i].entry);
	}
}

void config_print_changes(const struct config *before, const struct config *after)
{
	char old[GLOBAL_VALUE_MAX + 1], new[GLOBAL_VALUE_MAX + 1];
	static char minus[] = "-", plus[] = "+";

	for (int key = 0; global_keys[key]; key++) {
		if (put_global(before, key, old) && put_global(after, key, new) && strcmp(old, new))
			print_format("  %s: %s -> %s\n", global_keys[key], old, new);
	}
	print_pool4_changes(minus, before, after);
	print_pool4_changes(plus, after, before);
	print_bib_changes(minus, before, after);
	print_bib_changes(plus, after, before);
}

void config_print_new(const struct config *config, const struct config *after)
{
	struct config *nothing = config_new(config->instance);
	char text[GLOBAL_VALUE_MAX + 1];

	print_format("Instance %s: new\n", config->instance);
	for (int key = 0; global_keys[key]; key++) {
		if ((config->globals[key].given || global_type(key) == JOOL_G_PREFIX6) &&
		    put_global(after, key, text))
			print_format("  %s: %s\n", global_keys[key], text);
	}
	config_print_changes(nothing, after);
	config_free(nothing);
}
