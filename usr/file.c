// SPDX-License-Identifier: GPL-2.0-only
#include "file.h"

#include "config_print.h"
#include "nl.h"
#include "print.h"

/* How often it is tried to read a configuration that does not change meanwhile. */
#define SNAPSHOTS_MAX 100

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

static int get_in_order(struct config **config, const char *instance)
{
	int status = config_get(config, instance);

	if (status == EXIT_DONE)
		config_sort(*config);
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
		same = status == EXIT_DONE && config_is_same(before, *config);
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
	config_print(config);
	config_free(config);
	return EXIT_DONE;
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
	config_sort(after);
	if (before) {
		config_sort(before);
		print_format("Instance %s:\n", config->instance);
		config_print_changes(before, after);
	} else {
		config_print_new(config, after);
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

static size_t commands_of(const struct config *config)
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
				     "static mappings %zu\n", config->instance, commands_of(config),
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
