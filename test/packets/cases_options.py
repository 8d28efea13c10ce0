# SPDX-License-Identifier: GPL-2.0-only
"""IPv4 options and IPv6 extension headers: RFC 7915 4.1 and 5.1; truncated and malformed headers."""
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING

group('options', prime=[from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
                        from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))])

# ---- IPv4 ----------------------------------------------------------------------------------------


def with_options(packet, options):
    """An IPv4 packet with these bytes of options, up to the next word in zeros."""
    data = build(packet)
    options += b'\0' * (-len(options) % 4)
    header = bytearray(data[:20] + options)
    header[0] = 0x40 | len(header) // 4
    struct.pack_into('!H', header, 2, len(header) + len(data) - 20)
    header[10:12] = b'\0\0'
    header[10:12] = struct.pack('!H', checksum(bytes(header)))
    return bytes(header) + data[20:]


ADDRESS = b'\xc0\x00\x02\x01'
IGNORED = {
    'nop': b'\1' * 4,
    'end': b'\0',
    'end-then-anything': b'\0\x83\0\xff',
    'nop-40': b'\1' * 40,
    'record-route': b'\7\x27\4' + b'\0' * 36,
    'timestamp': b'\x44\x0c\5\0' + b'\0' * 8,
    'router-alert': b'\x94\4\0\0',
    'security': b'\x82\x0b' + b'\0' * 9,
    'stream-id': b'\x88\4\0\1',
    'unknown': b'\xdf\6abcd',
    'two': b'\x94\4\0\0\1\7\7\4' + b'\0' * 4,
    'length-2': b'\xdf\2',
    'lsrr-expired': b'\x83\7\x08' + ADDRESS + b'\1',
    'ssrr-expired': b'\x89\x0b\x0c' + ADDRESS * 2 + b'\1',
    'lsrr-far-expired': b'\x83\7\xff' + ADDRESS + b'\1',
    'lsrr-empty': b'\x83\3\4\1',
}
for name, options in IGNORED.items():
    case(f'options-{name}', 'RFC 7915 4.1: options MUST be ignored and the packet translated',
         from4(with_options(U.back4(), options)), to6(U.back6()))
case('options-tcp', 'RFC 7915 4.1: the same for TCP',
     from4(with_options(T.back4(tcp='SA'), b'\1' * 12)), to6(T.back6(tcp='SA')))
case('options-ping', 'RFC 7915 4.1: the same for pings', from4(with_options(P.back4(), b'\1' * 12)), to6(P.back6()))
case('options-checksum-0', 'RFC 7915 4.5: and without UDP checksum',
     from4(with_options(no_sum(U.back4()), b'\1' * 12)), to6(U.back6()))
for name, options in {
    'lsrr': b'\x83\7\4' + ADDRESS, 'ssrr': b'\x89\7\4' + ADDRESS, 'lsrr-second': b'\x83\x0b\x08' + ADDRESS * 2,
    'lsrr-after-nop': b'\1\x83\7\4' + ADDRESS, 'ssrr-full': b'\x89\x27\4' + ADDRESS * 9,
    'lsrr-after-others': b'\x94\4\0\0\xdf\3\1\x83\7\4' + ADDRESS,
}.items():
    packet = with_options(U.back4(), options)
    case(f'options-{name}', 'RFC 7915 4.1: an unexpired source route MUST be discarded, and source route failed SHOULD be sent',
         from4(packet), to4(error4(packet, 3, 5, src=GW4, dst=S4, tos=0xc0)), counters='SRC_ROUTE ICMP_SENT')
for name, options in {
    'length-0': b'\xdf\0\1\1', 'length-1': b'\xdf\1\1\1', 'no-length': b'\1\1\1\xdf', 'long': b'\xdf\5\1\1',
    'long-255': b'\xdf\xff\1\1', 'lsrr-long': b'\x83\x0b\4' + ADDRESS + b'\1', 'lsrr-length-0': b'\x83\0\4' + ADDRESS + b'\1',
}.items():
    case(f'options-malformed-{name}', 'RFC 1122 3.2.1.8: malformed options, never read past the header',
         from4(with_options(U.back4(), options)), counters='HDR4')
for name, options in {'lsrr-length-2': b'\x83\2\1\1', 'lsrr-pointer-0': b'\x83\7\0' + ADDRESS,
                      'lsrr-pointer-3': b'\x83\7\3' + ADDRESS}.items():
    packet = with_options(U.back4(), options)
    case(f'options-{name}', 'RFC 791: a source route of which one cannot say that it has expired',
         from4(packet), to4(error4(packet, 3, 5, src=GW4, dst=S4, tos=0xc0)), counters='SRC_ROUTE ICMP_SENT')
case('options-lsrr-error', 'RFC 1122 3.2.2: no error about an error',
     from4(with_options(error4(U.out4(), 3, 3, src=S4), b'\x83\7\4' + ADDRESS)), counters='SRC_ROUTE ICMP_SENT')

# ---- IPv6 ----------------------------------------------------------------------------------------

HOP, ROUTING, DESTINATION = 0, 43, 60


def chain(packet, *headers):
    """@packet with extension headers: pairs of number and bytes (without the first)."""
    data = build(packet)
    body, following = b'', data[6]
    for number, rest in reversed(headers):
        body = bytes([following]) + rest + body
        following = number
    return data[:4] + struct.pack('!HB', len(data) - 40 + len(body), following) + data[7:40] + body + data[40:]


