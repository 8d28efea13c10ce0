# SPDX-License-Identifier: GPL-2.0-only
"""What is let in, what is not, and what is none of the translator's business: RFC 6146 3.4, 3.5; options."""
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
STRANGER = '198.51.100.9'
OPENED = [from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
          from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]


def prohibited4(packet):
    return error4(packet, 3, 13, src=GW4, dst=packet.src, tos=0xc0)


def ping4(source, ident=2000, dst=P4, **ip):
    return IP(src=source, dst=dst, **ip) / Icmp4(type=8, msgbody=struct.pack('!HH', ident, 1) + DATA)


def ping6(source, ident=1000, dst=C6, **ip):
    return IPv6(src=embed(source), dst=dst, **ip) / Icmp6(type=128, msgbody=struct.pack('!HH', ident, 1) + DATA)


# ---- endpoint-independent filtering --------------------------------------------------------------

group('filter', prime=OPENED)
stranger = {name: flow.but(dst4=STRANGER) for name, flow in {'udp': U, 'tcp': T}.items()}
case('filter-eif-udp', 'RFC 6146 3.5.1: anybody may write to a BIB entry, and makes a session',
     from4(stranger['udp'].back4()), to6(stranger['udp'].back6()), session(stranger['udp'], '', 300))
case('filter-eif-port', 'RFC 6146 3.5.1: from another port', from4(U.but(dport=81).back4()), to6(U.but(dport=81).back6()))
case('filter-eif-ping', 'RFC 6146 3.5.3: a ping from IPv4', from4(ping4(STRANGER)), to6(ping6(STRANGER, hlim=63)))
case('filter-eif-tcp', 'RFC 6146 3.5.2.2: a connection from IPv4',
     from4(stranger['tcp'].back4(tcp='S')), to6(stranger['tcp'].back6(tcp='S')))
udp_unmapped = U.but(sport4=2050).back4()
case('filter-unmapped-udp', 'RFC 6146 3.5.1: no BIB entry: MUST be dropped; here the kernel answers for its address',
     from4(udp_unmapped), nobodys(udp_unmapped, 3, 3), counters=either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))
case('filter-unmapped-ping', 'RFC 6146 3.5.3: no BIB entry: not translated; here the kernel answers for its address',
     from4(ping4(S4, 2050, id=5)),
     either(to4(IP(src=P4, dst=S4, ttl=64) / Icmp4(type=0, msgbody=struct.pack('!HH', 2050, 1) + DATA)), nobodys(ping4(S4, 2050, id=5), 3, 1)),
     counters=either('BIB4_NOT_FOUND', 'ROUTED4_UNMAPPED ICMP_SENT'))
case('filter-outside-pool4-port', 'RFC 6146 3.5: MUST only process what is addressed to the pool: another port',
     from4(U.but(sport4=3000).back4()), nobodys(U.but(sport4=3000).back4(), 3, 3), counters=either('', 'ROUTED4_UNMAPPED ICMP_SENT'))
case('filter-outside-pool4-address', 'RFC 6146 3.5: MUST only process what is addressed to the pool: another address',
     from4(U.but(src4=GW4).back4()), to4(error4(U.but(src4=GW4).back4(), 3, 3, src=GW4, dst=S4, tos=0xc0)))
case('filter-outside-pool6', 'RFC 6146 3.5: MUST only process what is addressed to pool6',
     from6(IPv6(src=C6, dst='64:ff9b:1::1', hlim=64) / UDP(sport=1000, dport=80) / DATA),
     to6(error6(IPv6(src=C6, dst='64:ff9b:1::1', hlim=64) / UDP(sport=1000, dport=80) / DATA, 1, 0, src=GW6, dst=C6)))

# Other protocols.
for proto, name in {132: 'sctp', 136: 'udp-lite', 33: 'dccp', 47: 'gre', 50: 'esp', 59: 'none'}.items():
    packet = IPv6(src=C6, dst=S6, nh=proto, hlim=64) / Raw(b'\3\xe8\0\x50' + b'\0' * 28)
    case(f'filter-6to4-{name}', 'RFC 6146 3.4: SHOULD be discarded, and port unreachable sent',
         from6(packet), to6(error6(packet, 1, 4, src=GW6, dst=C6)), counters='L4_PROTO6 ICMP_SENT')
