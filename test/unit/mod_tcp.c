// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole table of RFC 6146 3.5.2.2, by hand. The RFC's "The lifetime ... is set to" is `anew`;
 * where it does not speak of the lifetime, that `goes on`.
 */
#include "mod.h"

#include "tcp.h"

static const bool anew = true, goes_on;

static const char *const states[] = {
	[JOOL_TCP_ESTABLISHED] = "ESTABLISHED",
	[JOOL_TCP_V4_INIT] = "V4 INIT",
	[JOOL_TCP_V6_INIT] = "V6 INIT",
	[JOOL_TCP_V4_FIN_RCV] = "V4 FIN RCV",
	[JOOL_TCP_V6_FIN_RCV] = "V6 FIN RCV",
	[JOOL_TCP_V4_FIN_V6_FIN_RCV] = "V6 FIN + V4 FIN RCV",
	[JOOL_TCP_TRANS] = "TRANS",
	[JOOL_TCP_CLOSED] = "CLOSED",
};

static const char *const events[] = {
	[JOOL_TCP_V6_SYN] = "V6 SYN",
	[JOOL_TCP_V6_FIN] = "V6 FIN",
	[JOOL_TCP_V6_RST] = "V6 RST",
	[JOOL_TCP_V6_OTHER] = "other from V6",
	[JOOL_TCP_V4_SYN] = "V4 SYN",
	[JOOL_TCP_V4_FIN] = "V4 FIN",
	[JOOL_TCP_V4_RST] = "V4 RST",
	[JOOL_TCP_V4_OTHER] = "other from V4",
};

static void expect_option(u8 state, enum jool_tcp_event event, bool rst_during_fin, u8 next,
			  bool refresh)
{
	struct jool_tcp_step got = jool_tcp_next(state, event, rst_during_fin);
	const char *option = rst_during_fin ? " (RST ends a half-closed session)" : "";

	ck_assert_uint_lt(got.state, ARRAY_SIZE(states));
	ck_assert_msg(got.state == next, "%s, %s%s: to %s, not %s", states[state], events[event],
		      option, states[got.state], states[next]);
	ck_assert_msg(got.refresh == refresh, "%s, %s%s: the lifetime %s", states[state],
		      events[event], option, got.refresh ? "starts again" : "goes on");
}

/* Of a cell on which the option has no bearing. */
static void expect(u8 state, enum jool_tcp_event event, u8 next, bool refresh)
{
	expect_option(state, event, false, next, refresh);
	expect_option(state, event, true, next, refresh);
}

START_TEST(test_closed)
{
	/*
	 * "If a V6 SYN is received [...] The lifetime of the TCP Session Table Entry is set to at
	 * least TCP_TRANS [...] The state of the session is moved to V6 INIT."
	 */
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V6_SYN, JOOL_TCP_V6_INIT, anew);
	/*
	 * "If a V4 SYN packet is received [...] The state is moved to V4 INIT. [...] the lifetime
	 * of the STE is set to at least TCP_TRANS".
	 */
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V4_SYN, JOOL_TCP_V4_INIT, anew);
	/*
	 * "For any other packet belonging to this connection: [...] The state remains unchanged."
	 */
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V6_FIN, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V6_RST, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V6_OTHER, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V4_FIN, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V4_RST, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_CLOSED, JOOL_TCP_V4_OTHER, JOOL_TCP_CLOSED, goes_on);
}
END_TEST

START_TEST(test_v4_init)
{
	/*
	 * "If a V6 SYN is received [...] then the lifetime of the TCP Session Table Entry is set
	 * to at least the maximum session lifetime. [...] The state is moved to ESTABLISHED."
	 */
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V6_SYN, JOOL_TCP_ESTABLISHED, anew);
	/*
	 * "For any other packet, the packet SHOULD be translated and forwarded if the security
	 * policy allows doing so. The state remains unchanged."
	 */
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V6_FIN, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V6_RST, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V6_OTHER, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V4_SYN, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V4_FIN, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V4_RST, JOOL_TCP_V4_INIT, goes_on);
	expect(JOOL_TCP_V4_INIT, JOOL_TCP_V4_OTHER, JOOL_TCP_V4_INIT, goes_on);
}
END_TEST

