// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "print.h"
#include "text.h"
#include "uapi.h"

/* The Makefile knows better. */
#ifndef JOOL_VERSION
#define JOOL_VERSION "5.0.0"
#endif

#define LINE_WIDTH 79
#define HELP_COLUMN 27
#define CANDIDATES_MAX 64

/* What usage shows in its own way, and what is understood only to be refused. */
#define OPTIONS_UNLISTED (OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS) | OPTION_BIT(IPTABLES))

/* What is answered by help. */
#define OPTIONS_HELP (OPTION_BIT(HELP) | OPTION_BIT(USAGE) | OPTION_BIT(VERSION))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

const struct option_info command_options[OPTIONS] = {
	[OPTION_TCP] = { "tcp", 't', NULL, "TCP." },
	[OPTION_UDP] = { "udp", 'u', NULL, "UDP." },
	[OPTION_ICMP] = { "icmp", 'i', NULL, "ICMP." },
	[OPTION_NUMERIC] = { "numeric", 0, NULL, "Do not look up names of addresses and ports." },
	[OPTION_DNS_TIMEOUT] = { "dns-timeout", 0, "SECONDS",
		"Wait so long for name servers, all in all (3; 0 does not ask them)." },
	[OPTION_CSV] = { "csv", 0, NULL, "Print comma-separated values." },
	[OPTION_NO_HEADERS] = { "no-headers", 0, NULL, "Leave the headings out." },
	[OPTION_JSON] = { "json", 'j', NULL, "Print one JSON document." },
	[OPTION_ALL] = { "all", 'a', NULL, "Show the counters that are zero, too." },
	[OPTION_EXPLAIN] = { "explain", 'e', NULL, "Say what each counter counts." },
	[OPTION_MARK] = { "mark", 'm', "N", "Only for packets with this firewall mark (0)." },
	[OPTION_MAX_ITERATIONS] = { "max-iterations", 0, "N|auto|infinity",
		"Accepted for compatibility; the search for a free port needs no limit." },
	[OPTION_FORCE] = { "force", 'f', NULL, "Do it although it seems unwise." },
	[OPTION_QUICK] = { "quick", 'q', NULL,
		"Leave BIB entries and sessions that lose their address." },
	[OPTION_NETFILTER] = { "netfilter", 0, NULL, "Attach to netfilter's hooks (the default)." },
	[OPTION_IPTABLES] = { "iptables", 0, NULL, "Not available; see --netfilter." },
	[OPTION_POOL6] = { "pool6", '6', "PREFIX",
		"The IPv6 prefix of the IPv4 Internet, such as 64:ff9b::/96." },
	[OPTION_ALL_PROTOS] = { "all", 'a', NULL, "Every protocol, one after the other." },
	[OPTION_SRC6] = { "src6", 0, "PREFIX", "Only those of these IPv6 nodes (2001:db8::/64)." },
	[OPTION_DST6] = { "dst6", 0, "PREFIX",
		"Only those to these addresses as IPv6 sees them (in pool6)." },
	[OPTION_SRC4] = { "src4", 0, "PREFIX", "Only those with these addresses of pool4." },
	[OPTION_DST4] = { "dst4", 0, "PREFIX", "Only those of these IPv4 nodes (192.0.2.0/24)." },
	[OPTION_PORT] = { "port", 0, "N[-M]",
		"Only those with such a port or ICMP identifier, on whatever side." },
	[OPTION_STATE] = { "state", 0, "NAME", "Only those in this TCP state (ESTABLISHED)." },
	[OPTION_OPENMETRICS] = { "openmetrics", 0, NULL,
		"Print OpenMetrics (Prometheus); of all instances unless one is named." },
	[OPTION_PROMETHEUS] = { "prometheus", 0, NULL,
		"The same in Prometheus' text format 0.0.4 (node_exporter's textfiles)." },
	[OPTION_VERBOSE] = { "verbose", 'v', NULL, "Say what is done." },
	[OPTION_INSTANCE] = { "instance", 'i', "NAME", "The instance it is about (default)." },
	[OPTION_FILE] = { "file", 'f', "FILE",
		"The instance that this configuration file (JSON) names." },
	[OPTION_HELP] = { "help", '?', NULL, "Print this help." },
	[OPTION_USAGE] = { "usage", 0, NULL, "Print a short usage." },
	[OPTION_VERSION] = { "version", 'V', NULL, "Print the version." },
};

