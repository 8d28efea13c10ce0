// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "memory.h"
#include "nl.h"

struct config *config_new(const char *instance)
{
	struct config *config = memory_must(calloc(1, sizeof(*config)));

	strncpy(config->instance, instance, JOOL_NAME_MAX);
	return config;
}

void config_free(struct config *config)
{
	struct config *next;

	for (; config; config = next) {
		next = config->next;
		free(config->pool4);
		free(config->bib);
		free(config);
	}
}

/* `array` with room for one more than `count`; it has room for powers of two. */
static void *grow_array(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return memory_must(realloc(array, (count ? 2 * count : 1) * size));
}

void config_add_pool4(struct config *config, const struct config_pool4 *pool4)
{
	config->pool4 = grow_array(config->pool4, config->pool4_count, sizeof(*pool4));
	config->pool4[config->pool4_count++] = *pool4;
}

void config_add_bib(struct config *config, const struct config_bib *bib)
{
	config->bib = grow_array(config->bib, config->bib_count, sizeof(*bib));
	config->bib[config->bib_count++] = *bib;
}

/* ---- from the kernel ---- */

static bool take_global(int attr, const void *value, size_t len, void *arg)
{
	struct config *config = arg;
	struct config_global *global;

	if (attr < 1 || attr > JOOL_GLOBAL_MAX)
		return true; /* of a newer module */
	global = &config->globals[attr - 1];
	if (len > sizeof(global->value.bytes))
		return false;
	global->given = true;
	global->value.len = len;
	memcpy(global->value.bytes, value, len);
	return true;
}

static bool take_globals(struct nl_row *row, void *config)
{
	return nl_each(row->globals, row->globals_len, take_global, config);
}

static bool take_pool4(struct nl_row *row, void *config)
{
	const struct config_pool4 pool4 = {
		.entry = {
			.proto = row->proto,
			.prefix = { row->prefix4, 32 },
			.ports = { row->port_min, row->port_max },
			.mark = row->mark,
			.iterations = row->flags & JOOL_FLAG_AUTO ? 0 : row->max_iterations,
		},
	};

	config_add_pool4(config, &pool4);
	return true;
}

static bool take_bib(struct nl_row *row, void *config)
{
	const struct config_bib bib = {
		.entry = {
			.proto = row->proto,
			.node6 = { .family = AF_INET6, .addr6 = row->src6, .port = row->src6_port },
			.node4 = { .family = AF_INET, .addr4 = row->src4, .port = row->src4_port },
		},
	};

	if (row->flags & JOOL_FLAG_STATIC)
		config_add_bib(config, &bib);
	return true;
}

static int list_entries(enum jool_cmd cmd, uint64_t need, nl_row_fn take, struct config *config)
{
	struct nl *nl = nl_begin(cmd, config->instance);

	return nl ? nl_list(nl, need, take, config) : EXIT_REFUSED;
}

static int get(struct config *config)
{
	struct nl *nl = nl_begin(JOOL_CMD_GLOBAL_GET, config->instance);
	int status = nl ? nl_get(nl, NL_BIT(GLOBALS), take_globals, config) : EXIT_REFUSED;

	if (status == EXIT_DONE)
		status = list_entries(JOOL_CMD_POOL4_GET, NL_BIT(PROTO) | NL_BIT(MARK) |
				      NL_BIT(PREFIX4) | NL_BIT(PORT_MIN) | NL_BIT(PORT_MAX) |
				      NL_BIT(MAX_ITERATIONS), take_pool4, config);
	if (status == EXIT_DONE)
		status = list_entries(JOOL_CMD_BIB_GET, NL_BIT(PROTO) | NL_BIT(SRC6) |
				      NL_BIT(SRC6_PORT) | NL_BIT(SRC4) | NL_BIT(SRC4_PORT),
				      take_bib, config);
	return status;
}

int config_get(struct config **config, const char *instance)
{
	int status;

	*config = config_new(instance);
	status = get(*config);
	if (status != EXIT_DONE) {
		config_free(*config);
		*config = NULL;
	}
	return status;
}

