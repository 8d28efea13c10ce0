# SPDX-License-Identifier: GPL-2.0-only
"""Which address and port a node gets: RFC 6146 3.1, 3.5.1, 3.5.1.1, 3.5.2.3, 3.5.3; and when there are none left."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
STRANGER = '198.51.100.9'


def learn(flow, label, **more):
    """The flow's first packet, whose port as IPv4 sees it gets a name."""
    tcp = {'tcp': 'S'} if flow.proto == 'tcp' else {}
    field = 'ident' if flow.proto == 'icmp' else 'sport'
    return [from6(flow.out6(**tcp)), to4(like(flow.out4(**tcp), **{field: label}, **more))]


def unreachable(packet):
    return error6(packet, 1, 3, src=GW6, dst=packet.src)


def no_room(packet):
    """RFC 6888 REQ-11b, RFC 5508 REQ-8: host unreachable."""
    return error4(packet, 3, 1, src=GW4, dst=packet.src, tos=0xc0)


group('mapping', jool=[f'pool4 add --{p} {P4} {r}' for p in ('udp', 'tcp', 'icmp') for r in ('500-599', '2000-2099')])

for name, flow in {'udp': U, 'tcp': T}.items():
    for port in (1, 500, 1023):
        case(f'mapping-{name}-well-known-{port}', 'RFC 6146 3.5.1.1, 3.5.2.3: SHOULD get a port of 0-1023 if it has such a one',
             *learn(flow.but(sport6=port), 't'), mapping('port below 1024', lambda v: v.t < 1024))
    for port in (1024, 40000, 65535):
        case(f'mapping-{name}-high-{port}', 'RFC 6146 3.5.1.1, 3.5.2.3: SHOULD get a port of 1024-65535 if it has such a one',
             *learn(flow.but(sport6=port), 't'), mapping('port from 1024 on', lambda v: v.t >= 1024))
for port in (6, 7, 5000, 5001, 65534):
    case(f'mapping-udp-parity-{port}', 'RFC 6146 3.5.1.1: SHOULD preserve the parity',
         *learn(U.but(sport6=port), 't'), mapping('parity', lambda v, port=port: v.t % 2 == port % 2))
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    case(f'mapping-{name}-independent', 'RFC 6146 3.1: the same mapping to whomever',
         *learn(flow.but(sport6=6000), 't'), *learn(flow.but(sport6=6000, dst4=STRANGER, dport=99), 't'))
    case(f'mapping-{name}-unique', 'RFC 6146 3.5.1.1: MUST NOT be in use in another entry of the same BIB',
         *[step for i in range(8) for step in learn(flow.but(sport6=7000 + i), f't{i}')])
    case(f'mapping-{name}-hosts', 'RFC 6146 3.1: two hosts with the same port',
         *learn(flow.but(sport6=7100), 'a'), *learn(flow.but(sport6=7100, src6=D6), 'b'))
case('mapping-udp-answer', 'RFC 6146 3.6.1: the answer finds back',
     *learn(U.but(sport6=6100), 't'),
     from4(lambda v: U.but(sport6=6100, sport4=v.t).back4()), to6(U.but(sport6=6100).back6()))
case('mapping-tcp-answer', 'RFC 6146 3.6.1: the answer finds back',
     *learn(T.but(sport6=6100), 't'),
     from4(lambda v: T.but(sport6=6100, sport4=v.t).back4(tcp='SA')), to6(T.but(sport6=6100).back6(tcp='SA')))
case('mapping-ping-answer', 'RFC 6146 3.6.2: the answer finds back',
     *learn(P.but(sport6=6100), 't'),
     from4(lambda v: P.but(sport6=6100, sport4=v.t).back4()), to6(P.but(sport6=6100).back6()))
case('mapping-udp-session', 'RFC 6146 3.5.1: the session lives for UDP_DEFAULT', *learn(U.but(sport6=6200), 't'),
     session(U.but(sport6=6200), '', 300))
case('mapping-ping-session', 'RFC 6146 3.5.3: the session lives for ICMP_DEFAULT', *learn(P.but(sport6=6200), 't'),
     session(P.but(sport6=6200), '', 60))

group('mapping-obfuscated', jool=[f'pool4 add --udp {P4} 1024-65535'])
case('mapping-obfuscated', 'RFC 6056 4, RFC 6888 REQ-15: SHOULD be hard to guess: ports of hosts do not follow each other',
     *[step for i in range(8) for step in learn(U.but(src6=f'2001:db8::{0x200 + i:x}'), f't{i}')],
     mapping('apart', lambda v: len({(getattr(v, f't{i + 1}') - getattr(v, f't{i}')) % 64512 for i in range(7)}) > 5))
