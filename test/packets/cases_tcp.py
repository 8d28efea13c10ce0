# SPDX-License-Identifier: GPL-2.0-only
"""The TCP state machine: RFC 6146 3.5.2.2."""
from dsl import *

EST, TRANS = 7200, 240
ports = iter(range(3000, 4000))

# How a connection comes into each state: segments, from IPv6 (6) or IPv4 (4), and their flags.
WAYS = {
    'V6_INIT': ['6S'],
    'V4_INIT': ['4S'],
    'ESTABLISHED': ['6S', '4SA'],
    'V4_FIN_RCV': ['6S', '4SA', '4FA'],
    'V6_FIN_RCV': ['6S', '4SA', '6FA'],
    'V4_FIN_V6_FIN_RCV': ['6S', '4SA', '4FA', '6FA'],
    'TRANS': ['6S', '4SA', '4R'],
}


def passes(flow, segment):
    """One segment goes through."""
    tcp = segment[1:]
    if segment[0] == '6':
        return [from6(flow.out6(tcp=tcp)), to4(flow.out4(tcp=tcp))]
    return [from4(flow.back4(tcp=tcp)), to6(flow.back6(tcp=tcp))]


def transition(name, says, state, segments, after, lifetime):
    """In @state, the segments are translated, and the session is in the state @after. That it came into
    @state is what other cases show."""
    flow = TCP_FLOW.but(dport=next(ports))
    steps = []
    for segment in WAYS[state]:
        steps += passes(flow, segment)
    for segment in segments:
        steps += passes(flow, segment)
    case(name, says, *steps, session(flow, after, lifetime))


group('tcp')

# CLOSED
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-closed-v6-syn', 'RFC 6146 3.5.2.2 CLOSED: V6 SYN', *passes(flow, '6S'), session(flow, 'V6_INIT', TRANS))
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-closed-v4-syn', 'RFC 6146 3.5.2.2 CLOSED: V4 SYN to a BIB entry', *passes(flow, '4S'), session(flow, 'V4_INIT', TRANS))
for tcp, name in {'A': 'ack', 'PA': 'data', 'FA': 'fin', 'R': 'rst', 'RA': 'rst-ack', '': 'nothing', 'U': 'urg'}.items():
    flow = TCP_FLOW.but(dport=next(ports))
    case(f'tcp-closed-v6-{name}', 'RFC 6146 3.5.2.2 CLOSED: other packets SHOULD be translated if there is a BIB entry',
         *passes(flow, '6' + tcp), session(flow, present=False))
    flow = TCP_FLOW.but(dport=next(ports))
    case(f'tcp-closed-v4-{name}', 'RFC 6146 3.5.2.2 CLOSED: other packets SHOULD be translated if there is a BIB entry',
         *passes(flow, '4' + tcp), session(flow, present=False))
    flow = TCP_FLOW.but(dport=next(ports), sport6=1070)
    case(f'tcp-closed-v6-{name}-no-bib', 'RFC 6146 3.5.2.2 CLOSED: silently discarded if there is none',
         from6(flow.out6(tcp=tcp)), session(flow, present=False), counters='SYN6_EXPECTED')
    flow = TCP_FLOW.but(dport=next(ports), sport4=2070)
    case(f'tcp-closed-v4-{name}-no-bib', 'RFC 6146 3.5.2.2 CLOSED: silently discarded if there is none',
         from4(flow.back4(tcp=tcp)), counters='SYN4_EXPECTED')

# V6 INIT
transition('tcp-v6-init-v4-syn', 'RFC 6146 3.5.2.2 V6 INIT: V4 SYN', 'V6_INIT', ['4SA'], 'ESTABLISHED', EST)
transition('tcp-v6-init-v4-bare-syn', 'RFC 6146 3.5.2.2 V6 INIT: with or without ACK', 'V6_INIT', ['4S'], 'ESTABLISHED', EST)
transition('tcp-v6-init-v6-syn', 'RFC 6146 3.5.2.2 V6 INIT: another V6 SYN', 'V6_INIT', ['6S'], 'V6_INIT', TRANS)
for segment in ('6A', '6FA', '6R', '4A', '4FA', '4RA'):
    transition(f'tcp-v6-init-{segment.lower()}', 'RFC 6146 3.5.2.2 V6 INIT: others SHOULD be translated, state unchanged',
               'V6_INIT', [segment], 'V6_INIT', TRANS)
