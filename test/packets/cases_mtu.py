# SPDX-License-Identifier: GPL-2.0-only
"""Sizes: the MTU in translated errors (RFC 7915 4.2, 5.2), errors and fragments made by the gateway (4, 4.1, 5, 5.1)."""
import struct

from dsl import *
from cases_icmp_errors import OPENED, back_seen4, back_seen6, seen4, seen6, word

U, T, P = UDP_FLOW, TCP_FLOW, PING
BIG = pattern(1400)


def mtu4(mtu):
    return struct.pack('!HH', 0, mtu)


def needed_to_too_big(name, says, told, becomes, total=None):
    """@total: size of the packet that was too big, by its header."""
    data = BIG if total is None else b''
    inner4, inner6 = seen4(data=data), seen6(data=data)
    if total is not None:
        inner4.len, inner4[UDP].len, inner4[UDP].chksum = total, total - 20, 0x1111
        inner6.plen, inner6[UDP].len = total - 20, total - 20
        inner6 = same_sum(inner4, inner6)
    case(name, says, from4(error4(inner4, 3, 4, mtu4(told), size=548)),
         to6(error6(inner6, 2, 0, word(becomes), size=568, src=embed(R4), dst=C6, hlim=63)))


def same_sum(inner4, inner6):
    """The checksum that goes over with the addresses and ports, of a packet of which we have no data."""
    old, new = bytes(inner4), bytes(inner6)
    words = lambda data: sum(struct.unpack(f'!{len(data) // 2}H', data))
    total = (~0x1111 & 0xffff) - words(old[12:24]) + words(new[8:44])
    inner6[UDP].chksum = ~(total % 0xffff) & 0xffff
    return inner6


def too_big_to_needed(name, says, told, becomes):
    case(name, says, from6(error6(back_seen6(data=BIG), 2, 0, word(told), size=1232)),
         to4(error4(back_seen4(data=BIG, flags='DF'), 3, 4, mtu4(becomes), size=548, src=P4, dst=S4, ttl=63,
                    inner_id=FREE)))


# ---- translated ----------------------------------------------------------------------------------

group('mtu', prime=OPENED)

for told, becomes in {1400: 1420, 1300: 1320, 1261: 1281, 1260: 1280, 1479: 1499, 1480: 1500}.items():
    needed_to_too_big(f'mtu-4to6-{told}', 'RFC 7915 4.2: MTU MUST be adjusted for the header sizes', told, becomes)
for told in (1259, 1006, 576, 68, 1):
    needed_to_too_big(f'mtu-4to6-{told}', 'RFC 7915 4.2: but MUST NOT be below 1280', told, 1280)
for told in (1481, 1500, 9000, 65535):
    needed_to_too_big(f'mtu-4to6-{told}', 'RFC 7915 4.2: nor above the MTU of the next hop', told, 1500)
for told, becomes in {1500: 1480, 1499: 1479, 1400: 1380, 1281: 1261, 1280: 1260}.items():
    too_big_to_needed(f'mtu-6to4-{told}', 'RFC 7915 5.2: MTU MUST be adjusted for the header sizes', told, becomes)
too_big_to_needed('mtu-6to4-1000', 'RFC 7915 5.2: no minimum but that of IPv4', 1000, 980)
for told in (1501, 9000, 65536, 0xffffffff):
    too_big_to_needed(f'mtu-6to4-{told}', 'RFC 7915 5.2: not above the MTUs of the next hops', told, 1480)
