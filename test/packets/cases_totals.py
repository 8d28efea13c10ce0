# SPDX-License-Identifier: GPL-2.0-only
"""The counters that every packet moves, which other cases leave out: what has come, what was sent, what there is."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
FLOWS = {'udp': U, 'tcp': T, 'ping': P}
BIG = pattern(3000)


def totals(came6=0, came4=0, sent=0, bibs=0, sessions=0, **others):
    """By how much each of them moves, and no other but @others."""
    return {'RECEIVED6': came6, 'RECEIVED4': came4, 'SUCCESS': sent, 'BIB_ENTRIES': bibs, 'SESSIONS': sessions, **others}


def passes6(flow, **more):
    return [from6(flow.out6(tcp='S', **more)), to4(flow.out4(tcp='S'))]


def whole(segment, at):
    """TCP of which @at bytes are in other segments before it."""
    segment[TCP].seq += at
    return segment


def passes4(flow):
    return [from4(flow.back4(tcp='SA')), to6(flow.back6(tcp='SA'))]


# ---- through -------------------------------------------------------------------------------------

for name, flow in FLOWS.items():
    group(f'totals-new-{name}', jool=[f'pool4 add --{flow.proto} {P4} 2000'] + NO_REST)
    case(f'totals-new-{name}', 'the first packet of a host: a BIB entry and a session', *passes6(flow),
         counters=totals(came6=1, sent=1, bibs=1, sessions=1))

# On an instance of their own: other cases make entries, too.
group('totals', jool=STATIC + [f'bib add --udp {D6}#1001 {P4}#2001'], prime=[step for flow in FLOWS.values() for step in passes6(flow)])
for name, flow in FLOWS.items():
    case(f'totals-6to4-{name}', 'of a session that there is', *passes6(flow), counters=totals(came6=1, sent=1))
    case(f'totals-4to6-{name}', 'its answer', *passes4(flow), counters=totals(came4=1, sent=1))
    other = flow.but(dst4='198.51.100.9')
    case(f'totals-session-6to4-{name}', 'to another node: a session, the BIB entry is the same', *passes6(other),
         counters=totals(came6=1, sent=1, sessions=1))
for name, flow in {'udp': U, 'tcp': T}.items():
    other = flow.but(dst4='198.51.100.10')
    case(f'totals-session-4to6-{name}', 'from another node: a session, the BIB entry is the same',
         from4(other.back4(tcp='S')), to6(other.back6(tcp='S')), counters=totals(came4=1, sent=1, sessions=1))
    other = flow.but(dport=85)
    case(f'totals-removed-{name}', 'a BIB entry that is removed takes its sessions with it',
         command(f'bib add --{name} {D6}#1009 {P4}#2009'),
         *passes6(flow.but(src6=D6, sport6=1009, sport4=2009)), *passes6(other.but(src6=D6, sport6=1009, sport4=2009)),
         command(f'bib remove --{name} {D6}#1009'), counters=totals(came6=2, sent=2))
    case(f'totals-bib-{name}', 'a BIB entry by hand', command(f'bib add --{name} {D6}#1008 {P4}#2008'), counters=totals(bibs=1))
case('totals-several', 'several at once', from6(*[U.out6()] * 5), to4(*[U.out4()] * 5), from4(*[U.back4()] * 3),
     to6(*[U.back6()] * 3), counters=totals(came6=5, came4=3, sent=8))
case('totals-fragments-6to4', 'fragments are put together: one packet',
     from6(*cut6(U.out6(data=BIG), 1448, 1448, id=9101)), to4(fragments(U.out4(data=BIG, flags=0), 1500)),
     counters=totals(came6=1, sent=1))
case('totals-fragments-4to6', 'and leave in fragments: one packet',
     from4(*cut4(U.back4(data=BIG, flags=0), 1480, 1480, id=9102)), to6(fragments(U.back6(data=BIG), 1280, 9102)),
     counters=totals(came4=1, sent=1))
case('totals-error-4to6', 'an error is a packet, and makes no entry',
     from4(error4(U.out4(id=9), 3, 1)), to6(error6(U.out6(hlim=63), 1, 0, src=embed(R4), dst=C6, hlim=63)),
     counters=totals(came4=1, sent=1))
case('totals-error-6to4', 'an error is a packet, and makes no entry',
     from6(error6(U.back6(), 1, 4, src=C6)), to4(error4(U.back4(ttl=63), 3, 3, src=P4, dst=S4, ttl=63, inner_id=FREE)),
     counters=totals(came6=1, sent=1))
case('totals-hairpin', 'to another IPv6 node: both have a session, and what comes out is one packet',
     from6(Flow('udp', C6, 1000, P4, 2001).out6()), to6(Flow('udp', D6, 1001, P4, 2000).back6()),
     counters=totals(came6=1, sent=1, sessions=2, HAIRPIN=1))

# ---- not through ---------------------------------------------------------------------------------

case('totals-drop-6to4', 'no session, no BIB entry', from6(T.but(sport6=1070).out6()), counters=totals(came6=1, SYN6_EXPECTED=1))
case('totals-drop-6to4-ttl', 'hop limit used up', from6(U.but(dport=86).out6(hlim=1)),
     to6(error6(U.but(dport=86).out6(hlim=1), 3, 0, src=GW6, dst=C6)), counters=totals(came6=1, TTL=1, ICMP_SENT=1))
case('totals-drop-4to6-ttl', 'TTL used up', from4(U.back4(ttl=1)),
     to4(error4(U.back4(ttl=1), 11, 0, src=GW4, dst=S4, tos=0xc0)), counters=totals(came4=1, TTL=1, ICMP_SENT=1))
case('totals-drop-6to4-error', 'an error without session', from6(error6(U.but(dport=87, sport6=1087).back6(), 1, 0)),
     counters=totals(came6=1, ICMP_ERROR_SESSION=1))
case('totals-drop-4to6-error', 'an error that IPv6 has nothing like', from4(error4(U.out4(), 3, 14)),
     counters=totals(came4=1, ICMP_ERROR_TYPE=1))
case('totals-others', 'what is not for the translator',
     from6(IPv6(src=C6, dst='2001:db8:c::5', hlim=64) / UDP(sport=1000, dport=80) / DATA),
     to6(IPv6(src=C6, dst='2001:db8:c::5', hlim=63) / UDP(sport=1000, dport=80) / DATA),
     from4(IP(src=S4, dst='198.51.100.9', ttl=64, id=5) / UDP(sport=1000, dport=80) / DATA),
     to4(IP(src=S4, dst='198.51.100.9', ttl=63, id=5) / UDP(sport=1000, dport=80) / DATA), counters=totals())

case('totals-drop-4to6-session', 'refused before there is a session', from4(T.but(dport=88, sport4=2033).back4()),
     counters=totals(came4=1, SYN4_EXPECTED=1))
case('totals-drop-4to6-source', 'refused before there is a session', from4(IP(src='0.1.2.3', dst=P4, ttl=64) / UDP(sport=80, dport=2000)),
     counters=totals(came4=1, UNTRANSLATABLE_SRC4=1))
TOLD = {'ROUTED4_UNMAPPED': 1, 'ICMP_SENT': 1}
case('totals-left-4to6', 'left to the kernel, which answers; or nobody\'s', from4(U.but(dport=88, sport4=2033).back4()),
     nobodys(U.but(dport=88, sport4=2033).back4(), 3, 3),
     counters=totals(came4=1, **either({'BIB4_NOT_FOUND': 1}, TOLD)))
case('totals-drop-6to4-protocol', 'another protocol', from6(IPv6(src=C6, dst=S6, nh=132) / Raw(b'\0' * 12)),
     to6(error6(IPv6(src=C6, dst=S6, nh=132) / Raw(b'\0' * 12), 1, 4, src=GW6, dst=C6)),
     counters=totals(came6=1, L4_PROTO6=1, ICMP_SENT=1))
case('totals-nobody', 'no port, so that it is of whoever has the address', from4(IP(src=S4, dst=P4, ttl=64) / Icmp4(type=14, msgbody=b'\0' * 16)),
     counters=totals(came4=1, UNKNOWN_ICMP4_TYPE=1))
case('totals-own', 'what is to no port of pool4 is not received, if it is the kernel\'s', from4(U.but(sport4=1999).back4()),
     nobodys(U.but(sport4=1999).back4(), 3, 3), counters=either(totals(), totals(came4=1, **TOLD)))
case('totals-kept', 'a SYN that waits', from4(T.but(dport=89, sport4=2034).back4(tcp='S')), counters=totals(came4=1, SYN_STORED=1))
case('totals-matched', 'and waits no longer', from6(T.but(dport=89, sport6=1034).out6(tcp='S')),
     to4(T.but(dport=89, sport4=2034).out4(tcp='S')), counters=totals(came6=1, sent=1, bibs=1, sessions=1, SYN_MATCHED=1))
case('totals-segments', 'each ends by itself', from6(gso(T.out6(data=BIG), 1400)), to4(*[
    whole(T.out4(data=BIG[at:at + 1400]), at) for at in range(0, len(BIG), 1400)]), counters=totals(came6=1, sent=3, SEGMENTS=2))

group('totals-disabled', jool=STATIC + ['global update manually-enabled false'])
case('totals-disabled-6to4', 'left to the kernel', from6(U.out6()), to6(error6(U.out6(), 1, 0, src=GW6, dst=C6)),
     counters=totals(came6=1, XLATOR_DISABLED=1))
case('totals-disabled-4to6', 'left to the kernel', from4(U.back4()), either(nobodys(U.back4(), 3, 3), to4(forwarded(U.back4()))),
     counters=totals(came4=1, XLATOR_DISABLED=1))
packet = IP(src=S4, dst=P4, ttl=64, id=5) / Icmp4(type=14, msgbody=b'\0' * 16)
case('totals-disabled-nobody', 'left to the kernel', from4(packet), *either([], [to4(forwarded(packet))]),
     counters=totals(came4=1, **either({'XLATOR_DISABLED': 1}, {'XLATOR_DISABLED': 1}, two={'UNKNOWN_ICMP4_TYPE': 1})))

group('totals-dropped', jool=STATIC, nft='table inet t { chain p { type filter hook postrouting priority 0; udp dport 90 drop; }; }')
case('totals-dropped-6to4', 'a rule behind the translation', from6(U.but(dport=90).out6()),
     counters=totals(came6=1, sessions=1, DST_OUTPUT=1))

group('totals-two-instances', ip=own_address('192.0.2.2'),
      jool=STATIC + ['instance add other --netfilter -6 2001:db8:64::/96', '-i other pool4 add --udp 192.0.2.2 2000'])
V = Flow('udp', dst6='2001:db8:64::203.0.113.8', src4='192.0.2.2')
case('totals-two-instances', 'what another instance gets', from6(U.out6(), V.out6()), to4(U.out4(), V.out4()),
     from4(V.back4()), to6(V.back6()), counters=totals(came6=1, sent=1, sessions=1))
case('totals-two-instances-nobody', 'without port, it is of the one that has the address',
     from4(IP(src=S4, dst='192.0.2.2', ttl=64) / Icmp4(type=14, msgbody=b'\0' * 16)), counters=totals())

group('totals-two-instances-hairpin', ip=own_address('192.0.2.2'),
      jool=STATIC + ['instance add other --netfilter -6 2001:db8:64::/96', '-i other pool4 add --udp 192.0.2.2 2000-2001',
                     f'-i other bib add --udp {D6}#1001 192.0.2.2#2001'])
case('totals-two-instances-hairpin', 'to a node of another instance: each has received and sent it',
     from6(Flow('udp', C6, 1000, '192.0.2.2', 2001).out6()),
     to6(Flow('udp', D6, 1001, P4, 2000, dst6='2001:db8:64::192.0.2.1').back6()),
     counters=totals(came6=1, sent=1, sessions=1, HAIRPIN=1))

group('totals-expiry', jool=POOL + [f'global update udp-timeout {2 * SLOW} --force'], slow=True,
      prime=[from6(U.out6(), U.but(dport=81).out6()),
             to4(like(U.out4(), sport='t'), like(U.but(dport=81).out4(), sport='t'))])
case('totals-expiry', 'sessions that idled, and with the last of them the BIB entry', wait(5 * SLOW),
     counters=totals(bibs=-1, sessions=-2))