struct wanted {
	const char *instance;
	bool found;
};

static bool look_for_instance(struct nl_row *row, void *arg)
{
	struct wanted *wanted = arg;

	wanted->found |= !strcmp(row->instance, wanted->instance);
	return true;
}

int config_exists(const char *instance, bool *exists)
{
	struct wanted wanted = { .instance = instance };
	int status = instance_list_own(look_for_instance, &wanted);

	*exists = wanted.found;
	return status;
}

/* ---- to the kernel ---- */

/* Which part of the file an attribute of the request stands for. */
struct mark {
	uint32_t offset;
	const char *where;
};

struct marks {
	const struct source *source;
	struct mark *marks;
	size_t count;
};

/* What is put into the request from now on is from there. */
static void mark(struct marks *marks, const struct nl *nl, const char *where)
{
	marks->marks[marks->count++] = (struct mark){ nl_length(nl), where };
}

/* The last mark that is not behind the attribute; the first one is that of the instance. */
static void about(uint32_t offset, void *arg)
{
	const struct marks *marks = arg;
	size_t i = 0;

	while (i + 1 < marks->count && marks->marks[i + 1].offset <= offset)
		i++;
	source_place(marks->source, marks->marks[i].where, NULL);
}

static void put_globals(struct nl *nl, const struct config *config, struct marks *marks)
{
	nl_nest(nl, JOOL_A_GLOBALS);
	for (int key = 0; key < JOOL_GLOBAL_MAX; key++) {
		const struct config_global *global = &config->globals[key];

		if (!global->given)
			continue;
		mark(marks, nl, global->where);
		nl_put(nl, key + 1, global->value.bytes, global->value.len);
	}
	nl_nest_end(nl);
}

static void put_config(struct nl *nl, const struct config *config, struct marks *marks)
{
	uint32_t flags = (config->has_bib ? JOOL_FLAG_REPLACE_BIB : 0) |
			 (config->force ? JOOL_FLAG_FORCE : 0);

	mark(marks, nl, config->where);
	if (flags)
		nl_put_u32(nl, JOOL_A_FLAGS, flags);
	if (config->has_pool6) {
		mark(marks, nl, config->pool6_where);
		nl_put(nl, JOOL_A_POOL6, &config->pool6.addr, sizeof(config->pool6.addr));
		nl_put_u8(nl, JOOL_A_POOL6_LEN, config->pool6.len);
	}
	put_globals(nl, config, marks);
	for (size_t i = 0; i < config->pool4_count; i++) {
		mark(marks, nl, config->pool4[i].where);
		nl_nest(nl, JOOL_A_POOL4_ENTRY);
		pool4_put(nl, &config->pool4[i].entry);
		nl_nest_end(nl);
	}
	for (size_t i = 0; i < config->bib_count; i++) {
		mark(marks, nl, config->bib[i].where);
		nl_nest(nl, JOOL_A_BIB_ENTRY);
		bib_put(nl, &config->bib[i].entry);
		nl_nest_end(nl);
	}
}

static int ask_kernel(enum jool_cmd cmd, const struct config *config, const struct source *source)
{
	size_t most = 2 + JOOL_GLOBAL_MAX + config->pool4_count + config->bib_count;
	struct marks marks = { .source = source };
	struct nl *nl = nl_begin(cmd, config->instance);
	int status;

	if (!nl)
		return EXIT_REFUSED;
	marks.marks = memory_must(calloc(most, sizeof(*marks.marks)));
	put_config(nl, config, &marks);
	nl_on_refusal(nl, about, &marks);
	status = nl_do(nl);
	source_place(NULL, NULL, NULL);
	free(marks.marks);
	return status;
}

int config_set(const struct config *config, const struct source *source)
{
	return ask_kernel(JOOL_CMD_CONFIG_SET, config, source);
}

int config_check(const struct config *config, const struct source *source)
{
	return ask_kernel(JOOL_CMD_CONFIG_CHECK, config, source);
}
