/* SPDX-License-Identifier: GPL-2.0-only */
/* Where packets come from: Netfilter. */
#ifndef _JOOL_HOOK_H
#define _JOOL_HOOK_H

#include <net/addrconf.h>

#include "instance.h"

/*
 * Whether @dst, which lies in a pool6 of @jn, is an address of the gateway itself: then the packet
 * is the kernel's. Under RCU.
 */
static inline bool jool_hook_is_own6(const struct jool_net *jn, const struct in6_addr *dst)
{
	return unlikely(READ_ONCE(jn->own6)) && ipv6_chk_addr(jn->net, dst, NULL, 0);
}

/*
 * Takes up and gives up the hooks and the defragmentation of a namespace. May sleep; under
 * jn->lock.
 */
int jool_hook_register(struct jool_net *jn);
void jool_hook_unregister(struct jool_net *jn);

#endif