for proto, name in {132: 'sctp', 33: 'dccp', 47: 'gre', 50: 'esp'}.items():
    packet = IP(src=S4, dst=P4, proto=proto, id=5, ttl=64) / Raw(b'\0\x50\x07\xd0' + b'\0' * 28)
    case(f'filter-4to6-{name}', 'RFC 6146 3.4: SHOULD be discarded and protocol unreachable sent; the kernel does',
         from4(packet), nobodys(packet, 3, 2), counters=either('UNKNOWN_L4_PROTO', 'ROUTED4_L4_PROTO ICMP_SENT'))

# The gateway's own.
GROUP = '33:33:00:00:00:01'
echo = struct.pack('!HH', 9, 1) + DATA
case('own-ping-6', 'RFC 6146 3.5: a ping of the gateway', from6(IPv6(src=C6, dst=GW6) / Icmp6(type=128, msgbody=echo)),
     to6(IPv6(src=GW6, dst=C6, hlim=64) / Icmp6(type=129, msgbody=echo)))
case('own-ping-4', 'RFC 6146 3.5: a ping of the gateway', from4(IP(src=S4, dst=GW4, id=5) / Icmp4(type=8, msgbody=echo)),
     to4(IP(src=GW4, dst=S4, ttl=64) / Icmp4(type=0, msgbody=echo)))
case('own-neighbour-solicitation', 'RFC 4861: neighbour discovery is left alone',
     from6(IPv6(src=C6, dst='ff02::1:ff00:1', hlim=255) /
           Icmp6(type=135, msgbody=b'\0\0\0\0' + address6(GW6) + b'\1\1' + MAC_C)),
     to6(IPv6(src=GW6, dst=C6, hlim=255) /
         Icmp6(type=136, msgbody=b'\xe0\0\0\0' + address6(GW6) + b'\2\1' + MAC_GC)))
# Both are for the gateway, too, and neither is in a pool.
NOTHING = {'RECEIVED6': 0, 'RECEIVED4': 0, 'SUCCESS': 0}
case('own-multicast-6', 'RFC 6146 3.5, RFC 4443 4.2: multicast is left alone: the gateway answers a ping of all nodes',
     from6(IPv6(src=C6, dst='ff02::1', hlim=1) / Icmp6(type=128, msgbody=echo)),
     to6(IPv6(src=GW6, dst=C6, hlim=64) / Icmp6(type=129, msgbody=echo)), counters=NOTHING)
case('own-multicast-4', 'RFC 6146 3.5: multicast is left alone',
     from4(IP(src=S4, dst='224.0.0.1', ttl=1, proto=2) / Raw(b'\x11\0\xee\xff\0\0\0\0'),
           IP(src=S4, dst='224.0.0.1', ttl=1) / UDP(sport=80, dport=2000) / DATA), counters=NOTHING)
case('own-forward-6', 'RFC 6146 3.5: what is not for the translator is forwarded as ever',
     from6(IPv6(src=C6, dst='2001:db8:c::5', hlim=64) / UDP(sport=1000, dport=80) / DATA),
     to6(IPv6(src=C6, dst='2001:db8:c::5', hlim=63) / UDP(sport=1000, dport=80) / DATA))
case('own-forward-4', 'RFC 6146 3.5: what is not for the translator is forwarded as ever',
     from4(IP(src=S4, dst=STRANGER, ttl=64, id=5) / UDP(sport=1000, dport=80) / DATA),
     to4(IP(src=S4, dst=STRANGER, ttl=63, id=5) / UDP(sport=1000, dport=80) / DATA))

group('own-in-pool6', pool6='2001:db8:64::/96', ip=['addr add 2001:db8:64::198.51.100.5/128 dev lo nodad'])
case('own-address-in-pool6', 'a packet to an address of the gateway itself is never taken',
     from6(IPv6(src=C6, dst='2001:db8:64::198.51.100.5') / Icmp6(type=128, msgbody=echo)),
     to6(IPv6(src='2001:db8:64::198.51.100.5', dst=C6, hlim=64) / Icmp6(type=129, msgbody=echo)))