/* ---- finding words ---- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be changed, added or left out to make `b` of `a`. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], left, corner;
	size_t len = strlen(b);

	if (len >= ARRAY_SIZE(row))
		return len;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (; *a; a++) {
		corner = row[0]++;
		for (size_t j = 1; j <= len; j++) {
			left = least(least(row[j], row[j - 1]) + 1, corner + (*a != b[j - 1]));
			corner = row[j];
			row[j] = left;
		}
	}
	return row[len];
}

const char *command_nearest(const char *word, const char *const *names)
{
	size_t best = strlen(word) / 3 + 1;
	const char *found = NULL;

	for (; *names; names++) {
		size_t d = distance(word, *names);

		if (d > best || (found && d == best))
			continue;
		best = d;
		found = *names;
	}
	return found;
}

/* Appends ` a b c` of those names that begin with `start`, with `dashes` before each. */
static void list_words(char *text, size_t size, const char *dashes, const char *start,
		 const char *const *names)
{
	size_t len;

	for (; *names; names++) {
		len = strlen(text);
		if (!strncmp(*names, start, strlen(start)))
			snprintf(text + len, size - len, " %s%s", dashes, *names);
	}
}

/*
 * Index of `word` or of the only name it begins, or the only one of the `first`; -1 if none, -2 if
 * several.
 */
static int find_word(const char *word, const char *const *names, size_t first)
{
	size_t len = strlen(word);
	int found = -1;

	for (size_t i = 0; names[i]; i++) {
		if (strncmp(names[i], word, len))
			continue;
		if (!names[i][len])
			return i;
		if (found == -1)
			found = i;
		else if (i < first || found == -2 || (size_t)found >= first)
			found = -2;
	}
	return len ? found : -1;
}

bool command_is_siit(const char *word)
{
	static const char *const words[] = {
		"eamt", "denylist4", "blacklist4", "pool6791", "rfc6791", "address", "siit",
		"eam-hairpin-mode", "randomize-rfc6791-addresses", "rfc6791v4-prefix",
		"rfc6791v6-prefix", "amend-udp-checksum-zero",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(word, words[i]))
			continue;
		print_error("There is no %s: that is of SIIT, the stateless translator; this is "
			    "NAT64, the stateful one.", words[i]);
		return true;
	}
	return false;
}

/* command_match() for words that have had `dashes` before them. */
static int match(const char *what, const char *dashes, const char *word, const char *const *names,
		 size_t first)
{
	int found = find_word(word, names, first);
	char text[700] = "";
	const char *near;

	if (found >= 0)
		return found;
	if (found == -2) {
		list_words(text, sizeof(text), dashes, word, names);
		print_error("Ambiguous %s: '%s%s' may be any of:%s", what, dashes, word, text);
		return -1;
	}
	if (command_is_siit(word))
		return -1;
	near = command_nearest(word, names);
	if (near) {
		print_error("Unknown %s: '%s%s'. Did you mean '%s%s'?", what, dashes, word, dashes,
			    near);
		return -1;
	}
	list_words(text, sizeof(text), dashes, "", names);
	print_error("Unknown %s: '%s%s'. Available:%s", what, dashes, word, text);
	return -1;
}

int command_match(const char *what, const char *word, const char *const *names, size_t first)
{
	return match(what, "", word, names, first);
}

const struct mode *command_mode(const struct mode *const *modes, const char *word)
{
	const char *names[CANDIDATES_MAX] = { NULL };
	int found;

	for (size_t i = 0; modes[i]; i++)
		names[i] = modes[i]->name;
	found = command_match("mode", word, names, 0);
	return found < 0 ? NULL : modes[found];
}

