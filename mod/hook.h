/* SPDX-License-Identifier: GPL-2.0-only */
/* Where packets come from: Netfilter. */
#ifndef _JOOL_HOOK_H
#define _JOOL_HOOK_H

#include "instance.h"
#include "packet.h"

/*
 * Whether there may be packets to a pool6 of @jn that are the kernel's all the same; then
 * jool_hook_is_exception() tells which.
 */
static inline bool jool_hook_has_exceptions(const struct jool_net *jn)
{
	return unlikely(READ_ONCE(jn->exceptions6));
}

/*
 * Whether the packet p->skb, to pool6 of p->inst, is such a one: to an address of the gateway
 * itself, or by a route of its own (bypass.h), which p->stat says then. Under RCU with bottom
 * halves off.
 */
bool jool_hook_is_exception(struct jool_packet *p);

/*
 * Takes up and gives up the hooks and the defragmentation of a namespace. May sleep; under
 * jn->lock.
 */
int jool_hook_register(struct jool_net *jn);
void jool_hook_unregister(struct jool_net *jn);

#endif
