# SPDX-License-Identifier: GPL-2.0-only
"""IP headers: RFC 7915 4.1 and 5.1."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING

group('header')

case('header-6to4-udp', 'RFC 7915 5.1', from6(U.out6()), to4(U.out4()))
case('header-4to6-udp', 'RFC 7915 4.1', from4(U.back4()), to6(U.back6()))
case('header-6to4-ping', 'RFC 7915 5.2: echo request', from6(P.out6()), to4(P.out4()))
case('header-4to6-ping', 'RFC 7915 4.2: echo reply', from6(P.out6()), to4(P.out4()), from4(P.back4()), to6(P.back6()))
case('header-6to4-tcp', 'RFC 7915 5.1', from6(T.out6(tcp='S')), to4(T.out4(tcp='S')))
case('header-4to6-tcp', 'RFC 7915 4.1',
     from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
     from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA')))
case('header-6to4-echo-reply', 'RFC 7915 5.2: an IPv6 node answers a ping from IPv4',
     from4(IP(src='198.51.100.20', dst=P4, ttl=64) / Icmp4(type=8, msgbody=b'\x07\xd0\x00\x01' + DATA)),
     to6(IPv6(src=embed('198.51.100.20'), dst=C6, hlim=63) / Icmp6(type=128, msgbody=b'\x03\xe8\x00\x01' + DATA)),
     from6(IPv6(src=C6, dst=embed('198.51.100.20'), hlim=64) / Icmp6(type=129, msgbody=b'\x03\xe8\x00\x01' + DATA)),
     to4(IP(src=P4, dst='198.51.100.20', ttl=63) / Icmp4(type=0, msgbody=b'\x07\xd0\x00\x01' + DATA)))

case('header-6to4-order', 'RFC 7915 5: SHOULD leave in the order in which they came',
     from6(*[U.out6(data=pattern(2 * i)) for i in range(1, 30)]), to4(*[U.out4(data=pattern(2 * i)) for i in range(1, 30)]))
case('header-4to6-order', 'RFC 7915 4: SHOULD leave in the order in which they came',
     from4(*[U.back4(data=pattern(2 * i)) for i in range(1, 30)]), to6(*[U.back6(data=pattern(2 * i)) for i in range(1, 30)]))

# Traffic Class and TOS.
for tos in (0x01, 0x02, 0x03, 0x10, 0xb8, 0xff):
    case(f'header-6to4-tclass-{tos:02x}', 'RFC 7915 5.1: TOS copied from the traffic class, all 8 bits',
         from6(U.out6(tc=tos)), to4(U.out4(tos=tos)))
    case(f'header-4to6-tos-{tos:02x}', 'RFC 7915 4.1: traffic class copied from TOS, all 8 bits',
         from4(U.back4(tos=tos)), to6(U.back6(tc=tos)))

# Flow label.
case('header-6to4-flow-label', 'RFC 7915 5.1: has no place in IPv4', from6(U.out6(fl=0xfffff)), to4(U.out4()))
case('header-6to4-flow-label-tclass', 'RFC 7915 5.1: the traffic class lies beside it',
     from6(U.out6(fl=0xabcde, tc=0x55)), to4(U.out4(tos=0x55)))
case('header-4to6-flow-label', 'RFC 7915 4.1: flow label 0', from4(U.back4(tos=0xff)), to6(U.back6(tc=0xff, fl=0)))

# Hop limit.
case('header-6to4-hop-limit-255', 'RFC 7915 5.1: one less', from6(U.out6(hlim=255)), to4(U.out4(ttl=254)))
case('header-6to4-hop-limit-2', 'RFC 7915 5.1: the last hop', from6(U.out6(hlim=2)), to4(U.out4(ttl=1)))
case('header-4to6-ttl-255', 'RFC 7915 4.1: one less', from4(U.back4(ttl=255)), to6(U.back6(hlim=254)))
case('header-4to6-ttl-2', 'RFC 7915 4.1: the last hop', from4(U.back4(ttl=2)), to6(U.back6(hlim=1)))
for hlim in (0, 1):
    case(f'header-6to4-hop-limit-{hlim}', 'RFC 7915 5.1: MUST check for zero and send hop limit exceeded',
         from6(U.out6(hlim=hlim)),
         to6(error6(U.out6(hlim=hlim), 3, 0, src=GW6, dst=C6)), counters='TTL ICMP_SENT')
    case(f'header-4to6-ttl-{hlim}', 'RFC 7915 4.1: MUST check for zero and send TTL exceeded',
         from4(U.back4(ttl=hlim)),
         to4(error4(U.back4(ttl=hlim), 11, 0, src=GW4, dst=S4, tos=0xc0)), counters='TTL ICMP_SENT')
case('header-6to4-hop-limit-tcp', 'RFC 7915 5.1: the same for TCP',
     from6(T.out6(tcp='S', hlim=1)),
     to6(error6(T.out6(tcp='S', hlim=1), 3, 0, src=GW6, dst=C6)), counters='TTL ICMP_SENT')
case('header-6to4-hop-limit-ping', 'RFC 7915 5.1: the same for pings, which is how traceroute sees us',
     from6(P.out6(hlim=1)), to6(error6(P.out6(hlim=1), 3, 0, src=GW6, dst=C6)), counters='TTL ICMP_SENT')
case('header-4to6-ttl-tcp', 'RFC 7915 4.1: the same for TCP',
     from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
     from4(T.back4(tcp='SA', ttl=1)),
     to4(error4(T.back4(tcp='SA', ttl=1), 11, 0, src=GW4, dst=S4, tos=0xc0)), counters='TTL ICMP_SENT')
case('header-6to4-hop-limit-no-state', 'RFC 7915 5.1: what dies of its hop limit makes no session',
     from6(U.but(sport6=1010).out6(hlim=1)),
     to6(error6(U.but(sport6=1010).out6(hlim=1), 3, 0, src=GW6, dst=C6)),
     session(U.but(sport6=1010), present=False), counters='TTL ICMP_SENT')
case('header-4to6-ttl-no-state', 'RFC 7915 4.1: the same from IPv4',
     from4(U.but(dport=1010).back4(ttl=1)), to4(error4(U.but(dport=1010).back4(ttl=1), 11, 0, src=GW4, dst=S4, tos=0xc0)),
     session(U.but(dport=1010), present=False), counters='TTL ICMP_SENT')
case('header-4to6-ttl-not-kept', 'RFC 7915 4.1: nor is such a SYN kept',
     from4(T.but(sport4=2050).back4(tcp='S', ttl=1)),
     to4(error4(T.but(sport4=2050).back4(tcp='S', ttl=1), 11, 0, src=GW4, dst=S4, tos=0xc0)), counters='TTL ICMP_SENT')
case('header-6to4-hop-limit-error', 'RFC 4443 2.4: no error about an error',
     from6(error6(U.back6(), 1, 4, src=C6, hlim=1)), counters='TTL ICMP_SENT')
case('header-4to6-ttl-error', 'RFC 1122 3.2.2: no error about an error',
     from6(U.out6()), to4(U.out4()),
     from4(error4(U.out4(), 3, 3, src=S4, ttl=1)), counters='TTL ICMP_SENT')

# DF, and identification.
case('header-6to4-df-1260', 'RFC 7915 5.1: DF 0 up to 1260 bytes',
     from6(U.out6(data=pattern(1260 - 28))), to4(U.out4(data=pattern(1260 - 28), flags=0)))
case('header-6to4-df-1261', 'RFC 7915 5.1: DF 1 above 1260 bytes',
     from6(U.out6(data=pattern(1261 - 28))), to4(U.out4(data=pattern(1261 - 28), flags='DF')))
case('header-6to4-df-20', 'RFC 7915 5.1: no data at all', from6(U.out6(data=b'')), to4(U.out4(data=b'', flags=0)))
case('header-6to4-df-1480', 'RFC 7915 5.1: the largest that comes',
     from6(U.out6(data=pattern(1500 - 48))), to4(U.out4(data=pattern(1500 - 48), flags='DF')))
case('header-6to4-df-tcp', 'RFC 7915 5.1: the same rule for TCP',
     from6(T.out6(tcp='S', data=pattern(1260 - 40))), to4(T.out4(tcp='S', data=pattern(1260 - 40))),
     from6(T.out6(tcp='S', data=pattern(1261 - 40))), to4(T.out4(tcp='S', data=pattern(1261 - 40), flags='DF')))
case('header-6to4-df-ping', 'RFC 7915 5.1: the same rule for pings',
     from6(P.out6(data=pattern(1260 - 28))), to4(P.out4(data=pattern(1260 - 28))),
     from6(P.out6(data=pattern(1261 - 28))), to4(P.out4(data=pattern(1261 - 28), flags='DF')))
case('header-6to4-ids-differ', 'RFC 7915 5.1, RFC 6864 4.3: identifications of packets that may be fragmented differ',
     from6(*[U.out6()] * 8), to4(*[like(U.out4(), id=f'id{i}') for i in range(8)]))
case('header-4to6-df', 'RFC 7915 4: no fragment header, DF set', from4(U.back4(flags='DF')), to6(U.back6()))
case('header-4to6-no-df', 'RFC 7915 4: MUST NOT include a fragment header, DF clear',
     from4(U.back4(flags=0)), to6(U.back6()))
case('header-4to6-no-df-1280', 'RFC 7915 4: nor if it just fits 1280 bytes',
     from4(U.back4(flags=0, data=pattern(1280 - 48))), to6(U.back6(data=pattern(1280 - 48))))
case('header-4to6-evil-bit', 'RFC 791: the reserved flag has no place in IPv6',
     from4(U.back4(flags='evil')), to6(U.back6()))
case('header-4to6-df-1480', 'RFC 7915 4.1: DF, and as large as the link takes',
     from4(U.back4(flags='DF', data=pattern(1480 - 28))), to6(U.back6(data=pattern(1480 - 28))))

# Malformed headers die in the kernel before us, with none of our counters.
case('header-6to4-payload-length-long', 'RFC 8200: payload length beyond the end', from6(U.out6(plen=200)))
case('header-4to6-total-length-long', 'RFC 1812 5.2.2: total length beyond the end', from4(U.back4(len=200)))
case('header-4to6-checksum', 'RFC 1812 5.2.2: wrong header checksum', from4(U.back4(chksum=0x1234)))
case('header-4to6-ihl-4', 'RFC 1812 5.2.2: header shorter than 20 bytes', from4(U.back4(ihl=4)))
case('header-4to6-version', 'RFC 1812 5.2.2: wrong version', from4(U.back4(version=5)))
case('header-6to4-trailer', 'RFC 7915 5.1: bytes behind the payload are not part of the packet',
     from6(build(U.out6()) + b'\xff' * 20), to4(U.out4()))
case('header-4to6-trailer', 'RFC 7915 4.1: bytes behind the total length are not part of the packet',
     from4(build(U.back4()) + b'\xff' * 20), to6(U.back6()))

# Addresses that may not be.
for name, address in {'zero': '0.0.0.0', 'net-0': '0.1.2.3', 'loopback': '127.0.0.1', 'link-local': '169.254.169.254',
                      'multicast': '224.0.0.5',
                      'class-e': '240.0.0.1', 'broadcast': '255.255.255.255'}.items():
    case(f'header-6to4-destination-{name}', 'RFC 7915 5.1, RFC 6052 5.1: no IPv4 node has such an address',
         from6(IPv6(src=C6, dst=embed(address)) / UDP(sport=1000, dport=80) / DATA),
         to6(prohibited(IPv6(src=C6, dst=embed(address)) / UDP(sport=1000, dport=80) / DATA)),
         counters='UNTRANSLATABLE_DST6 ICMP_SENT')
for name, address in {'zero': '0.0.0.0', 'net-0': '0.1.2.3', 'loopback': '127.0.0.1', 'link-local': '169.254.169.254',
                      'multicast': '224.0.0.5',
                      'class-e': '240.0.0.1', 'broadcast': '255.255.255.255'}.items():
    case(f'header-4to6-source-{name}', 'RFC 7915 4.1: SHOULD silently discard an illegal source',
         from4(IP(src=address, dst=P4) / UDP(sport=80, dport=2000) / DATA), counters='UNTRANSLATABLE_SRC4')
for name, address in {'unspecified': '::', 'link-local': 'fe80::8'}.items():
    case(f'header-6to4-source-{name}', 'RFC 7915 5.1: SHOULD silently drop an illegal source',
         from6(IPv6(src=address, dst=S6) / UDP(sport=1000, dport=80) / DATA), counters='UNTRANSLATABLE_SRC6')
for name, address in {'loopback': '::1', 'multicast': 'ff02::1'}.items():
    case(f'header-6to4-source-{name}', 'RFC 7915 5.1: SHOULD silently drop an illegal source (the kernel does)',
         from6(IPv6(src=address, dst=S6) / UDP(sport=1000, dport=80) / DATA))
case('header-6to4-source-pool6', 'RFC 6146 3.5: MUST silently discard a source within pool6',
     from6(IPv6(src=embed('192.0.2.1'), dst=S6) / UDP(sport=1000, dport=80) / DATA), counters='HAIRPIN_LOOP')
case('header-6to4-source-pool6-error', 'RFC 6146 3.5, 5.4: the same for errors, whatever they are about',
     from6(error6(U.back6(), 1, 4, src=embed('192.0.2.9'))), counters='HAIRPIN_LOOP')
case('header-6to4-source-link-local-error', 'RFC 7915 5.1: SHOULD silently drop an illegal source, also of an error',
     from6(error6(U.back6(), 1, 4, src='fe80::99')), counters='UNTRANSLATABLE_SRC6')
case('header-6to4-source-pool6-tcp', 'RFC 6146 3.5: the same for TCP',
     from6(IPv6(src=embed('192.0.2.1'), dst=S6) / TCP(sport=1000, dport=80, flags='S')), counters='HAIRPIN_LOOP')
case('header-6to4-source-pool6-ping', 'RFC 6146 3.5: the same for pings',
     from6(IPv6(src=embed('192.0.2.1'), dst=S6) / Icmp6(type=128, msgbody=b'\0\1\0\1')), counters='HAIRPIN_LOOP')

# RFC 6052 3.1: the well-known prefix and addresses that are not global, as are all those of the cases.
GLOBAL = U.but(dst4='192.0.1.8')
group('well-known-private', jool=STATIC + ['global update well-known-prefix-private false'], prime=[from6(GLOBAL.out6()), to4(GLOBAL.out4())])
case('well-known-private-6to4', 'RFC 6052 3.1: MUST NOT translate, MUST drop', from6(U.out6()), to6(prohibited(U.out6())),
     session(U, present=False), counters='NOT_GLOBAL4 ICMP_SENT')
case('well-known-private-4to6', 'RFC 6052 3.1: nor from there', from4(U.back4()), session(U, present=False), counters='NOT_GLOBAL4')
case('well-known-private-tcp', 'RFC 6052 3.1: TCP, too', from6(T.out6(tcp='S')), to6(prohibited(T.out6(tcp='S'))),
     session(T, present=False), counters='NOT_GLOBAL4 ICMP_SENT')
case('well-known-private-tcp-no-session', 'RFC 6052 3.1: also what makes no session', from4(T.back4(tcp='A')), counters='NOT_GLOBAL4')
case('well-known-private-stored', 'RFC 6052 3.1: nothing is stored that could not be answered',
     from4(T.but(sport4=2050).back4(tcp='S')), counters='NOT_GLOBAL4')
case('well-known-private-global', 'RFC 6052 3.1: global addresses are translated',
     from6(GLOBAL.out6()), to4(GLOBAL.out4()), from4(GLOBAL.back4()), to6(GLOBAL.back6()))
case('well-known-private-error', 'RFC 7915 4.1: ICMP errors of routers that have such addresses pass',
     from4(error4(GLOBAL.out4(id=9), 3, 1, src='10.1.2.3')),
     to6(error6(GLOBAL.out6(hlim=63), 1, 0, src=embed('10.1.2.3'), dst=C6, hlim=63)))

group('network-specific-private', pool6='2001:db8:64::/96', jool=STATIC + ['global update well-known-prefix-private false'])
case('network-specific-private', 'RFC 6052 3.1: behind a network-specific prefix all are translated',
     from6(Flow('udp', dst6='2001:db8:64::203.0.113.8').out6()), to4(U.out4()), from4(U.back4()),
     to6(Flow('udp', dst6='2001:db8:64::203.0.113.8').back6()))

# Each destination has a counter, unless the hashes of two are the same, which those of two pairs hardly are.
OTHER = UDP_FLOW.but(dst4=R4)
group('ids')
case('header-6to4-ids-destination', 'RFC 6864 4.3, 5.3.1: what others are sent uses up no identifications',
     from6(UDP_FLOW.out6(), UDP_FLOW.but(dst4='198.51.100.9').out6(), *[OTHER.out6()] * 9, UDP_FLOW.out6(),
           UDP_FLOW.but(dst4='198.51.100.9').out6()),
     to4(like(UDP_FLOW.out4(), id='a'), like(UDP_FLOW.but(dst4='198.51.100.9').out4(), id='b'), *[OTHER.out4()] * 9,
         like(UDP_FLOW.out4(), id='c'), like(UDP_FLOW.but(dst4='198.51.100.9').out4(), id='d')),
     mapping('they count on', lambda l: (l.c - l.a) % 65536 == 1 or (l.d - l.b) % 65536 == 1))

# To two destinations, since one of them may have the counter of the first. They are counted when they are translated: a rule
# drops them then.
FLOODS = [build(UDP_FLOW.but(dst4=dst, dport=9).out6()) for dst in ('198.51.100.10', '198.51.100.11')]
MANY = 65535
group('ids-many', nft='table ip t { chain p { type filter hook postrouting priority 0; udp dport 9 drop; }; }')
case('header-6to4-ids-many', 'RFC 6864 4.3, 5.3.1: MUST NOT repeat: one, 65535 others, another one',
     from6(UDP_FLOW.out6()), to4(like(UDP_FLOW.out4(), id='a')), from6(*(FLOODS * MANY)[:MANY]),
     from6(UDP_FLOW.out6()), to4(like(UDP_FLOW.out4(), id='b')), counters={'DST_OUTPUT': MANY})

# Queues sort by it; the rules of nft make visible what it is.
group('priority', nft='''add table ip t
add chain ip t out { type filter hook postrouting priority 0; }
add rule ip t out meta priority 0:6 ip ttl set 106
add rule ip t out meta priority 0:2 ip ttl set 102
add rule ip t out meta priority 0:0 ip ttl set 100
add table ip6 t
add chain ip6 t in { type filter hook prerouting priority -300; }
add rule ip6 t in ip6 flowlabel 7 meta priority set 0:2''')
case('priority-6to4-tos', 'like the IPv4 that the kernel forwards: by the TOS', from6(UDP_FLOW.out6(tc=0x10)),
     to4(UDP_FLOW.out4(tos=0x10, ttl=106)))
case('priority-6to4-tos-8', 'the same for bulk', from6(UDP_FLOW.out6(tc=8)), to4(UDP_FLOW.out4(tos=8, ttl=102)))
case('priority-6to4-own', 'but what a rule has set stays', from6(UDP_FLOW.out6(tc=0x10, fl=7)),
     to4(UDP_FLOW.out4(tos=0x10, ttl=102)))
