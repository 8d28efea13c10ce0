# SPDX-License-Identifier: GPL-2.0-only
"""From one IPv6 node to another by way of pool4: RFC 6146 3.8, RFC 4787 REQ-9, RFC 5382 REQ-8."""
import struct

from dsl import *

# Of C6 to the port of D6, as C6 and as D6 see it; and the same in the other direction.
POOL_6 = embed(P4)


def to_d(proto, data=DATA, tcp='A', **ip):
    return Flow(proto, C6, 1000, P4, 2001).out6(data=data, tcp=tcp, **ip)


def at_d(proto, data=DATA, tcp='A', hlim=63, **ip):
    return Flow(proto, D6, 1001, P4, 2000).back6(data=data, tcp=tcp, hlim=hlim, **ip)


def to_c(proto, data=DATA, tcp='A', **ip):
    return Flow(proto, D6, 1001, P4, 2000).out6(data=data, tcp=tcp, **ip)


def at_c(proto, data=DATA, tcp='A', hlim=63, **ip):
    return Flow(proto, C6, 1000, P4, 2001).back6(data=data, tcp=tcp, hlim=hlim, **ip)


BOTH = STATIC + [f'bib add --{p} {D6}#1001 {P4}#2001' for p in ('udp', 'tcp', 'icmp')]
group('hairpin', jool=BOTH)
case('hairpin-udp', 'RFC 6146 3.8: there and back; the hop limit counts once',
     from6(to_d('udp')), to6(at_d('udp')), from6(to_c('udp')), to6(at_c('udp')), counters={'HAIRPIN': 2})
case('hairpin-tcp', 'RFC 6146 3.8: a connection, with a session of each node',
     from6(to_d('tcp', tcp='S')), to6(at_d('tcp', tcp='S')),
     session(Flow('tcp', C6, 1000, P4, 2001), 'V6_INIT', 240), session(Flow('tcp', D6, 1001, P4, 2000), 'V4_INIT', 240),
     from6(to_c('tcp', tcp='SA')), to6(at_c('tcp', tcp='SA')),
     session(Flow('tcp', C6, 1000, P4, 2001), 'ESTABLISHED', 7200),
     session(Flow('tcp', D6, 1001, P4, 2000), 'ESTABLISHED', 7200),
     from6(to_d('tcp', tcp='FA')), to6(at_d('tcp', tcp='FA')),
     session(Flow('tcp', C6, 1000, P4, 2001), 'V6_FIN_RCV'), session(Flow('tcp', D6, 1001, P4, 2000), 'V4_FIN_RCV'),
     counters={'HAIRPIN': 3})
case('hairpin-tclass', 'RFC 7915 5.1, 4.1: the traffic class',
     from6(to_d('udp', tc=0xb9)), to6(at_d('udp', tc=0xb9)), counters='HAIRPIN')
case('hairpin-self', 'RFC 6146 3.8: to its own mapping',
     from6(Flow('udp', C6, 1000, P4, 2000).out6()), to6(Flow('udp', C6, 1000, P4, 2000).back6()), counters='HAIRPIN')
case('hairpin-new', 'RFC 6146 3.8: from a node without mapping',
     from6(Flow('udp', C6, 1010, P4, 2001).out6()), to6(like(at_d('udp'), sport='t')),
     command(f'bib remove --udp {C6}#1010'), counters='HAIRPIN')
case('hairpin-hop-limit', 'RFC 7915 5.1: hop limit used up',
     from6(to_d('udp', hlim=1)), to6(error6(to_d('udp', hlim=1), 3, 0, src=GW6, dst=C6)), counters='TTL ICMP_SENT')
case('hairpin-hop-limit-2', 'RFC 7915 5.1: the last hop',
     from6(to_d('udp', hlim=2)), to6(at_d('udp', hlim=1)), counters='HAIRPIN')
case('hairpin-nobody', 'RFC 6146 3.8, 3.5.1: to a port that nobody has: MUST be dropped',
     from6(Flow('udp', C6, 1000, P4, 2050).out6()), counters='HAIRPIN HAIRPIN_LOST')
case('hairpin-nobody-syn', 'RFC 6146 3.8, 3.5.2.2: a SYN is kept, as any other from IPv4',
     from6(Flow('tcp', C6, 1000, P4, 2050).out6(tcp='S')), counters='HAIRPIN SYN_STORED')
case('hairpin-large', 'RFC 7915 5.1: larger than 1280 bytes',
     from6(to_d('udp', data=pattern(1400))), to6(at_d('udp', data=pattern(1400))),
     counters='HAIRPIN')
case('hairpin-checksum', 'RFC 7915 5.5: a sum of zero stays 0xffff',
     from6(to_d('udp', data=sum_to(at_d('udp'), 0)[-16:])),
     to6(at_d('udp', data=sum_to(at_d('udp'), 0)[-16:])), counters='HAIRPIN')
case('hairpin-fragments', 'RFC 6146 3.4: in fragments',
     from6(*cut6(to_d('udp', data=pattern(3000)), 1448, 1448, id=77)),
     to6(fragments(at_d('udp', data=pattern(3000)), 1500)), counters='HAIRPIN')

# Errors about hairpinned packets.
group('hairpin-errors', jool=BOTH, prime=[from6(to_d('udp')), to6(at_d('udp')), from6(to_c('udp')), to6(at_c('udp')),
                                          from6(to_d('tcp', tcp='S')), to6(at_d('tcp', tcp='S'))])