static void operation_names(const struct mode *mode, const char *names[CANDIDATES_MAX])
{
	for (size_t i = 0; i < mode->count; i++)
		names[i] = mode->operations[i].name;
}

const struct operation *command_alone(const struct mode *mode)
{
	return mode->operations[0].name[0] ? NULL : &mode->operations[0];
}

/* The operation that is not there any more and that `word` may be short for. */
static const struct gone *find_gone(const struct mode *mode, const char *word)
{
	for (const struct gone *gone = mode->gone; gone && gone->name; gone++) {
		if (*word && !strncmp(gone->name, word, strlen(word)))
			return gone;
	}
	return NULL;
}

const struct operation *command_operation(const struct mode *mode, const char *word)
{
	const char *names[CANDIDATES_MAX] = { NULL };
	const struct gone *gone;
	char what[64];
	int found;

	operation_names(mode, names);
	gone = find_word(word, names, 0) == -1 ? find_gone(mode, word) : NULL;
	if (gone) {
		print_error("%s", gone->instead);
		return NULL;
	}
	snprintf(what, sizeof(what), "operation of '%s'", mode->name);
	found = command_match(what, word, names, mode->first);
	return found < 0 ? NULL : &mode->operations[found];
}

/* ---- words and options ---- */

static uint64_t options_of(const struct mode *mode)
{
	uint64_t options = 0;

	for (size_t i = 0; i < mode->count; i++)
		options |= mode->operations[i].options;
	return options;
}

struct scan command_scan_of(char *const *argv, const struct mode *mode,
			    const struct operation *operation)
{
	uint64_t all = options_of(mode);

	return (struct scan){
		.argv = argv,
		.place = mode->name,
		.own = operation ? operation->options : all,
		.all = all,
	};
}

/* Is the letter of this option, if it is a common one, that of another one in `all`? */
static bool is_taken(int option, uint64_t all)
{
	if (!(OPTIONS_COMMON & OPTION_BIT_OF(option)))
		return false;
	for (int i = 0; i < OPTIONS; i++) {
		if (all & OPTION_BIT_OF(i) &&
		    command_options[i].letter == command_options[option].letter)
			return true;
	}
	return false;
}

static int find_letter(const struct scan *scan, char letter)
{
	if (letter == 'h')
		letter = '?';
	for (int i = 0; i < OPTIONS; i++) {
		if (!((scan->own | OPTIONS_COMMON) & OPTION_BIT_OF(i)))
			continue;
		if (command_options[i].letter == letter && !is_taken(i, scan->all))
			return i;
	}
	if (!scan->mute && scan->place)
		print_error("Unknown option of '%s': '-%c'. See `jool %s --help`.", scan->place,
			    letter, scan->place);
	else if (!scan->mute)
		print_error("Unknown option before the mode: '-%c'. See `jool --help`.", letter);
	return -1;
}

/* Names of the options in `set`, and in the same order their numbers. */
static void option_names(uint64_t set, const char *names[OPTIONS + 1], int numbers[OPTIONS])
{
	int n = 0;

	for (int i = 0; i < OPTIONS; i++) {
		if (!(set & OPTION_BIT_OF(i)))
			continue;
		names[n] = command_options[i].name;
		numbers[n++] = i;
	}
	names[n] = NULL;
}

static int find_long(const struct scan *scan, const char *word)
{
	const char *names[OPTIONS + 1];
	int numbers[OPTIONS];
	char what[64];
	int found;

	/* Own options come first: --i is --icmp, although there is --instance. */
	option_names(scan->own, names, numbers);
	found = find_word(word, names, 0);
	if (found == -1) {
		option_names(scan->own | OPTIONS_COMMON, names, numbers);
		found = find_word(word, names, 0);
	}
	if (found >= 0)
		return numbers[found];
	if (!scan->mute) {
		snprintf(what, sizeof(what), scan->place ? "option of '%s'" : "option before the "
			 "mode", scan->place);
		match(what, "--", word, names, 0);
	}
	return -1;
}

static enum scan_result found_option(struct scan *scan, int found, const char *attached)
{
	const struct option_info *info;

