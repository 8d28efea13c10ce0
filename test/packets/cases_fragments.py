# SPDX-License-Identifier: GPL-2.0-only
"""Fragments: RFC 7915 4, 4.1, 5.1 and 5.1.1, RFC 6146 3.4, RFC 5722, RFC 6946, RFC 8021."""
import itertools
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
BIG = pattern(3000)
FLOWS = {'udp': U, 'tcp': T, 'ping': P}
OPENED = [from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
          from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]
ID6 = 0x1234abcd


# Of each packet another, so that what one case leaves behind does not get into the next.
numbers = itertools.count(0x6000)
last = 0


def number():
    """An identification not used before, which back() expects."""
    global last	# pylint: disable=global-statement
    last = next(numbers)
    return last


def pieces6(flow=U, data=BIG, sizes=(1448, 1448), id=None, **ip):
    return cut6(flow.out6(data=data, **ip), *sizes, id=0x12340000 | number() if id is None else id)


def pieces4(flow=U, data=BIG, sizes=(1480, 1480), id=None, flags='', **ip):
    return cut4(flow.back4(data=data, flags=0, **ip), *sizes, id=number() if id is None else id, flags=flags)


def out(flow=U, data=BIG, mtu=1500, id=None, **ip):
    """DF is clear in all that was fragmented (RFC 7915 5.1.1). The identification is open but in one case."""
    return fragments(flow.out4(data=data, flags=0, **ip), mtu, id)


def back(flow=U, data=BIG, mtu=1280, id=None, **ip):
    return fragments(flow.back6(data=data, **ip), mtu, last if id is None else id)


def back_small():
    """Together they fit; RFC 6146 3.4 lets them come one by one or put together."""
    return whole_or_fragments(U.back6(data=pattern(200)), 1280, last)


group('fragments', prime=OPENED)

# ---- from IPv6 to IPv4 ---------------------------------------------------------------------------

for name, flow in FLOWS.items():
    case(f'fragments-6to4-{name}', 'RFC 7915 5.1.1: DF clear, one identification',
         from6(*pieces6(flow)), to4(out(flow)))
    case(f'fragments-6to4-{name}-reversed', 'RFC 6146 3.4: MUST handle fragments out of order',
         from6(*reversed(pieces6(flow))), to4(out(flow)))
# The identification is not copied: what leaves has one of its own, which all fragments share. What the kernel has put
# together (nf_ct_frag6_gather) has no fragment header any more. The header of the fragment that came last is still
# there when the translator's hook asks for that, and could be remembered; but not if conntrack asked before it.
case('fragments-6to4-id', 'RFC 7915 5.1.1: identification (not copied: a new one, see above)',
     from6(*pieces6(id=ID6)), to4(out()))
case('fragments-6to4-middle-last', 'RFC 6146 3.4: MUST handle fragments out of order',
     from6(*[pieces6(id=4)[i] for i in (0, 2, 1)]), to4(out()))
case('fragments-6to4-two', 'RFC 6146 3.4: fragments of two packets, mixed',
     from6(*[f for pair in zip(pieces6(id=1), pieces6(id=2)) for f in pair][:-1]),
     to4(out()), from6(pieces6(id=2)[2]), to4(out()))
case('fragments-6to4-tclass', 'RFC 7915 5.1: TOS and TTL of every fragment',
     from6(*pieces6(tc=0xb8, hlim=9)), to4(out(tos=0xb8, ttl=8)))
case('fragments-6to4-small', 'RFC 7915 5.1.1: fragments that together are small',
     from6(*pieces6(data=pattern(200), sizes=(104,))),
     to4(whole_or_fragments(U.out4(data=pattern(200), flags=0), 1500)))
case('fragments-6to4-small-df', 'RFC 7915 5.1.1: DF is clear though the packet is larger than 1260',
     from6(*pieces6(data=pattern(1300), sizes=(1000,))),
     to4(whole_or_fragments(U.out4(data=pattern(1300), flags=0), 1500)))
