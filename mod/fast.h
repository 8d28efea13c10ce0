/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The opt-in fast path: packets of established sessions are translated where they come in from the
 * devices of option fast-path, and go straight to their neighbour. They pass no chain of the IP
 * families. Whatever is out of the ordinary goes up the normal way.
 */
#ifndef _JOOL_FAST_H
#define _JOOL_FAST_H

struct jool_net;

/*
 * Hooks into the devices that the instances of @jn name now, and out of others. May sleep; takes
 * RTNL; not under jn->lock.
 */
void jool_fast_sync(struct jool_net *jn);

/* Registers and unregisters what watches devices come and go. */
int jool_fast_init(void);
void jool_fast_exit(void);

#endif
