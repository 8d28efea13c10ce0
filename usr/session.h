/* SPDX-License-Identifier: GPL-2.0-only */
/* Mode `session`: the sessions of an instance. */
#ifndef JOOL_USR_SESSION_H
#define JOOL_USR_SESSION_H

#include "command.h"
#include "table.h"

extern const struct mode session_mode;

/* What is said of Jool 4's daemon that copies sessions. */
#define SESSION_NO_JOOLD \
	"There is no joold: sessions are not copied to other translators. `jool session follow " \
	"--json` reports them as they begin and end."

/*
 * How sessions are listed. Keys in JSON: protocol; src6, dst6, src4, dst4, each with address and
 * port (ICMP: the identifier); expires_ms; state (null unless TCP); if there are such names
 * src6_name, src6_service, dst4_name, dst4_service.
 */
extern const struct table_kind session_table;

#endif
