/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What comes and goes, told to whoever listens: the multicast group "sessions" (common/uapi.h), and
 * the kernel's log if the options want it.
 */
#ifndef _JOOL_EVENT_H
#define _JOOL_EVENT_H

#include "../common/uapi.h"
#include "stats.h"

struct jool_bib;
struct jool_config;
struct jool_instance;
struct jool_packet;
struct jool_session;

/*
 * @session began or ended (JOOL_CMD_SESSION_NEW or JOOL_CMD_SESSION_END). Under RCU; any context,
 * also under the lock of its BIB entry, which keeps its events in order.
 */
void jool_event_session(struct jool_instance *inst, const struct jool_config *config,
			const struct jool_session *session, enum jool_cmd cmd,
			enum jool_reason reason);

/* @bib began, or ended. Under RCU; any context. */
void jool_event_bib(const struct jool_config *config, const struct jool_instance *inst,
		    const struct jool_bib *bib, bool ended);

/* The packet @p was not translated, because of p->stat. Under RCU; any context. */
void jool_event_refusal(const struct jool_packet *p);

#endif
