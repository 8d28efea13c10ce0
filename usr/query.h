/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `query`: what would become of a packet, and why. */
#ifndef JOOL_USR_QUERY_H
#define JOOL_USR_QUERY_H

#include "command.h"
#include "nl.h"

extern const struct mode query_mode;

/* A packet, and the kernel's answer. */
struct query {
	bool from6;
	uint8_t proto;
	struct nl_row answer;	/* with both of the packet's addresses */
	char stat[64];		/* why, as stats.def names it; empty: not told */
};

/* Prints the answer: for people, or as JSON for instance `instance`. */
void query_print(const struct query *query);
void query_print_json(const struct query *query, const char *instance);

#endif
