/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which sessions or BIB entries a request is about: --src6, --dst6, --src4, --dst4, --port, --state.
 * The kernel applies it to what it lists, counts and deletes; to events the command does.
 */
#ifndef JOOL_USR_MATCH_H
#define JOOL_USR_MATCH_H

#include "command.h"
#include "nl.h"
#include "parse.h"

struct match {
	uint64_t given;		/* set of OPTION_BIT; what is not there is not asked for */
	struct prefix6 src6, dst6;
	struct prefix4 src4, dst4;
	struct port_range port;
	uint8_t state;
};

/* Reads the filter's options. False after an error sentence. */
bool match_parse(const struct request *request, struct match *match);

/* Adds the filter to a request to the kernel. */
void match_put(struct nl *nl, const struct match *match);

/* Does the filter let this session through? It must have all addresses and ports. */
bool match_row(const struct match *match, const struct nl_row *row);

#endif