group('mapping-protocol', jool=[f'pool4 add --{p} {P4} 2000' for p in ('udp', 'tcp')] + NO_REST)
case('mapping-protocol-eif', 'RFC 7857 6: what a mapping lets in SHOULD depend on the protocol',
     from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
     from4(U.back4()), nobodys(U.back4(), 3, 3), counters=either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))
group('mapping-protocols', jool=[f'pool4 add --tcp {P4} 2000', f'pool4 add --udp {P4} 2002'])
case('mapping-protocol-eim', 'RFC 7857 5: mappings SHOULD depend on the protocol: one port of a host has one of each',
     from6(T.out6(tcp='S'), U.out6()), to4(T.out4(tcp='S'), U.but(sport4=2002).out4()))

ADDRESSES = [f'pool4 add --{p} 192.0.2.4/30 2000-2099' for p in ('udp', 'tcp', 'icmp')]
group('mapping-addresses', jool=ADDRESSES)
for src in range(4):
    host = f'2001:db8::{0x100 + src:x}'
    case(f'mapping-address-{src}', 'RFC 6146 3.5.1.1, 3.5.2.3, 3.5.3: SHOULD use the address that the host has in any BIB',
         *[step for i, flow in enumerate((U, T, P, U, T)) for step in
           learn(flow.but(src6=host, sport6=8000 + i), None, src='one')],
         mapping('of pool4', lambda v: v.one in ('192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7')))

group('mapping-one', jool=[f'pool4 add --{p} {P4} 2000' for p in ('udp', 'tcp', 'icmp')] + NO_REST)
case('mapping-bibs', 'RFC 6146 3.5.1.1: one port may be in use in each of the BIBs',
     from6(U.out6(), P.out6(), T.out6(tcp='S')), to4(U.out4(), P.out4(), T.out4(tcp='S')))
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    tcp = {'tcp': 'S'} if name == 'tcp' else {}
    packet = flow.but(sport6=1002).out6(**tcp)
    case(f'mapping-exhausted-{name}', 'RFC 6146 3.5.1.1, 3.5.2.3: no port left: SHOULD send address unreachable',
         from6(flow.out6(**tcp)), to4(flow.out4(**tcp)),
         from6(packet), to6(unreachable(packet)), counters='POOL4_EXHAUSTED ICMP_SENT')
case('mapping-exhausted-others', 'RFC 6146 3.5.1: who has a mapping goes on',
     from6(U.but(dport=90).out6()), to4(U.but(dport=90).out4()))

group('mapping-fallback', jool=[f'pool4 add --{p} {P4} 2001' for p in ('udp', 'tcp')] + NO_REST)
case('mapping-fallback-udp', 'RFC 6146 3.5.1.1: MAY assign another range, rather than none',
     from6(U.but(sport6=400).out6()), to4(U.but(sport4=2001).out4()))
case('mapping-fallback-tcp', 'RFC 6146 3.5.2.3: MAY assign another range, rather than none',
     from6(T.but(sport6=400).out6(tcp='S')), to4(T.but(sport4=2001).out4(tcp='S')))

group('mapping-no-protocol', jool=[f'pool4 add --udp {P4} 2000-2099'])
case('mapping-no-protocol', 'RFC 6146 3.5.2.3: pool4 has nothing for TCP: SHOULD send address unreachable',
     from6(T.out6(tcp='S')), to6(unreachable(T.out6(tcp='S'))), counters='MARK_NOT_FOUND ICMP_SENT')

group('mapping-socket')
case('mapping-socket', 'a connection of the gateway itself is not taken from it',
     own_socket(2000, (S4, 187)), from6(U.but(dport=187).out6()), to6(unreachable(U.but(dport=187).out6())),
     session(U.but(dport=187), present=False), from6(U.but(dport=188).out6()), to4(U.but(dport=188).out4()),
     counters='HOST_SOCKET ICMP_SENT')
group('mapping-socket-port', jool=['pool4 add --udp 192.0.2.1 2000-2001'] + NO_REST)
case('mapping-socket-port', 'nor is its port given to somebody who writes to the same node',
     own_socket(2000, (S4, 80)), from6(U.out6()), to4(U.but(sport4=2001).out4()))
group('mapping-socket-sends', jool=[f'pool4 add --udp {P4} 2000'] + NO_REST)
case('mapping-socket-sends', 'a connection of the gateway itself gets its answers, even if a session was there before it',
     *learn(U, 'p'), own_socket(2000, (S4, 80), says=b'own'), session(U, present=False),
     to4(IP(src=P4, dst=S4, flags='DF') / UDP(sport=2000, dport=80) / b'own'),
     from4(U.back4()), counters='HOST_SOCKET_SENT')
