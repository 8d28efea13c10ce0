// SPDX-License-Identifier: GPL-2.0-only
#include "global.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "nl.h"
#include "parse.h"
#include "print.h"
#include "table.h"

/* Number of an option within the tables here; on the wire it is one more. */
#define KEY(id) (JOOL_GLOBAL_##id - 1)

#define VALUE_MAX GLOBAL_VALUE_MAX

/* A limit that the memory of the machine sets. */
#define AUTOMATIC "auto"

static const struct {
	enum jool_global_type type;
	uint32_t min, max, min_force;
} options[] = {
#define JOOL_GLOBAL(id, field, key, type, def, min, max, min_force, help) \
	{ JOOL_G_##type, min, max, min_force },
#include "globals.def"
#undef JOOL_GLOBAL
};

const char *const global_keys[] = {
#define JOOL_GLOBAL(id, field, key, type, def, min, max, min_force, help) key,
#include "globals.def"
#undef JOOL_GLOBAL
	NULL
};

int global_match(const char *word)
{
	return command_match("key", word, global_keys, KEY(FORWARD_HOOK));
}

enum jool_global_type global_type(int key)
{
	return options[key].type;
}

/* ---- display ---- */

bool global_is_time(int key)
{
	return options[key].type == JOOL_G_MS || options[key].type == JOOL_G_MS_AUTO;
}

/* A value as it has come; the one for its type is set. */
struct value {
	uint32_t number;
	uint16_t plateaus[JOOL_PLATEAUS_MAX];
	char devices[JOOL_DEVICES_MAX][JOOL_DEVICE_NAME];
	size_t count;		/* of plateaus or devices */
	struct prefix6 prefix;
	bool automatic;		/* a limit that nobody has set */
};

static bool read_value(int key, struct value *value, const void *bytes, size_t len)
{
	uint32_t limit[2];

	*value = (struct value){ 0 };
	switch (options[key].type) {
	case JOOL_G_BOOL:
	case JOOL_G_U8:
		if (len != sizeof(uint8_t))
			return false;
		value->number = *(const uint8_t *)bytes;
		return true;
	case JOOL_G_U32:
	case JOOL_G_MS:
		if (len != sizeof(value->number))
			return false;
		memcpy(&value->number, bytes, len);
		return true;
	case JOOL_G_MS_AUTO:
	case JOOL_G_LIMIT: /* from the kernel, what it is and what was set; or the latter */
		if (len != sizeof(limit) && len != sizeof(limit[0]))
			return false;
		memcpy(limit, bytes, len);
		value->number = limit[0];
		value->automatic = limit[len / sizeof(limit[0]) - 1] == JOOL_LIMIT_AUTO;
		return true;
	case JOOL_G_PLATEAUS:
		if (!len || len % sizeof(value->plateaus[0]) || len > sizeof(value->plateaus))
			return false;
		memcpy(value->plateaus, bytes, len);
		value->count = len / sizeof(value->plateaus[0]);
		return true;
	case JOOL_G_DEVICES:
		if (len % JOOL_DEVICE_NAME || len > sizeof(value->devices))
			return false;
		memcpy(value->devices, bytes, len);
		value->count = len / JOOL_DEVICE_NAME;
		for (size_t i = 0; i < value->count; i++) {
			value->devices[i][JOOL_DEVICE_NAME - 1] = '\0';
			print_tame(value->devices[i]);
		}
		return true;
	case JOOL_G_PREFIX6:
		if (len != 17)
			return false;
		memcpy(&value->prefix.addr, bytes, 16);
		memcpy(&value->prefix.len, (const char *)bytes + 16, 1);
		return true;
	}
	return false;
}

static char *put_prefix(char *at, const struct prefix6 *prefix)
{
	at = print_put_in6(at, &prefix->addr);
	*at++ = '/';
	return print_put_u32(at, prefix->len);
}

static char *put_plateaus(char *at, const struct value *value)
{
	for (size_t i = 0; i < value->count; i++) {
		if (i)
			*at++ = ',';
		at = print_put_u32(at, value->plateaus[i]);
	}
	return at;
}

static char *put_devices(char *at, const struct value *value)
{
	for (size_t i = 0; i < value->count; i++) {
		if (i)
			*at++ = ',';
		at = print_put_text(at, value->devices[i]);
	}
	return at;
}

/* The value without decorations, except that a boolean is missing. */
static char *put_plain(char *at, int key, const struct value *value)
{
	switch (options[key].type) {
	case JOOL_G_MS:
	case JOOL_G_MS_AUTO:
		return print_put_time(at, value->number, false);
	case JOOL_G_PLATEAUS:
		return put_plateaus(at, value);
	case JOOL_G_DEVICES:
		return put_devices(at, value);
	case JOOL_G_PREFIX6:
		return put_prefix(at, &value->prefix);
	default:
		return print_put_u32(at, value->number);
	}
}

char *global_put(char *at, int key, const void *bytes, size_t len)
{
	struct value value;

	if (!read_value(key, &value, bytes, len))
		return NULL;
	if (options[key].type == JOOL_G_BOOL)
		return print_put_text(at, value.number ? "true" : "false");
	return value.automatic ? print_put_text(at, AUTOMATIC) : put_plain(at, key, &value);
}

static void explain_f_args(uint32_t bits)
{
	print_format(" (0b%u%u%u%u): SrcAddr:%u SrcPort:%u DstAddr:%u DstPort:%u", bits >> 3 & 1,
		     bits >> 2 & 1, bits >> 1 & 1, bits & 1, bits >> 3 & 1, bits >> 2 & 1,
		     bits >> 1 & 1, bits & 1);
}

bool global_print_console(int key, const void *bytes, size_t len)
{
	struct value value;
	char text[VALUE_MAX];

	if (!read_value(key, &value, bytes, len))
		return false;
	*(value.automatic ? put_plain(text, key, &value) : global_put(text, key, bytes, len)) = '\0';
	/* Scripts split at the colon and the blank. */
	print_format("  %s: %s", global_keys[key], text[0] ? text : "none");
	if (value.automatic)
		print_text(" (automatic)");
	if (global_is_time(key))
		print_text(" (HH:MM:SS)");
	if (key == KEY(F_ARGS))
		explain_f_args(value.number);
	print_text("\n");
	return true;
}

bool global_print_csv(int key, const void *bytes, size_t len)
{
	char text[VALUE_MAX], field[2 * VALUE_MAX];
	struct value value;

	if (!read_value(key, &value, bytes, len))
		return false;
	*put_plain(text, key, &value) = '\0';
	if (options[key].type == JOOL_G_BOOL)
		strcpy(text, value.number ? "TRUE" : "FALSE");
	*table_put_csv(field, text) = '\0';
	print_format("%s,%s\n", global_keys[key], field);
	return true;
}

static json_t *json_value(int key, const struct value *value)
{
	char text[VALUE_MAX];
	json_t *list;

	switch (options[key].type) {
	case JOOL_G_BOOL:
		return json_boolean(value->number);
	case JOOL_G_PLATEAUS:
		list = json_array();
		for (size_t i = 0; i < value->count; i++)
			json_array_append_new(list, json_integer(value->plateaus[i]));
		return list;
	case JOOL_G_DEVICES:
		list = json_array();
		for (size_t i = 0; i < value->count; i++)
			json_array_append_new(list, json_string(value->devices[i]));
		return list;
	case JOOL_G_PREFIX6:
		*put_prefix(text, &value->prefix) = '\0';
		return json_string(text);
	default:
		return json_integer(value->number);
	}
}

bool global_print_json(int key, const void *bytes, size_t len)
{
	struct value value;
	char name[64];

	if (!read_value(key, &value, bytes, len))
		return false;
	snprintf(name, sizeof(name), "%s%s", global_keys[key],
		 global_is_time(key) ? "_ms" : "");
	for (char *c = name; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
	print_format("\"%s\":", name);
	table_json(json_value(key, &value));
	return true;
}

bool global_is_automatic(int key, const void *bytes, size_t len)
{
	struct value value;

	return read_value(key, &value, bytes, len) && value.automatic;
}

bool global_is_forced(int key, const void *bytes, size_t len)
{
	struct value value;

	if (!read_value(key, &value, bytes, len))
		return false;
	switch (options[key].type) {
	case JOOL_G_U32:
	case JOOL_G_MS:
		return value.number < options[key].min;
	case JOOL_G_MS_AUTO:
		return !value.automatic && value.number < options[key].min;
	case JOOL_G_PREFIX6: /* bits 64 to 71 (RFC 6052 2.2) */
		return value.prefix.addr.s6_addr[8];
	default:
		return false;
	}
}

struct display {
	const struct request *request;
	const char *separator;	/* before the next member, in JSON */
	bool malformed;
};

static bool print_one(int attr, const void *value, size_t len, void *arg)
{
	struct display *display = arg;
	int key = attr - 1;

	if (key < 0 || attr > JOOL_GLOBAL_MAX)
		return true; /* of a newer module */
	if (command_has(display->request, JSON)) {
		print_text(display->separator);
		display->separator = ",";
		return global_print_json(key, value, len);
	}
	if (command_has(display->request, CSV))
		return global_print_csv(key, value, len);
	return global_print_console(key, value, len);
}

static bool print_all(struct nl_row *row, void *arg)
{
	struct display *display = arg;
	const struct request *request = display->request;

	if (command_has(request, JSON)) {
		table_json_head(request->instance, "global");
		print_text("{");
	} else if (command_has(request, CSV) && !command_has(request, NO_HEADERS)) {
		print_text("Field,Value\n");
	}
	display->malformed = !nl_each(row->globals, row->globals_len, print_one, display);
	if (command_has(request, JSON))
		print_text("}}\n");
	return !display->malformed;
}

static int display_options(const struct request *request)
{
	struct display display = { .request = request, .separator = "" };
	struct nl *nl;
	int status;

	if (!table_check_format(request))
		return EXIT_USAGE;
	nl = nl_begin(JOOL_CMD_GLOBAL_GET, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	status = nl_get(nl, NL_BIT(GLOBALS), print_all, &display);
	if (display.malformed) {
		nl_say_malformed();
		return EXIT_REFUSED;
	}
	return status;
}

/* ---- update ---- */

/* Whether a time that was parsed may be; `word` is what was parsed. */
static bool time_in_range(int key, const char *word, bool force, uint32_t value)
{
	uint32_t min = force ? options[key].min_force : options[key].min;
	char least[PRINT_TIME_MAX], most[PRINT_TIME_MAX], forced[PRINT_TIME_MAX];

	if (value >= min && value <= options[key].max)
		return true;
	*print_put_time(least, min, false) = '\0';
	*print_put_time(most, options[key].max, false) = '\0';
	*print_put_time(forced, options[key].min_force, false) = '\0';
	if (!force && value >= options[key].min_force && value < min)
		print_error("%s: '%s' is out of range; it is from %s to %s (with --force from %s).",
			    global_keys[key], word, least, most, forced);
	else
		print_error("%s: '%s' is out of range; it is from %s to %s.", global_keys[key],
			    word, least, most);
	return false;
}

bool global_keep_pool6(const struct prefix6 *pool6, const struct prefix6 *wanted)
{
	if (pool6->len == wanted->len && !memcmp(&pool6->addr, &wanted->addr, sizeof(pool6->addr)))
		return true;
	print_error("%s cannot be changed; it is set by `jool instance add`.",
		    global_keys[KEY(POOL6)]);
	return false;
}

/* A number, or AUTOMATIC, whose own number it may be as well, from when it meant that there is none. */
static bool parse_limit(const char *name, const char *word, uint32_t max, uint32_t *value)
{
	*value = JOOL_LIMIT_AUTO;
	if (!strcmp(word, AUTOMATIC) || parse_number(word, max, value))
		return true;
	print_error("%s: '%s' is neither %s nor a number from 0 to %u.", name, word, AUTOMATIC,
		    JOOL_LIMIT_AUTO - 1);
	return false;
}

bool global_parse(int key, const char *word, bool force, struct global_value *value)
{
	const char *name = global_keys[key];
	uint32_t number;
	size_t count;
	bool yes;

	switch (options[key].type) {
	case JOOL_G_BOOL:
		if (!parse_bool(name, word, &yes))
			return false;
		value->byte = yes;
		value->len = sizeof(value->byte);
		return true;
	case JOOL_G_U8:
		if (!parse_u32(name, word, options[key].min, options[key].max, &number))
			return false;
		value->byte = number;
		value->len = sizeof(value->byte);
		return true;
	case JOOL_G_U32:
		value->len = sizeof(value->word);
		return parse_u32(name, word, options[key].min, options[key].max, &value->word);
	case JOOL_G_LIMIT:
		value->len = sizeof(value->word);
		return parse_limit(name, word, options[key].max, &value->word);
	case JOOL_G_MS_AUTO:
		value->word = JOOL_LIMIT_AUTO;
		value->len = sizeof(value->word);
		if (!strcmp(word, AUTOMATIC))
			return true;
		return parse_time(name, word, &value->word) &&
		       time_in_range(key, word, force, value->word);
	case JOOL_G_MS:
		value->len = sizeof(value->word);
		return parse_time(name, word, &value->word) &&
		       time_in_range(key, word, force, value->word);
	case JOOL_G_PLATEAUS:
		if (!parse_plateaus(name, word, value->plateaus, JOOL_PLATEAUS_MAX, &count))
			return false;
		value->len = count * sizeof(value->plateaus[0]);
		return true;
	case JOOL_G_DEVICES:
		if (!parse_devices(name, word, value->devices, JOOL_DEVICES_MAX, &count))
			return false;
		value->len = count * JOOL_DEVICE_NAME;
		return true;
	case JOOL_G_PREFIX6:
		value->len = sizeof(value->pool6);
		return parse_prefix6(word, &value->pool6);
	}
	return false;
}

const char *const global_gone_keys[GLOBAL_GONE + 1] = {
	"ss-enabled", "ss-flush-asap", "ss-flush-deadline", "ss-capacity", "ss-max-payload",
	"ss-max-sessions-per-packet", NULL
};

bool global_gone_is_bool(int gone)
{
	return gone < 2;
}

enum global_gone global_gone(const char *word, const char *value)
{
	const char *const *keys = global_gone_keys;
	uint32_t number;
	bool yes;
	int key;

	if (strncmp(word, "ss-", 3))
		return GLOBAL_THERE;
	key = command_match("key", word, keys, 0);
	if (key < 0)
		return GLOBAL_REFUSED;
	if (global_gone_is_bool(key) ? !parse_bool(keys[key], value, &yes)
				     : !parse_u32(keys[key], value, 0, UINT32_MAX, &number))
		return GLOBAL_REFUSED;
	if (key == 0 && yes) {
		print_error("ss-enabled: sessions are not copied to other translators; `jool "
			    "session follow --json` reports them as they begin and end.");
		return GLOBAL_REFUSED;
	}
	print_warning("%s has no effect: sessions are not copied to other translators.", keys[key]);
	return GLOBAL_IGNORED;
}

enum global_gone global_parse_update(const struct request *request, int *key,
				     struct global_value *value)
{
	enum global_gone gone;

	if (request->count < 2) {
		print_error("The command is missing %s (jool global update KEY VALUE).",
			    request->count ? "the value" : "the key and its value");
		return GLOBAL_REFUSED;
	}
	gone = global_gone(request->words[0], request->words[1]);
	if (gone != GLOBAL_THERE)
		return gone;
	*key = global_match(request->words[0]);
	if (*key < 0 ||
	    !global_parse(*key, request->words[1], command_has(request, FORCE), value))
		return GLOBAL_REFUSED;
	return GLOBAL_THERE;
}

static bool take_pool6(int attr, const void *bytes, size_t len, void *pool6)
{
	struct value value;

	if (attr != JOOL_GLOBAL_POOL6)
		return true;
	if (!read_value(KEY(POOL6), &value, bytes, len))
		return false;
	*(struct prefix6 *)pool6 = value.prefix;
	return true;
}

static bool find_pool6(struct nl_row *row, void *pool6)
{
	return nl_each(row->globals, row->globals_len, take_pool6, pool6);
}

static int update_pool6(const struct request *request, const struct prefix6 *wanted)
{
	struct nl *nl = nl_begin(JOOL_CMD_GLOBAL_GET, request->instance);
	struct prefix6 pool6 = { .len = 0 };
	int status = nl ? nl_get(nl, NL_BIT(GLOBALS), find_pool6, &pool6) : EXIT_REFUSED;

	if (status != EXIT_DONE)
		return status;
	return global_keep_pool6(&pool6, wanted) ? EXIT_DONE : EXIT_USAGE;
}

static int update(const struct request *request)
{
	struct global_value value;
	struct nl *nl;
	int key;

	switch (global_parse_update(request, &key, &value)) {
	case GLOBAL_THERE:
		break;
	case GLOBAL_IGNORED:
		return EXIT_DONE;
	case GLOBAL_REFUSED:
		return EXIT_USAGE;
	}
	if (global_type(key) == JOOL_G_PREFIX6)
		return update_pool6(request, &value.pool6);
	nl = nl_begin(JOOL_CMD_GLOBAL_SET, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	if (command_has(request, FORCE))
		nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_FORCE);
	nl_nest(nl, JOOL_A_GLOBALS);
	nl_put(nl, key + 1, value.bytes, value.len);
	return nl_do(nl);
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTIONS_FORMAT,
		.help = "Show the options and their values.",
		.run = display_options,
	}, {
		.name = "update",
		.words = "KEY VALUE",
		.most = 2,
		.kinds = { WORD_KEY, WORD_VALUE },
		.options = OPTION_BIT(FORCE),
		.help = "Change an option (--force: also below what the RFCs allow).",
		.run = update,
	},
};

const struct mode global_mode = {
	.name = "global",
	.help = "The options of an instance.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
