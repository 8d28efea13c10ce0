/* SPDX-License-Identifier: GPL-2.0-only */
/* The TCP state machine of RFC 6146 3.5.2.2. Pure: runs in user space as well. */
#ifndef _JOOL_TCP_H
#define _JOOL_TCP_H

#include <linux/types.h>
#include "../common/uapi.h"

/* What a segment means to the state machine. */
enum jool_tcp_event {
	JOOL_TCP_V6_SYN,
	JOOL_TCP_V6_FIN,
	JOOL_TCP_V6_RST,
	JOOL_TCP_V6_OTHER,
	JOOL_TCP_V4_SYN,
	JOOL_TCP_V4_FIN,
	JOOL_TCP_V4_RST,
	JOOL_TCP_V4_OTHER,
	JOOL_TCP_EVENTS
};

/* Which of the TCP timeouts a state has; RFC 7857 2.1 splits TCP_TRANS in two. */
enum jool_tcp_timer {
	JOOL_TCP_TIMER_EST,
	JOOL_TCP_TIMER_OPENING,
	JOOL_TCP_TIMER_CLOSING,
	JOOL_TCP_TIMERS
};

/* What becomes of a session. */
struct jool_tcp_step {
	/*
	 * enum jool_tcp_state; JOOL_TCP_CLOSED: none is made, and where there is one, both ends
	 * have closed its connection and the segment opens another (RFC 5382 REQ-2)
	 */
	u8 state;
	bool refresh;	/* the lifetime starts again ... */
	bool shorten;	/* ... unless what was left of it was less */
};

/*
 * The event of a segment with these flags: RST beats SYN beats FIN, as "a segment with the SYN flag
 * set" is a SYN (RFC 6146 3.5.2.2). @from6: it came from IPv6.
 */
static inline enum jool_tcp_event jool_tcp_event(bool from6, bool syn, bool fin, bool rst)
{
	return (from6 ? JOOL_TCP_V6_SYN : JOOL_TCP_V4_SYN) + (rst ? 2 : syn ? 0 : fin ? 1 : 3);
}

/*
 * What @event does to a session in @state (JOOL_TCP_CLOSED where there is none).
 * @rst_during_fin: the option handle-rst-during-fin-rcv, where an RST ends a half-closed session.
 */
struct jool_tcp_step jool_tcp_next(u8 state, enum jool_tcp_event event, bool rst_during_fin);

/* The timeout of @state, which must not be JOOL_TCP_CLOSED. */
enum jool_tcp_timer jool_tcp_timer(u8 state);

#endif