case('mtu-6to4-code', 'RFC 4443 3.2: the code is ignored by who receives it',
     from6(error6(back_seen6(data=BIG), 2, 5, word(1400), size=1232)),
     to4(error4(back_seen4(data=BIG, flags='DF'), 3, 4, mtu4(1380), size=548, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('mtu-6to4-fragment-header', 'RFC 7915 5.2: taking into account whether the packet has a fragment header',
     from6(error6(cut6(back_seen6(data=pattern(2000)), 1400, id=0xabcd)[0], 2, 0, word(1400), size=1232)),
     to4(error4(cut4(back_seen4(data=pattern(2000), flags=0), 1400, id=0xabcd)[0], 3, 4, mtu4(1372), size=548,
                src=P4, dst=S4, ttl=63)))
for name, flow in {'tcp': T, 'ping': P}.items():
    case(f'mtu-4to6-{name}', 'RFC 7915 4.2: the same for other protocols',
         from4(error4(seen4(flow, data=BIG), 3, 4, mtu4(1400), size=548)),
         to6(error6(seen6(flow, data=BIG), 2, 0, word(1420), size=568, src=embed(R4), dst=C6, hlim=63)))
    case(f'mtu-6to4-{name}', 'RFC 7915 5.2: the same for other protocols',
         from6(error6(back_seen6(flow, data=BIG), 2, 0, word(1400), size=1232)),
         to4(error4(back_seen4(flow, data=BIG, flags='DF'), 3, 4, mtu4(1380), size=548, src=P4, dst=S4, ttl=63,
                    inner_id=FREE)))

group('mtu-links', ip=['link set gc mtu 4000', 'link set gs mtu 3000'], prime=OPENED)
needed_to_too_big('mtu-4to6-next-hop-4', 'RFC 7915 4.2: not above the MTU of the IPv4 next hop plus 20', 3500, 3020)
needed_to_too_big('mtu-4to6-link-2000', 'RFC 7915 4.2: in between', 2000, 2020)
too_big_to_needed('mtu-6to4-next-hop-4', 'RFC 7915 5.2: not above the MTU of the IPv4 next hop', 3500, 3000)
too_big_to_needed('mtu-6to4-link-2000', 'RFC 7915 5.2: in between', 2000, 1980)
for total, plateau in {3000: 2002, 2003: 2002, 2002: 1492, 1500: 1492, 1493: 1492, 4353: 4352}.items():
    needed_to_too_big(f'mtu-plateau-{total}', 'RFC 7915 4.2: MTU 0, MUST use the greatest plateau below the total length',
                      0, min(plateau + 20, 3020), total)
for total in (1492, 1400, 1280, 600, 69, 68, 28):
    needed_to_too_big(f'mtu-plateau-{total}', 'RFC 7915 4.2: MTU 0, but never below 1280', 0, 1280, total)
needed_to_too_big('mtu-plateau-65535', 'RFC 7915 4.2: MTU 0, not above the next hops', 0, 3020, 65535)

group('mtu-links-6', ip=['link set gc mtu 2000', 'link set gs mtu 3000'], prime=OPENED)
needed_to_too_big('mtu-4to6-next-hop-6', 'RFC 7915 4.2: not above the MTU of the IPv6 next hop', 2500, 2000)
too_big_to_needed('mtu-6to4-next-hop-6', 'RFC 7915 5.2: not above the MTU of the IPv6 next hop less 20', 2500, 1980)

group('mtu-plateaus', jool=STATIC + ['global update mtu-plateaus 3000,1700,1300,900'],
      ip=['link set gc mtu 4000', 'link set gs mtu 4000'], prime=OPENED)
for total, plateau in {3001: 3000, 3000: 1700, 1701: 1700, 1700: 1300, 1301: 1300}.items():
    needed_to_too_big(f'mtu-plateaus-{total}', 'RFC 7915 4.2: by mtu-plateaus', 0, plateau + 20, total)
needed_to_too_big('mtu-plateaus-1300', 'RFC 7915 4.2: by mtu-plateaus, never below 1280', 0, 1280, 1300)
needed_to_too_big('mtu-plateaus-800', 'RFC 7915 4.2: below all plateaus', 0, 1280, 800)

# ---- made by the gateway, from IPv6 to IPv4 ------------------------------------------------------


def too_big(packet, mtu):
    """What the gateway answers to @packet."""
    return error6(packet, 2, 0, word(mtu), size=1232, src=GW6, dst=C6)


group('mtu-1400', ip=['route add 203.0.113.8/32 dev gs mtu 1400'], prime=OPENED)
case('mtu-6to4-fits', 'RFC 7915 5: as large as the IPv4 link takes',
     from6(U.out6(data=pattern(1400 - 28))), to4(U.out4(data=pattern(1400 - 28), flags='DF')))
case('mtu-6to4-too-big', 'RFC 7915 5: one byte more: packet too big, with the MTU of the link plus 20',
     from6(U.out6(data=pattern(1401 - 28))), to6(too_big(U.out6(data=pattern(1401 - 28)), 1420)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-6to4-too-big-tcp', 'RFC 7915 5: the same for TCP',
     from6(T.out6(data=pattern(1440))), to6(too_big(T.out6(data=pattern(1440)), 1420)), counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-6to4-too-big-ping', 'RFC 7915 5: the same for pings',
     from6(P.out6(data=pattern(1440))), to6(too_big(P.out6(data=pattern(1440)), 1420)), counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-6to4-headers', 'RFC 7915 5.1: extension headers do not count on the IPv4 link',
     from6(extended(U.out6(data=pattern(1400 - 28)), 60, b'\x11\0\1\4\0\0\0\0')),
     to4(U.out4(data=pattern(1400 - 28), flags='DF')))

group('mtu-1000', ip=['route add 203.0.113.8/32 dev gs mtu 1000'], prime=OPENED)
case('mtu-6to4-1280-fragmented', 'RFC 7915 5.1: up to 1280 bytes MUST be fragmented to go over the link',
     from6(U.out6(data=pattern(1280 - 48))), to4(fragments(U.out4(data=pattern(1280 - 48)), 1000)))
case('mtu-6to4-1021-fragmented', 'RFC 7915 5.1: the same, one byte above the link',
     from6(U.out6(data=pattern(1021 - 48))), to4(fragments(U.out4(data=pattern(1021 - 48)), 1000)))
case('mtu-6to4-1020-whole', 'RFC 7915 5.1: just fits',
     from6(U.out6(data=pattern(1020 - 48))), to4(U.out4(data=pattern(1020 - 48))))
case('mtu-6to4-1280-fragmented-tcp', 'RFC 7915 5.1: the same for TCP',
     from6(T.out6(data=pattern(1280 - 60))), to4(fragments(T.out4(data=pattern(1280 - 60)), 1000)))
case('mtu-6to4-1280-fragmented-ping', 'RFC 7915 5.1: the same for pings',
     from6(P.out6(data=pattern(1280 - 48))), to4(fragments(P.out4(data=pattern(1280 - 48)), 1000)))
case('mtu-6to4-1281-too-big', 'RFC 7915 5: above 1280, packet too big, but never below 1280 (no loop: RFC 8021)',
     from6(U.out6(data=pattern(1281 - 48))), to6(too_big(U.out6(data=pattern(1281 - 48)), 1280)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-6to4-1500-too-big', 'RFC 7915 5: the same for 1500',
     from6(U.out6(data=pattern(1500 - 48))), to6(too_big(U.out6(data=pattern(1500 - 48)), 1280)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-6to4-error-fits', 'RFC 1812 4.3.2.3: an error is cut, never fragmented',
     from6(error6(back_seen6(data=BIG), 1, 0, size=1232)),
     to4(error4(back_seen4(data=BIG, flags='DF'), 3, 1, size=548, src=P4, dst=S4, ttl=63, inner_id=FREE)))

group('mtu-300', ip=['route add 203.0.113.8/32 dev gs mtu 300'], prime=OPENED)
case('mtu-6to4-300', 'RFC 7915 5: a link much smaller than any of IPv6',
     from6(U.out6(data=pattern(1280 - 48))), to4(fragments(U.out4(data=pattern(1280 - 48)), 300)))

# ---- made by the gateway, from IPv4 to IPv6 ------------------------------------------------------


def needed(packet, mtu):
    return error4(packet, 3, 4, mtu4(mtu), size=548, src=GW4, dst=S4, tos=0xc0)


group('mtu-1420', ip=['route add 2001:db8::8/128 dev gc mtu 1420'], prime=OPENED)
case('mtu-4to6-fits', 'RFC 7915 4.1: as large as the IPv6 link takes',
     from4(U.back4(data=pattern(1400 - 28), flags='DF')), to6(U.back6(data=pattern(1400 - 28))))
case('mtu-4to6-needed', 'RFC 7915 4.1: DF, one byte more: MUST send fragmentation needed',
     from4(U.back4(data=pattern(1401 - 28), flags='DF')), to4(needed(U.back4(data=pattern(1401 - 28), flags='DF'), 1400)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-4to6-options-df', 'RFC 7915 4.1: options, which are left out, do not count',
     from4(optioned(U.back4(data=pattern(1400 - 28), flags='DF'))), to6(U.back6(data=pattern(1400 - 28))))
case('mtu-4to6-needed-tcp', 'RFC 7915 4.1: the same for TCP',
     from4(T.back4(data=BIG, flags='DF')), to4(needed(T.back4(data=BIG, flags='DF'), 1400)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-4to6-needed-ping', 'RFC 7915 4.1: the same for pings',
     from4(P.back4(data=BIG, flags='DF')), to4(needed(P.back4(data=BIG, flags='DF'), 1400)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-4to6-no-df', 'RFC 7915 4.1: no DF: fragments of at most 1280 bytes, the low 16 bits of the identification',
     from4(U.back4(data=BIG, flags=0, id=0xbeef)), to6(fragments(U.back6(data=BIG), 1280, id=0xbeef)))

group('mtu-1280', ip=['route add 2001:db8::8/128 dev gc mtu 1280'], prime=OPENED)
case('mtu-4to6-needed-1260', 'RFC 7915 4.1: the smallest link of IPv6',
     from4(U.back4(data=pattern(1261 - 28), flags='DF')), to4(needed(U.back4(data=pattern(1261 - 28), flags='DF'), 1260)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-4to6-fits-1260', 'RFC 7915 4.1: just fits',
     from4(U.back4(data=pattern(1260 - 28), flags='DF')), to6(U.back6(data=pattern(1260 - 28))))
case('mtu-4to6-error-fits', 'RFC 4443 2.4: an error is cut to 1280, never fragmented',
     from4(error4(seen4(data=BIG), 3, 1, size=1420)),
     to6(error6(seen6(data=BIG), 1, 0, size=1232, src=embed(R4), dst=C6, hlim=63)))

WRONG = 'what a route says counts as far as its device allows'
group('mtu-above-link-6', ip=['link set gc mtu 1400', 'route add 2001:db8::8/128 dev gc mtu 1450'], prime=OPENED)
case('mtu-4to6-route-above-link', f'RFC 7915 4.1: {WRONG}',
     from4(U.back4(data=pattern(1381 - 28), flags='DF')), to4(needed(U.back4(data=pattern(1381 - 28), flags='DF'), 1380)),
     counters='PKT_TOO_BIG ICMP_SENT')
needed_to_too_big('mtu-4to6-error-route-above-link', f'RFC 7915 4.2: {WRONG}', 1480, 1400)

group('mtu-above-link-4', ip=['link set gs mtu 1400', 'route add 203.0.113.8/32 dev gs mtu 1450'], prime=OPENED)
case('mtu-6to4-route-above-link', f'RFC 7915 5: {WRONG}',
     from6(U.out6(data=pattern(1401 - 28))), to6(too_big(U.out6(data=pattern(1401 - 28)), 1420)),
     counters='PKT_TOO_BIG ICMP_SENT')
too_big_to_needed('mtu-6to4-error-route-above-link', f'RFC 7915 5.2: {WRONG}', 1500, 1400)

group('lowest-ipv6-mtu', prime=OPENED)
case('mtu-4to6-1261-fragmented', 'RFC 7915 4.1: no DF, 1281 bytes as IPv6',
     from4(U.back4(data=pattern(1261 - 28), flags=0)), to6(fragments(U.back6(data=pattern(1261 - 28)), 1280, id=77)))
case('mtu-4to6-1260-whole', 'RFC 7915 4: no DF, 1280 bytes as IPv6: MUST NOT include the fragment header',
     from4(U.back4(data=pattern(1260 - 28), flags=0)), to6(U.back6(data=pattern(1260 - 28))))
case('mtu-4to6-1500-fragmented', 'RFC 7915 4.1: no DF, 1520 bytes as IPv6',
     from4(U.back4(data=pattern(1500 - 28), flags=0)), to6(fragments(U.back6(data=pattern(1500 - 28)), 1280, id=77)))
case('mtu-4to6-1500-fragmented-tcp', 'RFC 7915 4.1: the same for TCP',
     from4(T.back4(data=BIG)), to6(fragments(T.back6(data=BIG), 1280, id=77)))
case('mtu-4to6-1500-fragmented-ping', 'RFC 7915 4.1: the same for pings',
     from4(P.back4(data=BIG)), to6(fragments(P.back6(data=BIG), 1280, id=77)))
case('mtu-4to6-1500-df', 'RFC 7915 4.1: DF: the link has 1500 bytes, not 1520',
     from4(U.back4(data=pattern(1500 - 28), flags='DF')), to4(needed(U.back4(data=pattern(1500 - 28), flags='DF'), 1480)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('mtu-4to6-fragmented-checksum-0', 'RFC 6146 3.4: fragmented on the way, with the checksum that IPv4 did not have',
     from4(no_sum(U.back4(data=BIG))), to6(fragments(U.back6(data=BIG), 1280, id=77)))
case('mtu-4to6-fragmented-zero-id', 'RFC 7915 4.1: an identification of zero',
     from4(U.back4(data=BIG, id=0)), to6(fragments(U.back6(data=BIG), 1280, id=0)))
case('mtu-4to6-fragmented-options', 'RFC 7915 4.1: options do not count',
     from4(U.back4(data=pattern(1260 - 28), flags=0, options=b'\1' * 40)), to6(U.back6(data=pattern(1260 - 28))))
case('mtu-4to6-fragmented-tos', 'RFC 7915 4.1: traffic class and hop limit of each fragment',
     from4(U.back4(data=BIG, tos=0xb8, ttl=9)), to6(fragments(U.back6(data=BIG, tc=0xb8, hlim=8), 1280, id=77)))

group('lowest-ipv6-mtu-1400', jool=STATIC + ['global update lowest-ipv6-mtu 1400'], prime=OPENED)
case('mtu-lowest-1400-whole', 'RFC 7915 4.1: MUST be configurable: no DF, 1400 bytes as IPv6',
     from4(U.back4(data=pattern(1380 - 28), flags=0)), to6(U.back6(data=pattern(1380 - 28))))
case('mtu-lowest-1400-fragmented', 'RFC 7915 4.1: no DF, 1401 bytes as IPv6',
     from4(U.back4(data=pattern(1381 - 28), flags=0)), to6(fragments(U.back6(data=pattern(1381 - 28)), 1400, id=77)))

group('lowest-ipv6-mtu-9000', jool=STATIC + ['global update lowest-ipv6-mtu 9000'], prime=OPENED)
case('mtu-lowest-9000-whole', 'RFC 7915 4.1: as large as the link takes',
     from4(U.back4(data=pattern(1480 - 28), flags=0)), to6(U.back6(data=pattern(1480 - 28))))
case('mtu-lowest-9000-fragmented', 'RFC 7915 4: MUST ensure that the packet does not exceed the path MTU',
     from4(U.back4(data=pattern(1500 - 28), flags=0)), to6(fragments(U.back6(data=pattern(1500 - 28)), 1500, id=77)))
