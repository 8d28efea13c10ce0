// SPDX-License-Identifier: GPL-2.0-only
/* Files with a command to a line. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "instance.h"
#include "memory.h"
#include "print.h"

#define BLANK " \t\r\v\f"
#define WORDS_OF_LINE 64

/* Of a network namespace. */
#define INSTANCES_MAX 256

struct lines {
	const struct source *source;
	const struct config_options *options;
	struct config *first, **end;
	unsigned int count;	/* of instances */
	const char *where;	/* the line */
};

static struct config *find_instance(const struct lines *lines, const char *instance)
{
	for (struct config *config = lines->first; config; config = config->next) {
		if (!strcmp(config->instance, instance))
			return config;
	}
	return NULL;
}

static bool add_config(struct lines *lines, const struct request *request)
{
	struct prefix6 pool6;
	struct config *config;
	const char *name;

	if (!instance_parse_add(request, &name, &pool6))
		return false;
	if (lines->options->instance && strcmp(name, lines->options->instance)) {
		print_error("The instance is '%s' here, but '%s' is the one that was asked for.",
			    name, lines->options->instance);
		return false;
	}
	if (find_instance(lines, name)) {
		print_error("Instance '%s' was added before.", name);
		return false;
	}
	if (++lines->count > INSTANCES_MAX) {
		print_error("There are more than %u instances.", INSTANCES_MAX);
		return false;
	}
	config = config_new(name);
	config->where = config->pool6_where = lines->where;
	config->force = command_has(request, FORCE);
	config->has_pool6 = true;
	config->pool6 = pool6;
	/* The file says all there is. */
	config->has_bib = true;
	*lines->end = config;
	lines->end = &config->next;
	return true;
}

static bool add_pool4(const struct lines *lines, const struct request *request,
		      struct config *config)
{
	struct config_pool4 pool4 = { .where = lines->where };

	if (!pool4_parse_add(request, &pool4.entry))
		return false;
	config_add_pool4(config, &pool4);
	return true;
}

static bool add_bib(const struct lines *lines, const struct request *request,
		    struct config *config)
{
	struct config_bib bib = { .where = lines->where };

	if (!bib_parse_add(request, &bib.entry))
		return false;
	config_add_bib(config, &bib);
	return true;
}

static bool update_global(const struct lines *lines, const struct request *request,
			  struct config *config)
{
	struct global_value value;
	enum global_gone gone;
	int key;

	gone = global_parse_update(request, &key, &value);
	if (gone != GLOBAL_THERE)
		return gone == GLOBAL_IGNORED;
	if (global_type(key) == JOOL_G_PREFIX6)
		return global_keep_pool6(&config->pool6, &value.pool6);
	config->force |= command_has(request, FORCE);
	config->globals[key] = (struct config_global){ lines->where, true, value };
	return true;
}

static const struct mode *const modes[] = {
	&instance_mode, &pool4_mode, &bib_mode, &global_mode, NULL
};

static const struct {
	const struct mode *mode;
	const char *operation;
	bool (*read)(const struct lines *lines, const struct request *request,
		     struct config *config);
} known[] = {
	{ &pool4_mode, "add", add_pool4 },
	{ &bib_mode, "add", add_bib },
	{ &global_mode, "update", update_global },
};

static bool run_line(struct lines *lines, const struct request *request)
{
	const char *operation = request->operation->name;
	struct config *config;

	if (request->mode == &instance_mode && !strcmp(operation, "add"))
		return add_config(lines, request);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (request->mode != known[i].mode || strcmp(operation, known[i].operation))
			continue;
		config = find_instance(lines, request->instance);
		if (config)
			return known[i].read(lines, request, config);
		print_error("Instance '%s' is not added above this line.", request->instance);
		return false;
	}
	print_error("'%s %s' is none of: instance add, pool4 add, bib add, global update.",
		    request->mode->name, operation);
	return false;
}

/*
 * The words of a line, without the comment, which begins with # at the start of a word. What was
 * pasted from a terminal or a script has the word `jool` already.
 */
static int split_line(char *line, char *argv[WORDS_OF_LINE])
{
	char *word, *rest;
	int argc = 0;

	argv[argc++] = "jool";
	line += strspn(line, BLANK);
	if (!strncmp(line, "jool", 4) && (!line[4] || strchr(BLANK, line[4])))
		line += 4;
	for (word = strtok_r(line, BLANK, &rest); word; word = strtok_r(NULL, BLANK, &rest)) {
		if (*word == '#' || argc + 1 == WORDS_OF_LINE)
			break;
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	return argc;
}

static bool read_line(struct lines *lines, char *line)
{
	char *argv[WORDS_OF_LINE];
	int argc = split_line(line, argv);
	struct request request;
	int status;

	if (argc == 1)
		return true;
	source_place(lines->source, lines->where, NULL);
	status = command_parse(modes, argc, argv, &request);
	if (status == EXIT_DONE) {
		print_discard();
		print_error("Help is not what a configuration file is for.");
	}
	if (status != COMMAND_RUN)
		return false;
	if (command_has(&request, FILE)) {
		print_error("Option '--file' is not what a configuration file is for.");
		return false;
	}
	if (!request.named && lines->options->instance)
		request.instance = lines->options->instance;
	if (lines->options->force)
		request.given |= OPTION_BIT(FORCE);
	return run_line(lines, &request);
}

bool config_parse_lines(const struct source *source, const struct config_options *options,
			struct config **config)
{
	struct lines lines = { .source = source, .options = options };
	const char *end;
	bool good = true;
	char *line;

	lines.end = &lines.first;
	for (const char *at = source->text; *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		lines.where = at;
		line = memory_must(strndup(at, end - at));
		good &= read_line(&lines, line);
		free(line);
	}
	*config = lines.first;
	if (!good || lines.first)
		return good;
	source_place(source, source->text, NULL);
	print_error("There is no `instance add --pool6 PREFIX`.");
	return false;
}
