// SPDX-License-Identifier: GPL-2.0-only
#include "port.h"

#include <linux/bitops.h>

static unsigned long parity_mask(enum jool_parity parity)
{
	/* 01 repeated: the even bits */
	unsigned long even = ~0UL / 3;

	if (parity == JOOL_PARITY_ANY)
		return ~0UL;
	return parity == JOOL_PARITY_EVEN ? even : even << 1;
}

/* The first port from @from to @to, both inclusive, that is free and in @mask, or -1. */
static int scan_ports(const unsigned long *used, const unsigned long *resting, u32 from, u32 to,
		      unsigned long mask)
{
	unsigned long free, wanted = mask & ~0UL << from % BITS_PER_LONG;
	u32 word;
	int port;

	for (word = from / BITS_PER_LONG; word <= to / BITS_PER_LONG; word++, wanted = mask) {
		free = ~READ_ONCE(used[word]) & wanted;
		if (resting)
			free &= ~READ_ONCE(resting[word]);
		if (free) {
			port = word * BITS_PER_LONG + __ffs(free);
			return port <= (int)to ? port : -1;
		}
	}
	return -1;
}

int jool_port_find(const unsigned long *used, const unsigned long *resting, u32 min, u32 max,
		   u32 start, enum jool_parity parity)
{
	unsigned long mask = parity_mask(parity);
	int port = scan_ports(used, resting, start, max, mask);

	if (port < 0 && start > min)
		port = scan_ports(used, resting, min, start - 1, mask);
	return port;
}

bool jool_port_same_range(u16 port, u32 *min, u32 *max)
{
	u32 low = port < JOOL_PORT_WELL_KNOWN_END ? 0 : JOOL_PORT_WELL_KNOWN_END;
	u32 high = low ? JOOL_PORTS - 1 : JOOL_PORT_WELL_KNOWN_END - 1;

	if (*min > high || *max < low)
		return false;
	if (*min < low)
		*min = low;
	if (*max > high)
		*max = high;
	return true;
}
