# SPDX-License-Identifier: GPL-2.0-only
"""Packets as large as fragments can make them: 65575 bytes of IPv6, 65535 of IPv4. No length, nor the sum of the headers
in them, may be too large for what holds it."""
import itertools
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
OPENED = [from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
          from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]
DESTINATION, UDP_NUMBER = 60, 17
# Most bytes behind the IP header.
MOST6, MOST4 = 65535, 65515
ids = itertools.count(0x4000)


def in_pieces6(packet):
    return from6(*chop6(packet, 1448, id=next(ids)))


def in_pieces4(packet, id=None):
    return from4(*chop4(packet, 1480, id=next(ids) if id is None else id))


def filling(flow, length):
    """So much that the transport header and it have @length bytes."""
    return pattern(length - (20 if flow is T else 8))


def chain(*lengths):
    """Destination options headers of these lengths, one behind the other, the last of them before UDP."""
    following = [DESTINATION] * (len(lengths) - 1) + [UDP_NUMBER]
    return b''.join(bytes([number, length // 8 - 1]) + options(length - 2) for number, length in zip(following, lengths))


def options(length):
    """Options of so many bytes that mean nothing."""
    result = b''
    while length > 257:
        result, length = result + b'\1\xff' + bytes(255), length - 257
    return result + (b'\0' if length == 1 else bytes([1, length - 2]) + bytes(length - 2) if length else b'')


def behind(headers, packet, says=None):
    """An IPv6 packet with @headers, that says it has @says bytes behind its IP header."""
    packet = build(packet)
    body = headers + packet[40:]
    length = min(len(body), MOST6) if says is None else says
    return packet[:4] + struct.pack('!HB', length, DESTINATION) + packet[7:40] + body


group('large', prime=OPENED)
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    case(f'large-6to4-{name}', 'RFC 791 3.1: a total length of 65535', in_pieces6(flow.out6(data=filling(flow, MOST4))),
         to4(fragments(flow.out4(data=filling(flow, MOST4), flags=0), 1500)))
    for length in (MOST4 + 1, MOST6):
        packet = flow.out6(data=filling(flow, length))
        case(f'large-6to4-{name}-{length + 40}', 'RFC 791 3.1: more than a total length can say', in_pieces6(packet),
             to6(error6(packet, 2, 0, struct.pack('!I', 1520), size=1232, src=GW6, dst=C6)), counters='PKT_TOO_BIG ICMP_SENT')
    case(f'large-4to6-{name}', 'RFC 791 3.1: a total length of 65535',
         in_pieces4(flow.back4(data=filling(flow, MOST4), flags=0), 0x3333),
         to6(fragments(flow.back6(data=filling(flow, MOST4)), 1280, 0x3333)))
    case(f'large-4to6-{name}-df', 'RFC 7915 4.1: the same with DF, which the fragments of IPv6 have by themselves',
         from4(*chop4(flow.back4(data=filling(flow, MOST4), flags=0), 1400, id=0x3334, flags='DF')),
         to6(fragments(flow.back6(data=filling(flow, MOST4)), 1448, 0x3334)))

# ---- errors --------------------------------------------------------------------------------------

# What an error can have of the packet within it.
WITHIN6, WITHIN4 = MOST6 - 8, MOST4 - 8


def whole_error6(inner):
    """As large an error as there is, with what there is of @inner, and zeros."""
    return error6(build(inner) + bytes(max(0, WITHIN6 - len(build(inner)))), 1, 0, size=WITHIN6)


def to_server(inner):
    return to4(error4(inner, 3, 1, size=548, src=P4, dst=S4, ttl=63, inner_id=FREE))


def loop(last):
    """Headers that fill what 16 bits can count, and then one of length @last."""
    return chain(*[2048] * 31, 1984, last)[:WITHIN6 - 40]


for last in (8, 56, 64, 72, 2048):
    case(f'large-error-6to4-loop-{last}', 'RFC 6146 3.4: no transport header behind 64 KB of headers within',
         in_pieces6(whole_error6(behind(loop(last), U.back6(), MOST6))), counters='ICMP6_ERROR_INNER')
for count, length in ((16, 8), (40, 8), (17, 2048), (8000, 8)):
    case(f'large-error-6to4-headers-{count}-{length}', 'RFC 7915 5.3: no more headers within than are looked at of others',
         in_pieces6(whole_error6(behind(chain(*[length] * count), U.back6()))), counters='ICMP6_ERROR_INNER')
for count, length in ((15, 8), (15, 2048)):
    case(f'large-error-6to4-headers-{count}-{length}', 'RFC 7915 5.3: headers within are skipped, up to 30 KB',
         in_pieces6(whole_error6(behind(chain(*[length] * count), U.back6(data=pattern(1000))))),
         to_server(U.back4(ttl=63, data=pattern(1000))))
case('large-error-6to4-all', 'RFC 7915 5.3: an error with 64 KB of the packet within',
     in_pieces6(whole_error6(U.back6(data=filling(U, MOST4)))), to_server(U.back4(ttl=63, data=filling(U, MOST4), flags='DF')))
case('large-error-6to4-says-65555', 'RFC 7915 5.3: the packet within was larger than IPv4 has them, so it was none of ours',
     in_pieces6(whole_error6(U.back6(data=filling(U, MOST4 + 1)))), counters='ICMP6_ERROR_INNER')
case('large-error-6to4-says-65575', 'RFC 7915 5.3: the same, all of it',
     in_pieces6(whole_error6(U.back6(data=filling(U, MOST6)))), counters='ICMP6_ERROR_INNER')
case('large-error-6to4-says-less', 'RFC 7915 5.3: the packet within says it is shorter than its headers',
     in_pieces6(whole_error6(behind(chain(*[2048] * 15), U.back6(), 2000))), counters='ICMP6_ERROR_INNER')
case('large-error-4to6-all', 'RFC 7915 4.3: an error with 64 KB of the packet within',
     in_pieces4(error4(U.out4(data=filling(U, MOST4), flags=0), 3, 1, size=WITHIN4)),
     to6(error6(U.out6(hlim=63, data=filling(U, MOST4)), 1, 0, size=1232, src=embed(R4), dst=C6, hlim=63)))
case('large-error-4to6-options', 'RFC 7915 4.3: the same with 40 bytes of options within',
     in_pieces4(error4(IP(src=P4, dst=S4, ttl=63, options=b'\1' * 40) / UDP(sport=2000, dport=80) / Raw(filling(U, MOST4 - 40)),
                       3, 1, size=WITHIN4)),
     to6(error6(U.out6(hlim=63, data=filling(U, MOST4 - 40)), 1, 0, size=1232, src=embed(R4), dst=C6, hlim=63)))
for words, says in ((32, 'the least'), (255, 'the most')):
    ext = b'\x20\0' + bytes(60)
    case(f'large-error-6to4-extension-{words}', f'RFC 4884: {says} that a length can say, and 60 KB of extensions, which do not fit',
         in_pieces6(error6(U.back6(data=pattern(3000)), 1, 0, struct.pack('!B3x', words), size=words * 8, ext=bytes(60000))),
         to4(error4(U.back4(ttl=63, data=pattern(3000), flags='DF'), 3, 1, size=min(548, words * 8 - 20), src=P4, dst=S4, ttl=63,
                    inner_id=FREE)))

# ---- errors about what has no session ------------------------------------------------------------

A4 = '198.51.100.11'


def whole_error4(inner):
    """As large an error as there is."""
    return error4(zeros(inner, WITHIN4), 3, 1, size=WITHIN4)


group('large-error-nobody', jool=STATIC)
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    data, flow = filling(flow, MOST4), flow.but(dst4=A4)
    case(f'large-error-4to6-no-session-{name}', 'RFC 5508 REQ-4: about what went along a BIB entry, without session',
         in_pieces4(error4(flow.out4(data=data, flags=0), 3, 1, size=WITHIN4)),
         to6(error6(flow.out6(hlim=63, data=data), 1, 0, size=1232, src=embed(R4), dst=C6, hlim=63)), session(flow, present=False))
    case(f'large-error-6to4-no-session-{name}', 'RFC 5508 REQ-5: the same from IPv6',
         in_pieces6(whole_error6(flow.back6(data=data))),
         to4(error4(flow.back4(ttl=63, data=data, flags='DF'), 3, 1, size=548, src=P4, dst=A4, ttl=63, inner_id=FREE)),
         session(flow, present=False))
    if flow.proto != 'icmp':
        case(f'large-error-4to6-port-{name}', 'RFC 5508 REQ-4: about what a port sent that pool4 does not have',
             in_pieces4(whole_error4(flow.but(sport4=53).out4(data=data))), counters=either('', 'ICMP_ERROR_SESSION'))
    case(f'large-error-4to6-unmapped-{name}', 'RFC 5508 REQ-4: about what nobody has sent',
         in_pieces4(whole_error4(flow.but(sport4=2050).out4(data=data))),
         # Of a ping, it may be about one of the gateway's own.
         counters=either('' if name == 'ping' else 'ICMP_ERROR_SESSION', 'ICMP_ERROR_SESSION'))
    case(f'large-error-6to4-unmapped-{name}', 'RFC 5508 REQ-5: to a node that has no mapping',
         in_pieces6(whole_error6(flow.but(sport6=1050).back6(data=data))), counters='ICMP_ERROR_SESSION')
for name, inner in {'sctp': IP(src=P4, dst=S4, proto=132) / Raw(b'\x07\xd0\0\x50'), 'version': U.out6(),
                    'fragment': IP(src=P4, dst=S4, proto=17, frag=100) / Raw(bytes(64)),
                    'error': error4(U.back4(), 3, 3, src=P4, dst=S4)}.items():
    case(f'large-error-4to6-{name}', 'RFC 6146 3.4: no tuple: discarded', in_pieces4(whole_error4(inner)),
         counters='ICMP4_ERROR_INNER')
case('large-error-4to6-source', 'RFC 6052 3.1: about what went to a node that there cannot be',
     in_pieces4(whole_error4(U.but(dst4='127.0.0.1').out4(data=filling(U, MOST4)))), counters='ICMP_ERROR_SESSION')
NOBODY = U.but(sport4=2050).back4(data=filling(U, MOST4), flags=0, id=0x3335)
case('large-nobody', 'RFC 6146 3.5.1: no BIB entry: MUST be dropped; an error MAY be sent', in_pieces4(NOBODY, 0x3335),
     to4(error4(NOBODY, 3, 3, src=either(P4, GW4), dst=S4, tos=0xc0, size=548)),
     counters=either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))

# ---- between two IPv6 nodes ----------------------------------------------------------------------

OUT = U.but(dst4=P4, dport=2000, sport4=2003, src6=D6, sport6=1003)
group('large-hairpin', jool=STATIC + [f'bib add --udp {D6}#1003 {P4}#2003'])
for length in (MOST4, MOST6):
    case(f'large-hairpin-{length + 40}', 'RFC 6146 3.8: no IPv4 link is between them that could be too small',
         in_pieces6(OUT.out6(data=filling(U, length))),
         to6(fragments(U.but(dst4=P4, dport=2003).back6(data=filling(U, length)), 1500)), counters='HAIRPIN')
group('large-hairpin-error', jool=STATIC + [f'bib add --udp {D6}#1003 {P4}#2003'])
case('large-hairpin-error', 'RFC 6146 3.8, RFC 5508 REQ-5: an error with 64 KB, about what has no session',
     in_pieces6(error6(U.but(dst4=P4, dport=2003).back6(data=filling(U, MOST4)), 1, 4, src=C6, dst=embed(P4), size=WITHIN6)),
     to6(error6(OUT.out6(data=filling(U, MOST4), hlim=63), 1, 4, src=embed(P4), dst=D6, hlim=63, size=568)), counters='HAIRPIN')