case('fragments-6to4-size', 'RFC 7915 5.1.1: DF clear, but none larger than the largest that came, which the sender knows to fit',
     from6(*pieces6(data=pattern(1300), sizes=(1000,))), to4(out(data=pattern(1300), mtu=1020)))
case('fragments-6to4-many', 'RFC 6146 3.4: many fragments',
     from6(*pieces6(data=pattern(6000), sizes=(104,) * 57)), to4(out(data=pattern(6000))))
case('fragments-6to4-largest', 'RFC 7915 5.1.1: the largest packet of IPv4',
     from6(*pieces6(data=pattern(65535 - 28), sizes=(1448,) * 45)), to4(out(data=pattern(65535 - 28))))
case('fragments-6to4-beyond', 'RFC 7915 5.1: larger than any IPv4 packet',
     from6(*pieces6(data=pattern(65535 - 8), sizes=(1448,) * 45)),
     to6(error6(U.out6(data=pattern(65535 - 8)), 2, 0, b'\0\0\5\xf0', size=1232, src=GW6, dst=C6)),
     counters='PKT_TOO_BIG ICMP_SENT')
case('fragments-6to4-twice', 'RFC 8200 4.5: an exact copy of a fragment does no harm',
     from6(*[pieces6(id=5)[i] for i in (0, 0, 1, 1, 2)]), to4(out()))
case('fragments-6to4-overlap', 'RFC 5722: overlapping fragments, all are discarded',
     from6(*cut6(U.out6(data=BIG), 1448, 1448, id=6)[:2],
           overlapping6(cut6(U.out6(data=BIG), 1448, 1448, id=6)[2])))
case('fragments-6to4-last-only', 'RFC 6146 3.4: the last fragment alone is not translated', from6(pieces6(id=7)[2]))
case('fragments-6to4-first-only', 'RFC 6146 3.4: nor the first, it waits', from6(pieces6(id=8)[0]))
case('fragments-6to4-no-session', 'RFC 6146 3.4: nor does it make a session',
     from6(pieces6(flow=U.but(dport=98), id=9)[0]), session(U.but(dport=98), present=False))
case('fragments-6to4-new-session', 'RFC 6146 3.4: but the whole packet does',
     from6(*pieces6(flow=U.but(dport=97))), to4(out(flow=U.but(dport=97))), session(U.but(dport=97), '', 300))
case('fragments-6to4-syn', 'RFC 6146 3.4: a SYN in fragments',
     from6(*cut6(T.but(dport=97).out6(tcp='S', data=BIG), 1448, 1448, id=17)),
     to4(fragments(T.but(dport=97).out4(tcp='S', data=BIG, flags=0), 1500)),
     session(T.but(dport=97), 'V6_INIT', 240))
case('fragments-6to4-checksum-0', 'RFC 8200 8.1: UDP without checksum, in fragments',
     from6(*cut6(no_sum(U.out6(data=BIG)), 1448, 1448, id=10)), counters='UDP6_CSUM_ZERO')
case('fragments-6to4-headers', 'RFC 7915 5.1.1: extension headers before the fragment header are skipped',
     from6(*[extended(f, 60, b'\x2c\0\1\4\0\0\0\0') for f in pieces6(sizes=(1440, 1440))]), to4(out()))
case('fragments-6to4-headers-after', 'RFC 7915 5.1.1: an extension header behind the fragment header SHOULD be dropped',
     from6(*cut6(extended(U.out6(data=BIG), 60, b'\x11\0\1\4\0\0\0\0'), 1448, 1448, id=11)),
     to6(prohibited(extended(U.out6(data=BIG), 60, b'\x11\0\1\4\0\0\0\0'))), counters='EXT_HEADERS ICMP_SENT')
AH = b'\x11\2\0\0' + b'\0\0\0\1' * 3
case('fragments-6to4-ah-after', 'RFC 7915 5.1.1: the same for the Authentication Header',
     from6(*cut6(extended(U.out6(data=BIG), 51, AH), 1448, 1448, id=13)),
     to6(prohibited(extended(U.out6(data=BIG), 51, AH))), counters='EXT_HEADERS ICMP_SENT')
