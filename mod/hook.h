/* SPDX-License-Identifier: GPL-2.0-only */
/* Where packets come from: Netfilter. */
#ifndef _JOOL_HOOK_H
#define _JOOL_HOOK_H

struct jool_net;

/*
 * Takes up and gives up the hooks and the defragmentation of a namespace. May sleep; under
 * jn->lock.
 */
int jool_hook_register(struct jool_net *jn);
void jool_hook_unregister(struct jool_net *jn);

#endif
