# SPDX-License-Identifier: GPL-2.0-only
"""ICMP errors: the maps of RFC 7915 4.2 and 5.2, the packet within (4.3, 5.3), RFC 6146 3.4 and 3.5."""
import os
import struct

from dsl import *
from cases_checksum import wrong

U, T, P = UDP_FLOW, TCP_FLOW, PING
UNUSED = b'\0\0\0\0'
OPENED = [from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
          from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]


def word(number):
    return struct.pack('!I', number)


def pointer4(offset):
    return bytes([offset, 0, 0, 0])


# What a router beyond the gateway has seen, and its translation; the hop limit within stays.
def seen4(flow=U, **more):
    return flow.out4(ttl=60, id=1234, **more)


def seen6(flow=U, **more):
    return flow.out6(hlim=60, **more)


def back_seen6(flow=U, **more):
    return flow.back6(hlim=60, **more)


def back_seen4(flow=U, **more):
    return flow.back4(ttl=60, **more)


def from_router4(type, code, rest=UNUSED, **more):
    return from4(error4(seen4(), type, code, rest, **more))


def to_client(type, code, rest=UNUSED, **more):
    return to6(error6(seen6(), type, code, rest, src=embed(R4), dst=C6, hlim=63, **more))


def from_router6(type, code, rest=UNUSED, **more):
    return from6(error6(back_seen6(), type, code, rest, **more))


def to_server(type, code, rest=UNUSED, **more):
    return to4(error4(back_seen4(), type, code, rest, src=P4, dst=S4, ttl=63, inner_id=FREE, **more))


# ---- type and code, from IPv4 to IPv6 ------------------------------------------------------------

group('icmp-errors', prime=OPENED)

for code, new in {0: 0, 1: 0, 3: 4, 5: 0, 6: 0, 7: 0, 8: 0, 9: 1, 10: 1, 11: 0, 12: 0, 13: 1, 15: 1}.items():
    case(f'icmp-error-4to6-3-{code}', 'RFC 7915 4.2: destination unreachable', from_router4(3, code), to_client(1, new))
case('icmp-error-4to6-3-2', 'RFC 7915 4.2: protocol unreachable becomes parameter problem, pointing to next header',
     from_router4(3, 2), to_client(4, 1, word(6)))
for code in (14, 16, 255):
    case(f'icmp-error-4to6-3-{code}', 'RFC 7915 4.2: silently drop', from_router4(3, code), counters='ICMP_ERROR_TYPE')
for code in (0, 1):
    case(f'icmp-error-4to6-11-{code}', 'RFC 7915 4.2: time exceeded, code unchanged',
         from_router4(11, code), to_client(3, code))
for type, name in {4: 'source quench', 5: 'redirect', 6: 'alternative host address'}.items():
    case(f'icmp-error-4to6-{type}-0', f'RFC 7915 4.2: {name}, silently drop',
         from_router4(type, 0), counters='UNKNOWN_ICMP4_TYPE')

# Figure 3.
POINTERS4 = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, **{i: 8 for i in range(12, 16)}, **{i: 24 for i in range(16, 20)}}
for code in (0, 2):
    for pointer in range(21):
        if pointer in POINTERS4:
            case(f'icmp-error-4to6-12-{code}-pointer-{pointer}', 'RFC 7915 4.2, figure 3: parameter problem',
                 from_router4(12, code, pointer4(pointer)), to_client(4, 0, word(POINTERS4[pointer])))
        else:
            case(f'icmp-error-4to6-12-{code}-pointer-{pointer}', 'RFC 7915 4.2, figure 3: n/a or not listed, drop',
                 from_router4(12, code, pointer4(pointer)), counters='ICMP_ERROR_TYPE')
case('icmp-error-4to6-12-0-pointer-255', 'RFC 7915 4.2, figure 3: not listed, drop',
     from_router4(12, 0, pointer4(255)), counters='ICMP_ERROR_TYPE')
for code in (1, 3):
    case(f'icmp-error-4to6-12-{code}', 'RFC 7915 4.2: silently drop',
         from_router4(12, code, pointer4(1)), counters='ICMP_ERROR_TYPE')

