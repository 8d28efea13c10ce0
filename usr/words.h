/* SPDX-License-Identifier: GPL-2.0-only */
/* What numbers of the kernel are called on the console, in CSV and in JSON. */
#ifndef JOOL_WORDS_H
#define JOOL_WORDS_H

#include <netinet/in.h>
#include <stdint.h>

#include "uapi.h"

/* "TCP" of IPPROTO_TCP. */
static inline const char *words_proto(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_ICMP:
		return "ICMP";
	}
	return "UNKNOWN";
}

/* Of enum jool_tcp_state; words_state() also takes what no version of the module says. */
extern const char *const words_states[JOOL_TCP_STATES];

static inline const char *words_state(uint8_t state)
{
	return state < JOOL_TCP_STATES ? words_states[state] : "UNKNOWN";
}

/* Why a session began or ended (reasons.def). */
const char *words_reason(uint8_t reason);

#endif
