// SPDX-License-Identifier: GPL-2.0-only
#include "instance.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "print.h"
#include "source.h"

#define RULE "+--------------------+-----------------+-----------+\n"

/* The only way to attach, shown for Jool 4's scripts. */
#define FRAMEWORK "netfilter"

struct own {
	uint32_t netns;
	nl_row_fn row;
	void *arg;
};

static bool take_own(struct nl_row *row, void *arg)
{
	const struct own *own = arg;

	return row->netns != own->netns || own->row(row, own->arg);
}

int instance_list_own(nl_row_fn row, void *arg)
{
	struct own own = { .row = row, .arg = arg };
	struct stat file;
	struct nl *nl;

	if (stat("/proc/self/ns/net", &file)) {
		print_error("Cannot tell this network namespace (is /proc mounted?).");
		return EXIT_REFUSED;
	}
	own.netns = file.st_ino;
	nl = nl_begin(JOOL_CMD_INSTANCE_GET, NULL);
	return nl ? nl_list(nl, NL_BIT(NETNS) | NL_BIT(INSTANCE), take_own, &own) : EXIT_REFUSED;
}

static void print_instance_head(const struct table *table)
{
	print_text(RULE);
	if (table->headers)
		print_text("|          Namespace |            Name | Framework |\n" RULE);
}

static void print_instance_tail(void)
{
	print_text(RULE);
}

static void print_instance(const struct table *table, const struct table_row *row)
{
	const char *name = row->nl.instance;

	(void)table;
	print_format("| %18u | %*s%s | %9s |\n", row->nl.netns,
		     JOOL_NAME_MAX - (int)print_characters(name, name + strlen(name)), "", name,
		     row->text);
}

static bool add_framework(struct nl_row *nl, void *table)
{
	struct table_row row = { .nl = *nl, .text = FRAMEWORK };

	return table_add_row(&row, table);
}

static const struct column columns[] = {
	COLUMN("Namespace", "netns", COLUMN_U32, netns),
	COLUMN("Name", "name", COLUMN_CHARS, instance),
	COLUMN_OWN("Framework", "framework", COLUMN_TEXT, text),
	COLUMN(NULL, "pool6", COLUMN_POOL6, pool6),
};

const struct table_kind instance_table = {
	.cmd = JOOL_CMD_INSTANCE_GET,
	.need = NL_BIT(NETNS) | NL_BIT(INSTANCE) | NL_BIT(POOL6) | NL_BIT(POOL6_LEN),
	.of_all = true,
	.json = "instances",
	.columns = columns,
	.count = sizeof(columns) / sizeof(columns[0]),
	.head = print_instance_head,
	.row = print_instance,
	.tail = print_instance_tail,
	.take = add_framework,
};

static int display_instances(const struct request *request)
{
	if (request->named)
		print_warning("instance display ignores the instance name argument.");
	return table_display(&instance_table, request);
}

/* The instance that is named as word or with -i. NULL after an error sentence. */
static const char *name_of_instance(const struct request *request)
{
	const char *word = request->count ? request->words[0] : request->instance;

	if (!command_check_instance(word))
		return NULL;
	if (request->named && strcmp(word, request->instance)) {
		print_error("Two instances are named: '%s' and '%s'.", request->instance, word);
		return NULL;
	}
	return word;
}

static bool check_framework(const struct request *request)
{
	if (!command_has(request, IPTABLES))
		return true;
	print_error("There is no --iptables: this translator needs no iptables rule, it attaches "
		    "to netfilter's hooks by itself. Use --netfilter, or neither.");
	return false;
}

bool instance_parse_add(const struct request *request, const char **name, struct prefix6 *pool6)
{
	const char *word = request->values[OPTION_POOL6];

	*name = name_of_instance(request);
	if (!*name || !check_framework(request))
		return false;
	if (!word) {
		print_error("The command is missing the IPv6 prefix (--pool6 64:ff9b::/96).");
		return false;
	}
	return parse_pool6(word, pool6);
}

static int add_instance_of(const struct request *request)
{
	struct prefix6 prefix;
	const char *name;
	struct nl *nl;

	if (!instance_parse_add(request, &name, &prefix))
		return EXIT_USAGE;
	nl = nl_begin(JOOL_CMD_INSTANCE_ADD, name);
	if (!nl)
		return EXIT_REFUSED;
	nl_put(nl, JOOL_A_POOL6, &prefix.addr, sizeof(prefix.addr));
	nl_put_u8(nl, JOOL_A_POOL6_LEN, prefix.len);
	if (command_has(request, FORCE))
		nl_put_u32(nl, JOOL_A_FLAGS, JOOL_FLAG_FORCE);
	return nl_do(nl);
}

