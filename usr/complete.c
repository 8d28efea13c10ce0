// SPDX-License-Identifier: GPL-2.0-only
#include "complete.h"

#include <string.h>

#include "global.h"
#include "instance.h"
#include "nl.h"
#include "parse.h"
#include "print.h"
#include "table.h"
#include "words.h"

/* What stands in the word before what is to be completed: nothing, or `--option=`. */
static char lead[64];

/* Prints what begins with what is there of the word. */
static void offer(const char *candidate, const char *word)
{
	if (!strncmp(candidate, word, strlen(word)))
		print_format("%s%s\n", lead, candidate);
}

static bool offer_instance(struct nl_row *row, void *word)
{
	offer(row->instance, word);
	return true;
}

/* Those of this network namespace: no other can be named. */
static void offer_instances(const char *word)
{
	instance_list_own(offer_instance, (void *)word);
}

/* The options in `set`. --iptables is understood only to say that it is not there. */
static void offer_options(uint64_t set, const char *word)
{
	for (int i = 0; i < OPTIONS; i++) {
		if (set & ~OPTION_BIT(IPTABLES) & OPTION_BIT_OF(i)) {
			char text[64] = "--";

			strcat(text, command_options[i].name);
			offer(text, word);
		}
	}
}

/* Returns the exit status, as offer_word() and offer_next() do. */
static int offer_value(enum option option, const char *word)
{
	switch (option) {
	case OPTION_FILE:
		return COMPLETE_FILE;
	case OPTION_INSTANCE:
		offer_instances(word);
		break;
	case OPTION_MAX_ITERATIONS:
		offer("auto", word);
		offer("infinity", word);
		break;
	case OPTION_STATE:
		for (int i = 0; i < JOOL_TCP_STATES; i++)
			offer(words_states[i], word);
		break;
	case OPTION_POOL6:
		offer("64:ff9b::/96", word);
		break;
	default:
		break;
	}
	return EXIT_DONE;
}

/* The line up to the word that is to be completed. */
struct line {
	const struct mode *mode;
	const struct operation *operation;
	uint64_t given;		/* options */
	const char *words[WORDS_MAX];
	unsigned int count;	/* of words */
	bool help;		/* it is `jool help`, which takes a mode and an operation only */
};

static int offer_word(const struct line *line, const char *word)
{
	const char *key;
	int found = -1;

	if (line->help || line->count >= line->operation->most)
		return EXIT_DONE;
	switch (line->operation->kinds[line->count]) {
	case WORD_INSTANCE:
		offer_instances(word);
		break;
	case WORD_KEY:
		for (int i = 0; global_keys[i]; i++)
			offer(global_keys[i], word);
		break;
	case WORD_VALUE:
		key = line->words[line->count - 1];
		found = global_match(key);
		if (found >= 0 && global_type(found) == JOOL_G_BOOL) {
			offer("true", word);
			offer("false", word);
		}
		break;
	case WORD_FILE:
		return COMPLETE_FILE;
	case WORD_OTHER:
		break;
	}
	return EXIT_DONE;
}

static int offer_next(const struct mode *const *modes, const struct line *line, const char *word)
{
	struct scan scan = { .own = OPTION_BIT(VERSION) };

	if (line->mode)
		scan = command_scan_of(NULL, line->mode, line->operation);
	if (word[0] == '-' && !line->help) {
		/* One protocol is enough. */
		if (line->given & (OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS)))
			scan.own &= ~(OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS));
		offer_options((scan.own | (OPTIONS_COMMON & ~OPTION_BIT(VERSION))) & ~line->given,
			      word);
	} else if (!line->mode) {
		for (; *modes; modes++)
			offer((*modes)->name, word);
		if (!line->help)
			offer("help", word);
	} else if (!line->operation) {
		for (size_t i = 0; i < line->mode->count; i++)
			offer(line->mode->operations[i].name, word);
	} else {
		return offer_word(line, word);
	}
	return EXIT_DONE;
}

/* A word before the one to be completed. False if it makes no sense. */
static bool take_candidate(const struct mode *const *modes, struct line *line, struct scan *scan)
{
	if (!line->mode) {
		line->mode = command_mode(modes, scan->word);
		if (!line->mode)
			return false;
		line->operation = command_alone(line->mode);
	} else if (!line->operation) {
		line->operation = command_operation(line->mode, scan->word);
		if (!line->operation)
			return false;
	} else {
		if (line->count == WORDS_MAX)
			return false;
		line->words[line->count++] = scan->word;
		return true;
	}
	*scan = command_scan_of(scan->argv, line->mode, line->operation);
	scan->mute = true;
	return true;
}

/* Cuts a word in two where a value is attached to an option. Returns the value, NULL: there is none. */
static const char *cut_candidate(const char *word, char *option, size_t size)
{
	const char *value = strchr(word, '=');
	size_t len = value ? value - word : 0;

	if (strncmp(word, "--", 2) || !value || len + 2 > size)
		return NULL;
	memcpy(option, word, len);
	option[len] = '\0';
	memcpy(lead, word, len + 1);
	lead[len + 1] = '\0';
	return value + 1;
}

int complete_words(const struct mode *const *modes, char **argv)
{
	struct scan scan = { .mute = true };
	struct line line = { 0 };
	const char *word = "", *value = NULL;
	char option[sizeof(lead)];
	uint32_t n;

	print_mute();
	if (!argv[0] || !parse_u32("N", argv[0], 1, UINT16_MAX, &n) || !argv[1])
		return EXIT_USAGE;
	argv++;
	/* Beyond the last word there may be none yet. */
	for (uint32_t i = 0; i <= n && argv[i]; i++) {
		if (i < n)
			continue;
		word = argv[n];
		lead[0] = '\0';
		value = cut_candidate(word, option, sizeof(option));
		argv[n] = value ? option : NULL;
		if (value)
			argv[n + 1] = NULL;
	}
	line.help = n > 1 && argv[1] && !strcmp(argv[1], "help");
	for (scan.argv = argv + 1 + line.help;;) {
		switch (command_scan(&scan)) {
		case SCAN_WORD:
			if (!take_candidate(modes, &line, &scan))
				return EXIT_DONE;
			break;
		case SCAN_OPTION:
			line.given |= OPTION_BIT_OF(scan.option);
			break;
		case SCAN_VALUE_MISSING:
			return offer_value(scan.option, value ? value : word);
		case SCAN_END:
			return value ? EXIT_DONE : offer_next(modes, &line, word);
		case SCAN_BAD:
			return EXIT_DONE;
		}
	}
}
