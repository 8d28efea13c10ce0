// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "memory.h"
#include "parse.h"
#include "print.h"
#include "text.h"
#include "words.h"

/* More than any row takes in CSV and JSON: two names and two services in quotes, and numbers. */
#define ROW_MAX 4096

static bool has_state(const struct table_row *row)
{
	return row->nl.present & UINT64_C(1) << JOOL_A_STATE;
}

/* ---- CSV ---- */

static char *put_quoted(char *at, const char *text)
{
	*at++ = '"';
	for (; *text; text++) {
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	*at++ = '"';
	return at;
}

char *table_put_csv(char *at, const char *text)
{
	return text[strcspn(text, ",\"\r\n")] ? put_quoted(at, text) : print_put_text(at, text);
}

static char *put_iterations(char *at, uint32_t iterations)
{
	return iterations == UINT32_MAX ? print_put_text(at, "infinite")
					: print_put_u32(at, iterations);
}

static const char *text_at(const void *value)
{
	const char *text = *(const char *const *)value;

	return text ? text : "";
}

static bool bit_of(const struct column *column, const struct table_row *row)
{
	return !!(row->nl.flags & column->bit) == (column->type == COLUMN_FLAG);
}

/* The value of a column, as CSV and JSON strings have it. */
static char *put_value(char *at, const struct column *column, const struct table_row *row)
{
	const void *value = (const char *)row + column->offset;

	switch (column->type) {
	case COLUMN_PROTO:
		return print_put_text(at, words_proto(*(const uint8_t *)value));
	case COLUMN_STATE:
		return has_state(row) ? print_put_text(at, words_state(row->nl.state)) : at;
	case COLUMN_IN6:
		return print_put_in6(at, value);
	case COLUMN_IN4:
		return print_put_in4(at, value);
	case COLUMN_POOL6:
		at = print_put_in6(at, value);
		*at++ = '/';
		return print_put_u32(at, row->nl.pool6_len);
	case COLUMN_PORT:
		return print_put_u32(at, ntohs(*(const in_port_t *)value));
	case COLUMN_U16:
		return print_put_u32(at, *(const uint16_t *)value);
	case COLUMN_U32:
		return print_put_u32(at, *(const uint32_t *)value);
	case COLUMN_U64:
		return print_put_u64(at, *(const uint64_t *)value);
	case COLUMN_ITERATIONS:
		return put_iterations(at, *(const uint32_t *)value);
	case COLUMN_MS:
		return print_put_time(at, *(const uint32_t *)value, true);
	case COLUMN_FLAG:
	case COLUMN_UNFLAG:
		*at++ = '0' + bit_of(column, row);
		return at;
	case COLUMN_TIME:
		return print_put_date(at, *(const uint64_t *)value);
	case COLUMN_REASON:
		return print_put_text(at, words_reason(*(const uint8_t *)value));
	case COLUMN_CHARS:
		return table_put_csv(at, value);
	case COLUMN_TEXT:
		return table_put_csv(at, text_at(value));
	case COLUMN_QUOTED:
		return put_quoted(at, text_at(value));
	}
	return at;
}

static const char *name_of_column(const struct column *column, const struct table_row *row)
{
	return column->name ? *(const char *const *)((const char *)row + column->name) : NULL;
}

static void csv_row(const struct table *table, const struct table_row *row)
{
	const struct column *column = table->kind->columns;
	const struct column *end = column + table->columns;
	char *at = print_reserve(ROW_MAX);
	const char *name;

	for (; column < end; column++) {
		if (!column->csv)
			continue;
		name = name_of_column(column, row);
		at = name ? table_put_csv(at, name) : put_value(at, column, row);
		*at++ = ',';
	}
	at[-1] = '\n';
	print_commit(at);
}

static void csv_head(const struct table *table)
{
	const char *comma = "";

	if (!table->headers)
		return;
	for (size_t i = 0; i < table->columns; i++) {
		if (!table->kind->columns[i].csv)
			continue;
		print_text(comma);
		print_text(table->kind->columns[i].csv);
		comma = ",";
	}
	print_text("\n");
}

/* ---- JSON ---- */

static int write_json(const char *bytes, size_t len, void *ignored)
{
	(void)ignored;
	print_bytes(bytes, len);
	return 0;
}

void table_json(struct json_t *value)
{
	if (!value || json_dump_callback(value, write_json, NULL, JSON_COMPACT | JSON_ENCODE_ANY))
		print_text("null");
	json_decref(value);
}

char *table_put_json(char *at, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	unsigned int len;

	*at++ = '"';
	for (; *text; text += len) {
		len = jool_text_character(text);
		if (*text == '"' || *text == '\\')
			*at++ = '\\';
		if (len) {
			at = mempcpy(at, text, len);
			continue;
		}
		len = 1;
		if (*text & 0x80) {
			*at++ = '?';
			continue;
		}
		at = print_put_text(at, "\\u00");
		*at++ = hex[*text >> 4];
		*at++ = hex[*text & 15];
	}
	*at++ = '"';
	return at;
}

/* The value as JSON has it. */
static char *put_json_value(char *at, const struct column *column, const struct table_row *row)
{
	const void *value = (const char *)row + column->offset;

	switch (column->type) {
	case COLUMN_PORT:
	case COLUMN_U16:
	case COLUMN_U32:
	case COLUMN_U64:
		return put_value(at, column, row);
	case COLUMN_MS:
		return print_put_u32(at, *(const uint32_t *)value);
	case COLUMN_FLAG:
	case COLUMN_UNFLAG:
		return print_put_text(at, bit_of(column, row) ? "true" : "false");
	case COLUMN_CHARS:
		return table_put_json(at, value);
	case COLUMN_TEXT:
	case COLUMN_QUOTED:
		return table_put_json(at, text_at(value));
	case COLUMN_ITERATIONS:
		if (*(const uint32_t *)value != UINT32_MAX)
			return put_value(at, column, row);
		break;
	case COLUMN_STATE:
		if (!has_state(row))
			return print_put_text(at, "null");
		break;
	default:
		break;
	}
	/* What is left needs no escapes. */
	*at++ = '"';
	at = put_value(at, column, row);
	*at++ = '"';
	return at;
}

static bool has_text(const struct column *column, const struct table_row *row)
{
	return (column->type != COLUMN_TEXT && column->type != COLUMN_QUOTED) ||
	       *text_at((const char *)row + column->offset);
}

/*
 * `"key":`. Of a key outer.inner, the object that it belongs in is begun if `*outer` (of `*len`
 * bytes, 0: none) is not it; the one before is ended.
 */
static char *put_key(char *at, const char *key, const char **outer, size_t *len)
{
	const char *dot = strchr(key, '.');
	size_t own = dot ? dot - key : 0;

	if (own != *len || memcmp(key, *outer, own)) {
		if (*len) {
			at[-1] = '}';
			*at++ = ',';
		}
		if (own) {
			*at++ = '"';
			at = mempcpy(at, key, own);
			at = print_put_text(at, "\":{");
		}
	}
	*outer = key;
	*len = own;
	*at++ = '"';
	at = print_put_text(at, dot ? dot + 1 : key);
	return print_put_text(at, "\":");
}

static void json_row(const struct table *table, const struct table_row *row)
{
	const struct column *column = table->kind->columns;
	const struct column *end = column + table->columns;
	char *at = print_reserve(ROW_MAX);
	const char *outer = "";
	size_t len = 0;

	if (table->kind->stream)
		at = print_put_text(at, "{\"version\":1,");
	else
		at = print_put_text(at, table->rows ? ",\n{" : "\n{");
	for (; column < end; column++) {
		if (!column->json || !has_text(column, row))
			continue;
		at = put_key(at, column->json, &outer, &len);
		at = put_json_value(at, column, row);
		*at++ = ',';
	}
	at[-1] = '}';
	if (len)
		*at++ = '}';
	if (table->kind->stream)
		*at++ = '\n';
	print_commit(at);
}

void table_json_head(const char *instance, const char *key)
{
	char *at;

	print_text("{\"version\":1,");
	if (instance) {
		print_text("\"instance\":");
		at = print_reserve(6 * strlen(instance) + 2);
		print_commit(table_put_json(at, instance));
		print_text(",");
	}
	print_format("\"%s\":", key);
}

/* ---- the table ---- */

static void print_row(struct table *table, const struct table_row *row)
{
	switch (table->format) {
	case TABLE_CONSOLE:
		table->kind->row(table, row);
		table->last = row->nl;
		break;
	case TABLE_CSV:
		csv_row(table, row);
		break;
	case TABLE_JSON:
		json_row(table, row);
		break;
	}
	table->rows++;
}

static void want_names(const struct table *table, const struct table_row *row)
{
	if (table->kind->resolve_src6)
		names_want(table->names, AF_INET6, &row->nl.src6);
	if (table->kind->resolve_dst4)
		names_want(table->names, AF_INET, &row->nl.dst4);
}

static void set_names(const struct table *table, struct table_row *row)
{
	if (table->kind->resolve_src6) {
		row->src6_name = names_find(table->names, AF_INET6, &row->nl.src6);
		row->src6_service = names_service(table->names, row->nl.proto, row->nl.src6_port);
	}
	if (table->kind->resolve_dst4) {
		row->dst4_name = names_find(table->names, AF_INET, &row->nl.dst4);
		row->dst4_service = names_service(table->names, row->nl.proto, row->nl.dst4_port);
	}
}

/* Prints the rows that waited for their names. */
static void print_window(struct table *table)
{
	names_start(table->names);
	for (size_t i = 0; i < table->waiting; i++)
		want_names(table, &table->window[i]);
	names_resolve(table->names);
	for (size_t i = 0; i < table->waiting; i++) {
		set_names(table, &table->window[i]);
		print_row(table, &table->window[i]);
	}
	table->waiting = 0;
}

bool table_add_row(struct table_row *row, struct table *table)
{
	if (!(row->nl.present & UINT64_C(1) << JOOL_A_PROTO))
		row->nl.proto = table->proto;
	if (!table->names) {
		print_row(table, row);
		return !print_failed();
	}
	table->window[table->waiting++] = *row;
	if (table->waiting == TABLE_WINDOW)
		print_window(table);
	return !print_failed();
}

bool table_add(struct nl_row *nl, void *table)
{
	struct table_row row = { .nl = *nl };

	return table_add_row(&row, table);
}

static void print_head(const struct table *table, const char *instance)
{
	switch (table->format) {
	case TABLE_CONSOLE:
		if (table->kind->head)
			table->kind->head(table);
		break;
	case TABLE_CSV:
		csv_head(table);
		break;
	case TABLE_JSON:
		if (table->kind->stream)
			break;
		table_json_head(instance, table->kind->json);
		print_text("[");
		break;
	}
}

static void print_tail(const struct table *table)
{
	if (table->format == TABLE_CONSOLE && table->kind->tail)
		table->kind->tail();
	if (table->format == TABLE_JSON && !table->kind->stream)
		print_text(table->rows ? "\n]}\n" : "]}\n");
}

bool table_check_format(const struct request *request)
{
	if (!command_has(request, CSV) || !command_has(request, JSON))
		return true;
	print_error("Only one of --csv and --json is allowed.");
	return false;
}

int table_begin(struct table *table, const struct table_kind *kind, const struct request *request,
		struct names *names)
{
	memset(table, 0, sizeof(*table));
	table->kind = kind;
	table->request = request;
	table->headers = !command_has(request, NO_HEADERS);
	table->names = names;
	table->columns = kind->count;
	if (kind->last_with && !(request->given & kind->last_with))
		table->columns--;
	if (!table_check_format(request))
		return table_end(table, EXIT_USAGE);
	if (command_has(request, CSV))
		table->format = TABLE_CSV;
	if (command_has(request, JSON))
		table->format = TABLE_JSON;
	if (names)
		table->window = memory_alloc(TABLE_WINDOW * sizeof(*table->window));
	print_head(table, kind->of_all ? NULL : request->instance);
	return EXIT_DONE;
}

int table_end(struct table *table, int status)
{
	if (table->kind->finish)
		table->kind->finish(table);
	if (status == EXIT_DONE && !print_failed()) {
		if (table->waiting)
			print_window(table);
		print_tail(table);
		if (table->names)
			names_warn(table->names);
	}
	names_free(table->names);
	free(table->window);
	return status;
}

/* The names that the request wants, NULL for none. False after an error sentence. */
static bool open_names(const struct table_kind *kind, const struct request *request,
		       struct names **names)
{
	struct names_options options = { .timeout = NAMES_TIMEOUT };
	const char *timeout = request->values[OPTION_DNS_TIMEOUT];

	*names = NULL;
	if (timeout && !parse_seconds("--dns-timeout", timeout, &options.timeout))
		return false;
	if (command_has(request, NUMERIC) || (!kind->resolve_src6 && !kind->resolve_dst4))
		return true;
	*names = names_new(&options);
	return true;
}

int table_display(const struct table_kind *kind, const struct request *request)
{
	uint8_t proto = IPPROTO_TCP;
	struct match match;
	struct table table;
	struct names *names;
	struct nl *nl;
	int status;

	if (kind->by_proto && !command_proto(request, IPPROTO_TCP, &proto))
		return EXIT_USAGE;
	if (!match_parse(request, &match))
		return EXIT_USAGE;
	if (!open_names(kind, request, &names))
		return EXIT_USAGE;
	status = table_begin(&table, kind, request, names);
	if (status != EXIT_DONE)
		return status;
	table.proto = proto;

	nl = nl_begin(kind->cmd, kind->of_all ? NULL : request->instance);
	if (!nl)
		return table_end(&table, EXIT_REFUSED);
	if (kind->by_proto && proto)
		nl_put_u8(nl, JOOL_A_PROTO, proto);
	if (kind->json_flags && table.format == TABLE_JSON)
		nl_put_u32(nl, JOOL_A_FLAGS, kind->json_flags);
	match_put(nl, &match);
	return table_end(&table, nl_list(nl, kind->need, kind->take ? kind->take : table_add,
					 &table));
}

static bool take_count(struct nl_row *row, void *count)
{
	*(uint64_t *)count = row->count;
	return true;
}

int table_count(enum jool_cmd cmd, const struct request *request, uint8_t otherwise,
		const char *key, const char *one, const char *many)
{
	struct match match;
	uint64_t count = 0;
	uint8_t proto;
	struct nl *nl;
	int status;

	if (!command_proto(request, otherwise, &proto) || !match_parse(request, &match))
		return EXIT_USAGE;
	nl = nl_begin(cmd, request->instance);
	if (!nl)
		return EXIT_REFUSED;
	if (proto)
		nl_put_u8(nl, JOOL_A_PROTO, proto);
	match_put(nl, &match);
	status = nl_get(nl, NL_BIT(COUNT), take_count, &count);
	if (status != EXIT_DONE)
		return status;

	if (command_has(request, JSON)) {
		table_json_head(request->instance, key);
		print_format("%" PRIu64 "}\n", count);
	} else if (one) {
		print_format("%" PRIu64 " %s removed.\n", count, count == 1 ? one : many);
	} else {
		print_format("%" PRIu64 "\n", count);
	}
	return EXIT_DONE;
}
