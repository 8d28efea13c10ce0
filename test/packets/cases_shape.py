# SPDX-License-Identifier: GPL-2.0-only
"""Packets in the shapes in which drivers and GRO hand them in, which a packet socket cannot: in pieces, shared with
others, summed, several in one. What comes out is the same as ever."""
import struct

from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
OPENED = [from6(U.out6()), to4(U.out4()), from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
          from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA')), from6(P.out6()), to4(P.out4())]
BIG = pattern(4000)


def error_4():
    return error4(U.out4(id=9), 3, 3, src=S4)


def error_6():
    return error6(U.back6(), 1, 4, src=C6)


ERROR_TO6 = error6(U.out6(hlim=63), 1, 4, src=S6, dst=C6, hlim=63)
ERROR_TO4 = error4(U.back4(ttl=63), 3, 3, src=P4, dst=S4, ttl=63, inner_id=FREE)

# name, from IPv6, as IPv4 has it; and back
PACKETS = [
    ('udp', U.out6, U.out4, U.back4, U.back6), ('tcp', T.out6, T.out4, T.back4, T.back6),
    ('ping', P.out6, P.out4, P.back4, P.back6),
    ('error', error_6, lambda: ERROR_TO4, error_4, lambda: ERROR_TO6),
]
SHAPES = [
    ('pages', 'all behind the IP header lies in pages', lambda p, ip: shaped(p, linear=ip, part=7)),
    ('list', 'it is a list of buffers', lambda p, ip: shaped(p, linear=ip, part=9, in_list=True)),
    ('cloned', 'RFC 7915 says nothing of sniffers, which see what came', lambda p, ip: shaped(p, cloned=True)),
    ('cloned-pages', 'the same, in pages', lambda p, ip: shaped(p, linear=ip, part=7, cloned=True)),
    ('no-headroom', 'there is no room in front', lambda p, ip: shaped(p, headroom=0)),
    ('complete', 'the device summed it all (CHECKSUM_COMPLETE)', lambda p, ip: shaped(p, summed='complete')),
    ('complete-pages', 'the same, in pages', lambda p, ip: shaped(p, linear=ip, summed='complete')),
    ('unnecessary', 'the device has verified the checksum', lambda p, ip: shaped(p, summed='unnecessary')),
]

group('shape', prime=OPENED)
for proto, out6, out4, back4, back6 in PACKETS:
    for shape, says, make in SHAPES:
        case(f'shape-6to4-{shape}-{proto}', says, from6(make(out6(), 40)), to4(out4()))
        case(f'shape-4to6-{shape}-{proto}', says, from4(make(back4(), 20)), to6(back6()))
for proto, out6, out4, back4, back6 in PACKETS[:2]:
    case(f'shape-6to4-partial-pages-{proto}', 'a checksum yet to be made, over pages',
         from6(shaped(out6(data=pattern(1100)), linear=70, summed='partial')), to4(out4(data=pattern(1100))))
    case(f'shape-4to6-partial-pages-{proto}', 'a checksum yet to be made, over pages',
         from4(shaped(back4(data=pattern(1100)), linear=50, summed='partial')), to6(back6(data=pattern(1100))))
case('shape-4to6-udp-no-checksum-pages', 'RFC 7915 4.5: UDP without checksum, in pages',
     from4(shaped(no_sum(U.back4(data=pattern(900))), linear=28, part=100)), to6(U.back6(data=pattern(900))))
case('shape-4to6-fragmented-pages', 'RFC 7915 4.1: cut for the IPv6 link, from pages',
     from4(shaped(U.back4(data=pattern(1400)), linear=28, part=300)), to6(fragments(U.back6(data=pattern(1400)), 1280, 77)))
case('shape-6to4-headers-pages', 'RFC 7915 5.1: extension headers, in pages',
     from6(shaped(extended(U.out6(), 60, b'\x11\0\1\4\0\0\0\0'), linear=42, part=5)), to4(U.out4()))
case('shape-4to6-options-pages', 'RFC 7915 4.1: options, in front of pages',
     from4(shaped(optioned(U.back4()), linear=24, part=5)), to6(U.back6()))

# ---- datagrams that a virtual machine has left to others to fragment -----------------------------


def ufo(packet, linear, size=1400, summed='partial'):
    return shaped(packet, linear=linear, gso=size, kind='ufo', summed=summed)


case('shape-4to6-ufo', 'RFC 7915 4.1: like what came in fragments: cut, and the identification is kept',
     from4(ufo(U.back4(data=BIG, id=0xbeef), 28)), to6(fragments(U.back6(data=BIG), 1280, 0xbeef)))
case('shape-4to6-ufo-df', 'RFC 7915 4.1: the same with DF: in fragments as large as they came',
     from4(ufo(U.back4(data=BIG, id=0xbeef, flags='DF'), 28)), to6(fragments(U.back6(data=BIG), 1448, 0xbeef)))
case('shape-4to6-ufo-summed', 'its checksum is there already',
     from4(ufo(U.back4(data=BIG, id=7), 28, summed='none')), to6(fragments(U.back6(data=BIG), 1280, 7)))
case('shape-4to6-ufo-no-checksum', 'RFC 7915 4.5: without checksum',
     from4(ufo(no_sum(U.back4(data=BIG, id=7)), 28, summed='none')), to6(fragments(U.back6(data=BIG), 1280, 7)))
for size, name in {8: 'small', 65535: 'large'}.items():
    case(f'shape-4to6-ufo-{name}', 'RFC 8200 5: no fragment is made smaller than need be, nor larger than the link',
         from4(ufo(U.back4(data=BIG, id=7), 28, size)), to6(fragments(U.back6(data=BIG), 1280, 7)))
    case(f'shape-6to4-ufo-{name}', 'RFC 7915 5.1.1: nor to IPv4',
         from6(ufo(U.out6(data=BIG), 48, size)), to4(fragments(U.out4(data=BIG), 1500)))
for flags, name in {0: '', 'DF': '-df'}.items():
    lying = no_sum(U.back4(data=BIG, flags=flags))
    lying[UDP].len = 0xffff
    case(f'shape-4to6-ufo-lying{name}', 'RFC 768: shorter than it says', from4(ufo(lying, 28, summed='none')),
         counters='SKB_TRUNCATED')
case('shape-6to4-ufo', 'RFC 7915 5.1.1: like what came in fragments: no DF',
     from6(ufo(U.out6(data=BIG), 48)), to4(fragments(U.out4(data=BIG), 1420)))
case('shape-6to4-ufo-cloned', 'the same, and somebody else looks at it',
     from6(shaped(U.out6(data=BIG), linear=48, gso=1400, kind='ufo', summed='partial', cloned=True)),
     to4(fragments(U.out4(data=BIG), 1420)))

# ---- segments ------------------------------------------------------------------------------------


def tcp_segments(make, size, data=BIG, **ip):
    result = []
    for at in range(0, len(data), size):
        packet = make(data=data[at:at + size], **ip)
        packet[TCP].seq += at
        result.append(packet)
    return result


def datagrams(make, size, **ip):
    return [make(data=BIG[at:at + size], **ip) for at in range(0, len(BIG), size)]


for place, in_list in (('pages', False), ('list', True)):
    for size in (1000, 1400):
        case(f'shape-6to4-tcp-{size}-{place}', 'segments of TCP, merged by GRO',
             from6(shaped(T.out6(data=BIG), linear=60, part=size, in_list=in_list, gso=size, kind='tcp6', summed='partial')),
             to4(*tcp_segments(T.out4, size)))
        case(f'shape-4to6-tcp-{size}-{place}', 'segments of TCP, merged by GRO',
             from4(shaped(T.back4(data=BIG, flags='DF'), linear=40, part=size, in_list=in_list, gso=size, kind='tcp4',
                          summed='partial')),
             to6(*tcp_segments(T.back6, size)))
        case(f'shape-6to4-udp-{size}-{place}', 'datagrams of UDP, merged by GRO (UDP_L4)',
             from6(shaped(U.out6(data=BIG), linear=48, part=size, in_list=in_list, gso=size, kind='udp', summed='partial')),
             to4(*datagrams(U.out4, size)))
        case(f'shape-4to6-udp-{size}-{place}', 'datagrams of UDP, merged by GRO (UDP_L4)',
             from4(shaped(U.back4(data=BIG, flags='DF'), linear=28, part=size, in_list=in_list, gso=size, kind='udp',
                          summed='partial')),
             to6(*datagrams(U.back6, size)))
case('shape-6to4-udp-linear', 'datagrams of UDP that one sender gave at once (USO)',
     from6(shaped(U.out6(data=BIG), gso=1200, kind='udp', summed='partial')), to4(*datagrams(U.out4, 1200)))
case('shape-6to4-udp-tail', 'RFC 7915 5: DF depends on the size of each',
     from6(shaped(U.out6(data=BIG), gso=1300, kind='udp', summed='partial')), to4(*datagrams(U.out4, 1300)))
case('shape-4to6-udp-linear', 'datagrams of UDP that one sender gave at once (USO)',
     from4(shaped(U.back4(data=BIG), gso=1200, kind='udp', summed='partial')), to6(*datagrams(U.back6, 1200)))
case('shape-6to4-udp-cloned', 'datagrams of UDP that somebody else has, too',
     from6(shaped(U.out6(data=BIG), linear=48, gso=1000, kind='udp', summed='partial', cloned=True)), to4(*datagrams(U.out4, 1000)))
case('shape-4to6-tcp-cloned', 'segments of TCP that somebody else has, too',
     from4(shaped(T.back4(data=BIG, flags='DF'), linear=40, gso=1000, kind='tcp4', summed='partial', cloned=True)),
     to6(*tcp_segments(T.back6, 1000)))
case('shape-6to4-udp-fraglist', 'datagrams of UDP, merged with their headers (frag_list GRO)',
     from6(listed(U.out6(data=BIG), datagrams(U.out6, 1000))), to4(*datagrams(U.out4, 1000)))
case('shape-4to6-udp-fraglist', 'datagrams of UDP, merged with their headers (frag_list GRO)',
     from4(listed(U.back4(data=BIG, flags='DF'), datagrams(U.back4, 1000, flags='DF'))), to6(*datagrams(U.back6, 1000)))
case('shape-6to4-udp-fraglist-1400', 'RFC 7915 5.1: the same, with DF but for the last',
     from6(listed(U.out6(data=BIG), datagrams(U.out6, 1400))), to4(*datagrams(U.out4, 1400)))

for side, make, size, kind in (('6to4', T.out6, 60, 'tcp6'), ('4to6', T.back4, 40, 'tcp4')):
    case(f'shape-{side}-lro', 'what a device merged without saying how (LRO) cannot be told apart',
         (from6 if side == '6to4' else from4)(shaped(make(data=BIG), linear=size, gso=1000, summed='unnecessary')),
         counters='LRO')

# More than 16 bits can tell (BIG TCP): IPv6 says 0, and Linux before 7.0 says it in a header of RFC 2675, which no
# segment has.


def big6(data):
    packet = bytes(T.out6(data=b'')) + data
    header = struct.pack('!BBBBI', 6, 0, 0xc2, 4, len(packet) - 32)
    return packet[:4] + struct.pack('!HB', 0, 0) + packet[7:40] + header + packet[40:]


for count in (70, 128):
    data = pattern(count * 1400 - 300)
    case(f'shape-6to4-big-{count}', 'segments of TCP, merged by GRO to more than 64 KB',
         from6(shaped(big6(data), linear=68, part=1400, in_list=True, gso=1400, kind='tcp6', summed='partial')),
         to4(*tcp_segments(T.out4, 1400, data)))

# What is no packet of such segments, whatever its device says.
for name, packet, kind, summed in (
        ('udp-as-tcp', U.out6(data=BIG), 'tcp6', 'partial'), ('tcp-as-udp', T.out6(data=BIG), 'udp', 'partial'),
        ('tcp-as-ufo', T.out6(data=BIG), 'ufo', 'partial'), ('tcp-as-ipv4', T.out6(data=BIG), 'tcp4', 'partial'),
        ('ping-as-udp', P.out6(data=BIG), 'udp', 'partial'), ('ping-as-ufo', P.out6(data=BIG), 'ufo', 'none'),
        ('error-as-udp', error6(U.back6(data=BIG), 1, 4, src=C6), 'udp', 'partial'), ('udp-unsummed', U.out6(data=BIG), 'udp', 'none')):
    case(f'shape-6to4-lying-{name}', 'segments of something else', from6(shaped(packet, linear=100, gso=1000, kind=kind, summed=summed)),
         counters='BAD_OFFLOAD')
for name, packet, kind, summed in (
        ('udp-as-tcp', U.back4(data=BIG), 'tcp4', 'partial'), ('tcp-as-udp', T.back4(data=BIG), 'udp', 'partial'),
        ('tcp-as-ipv6', T.back4(data=BIG), 'tcp6', 'partial'), ('ping-as-udp', P.back4(data=BIG), 'udp', 'partial'),
        ('error-as-ufo', error4(U.out4(data=BIG, id=9), 3, 3, src=S4), 'ufo', 'none'), ('udp-unsummed', U.back4(data=BIG), 'udp', 'none')):
    case(f'shape-4to6-lying-{name}', 'segments of something else', from4(shaped(packet, linear=100, gso=1000, kind=kind, summed=summed)),
         counters='BAD_OFFLOAD')
case('shape-4to6-lying-size', 'segments larger than all of it',
     from4(shaped(T.back4(data=BIG), linear=40, gso=5000, kind='tcp4', summed='partial')), counters='BAD_OFFLOAD')

# RFC 7915 4: each segment by itself is cut for the IPv6 link; each of the next identification.
SPLIT = [fragments(packet, 1280, 77 + i) if len(packet) > 1280 else packet for i, packet in enumerate(tcp_segments(T.back6, 1400))]
case('shape-4to6-tcp-no-df', 'RFC 7915 4.1: segments without DF, larger than 1280 bytes',
     from4(shaped(T.back4(data=BIG), linear=40, gso=1400, kind='tcp4', summed='partial')), to6(*SPLIT))
SPLIT = [fragments(packet, 1280, 77 + i) if len(packet) > 1280 else packet for i, packet in enumerate(datagrams(U.back6, 1400))]
case('shape-4to6-udp-no-df', 'RFC 7915 4.1: datagrams without DF, larger than 1280 bytes',
     from4(shaped(U.back4(data=BIG), linear=28, gso=1400, kind='udp', summed='partial')), to6(*SPLIT))

# Links as small as WireGuard's, and smaller.
group('shape-1420', prime=OPENED, ip=['link set gs mtu 1420', 'link set gc mtu 1420'])
EVEN6 = U.out6(data=pattern(3 * 1393))
SUPER6, SUPER4 = U.out6(data=BIG), U.back4(data=BIG, flags='DF')
case('shape-6to4-udp-1420-fits', 'datagrams that fit', from6(shaped(SUPER6, gso=1392, kind='udp', summed='partial')),
     to4(*datagrams(U.out4, 1392)))
case('shape-6to4-udp-1420-too-big', 'RFC 7915 5: datagrams that do not',
     from6(shaped(EVEN6, gso=1393, kind='udp', summed='partial')),
     to6(error6(unsummed(EVEN6), 2, 0, struct.pack('!I', 1440), size=1232, src=GW6, dst=C6)), counters='PKT_TOO_BIG ICMP_SENT')
case('shape-4to6-udp-1420-fits', 'datagrams that fit', from4(shaped(SUPER4, gso=1372, kind='udp', summed='partial')),
     to6(*datagrams(U.back6, 1372)))
case('shape-4to6-udp-1420-too-big', 'RFC 7915 4.1: datagrams that do not',
     from4(shaped(SUPER4, gso=1373, kind='udp', summed='partial')),
     to4(error4(unsummed(SUPER4), 3, 4, struct.pack('!HH', 0, 1400), size=548, src=GW4, dst=S4, tos=0xc0)),
     counters='PKT_TOO_BIG ICMP_SENT')
group('shape-1000', prime=OPENED, ip=['route add 203.0.113.8/32 dev gs mtu 1000'])
case('shape-6to4-udp-1000-cut', 'RFC 7915 5.1.1: datagrams of at most 1280 bytes MUST be fragmented for a smaller IPv4 link',
     from6(shaped(SUPER6, gso=1200, kind='udp', summed='partial')),
     to4(*[fragments(p, 1000) if len(p) > 1000 else p for p in datagrams(U.out4, 1200)]))
case('shape-6to4-tcp-1000-cut', 'RFC 7915 5.1.1: the same for segments',
     from6(shaped(T.out6(data=BIG), gso=1200, kind='tcp6', summed='partial')),
     to4(*[fragments(p, 1000) if len(p) > 1000 else p for p in tcp_segments(T.out4, 1200)]))

# ---- VLAN ----------------------------------------------------------------------------------------


def vlan(device, number, *lines):
    name = f'{device}.{number}'
    return [f'link add name {name} link {device} type vlan id {number}', f'link set {name} up',
            *[f'{line} dev {name}' for line in lines]]


V6, V4 = '2001:db8:5::8', '198.51.100.130'
F = U.but(src6=V6, dst4=V4)
group('vlan', jool=STATIC + [f'bib add --{p} {V6}#1000 {P4}#2001' for p in ('udp', 'tcp')],
      ip=vlan('gc', 5, 'addr add 2001:db8:5::1/64', f'neigh add {V6} lladdr 02:00:00:00:00:c6 nud permanent') +
      vlan('gs', 6, 'addr add 198.51.100.129/25', f'neigh add {V4} lladdr 02:00:00:00:00:54 nud permanent'))
for proto in ('udp', 'tcp'):
    F = Flow(proto, src6=V6, dst4=V4, sport4=2001)
    case(f'vlan-{proto}', 'from one VLAN to another and back',
         from6(tagged(F.out6(tcp='S'), 5)), to4(F.out4(tcp='S')), from4(tagged(F.back4(tcp='SA'), 6)), to6(F.back6(tcp='SA')))
