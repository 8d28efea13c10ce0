# SPDX-License-Identifier: GPL-2.0-only
"""pool4 with an address that is routed to the gateway, and not its own: what is nobody's would leave again by the link by
which it came. RFC 6146 3.4, 3.5, 3.8; RFC 7915 4.2; RFC 1812 5.3.7."""
import struct

from dsl import *

AWAY = '192.0.2.77'
U, T, P = (flow.but(src4=AWAY) for flow in (UDP_FLOW, TCP_FLOW, PING))
ROUTED = [line.replace(P4, AWAY) for line in STATIC]


def told(packet, type, code):
    return to4(error4(packet, type, code, src=GW4, dst=S4, tos=0xc0))


def ping(ident):
    return IP(src=S4, dst=AWAY, id=5) / Icmp4(type=8, msgbody=struct.pack('!HH', ident, 1) + DATA)


group('routed', jool=ROUTED)
case('routed-udp', 'there and back', from6(U.out6()), to4(U.out4()), from4(U.back4()), to6(U.back6()))
case('routed-unmapped-udp', 'RFC 6146 3.5.1: no BIB entry: MUST be dropped; an error with type 3 MAY be sent',
     from4(U.but(sport4=2050).back4()), told(U.but(sport4=2050).back4(), 3, 3), counters='ROUTED4_UNMAPPED ICMP_SENT')
case('routed-unmapped-ping', 'RFC 6146 3.5.3: no BIB entry: MUST be dropped; host unreachable MAY be sent',
     from4(ping(2050)), told(ping(2050), 3, 1), counters='ROUTED4_UNMAPPED ICMP_SENT')
case('routed-unmapped-tcp', 'RFC 6146 3.5.2.2 CLOSED: silently discarded', from4(T.but(sport4=2050).back4()), counters='SYN4_EXPECTED')
case('routed-port-udp', 'RFC 6146 3.5.1: nor has a port anybody that pool4 does not have',
     from4(U.but(sport4=53).back4()), told(U.but(sport4=53).back4(), 3, 3), counters='RECEIVED4 ROUTED4_UNMAPPED ICMP_SENT')
case('routed-port-tcp', 'RFC 6146 3.5.2.2: the same of TCP',
     from4(T.but(sport4=53).back4(tcp='S')), told(T.but(sport4=53).back4(tcp='S'), 3, 3), counters='ROUTED4_UNMAPPED ICMP_SENT')
case('routed-port-ping', 'RFC 6146 3.5.3: the same of a ping', from4(ping(53)), told(ping(53), 3, 1), counters='ROUTED4_UNMAPPED ICMP_SENT')
for proto, name in {132: 'sctp', 33: 'dccp', 47: 'gre', 50: 'esp', 136: 'udp-lite'}.items():
    packet = IP(src=S4, dst=AWAY, proto=proto, id=5, ttl=64) / Raw(b'\0\x50\x07\xd0' + b'\0' * 28)
    case(f'routed-{name}', 'RFC 6146 3.4: SHOULD be discarded and protocol unreachable sent',
         from4(packet), told(packet, 3, 2), counters='ROUTED4_L4_PROTO ICMP_SENT')
case('routed-igmp', 'RFC 7915 4.2: SHOULD be silently dropped',
     from4(IP(src=S4, dst=AWAY, proto=2, id=5) / Raw(b'\x16\0\xe9\xff\0\0\0\0')), counters='ROUTED4_L4_PROTO')
for type in (4, 5, 6, 9, 10, 13, 14, 15, 16, 17, 18, 40, 255):
    case(f'routed-icmp-{type}', 'RFC 7915 4.2: silently drop',
         from4(IP(src=S4, dst=AWAY) / Icmp4(type=type, msgbody=b'\x07\xd0\0\1' + b'\0' * 16)), counters='ROUTED4_ICMP_TYPE')


def error(inner, **more):
    return from4(error4(inner, 3, 1, dst=AWAY, **more))