PAD = b'\0\1\4\0\0\0\0'			# 8 bytes of options: one PadN
PAD24 = b'\2\1\x14' + b'\0' * 20	# 24 bytes
ARRIVED = b'\0\0\0\0\0\0\0'		# routing header, type 0, no segments left
ARRIVED_2 = b'\2\2\0\0\0\0\0' + b'\x20\1\x0d\xb8' + b'\0' * 12
for name, headers in {
    'hop-by-hop': [(HOP, PAD)],
    'destination': [(DESTINATION, PAD)],
    'destination-24': [(DESTINATION, PAD24)],
    'routing': [(ROUTING, ARRIVED)],
    'routing-2': [(ROUTING, ARRIVED_2)],
    'all': [(HOP, PAD), (DESTINATION, PAD24), (ROUTING, ARRIVED), (DESTINATION, PAD)],
    'many': [(DESTINATION, PAD)] * 10,
    'destination-unknown-option': [(DESTINATION, b'\0\xbe\4\0\0\0\0')],
}.items():
    case(f'headers-{name}', 'RFC 7915 5.1: extension headers MUST be ignored, total length and protocol skip them',
         from6(chain(U.out6(), *headers)), to4(U.out4()))
case('headers-tcp', 'RFC 7915 5.1: the same for TCP', from6(chain(T.out6(), (HOP, PAD), (DESTINATION, PAD))), to4(T.out4()))
case('headers-ping', 'RFC 7915 5.1: the same for pings', from6(chain(P.out6(), (HOP, PAD), (DESTINATION, PAD))), to4(P.out4()))
case('headers-df', 'RFC 7915 5.1: DF by the size of the IPv4 packet',
     from6(chain(U.out6(data=pattern(1260 - 28)), (DESTINATION, PAD24))), to4(U.out4(data=pattern(1260 - 28), flags=0)))

for name, headers, pointer in [
    ('routing-left', [(ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16)], 43),
    ('routing-left-255', [(ROUTING, b'\2\0\xff\0\0\0\0' + b'\0' * 16)], 43),
    ('routing-left-type-4', [(ROUTING, b'\2\4\1\0\0\0\0' + b'\0' * 16)], 43),
    ('routing-left-after-hop', [(HOP, PAD), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16)], 51),
    ('routing-left-after-24', [(DESTINATION, PAD24), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16)], 67),
    ('routing-left-second', [(ROUTING, ARRIVED), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16)], 51),
]:
    packet = chain(U.out6(), *headers)
    case(f'headers-{name}', 'RFC 7915 5.1: MUST NOT be translated; parameter problem, pointing to segments left, SHOULD be sent',
         from6(packet), to6(error6(packet, 4, 0, struct.pack('!I', pointer), src=GW6, dst=C6)),
         counters='ROUTING_HEADER ICMP_SENT')
case('headers-routing-left-no-session', 'RFC 7915 5.1: nor does it make a session',
     from6(chain(U.but(dport=99).out6(), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16))),
     to6(error6(chain(U.but(dport=99).out6(), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16)), 4, 0, b'\0\0\0\x2b', src=GW6, dst=C6)),
     session(U.but(dport=99), present=False), counters='ROUTING_HEADER ICMP_SENT')
case('headers-routing-left-error', 'RFC 4443 2.4: no error about an error',
     from6(chain(error6(U.back6(), 1, 4, src=C6), (ROUTING, b'\2\0\1\0\0\0\0' + b'\0' * 16))),
     counters='ROUTING_HEADER ICMP_SENT')

case('options-malformed-no-state', 'RFC 1122 3.2.1.8: what dies of its options makes no session',
     from4(with_options(U.but(dport=1010).back4(), b'\x44\0\5\0')), session(U.but(dport=1010), present=False),
     counters='HDR4')
case('headers-too-many', 'RFC 7915 5.1: not without limit', from6(chain(U.out6(), *[(DESTINATION, PAD)] * 40)),
     to6(prohibited(chain(U.out6(), *[(DESTINATION, PAD)] * 40))), counters='EXT_HEADERS ICMP_SENT')
case('headers-past-the-end', 'RFC 8200 4.2: a header longer than the packet',
     from6(chain(U.out6(), (DESTINATION, b'\xff\1\4\0\0\0\0'))), counters='SKB_TRUNCATED')
case('headers-to-the-end', 'RFC 8200 4.2: nothing behind the headers',
     from6(cut_payload(chain(U.out6(), (DESTINATION, PAD)), 8)), counters='SKB_TRUNCATED')
case('headers-cut', 'RFC 8200 4.2: half a header',
     from6(cut_payload(chain(U.out6(), (DESTINATION, PAD)), 4)), counters='SKB_TRUNCATED')

# ---- transport headers ---------------------------------------------------------------------------

for name, flow, full in (('udp', U, 8), ('tcp', T, 20), ('ping', P, 8)):
    for length in (0, 1, full - 1):
        case(f'truncated-6to4-{name}-{length}', 'RFC 6146 3.4: no complete transport header',
             from6(cut_payload(flow.out6(), length)), counters='SKB_TRUNCATED')
        case(f'truncated-4to6-{name}-{length}', 'RFC 6146 3.4: no complete transport header',
             from4(cut_payload(flow.back4(), length)), counters='SKB_TRUNCATED')