# Not errors, and not echo. Some mean something to the gateway itself, whose address it is.
for type, name in {9: 'router advertisement', 10: 'router solicitation', 14: 'timestamp reply',
                   15: 'information request', 16: 'information reply', 17: 'address mask request',
                   18: 'address mask reply', 40: 'unknown', 255: 'unknown'}.items():
    case(f'icmp-info-4to6-{type}', f'RFC 7915 4.2: {name}, silently drop',
         from4(IP(src=S4, dst=P4) / Icmp4(type=type, msgbody=b'\x07\xd0\0\1' + b'\0' * 16)), counters='UNKNOWN_ICMP4_TYPE')
# To the pool; that to 224.0.0.1 is none of ours, whatever it is (own-multicast-4). It is left to the kernel, whose
# address it is: one without IGMP (CONFIG_IP_MULTICAST) says that it has no such protocol.
for type, name in {0x11: 'query', 0x16: 'report', 0x17: 'leave'}.items():
    packet = IP(src=S4, dst=P4, ttl=64, proto=2, id=5) / Raw(struct.pack('!BBHI', type, 0, ~(type << 8) & 0xffff, 0))
    answer = either([] if os.path.exists('/proc/net/igmp') else [nobodys(packet, 3, 2)], [])
    case(f'icmp-info-4to6-igmp-{name}', 'RFC 7915 4.2: IGMP SHOULD be silently dropped',
         from4(packet), *answer, counters='UNKNOWN_L4_PROTO')

# ---- type and code, from IPv6 to IPv4 ------------------------------------------------------------

for code, new in {0: 1, 1: 10, 2: 1, 3: 1, 4: 3}.items():
    case(f'icmp-error-6to4-1-{code}', 'RFC 7915 5.2: destination unreachable', from_router6(1, code), to_server(3, new))
for code in (5, 6, 7, 255):
    case(f'icmp-error-6to4-1-{code}', 'RFC 7915 5.2: silently drop', from_router6(1, code), counters='ICMP_ERROR_TYPE')
for code in (0, 1):
    case(f'icmp-error-6to4-3-{code}', 'RFC 7915 5.2: time exceeded, code unchanged',
         from_router6(3, code), to_server(11, code))

# Figure 6.
POINTERS6 = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8, **{i: 12 for i in range(8, 24)}, **{i: 16 for i in range(24, 40)}}
for pointer in (0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 23, 24, 31, 39, 40, 41, 255, 256, 0x01000000, 0xffffffff):
    if pointer in POINTERS6:
        case(f'icmp-error-6to4-4-0-pointer-{pointer}', 'RFC 7915 5.2, figure 6: parameter problem',
             from_router6(4, 0, word(pointer)), to_server(12, 0, pointer4(POINTERS6[pointer])))
    else:
        case(f'icmp-error-6to4-4-0-pointer-{pointer}', 'RFC 7915 5.2, figure 6: n/a or not listed, drop',
             from_router6(4, 0, word(pointer)), counters='ICMP_ERROR_TYPE')
case('icmp-error-6to4-4-1', 'RFC 7915 5.2: unrecognized next header becomes protocol unreachable',
     from_router6(4, 1, word(6)), to_server(3, 2))
for code in (2, 3):
    case(f'icmp-error-6to4-4-{code}', 'RFC 7915 5.2: silently drop',
         from_router6(4, code, word(6)), counters='ICMP_ERROR_TYPE')
for type in (5, 100, 127):
    case(f'icmp-error-6to4-{type}-0', 'RFC 7915 5.2: unknown error, silently drop',
         from_router6(type, 0), counters='ICMP_ERROR_TYPE')

