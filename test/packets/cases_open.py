# SPDX-License-Identifier: GPL-2.0-only
"""Connections opened from IPv4, from both sides at once, and the end of sessions: RFC 6146 3.5.2.2 and 4."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
SYN = dict(tcp='S')


def no_port(packet):
    return error4(packet, 3, 3, src=GW4, dst=S4, tos=0xc0)


group('open', jool=POOL)
case('open-stored', 'RFC 6146 3.5.2.2 CLOSED: a V4 SYN without BIB entry is stored',
     from4(T.back4(**SYN)), counters='SYN_STORED')
A = T.but(dport=101, sport4=2011)
case('open-stored-twice', 'RFC 6146 3.5.2.2: sent again, it is still stored once',
     from4(A.back4(**SYN), A.back4(**SYN)), counters='SYN_STORED SYN_EXISTS')
B = T.but(dport=102, sport6=1012, sport4=2012)
case('open-simultaneous', 'RFC 6146 3.5.2.2 V4 INIT: the V6 SYN gets the address that was written to, and the connection is there',
     from4(B.back4(**SYN)), from6(B.out6(**SYN)), to4(B.out4(**SYN)), session(B, 'ESTABLISHED', 7200),
     from4(B.back4(tcp='SA')), to6(B.back6(tcp='SA')), counters='SYN_STORED SYN_MATCHED')
C = T.but(dport=103, sport6=1013, sport4=2013)
case('open-simultaneous-other', 'RFC 6146 3.5.2.2: a V6 SYN to another port is another connection',
     from4(C.back4(**SYN)), from6(C.but(dport=104).out6(**SYN)), to4(like(C.but(dport=104).out4(**SYN), sport='t')),
     session(C.but(dport=104), 'V6_INIT', 240), counters='SYN_STORED')

group('open-taken', jool=[f'pool4 add --tcp {P4} 2000-2001'])
case('open-taken', 'RFC 6146 3.5.2.2, 3.5.2.3: meanwhile another node has got the port written to; the V6 SYN gets another',
     from4(T.back4(**SYN)), command(f'bib add --tcp {D6}#1001 {P4}#2000'),
     from6(T.out6(**SYN)), to4(T.but(sport4=2001).out4(**SYN)), session(T.but(sport4=2001), 'V6_INIT', 240),
     counters='SYN_STORED SYN_MATCHED')

group('open-limit', jool=POOL + ['global update maximum-simultaneous-opens 2'])
FLOWS = [T.but(dport=110 + i) for i in range(3)]
case('open-limit', 'RFC 6146 5.3: what is stored is limited; RFC 5382 REQ-4: no answer for 6 seconds, 4a: or silently dropped',
     from4(*[f.back4(**SYN) for f in FLOWS]), counters={'SYN_STORED': 2, 'SYN_FULL': 1})
case('open-limit-simultaneous', 'RFC 5382 REQ-2a: one that is kept is met also where there is no room for others',
     from4(FLOWS[2].back4(**SYN)), from6(FLOWS[0].out6(**SYN)), to4(FLOWS[0].out4(**SYN)),
     session(FLOWS[0], 'ESTABLISHED', 7200), counters='SYN_FULL SYN_MATCHED')

THOUSAND = f'pool4 add --tcp {P4} 2000-2999'
group('open-many', jool=[THOUSAND, 'global update maximum-simultaneous-opens 4096'])
MANY = [T.but(dport=400 + i, sport4=2100 + i) for i in range(300)]
case('open-many', 'RFC 6146 3.5.2.2: among many that are stored it is found',
     from4(*[f.back4(**SYN) for f in MANY]), from4(MANY[7].back4(**SYN)),
     from6(MANY[150].out6(**SYN)), to4(MANY[150].out4(**SYN)), session(MANY[150], 'ESTABLISHED', 7200),
     counters={'SYN_STORED': 300, 'SYN_EXISTS': 1, 'SYN_MATCHED': 1})
# Another configuration, and so an instance of its own: SYNs of the case before may expire meanwhile.
group('open-many-of-one', jool=[THOUSAND, 'global update maximum-simultaneous-opens 1023'])
ONE = [T.but(dport=399, sport6=1019, sport4=2500 + i) for i in range(300)]
case('open-many-of-one', 'RFC 6146 3.5.2.2: all of one IPv4 port; the V6 SYN gets the address of one of them',
     from4(*[f.back4(**SYN) for f in ONE]), from4(ONE[7].back4(**SYN)),
     from6(ONE[0].out6(**SYN)), to4(ONE[299].out4(**SYN)), session(ONE[299], 'ESTABLISHED', 7200),
     counters={'SYN_STORED': 300, 'SYN_EXISTS': 1, 'SYN_MATCHED': 1})

group('open-limit-0', jool=POOL + ['global update maximum-simultaneous-opens 0'])
case('open-limit-0', 'RFC 6146 5.3: nothing is stored', from4(T.back4(**SYN)), counters='SYN_FULL')

group('open-default', jool=[f'pool4 add --tcp {P4} 2000-2999'])
UNSOLICITED = [T.but(dport=700 + i, sport4=2400 + i) for i in range(300)]
case('open-default', 'RFC 5382 REQ-2a, REQ-4: under a flood of unsolicited SYNs, the one that is kept is met',
     from4(*[f.back4(**SYN) for f in UNSOLICITED[:100]]), from4(B.back4(**SYN)), from4(*[f.back4(**SYN) for f in UNSOLICITED[100:]]),
     from6(B.out6(**SYN)), to4(B.out4(**SYN)), session(B, 'ESTABLISHED', 7200),
     counters={'SYN_STORED': 256, 'SYN_FULL': 45, 'SYN_MATCHED': 1})

ADF = STATIC + ['global update address-dependent-filtering true']
group('open-adf', jool=ADF)
E = T.but(dst4='198.51.100.10')
case('open-adf-simultaneous', 'RFC 6146 3.5.2.2 CLOSED, V4 INIT: filtered, the SYN is stored, and the V6 SYN opens',
     from4(E.back4(**SYN)), from6(E.out6(**SYN)), to4(E.out4(**SYN)), session(E, 'ESTABLISHED', 7200),
     from4(E.back4(tcp='SA')), to6(E.back6(tcp='SA')), counters='SYN_STORED SYN_MATCHED')
D = T.but(dport=105, dst4='198.51.100.9')
case('open-adf-stored', 'RFC 6146 3.5.2.2 CLOSED: it does not come through', from4(D.back4(**SYN)), counters='SYN_STORED')

# ---- time ----------------------------------------------------------------------------------------

EXPIRES = {'SYN_STORED': 1, 'SYN_EXPIRED': 1, 'ICMP_SENT': 1}
group('open-expires', jool=POOL, slow=True)
case('open-expires', 'RFC 6146 3.5.2.2 V4 INIT: after TCP_INCOMING_SYN, 6 seconds, port unreachable with the SYN',
     from4(T.back4(**SYN)), wait(6 + 3 * SLOW), to4(late(no_port(T.back4(**SYN)), 6, 6 + 2.5 * SLOW)),
     counters=EXPIRES)
group('open-adf-expires', jool=ADF, slow=True)
case('open-adf-expires', 'RFC 6146 3.5.2.2 V4 INIT: the same when filtering', from4(T.back4(**SYN)), wait(6 + 3 * SLOW),
     to4(late(no_port(T.back4(**SYN)), 6, 6 + 2.5 * SLOW)), session(T, present=False), counters=EXPIRES)

# No shorter than the steps of a case take; once and a half again, and what idles is gone.
LIFE = 2 * SLOW
SHORT = [f'global update {key}-timeout {LIFE} --force' for key in ('tcp-est', 'tcp-trans', 'udp', 'icmp')]
OPEN = [from6(T.out6(**SYN)), to4(T.out4(**SYN)), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]


def probe(next, ack):
    """A keep-alive (RFC 1122 4.2.3.6): one byte behind @next, what the IPv6 node is to get next."""
    return IPv6(src=S6, dst=C6, hlim=255) / TCP(sport=80, dport=1000, flags='A', seq=next - 1, ack=ack, window=8192)


def numbered(packet, seq, ack):
    packet[TCP].seq, packet[TCP].ack = seq, ack
    return packet


group('expiry-established', jool=STATIC + SHORT[:1], slow=True)
case('expiry-established', 'RFC 6146 3.5.2.2 ESTABLISHED: when it idles, SHOULD send a probe, and the state is TRANS',
     *OPEN, session(T, 'ESTABLISHED'), wait(2 * LIFE),
     to6(late(probe(101 + len(DATA), 200), LIFE - 0.1, 2 * LIFE)), session(T, 'TRANS'), counters='PROBE')
group('expiry-numbers', jool=STATIC + [f'global update tcp-est-timeout {10 * SLOW} --force'], slow=True)
case('expiry-numbers', 'RFC 6146 3.5.2.2, 4: the probe carries the numbers of the last packet from IPv4, also when it is old',
     *OPEN, wait(2 * SLOW), from4(numbered(T.back4(), 700, 900)), from6(numbered(T.out6(), 5000, 6000)),
     to6(numbered(T.back6(), 700, 900)), to4(numbered(T.out4(), 5000, 6000)), wait(13 * SLOW),
     to6(probe(700 + len(DATA), 900)), counters='PROBE')
group('expiry-numbers-6', jool=STATIC + [f'global update tcp-est-timeout {10 * SLOW} --force'], slow=True)
case('expiry-numbers-6', 'RFC 6146 3.5.2.2, 4: or of the last one from IPv6, which says what it has and what it waits for',
     *OPEN, wait(2 * SLOW), from6(numbered(T.out6(), 5000, 6000)), from4(numbered(T.back4(), 700, 900)),
     to4(numbered(T.out4(), 5000, 6000)), to6(numbered(T.back6(), 700, 900)), wait(13 * SLOW),
     to6(probe(6000, 5000 + len(DATA))), counters='PROBE')
group('expiry-fin', jool=STATIC + SHORT, slow=True)
case('expiry-fin', 'RFC 6146 3.5.2.2 V4 FIN RCV: when it idles, it is deleted; no probe',
     *OPEN, from4(T.back4(tcp='FA')), to6(T.back6(tcp='FA')), session(T, 'V4_FIN_RCV'), wait(2 * LIFE), session(T, present=False))
group('expiry-others', jool=POOL + SHORT, slow=True)
W = T.but(dport=81)
case('expiry-others', 'RFC 6146 3.5.1, 3.5.2.2 V6 INIT, 3.5.3: when they idle, sessions and their BIB entries are deleted',
     from6(U.out6(), P.out6(), W.out6(**SYN)),
     to4(like(U.out4(), sport='t'), like(P.out4(), ident='i'), like(W.out4(**SYN), sport=None)),
     wait(2 * LIFE), sessions('udp', 0), sessions('icmp', 0), sessions('tcp', 0),
     from4(lambda v: U.but(sport4=v.t).back4()), to4(lambda v: nobodys(U.but(sport4=v.t).back4(), 3, 3).what[0]),
     counters=either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))
group('expiry-refreshed', jool=STATIC + [f'global update udp-timeout {20 * SLOW} --force'], slow=True)
case('expiry-refreshed', 'RFC 6146 3.5.1: every packet resets the timer',
     from6(U.out6()), to4(U.out4()), wait(11 * SLOW), from4(U.back4()), to6(U.back6()), wait(11 * SLOW), session(U, ''))
group('expiry-refreshed-6to4', jool=STATIC + [f'global update udp-timeout {20 * SLOW} --force'], slow=True)
case('expiry-refreshed-6to4', 'RFC 4787 REQ-6: MUST be refreshed by what goes out',
     from6(U.out6()), to4(U.out4()), wait(11 * SLOW), from6(U.out6()), to4(U.out4()), wait(11 * SLOW), session(U, ''))

# What idles for HALF, and then for HALF again but for what must not refresh it, is gone.
HALF = 11 * SLOW
IDLE = [f'global update {key}-timeout {20 * SLOW} --force' for key in ('udp', 'icmp', 'tcp-trans')]
group('expiry-refused', slow=True, jool=POOL + IDLE + ['global update address-dependent-filtering true',
                                                        'global update drop-externally-initiated-tcp true'])
FORGED = '198.51.100.9'
case('expiry-refused', 'RFC 7857 7: what is refused SHOULD NOT refresh the mapping, neither of UDP nor of TCP',
     from6(U.out6(), T.out6(**SYN)), to4(like(U.out4(), sport='u'), like(T.out4(**SYN), sport='t')), wait(HALF),
     from4(lambda v: U.but(dst4=FORGED, sport4=v.u).back4(), lambda v: T.but(dst4=FORGED, sport4=v.t).back4(**SYN)),
     to4(lambda v: error4(U.but(dst4=FORGED, sport4=v.u).back4(), 3, 13, src=GW4, dst=FORGED, tos=0xc0)),
     sessions('udp', 1), sessions('tcp', 1), wait(HALF), sessions('udp', 0), sessions('tcp', 0),
     counters='ADF V4_SYN ICMP_SENT')
group('expiry-errors', slow=True, jool=STATIC + IDLE)
case('expiry-errors', 'RFC 5508 REQ-6, RFC 7857 7.1, RFC 4787 REQ-12: ICMP errors refresh nothing, and end nothing',
     from6(U.out6(), T.out6(**SYN), P.out6()), to4(U.out4(), T.out4(**SYN), P.out4()), wait(HALF),
     *[step for flow in (U, T, P) for step in (
         from6(error6(flow.back6(), 1, 4, src=C6)), to4(error4(flow.back4(ttl=63), 3, 3, src=P4, dst=S4, ttl=63, inner_id=FREE)),
         from4(error4(flow.out4(id=9), 3, 1)), to6(error6(flow.out6(hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)))],
     session(U, ''), session(T, 'V6_INIT'), session(P, ''), wait(HALF), *[session(flow, present=False) for flow in (U, T, P)])
