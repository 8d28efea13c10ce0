// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of JSON, as Jool 4 documents them. Jansson looks whether it is JSON, and knows what a string
 * says, but keeps no places; so the text is walked here, which is simple once it is known to be
 * well-formed.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "command.h"
#include "config.h"
#include "print.h"

/* More than any word that makes sense. */
#define WORD_MAX 1000

struct reader {
	const struct source *source;
	const struct config_options *options;
	struct config *config;
	bool bad;		/* there were error sentences */
	struct config_pool4 pool4;	/* the entry that is being read */
	struct config_bib bib;
};

/* ---- the text ---- */

static const char *blank(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

static const char *string_end(const char *at)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	return at + 1;
}

static const char *value_end(const char *at)
{
	int depth = 0;

	do {
		if (*at == '"') {
			at = string_end(at);
			continue;
		}
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
		at++;
	} while (depth || !strchr(",]} \t\r\n", *at));
	return at;
}

enum kind {
	KIND_STRING = 1 << 0,
	KIND_NUMBER = 1 << 1,
	KIND_BOOL = 1 << 2,
	KIND_NULL = 1 << 3,
	KIND_ARRAY = 1 << 4,
	KIND_OBJECT = 1 << 5,
};

static enum kind kind_of(const char *at)
{
	switch (*at) {
	case '"':
		return KIND_STRING;
	case 't':
	case 'f':
		return KIND_BOOL;
	case 'n':
		return KIND_NULL;
	case '[':
		return KIND_ARRAY;
	case '{':
		return KIND_OBJECT;
	}
	return KIND_NUMBER;
}

static const char *name_of_kind(enum kind kind)
{
	switch (kind) {
	case KIND_STRING:
		return "a string";
	case KIND_NUMBER:
		return "a number";
	case KIND_BOOL:
		return "a boolean";
	case KIND_NULL:
		return "null";
	case KIND_ARRAY:
		return "an array";
	case KIND_OBJECT:
		return "an object";
	}
	return "";
}

static bool is_kind(struct reader *reader, const char *at, const char *tag, unsigned int kinds,
		    const char *example)
{
	if (kind_of(at) & kinds)
		return true;
	source_place(reader->source, at, tag);
	print_error("This is %s, and should be like %s.", name_of_kind(kind_of(at)), example);
	reader->bad = true;
	return false;
}

static bool decode(const char *at, char word[WORD_MAX])
{
	json_t *value = json_loadb(at, string_end(at) - at, JSON_DECODE_ANY, NULL);
	const char *text = json_string_value(value);
	bool fits = text && strlen(text) < WORD_MAX;

	if (fits)
		strcpy(word, text);
	json_decref(value);
	return fits;
}

/* Numbers, booleans and null as they stand there; of an array what is between its brackets. */
static bool copy(const char *at, char word[WORD_MAX])
{
	const char *end = value_end(at);
	size_t len = 0;

	if (*at == '[') {
		at++;
		end--;
	}
	for (; at < end; at++) {
		if (isspace((unsigned char)*at))
			continue;
		if (len + 1 == WORD_MAX)
			return false;
		word[len++] = *at;
	}
	word[len] = '\0';
	return true;
}

/* The value as word, if it is of one of these kinds. */
static bool get_word(struct reader *reader, const char *at, const char *tag, unsigned int kinds,
		     const char *example, char word[WORD_MAX])
{
	if (!is_kind(reader, at, tag, kinds, example))
		return false;
	if (*at == '"' ? decode(at, word) : copy(at, word))
		return true;
	source_place(reader->source, at, tag);
	print_error("This is too long, and should be like %s.", example);
	reader->bad = true;
	return false;
}

/* ---- objects and arrays ---- */

static int find_in_tags(const char *word, const char *const *tags)
{
	for (int i = 0; tags[i]; i++) {
		if (!strcasecmp(word, tags[i]))
			return i;
	}
	return -1;
}