case('own-address-in-pool6-others', 'the others of its pool6 are translated',
     from6(IPv6(src=C6, dst='2001:db8:64::203.0.113.8', hlim=64) / UDP(sport=1000, dport=80) / DATA), to4(U.out4()))

# ---- address-dependent filtering -----------------------------------------------------------------

group('filter-adf', jool=STATIC + ['global update address-dependent-filtering true'], prime=OPENED)
case('filter-adf-known', 'RFC 6146 3.5.1: the address that was written to', from4(U.back4()), to6(U.back6()))
case('filter-adf-known-port', 'RFC 6146 3.5.1: any port of it', from4(U.but(dport=81).back4()), to6(U.but(dport=81).back6()))
case('filter-adf-udp', 'RFC 6146 3.5.1: another address is discarded, administratively prohibited',
     from4(stranger['udp'].back4()), to4(prohibited4(stranger['udp'].back4())),
     session(stranger['udp'], present=False), counters='ADF ICMP_SENT')
case('filter-adf-ping', 'RFC 6146 3.5.3: another address is discarded, administratively prohibited',
     from4(ping4(STRANGER, id=5)), to4(prohibited4(ping4(STRANGER, id=5))), counters='ADF ICMP_SENT')
case('filter-adf-ping-known', 'RFC 6146 3.5.3: the address that was pinged', from4(P.back4()), to6(P.back6()))
case('filter-adf-tcp-sf', 'RFC 6146 3.5.2.2 CLOSED: "a segment with the SYN flag set" is a SYN, also one with FIN; it is stored',
     from4(stranger['tcp'].but(dport=86).back4(tcp='SF')), counters='SYN_STORED')
for tcp in ('A', 'FA', 'R', 'SR'):
    case(f'filter-adf-tcp-{tcp.lower()}', 'RFC 6146 3.5.2.2 CLOSED: others if the security policy allows; it does not',
         from4(stranger['tcp'].back4(tcp=tcp)), counters='ADF')
case('filter-adf-tcp-known', 'RFC 6146 3.5.2.2: the address that was written to',
     from4(T.but(dport=81).back4(tcp='S')), to6(T.but(dport=81).back6(tcp='S')))
case('filter-adf-other-host', 'RFC 6146 3.5.1: that another mapping wrote to it does not help',
     from6(U.but(sport6=1004, dst4=STRANGER).out6()), to4(like(U.but(sport6=1004, dst4=STRANGER).out4(), sport='t')),
     from4(stranger['udp'].back4()), to4(prohibited4(stranger['udp'].back4())), counters='ADF ICMP_SENT')
