# SPDX-License-Identifier: GPL-2.0-only
"""Packets as devices with offloads hand them in: several segments in one, checksums yet to be made.
The bytes on the wire are those of each segment by itself."""
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
OPENED = [from6(U.out6()), to4(U.out4()), from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
          from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]
BIG = pattern(4000)


def segments(make, size, data=BIG):
    """What TCP makes of @data in segments of @size bytes."""
    result = []
    for at in range(0, len(data), size):
        packet = make(data=data[at:at + size])
        packet[TCP].seq += at
        result.append(packet)
    return result


group('offload', prime=OPENED)
case('offload-6to4-udp-partial', 'a checksum yet to be made', from6(gso(U.out6())), to4(U.out4()))
case('offload-4to6-udp-partial', 'a checksum yet to be made', from4(gso(U.back4())), to6(U.back6()))
case('offload-6to4-tcp-partial', 'a checksum yet to be made', from6(gso(T.out6())), to4(T.out4()))
case('offload-4to6-tcp-partial', 'a checksum yet to be made', from4(gso(T.back4())), to6(T.back6()))
case('offload-6to4-udp-partial-zero', 'RFC 768: that turns out to be zero',
     from6(gso(U.out6(data=sum_to(U.out4(), 0)[-16:]))), to4(U.out4(data=sum_to(U.out4(), 0)[-16:])))
case('offload-4to6-udp-partial-zero', 'RFC 8200 8.1: that turns out to be zero',
     from4(gso(U.back4(data=sum_to(U.back6(), 0)[-16:]))), to6(U.back6(data=sum_to(U.back6(), 0)[-16:])))
for size in (1000, 1400, 1440):
    case(f'offload-6to4-tcp-{size}', 'segments of TCP', from6(gso(T.out6(data=BIG), size)), to4(*segments(T.out4, size)))
    case(f'offload-4to6-tcp-{size}', 'segments of TCP',
         from4(gso(T.back4(data=BIG, flags='DF'), size)), to6(*segments(T.back6, size)))
case('offload-6to4-tcp-options', 'segments of TCP with options',
     from6(gso(timestamped(T.out6(data=BIG)), 1400)), to4(*[timestamped(p) for p in segments(T.out4, 1400)]))
case('offload-4to6-tcp-too-big', 'RFC 7915 4.1: segments too large for the link, with DF',
     from4(gso(T.back4(data=BIG, flags='DF'), 1460)),
     to4(error4(unsummed(T.back4(data=BIG, flags='DF')), 3, 4, struct.pack('!HH', 0, 1480), size=548,
                src=GW4, dst=S4, tos=0xc0)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('offload-6to4-extension-headers', 'segments behind extension headers',
     from6(gso(extended(U.out6(), 60, b'\x11\0\1\4\0\0\0\0'))), to4(U.out4()))

# ---- what is not so ------------------------------------------------------------------------------

# A virtual machine says it; the kernel must not warn, nor may it pass for want of memory.
ETHERNET = 14
for name, side, packet, l3_len in (('6to4', from6, U.out6(data=pattern(100)), 40), ('4to6', from4, U.back4(data=pattern(100)), 20)):
    for start in (-ETHERNET, -1):
        case(f'offload-{name}-lying-frame{start}', 'the checksum to be made begins before the IP header',
             side(shaped(packet, summed='partial', start=start)), counters='BAD_OFFLOAD')
    for what, start, offset in (('ip', ETHERNET, 10), ('ip-end', ETHERNET + l3_len - 1, 6),
                                ('field', ETHERNET + l3_len, 16), ('port', ETHERNET + l3_len, 0), ('length', ETHERNET + l3_len + 4, 2)):
        case(f'offload-{name}-lying-{what}', 'the checksum to be made is none of UDP', side(lying(packet, start, offset)),
             counters='BAD_OFFLOAD')
for name, side, packet, l3_len in (('6to4', from6, T.out6(data=pattern(100)), 40), ('4to6', from4, T.back4(data=pattern(100)), 20)):
    case(f'offload-{name}-lying-frame-tcp', 'the checksum to be made begins before the IP header',
         side(shaped(packet, summed='partial', start=-ETHERNET)), counters='BAD_OFFLOAD')
    for what, start, offset in (('field', ETHERNET + l3_len, 6), ('data', ETHERNET + l3_len + 30, 6)):
        case(f'offload-{name}-lying-{what}-tcp', 'the checksum to be made is none of TCP', side(lying(packet, start, offset)),
             counters='BAD_OFFLOAD')
group('offload-ping', prime=[from6(P.out6()), to4(P.out4())])
case('offload-6to4-ping-partial', 'a checksum of ICMPv6 yet to be made', from6(gso(P.out6())), to4(P.out4()))
case('offload-4to6-ping-partial', 'a checksum of ICMP yet to be made', from4(gso(P.back4())), to6(P.back6()))
case('offload-6to4-lying-ping', 'the checksum to be made is none of ICMPv6', from6(shaped(P.out6(), summed='partial', start=-ETHERNET)), counters='BAD_OFFLOAD')
case('offload-4to6-lying-ping', 'the checksum to be made is none of ICMP', from4(lying(P.back4(), ETHERNET + 20, 6)),
     counters='BAD_OFFLOAD')
