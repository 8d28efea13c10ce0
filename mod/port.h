/* SPDX-License-Identifier: GPL-2.0-only */
/* The choice of a port in a bitmap of those in use (RFC 6056). Pure: runs in user space as well. */
#ifndef _JOOL_PORT_H
#define _JOOL_PORT_H

#include <linux/types.h>

#define JOOL_PORTS 65536

/* The first port that is no well-known one. */
#define JOOL_PORT_WELL_KNOWN_END 1024

enum jool_parity {
	JOOL_PARITY_EVEN,
	JOOL_PARITY_ODD,
	JOOL_PARITY_ANY,
};

/*
 * The first free port at or after @start, going round within @min to @max (inclusive, @start
 * between them), with @parity. @used: a bit for each of JOOL_PORTS ports. @resting: the same of
 * those that are passed over as well, or NULL. Returns -1 if there is none. Looks at each word of
 * the range once.
 */
int jool_port_find(const unsigned long *used, const unsigned long *resting, u32 min, u32 max,
		   u32 start, enum jool_parity parity);

/*
 * The part of @min..@max on the side of 1024 on which @port is (RFC 6146 3.5.1.1, 3.5.2.3), written
 * back to both. Returns false, with both unchanged, if there is no such part.
 */
bool jool_port_same_range(u16 port, u32 *min, u32 *max);

#endif