START_TEST(test_v6_init)
{
	/*
	 * "If a V4 SYN is received (with or without the ACK flag set) [...] then the state is
	 * moved to ESTABLISHED. The lifetime of the TCP Session Table Entry is set to at least
	 * the maximum session lifetime."
	 */
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V4_SYN, JOOL_TCP_ESTABLISHED, anew);
	/*
	 * "If a V6 SYN packet is received [...] The lifetime of the TCP Session Table Entry is
	 * set to at least TCP_TRANS. The state remains unchanged."
	 */
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V6_SYN, JOOL_TCP_V6_INIT, anew);
	/*
	 * "For any other packet, the packet SHOULD be translated and forwarded if the security
	 * policy allows doing so. The state remains unchanged."
	 */
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V6_FIN, JOOL_TCP_V6_INIT, goes_on);
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V6_RST, JOOL_TCP_V6_INIT, goes_on);
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V6_OTHER, JOOL_TCP_V6_INIT, goes_on);
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V4_FIN, JOOL_TCP_V6_INIT, goes_on);
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V4_RST, JOOL_TCP_V6_INIT, goes_on);
	expect(JOOL_TCP_V6_INIT, JOOL_TCP_V4_OTHER, JOOL_TCP_V6_INIT, goes_on);
}
END_TEST

START_TEST(test_established)
{
	/* "If a V4 FIN packet is received [...] The state is moved to V4 FIN RCV." */
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V4_FIN, JOOL_TCP_V4_FIN_RCV, goes_on);
	/* "If a V6 FIN packet is received [...] The state is moved to V6 FIN RCV." */
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V6_FIN, JOOL_TCP_V6_FIN_RCV, goes_on);
	/*
	 * "If a V4 RST or a V6 RST packet is received [...] The lifetime is set to TCP_TRANS and
	 * the state is moved to TRANS."
	 */
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V4_RST, JOOL_TCP_TRANS, anew);
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V6_RST, JOOL_TCP_TRANS, anew);
	/*
	 * "If any other packet is received [...] The lifetime of the TCP Session Table Entry is
	 * set to at least the maximum session lifetime. [...] The state remains unchanged as
	 * ESTABLISHED."
	 */
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V6_SYN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V6_OTHER, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V4_SYN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_ESTABLISHED, JOOL_TCP_V4_OTHER, JOOL_TCP_ESTABLISHED, anew);
}
END_TEST

START_TEST(test_v4_fin_rcv)
{
	/*
	 * "If a V6 FIN packet is received [...] The lifetime is set to TCP_TRANS. The state is
	 * moved to V6 FIN + V4 FIN RCV."
	 */
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V6_FIN, JOOL_TCP_V4_FIN_V6_FIN_RCV, anew);
	/*
	 * "If any packet other than the V6 FIN is received [...] The lifetime of the TCP Session
	 * Table Entry is set to at least the maximum session lifetime. [...] The state remains
	 * unchanged as V4 FIN RCV." But an RST prolongs nothing (RFC 7857 7.1).
	 */
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V6_SYN, JOOL_TCP_V4_FIN_RCV, anew);
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V6_OTHER, JOOL_TCP_V4_FIN_RCV, anew);
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V4_SYN, JOOL_TCP_V4_FIN_RCV, anew);
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V4_FIN, JOOL_TCP_V4_FIN_RCV, anew);
	expect(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V4_OTHER, JOOL_TCP_V4_FIN_RCV, anew);
	expect_option(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V6_RST, false, JOOL_TCP_V4_FIN_RCV, goes_on);
	expect_option(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V4_RST, false, JOOL_TCP_V4_FIN_RCV, goes_on);
	/* The option: as in ESTABLISHED. */
	expect_option(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V6_RST, true, JOOL_TCP_TRANS, anew);
	expect_option(JOOL_TCP_V4_FIN_RCV, JOOL_TCP_V4_RST, true, JOOL_TCP_TRANS, anew);
}
END_TEST

START_TEST(test_v6_fin_rcv)
{
	/*
	 * "If a V4 FIN packet is received [...] The lifetime is set to TCP_TRANS. The state is
	 * moved to V6 FIN + V4 FIN RCV."
	 */
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V4_FIN, JOOL_TCP_V4_FIN_V6_FIN_RCV, anew);
	/*
	 * "If any packet other than the V4 FIN is received [...] The lifetime of the TCP Session
	 * Table Entry is set to at least the maximum session lifetime. [...] The state remains
	 * unchanged as V6 FIN RCV." But for an RST, again.
	 */
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V6_SYN, JOOL_TCP_V6_FIN_RCV, anew);
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V6_FIN, JOOL_TCP_V6_FIN_RCV, anew);
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V6_OTHER, JOOL_TCP_V6_FIN_RCV, anew);
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V4_SYN, JOOL_TCP_V6_FIN_RCV, anew);
	expect(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V4_OTHER, JOOL_TCP_V6_FIN_RCV, anew);
	expect_option(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V6_RST, false, JOOL_TCP_V6_FIN_RCV, goes_on);
	expect_option(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V4_RST, false, JOOL_TCP_V6_FIN_RCV, goes_on);
	/* The option: as in ESTABLISHED. */
	expect_option(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V6_RST, true, JOOL_TCP_TRANS, anew);
	expect_option(JOOL_TCP_V6_FIN_RCV, JOOL_TCP_V4_RST, true, JOOL_TCP_TRANS, anew);
}
END_TEST

