/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `bib`: the mappings of IPv6 to IPv4 transport addresses. */
#ifndef JOOL_USR_BIB_H
#define JOOL_USR_BIB_H

#include "command.h"
#include "parse.h"
#include "table.h"

extern const struct mode bib_mode;

/*
 * How mappings are listed. Keys in JSON: protocol; src6, src4, each with address and port (ICMP:
 * the identifier); static; if there are such names src6_name, src6_service.
 */
extern const struct table_kind bib_table;

/* A mapping. */
struct bib_entry {
	uint8_t proto;
	struct transport node6, node4;
};

/* Understands the words and options of `bib add`. False after an error sentence. */
bool bib_parse_add(const struct request *request, struct bib_entry *entry);

/* Adds the attributes of a mapping to a request, or to the nest that is open. */
void bib_put(struct nl *nl, const struct bib_entry *entry);

#endif