for type, name in {130: 'multicast listener query', 131: 'multicast listener report', 132: 'multicast listener done',
                   133: 'router solicitation', 134: 'router advertisement', 135: 'neighbour solicitation',
                   136: 'neighbour advertisement', 137: 'redirect', 138: 'unknown', 255: 'unknown'}.items():
    case(f'icmp-info-6to4-{type}', f'RFC 7915 5.2: {name}, silently drop',
         from6(IPv6(src=C6, dst=S6, hlim=255) / Icmp6(type=type, msgbody=b'\x03\xe8\0\1' + b'\0' * 20)),
         counters='UNKNOWN_ICMP6_TYPE')

# ---- the packet within ---------------------------------------------------------------------------

for name, flow in {'tcp': T, 'ping': P}.items():
    case(f'icmp-error-4to6-inner-{name}', 'RFC 7915 4.3, RFC 6146 3.7: ports and checksum within',
         from4(error4(seen4(flow), 3, 1)), to6(error6(seen6(flow), 1, 0, src=embed(R4), dst=C6, hlim=63)))
    case(f'icmp-error-6to4-inner-{name}', 'RFC 7915 5.3, RFC 6146 3.7: ports and checksum within',
         from6(error6(back_seen6(flow), 1, 0)),
         to4(error4(back_seen4(flow), 3, 1, src=P4, dst=S4, ttl=63, inner_id=FREE)))
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    case(f'icmp-error-4to6-inner-8-{name}', 'RFC 792: only 8 bytes of the transport header',
         from4(error4(seen4(flow), 3, 1, size=28)),
         to6(error6(seen6(flow), 1, 0, size=48, src=embed(R4), dst=C6, hlim=63)))
    case(f'icmp-error-6to4-inner-8-{name}', 'RFC 7915 5.3: only 8 bytes of the transport header',
         from6(error6(back_seen6(flow), 1, 0, size=48)),
         to4(error4(back_seen4(flow), 3, 1, size=28, src=P4, dst=S4, ttl=63, inner_id=FREE)))
    case(f'icmp-error-4to6-inner-3-{name}', 'RFC 6146 3.4: MUST be silently discarded if the tuple is not there',
         from4(error4(seen4(flow), 3, 1, size=23)), counters='ICMP4_ERROR_INNER')
    case(f'icmp-error-6to4-inner-3-{name}', 'RFC 6146 3.4: MUST be silently discarded if the tuple is not there',
         from6(error6(back_seen6(flow), 1, 0, size=43)), counters='ICMP6_ERROR_INNER')
for size in (17, 18, 19, 20):
    case(f'icmp-error-4to6-inner-tcp-{size}', 'RFC 7915 4.3: the TCP checksum lies where the packet was cut',
         from4(error4(seen4(T), 3, 1, size=20 + size)),
         to6(error6(seen6(T), 1, 0, size=40 + size, src=embed(R4), dst=C6, hlim=63) if size >= 18 else
             error6(build(seen6(T))[:56] + build(seen4(T))[36:37], 1, 0, src=embed(R4), dst=C6, hlim=63)))
for size in (0, 19):
    case(f'icmp-error-4to6-inner-ip-{size}', 'RFC 6146 3.4: not even the IP header',
         from4(error4(seen4(), 3, 1, size=size)), counters='ICMP4_ERROR_INNER')
for size in (0, 39):
    case(f'icmp-error-6to4-inner-ip-{size}', 'RFC 6146 3.4: not even the IP header',
         from6(error6(back_seen6(), 1, 0, size=size)), counters='ICMP6_ERROR_INNER')
