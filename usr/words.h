/* SPDX-License-Identifier: GPL-2.0-only */
/* What numbers of the kernel are called on the console, in CSV and in JSON. */
#ifndef JOOL_WORDS_H
#define JOOL_WORDS_H

#include <stdint.h>

#include "uapi.h"

/* "TCP" of IPPROTO_TCP. */
const char *words_proto(uint8_t proto);

/* Of enum jool_tcp_state; words_state() also takes what no version of the module says. */
extern const char *const words_states[JOOL_TCP_STATES];
const char *words_state(uint8_t state);

/* Why a session began or ended (reasons.def). */
const char *words_reason(uint8_t reason);

#endif
