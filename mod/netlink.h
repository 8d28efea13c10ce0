/* SPDX-License-Identifier: GPL-2.0-only */
/* The Generic Netlink family (common/uapi.h): which handler (nl.h) has which operation. */
#ifndef _JOOL_NETLINK_H
#define _JOOL_NETLINK_H

#include <net/genetlink.h>

extern struct genl_family jool_netlink_family;

/* Registers and unregisters the family. */
int jool_netlink_init(void);
void jool_netlink_exit(void);

#endif