case('fragments-6to4-atomic-header-after', 'RFC 7915 5.1.1: the same in an atomic fragment',
     from6(cut6(extended(U.out6(), 60, b'\x11\0\1\4\0\0\0\0'), id=12)[0]),
     to6(prohibited(extended(U.out6(), 60, b'\x11\0\1\4\0\0\0\0'))), counters='EXT_HEADERS ICMP_SENT')
case('fragments-6to4-two-headers', 'RFC 7915 5.1.1: the same for a second fragment header',
     from6(*cut6(cut6(U.out6(data=BIG), id=1)[0], 1448, 1448, id=14)), counters='FRAGMENT')
case('fragments-6to4-hop-limit', 'RFC 7915 5.1: hop limit used up',
     from6(*pieces6(data=pattern(200), sizes=(104,), hlim=1)),
     to6(error6(U.out6(data=pattern(200), hlim=1), 3, 0, src=GW6, dst=C6)), counters='TTL ICMP_SENT')

# Atomic fragments.
for name, flow in FLOWS.items():
    case(f'fragments-6to4-atomic-{name}', 'RFC 7915 5.1.1: a fragment header, but no fragment',
         from6(*pieces6(flow, DATA, ())), to4(flow.out4(flags=0)))
case('fragments-6to4-atomic-large', 'RFC 7915 5.1.1: DF is clear though the packet is larger than 1260',
     from6(*pieces6(data=pattern(1300), sizes=())), to4(U.out4(data=pattern(1300), flags=0)))
case('fragments-6to4-atomic-id', 'RFC 7915 5.1.1: identification (not copied: a new one, see above)',
     from6(*pieces6(data=DATA, sizes=(), id=ID6)), to4(U.out4(flags=0)))

# ---- from IPv4 to IPv6 ---------------------------------------------------------------------------

for name, flow in FLOWS.items():
    case(f'fragments-4to6-{name}', 'RFC 7915 4.1: at most 1280 bytes each, identification in the low 16 bits',
         from4(*pieces4(flow)), to6(back(flow)))
    case(f'fragments-4to6-{name}-reversed', 'RFC 6146 3.4: MUST handle fragments out of order',
         from4(*reversed(pieces4(flow))), to6(back(flow)))
case('fragments-4to6-two', 'RFC 6146 3.4: fragments of two packets, mixed',
     from4(*[f for pair in zip(pieces4(id=1), pieces4(id=2)) for f in pair][:-1]),
     to6(back(id=1)), from4(pieces4(id=2)[2]), to6(back(id=2)))
case('fragments-4to6-tos', 'RFC 7915 4.1: traffic class and hop limit of every fragment',
     from4(*pieces4(tos=0xb8, ttl=9)), to6(back(tc=0xb8, hlim=8)))
case('fragments-4to6-small', 'RFC 7915 4.1: fragments that together fit',
     from4(*pieces4(data=pattern(200), sizes=(104,))),
     to6(back_small()))
case('fragments-4to6-many', 'RFC 6146 3.4: many fragments',
     from4(*pieces4(data=pattern(6000), sizes=(104,) * 57)), to6(back(data=pattern(6000))))
case('fragments-4to6-largest', 'RFC 7915 4.1: the largest packet of IPv4',
     from4(*pieces4(data=pattern(65535 - 28), sizes=(1480,) * 44)), to6(back(data=pattern(65535 - 28))))
case('fragments-4to6-zero-id', 'RFC 7915 4.1: identification zero', from4(*pieces4(id=0)), to6(back(id=0)))
case('fragments-4to6-twice', 'RFC 791: an exact copy of a fragment does no harm',
     from4(*[pieces4(id=5)[i] for i in (0, 0, 1, 1, 2)]), to6(back(id=5)))
