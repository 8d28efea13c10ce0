/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration: what a file says an instance shall be, or what one is.
 *
 * A file has one of two forms. JSON is the one of Jool 4's atomic configuration, one instance to a
 * file. The other one has a `jool` command to a line, without that word; as many instances as one
 * likes. The first character that is neither blank nor in a comment tells which: JSON begins with a
 * brace.
 */
#ifndef JOOL_USR_CONFIG_H
#define JOOL_USR_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "bib.h"
#include "global.h"
#include "parse.h"
#include "pool4.h"
#include "source.h"

/* `where` is the place in the text of the file, NULL if it comes from the kernel. */
struct config_pool4 {
	const char *where;
	struct pool4_entry entry;
};

struct config_bib {
	const char *where;
	struct bib_entry entry;
};

struct config_global {
	const char *where;
	bool given;
	struct global_value value;
};

struct config {
	struct config *next;	/* in the order of the file */
	char instance[JOOL_NAME_MAX + 1];
	const char *where;
	bool force;		/* for the options; a file of JSON has it for all */
	bool has_pool6;
	const char *pool6_where;
	struct prefix6 pool6;
	struct config_global globals[JOOL_GLOBAL_MAX];	/* in the order of global_keys */
	struct config_pool4 *pool4;
	size_t pool4_count;
	bool has_bib;		/* the static mappings are just these */
	struct config_bib *bib;
	size_t bib_count;
};

/* How a file is read. */
struct config_options {
	const char *instance;	/* the one that was named beside the file; NULL: none was */
	bool force;		/* as if every entry had --force */
};

/*
 * Understands the whole of a file. Every mistake gets an error sentence with its place; then it
 * returns false. `config` is the first one, NULL if the file has none, to be freed with
 * config_free(); they point into the source.
 */
bool config_parse(struct source *source, const struct config_options *options,
		  struct config **config);

/* The same for each form. */
bool config_parse_json(const struct source *source, const struct config_options *options,
		       struct config **config);
bool config_parse_lines(const struct source *source, const struct config_options *options,
			struct config **config);

/*
 * Can they be together: has no pool6 an address of another one, and no mapping the IPv4 transport
 * address of one of another instance? If not, there are error sentences. Ranges the wrong way round
 * get a warning.
 */
bool config_agrees(const struct config *first, const struct source *source);

/* A new one for `instance`, of which nothing is known. Ends the program if there is no memory. */
struct config *config_new(const char *instance);
void config_free(struct config *config);

/* Append an entry. End the program if there is no memory. */
void config_add_pool4(struct config *config, const struct config_pool4 *pool4);
void config_add_bib(struct config *config, const struct config_bib *bib);

/*
 * Gets what an instance is: all of its options, pool4 (single addresses), static mappings, in the
 * kernel's order. Returns an exit status, after an error sentence if it is not EXIT_DONE.
 */
int config_get(struct config **config, const char *instance);

/*
 * Is there an instance of that name in this network namespace? Returns an exit status, after an
 * error sentence if it is not EXIT_DONE.
 */
int config_exists(const char *instance, bool *exists);

/*
 * Makes the instance what `config` says, all or nothing. Returns an exit status, after an error
 * sentence with the place in `source` if it is not EXIT_DONE.
 */
int config_set(const struct config *config, const struct source *source);

/* Whether config_set() would succeed: the same, but nothing changes. */
int config_check(const struct config *config, const struct source *source);

/*
 * What can be told of that where no kernel can be asked: has no transport address two mappings? If
 * not, there are error sentences. It is about `first` and all behind it.
 */
bool config_check_alone(const struct config *first, const struct source *source);

#endif
