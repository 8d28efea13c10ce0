# SPDX-License-Identifier: GPL-2.0-only
"""Transport checksums: RFC 7915 4.5 and 5.5, RFC 6146 3.4 and 3.7, RFC 768, RFC 8200 8.1."""
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING


def data_for(packet, wanted):
    """16 bytes of data that give the packet's checksum that value, or a sum of zero."""
    return sum_to(packet, wanted)[-16:]


def at(packet):
    """Where the checksum is."""
    data = build(packet)
    six = data[0] >> 4 == 6
    return (40 if six else 20) + {6: 16, 17: 6, 58: 2, 1: 2}[data[6] if six else data[9]]


def wrong(packet, by=1):
    """The packet with a checksum that is wrong by so much."""
    data = bytearray(build(packet))
    offset = at(packet)
    check, = struct.unpack_from('!H', data, offset)
    struct.pack_into('!H', data, offset, (check + by - 1) % 0xffff + 1)
    return bytes(data)


group('checksum', prime=[
    from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
    from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))])

# Every corner, for every protocol and direction. What is sent as 0x0000 is 0xffff in UDP (RFC 768),
# and stays so in the others.
for name, flow in {'udp': U, 'tcp': T, 'ping': P}.items():
    for value in (0x0000, 0x0001, 0xfffe, 0x8000, 0x7fff):
        before, after = data_for(flow.out6(), value), data_for(flow.out4(), value)
        case(f'checksum-6to4-{name}-from-{value:04x}', 'RFC 7915 5.5: from a checksum at the edge',
             from6(flow.out6(data=before)), to4(flow.out4(data=before)))
        case(f'checksum-6to4-{name}-to-{value:04x}', 'RFC 7915 5.5: to a checksum at the edge',
             from6(flow.out6(data=after)), to4(flow.out4(data=after)))
        before, after = data_for(flow.back4(), value), data_for(flow.back6(), value)
        case(f'checksum-4to6-{name}-from-{value:04x}', 'RFC 7915 4.5: from a checksum at the edge',
             from4(flow.back4(data=before)), to6(flow.back6(data=before)))
        case(f'checksum-4to6-{name}-to-{value:04x}', 'RFC 7915 4.5: to a checksum at the edge',
             from4(flow.back4(data=after)), to6(flow.back6(data=after)))
    # The end node, not the gateway, is to find out.
    case(f'checksum-6to4-{name}-wrong', 'RFC 7915 5.5: a wrong checksum is as wrong afterwards',
         from6(wrong(flow.out6(), 0x1234)), to4(without_id(wrong(flow.out4(), 0x1234))))
    case(f'checksum-4to6-{name}-wrong', 'RFC 7915 4.5: a wrong checksum is as wrong afterwards',
         from4(wrong(flow.back4(), 0x1234)), to6(wrong(flow.back6(), 0x1234)))
    for length in (0, 1, 2, 3, 1001):
        case(f'checksum-6to4-{name}-{length}', 'RFC 7915 5.5: data of any length',
             from6(flow.out6(data=pattern(length))), to4(flow.out4(data=pattern(length))))
        case(f'checksum-4to6-{name}-{length}', 'RFC 7915 4.5: data of any length',
             from4(flow.back4(data=pattern(length))), to6(flow.back6(data=pattern(length))))

# UDP without checksum.
for length in (0, 1, 16, 17, 1001):
    case(f'checksum-4to6-none-{length}', 'RFC 7915 4.5, RFC 6146 3.4: no checksum over IPv4: MUST be calculated',
         from4(no_sum(U.back4(data=pattern(length)))), to6(U.back6(data=pattern(length))))
case('checksum-4to6-none-zero', 'RFC 768: no checksum over IPv4, and the sum is zero',
     from4(no_sum(U.back4(data=data_for(U.back6(), 0)))), to6(U.back6(data=data_for(U.back6(), 0))))
case('checksum-4to6-none-df', 'RFC 7915 4.5: the same with DF',
     from4(no_sum(U.back4(flags='DF'))), to6(U.back6()))
case('checksum-6to4-none', 'RFC 8200 8.1: UDP over IPv6 without checksum is discarded',
     from6(no_sum(U.out6())), counters='UDP6_CSUM_ZERO')
case('checksum-6to4-none-no-session', 'RFC 8200 8.1: and makes no session',
     from6(no_sum(U.but(dport=99).out6())), session(U.but(dport=99), present=False), counters='UDP6_CSUM_ZERO')

# Nothing else of the transport headers changes.
OPTIONS = [('MSS', 1460), ('SAckOK', b''), ('Timestamp', (1, 2)), ('NOP', None), ('WScale', 7)]


def syn(six, back=False, **fields):
    names = ('back6' if six else 'back4') if back else ('out6' if six else 'out4')
    packet = getattr(T, names)(data=b'')
    for name, value in fields.items():
        setattr(packet[TCP], name, value)
    return packet


case('checksum-6to4-tcp-options', 'RFC 6146 3.7: TCP options stay',
     from6(syn(True, options=OPTIONS)), to4(syn(False, options=OPTIONS)))
case('checksum-4to6-tcp-options', 'RFC 6146 3.7: TCP options stay',
     from4(syn(False, True, options=OPTIONS)), to6(syn(True, True, options=OPTIONS)))
MORE = dict(flags='AUPEC', urgptr=7, window=1, seq=0xffffffff, ack=0x80000000, reserved=5)
case('checksum-6to4-tcp-fields', 'RFC 6146 3.7: all other fields stay',
     from6(syn(True, **MORE)), to4(syn(False, **MORE)))
case('checksum-4to6-tcp-fields', 'RFC 6146 3.7: all other fields stay',
     from4(syn(False, True, **MORE)), to6(syn(True, True, **MORE)))
case('checksum-6to4-udp-length', 'RFC 768: UDP shorter than the packet',
     from6(with_tail(U.out6())), to4(without_id(with_tail(U.out4()))))
case('checksum-4to6-udp-length', 'RFC 768: UDP shorter than the packet',
     from4(with_tail(U.back4())), to6(with_tail(U.back6())))