case('fragments-4to6-overlap', 'RFC 1858, RFC 6146 3.4: overlapping fragments, all are discarded',
     from4(*pieces4(id=6)[:2], overlapping4(pieces4(id=6)[2])))
case('fragments-4to6-last-only', 'RFC 6146 3.4: the last fragment alone is not translated', from4(pieces4(id=7)[2]))
case('fragments-4to6-first-only', 'RFC 6146 3.4: nor the first, it waits', from4(pieces4(id=8)[0]))
case('fragments-4to6-new-session', 'RFC 6146 3.5.1: the whole packet makes a session',
     from4(*pieces4(flow=U.but(dport=96))), to6(back(flow=U.but(dport=96))), session(U.but(dport=96), '', 300))
for name, order in {'': (0, 1, 2), '-reversed': (2, 1, 0)}.items():
    case(f'fragments-4to6-checksum-0{name}', 'RFC 6146 3.4: without UDP checksum MUST be put together, and it calculated',
         from4(*[cut4(no_sum(U.back4(data=BIG, flags=0)), 1480, 1480, id=20 + order[0])[i] for i in order]),
         to6(back(id=20 + order[0])))
case('fragments-4to6-checksum-0-small', 'RFC 6146 3.4: the same for small fragments',
     from4(*cut4(no_sum(U.back4(data=pattern(200), flags=0)), 104, id=number())),
     to6(back_small()))
case('fragments-4to6-options', 'RFC 7915 4.1: options in the first fragment are left out',
     from4(*[f if i else optioned(f) for i, f in enumerate(pieces4(data=pattern(200), sizes=(104,)))]),
     to6(back_small()))
case('fragments-4to6-ttl', 'RFC 7915 4.1: TTL used up, told with the first fragment or the whole packet', *[
    from4(*pieces4(data=pattern(200), sizes=(104,), ttl=1, id=0xbeef)),
    to4(error4(U.back4(data=pattern(200), ttl=1, id=0xbeef), 11, 0, src=GW4, dst=S4, tos=0xc0))], counters='TTL ICMP_SENT')

# With DF.
case('fragments-4to6-df', 'RFC 7915 4.1: fragments with DF that fit, each its own; offset, M and identification copied',
     from4(*pieces4(data=BIG, sizes=(1200, 1200), flags='DF')), to6(back(mtu=1280)))
case('fragments-4to6-df-too-big', 'RFC 7915 4.1: fragments with DF too large for the link; their header takes 8 bytes, too',
     from4(*pieces4(sizes=(1480, 1480), flags='DF', id=0xdead)),
     to4(error4(whole_df(U.back4(data=BIG, id=0xdead)), 3, 4, struct.pack('!HH', 0, 1472), size=548,
                src=GW4, dst=S4, tos=0xc0)), counters='PKT_TOO_BIG ICMP_SENT')

group('fragments-1000', ip=['route add 203.0.113.8/32 dev gs mtu 1000'], prime=OPENED)
case('fragments-6to4-smaller-link', 'RFC 7915 5.1.1: DF clear, so they are fragmented further',
     from6(*pieces6()), to4(out(mtu=1000)))
case('fragments-6to4-atomic-smaller-link', 'RFC 7915 5.1.1: the same for an atomic one',
     from6(*pieces6(data=pattern(1200), sizes=())), to4(out(data=pattern(1200), mtu=1000)))

group('fragments-lowest-1500', jool=STATIC + ['global update lowest-ipv6-mtu 1500'], prime=OPENED)
case('fragments-4to6-lowest-1500', 'RFC 7915 4.1: by lowest-ipv6-mtu', from4(*pieces4()), to6(back(mtu=1500)))

# ---- first fragments without the whole transport header ------------------------------------------