group('mapping-max-sessions', jool=POOL + ['global update max-sessions 1'])
case('mapping-max-sessions', 'RFC 6146 5.3: limited resources; RFC 6888 REQ-11b, RFC 5508 REQ-8: and the sender SHOULD be told', *learn(U, 't'),
     from6(U.but(dport=90).out6()), to6(unreachable(U.but(dport=90).out6())),
     session(U.but(dport=90), present=False), counters='SESSIONS_FULL ICMP_SENT')
group('mapping-max-bib', jool=POOL + ['global update max-bib-entries 1'])
case('mapping-max-bib', 'RFC 6146 3.5.1.1: no BIB entry can be made: SHOULD send address unreachable',
     *learn(U, 't'), from6(U.but(sport6=1002).out6()), to6(unreachable(U.but(sport6=1002).out6())),
     counters='BIB_FULL ICMP_SENT')
group('mapping-max-source', jool=POOL + ['global update max-sessions-per-source 1'])
case('mapping-max-source', 'RFC 6146 5.3: limited resources for each host', *learn(U, 'a'),
     from6(U.but(dport=90).out6()), to6(unreachable(U.but(dport=90).out6())), counters='SOURCE_FULL ICMP_SENT')
case('mapping-max-source-4', 'RFC 5508 REQ-8, RFC 6888 REQ-11b: from IPv4 as well', *learn(U.but(sport6=1005, src6='2001:db8::a'), 'c'),
     from4(lambda v: U.but(sport4=v.c, dst4=STRANGER).back4()),
     to4(lambda v: error4(U.but(sport4=v.c, dst4=STRANGER).back4(), 3, 1, src=GW4, dst=STRANGER, tos=0xc0)),
     counters='SOURCE_FULL ICMP_SENT')
case('mapping-max-source-others', 'RFC 6146 5.3: another host has its own', *learn(U.but(src6=D6), 'b'))

# Two addresses of a port each.
TWO = ['pool4 add --udp 192.0.2.4/31 2000', f'pool4 add --tcp {P4} 2000-2099'] + NO_REST
group('mapping-soft', jool=TWO)
case('mapping-soft', 'RFC 6146 3.5.1.1: where the address of the host has no port left, it gets another',
     *learn(U, None, src='a'), *learn(U.but(sport6=1002), None, src='b'), mapping('two addresses', lambda v: v.a != v.b))
group('mapping-paired', jool=TWO + ['global update paired true'])
case('mapping-paired', 'RFC 7857 4, RFC 6888 REQ-2: paired: it gets none', *learn(U, None, src='a'),
     from6(U.but(sport6=1002).out6()), to6(unreachable(U.but(sport6=1002).out6())), counters='POOL4_EXHAUSTED ICMP_SENT')
case('mapping-paired-others', 'another host gets the other address', *learn(U.but(src6=D6), None, src=None))
case('mapping-paired-pool', 'where pool4 has none of its address, any', *learn(T, 't'))

group('mapping-paired-tcp', jool=['pool4 add --tcp 192.0.2.4/31 2000', 'global update paired true'])
case('mapping-paired-tcp', 'RFC 7857 4: the same for TCP', *learn(T, None, src='a'), from6(T.but(sport6=1002).out6(tcp='S')),
     to6(unreachable(T.but(sport6=1002).out6(tcp='S'))), counters='POOL4_EXHAUSTED ICMP_SENT')

# A port that ended rests. Two even ones, and an odd one, which nothing else uses.
group('port-rest', jool=[f'pool4 add --udp {P4} 2890-2892', f'pool4 add --tcp {P4} 2890', f'pool4 add --icmp {P4} 2890-2891'])


def ended(flow):
    return command(f'session delete --{flow.proto} --src6 {C6}/128 --port {flow.sport6}')


def of_port(i, flow=U):
    return flow.but(sport6=7000 + 2 * i)


case('port-rest', 'RFC 6888 REQ-8: not given to a new mapping for a time that is configurable',
     *learn(of_port(0), 'a'), ended(of_port(0)),
     from4(lambda v: U.but(sport4=v.a).back4()), to4(lambda v: nobodys(U.but(sport4=v.a).back4(), 3, 3).what[0]),
     *learn(of_port(1), 'b'), ended(of_port(1)), *learn(of_port(2), 'c'), ended(of_port(2)),
     mapping('one that does not rest rather than of the parity', lambda v: v.c == 2891),
     *learn(of_port(3), None),
     counters='PORT_RESTING ' + either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))