	if (found < 0)
		return SCAN_BAD;
	scan->option = found;
	info = &command_options[found];
	scan->value = NULL;
	if (!info->value)
		return SCAN_OPTION;
	scan->value = attached ? attached : *scan->argv;
	if (!scan->value) {
		if (!scan->mute)
			print_error("Option '--%s' needs a value (%s).", info->name, info->value);
		return SCAN_VALUE_MISSING;
	}
	if (!attached)
		scan->argv++;
	return SCAN_OPTION;
}

static enum scan_result scan_letter(struct scan *scan)
{
	int found = find_letter(scan, *scan->cluster++);
	const char *attached = *scan->cluster ? scan->cluster : NULL;

	if (found < 0 || command_options[found].value || !attached)
		scan->cluster = NULL;
	return found_option(scan, found, attached);
}

static enum scan_result scan_long(struct scan *scan, const char *word)
{
	const char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : strlen(word);
	char name[64];
	int found;

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	found = find_long(scan, name);
	if (found >= 0 && value && !command_options[found].value) {
		if (!scan->mute)
			print_error("Option '--%s' takes no value.", command_options[found].name);
		return SCAN_BAD;
	}
	return found_option(scan, found, value ? value + 1 : NULL);
}

enum scan_result command_scan(struct scan *scan)
{
	const char *word;

	if (scan->cluster)
		return scan_letter(scan);
	word = *scan->argv;
	if (!word)
		return SCAN_END;
	scan->argv++;
	if (scan->ended || word[0] != '-' || !word[1]) {
		scan->word = word;
		return SCAN_WORD;
	}
	if (word[1] != '-') {
		scan->cluster = word + 1;
		return scan_letter(scan);
	}
	if (word[2])
		return scan_long(scan, word + 2);
	scan->ended = true;
	return command_scan(scan);
}

/* ---- help ---- */

/* Adds a part to a line of usage, in a new line if it does not fit in. */
static void usage_part(size_t *column, const char *part)
{
	if (*column + 1 + strlen(part) > LINE_WIDTH) {
		print_text("\n           ");
		*column = 11;
	}
	print_format(" %s", part);
	*column += 1 + strlen(part);
}

static void usage(const char *lead, const struct mode *mode, const struct operation *operation)
{
	char part[128];
	size_t column;

	column = snprintf(part, sizeof(part), "%sjool [-i NAME] %s%s%s", lead, mode->name,
			  operation->name[0] ? " " : "", operation->name);
	print_text(part);
	if (operation->words[0])
		usage_part(&column, operation->words);
	if (operation->options & OPTION_BIT(ALL_PROTOS))
		usage_part(&column, "[--tcp | --udp | --icmp | --all]");
	else if (operation->required & OPTION_BIT(TCP))
		usage_part(&column, "{--tcp | --udp | --icmp}");
	else if (operation->options & OPTION_BIT(TCP))
		usage_part(&column, "[--tcp | --udp | --icmp]");
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *info = &command_options[i];
		bool required = operation->required & OPTION_BIT_OF(i);

		if (!(operation->options & OPTION_BIT_OF(i)) || OPTIONS_UNLISTED & OPTION_BIT_OF(i))
			continue;
		snprintf(part, sizeof(part), "%s--%s%s%s%s", required ? "" : "[", info->name,
			 info->value ? " " : "", info->value ? info->value : "",
			 required ? "" : "]");
		usage_part(&column, part);
	}
	print_text("\n");
}

static void mode_usage(const struct mode *mode, const struct operation *operation)
{
	const char *lead = "Usage: ";

	for (size_t i = 0; i < mode->count; i++) {
		if (operation && operation != &mode->operations[i])
			continue;
		usage(lead, mode, &mode->operations[i]);
		lead = "       ";
	}
}