case('routed-error', 'RFC 5508 REQ-4: an error about a session', error(U.out4(id=9)),
     to6(error6(U.out6(hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)))
case('routed-error-cut', 'RFC 6146 3.4: no tuple: MUST be silently discarded', error(U.out4(), size=23), counters='ROUTED4_ERROR_INNER')
case('routed-error-error', 'RFC 6146 3.4: an error in an error: silently discarded',
     error(error4(U.back4(), 3, 3, src=AWAY, dst=S4)), counters='ROUTED4_ERROR_INNER')
case('routed-error-version', 'RFC 6146 3.4: no tuple', error(U.out6()), counters='ROUTED4_ERROR_INNER')
case('routed-error-fragment', 'RFC 6146 3.4: no tuple: a later fragment', error(cut4(U.out4(data=pattern(64)), 40)[1]),
     counters='ROUTED4_ERROR_INNER')
case('routed-error-sctp', 'RFC 6146 3.4: no tuple: another protocol',
     error(IP(src=AWAY, dst=S4, proto=132) / Raw(b'\x07\xd0\0\x50' + b'\0' * 12)), counters='ROUTED4_ERROR_INNER')
case('routed-error-length', 'RFC 4884: a length behind the end',
     from4(error4(build(U.out4(data=pattern(200)))[:128], 11, 0, b'\0\x40\0\0', dst=AWAY)), counters='ROUTED4_ERROR_LENGTH')
case('routed-error-unmapped', 'RFC 5508 REQ-4: about what nobody has sent', error(U.but(sport4=2050).out4()), counters='ICMP_ERROR_SESSION')
case('routed-error-port', 'RFC 5508 REQ-4: from a port that pool4 does not have', error(U.but(sport4=53).out4()),
     counters='ICMP_ERROR_SESSION')
case('routed-error-other', 'RFC 5508 REQ-3: about what another address has sent', error(U.but(src4='198.51.100.20').out4()),
     counters='ICMP_ERROR_SESSION')
case('routed-syn', 'RFC 6146 3.5.2.2 CLOSED: a SYN is stored', from4(T.but(sport4=2060).back4(tcp='S')), counters='SYN_STORED')

group('routed-host', jool=ROUTED, ip=[f'route add {AWAY}/32 via 203.0.113.8'])
case('routed-host', 'who has the rest of the address, by a route for it alone, gets what is none of pool4',
     from4(U.but(sport4=53).back4()), to4(forwarded(U.but(sport4=53).back4())))
case('routed-host-proto', 'and other protocols', from4(IP(src=S4, dst=AWAY, proto=47, id=5, ttl=64) / Raw(b'\0' * 20)),
     to4(IP(src=S4, dst=AWAY, proto=47, id=5, ttl=63) / Raw(b'\0' * 20)))
case('routed-host-unmapped', 'but not what is', from4(U.but(sport4=2050).back4()), told(U.but(sport4=2050).back4(), 3, 3),
     counters='ROUTED4_UNMAPPED ICMP_SENT')

group('routed-local', jool=ROUTED, ip=[f'route add local {AWAY}/32 dev lo table 77', f'rule add from {S4} lookup 77'])
case('routed-local', 'what a rule gives the gateway itself is its own, and not refused', from4(U.but(sport4=53).back4()))

# No packet of these is from a single host: RFC 1812 4.3.2.7.
group('routed-forged', jool=ROUTED)
for what, source in {'gateway': GW4, 'pool4': AWAY, 'broadcast': '203.0.113.255', 'everybody': '255.255.255.255',
                     'multicast': '224.0.0.1', 'loopback': '127.0.0.1', 'nobody': '0.0.0.0'}.items():
    forged = U.but(sport4=2050, dst4=source)
    case(f'routed-forged-{what}', 'RFC 1812 4.3.2.7: nor MUST an error be sent to such a source', from4(forged.back4()),
         counters='UNTRANSLATABLE_SRC4')
    case(f'routed-forged-{what}-proto', 'the same of other protocols', from4(IP(src=source, dst=AWAY, proto=47, id=5) / Raw(b'\0' * 20)),
         counters='UNTRANSLATABLE_SRC4')

group('routed-disabled', jool=ROUTED + ['global update manually-enabled false'], ip=[f'route add blackhole {AWAY}/32'])
case('routed-disabled', 'manually-enabled false: left to the kernel', from4(U.but(sport4=2050).back4()), counters='XLATOR_DISABLED')

# ---- hairpinning ---------------------------------------------------------------------------------

POOL_6 = embed(AWAY)
BOTH = ROUTED + [f'bib add --{p} {D6}#1001 {AWAY}#2001' for p in ('udp', 'tcp', 'icmp')]
group('routed-hairpin', jool=BOTH)
case('routed-hairpin-udp', 'RFC 6146 3.8: to the other host', from6(Flow('udp', C6, 1000, AWAY, 2001).out6()),
     to6(Flow('udp', D6, 1001, AWAY, 2000).back6(hlim=63)), counters='HAIRPIN')
for proto in ('udp', 'tcp'):
    case(f'routed-hairpin-port-{proto}', 'RFC 6146 3.8, 3.5: to a port that pool4 does not have: MUST be dropped',
         from6(Flow(proto, C6, 1000, AWAY, 53).out6(tcp='S')), counters='HAIRPIN HAIRPIN_LOST')
case('routed-hairpin-unmapped', 'RFC 6146 3.8, 3.5.1: to a port that nobody has: MUST be dropped',
     from6(Flow('udp', C6, 1000, AWAY, 2050).out6()), counters='HAIRPIN HAIRPIN_LOST')
echo = struct.pack('!HH', 1000, 5) + DATA
case('routed-hairpin-ping', 'RFC 6146 3.8, 3.5.3: a ping goes to whom its identifier is mapped, which is the sender',
     from6(IPv6(src=C6, dst=POOL_6, hlim=64) / Icmp6(type=128, msgbody=echo)),
     to6(IPv6(src=POOL_6, dst=C6, hlim=63) / Icmp6(type=128, msgbody=echo)),
     from6(IPv6(src=C6, dst=POOL_6, hlim=64) / Icmp6(type=129, msgbody=echo)),
     to6(IPv6(src=POOL_6, dst=C6, hlim=63) / Icmp6(type=129, msgbody=echo)), counters={'HAIRPIN': 2})

# An address that only a static BIB entry has is another machine's but for its port.
group('routed-static', jool=POOL + [f'bib add --{p} {C6}#1000 198.51.100.40#2000' for p in ('udp', 'tcp')])
S = UDP_FLOW.but(src4='198.51.100.40')
case('routed-static', 'the port is translated', from4(S.back4()), to6(S.back6()))
case('routed-static-others', 'the others are forwarded as ever', from4(S.but(sport4=2001).back4()), to4(forwarded(S.but(sport4=2001).back4())))
OWN = S.but(dst4='198.51.100.40', dport=53)
case('routed-static-self', 'RFC 6146 3.8: nothing leaves for the address that it comes from', from6(OWN.out6()),
     to6(error6(OWN.out6(), 1, 3, src=GW6, dst=C6)), counters='HAIRPIN_LOST ICMP_SENT')
OWN_TCP = TCP_FLOW.but(sport4=2001, src4='198.51.100.40', dst4='198.51.100.40', dport=53)
case('routed-static-self-error', 'RFC 6146 3.8: nor does an error', from6(error6(OWN.back6(), 1, 4, src=C6)), counters='HAIRPIN_LOST')
case('routed-static-self-tcp', 'RFC 6146 3.8: nor what makes no session', from6(OWN_TCP.out6(tcp='R')), counters='HAIRPIN_LOST')
OTHER = UDP_FLOW.but(dst4='198.51.100.40', dport=53, sport6=1009)
case('routed-static-other-host', 'another host reaches that machine', from6(OTHER.out6()), to4(like(OTHER.out4(), sport='t')))

# ---- sources -------------------------------------------------------------------------------------

for name, own in (('own', False), ('routed', True)):
    pool = ROUTED if own else STATIC
    flow = U if own else UDP_FLOW
    group(f'source4-{name}', jool=pool)
    for what, source in {'pool4': flow.src4, 'gateway': GW4, 'broadcast': '203.0.113.255'}.items():
        forged = flow.but(dst4=source)
        case(f'source4-{name}-{what}', 'RFC 1812 5.3.7, 4.2.2.11: a source that nobody beyond can have: SHOULD be discarded',
             from4(forged.back4()), session(forged, present=False), counters='UNTRANSLATABLE_SRC4')
        stored = T.but(src4=flow.src4, dst4=source, sport4=2061)
        case(f'source4-{name}-{what}-syn', 'the same of a SYN without BIB entry', from4(stored.back4(tcp='S')),
             counters='UNTRANSLATABLE_SRC4')
    self_ping = IP(src=flow.src4, dst=flow.src4, id=5) / Icmp4(type=8, msgbody=struct.pack('!HH', 2000, 1) + DATA)
    case(f'source4-{name}-self-ping', 'RFC 1812 5.3.7: nor does the gateway ping itself from there', from4(self_ping),
         counters='UNTRANSLATABLE_SRC4')

group('source6')
for what, source in {'mapped': '::ffff:203.0.113.77', 'compatible': '::203.0.113.77', 'gateway': GW6}.items():
    flow = UDP_FLOW.but(src6=source)
    case(f'source6-{what}', 'RFC 4291 2.5.5, RFC 1812 5.3.8: a source that nobody beyond can have is refused',
         from6(flow.out6()), session(flow, present=False), counters='UNTRANSLATABLE_SRC6')
    case(f'source6-{what}-error', 'the same of an error', from6(error6(UDP_FLOW.back6(), 1, 4, src=source)),
         counters='UNTRANSLATABLE_SRC6')

STATIC6 = UDP_FLOW.but(src6=GW6, sport4=2099)
group('source6-static', jool=STATIC + [f'bib add --udp {GW6}#1000 {P4}#2099'])
case('source6-gateway-static', 'RFC 1812 5.3.8: also one that has a BIB entry by hand', from6(STATIC6.out6()),
     session(STATIC6, present=False), counters='UNTRANSLATABLE_SRC6')

# ---- routes within pool6 -------------------------------------------------------------------------

group('bypass', ip=['route add 64:ff9b::203.0.113.0/120 via 2001:db8::9', 'route add prohibit 64:ff9b::198.51.100.0/120',
                    'route add 64:ff9b::198.51.100.64/122 dev lo'])
V = UDP_FLOW.but(dport=772)
LEFT = {'RECEIVED6': 1, 'SUCCESS': 0, 'ROUTED6': 1}
case('bypass-udp', 'RFC 7915 5.6: reachable by a more specific route without translation: MUST forward it untranslated',
     from6(V.out6()), to6(V.out6(hlim=63)), session(V, present=False), counters=LEFT)
case('bypass-again', 'RFC 7915 5.6: and what is remembered of it', from6(V.out6()), to6(V.out6(hlim=63)), counters=LEFT)
case('bypass-tcp', 'RFC 7915 5.6: TCP', from6(TCP_FLOW.out6(tcp='S')), to6(TCP_FLOW.out6(tcp='S', hlim=63)), counters=LEFT)
case('bypass-ping', 'RFC 7915 5.6: a ping', from6(PING.out6()), to6(PING.out6(hlim=63)), counters=LEFT)
sctp = IPv6(src=C6, dst=S6, nh=132, hlim=64) / Raw(b'\3\xe8\0\x50' + b'\0' * 28)
case('bypass-sctp', 'RFC 7915 5.6: whatever it is', from6(sctp), to6(forwarded(sctp)), counters=LEFT)
error = error6(V.back6(), 1, 4, src=C6)
case('bypass-error', 'RFC 7915 5.6: an error', from6(error), to6(forwarded(error)), counters=LEFT)
case('bypass-others', 'RFC 7915 5.6: MUST translate the rest', from6(V.but(dst4='192.0.2.200').out6()), to4(V.but(dst4='192.0.2.200').out4()))
P6 = V.but(dst4='198.51.100.9')
case('bypass-prohibited', 'RFC 6888 REQ-6: or nobody is to get it', from6(P6.out6()), to6(error6(P6.out6(), 1, 1, src=GW6, dst=C6)),
     counters={**LEFT})
case('bypass-loopback', 'a route that leads nowhere else is as that of pool6', from6(V.but(dst4='198.51.100.70').out6()),
     to4(V.but(dst4='198.51.100.70').out4()))
group('bypass-none')
case('bypass-none', 'once the route is gone, what it took is translated', from6(V.but(dport=771).out6()), to4(V.but(dport=771).out4()))
