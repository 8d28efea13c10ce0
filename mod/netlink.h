/* SPDX-License-Identifier: GPL-2.0-only */
/* The Generic Netlink family (common/uapi.h). */
#ifndef _JOOL_NETLINK_H
#define _JOOL_NETLINK_H

int jool_netlink_init(void);
void jool_netlink_exit(void);

#endif