START_TEST(test_both_fin_rcv)
{
	/*
	 * A SYN opens another connection with the same ports (RFC 5382 REQ-2), of which the RFC
	 * does not speak.
	 */
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V6_SYN, JOOL_TCP_CLOSED, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V4_SYN, JOOL_TCP_CLOSED, goes_on);
	/* "All packets are translated and forwarded." Nothing of the state, nor of the lifetime. */
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V6_FIN, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V6_RST, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V6_OTHER, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V4_FIN, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V4_RST, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
	expect(JOOL_TCP_V4_FIN_V6_FIN_RCV, JOOL_TCP_V4_OTHER, JOOL_TCP_V4_FIN_V6_FIN_RCV, goes_on);
}
END_TEST

START_TEST(test_trans)
{
	/*
	 * "If a packet other than a RST packet is received, the lifetime of the TCP Session Table
	 * Entry is set to at least the maximum session lifetime. [...] The state is moved to
	 * ESTABLISHED."
	 */
	expect(JOOL_TCP_TRANS, JOOL_TCP_V6_SYN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V6_FIN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V6_OTHER, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V4_SYN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V4_FIN, JOOL_TCP_ESTABLISHED, anew);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V4_OTHER, JOOL_TCP_ESTABLISHED, anew);
	/* Of a RST it says nothing. */
	expect(JOOL_TCP_TRANS, JOOL_TCP_V6_RST, JOOL_TCP_TRANS, goes_on);
	expect(JOOL_TCP_TRANS, JOOL_TCP_V4_RST, JOOL_TCP_TRANS, goes_on);
}
END_TEST

/* RST beats SYN beats FIN. */
START_TEST(test_event)
{
	static const struct {
		bool syn, fin, rst;
		enum jool_tcp_event v6, v4;
	} rows[] = {
		{ false, false, false, JOOL_TCP_V6_OTHER, JOOL_TCP_V4_OTHER },
		{ true, false, false, JOOL_TCP_V6_SYN, JOOL_TCP_V4_SYN },
		{ false, true, false, JOOL_TCP_V6_FIN, JOOL_TCP_V4_FIN },
		{ true, true, false, JOOL_TCP_V6_SYN, JOOL_TCP_V4_SYN },
		{ false, false, true, JOOL_TCP_V6_RST, JOOL_TCP_V4_RST },
		{ true, false, true, JOOL_TCP_V6_RST, JOOL_TCP_V4_RST },
		{ false, true, true, JOOL_TCP_V6_RST, JOOL_TCP_V4_RST },
		{ true, true, true, JOOL_TCP_V6_RST, JOOL_TCP_V4_RST },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_int_eq(jool_tcp_event(true, rows[i].syn, rows[i].fin, rows[i].rst),
				 rows[i].v6);
		ck_assert_int_eq(jool_tcp_event(false, rows[i].syn, rows[i].fin, rows[i].rst),
				 rows[i].v4);
	}
}
END_TEST

/* The lifetime with which the RFC's sentences above enter a state, or stay in it. */
START_TEST(test_timer)
{
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_V4_INIT), JOOL_TCP_TIMER_OPENING);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_V6_INIT), JOOL_TCP_TIMER_OPENING);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_ESTABLISHED), JOOL_TCP_TIMER_EST);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_V4_FIN_RCV), JOOL_TCP_TIMER_EST);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_V6_FIN_RCV), JOOL_TCP_TIMER_EST);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_V4_FIN_V6_FIN_RCV), JOOL_TCP_TIMER_CLOSING);
	ck_assert_int_eq(jool_tcp_timer(JOOL_TCP_TRANS), JOOL_TCP_TIMER_CLOSING);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		test_closed, test_v4_init, test_v6_init, test_established, test_v4_fin_rcv,
		test_v6_fin_rcv, test_both_fin_rcv, test_trans, test_event, test_timer,
	};

	return run_tests("tcp", tests, ARRAY_SIZE(tests));
}