case('port-rest-ping', 'RFC 6888 REQ-8: and identifiers',
     *learn(of_port(0, P), 'a'), ended(of_port(0, P)), *learn(of_port(1, P), 'b'), ended(of_port(1, P)),
     *learn(of_port(2, P), None), counters='PORT_RESTING')
case('port-rest-tcp', 'RFC 6888 REQ-8 a: those of TCP MAY be used again at once',
     *learn(of_port(0, T), 'a'), ended(of_port(0, T)), *learn(of_port(1, T), 'a'))
group('port-rest-off', jool=[f'pool4 add --udp {P4} 2893'] + NO_REST)
case('port-rest-off', 'RFC 6888 REQ-8: 0: at once', *learn(of_port(0), 'a'), ended(of_port(0)), *learn(of_port(1), 'a'),
     ended(of_port(1)), command('global update port-rest 100'), *learn(of_port(2), 'a'), ended(of_port(2)),
     command('global update port-rest 0'), *learn(of_port(3), 'a'))
group('port-rest-over', jool=[f'pool4 add --udp {P4} 2000', f'global update port-rest {2 * SLOW}'], slow=True)
case('port-rest-over', 'RFC 6888 REQ-8: afterwards it is as good as any', *learn(of_port(0), 'a'), ended(of_port(0)),
     wait(4 * SLOW), *learn(of_port(1), 'a'), ended(of_port(1)), *learn(of_port(2), 'a'), ended(of_port(2)), counters='PORT_RESTING')
group('port-rest-shorter', jool=[f'pool4 add --udp {P4} 2000', 'global update port-rest 3600'], slow=True)
case('port-rest-shorter', 'one that rests for long does not when the time is made shorter', *learn(of_port(0), 'a'), ended(of_port(0)),
     command(f'global update port-rest {SLOW}'), *learn(of_port(1), 'a'), ended(of_port(1)),
     wait(2 * SLOW), *learn(of_port(2), 'a'), counters='PORT_RESTING')

# What is remembered to be full is forgotten when something of it is given back.
group('mapping-full', jool=[f'pool4 add --udp {P4} {r}' for r in ('500-501', '2000-2003')] + NO_REST)
case('mapping-full-parity', 'RFC 6146 3.5.1.1: no port of the parity, then of the side, then any; and each again when one is free',
     *[step for i in range(3) for step in learn(U.but(sport6=7000 + 2 * i), f't{i}')],
     mapping('parity as long as there is one', lambda v: {v.t0, v.t1} == {2000, 2002} and v.t2 in (2001, 2003)),
     command(f'session delete --udp --src6 {C6}/128 --port 7000'), *learn(U.but(sport6=7100), 't0'),
     *learn(U.but(sport6=7102), 'b'), mapping('the side', lambda v: {v.b, v.t2} == {2001, 2003}),
     *learn(U.but(sport6=7104), 'c'), *learn(U.but(sport6=7106), 'd'),
     mapping('any', lambda v: {v.c, v.d} == {500, 501}),
     from6(U.but(sport6=7108).out6()), to6(unreachable(U.but(sport6=7108).out6())),
     command(f'session delete --udp --src6 {C6}/128 --port 7002'), *learn(U.but(sport6=7110), 't1'),
     counters='POOL4_EXHAUSTED ICMP_SENT')

# Of four sessions strangers have two.
group('mapping-share', jool=STATIC + ['global update max-sessions 4'])
strangers = [U.but(dst4=f'198.51.100.{30 + i}') for i in range(3)]
case('mapping-share', 'RFC 4787 REQ-8, RFC 6146 5.3: what is let in from anybody takes no more than half of max-sessions',
     from4(*[f.back4() for f in strangers[:2]]), to6(*[f.back6() for f in strangers[:2]]), from4(strangers[2].back4()),
     to4(no_room(strangers[2].back4())),
     from6(U.out6()), to4(U.out4()), from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
     from6(U.but(dport=81).out6()), to6(unreachable(U.but(dport=81).out6())),
     counters={'SESSIONS4_FULL': 1, 'SESSIONS_FULL': 1, 'ICMP_SENT': 2})
group('mapping-share-again', jool=STATIC + ['global update max-sessions 3'])
case('mapping-share-again', 'one that ended makes room for another',
     from4(*[f.back4() for f in strangers[:2]]), to6(*[f.back6() for f in strangers[:2]]),
     command('session delete --udp --dst4 198.51.100.30/32'),
     from4(strangers[2].back4()), to6(strangers[2].back6()), from4(strangers[0].back4()),
     to4(no_room(strangers[0].back4())), counters='SESSIONS4_FULL ICMP_SENT')