case('filter-adf-error', 'RFC 6146 3.5: errors of routers on the way are not filtered',
     from4(error4(U.out4(id=9), 3, 1)), to6(error6(U.out6(hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)))

# ---- other options -------------------------------------------------------------------------------

group('filter-drop-tcp', jool=STATIC + ['global update drop-externally-initiated-tcp true'], prime=OPENED)
case('filter-drop-tcp-syn', 'RFC 6146 3.5.2.2: security policy: silently discarded',
     from4(stranger['tcp'].back4(tcp='S')), session(stranger['tcp'], present=False), counters='V4_SYN')
case('filter-drop-tcp-unmapped', 'RFC 6146 3.5.2.2: the same without BIB entry',
     from4(T.but(sport4=2050).back4(tcp='S')), counters='V4_SYN')
case('filter-drop-tcp-answer', 'RFC 6146 3.5.2.2: an answer is let in',
     from6(T.but(dport=83).out6(tcp='S')), to4(T.but(dport=83).out4(tcp='S')),
     from4(T.but(dport=83).back4(tcp='SA')), to6(T.but(dport=83).back6(tcp='SA')))
case('filter-drop-tcp-udp', 'RFC 6146 3.5.1: UDP is let in', from4(stranger['udp'].back4()), to6(stranger['udp'].back6()))

group('filter-drop-info', jool=STATIC + ['global update drop-icmpv6-info true'], prime=OPENED[:2])
case('filter-drop-info-ping', 'RFC 6146 3.5.3: by policy silently discarded', from6(P.out6()), counters='ICMP6_FILTER')
case('filter-drop-info-reply', 'RFC 6146 3.5.3: an echo reply is ICMPv6 information, too',
     from6(IPv6(src=C6, dst=S6) / Icmp6(type=129, msgbody=b'\3\xe8\0\1')), counters='ICMP6_FILTER')
case('filter-drop-info-error', 'RFC 6146 3.5: errors are not',
     from6(error6(U.back6(), 1, 4, src=C6)), to4(error4(U.back4(ttl=63), 3, 3, src=P4, dst=S4, ttl=63, inner_id=FREE)))
case('filter-drop-info-udp', 'RFC 6146 3.5: nor is anything else', from6(U.out6()), to4(U.out4()))

group('filter-disabled', jool=STATIC + ['global update manually-enabled false'])
case('filter-disabled-6to4', 'manually-enabled false: left to the kernel, which has no route',
     from6(U.out6()), to6(error6(U.out6(), 1, 0, src=GW6, dst=C6)), counters='XLATOR_DISABLED')
case('filter-disabled-4to6', 'manually-enabled false: left to the kernel, whose address it is, or which forwards it',
     from4(U.back4()), either(nobodys(U.back4(), 3, 3), to4(forwarded(U.back4()))), counters='XLATOR_DISABLED')

group('options-zeroize', jool=STATIC + ['global update zeroize-traffic-class true'], prime=OPENED)
case('zeroize-traffic-class', 'RFC 7915 4.1: SHOULD support setting the traffic class to zero',
     from4(U.back4(tos=0xff)), to6(U.back6(tc=0)))
case('zeroize-traffic-class-inner', 'RFC 7915 4.3: within an error, too',
     from4(error4(U.out4(tos=0xb8, id=9), 3, 1, tos=0xc0)),
     to6(error6(U.out6(tc=0, hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)))
case('zeroize-traffic-class-6to4', 'RFC 7915 5.1: not in the other direction', from6(U.out6(tc=0xff)), to4(U.out4(tos=0xff)))
case('zeroize-traffic-class-fragments', 'RFC 7915 4.1: in fragments',
     from4(U.back4(tos=0xff, data=pattern(1400))), to6(fragments(U.back6(tc=0, data=pattern(1400)), 1280, 77)))

group('options-tos', jool=STATIC + ['global update override-tos true', 'global update tos 171'], prime=[from6(U.out6()), to4(U.out4(tos=171))])
case('override-tos', 'RFC 7915 5.1: SHOULD provide the ability to set the TOS to a specified value',
     from6(U.out6(tc=0xff)), to4(U.out4(tos=171)))
case('override-tos-ping', 'RFC 7915 5.1: of pings', from6(P.out6(tc=1)), to4(P.out4(tos=171)))
case('override-tos-error', 'RFC 7915 5.1: of errors',
     from6(error6(U.back6(), 1, 4, src=C6)),
     to4(error4(U.back4(ttl=63, tos=171), 3, 3, src=P4, dst=S4, ttl=63, inner_id=FREE, tos=171)))
case('override-tos-4to6', 'RFC 7915 4.1: not in the other direction', from4(U.back4(tos=3)), to6(U.back6(tc=3)))

group('forward-hook', jool=STATIC + ['global update forward-hook true'], prime=OPENED)
case('forward-hook-6to4', 'forward-hook: the same bytes', from6(U.out6()), to4(U.out4()))
case('forward-hook-4to6', 'forward-hook: the same bytes', from4(U.back4()), to6(U.back6()))
case('forward-hook-4to6-fragments', 'forward-hook: of fragments, too',
     from4(U.back4(data=pattern(1400))), to6(fragments(U.back6(data=pattern(1400)), 1280, 77)))

FORWARD = '''table inet t { chain f { type filter hook forward priority 0; ct state untracked udp dport 80 drop; }; }'''
group('forward-hook-drop', jool=STATIC + ['global update forward-hook true'], nft=FORWARD)
case('forward-hook-drop', 'forward-hook: the packet passes the FORWARD chain of IPv4, untracked',
     from6(U.out6()), counters='DST_OUTPUT')
group('forward-hook-off', nft=FORWARD)
case('forward-hook-off', 'forward-hook false: it does not', from6(U.out6()), to4(U.out4()))

group('postrouting', nft='table ip t { chain p { type filter hook postrouting priority 0; udp dport 80 drop; }; }')
case('postrouting-drop', 'a POSTROUTING rule that drops', from6(U.out6()), counters='DST_OUTPUT')

# ---- mark, and routes ----------------------------------------------------------------------------

group('mark', nft='table inet t { chain p { type filter hook prerouting priority -160; ip6 saddr 2001:db8::9 meta mark set 7; }; }',
      jool=STATIC + [f'pool4 add --udp {P4} 5000 --mark 7'], mark=7)
M = U.but(src6=D6, sport4=5000)
case('mark-pool4', 'pool4 entries of the mark are used', from6(M.out6()), to4(M.out4()))
case('mark-none', 'and only these: none for TCP', from6(T.but(src6=D6).out6(tcp='S')),
     to6(error6(T.but(src6=D6).out6(tcp='S'), 1, 3, src=GW6, dst=D6)), counters='MARK_NOT_FOUND ICMP_SENT')
group('mark-out', nft='''table inet t {
    chain p { type filter hook prerouting priority -160; ip6 saddr 2001:db8::8 meta mark set 9; };
    chain o { type filter hook postrouting priority 0; oifname gs meta mark 9 ip dscp set 1; }; }''',
      jool=STATIC + [f'pool4 add --udp {P4} 5000 --mark 9'], mark=9)
case('mark-carried', 'the mark stays with the translated packet', from6(U.out6()), to4(U.out4(tos=4)))

group('routes', ip=['route add unreachable 198.18.0.0/15'], jool=STATIC + [f'bib add --udp 2001:db9::1#1000 {P4}#2001'])
case('route-6to4-none', 'RFC 4443 3.1: no route to the IPv4 node',
     from6(U.but(dst4='198.18.0.1').out6()), to6(error6(U.but(dst4='198.18.0.1').out6(), 1, 0, src=GW6, dst=C6)),
     counters='FAILED_ROUTES ICMP_SENT')
case('route-6to4-broadcast', 'RFC 2644: nobody broadcasts through a router',
     from6(U.but(dst4='203.0.113.255').out6()), to6(error6(U.but(dst4='203.0.113.255').out6(), 1, 0, src=GW6, dst=C6)),
     counters='FAILED_ROUTES ICMP_SENT')
case('route-4to6-none', 'RFC 1812 4.3.3.1: no route to the IPv6 node',
     from4(U.but(sport4=2001).back4()),
     to4(error4(U.but(sport4=2001).back4(), 3, 1, src=GW4, dst=S4, tos=0xc0)),
     counters='FAILED_ROUTES ICMP_SENT')

# ---- two instances -------------------------------------------------------------------------------

OTHER6 = '2001:db8:64::203.0.113.8'
V = Flow('udp', dst6=OTHER6, src4='192.0.2.2')
group('two-instances', ip=own_address('192.0.2.2'),
      jool=STATIC + ['instance add other --netfilter -6 2001:db8:64::/96', '-i other pool4 add --udp 192.0.2.2 2000-2099',
                     f'-i other bib add --udp {C6}#1000 192.0.2.2#2000'],
      prime=[from6(U.out6(), V.out6()), to4(U.out4(), V.out4())])
case('two-instances-6to4', 'RFC 6146 3: each by its pool6', from6(U.out6(), V.out6()), to4(U.out4(), V.out4()))
case('two-instances-4to6', 'RFC 6146 3: each by its pool4', from4(U.back4(), V.back4()), to6(U.back6(), V.back6()))
case('two-instances-errors', 'RFC 6146 3: errors, too',
     from4(error4(U.out4(id=1), 3, 3, src=S4), error4(V.out4(id=1), 3, 3, src=S4, dst='192.0.2.2')),
     to6(error6(U.out6(hlim=63), 1, 4, src=S6, dst=C6, hlim=63), error6(V.out6(hlim=63), 1, 4, src=OTHER6, dst=C6, hlim=63)))
