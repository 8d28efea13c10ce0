// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

const char *const words_states[JOOL_TCP_STATES] = {
	[JOOL_TCP_ESTABLISHED] = "ESTABLISHED",
	[JOOL_TCP_V4_INIT] = "V4_INIT",
	[JOOL_TCP_V6_INIT] = "V6_INIT",
	[JOOL_TCP_V4_FIN_RCV] = "V4_FIN_RCV",
	[JOOL_TCP_V6_FIN_RCV] = "V6_FIN_RCV",
	[JOOL_TCP_V4_FIN_V6_FIN_RCV] = "V4_FIN_V6_FIN_RCV",
	[JOOL_TCP_TRANS] = "TRANS",
};

const char *words_reason(uint8_t reason)
{
	static const char *const words[JOOL_REASONS] = {
#define JOOL_REASON(id, word, help) word,
#include "reasons.def"
#undef JOOL_REASON
	};

	return reason < JOOL_REASONS ? words[reason] : "unknown";
}