static int remove_instance(const struct request *request)
{
	const char *name = name_of_instance(request);
	struct nl *nl;

	if (!name)
		return EXIT_USAGE;
	nl = nl_begin(JOOL_CMD_INSTANCE_REMOVE, name);
	return nl ? nl_do(nl) : EXIT_REFUSED;
}

static int flush_instances(const struct request *request)
{
	struct nl *nl;

	if (request->named) {
		print_error("'instance flush' removes every instance of this namespace; use "
			    "`jool instance remove %s` to remove one.", request->instance);
		return EXIT_USAGE;
	}
	nl = nl_begin(JOOL_CMD_INSTANCE_FLUSH, NULL);
	return nl ? nl_do(nl) : EXIT_REFUSED;
}

/* ---- status ---- */

enum status { RUNNING, DEAD, UNKNOWN };

static enum status find_status(const char *name, int *error)
{
	/* The only request that needs no privilege. */
	struct nl *nl = nl_begin(JOOL_CMD_STATS_GET, name);

	*error = 0;
	if (!nl)
		return DEAD;
	*error = nl_probe(nl);
	if (!*error)
		return RUNNING;
	return *error == ENOENT ? DEAD : UNKNOWN;
}

static void print_status(enum status status, const char *name, int error)
{
	static const char *const words[] = { "Running", "Dead", "Status unknown" };

	print_format("%s\n", words[status]);
	if (error == ENOENT)
		print_format("(Instance '%s' does not exist.)\n", name);
	else if (error)
		print_error("%s.", strerror(error));
}

static void print_status_json(enum status status, const char *name)
{
	static const char *const words[] = { "running", "dead", "unknown" };

	table_json_head(name, "status");
	print_format("\"%s\"}\n", words[status]);
}

/* That it is dead is not a failure to say so: it stays on standard output. */
static int status(const struct request *request)
{
	const char *name = name_of_instance(request);
	enum status status;
	int error;

	if (!name)
		return EXIT_USAGE;
	status = find_status(name, &error);
	if (command_has(request, JSON))
		print_status_json(status, name);
	else
		print_status(status, name, error);
	print_flush();
	return status == RUNNING ? EXIT_DONE : EXIT_REFUSED;
}

/* ---- --file ---- */

/* The member `instance` of the document, in any case; NULL: there is none. */
static json_t *find_instance_tag(json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value) {
		if (!strcasecmp(key, "instance"))
			return value;
	}
	return NULL;
}

static bool take_name(struct request *request, const char *path, const char *name)
{
	static char taken[JOOL_NAME_MAX + 1];

	if (!name) {
		print_error("'%s' does not say which instance it is about: there is no \"instance\" "
			    "that is a string.", path);
		return false;
	}
	if (!command_check_instance(name))
		return false;
	if (request->named && strcmp(request->instance, name)) {
		print_error("Two instances are named: '%s' and, in '%s', '%s'.", request->instance,
			    path, name);
		return false;
	}
	strcpy(taken, name);
	request->instance = taken;
	request->named = true;
	return true;
}

int instance_take_file(struct request *request)
{
	const char *path = request->values[OPTION_FILE];
	struct source source;
	json_error_t error;
	json_t *root;
	bool good;

	if (!path)
		return EXIT_DONE;
	if (!source_read(&source, path))
		return EXIT_REFUSED;
	root = json_loadb(source.text, source.len, 0, &error);
	source_free(&source);
	if (!root) {
		print_error("%s:%d: %s.", source.name, error.line, error.text);
		return EXIT_USAGE;
	}
	good = take_name(request, path, json_string_value(find_instance_tag(root)));
	json_decref(root);
	return good ? EXIT_DONE : EXIT_USAGE;
}

static const struct operation operations[] = {
	{
		.name = "display",
		.words = "",
		.options = OPTIONS_FORMAT,
		.help = "List the instances that you may see, of all namespaces.",
		.run = display_instances,
	}, {
		.name = "add",
		.words = "[NAME]",
		.most = 1,
		.options = OPTION_BIT(POOL6) | OPTION_BIT(NETFILTER) | OPTION_BIT(IPTABLES) |
			   OPTION_BIT(FORCE),
		.required = OPTION_BIT(POOL6),
		.help = "Start translating in this namespace.",
		.run = add_instance_of,
	}, {
		.name = "remove",
		.words = "[NAME]",
		.most = 1,
		.kinds = { WORD_INSTANCE },
		.help = "Remove an instance and all it holds.",
		.run = remove_instance,
	}, {
		.name = "flush",
		.words = "",
		.help = "Remove every instance of this namespace.",
		.run = flush_instances,
	}, {
		.name = "status",
		.words = "[NAME]",
		.most = 1,
		.kinds = { WORD_INSTANCE },
		.options = OPTION_BIT(JSON),
		.help = "Say whether it runs; exit status 0 if it does, 2 if it does not.",
		.run = status,
	},
};

const struct mode instance_mode = {
	.name = "instance",
	.help = "The translators there are.",
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