static void all_usage(const struct mode *const *modes)
{
	const char *names[CANDIDATES_MAX];
	char text[256];

	print_text("Usage: jool [-i NAME | -f FILE] MODE [OPERATION] [ARGUMENT...]\n"
		   "       jool help [MODE [OPERATION]]\n"
		   "       jool [MODE [OPERATION]] --help | --usage | --version\n\n"
		   "Modes and operations:\n");
	for (; *modes; modes++) {
		memset(names, 0, sizeof(names));
		operation_names(*modes, names);
		text[0] = '\0';
		list_words(text, sizeof(text), "", "", names);
		print_format("  %-9s%-33s %s\n", (*modes)->name, text, (*modes)->help);
	}
}

/* One line, or two if the left side is too long. */
static void help_line(const char *left, const char *text)
{
	if (strlen(left) > HELP_COLUMN - 3)
		print_format("  %s\n%*s%s\n", left, HELP_COLUMN, "", text);
	else
		print_format("  %-*s%s\n", HELP_COLUMN - 2, left, text);
}

static void option_help(uint64_t set, uint64_t all)
{
	const struct option_info *info;
	char left[64], letter[8];

	for (int i = 0; i < OPTIONS; i++) {
		info = &command_options[i];
		if (!(set & ~OPTION_BIT(IPTABLES) & OPTION_BIT_OF(i)))
			continue;
		/* -i is --icmp where there is --icmp. */
		snprintf(letter, sizeof(letter), "-%c,", info->letter);
		if (!info->letter || is_taken(i, all))
			letter[0] = '\0';
		snprintf(left, sizeof(left), "%-3s --%s%s%s", letter, info->name,
			 info->value ? " " : "", info->value ? info->value : "");
		help_line(left, info->help);
	}
}

void command_help(const struct mode *const *modes, const struct mode *mode,
		  const struct operation *operation)
{
	if (!mode) {
		print_text("The command to configure and read the NAT64 in the kernel.\n\n");
		all_usage(modes);
		print_text("\nWords and long options may be cut short as long as they are not "
			   "ambiguous (`jool se d`).\n\nOptions:\n");
		option_help(OPTIONS_COMMON, 0);
		return;
	}
	print_format("%s\n\n", mode->help);
	mode_usage(mode, operation);
	print_text("\n");
	for (size_t i = 0; i < mode->count; i++) {
		if (!command_alone(mode) && (!operation || operation == &mode->operations[i]))
			help_line(mode->operations[i].name, mode->operations[i].help);
	}
	print_text(command_alone(mode) ? "Options:\n" : "\nOptions:\n");
	option_help((operation ? operation->options : options_of(mode)) |
		    (OPTIONS_COMMON & ~OPTION_BIT(VERSION)), options_of(mode));
}

static int print_help(const struct mode *const *modes, const struct request *request)
{
	if (request->given & OPTION_BIT(VERSION))
		print_text(JOOL_VERSION "\n");
	else if (request->given & OPTION_BIT(HELP))
		command_help(modes, request->mode, request->operation);
	else if (request->mode)
		mode_usage(request->mode, request->operation);
	else
		all_usage(modes);
	return EXIT_DONE;
}

/* ---- the whole line ---- */

bool command_check_instance(const char *name)
{
	size_t len = strlen(name);
	bool good = len && len <= JOOL_NAME_MAX && jool_text_is_clean(name);

	if (!good)
		print_error("'%s' is no name of an instance (1 to %d bytes of UTF-8, none of them a "
			    "control character).", name, JOOL_NAME_MAX);
	return good;
}

static bool take_option(struct request *request, const struct scan *scan)
{
	request->given |= OPTION_BIT_OF(scan->option);
	request->values[scan->option] = scan->value;
	if (scan->option != OPTION_INSTANCE)
		return true;
	if (!command_check_instance(scan->value))
		return false;
	if (request->named && strcmp(request->instance, scan->value)) {
		print_error("Two instances are named: '%s' and '%s'.", request->instance,
			    scan->value);
		return false;
	}
	request->instance = scan->value;
	request->named = true;
	return true;
}

static bool take_word(struct request *request, const char *word)
{
	if (request->count >= request->operation->most) {
		print_error("Unexpected argument of '%s%s%s': '%s'.", request->mode->name,
			    request->operation->name[0] ? " " : "", request->operation->name, word);
		return false;
	}
	request->words[request->count++] = word;
	return true;
}