group('fragments-tiny', prime=OPENED)
for name, flow in {'tcp': T, 'udp': U, 'ping': P}.items():
    # 8 bytes are the smallest first fragment that there is; the headers of UDP and of pings fit in.
    if name == 'tcp':
        case('fragments-6to4-tiny-tcp', 'RFC 8200 4.5, RFC 7112: the first MUST have the whole header; if not, all are discarded',
             from6(*pieces6(flow, pattern(200), (8,))), counters='FRAGMENT')
        case('fragments-6to4-tiny-tcp-reversed', 'RFC 8200 4.5, RFC 7112: the same out of order',
             from6(*reversed(pieces6(flow, pattern(200), (16, 8)))), counters='FRAGMENT')
        case('fragments-6to4-tiny-tcp-syn', 'RFC 8200 4.5, RFC 7112: nor does it make a session',
             from6(*pieces6(flow.but(dport=95), b'', (8, 8), tcp='S')), session(flow.but(dport=95), present=False),
             counters='FRAGMENT')
    else:
        case(f'fragments-6to4-tiny-{name}', 'RFC 6146 3.4: MUST handle fragments: small ones with the whole header',
             from6(*pieces6(flow, pattern(200), (8,))), to4(whole_or_fragments(flow.out4(data=pattern(200), flags=0), 1500)))
    case(f'fragments-4to6-tiny-{name}', 'RFC 791, RFC 6146 3.4: MAY want the whole header in the first; here it is put together',
         from4(*pieces4(flow, pattern(200), (8,))), to6(whole_or_fragments(flow.back6(data=pattern(200)), 1280, last)))
    case(f'fragments-4to6-tiny-{name}-reversed', 'RFC 791, RFC 6146 3.4: the same out of order',
         from4(*reversed(pieces4(flow, pattern(200), (8, 8)))),
         to6(whole_or_fragments(flow.back6(data=pattern(200)), 1280, last)))
case('fragments-6to4-tiny-headers', 'RFC 8200 4.5, RFC 7112: an extension header behind the fragment header that is cut',
     from6(*cut6(extended(U.out6(data=pattern(200)), 60, b'\x11\1\1\x0c' + b'\0' * 12), 8, id=number())),
     counters='FRAGMENT')

# ---- none of the translator's business -----------------------------------------------------------


def others6(dst):
    return cut6(IPv6(src=C6, dst=dst, hlim=64) / UDP(sport=1000, dport=80) / Raw(BIG), 1448, 104, 1000, id=0x12340000 | number())


def others4(dst, flags=''):
    return cut4(IP(src=S4, dst=dst, ttl=64) / UDP(sport=80, dport=2000) / Raw(BIG), 1480, 104, 1000, id=number(), flags=flags)


def passing(name, says, dst6, dst4):
    """Fragments to these addresses come out as they came: not put together, not held back until all are there."""
    pieces = others6(dst6)
    case(f'{name}-6', f'{says}: as they came', from6(*pieces), to6(*map(forwarded, pieces)))
    case(f'{name}-6-reversed', f'{says}: in any order', from6(*reversed(pieces)), to6(*map(forwarded, reversed(pieces))))
    case(f'{name}-6-one', f'{says}: also one of them', from6(pieces[1]), to6(forwarded(pieces[1])))
    for flags, df in {'': '', 'DF': '-df'}.items():
        pieces = others4(dst4, flags)
        case(f'{name}-4{df}', f'{says}: as they came', from4(*pieces), to4(*map(forwarded, pieces)))
        case(f'{name}-4{df}-reversed', f'{says}: in any order', from4(*reversed(pieces)), to4(*map(forwarded, reversed(pieces))))
        case(f'{name}-4{df}-one', f'{says}: also one of them', from4(pieces[1]), to4(forwarded(pieces[1])))


group('fragments-others', prime=OPENED)
passing('fragments-others', 'RFC 6146 3.5: fragments to neither pool', '2001:db8:c::5', '198.51.100.9')
# To the pools themselves, by way of the gateway.
group('fragments-nowhere', instance='',
      ip=['route add 64:ff9b::/96 via 2001:db8::8 dev gc', *either(['addr del 192.0.2.1/32 dev lo'], []),
          'route add 192.0.2.1/32 via 203.0.113.8 dev gs'])
