/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `pool4`: the IPv4 addresses and ports that are given out. */
#ifndef JOOL_USR_POOL4_H
#define JOOL_USR_POOL4_H

#include "command.h"
#include "parse.h"
#include "table.h"

extern const struct mode pool4_mode;

/*
 * How entries are listed. Keys in JSON: mark, protocol, address, port_min, port_max, iterations (a
 * number or "infinite"), iterations_fixed.
 */
extern const struct table_kind pool4_table;

/* What one `pool4 add` adds. */
struct pool4_entry {
	uint8_t proto;
	struct prefix4 prefix;
	struct port_range ports;
	uint32_t mark;
	uint32_t iterations;	/* 0: auto, UINT32_MAX: infinite */
	bool force;
};

/* Understands the words and options of `pool4 add`. False after an error sentence. */
bool pool4_parse_add(const struct request *request, struct pool4_entry *entry);

/* A number from 1, `auto` (also if `word` is NULL) or `infinity`. False after an error sentence. */
bool pool4_parse_iterations(const char *what, const char *word, uint32_t *iterations);

/* Is it no unwise number of addresses, or wanted nevertheless? If not, it says so. */
bool pool4_check_prefix(const struct prefix4 *prefix, bool force);

/*
 * If the entry has ports that programs of this machine get for connections of their own: says so, and
 * that it may be unwise. Returns whether it has.
 */
bool pool4_warn_local(const struct pool4_entry *entry);

/* Adds the attributes of an entry to a request, or to the nest that is open. */
void pool4_put(struct nl *nl, const struct pool4_entry *entry);

#endif