/*
 * Takes options up to the first word, which is left in scan->word. False if the line is not
 * understood.
 */
static bool take_options(struct request *request, struct scan *scan)
{
	for (;;) {
		switch (command_scan(scan)) {
		case SCAN_OPTION:
			if (!take_option(request, scan))
				return false;
			break;
		case SCAN_WORD:
			return true;
		case SCAN_END:
			scan->word = NULL;
			return true;
		default:
			return false;
		}
	}
}

/*
 * The word that is the operation: the first one that is neither an option nor the value of one.
 * Options that are not understood are complained about later.
 */
static const char *operation_word(char *const *argv, const struct mode *mode)
{
	struct scan scan = command_scan_of(argv, mode, NULL);

	scan.mute = true;
	for (;;) {
		switch (command_scan(&scan)) {
		case SCAN_WORD:
			return scan.word;
		case SCAN_END:
		case SCAN_VALUE_MISSING:
			return NULL;
		default:
			break;
		}
	}
}

static int needs_operation(const struct mode *mode)
{
	const char *names[CANDIDATES_MAX] = { NULL };
	char text[256] = "";

	operation_names(mode, names);
	list_words(text, sizeof(text), "", "", names);
	print_error("'%s' needs an operation:%s", mode->name, text);
	return EXIT_USAGE;
}

/* What follows the mode. */
static int parse_rest(const struct mode *const *modes, char *const *argv, struct request *request)
{
	const char *operation = NULL;
	bool skipped = false;
	struct scan scan;

	request->operation = command_alone(request->mode);
	if (!request->operation)
		operation = operation_word(argv, request->mode);
	if (operation) {
		request->operation = command_operation(request->mode, operation);
		if (!request->operation)
			return EXIT_USAGE;
	}
	scan = command_scan_of(argv, request->mode, request->operation);
	for (;;) {
		if (!take_options(request, &scan))
			return EXIT_USAGE;
		if (request->given & OPTIONS_HELP)
			return print_help(modes, request);
		if (!scan.word)
			return request->operation ? COMMAND_RUN : needs_operation(request->mode);
		if (scan.word == operation && !skipped)
			skipped = true;
		else if (!take_word(request, scan.word))
			return EXIT_USAGE;
	}
}

static int no_arguments(const struct mode *const *modes)
{
	print_to(STDERR_FILENO);
	all_usage(modes);
	print_flush();
	return EXIT_USAGE;
}

int command_parse(const struct mode *const *modes, int argc, char **argv, struct request *request)
{
	struct scan scan = { .argv = argv + 1 };

	memset(request, 0, sizeof(*request));
	request->instance = JOOL_NAME_DEFAULT;
	if (argc < 2)
		return no_arguments(modes);
	if (!take_options(request, &scan))
		return EXIT_USAGE;
	if (request->given & OPTIONS_HELP)
		return print_help(modes, request);
	if (!scan.word) {
		print_error("A mode is missing; see `jool --help`.");
		return EXIT_USAGE;
	}
	request->mode = command_mode(modes, scan.word);
	if (!request->mode)
		return EXIT_USAGE;
	return parse_rest(modes, scan.argv, request);
}

bool command_proto(const struct request *request, uint8_t otherwise, uint8_t *proto)
{
	*proto = otherwise;
	switch (request->given & (OPTIONS_PROTO | OPTION_BIT(ALL_PROTOS))) {
	case 0:
		return true;
	case OPTION_BIT(ALL_PROTOS):
		*proto = 0;
		return true;
	case OPTION_BIT(TCP):
		*proto = IPPROTO_TCP;
		return true;
	case OPTION_BIT(UDP):
		*proto = IPPROTO_UDP;
		return true;
	case OPTION_BIT(ICMP):
		*proto = IPPROTO_ICMP;
		return true;
	}
	print_error(command_has(request, ALL_PROTOS)
			    ? "Only one protocol is allowed per request, or --all."
			    : "Only one protocol is allowed per request.");
	return false;
}