# V4 INIT
transition('tcp-v4-init-v6-syn', 'RFC 6146 3.5.2.2 V4 INIT: V6 SYN', 'V4_INIT', ['6SA'], 'ESTABLISHED', EST)
transition('tcp-v4-init-v6-bare-syn', 'RFC 6146 3.5.2.2 V4 INIT: V6 SYN', 'V4_INIT', ['6S'], 'ESTABLISHED', EST)
for segment in ('6A', '6FA', '6RA', '4S', '4A', '4FA', '4R'):
    transition(f'tcp-v4-init-{segment.lower()}', 'RFC 6146 3.5.2.2 V4 INIT: others SHOULD be translated, state unchanged',
               'V4_INIT', [segment], 'V4_INIT', TRANS)
# ESTABLISHED
transition('tcp-established-v4-fin', 'RFC 6146 3.5.2.2 ESTABLISHED: V4 FIN', 'ESTABLISHED', ['4FA'], 'V4_FIN_RCV', EST)
transition('tcp-established-v6-fin', 'RFC 6146 3.5.2.2 ESTABLISHED: V6 FIN', 'ESTABLISHED', ['6FA'], 'V6_FIN_RCV', EST)
transition('tcp-established-v4-rst', 'RFC 6146 3.5.2.2 ESTABLISHED: V4 RST', 'ESTABLISHED', ['4R'], 'TRANS', TRANS)
transition('tcp-established-v6-rst', 'RFC 6146 3.5.2.2 ESTABLISHED: V6 RST', 'ESTABLISHED', ['6RA'], 'TRANS', TRANS)
for segment in ('6A', '6PA', '6S', '6SA', '4A', '4PA', '4S', '4SA', '4'):
    transition(f'tcp-established-{segment.lower()}', 'RFC 6146 3.5.2.2 ESTABLISHED: others, state unchanged',
               'ESTABLISHED', [segment], 'ESTABLISHED', EST)
# V4 FIN RCV, V6 FIN RCV
transition('tcp-v4-fin-v6-fin', 'RFC 6146 3.5.2.2 V4 FIN RCV: V6 FIN', 'V4_FIN_RCV', ['6FA'], 'V4_FIN_V6_FIN_RCV', TRANS)
transition('tcp-v6-fin-v4-fin', 'RFC 6146 3.5.2.2 V6 FIN RCV: V4 FIN', 'V6_FIN_RCV', ['4FA'], 'V4_FIN_V6_FIN_RCV', TRANS)
for segment in ('6A', '6PA', '6S', '6R', '4A', '4FA', '4R'):
    transition(f'tcp-v4-fin-{segment.lower()}', 'RFC 6146 3.5.2.2 V4 FIN RCV: others, state unchanged',
               'V4_FIN_RCV', [segment], 'V4_FIN_RCV', EST)
for segment in ('4A', '4PA', '4S', '4R', '6A', '6FA', '6R'):
    transition(f'tcp-v6-fin-{segment.lower()}', 'RFC 6146 3.5.2.2 V6 FIN RCV: others, state unchanged',
               'V6_FIN_RCV', [segment], 'V6_FIN_RCV', EST)
# V6 FIN + V4 FIN RCV
for segment in ('6A', '6FA', '6SA', '6R', '4A', '4FA', '4SA', '4R'):
    transition(f'tcp-both-fin-{segment.lower()}', 'RFC 6146 3.5.2.2 V6 FIN + V4 FIN RCV: all packets are translated',
               'V4_FIN_V6_FIN_RCV', [segment], 'V4_FIN_V6_FIN_RCV', TRANS)
# RFC 6146 does not speak of a connection that is opened again with the same ports; RFC 5382 REQ-2 does.
REOPENED = 'RFC 5382 REQ-2, REQ-5: a SYN where both ends have closed opens another connection, which lives as long as any'
for segments, state, lifetime in ((['6S'], 'V6_INIT', TRANS), (['6S', '4SA'], 'ESTABLISHED', EST),
                                  (['4S'], 'V4_INIT', TRANS), (['4S', '6SA'], 'ESTABLISHED', EST),
                                  (['6FA', '4A', '6S', '4SA', '6A'], 'ESTABLISHED', EST),
                                  (['6S', '6S', '4S'], 'ESTABLISHED', EST)):
    transition(f'tcp-reopened-{"-".join(segments).lower()}', REOPENED, 'V4_FIN_V6_FIN_RCV', segments, state, lifetime)