for proto in ('udp', 'tcp'):
    case(f'hairpin-error-{proto}', 'RFC 6146 3.8, 3.4: port unreachable, back to whom it concerns',
         from6(error6(at_d(proto), 1, 4, src=D6, dst=POOL_6)),
         to6(error6(to_d(proto, hlim=63), 1, 4, src=POOL_6, dst=C6, hlim=63)), counters='HAIRPIN')
case('hairpin-error-router', 'RFC 6146 3.8: from a router on the way',
     from6(error6(at_d('udp', hlim=0), 3, 0, src=R6, dst=POOL_6)),
     to6(error6(to_d('udp', hlim=0), 3, 0, src=POOL_6, dst=C6, hlim=63)), counters='HAIRPIN')
case('hairpin-error-too-big', 'RFC 6146 3.8, RFC 7915 4.2, 5.2: the MTU comes out as it went in',
     from6(error6(at_d('udp', data=pattern(1400)), 2, 0, b'\0\0\5\x78', src=R6, dst=POOL_6, size=1232)),
     to6(error6(to_d('udp', data=pattern(1400), hlim=63), 2, 0, b'\0\0\5\x78', src=POOL_6, dst=C6, hlim=63, size=568)),
     counters='HAIRPIN')

# ---- errors that the gateway itself makes when the packet comes back -----------------------------


def refused(packet, type, code, rest=b'\0\0\0\0', pool=embed(either(P4, GW4)), **more):
    """What the first host gets: from the gateway as IPv4 sees it, about the packet as it came."""
    return error6(packet, type, code, rest, src=pool, dst=C6, hlim=63, tc=0xc0, **more)


def too_big_for_d(name, says, proto, size, mtu):
    data = pattern(size - (60 if proto == 'tcp' else 48))
    packet = to_d(proto, data=data)
    # RFC 1812 4.3.2.3: an error of IPv4 has 576 bytes, 548 of them are the packet.
    case(name, says, from6(packet), to6(refused(packet, 2, 0, struct.pack('!I', mtu), size=568)),
         counters='HAIRPIN PKT_TOO_BIG ICMP_SENT')


for mtu in (1280, 1420):
    group(f'hairpin-mtu-{mtu}', jool=BOTH, ip=[f'route add {D6}/128 dev gc mtu {mtu}'],
          prime=[from6(to_d('tcp', tcp='S')), to6(at_d('tcp', tcp='S')), from6(to_c('tcp', tcp='SA')), to6(at_c('tcp', tcp='SA'))])
    for proto in ('udp', 'tcp'):
        full = pattern(mtu - (60 if proto == 'tcp' else 48))
        case(f'hairpin-mtu-{mtu}-fits-{proto}', 'RFC 7915 4.1: as large as the link of the second host takes',
             from6(to_d(proto, data=full)), to6(at_d(proto, data=full)), counters='HAIRPIN')
        too_big_for_d(f'hairpin-mtu-{mtu}-{proto}', 'RFC 7915 4.1, 4.2: one byte more: packet too big, with the MTU of the link',
                      proto, mtu + 1, mtu)
    too_big_for_d(f'hairpin-mtu-{mtu}-1500', 'RFC 7915 4.1, 4.2: the same for 1500', 'udp', 1500, mtu)

group('hairpin-adf', jool=BOTH + ['global update address-dependent-filtering true'])
case('hairpin-adf', 'RFC 6146 3.8, 3.5.1: not written to by the second host: discarded, administratively prohibited',
     from6(to_d('udp')), to6(refused(to_d('udp'), 1, 1)), counters='HAIRPIN ADF ICMP_SENT')

group('hairpin-no-route', jool=STATIC + [f'bib add --{p} 2001:db9::1#1001 {P4}#2001' for p in ('udp', 'tcp')],
      ip=['route add unreachable 2001:db9::/32'])
for proto in ('udp', 'tcp'):
    tcp = {'tcp': 'S'} if proto == 'tcp' else {}
    case(f'hairpin-no-route-{proto}', 'RFC 6146 3.8, RFC 7915 4.4: no route to the second host',
         from6(to_d(proto, **tcp)), to6(refused(to_d(proto, **tcp), 1, 0)), counters='HAIRPIN FAILED_ROUTES ICMP_SENT')

group('hairpin-syn-limit', jool=BOTH + ['global update maximum-simultaneous-opens 0'])
case('hairpin-syn-limit', 'RFC 6146 3.8, RFC 5382 REQ-4a: a SYN to a port that nobody has and that is not kept: no answer',
     from6(Flow('tcp', C6, 1000, P4, 2050).out6(tcp='S')), counters='HAIRPIN SYN_FULL')

# The same where the addresses of pool4 are none of the gateway's own.
AWAY = '192.0.2.77'
away = Flow('udp', C6, 1000, AWAY, 2001)
group('hairpin-away', jool=[line.replace(P4, AWAY) for line in BOTH] + ['global update address-dependent-filtering true'])
case('hairpin-away-adf', 'RFC 6146 3.8, 3.5.1: the same where pool4 has no address of the gateway',
     from6(away.out6()), to6(refused(away.out6(), 1, 1, pool=embed(GW4))), counters='HAIRPIN ADF ICMP_SENT')