static void say_unknown(const char *word, const char *const *tags)
{
	const char *near = command_nearest(word, tags);
	char text[500] = "";
	size_t len = 0;

	if (command_is_siit(word))
		return;
	if (near) {
		print_error("Unknown tag: '%s'. Did you mean '%s'?", word, near);
		return;
	}
	for (int i = 0; tags[i] && len < sizeof(text) - 64; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s '%s'", i ? "," : "", tags[i]);
	print_error("Unknown tag: '%s'. Available:%s.", word, text);
}

/* Which of the tags, -1: to be left out, perhaps after an error sentence. */
static int find_tag(struct reader *reader, const char *at, const char *const *tags)
{
	char word[WORD_MAX] = "";
	int tag;

	decode(at, word);
	if (!strcasecmp(word, "comment"))
		return -1;
	tag = find_in_tags(word, tags);
	if (tag >= 0)
		return tag;
	source_place(reader->source, at, NULL);
	say_unknown(word, tags);
	reader->bad = true;
	return -1;
}

/* Calls `member` for each member. Returns the set of tags, by number, that were there. */
static uint64_t read_object(struct reader *reader, const char *at, const char *const *tags,
			    void (*member)(struct reader *reader, int tag, const char *at))
{
	uint64_t seen = 0;
	const char *key;
	int tag;

	for (at = blank(at + 1); *at != '}'; at = blank(at + (*at == ','))) {
		key = at;
		at = blank(string_end(at));
		at = blank(at + 1); /* the colon */
		tag = find_tag(reader, key, tags);
		if (tag >= 0 && seen & UINT64_C(1) << tag) {
			source_place(reader->source, key, NULL);
			print_error("Multiple '%s' tags found.", tags[tag]);
			reader->bad = true;
		} else if (tag >= 0) {
			seen |= UINT64_C(1) << tag;
			member(reader, tag, at);
		}
		at = blank(value_end(at));
	}
	return seen;
}

static void read_array(struct reader *reader, const char *at,
		       void (*element)(struct reader *reader, const char *at))
{
	for (at = blank(at + 1); *at != ']'; at = blank(at + (*at == ','))) {
		element(reader, at);
		at = blank(value_end(at));
	}
}

/* Are the first `count` of the tags there? */
static void check_complete(struct reader *reader, const char *at, uint64_t seen,
			   const char *const *tags, int count)
{
	for (int i = 0; i < count; i++) {
		if (seen & UINT64_C(1) << i)
			continue;
		source_place(reader->source, at, NULL);
		print_error("The tag '%s' is missing.", tags[i]);
		reader->bad = true;
	}
}

/* ---- what the tags say ---- */

static void read_protocol(struct reader *reader, const char *tag, const char *at, uint8_t *proto)
{
	static const char *const names[] = { "TCP", "UDP", "ICMP", NULL };
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	char word[WORD_MAX];
	int found;

	if (!get_word(reader, at, tag, KIND_STRING, "\"TCP\"", word))
		return;
	found = find_in_tags(word, names);
	if (found < 0) {
		source_place(reader->source, at, tag);
		print_error("'%s' is none of: TCP, UDP, ICMP.", word);
		reader->bad = true;
		return;
	}
	*proto = protos[found];
}

static void read_transport(struct reader *reader, const char *tag, const char *at, int family,
			   const char *example, struct transport *transport)
{
	char word[WORD_MAX];

	if (!get_word(reader, at, tag, KIND_STRING, example, word))
		return;
	source_place(reader->source, at, tag);
	if (!parse_transport(word, transport)) {
		reader->bad = true;
	} else if (transport->family != family) {
		print_error("'%s' is an %s transport address, and should be like %s.", word,
			    family == AF_INET ? "IPv6" : "IPv4", example);
		reader->bad = true;
	}
}

enum { BIB_PROTOCOL, BIB_NODE6, BIB_NODE4 };

static const char *const bib_tags[] = {
	[BIB_PROTOCOL] = "protocol", [BIB_NODE6] = "ipv6 address", [BIB_NODE4] = "ipv4 address",
	NULL
};

static void read_bib_tag(struct reader *reader, int tag, const char *at)
{
	struct bib_entry *entry = &reader->bib.entry;
	const char *name = bib_tags[tag];

	switch (tag) {
	case BIB_PROTOCOL:
		read_protocol(reader, name, at, &entry->proto);
		break;
	case BIB_NODE6:
		read_transport(reader, name, at, AF_INET6, "\"2001:db8::1#80\"", &entry->node6);
		break;
	case BIB_NODE4:
		read_transport(reader, name, at, AF_INET, "\"192.0.2.1#80\"", &entry->node4);
		break;
	}
}

static void read_bib(struct reader *reader, const char *at)
{
	uint64_t seen;

	reader->bib = (struct config_bib){ .where = at };
	if (!is_kind(reader, at, "bib", KIND_OBJECT, "{ \"protocol\": ..., ... }"))
		return;
	seen = read_object(reader, at, bib_tags, read_bib_tag);
	check_complete(reader, at, seen, bib_tags, 3);
	config_add_bib(reader->config, &reader->bib);
}

enum { POOL4_PROTOCOL, POOL4_PREFIX, POOL4_PORTS, POOL4_MARK, POOL4_ITERATIONS };

static const char *const pool4_tags[] = {
	[POOL4_PROTOCOL] = "protocol", [POOL4_PREFIX] = "prefix", [POOL4_PORTS] = "port range",
	[POOL4_MARK] = "mark", [POOL4_ITERATIONS] = "max-iterations", NULL
};

/* What the tags are to be like. */
static const struct {
	unsigned int kinds;
	const char *example;
} pool4_kinds[] = {
	[POOL4_PREFIX] = { KIND_STRING, "\"192.0.2.0/28\"" },
	[POOL4_PORTS] = { KIND_STRING | KIND_NUMBER, "\"1024-32767\"" },
	[POOL4_MARK] = { KIND_NUMBER, "7" },
	[POOL4_ITERATIONS] = { KIND_NUMBER | KIND_STRING, "1024, \"auto\" or \"infinity\"" },
};

static bool parse_pool4_tag(struct pool4_entry *entry, int tag, const char *word)
{
	switch (tag) {
	case POOL4_PREFIX:
		return parse_prefix4(word, &entry->prefix) &&
		       pool4_check_prefix(&entry->prefix, entry->force);
	case POOL4_PORTS:
		return parse_ports(word, &entry->ports);
	case POOL4_MARK:
		return parse_u32(pool4_tags[tag], word, 0, UINT32_MAX, &entry->mark);
	case POOL4_ITERATIONS:
		return pool4_parse_iterations(pool4_tags[tag], word, &entry->iterations);
	}
	return false;
}

static void read_pool4_tag(struct reader *reader, int tag, const char *at)
{
	const char *name = pool4_tags[tag];
	char word[WORD_MAX];

	if (tag == POOL4_PROTOCOL) {
		read_protocol(reader, name, at, &reader->pool4.entry.proto);
		return;
	}
	if (!get_word(reader, at, name, pool4_kinds[tag].kinds, pool4_kinds[tag].example, word))
		return;
	/* Sentences about numbers name the tag by themselves. */
	source_place(reader->source, at, tag < POOL4_MARK ? name : NULL);
	if (!parse_pool4_tag(&reader->pool4.entry, tag, word))
		reader->bad = true;
}

static void read_pool4(struct reader *reader, const char *at)
{
	uint64_t seen;

	reader->pool4 = (struct config_pool4){
		.where = at,
		.entry = {
			.ports = { JOOL_POOL4_DEFAULT_MIN, JOOL_POOL4_DEFAULT_MAX, false },
			.force = reader->options->force,
		},
	};
	if (!is_kind(reader, at, "pool4", KIND_OBJECT, "{ \"protocol\": ..., ... }"))
		return;
	seen = read_object(reader, at, pool4_tags, read_pool4_tag);
	check_complete(reader, at, seen, pool4_tags, 2);
	config_add_pool4(reader->config, &reader->pool4);
}

static void read_pool6(struct reader *reader, const char *at)
{
	struct config *config = reader->config;
	char word[WORD_MAX];

	if (!get_word(reader, at, "pool6", KIND_STRING | KIND_NULL, "\"64:ff9b::/96\"", word) ||
	    kind_of(at) == KIND_NULL)
		return;
	source_place(reader->source, at, "pool6");
	if (!parse_pool6(word, &config->pool6))
		reader->bad = true;
	config->has_pool6 = true;
	config->pool6_where = at;
}

/* What a value of a type of option is to be like. */
static const struct {
	unsigned int kinds;
	const char *example;
} global_kinds[] = {
	[JOOL_G_BOOL] = { KIND_BOOL, "true or false" },
	[JOOL_G_U8] = { KIND_NUMBER, "11" },
	[JOOL_G_U32] = { KIND_NUMBER, "1500" },
	[JOOL_G_LIMIT] = { KIND_NUMBER, "100000" },
	[JOOL_G_MS] = { KIND_STRING | KIND_NULL, "\"2:00:00\"" },
	[JOOL_G_MS_AUTO] = { KIND_STRING | KIND_NULL, "\"0:04:00\" or \"auto\"" },
	[JOOL_G_PLATEAUS] = { KIND_ARRAY, "[ 65535, 1500, 1280 ]" },
	[JOOL_G_DEVICES] = { KIND_STRING, "\"eth0,eth1\"" },
};

/* One of Jool 4's options that are not there; its value is not always good for nothing. */
static void read_gone(struct reader *reader, int gone, const char *at)
{
	const char *tag = global_gone_keys[gone];
	bool is_bool = global_gone_is_bool(gone);
	char word[WORD_MAX];

	if (!get_word(reader, at, tag, is_bool ? KIND_BOOL : KIND_NUMBER, is_bool ? "false" : "512",
		      word))
		return;
	source_place(reader->source, at, NULL);
	if (global_gone(tag, word) == GLOBAL_REFUSED)
		reader->bad = true;
}

static void read_global_tag(struct reader *reader, int key, const char *at)
{
	struct config_global *global;
	enum jool_global_type type;
	char word[WORD_MAX];

	if (key >= JOOL_GLOBAL_MAX) {
		read_gone(reader, key - JOOL_GLOBAL_MAX, at);
		return;
	}
	global = &reader->config->globals[key];
	type = global_type(key);
	if (type == JOOL_G_PREFIX6) {
		read_pool6(reader, at);
		return;
	}
	/* null: the default, as if it were not there. */
	if (!get_word(reader, at, global_keys[key], global_kinds[type].kinds,
		      global_kinds[type].example, word) || kind_of(at) == KIND_NULL)
		return;
	source_place(reader->source, at, NULL);
	global->given = true;
	global->where = at;
	if (!global_parse(key, word, reader->options->force, &global->value))
		reader->bad = true;
}

/* The options, and behind them those of Jool 4 that are not there. */
static void read_globals(struct reader *reader, const char *at)
{
	const char *tags[JOOL_GLOBAL_MAX + GLOBAL_GONE + 1] = { NULL };

	for (int i = 0; i < JOOL_GLOBAL_MAX; i++)
		tags[i] = global_keys[i];
	for (int i = 0; i < GLOBAL_GONE; i++)
		tags[JOOL_GLOBAL_MAX + i] = global_gone_keys[i];
	read_object(reader, at, tags, read_global_tag);
}

static void read_instance(struct reader *reader, const char *at)
{
	const char *asked = reader->options->instance;
	char word[WORD_MAX];

	if (!get_word(reader, at, "instance", KIND_STRING, "\"default\"", word))
		return;
	source_place(reader->source, at, "instance");
	if (!command_check_instance(word)) {
		reader->bad = true;
		return;
	}
	if (asked && strcmp(word, asked)) {
		print_error("The instance is '%s' here, but '%s' is the one that was asked for.",
			    word, asked);
		reader->bad = true;
		return;
	}
	strcpy(reader->config->instance, word);
	reader->config->where = at;
}

static void read_framework(struct reader *reader, const char *at)
{
	char word[WORD_MAX];

	if (!get_word(reader, at, "framework", KIND_STRING, "\"netfilter\"", word) ||
	    !strcasecmp(word, "netfilter"))
		return;
	source_place(reader->source, at, "framework");
	if (!strcasecmp(word, "iptables"))
		print_error("There is no iptables: this translator needs no iptables rule, it "
			    "attaches to netfilter's hooks by itself. Use \"netfilter\".");
	else
		print_error("'%s' is not netfilter, and there is no other framework.", word);
	reader->bad = true;
}

enum { ROOT_INSTANCE, ROOT_FRAMEWORK, ROOT_GLOBAL, ROOT_POOL4, ROOT_BIB, ROOT_FORCE, ROOT_SCHEMA };

static const char *const root_tags[] = {
	[ROOT_INSTANCE] = "instance", [ROOT_FRAMEWORK] = "framework", [ROOT_GLOBAL] = "global",
	[ROOT_POOL4] = "pool4", [ROOT_BIB] = "bib", [ROOT_FORCE] = "force",
	[ROOT_SCHEMA] = "$schema", NULL
};

static void read_root_tag(struct reader *reader, int tag, const char *at)
{
	switch (tag) {
	case ROOT_INSTANCE:
		read_instance(reader, at);
		break;
	case ROOT_FRAMEWORK:
		read_framework(reader, at);
		break;
	case ROOT_GLOBAL:
		if (is_kind(reader, at, "global", KIND_OBJECT, "{ \"pool6\": ..., ... }"))
			read_globals(reader, at);
		break;
	case ROOT_POOL4:
		if (is_kind(reader, at, "pool4", KIND_ARRAY, "[ { \"protocol\": ..., ... } ]"))
			read_array(reader, at, read_pool4);
		break;
	case ROOT_BIB:
		reader->config->has_bib = true;
		if (is_kind(reader, at, "bib", KIND_ARRAY, "[ { \"protocol\": ..., ... } ]"))
			read_array(reader, at, read_bib);
		break;
	case ROOT_FORCE: /* this is read before the others */
		is_kind(reader, at, "force", KIND_BOOL, "true or false");
		break;
	}
}

/* Is it JSON? `force` becomes true if it says so. */
static bool is_json(const struct source *source, bool *force)
{
	json_error_t error;
	json_t *root = json_loadb(source->text, source->len, 0, &error);
	const char *key;
	json_t *value;

	if (!root)
		print_error("%s:%d:%d: This is no JSON: %s.", source->name, error.line,
			    error.column, error.text);
	json_object_foreach(root, key, value) {
		if (!strcasecmp(key, root_tags[ROOT_FORCE]))
			*force |= json_is_true(value);
	}
	json_decref(root);
	return root;
}

bool config_parse_json(const struct source *source, const struct config_options *asked,
		       struct config **config)
{
	struct config_options options = *asked;
	struct reader reader = { .source = source, .options = &options };
	const char *root = blank(source->text);

	if (!is_json(source, &options.force))
		return false;
	*config = config_new(options.instance ? options.instance : JOOL_NAME_DEFAULT);
	reader.config = *config;
	reader.config->where = root;
	reader.config->force = options.force;
	read_object(&reader, root, root_tags, read_root_tag);
	return !reader.bad;
}
