// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <string.h>

#include "print.h"

/* The first character that is neither blank nor in a comment. */
static char *first(char *at)
{
	for (;; at++) {
		at += strspn(at, " \t\r\n");
		if (*at != '#')
			return at;
		at += strcspn(at, "\n");
		if (!*at)
			return at;
	}
}

static bool parse_form(struct source *source, const struct config_options *options,
		  struct config **config)
{
	char *start;

	if (strlen(source->text) != source->len) {
		source_place(source, source->text + strlen(source->text), NULL);
		print_error("There is a zero byte; is this a text?");
		return false;
	}
	/* Some editors begin with a byte order mark. */
	if (!strncmp(source->text, "\xef\xbb\xbf", 3))
		memset(source->text, ' ', 3);
	start = first(source->text);
	if (*start == '[') {
		source_place(source, start, NULL);
		print_error("A configuration of JSON begins with '{'.");
		return false;
	}
	if (*start != '{')
		return config_parse_lines(source, options, config);
	/* JSON knows no comments. */
	for (char *c = source->text; c < start; c++) {
		if (*c != '\n')
			*c = ' ';
	}
	source->columns = true;
	return config_parse_json(source, options, config);
}

bool config_parse(struct source *source, const struct config_options *options,
		  struct config **config)
{
	bool good;

	*config = NULL;
	source_limit();
	good = parse_form(source, options, config) && config_agrees(*config, source);
	source_more(source, good);
	if (good)
		return true;
	config_free(*config);
	*config = NULL;
	return false;
}