passing('fragments-nowhere', 'no instance in this namespace, but in another: fragments', S6, P4)

# ---- time ----------------------------------------------------------------------------------------

# As the kernel has it.
group('fragments-time-6', slow=True, defaults=True, prime=OPENED)
case('fragments-6to4-later', 'RFC 6146 3.4: fragments may arrive over an interval; at least FRAGMENT_MIN (2 seconds)',
     from6(*pieces6(id=3)[:2]), wait(2.2), from6(pieces6(id=3)[2]), to4(out()))
group('fragments-time-4', slow=True, defaults=True, prime=OPENED)
case('fragments-4to6-later', 'RFC 6146 3.4: fragments may arrive over an interval; at least FRAGMENT_MIN (2 seconds)',
     from4(*pieces4(id=3)[:2]), wait(2.2), from4(pieces4(id=3)[2]), to6(back(id=3)))

SHORT6, SHORT4 = {'netfilter/nf_conntrack_frag6_timeout': 2 * SLOW}, {'ipv4/ipfrag_time': 2 * SLOW}
group('fragments-expire-6', slow=True, sysctl=SHORT6, prime=OPENED)
WAITED = pieces6()
case('fragments-6to4-expire', 'RFC 6146 3.4: what waits too long is gone: the last one completes nothing (RFC 4443 3.3: told)',
     from6(*WAITED[:2]), wait(4 * SLOW), to6(late(error6(WAITED[0], 3, 1, size=1232, src=GW6, dst=C6), 1.9 * SLOW, 3.9 * SLOW)),
     from6(WAITED[2]), wait(4 * SLOW))
group('fragments-expire-4', slow=True, sysctl=SHORT4, prime=OPENED)
WAITED = pieces4()
# The kernel tells as a host, for an address of its own.
TOLD = to4(late(error4(WAITED[0], 11, 1, size=548, src=P4, dst=S4, tos=0xc0), 1.9 * SLOW, 3.9 * SLOW))
case('fragments-4to6-expire', 'RFC 6146 3.4: what waits too long is gone: the last one completes nothing (RFC 792: told)',
     from4(*WAITED[:2]), wait(4 * SLOW), *either([TOLD], []),
     from4(WAITED[2]), wait(4 * SLOW))

# So little memory that two dozen fragments fill it. They are none of the first, about which nobody is told.
LITTLE6 = {**SHORT6, 'netfilter/nf_conntrack_frag6_low_thresh': 0, 'netfilter/nf_conntrack_frag6_high_thresh': 20000}
LITTLE4 = {**SHORT4, 'ipv4/ipfrag_low_thresh': 0, 'ipv4/ipfrag_high_thresh': 20000}
SMALL = dict(data=pattern(200), sizes=(104,))
THROUGH = {'SUCCESS': 2, 'BIB_ENTRIES': 0, 'SESSIONS': 0}
group('fragments-memory-6', slow=True, sysctl=LITTLE6, prime=OPENED)
case('fragments-6to4-memory', 'RFC 6146 3.4: MUST limit the resources, of which others need none; what waited too long gives its '
     'memory back',
     from6(*[pieces6()[1] for _ in range(30)]), from6(*pieces6(**SMALL)), from6(U.out6()), to4(U.out4()), wait(4 * SLOW),
     from6(*pieces6(**SMALL)), to4(whole_or_fragments(U.out4(data=pattern(200), flags=0), 1500)),
     counters={'RECEIVED6': 2, **THROUGH})
group('fragments-memory-4', slow=True, sysctl=LITTLE4, prime=OPENED)
case('fragments-4to6-memory', 'RFC 6146 3.4: MUST limit the resources, of which others need none; what waited too long gives its '
     'memory back',
     from4(*[pieces4()[1] for _ in range(30)]), from4(*pieces4(**SMALL)), from4(U.back4()), to6(U.back6()), wait(4 * SLOW),
     from4(*pieces4(**SMALL)), to6(back_small()), counters={'RECEIVED4': 2, **THROUGH})