case('icmp-error-4to6-inner-tos', 'RFC 7915 4.3: translated just like a normal packet',
     from4(error4(seen4(tos=0xb9), 3, 1)), to6(error6(seen6(tc=0xb9), 1, 0, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-6to4-inner-tclass', 'RFC 7915 5.3: translated just like a normal packet',
     from6(error6(back_seen6(tc=0xb9), 1, 0)),
     to4(error4(back_seen4(tos=0xb9), 3, 1, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('icmp-error-6to4-inner-flow-label', 'RFC 7915 5.3: a flow label within',
     from6(error6(back_seen6(fl=0x12345), 1, 0)), to_server(3, 1))
for ttl in (0, 1, 255):
    case(f'icmp-error-4to6-inner-ttl-{ttl}', 'RFC 7915 4.3: the TTL within is not decremented nor checked',
         from4(error4(U.out4(ttl=ttl, id=9), 11, 0)),
         to6(error6(U.out6(hlim=ttl), 3, 0, src=embed(R4), dst=C6, hlim=63)))
    case(f'icmp-error-6to4-inner-hop-limit-{ttl}', 'RFC 7915 5.3: the hop limit within is not decremented nor checked',
         from6(error6(U.back6(hlim=ttl), 3, 0)),
         to4(error4(U.back4(ttl=ttl), 11, 0, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('icmp-error-4to6-inner-options', 'RFC 7915 4.3: options within are left out',
     from4(error4(IP(src=P4, dst=S4, ttl=60, options=b'\x01' * 8) / UDP(sport=2000, dport=80) / DATA, 3, 3)),
     to6(error6(seen6(), 1, 4, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-4to6-inner-ihl-4', 'RFC 7915 4.3: malformed header within',
     from4(error4(with_ihl(seen4(), 4), 3, 3)), counters='ICMP4_ERROR_INNER')
case('icmp-error-4to6-inner-ihl-15', 'RFC 7915 4.3: header within longer than what there is',
     from4(error4(with_ihl(seen4(), 15), 3, 3)), counters='ICMP4_ERROR_INNER')
case('icmp-error-4to6-inner-version', 'RFC 7915 4.3: something else than IPv4 within',
     from4(error4(seen6(), 3, 3)), counters='ICMP4_ERROR_INNER')
case('icmp-error-6to4-inner-version', 'RFC 7915 5.3: something else than IPv6 within',
     from6(error6(zeros(back_seen4(), 60), 1, 0)), counters='ICMP6_ERROR_INNER')
case('icmp-error-4to6-inner-df', 'RFC 7915 4: DF within has no place in IPv6',
     from4(error4(seen4(flags='DF'), 3, 1)), to_client(1, 0))
case('icmp-error-6to4-inner-df', 'RFC 7915 5.1: DF within by the size the packet had',
     from6(error6(back_seen6(data=pattern(1300)), 1, 0, size=200)),
     to4(error4(back_seen4(data=pattern(1300), flags='DF'), 3, 1, size=180, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('icmp-error-4to6-inner-fragment', 'RFC 7915 4.1: the first fragment within has a fragment header',
     from4(error4(cut4(seen4(data=pattern(64)), 40, id=0xabcd)[0], 3, 1)),
     to6(error6(cut6(seen6(data=pattern(64)), 40, id=0xabcd)[0], 1, 0, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-4to6-inner-fragment-later', 'RFC 6146 3.4: a later fragment within has no tuple',
     from4(error4(cut4(seen4(data=pattern(64)), 40)[1], 3, 1)), counters='ICMP4_ERROR_INNER')
case('icmp-error-6to4-inner-fragment', 'RFC 7915 5.1.1: identification, M and DF of the first fragment within',
     from6(error6(cut6(back_seen6(data=pattern(64)), 40, id=0x1234abcd)[0], 1, 0)),
     to4(error4(cut4(back_seen4(data=pattern(64)), 40, id=0xabcd)[0], 3, 1, src=P4, dst=S4, ttl=63)))
case('icmp-error-6to4-inner-atomic', 'RFC 7915 5.1.1: an atomic fragment within',
     from6(error6(cut6(back_seen6(data=pattern(64)), id=0x1234abcd)[0], 1, 0)),
     to4(error4(cut4(back_seen4(data=pattern(64)), id=0xabcd)[0], 3, 1, src=P4, dst=S4, ttl=63)))
case('icmp-error-6to4-inner-fragment-later', 'RFC 6146 3.4: a later fragment within has no tuple',
     from6(error6(cut6(back_seen6(data=pattern(64)), 40)[1], 1, 0)), counters='ICMP6_ERROR_INNER')
for name, number in {'hop-by-hop': 0, 'destination-options': 60, 'routing': 43}.items():
    body = b'\x11\0\1\4\0\0\0\0' if number != 43 else b'\x11\0\0\0\0\0\0\0'
    case(f'icmp-error-6to4-inner-{name}', 'RFC 7915 5.1: extension headers within are skipped',
         from6(error6(extended(back_seen6(), number, body), 1, 0)), to_server(3, 1))
case('icmp-error-6to4-inner-headers-cut', 'RFC 6146 3.4: cut within the extension headers',
     from6(error6(extended(back_seen6(), 0, b'\x11\x04' + b'\1\4\0\0\0\0' + b'\1\6\0\0\0\0\0\0' * 4), 1, 0, size=60)),
     counters='ICMP6_ERROR_INNER')
case('icmp-error-4to6-inner-protocol', 'RFC 6146 3.4: neither TCP nor UDP nor ICMP within',
     from4(error4(IP(src=P4, dst=S4, proto=132) / Raw(b'\x07\xd0\0\x50' + b'\0' * 12), 3, 1)), counters='ICMP4_ERROR_INNER')
case('icmp-error-6to4-inner-protocol', 'RFC 6146 3.4: neither TCP nor UDP nor ICMPv6 within',
     from6(error6(IPv6(src=S6, dst=C6, nh=132) / Raw(b'\0\x50\3\xe8' + b'\0' * 12), 1, 0)), counters='ICMP6_ERROR_INNER')

# Errors in errors.
case('icmp-error-4to6-inner-error', 'RFC 7915 4.3: MUST drop if there are more embedded headers',
     from4(error4(error4(U.back4(), 3, 3, src=P4, dst=S4), 3, 1)), counters='ICMP4_ERROR_INNER')
case('icmp-error-6to4-inner-error', 'RFC 7915 5.3: MUST drop if there are more embedded headers',
     from6(error6(error6(U.out6(), 1, 4, src=S6, dst=C6), 1, 0)), counters='ICMP6_ERROR_INNER')
case('icmp-error-4to6-inner-timestamp', 'RFC 6146 3.4: an ICMP message within that is no echo',
     from4(error4(IP(src=P4, dst=S4) / Icmp4(type=13, msgbody=b'\x07\xd0\0\1' + b'\0' * 12), 3, 1)),
     counters='ICMP4_ERROR_INNER')
case('icmp-error-6to4-inner-mld', 'RFC 6146 3.4: an ICMPv6 message within that is no echo',
     from6(error6(IPv6(src=S6, dst=C6) / Icmp6(type=130, msgbody=b'\3\xe8\0\1' + b'\0' * 16), 1, 0)),
     counters='ICMP6_ERROR_INNER')

# ---- the packet around ---------------------------------------------------------------------------

case('icmp-error-4to6-tos', 'RFC 7915 4.1: TOS of the error itself', from_router4(3, 1, tos=0xc0), to_client(1, 0, tc=0xc0))
case('icmp-error-6to4-tclass', 'RFC 7915 5.1: traffic class of the error itself',
     from_router6(1, 0, tc=0xc0), to_server(3, 1, tos=0xc0))
case('icmp-error-4to6-from-server', 'RFC 7915 4.1: from the server itself',
     from_router4(3, 3, src=S4), to6(error6(seen6(), 1, 4, src=S6, dst=C6, hlim=63)))
case('icmp-error-6to4-from-client', 'RFC 6146 3.6.1: from the client itself',
     from_router6(1, 4, src=C6), to_server(3, 3))
case('icmp-error-4to6-source-illegal', 'RFC 7915 4.1: an illegal source of an error is translated all the same',
     from_router4(11, 0, src='240.0.0.1'), to6(error6(seen6(), 3, 0, src=embed('240.0.0.1'), dst=C6, hlim=63)))
case('icmp-error-4to6-checksum', 'RFC 1122 3.2.2: a wrong checksum would be made right',
     from4(IP(src=R4, dst=P4) / Icmp4(type=3, code=1, chksum=0x1234, msgbody=UNUSED + build(seen4()))),
     counters='ICMP_ERROR_CSUM')
case('icmp-error-6to4-checksum', 'RFC 4443 2.3: a wrong checksum would be made right',
     from6(IPv6(src=R6, dst=S6) / Icmp6(type=1, code=0, cksum=0x1234, msgbody=UNUSED + build(back_seen6()))),
     counters='ICMP_ERROR_CSUM')
case('icmp-error-4to6-options', 'RFC 7915 4.1: options of the error itself are left out',
     from4(error4(seen4(), 3, 1, options=b'\x01' * 4)), to_client(1, 0))
case('icmp-error-6to4-hop-by-hop', 'RFC 7915 5.1: extension headers of the error itself are left out',
     from6(extended(error6(back_seen6(), 1, 0), 0, b'\x3a\0\1\4\0\0\0\0')), to_server(3, 1))
case('icmp-error-4to6-short', 'RFC 792: not even the second word',
     from4(IP(src=R4, dst=P4) / Icmp4(type=3, code=1, msgbody=b'')), counters='SKB_TRUNCATED')
case('icmp-error-6to4-short', 'RFC 4443: not even the second word',
     from6(IPv6(src=R6, dst=S6) / Icmp6(type=1, code=0, msgbody=b'')), counters='SKB_TRUNCATED')
case('icmp-error-4to6-padding-unused', 'RFC 792: unused bytes are not looked at, and zero afterwards',
     from4(error4(seen4(), 3, 1, b'\xff\0\xff\xff')), to_client(1, 0))
case('icmp-error-6to4-padding-unused', 'RFC 4443: unused bytes are not looked at, and zero afterwards',
     from6(error6(back_seen6(), 1, 0, b'\0\xff\xff\xff')), to_server(3, 1))

# Sizes.
case('icmp-error-4to6-size-1280', 'RFC 4443 2.4: at most 1280 bytes',
     from4(error4(seen4(data=pattern(1400)), 3, 1, size=1400)),
     to6(error6(seen6(data=pattern(1400)), 1, 0, size=1280 - 48, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-6to4-size-576', 'RFC 1812 4.3.2.3: at most 576 bytes',
     from6(error6(back_seen6(data=pattern(1200)), 1, 0, size=1232)),
     to4(error4(back_seen4(data=pattern(1200)), 3, 1, size=548, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('icmp-error-4to6-size-kept', 'RFC 7915 4.3: nothing is left out that has room',
     from4(error4(seen4(data=pattern(1400)), 3, 1, size=548)),
     to6(error6(seen6(data=pattern(1400)), 1, 0, size=568, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-4to6-size-odd', 'RFC 7915 4.3: an odd number of bytes',
     from4(error4(seen4(data=pattern(100)), 3, 1, size=101)),
     to6(error6(seen6(data=pattern(100)), 1, 0, size=121, src=embed(R4), dst=C6, hlim=63)))

# ---- state ---------------------------------------------------------------------------------------

V = U.but(dport=181)
case('icmp-error-4to6-no-session', 'RFC 6146 3.5, RFC 5508 REQ-4: about what went along a BIB entry, without session',
     from4(error4(seen4(V), 3, 1)), to6(error6(seen6(V), 1, 0, src=embed(R4), dst=C6, hlim=63)), session(V, present=False))
case('icmp-error-6to4-no-session', 'RFC 6146 3.5, RFC 5508 REQ-5: the same from IPv6',
     from6(error6(back_seen6(V), 1, 0)), to4(error4(back_seen4(V), 3, 1, src=P4, dst=S4, ttl=63, inner_id=FREE)),
     session(V, present=False))
X = T.but(dport=184)
case('icmp-error-4to6-no-session-tcp', 'RFC 6146 3.5: so a TCP connection that has lost its session learns of an MTU',
     from6(X.out6(tcp='A')), to4(X.out4(tcp='A')), from4(error4(seen4(X), 3, 4, word(1400))),
     to6(error6(seen6(X), 2, 0, word(1420), src=embed(R4), dst=C6, hlim=63)), session(X, present=False))
case('icmp-error-4to6-no-session-ping', 'RFC 6146 3.5: and of a ping',
     from4(error4(seen4(P.but(dst4='198.51.100.11')), 11, 0)),
     to6(error6(seen6(P.but(dst4='198.51.100.11')), 3, 0, src=embed(R4), dst=C6, hlim=63)))
case('icmp-error-6to4-no-session-outside', 'RFC 6146 3.5: about what did not come through the NAT64',
     from6(error6(IPv6(src='2001:db8:c::9', dst=C6) / UDP(sport=80, dport=1000) / DATA, 1, 0)), counters='ICMP_ERROR_SESSION')
case('icmp-error-4to6-no-mapping', 'RFC 6146 3.5: an error about a port that nobody has',
     from4(error4(U.but(sport4=2050).out4(), 3, 1)), counters='ICMP_ERROR_SESSION')
case('icmp-error-6to4-no-mapping', 'RFC 6146 3.5: an error to a node that has no mapping',
     from6(error6(U.but(sport6=1050).back6(), 1, 0)), counters='ICMP_ERROR_SESSION')
W = T.but(dport=182)
case('icmp-error-tcp-state', 'RFC 6146 3.5: errors do not affect the session in any way',
     from6(W.out6(tcp='S')), to4(W.out4(tcp='S')), session(W, 'V6_INIT', 240),
     from4(error4(W.out4(tcp='S', id=3), 3, 3)),
     to6(error6(W.out6(tcp='S', hlim=63), 1, 4, src=embed(R4), dst=C6, hlim=63)), session(W, 'V6_INIT', 240))
V = U.but(dport=183)
case('icmp-error-session-not-made', 'RFC 6146 3.5: errors make no entries',
     from4(error4(V.out4(), 3, 1)), to6(error6(V.out6(hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)), session(V, present=False))
damaged = bytearray(build(seen4()))
damaged[10] ^= 0x55
case('icmp-error-4to6-inner-checksum', 'RFC 5508 REQ-3a: the checksum of the IP header within is wrong: SHOULD be silently dropped',
     from4(error4(bytes(damaged), 3, 1)), counters='ICMP_ERROR_INNER_CSUM')

for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    SAYS = 'RFC 5508 REQ-3c: SHOULD NOT validate the transport checksum of the packet within, which is as wrong afterwards'
    case(f'icmp-error-4to6-inner-transport-{name}', SAYS, from4(error4(wrong(seen4(flow), 0x1234), 3, 1)),
         to6(error6(wrong(seen6(flow), 0x1234), 1, 0, src=embed(R4), dst=C6, hlim=63)))
    case(f'icmp-error-6to4-inner-transport-{name}', SAYS, from6(error6(wrong(back_seen6(flow), 0x1234), 1, 0)),
         to4(error4(wrong(back_seen4(flow), 0x1234), 3, 1, src=P4, dst=S4, ttl=63, inner_id=FREE)))

group('icmp-errors-adf', jool=STATIC + ['global update address-dependent-filtering true'])
case('icmp-error-4to6-no-session-adf', 'where only known addresses are let in, no error about what went to another',
     from4(error4(U.out4(id=9), 3, 1)), counters='ICMP_ERROR_SESSION')

group('icmp-errors-two', jool=STATIC + ['pool4 add --udp 192.0.2.2 2000-2099', f'bib add --udp {D6}#1000 192.0.2.2#2000'],
      prime=OPENED)
case('icmp-error-4to6-other-address', 'RFC 5508 REQ-3: to an address that has not sent what it is about',
     from4(error4(U.out4(id=9), 3, 1, dst='192.0.2.2')), counters='ICMP_ERROR_SESSION')

# ---- source-icmpv6-errors-better -----------------------------------------------------------------

group('icmp-errors-literal', jool=STATIC + ['global update source-icmpv6-errors-better false'], prime=OPENED)
case('icmp-error-4to6-literal', 'RFC 6146 3.6.1: source from the packet within',
     from_router4(3, 1), to6(error6(seen6(), 1, 0, src=S6, dst=C6, hlim=63)))
