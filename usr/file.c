// SPDX-License-Identifier: GPL-2.0-only
#include "file.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "print.h"
#include "words.h"

/* The longest prefix that is added without --force: what is saved shall load back. */
#define MERGE_MAX 8

/* How often it is tried to read a configuration that does not change meanwhile. */
#define SNAPSHOTS_MAX 100

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

void file_sort(struct config *config)
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

static char *put_prefix4(char *at, const struct pool4_entry *entry, unsigned int len)
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
		*put_prefix4(prefix, &pool4[i].entry, len) = '\0';
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

void file_print(const struct config *config)
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

/* Is anything in it that is not taken without --force? */
static bool needs_force(const struct config *config)
{
	for (int key = 0; key < JOOL_GLOBAL_MAX; key++) {
		const struct config_global *global = &config->globals[key];

		if (global->given &&
		    global_is_forced(key, global->value.bytes, global->value.len))
			return true;
	}
	return false;
}

static bool is_same_global(const struct config_global *a, const struct config_global *b)
{
	return a->given == b->given && a->value.len == b->value.len &&
	       !memcmp(a->value.bytes, b->value.bytes, a->value.len);
}

/* Are they the same configuration? Both are in order. */
static bool is_same(const struct config *a, const struct config *b)
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

static int get_in_order(struct config **config, const char *instance)
{
	int status = config_get(config, instance);

	if (status == EXIT_DONE)
		file_sort(*config);
	return status;
}

/*
 * Gets what the instance was at one time. It takes several requests to read, so it is read again
 * and again until it has not changed from one time to the next.
 */
static int get_snapshot(struct config **config, const char *instance)
{
	struct config *before;
	int status = get_in_order(config, instance);

	for (int i = 0; status == EXIT_DONE && i < SNAPSHOTS_MAX; i++) {
		bool same;

		before = *config;
		status = get_in_order(config, instance);
		same = status == EXIT_DONE && is_same(before, *config);
		config_free(before);
		if (same)
			return EXIT_DONE;
	}
	if (status != EXIT_DONE)
		return status;
	config_free(*config);
	print_error("The configuration of the instance changes all the time.");
	return EXIT_REFUSED;
}

static int save(const struct request *request)
{
	struct config *config;
	int status = get_snapshot(&config, request->instance);

	if (status != EXIT_DONE)
		return status;
	config->force = needs_force(config);
	file_print(config);
	config_free(config);
	return EXIT_DONE;
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

void file_print_changes(const struct config *before, const struct config *after)
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

/* ---- handle and check ---- */

/* An instance that was not there before: what the file says, if it says it. */
static void print_new(const struct config *config, const struct config *after)
{
	struct config *nothing = config_new(config->instance);
	char text[GLOBAL_VALUE_MAX + 1];

	print_format("Instance %s: new\n", config->instance);
	for (int key = 0; global_keys[key]; key++) {
		if ((config->globals[key].given || global_type(key) == JOOL_G_PREFIX6) &&
		    put_global(after, key, text))
			print_format("  %s: %s\n", global_keys[key], text);
	}
	file_print_changes(nothing, after);
	config_free(nothing);
}

/* Sets a configuration, and says what that has changed. `before` is NULL if there was nothing. */
static int set_verbosely(const struct config *config, const struct source *source,
			 struct config *before)
{
	struct config *after;
	int status;

	status = config_set(config, source);
	if (status == EXIT_DONE)
		status = config_get(&after, config->instance);
	if (status != EXIT_DONE)
		return status;
	file_sort(after);
	if (before) {
		file_sort(before);
		print_format("Instance %s:\n", config->instance);
		file_print_changes(before, after);
	} else {
		print_new(config, after);
	}
	config_free(after);
	return EXIT_DONE;
}

static int handle_one(const struct config *config, const struct source *source, bool verbose)
{
	struct config *before = NULL;
	bool exists;
	int status;

	if (!verbose)
		return config_set(config, source);
	status = config_exists(config->instance, &exists);
	if (status == EXIT_DONE && exists)
		status = config_get(&before, config->instance);
	if (status == EXIT_DONE)
		status = set_verbosely(config, source, before);
	config_free(before);
	return status;
}

/* What is in the file that `request` names. */
static int read_file(const struct request *request, struct source *source, struct config **config)
{
	const struct config_options options = {
		.instance = request->named ? request->instance : NULL,
		.force = command_has(request, FORCE),
	};

	if (!request->count) {
		print_error("The command is missing the path of the file (`-` is standard input).");
		return EXIT_USAGE;
	}
	if (!source_read(source, request->words[0]))
		return EXIT_REFUSED;
	if (config_parse(source, &options, config))
		return EXIT_DONE;
	source_free(source);
	return EXIT_USAGE;
}

/* Warns, once, of ports that are the machine's own. */
static void warn_local(const struct config *config)
{
	for (size_t i = 0; !config->force && i < config->pool4_count; i++) {
		if (pool4_warn_local(&config->pool4[i].entry))
			return;
	}
}

static int handle(const struct request *request)
{
	struct source source;
	struct config *first;
	int status = read_file(request, &source, &first);

	if (status != EXIT_DONE)
		return status;
	for (struct config *config = first; config && status == EXIT_DONE; config = config->next) {
		status = handle_one(config, &source, command_has(request, VERBOSE));
		if (status == EXIT_DONE)
			warn_local(config);
	}
	config_free(first);
	source_free(&source);
	return status;
}

static size_t options_of(const struct config *config)
{
	size_t count = 0;

	for (int key = 0; key < JOOL_GLOBAL_MAX; key++)
		count += config->globals[key].given;
	return count;
}

/* What the kernel would say, as far as it can be told without. Returns an exit status. */
static int check_alone(const struct config *first, const struct source *source)
{
	return config_check_alone(first, source) ? EXIT_DONE : EXIT_USAGE;
}

static int check(const struct request *request)
{
	struct source source;
	struct config *first;
	const char *why_not;
	int status = read_file(request, &source, &first);

	if (status != EXIT_DONE)
		return status;
	why_not = nl_why_not();
	if (why_not)
		status = check_alone(first, &source);
	for (struct config *config = first; config && status == EXIT_DONE; config = config->next) {
		if (!why_not)
			status = config_check(config, &source);
		if (status == EXIT_DONE)
			warn_local(config);
		if (command_has(request, VERBOSE))
			print_format("Instance %s: options %zu, pool4 entries %zu, "
				     "static mappings %zu\n", config->instance, options_of(config),
				     config->pool4_count, config->bib_count);
	}
	if (why_not && status == EXIT_DONE)
		print_warning("What only the kernel can tell was not checked: %s.", why_not);
	config_free(first);
	source_free(&source);
	return status;
}

static const struct operation operations[] = {
	{
		.name = "handle",
		.words = "PATH",
		.most = 1,
		.kinds = { WORD_FILE },
		.options = OPTION_BIT(FORCE) | OPTION_BIT(VERBOSE),
		.help = "Make instances what a file says, all or nothing; sessions stay.",
		.run = handle,
	}, {
		.name = "check",
		.words = "PATH",
		.most = 1,
		.kinds = { WORD_FILE },
		.options = OPTION_BIT(FORCE) | OPTION_BIT(VERBOSE),
		.help = "Look for mistakes in a file; nothing is changed.",
		.run = check,
	}, {
		.name = "save",
		.words = "",
		.help = "Print what an instance is, as a file that `file handle` takes.",
		.run = save,
	},
};

const struct mode file_mode = {
	.name = "file",
	.help = "Whole configurations.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
