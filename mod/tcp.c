// SPDX-License-Identifier: GPL-2.0-only
#include "tcp.h"

/*
 * To the state, lifetime begins again; to the state, lifetime goes on. An RST gives no session a
 * longer life (RFC 7857 7.1): from ESTABLISHED, which ends by way of TRANS in any case, it takes
 * one away.
 */
#define GO(s)	{ JOOL_TCP_##s, true }
#define KEEP(s)	{ JOOL_TCP_##s, false }

static const struct jool_tcp_step steps[JOOL_TCP_STATES + 1][JOOL_TCP_EVENTS] = {
	/* V6 SYN, FIN, RST, other; V4 SYN, FIN, RST, other */
	[JOOL_TCP_CLOSED] = {
		GO(V6_INIT), KEEP(CLOSED), KEEP(CLOSED), KEEP(CLOSED),
		GO(V4_INIT), KEEP(CLOSED), KEEP(CLOSED), KEEP(CLOSED),
	},
	[JOOL_TCP_V4_INIT] = {
		GO(ESTABLISHED), KEEP(V4_INIT), KEEP(V4_INIT), KEEP(V4_INIT),
		KEEP(V4_INIT), KEEP(V4_INIT), KEEP(V4_INIT), KEEP(V4_INIT),
	},
	[JOOL_TCP_V6_INIT] = {
		GO(V6_INIT), KEEP(V6_INIT), KEEP(V6_INIT), KEEP(V6_INIT),
		GO(ESTABLISHED), KEEP(V6_INIT), KEEP(V6_INIT), KEEP(V6_INIT),
	},
	[JOOL_TCP_ESTABLISHED] = {
		GO(ESTABLISHED), KEEP(V6_FIN_RCV), GO(TRANS), GO(ESTABLISHED),
		GO(ESTABLISHED), KEEP(V4_FIN_RCV), GO(TRANS), GO(ESTABLISHED),
	},
	[JOOL_TCP_V4_FIN_RCV] = {
		GO(V4_FIN_RCV), GO(V4_FIN_V6_FIN_RCV), KEEP(V4_FIN_RCV), GO(V4_FIN_RCV),
		GO(V4_FIN_RCV), GO(V4_FIN_RCV), KEEP(V4_FIN_RCV), GO(V4_FIN_RCV),
	},
	[JOOL_TCP_V6_FIN_RCV] = {
		GO(V6_FIN_RCV), GO(V6_FIN_RCV), KEEP(V6_FIN_RCV), GO(V6_FIN_RCV),
		GO(V6_FIN_RCV), GO(V4_FIN_V6_FIN_RCV), KEEP(V6_FIN_RCV), GO(V6_FIN_RCV),
	},
	[JOOL_TCP_V4_FIN_V6_FIN_RCV] = {
		KEEP(CLOSED), KEEP(V4_FIN_V6_FIN_RCV),
		KEEP(V4_FIN_V6_FIN_RCV), KEEP(V4_FIN_V6_FIN_RCV),
		KEEP(CLOSED), KEEP(V4_FIN_V6_FIN_RCV),
		KEEP(V4_FIN_V6_FIN_RCV), KEEP(V4_FIN_V6_FIN_RCV),
	},
	[JOOL_TCP_TRANS] = {
		GO(ESTABLISHED), GO(ESTABLISHED), KEEP(TRANS), GO(ESTABLISHED),
		GO(ESTABLISHED), GO(ESTABLISHED), KEEP(TRANS), GO(ESTABLISHED),
	},
};

static bool half_closed(u8 state)
{
	return state == JOOL_TCP_V4_FIN_RCV || state == JOOL_TCP_V6_FIN_RCV;
}

struct jool_tcp_step jool_tcp_next(u8 state, enum jool_tcp_event event, bool rst_during_fin)
{
	static const struct jool_tcp_step trans = { JOOL_TCP_TRANS, true, true };

	if (rst_during_fin && half_closed(state) &&
	    (event == JOOL_TCP_V6_RST || event == JOOL_TCP_V4_RST))
		return trans;
	return steps[state][event];
}

enum jool_tcp_timer jool_tcp_timer(u8 state)
{
	if (state == JOOL_TCP_ESTABLISHED || half_closed(state))
		return JOOL_TCP_TIMER_EST;
	return state == JOOL_TCP_V4_INIT || state == JOOL_TCP_V6_INIT ? JOOL_TCP_TIMER_OPENING :
									JOOL_TCP_TIMER_CLOSING;
}
