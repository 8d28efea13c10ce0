/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `pool4`: the IPv4 addresses and ports that are given out. */
#ifndef JOOL_USR_POOL4_H
#define JOOL_USR_POOL4_H

#include "command.h"
#include "table.h"

extern const struct mode pool4_mode;

/*
 * How entries are listed. Keys in JSON: mark, protocol, address, port_min, port_max, iterations (a
 * number or "infinite"), iterations_fixed.
 */
extern const struct table_kind pool4_table;

#endif