# TRANS
for segment in ('6A', '6PA', '6FA', '6S', '4A', '4PA', '4FA', '4SA'):
    transition(f'tcp-trans-{segment.lower()}', 'RFC 6146 3.5.2.2 TRANS: other than RST',
               'TRANS', [segment], 'ESTABLISHED', EST)
for segment in ('6R', '6RA', '4R', '4RA'):
    transition(f'tcp-trans-{segment.lower()}', 'RFC 6146 3.5.2.2 TRANS: RST', 'TRANS', [segment], 'TRANS', TRANS)

group('tcp-rst-during-fin', jool=STATIC + ['global update handle-rst-during-fin-rcv true'])
for state in ('V4_FIN_RCV', 'V6_FIN_RCV'):
    for segment in ('6R', '4R'):
        transition(f'tcp-rst-during-{state.lower().replace("_", "-")}-{segment.lower()}',
                   'handle-rst-during-fin-rcv: a half-closed connection that is reset', state, [segment], 'TRANS', TRANS)

group('tcp-rst-short', jool=STATIC + ['global update handle-rst-during-fin-rcv true', 'global update tcp-est-timeout 100 --force'])
for state in ('V4_FIN_RCV', 'V6_FIN_RCV'):
    transition(f'tcp-rst-short-{state.lower().replace("_", "-")}', 'RFC 7857 7.1: nor does the RST give it a longer life',
               state, ['4R'], 'TRANS', 100)

group('tcp-timeouts', jool=STATIC + ['global update tcp-opening-timeout 60', 'global update tcp-closing-timeout 300'])
for state, lifetime in {'V6_INIT': 60, 'V4_INIT': 60, 'ESTABLISHED': EST, 'V4_FIN_RCV': EST, 'V4_FIN_V6_FIN_RCV': 300,
                        'TRANS': 300}.items():
    transition(f'tcp-timeouts-{state.lower().replace("_", "-")}', 'RFC 7857 2.1: SHOULD provide different parameters for opening and closing',
               state, [], state, lifetime)
group('tcp-timeouts-auto', jool=STATIC + ['global update tcp-trans-timeout 270', 'global update tcp-opening-timeout 60',
                                          'global update tcp-opening-timeout auto'])
for state in ('V6_INIT', 'V4_INIT', 'V4_FIN_V6_FIN_RCV', 'TRANS'):
    transition(f'tcp-timeouts-auto-{state.lower().replace("_", "-")}', 'RFC 6146 4: as long as they say nothing, TCP_TRANS is for both',
               state, [], state, 270)



def closed(flow):
    """A connection that both ends have closed."""
    return [step for segment in WAYS['V4_FIN_V6_FIN_RCV'] for step in passes(flow, segment)]


def refused(flow):
    return [*closed(flow), from4(flow.back4(tcp='S'))]


group('tcp-reopened-filtered', jool=STATIC + ['global update drop-externally-initiated-tcp true'])
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-reopened-drop-tcp', 'drop-externally-initiated-tcp: a closed connection is not opened again from IPv4 ...',
     *refused(flow), session(flow, 'V4_FIN_V6_FIN_RCV', TRANS), counters='V4_SYN')
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-reopened-drop-tcp-6', '... but from IPv6',
     *closed(flow), *passes(flow, '6S'), *passes(flow, '4SA'), session(flow, 'ESTABLISHED', EST))

group('tcp-reopened-adf', jool=STATIC + ['global update address-dependent-filtering true'])
flow = TCP_FLOW.but(dport=next(ports), dst4='198.51.100.20')
case('tcp-reopened-adf', 'RFC 6146 3.5.2.2 CLOSED: a session that is over lets nobody in; the SYN is stored, and a V6 SYN meets it',
     *refused(flow), session(flow, 'V4_FIN_V6_FIN_RCV', TRANS), *passes(flow, '6S'), session(flow, 'ESTABLISHED', EST),
     counters='SYN_STORED SYN_MATCHED')
flow = TCP_FLOW.but(dport=next(ports), dst4='198.51.100.21')
case('tcp-reopened-adf-known', 'RFC 6146 3.5.2.2 CLOSED: another session with the address lets it in',
     *passes(flow.but(dport=next(ports)), '6S'), *closed(flow), *passes(flow, '4S'), session(flow, 'V4_INIT', TRANS))
