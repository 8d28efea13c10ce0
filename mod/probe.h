/* SPDX-License-Identifier: GPL-2.0-only */
/* Is the connection still there? */
#ifndef _JOOL_PROBE_H
#define _JOOL_PROBE_H

struct jool_instance;
struct jool_session;

/*
 * Sends the IPv6 node of @session an empty segment in the name of the IPv4 node, so that one of
 * them says whether the connection is still there (RFC 6146 3.5.2.2, ESTABLISHED). Under RCU.
 */
void jool_probe_send(struct jool_instance *inst, struct jool_session *session);

#endif