flow = TCP_FLOW.but(dport=2999, dst4='198.51.100.22')
case('tcp-reopened-adf-known-before', 'RFC 6146 3.5.2.2 CLOSED: also one that comes behind it in the order of ports',
     *passes(flow.but(dport=next(ports)), '6S'), *closed(flow), *passes(flow, '4S'), session(flow, 'V4_INIT', TRANS))

group('tcp-reopened-full', jool=STATIC + ['global update address-dependent-filtering true',
                                          'global update maximum-simultaneous-opens 0'])
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-reopened-full', 'RFC 6146 5.3, RFC 5382 REQ-4a: where nothing is stored, it is dropped',
     *refused(flow), session(flow, 'V4_FIN_V6_FIN_RCV', TRANS), counters='SYN_FULL')

group('tcp-reopened-own', nft='table ip t { chain o { type filter hook output priority 0; ip protocol tcp drop; }; }')
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-reopened-own', 'a socket of the gateway itself waits for it now, and its answer ends the session',
     *closed(flow), own_listener(2000), from4(flow.back4(tcp='S')), session(flow, present=False),
     counters='OWN_SOCKET HOST_SOCKET_SENT')

group('tcp-reopened-limit', jool=STATIC + ['global update max-sessions 1'])
flow = TCP_FLOW.but(dport=next(ports))
case('tcp-reopened-limit', 'max-sessions: one session goes, one comes',
     *closed(flow), *passes(flow, '6S'), *passes(flow, '4SA'), session(flow, 'ESTABLISHED', EST))

# ---- lifetimes -----------------------------------------------------------------------------------

# What a segment does: the state that it leads to, and whether the lifetime is set then. In RFC 6146 3.5.2.2 it is not
# where nothing is said of it.
EVENTS = ('6S', '6FA', '6R', '6A', '4S', '4FA', '4R', '4A')
SET, KEPT = True, False


def rules(others, **special):
    """@special by segment, with the first character last (S6 is a SYN from IPv6)."""
    return {event: special.get(event[1:] + event[0], others) for event in EVENTS}


LIFETIMES = {
    'V4_INIT': rules(('V4_INIT', KEPT), S6=('ESTABLISHED', SET)),
    'V6_INIT': rules(('V6_INIT', KEPT), S4=('ESTABLISHED', SET), S6=('V6_INIT', SET)),
    'ESTABLISHED': rules(('ESTABLISHED', SET), FA4=('V4_FIN_RCV', KEPT), FA6=('V6_FIN_RCV', KEPT), R4=('TRANS', SET),
                         R6=('TRANS', SET)),
    # RFC 7857 7.1: an RST prolongs nothing.
    'V4_FIN_RCV': rules(('V4_FIN_RCV', SET), FA6=('V4_FIN_V6_FIN_RCV', SET), R4=('V4_FIN_RCV', KEPT), R6=('V4_FIN_RCV', KEPT)),
    'V6_FIN_RCV': rules(('V6_FIN_RCV', SET), FA4=('V4_FIN_V6_FIN_RCV', SET), R4=('V6_FIN_RCV', KEPT), R6=('V6_FIN_RCV', KEPT)),
    'V4_FIN_V6_FIN_RCV': rules(('V4_FIN_V6_FIN_RCV', KEPT), S6=('V6_INIT', SET), S4=('V4_INIT', SET)),
    'TRANS': rules(('ESTABLISHED', SET), R4=('TRANS', KEPT), R6=('TRANS', KEPT)),
}
AGE = 12 * SLOW


def lifetimes(state):
    """Connections in @state, AGE seconds later a segment of each kind, and how long they live then."""
    before, after, looks = [], [], []
    for event, (new, is_set) in LIFETIMES[state].items():
        flow = TCP_FLOW.but(dport=next(ports))
        for segment in WAYS[state]:
            before += passes(flow, segment)
        after += passes(flow, event)
        full = EST if new in ('ESTABLISHED', 'V4_FIN_RCV', 'V6_FIN_RCV') else TRANS
        # Less than AGE tells both apart.
        looks.append(session(flow, new, full, slack=AGE - 2) if is_set else session(flow, new, full - AGE))
    return before, after, looks


group('tcp-lifetimes', slow=True)
parts = [lifetimes(state) for state in LIFETIMES]
case('tcp-lifetimes', 'RFC 6146 3.5.2.2: what sets the lifetime anew, and what leaves it',
     *[step for part in parts for step in part[0]], wait(AGE), *[step for part in parts for step in part[1]],
     at_once(*[look for part in parts for look in part[2]]))
