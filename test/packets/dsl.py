# SPDX-License-Identifier: GPL-2.0-only
"""The words in which cases are written.

A case is a list of steps. from6() and from4() send packets to the gateway from the IPv6 and from the
IPv4 side; to6() and to4() say what must come out of it on that side, in this order, every byte. All
that is sent before the next from6() or from4() is expected before it, and nothing else: a case that
has no to6() and no to4() says that nothing comes out. Nor may any counter move except those for
what was received, translated and present, and those named in `counters`.

Two things are left open in expected packets where the RFCs leave them open, always visibly:
    an IPv4 identification that the case does not give,
    the fields named in like(packet, field='label'): equal labels mean equal values within a case,
    different labels of one field different values, None anything.
fragments() is for what may be cut at places that the RFCs do not fix.
"""
import json
import shlex
import socket
import struct

from scapy.fields import ByteField, StrField, XShortField
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, ICMPv6Unknown
from scapy.packet import Packet, Raw
from scapy.utils import checksum
from link import SETUP, SLOW

__all__ = [
    'C6', 'D6', 'S4', 'S6', 'R4', 'R6', 'P4', 'GW4', 'GW6', 'POOL6', 'DATA', 'MAC_C', 'MAC_GC', 'IP', 'IPv6',
    'TCP', 'UDP', 'Raw', 'Icmp4', 'Icmp6', 'Flow', 'UDP_FLOW', 'TCP_FLOW', 'PING', 'group', 'case', 'from6',
    'from4', 'to6', 'to4', 'wait', 'command', 'session', 'sessions', 'mapping', 'like', 'late', 'fragments',
    'whole_or_fragments', 'cut4', 'cut6', 'chop4', 'chop6', 'gso', 'error4', 'error6', 'embed', 'build', 'STATIC', 'POOL',
    'sum_to', 'with_tail', 'without_id', 'unsummed', 'address6', 'timestamped', 'overlapping4', 'overlapping6',
    'optioned', 'whole_df', 'cut_payload', 'pattern', 'zeros', 'FREE', 'extended', 'with_ihl', 'no_sum',
    'checksum', 'lying', 'shaped', 'listed', 'tagged', 'no_memory',
    'fails', 'tables', 'either', 'own_address', 'own_socket', 'own_listener', 'prohibited', 'forwarded', 'at_once',
    'few', 'PerJiffy', 'nobodys', 'SLOW', 'NO_REST',
]

# The network: nodes on the IPv6 side ...
C6, D6 = '2001:db8::8', '2001:db8::9'		# two hosts
R6 = '2001:db8:c::7'				# a router before the first
GW6 = '2001:db8::1'
# ... and on the IPv4 side,
S4 = '203.0.113.8'				# a server
R4 = '198.51.100.7'				# a router before it
GW4 = '203.0.113.1'
# and how they see each other.
POOL6 = '64:ff9b::'
S6 = '64:ff9b::203.0.113.8'
P4 = '192.0.2.1'

DATA = b'all that glitters'

# Of our end of the IPv6 link, and of the gateway's.
MAC_C, MAC_GC = b'\2\0\0\0\0\xc6', b'\2\0\0\0\1\xc6'


def address6(address):
    return socket.inet_pton(socket.AF_INET6, address)


def timestamped(packet):
    packet[TCP].options = [('NOP', None), ('NOP', None), ('Timestamp', (1, 2))]
    return packet


def embed(address, prefix=POOL6):
    """The IPv6 address of an IPv4 node behind a prefix of 96 bits (RFC 6052 2.2)."""
    return prefix + address


def pattern(length):
    """That many bytes, of which every pair is another."""
    return b''.join(struct.pack('!H', i & 0xffff) for i in range((length + 1) // 2))[:length]


class Icmp4(Packet):
    """ICMP, with everything after the checksum given as bytes."""
    fields_desc = [ByteField('type', 0), ByteField('code', 0), XShortField('chksum', None),
                   StrField('msgbody', b'')]
    overload_fields = {IP: {'proto': 1}}

    def post_build(self, pkt, pay):
        pkt += pay
        if self.chksum is None:
            pkt = pkt[:2] + struct.pack('!H', checksum(pkt)) + pkt[4:]
        return pkt


def Icmp6(type=0, code=0, msgbody=b'', cksum=None):
    return ICMPv6Unknown(type=type, code=code, msgbody=msgbody, cksum=cksum)


def build(packet):
    return packet if isinstance(packet, bytes) else bytes(packet)


# ---- flows ---------------------------------------------------------------------------------------

class Flow:
    """A session, and the packets of it: what goes out() from the IPv6 node and comes back() to it,
    each as IPv6 (6) and as IPv4 (4) has it. The translation takes one off the hop limit, so the
    second of a pair begins with one less; fields of the IP header can be given by name."""

    def __init__(self, proto, src6=C6, sport6=1000, dst4=S4, dport=80, src4=P4, sport4=2000, dst6=None):
        self.proto, self.src6, self.sport6 = proto, src6, sport6
        self.dst4, self.dport, self.src4, self.sport4 = dst4, dport, src4, sport4
        self.dst6 = dst6 or embed(dst4)

    def but(self, **changes):
        fields = {k: getattr(self, k) for k in ('src6', 'sport6', 'dst4', 'dport', 'src4', 'sport4')}
        return Flow(self.proto, **{**fields, **changes})

    def upper(self, sport, dport, data, tcp, request, six):
        if self.proto == 'udp':
            return UDP(sport=sport, dport=dport) / Raw(data)
        if self.proto == 'tcp':
            return TCP(sport=sport, dport=dport, flags=tcp, seq=100, ack=200 if 'A' in tcp else 0) / Raw(data)
        body = struct.pack('!HH', sport if request else dport, 5) + data
        if six:
            return Icmp6(type=128 if request else 129, msgbody=body)
        return Icmp4(type=8 if request else 0, msgbody=body)

    def out6(self, data=DATA, tcp='A', **ip):
        ip.setdefault('hlim', 64)
        return IPv6(src=self.src6, dst=self.dst6, **ip) / self.upper(self.sport6, self.dport, data, tcp, True, True)

    def out4(self, data=DATA, tcp='A', **ip):
        ip.setdefault('ttl', 63)
        # RFC 7915 5.1: DF is set above 1260 bytes.
        if len(data) + (40 if self.proto == 'tcp' else 28) > 1260:
            ip.setdefault('flags', 'DF')
        return IP(src=self.src4, dst=self.dst4, **ip) / self.upper(self.sport4, self.dport, data, tcp, True, False)

    def back4(self, data=DATA, tcp='A', **ip):
        ip.setdefault('ttl', 64)
        ip.setdefault('id', 77)
        sport, dport = (self.dport, self.sport4)
        return IP(src=self.dst4, dst=self.src4, **ip) / self.upper(sport, dport, data, tcp, False, False)

    def back6(self, data=DATA, tcp='A', **ip):
        ip.setdefault('hlim', 63)
        return IPv6(src=self.dst6, dst=self.src6, **ip) / self.upper(self.dport, self.sport6, data, tcp, False, True)


UDP_FLOW, TCP_FLOW, PING = Flow('udp'), Flow('tcp'), Flow('icmp')

PROTOCOLS = ('udp', 'tcp', 'icmp')
POOL = [f'pool4 add --{p} {P4} 2000-2099' for p in PROTOCOLS]
# What makes the translation of Flow's default ports known beforehand.
STATIC = POOL + [f'bib add --{p} {C6}#1000 {P4}#2000' for p in PROTOCOLS]

# What nobody knows whose it is, as it is counted where the kernel gets it, whose address it is, and where it is dropped.
NOBODYS = {'UNKNOWN_L4_PROTO': 'ROUTED4_L4_PROTO', 'UNKNOWN_ICMP4_TYPE': 'ROUTED4_ICMP_TYPE',
           'ICMP4_ERROR_INNER': 'ROUTED4_ERROR_INNER', 'ICMP4_ERROR_LENGTH': 'ROUTED4_ERROR_LENGTH',
           'BIB4_NOT_FOUND': 'ROUTED4_UNMAPPED'}

# The instance that stands before each, if there are two, and its pool6.
BESIDE = {'beside': '3fff:be::/96'} if SETUP == 'two' else {}

# Where a group takes a port that ended, also one that another group had: it is like any.
NO_REST = ['global update port-rest 0']

FREE = object()


def error4(inner, type, code, rest=b'\0\0\0\0', src=R4, dst=P4, size=None, ext=b'', inner_id=None, **ip):
    """An ICMP error about @inner, of which it has the first @size bytes, then
    @ext, and @rest in its own header. The identification of @inner is left open with inner_id=FREE."""
    ip.setdefault('ttl', 64)
    packet = IP(src=src, dst=dst, **ip) / Icmp4(type=type, code=code, msgbody=rest + build(inner)[:size] + ext)
    return like(packet, inner_id=None) if inner_id is FREE else packet


def error6(inner, type, code, rest=b'\0\0\0\0', src=R6, dst=S6, size=None, ext=b'', **ip):
    ip.setdefault('hlim', 64)
    return IPv6(src=src, dst=dst, **ip) / Icmp6(type=type, code=code, msgbody=rest + build(inner)[:size] + ext)


def either(own, routed, two=None):
    """What is so where pool4's addresses are the gateway's own; where they are only routed to it; and, if it is not as
    with its own, with two instances."""
    return {'own': own, 'routed': routed, 'two': own if two is None else two}[SETUP]


def own_address(address):
    """Lines of ip that make an address of pool4 one of the gateway, if they are."""
    return either([f'addr add {address}/32 dev lo'], [])


def nobodys(packet, type, code):
    """The error about a packet to P4 that is nobody's: of the kernel, whose address it is, or else of the translator."""
    return to4(error4(packet, type, code, src=either(P4, GW4), dst=S4, tos=0xc0))


def prohibited(packet):
    """What the gateway answers to a packet from IPv6 that may not go through."""
    return error6(packet, 1, 1, size=1232, src=GW6, dst=C6)


def zeros(data, length):
    """@data, with zeros behind it up to @length bytes."""
    data = build(data)
    return data + b'\0' * (length - len(data))


def no_sum(packet):
    """UDP without checksum."""
    packet[UDP].chksum = 0
    return packet


def extended(packet, number, header):
    """An IPv6 packet with an extension header (whose next header is in @header) before all others."""
    data = build(packet)
    length = struct.pack('!H', len(data) - 40 + len(header))
    return data[:4] + length + bytes([number]) + data[7:40] + header + data[40:]


def with_ihl(packet, ihl):
    """An IPv4 packet that says its header has so many words, with the checksum of its first 20 bytes."""
    data = bytearray(build(packet))
    data[0], data[10:12] = 0x40 | ihl, b'\0\0'
    data[10:12] = struct.pack('!H', checksum(bytes(data[:20])))
    return bytes(data)


def upper6(packet):
    """Where in an IPv6 packet the transport header begins, and which it is."""
    at, proto = 40, packet[6]
    while proto in (0, 43, 60) and at + 1 < len(packet):
        at, proto = at + (packet[at + 1] + 1) * 8, packet[at]
    return at, proto


def sum_to(packet, wanted):
    """Changes the last two bytes of @packet so that the checksum of its TCP, UDP or ICMP becomes @wanted;
    0 stands for a sum that gives zero, which UDP sends as 0xffff."""
    data = bytearray(build(packet))
    six = data[0] >> 4 == 6
    start, proto = (40, data[6]) if six else (20, data[9])
    at = start + {6: 16, 17: 6, 58: 2, 1: 2}[proto]
    data[at:at + 2] = data[-2:] = b'\0\0'
    covered = bytes(data[start:])
    if proto != 1:
        covered += bytes(data[8:40] if six else data[12:20]) + struct.pack('!II', len(data) - start, proto)
    sum_without = ~checksum(covered) & 0xffff
    # The sum of all must be the complement of the checksum.
    data[-2:] = struct.pack('!H', ((~wanted & 0xffff) - sum_without) % 0xffff)
    data[at:at + 2] = struct.pack('!H', 0xffff if proto == 17 and not wanted else wanted)
    return bytes(data)


def with_tail(packet):
    """A packet of UDP with bytes behind the datagram that are of the IP packet all the same."""
    data = bytearray(build(packet) + b'tail')
    at = 4 if data[0] >> 4 == 6 else 2
    struct.pack_into('!H', data, at, struct.unpack_from('!H', data, at)[0] + 4)
    if at == 2:
        data[10:12] = b'\0\0'
        data[10:12] = struct.pack('!H', checksum(bytes(data[:20])))
    return bytes(data)


def cut_payload(packet, length):
    """The packet with only so many bytes behind its IP header of 20 or 40 bytes."""
    data = build(packet)
    if data[0] >> 4 == 6:
        return data[:4] + struct.pack('!H', length) + data[6:40 + length]
    header = data[:2] + struct.pack('!H', 20 + length) + data[4:10] + b'\0\0' + data[12:20]
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + data[20:20 + length]


def without_id(data):
    """An IPv4 packet given as bytes, with its identification left open."""
    header = IP(data[:20])
    for field in ('id', 'chksum'):
        header.delfieldval(field)
    return header / Raw(data[20:])


# ---- fragments -----------------------------------------------------------------------------------

def cut4(packet, *sizes, id=77, flags=''):
    """Fragments of an IPv4 packet without options: @sizes are payload bytes of all but the last."""
    data = build(packet)
    header, payload = IP(data[:20]), data[20:]
    for field in ('len', 'chksum', 'ihl'):
        header.delfieldval(field)
    result, at = [], 0
    for size in [*sizes, len(payload) - sum(sizes)]:
        part = header.copy()
        part.id, part.frag = id, at // 8
        part.flags = flags + ('+MF' if flags else 'MF') if at + size < len(payload) else flags
        result.append(part / Raw(payload[at:at + size]))
        at += size
    return result


def cut6(packet, *sizes, id=77, nh=None):
    """Fragments of an IPv6 packet without extension headers."""
    data = build(packet)
    payload, result, at = data[40:], [], 0
    for size in [*sizes, len(payload) - sum(sizes)]:
        more = at + size < len(payload)
        fragment = struct.pack('!BBHI', data[6] if nh is None else nh, 0, at | more, id) + payload[at:at + size]
        result.append(data[:4] + struct.pack('!HB', len(fragment), 44) + data[7:40] + fragment)
        at += size
    return result


def chop4(packet, size, **more):
    """The same with @size payload bytes in each, as far as there are so many."""
    return cut4(packet, *[size] * ((len(build(packet)) - 21) // size), **more)


def chop6(packet, size, **more):
    return cut6(packet, *[size] * ((len(build(packet)) - 41) // size), **more)


def forwarded(packet):
    """The packet one hop further on."""
    data = bytearray(build(packet))
    if data[0] >> 4 == 6:
        data[7] -= 1
        return bytes(data)
    data[8], data[10:12] = data[8] - 1, b'\0\0'
    data[10:12] = struct.pack('!H', checksum(bytes(data[:20])))
    return bytes(data)


def overlapping4(fragment):
    """The fragment, 8 bytes further to the front."""
    fragment = fragment.copy()
    fragment.frag -= 1
    return fragment


def overlapping6(fragment):
    return fragment[:42] + struct.pack('!H', struct.unpack_from('!H', fragment, 42)[0] - 8) + fragment[44:]


def optioned(fragment):
    """An IPv4 packet with an option."""
    fragment = fragment.copy()
    fragment.options = b'\1\1\1\1'
    return fragment


def whole_df(packet):
    packet.flags = 'DF'
    return packet


class Fragments:
    """@packet in fragments that may begin and end anywhere, in order, each of at most @mtu bytes, all with the
    same identification: @id, or any. Or, if @whole, in one piece."""

    def __init__(self, packet, mtu, id=None, whole=False):
        self.packet, self.mtu, self.id, self.whole = build(packet), mtu, id, whole

    def complaint(self, frames):
        """Why these packets are not it; or None."""
        version = self.packet[0] >> 4
        if self.whole and len(frames) == 1 and not is_fragment(frames[0]):
            return compare_free_id(self.packet, frames[0])
        pieces, ids = {}, set()
        for frame in frames:
            if len(frame) > self.mtu:
                return f'a fragment of {len(frame)} bytes is larger than {self.mtu}'
            if not is_fragment(frame):
                return 'not a fragment: ' + frame.hex()
            offset, more, ident, payload, head = (parse_fragment4 if version == 4 else parse_fragment6)(frame)
            ids.add(ident)
            pieces[offset] = (more, payload, head)
        if len(ids) != 1 or self.id is not None and ids != {self.id}:
            return f'identifications {sorted(ids)}, expected {"one" if self.id is None else self.id}'
        at, more, data = 0, True, b''
        for offset in pieces:
            if offset != at or not more:
                return f'fragments at {list(pieces)} do not follow each other'
            more, payload, head = pieces[offset]
            if head != expected_head(self.packet):
                return f'IP header {head.hex(" ")}, expected {expected_head(self.packet).hex(" ")}'
            data += payload
            at += len(payload)
        if more:
            return 'the last fragment is missing'
        start = 20 if version == 4 else 40
        if data != self.packet[start:]:
            at = next((i for i, (a, b) in enumerate(zip(data, self.packet[start:])) if a != b), 0)
            return (f'put together {len(data)} bytes, expected {len(self.packet) - start}; from byte {at} on\n'
                    f'  got      {data[at:at + 16].hex(" ")}\n  expected {self.packet[start + at:start + at + 16].hex(" ")}')
        return None


def is_fragment(frame):
    if frame[0] >> 4 == 6:
        return frame[6] == 44
    return bool(struct.unpack_from('!H', frame, 6)[0] & 0x3fff)


def fragment_id(frame):
    """The identification of a fragment, or None: it is none."""
    if not is_fragment(frame):
        return None
    return (parse_fragment4 if frame[0] >> 4 == 4 else parse_fragment6)(frame)[2]


def parse_fragment4(frame):
    ident, offset = struct.unpack_from('!HH', frame, 4)
    # What all fragments have alike: but for length, identification, offset and checksum; DF counts.
    head = frame[:2] + bytes([frame[6] & 0xc0]) + frame[8:10] + frame[12:20]
    return (offset & 0x1fff) * 8, bool(offset & 0x2000), ident, frame[20:], head


def parse_fragment6(frame):
    nexthdr, _, offset, ident = struct.unpack_from('!BBHI', frame, 40)
    head = frame[:4] + bytes([nexthdr]) + frame[7:40]
    return offset & 0xfff8, bool(offset & 1), ident, frame[48:], head


def expected_head(packet):
    if packet[0] >> 4 == 4:
        return packet[:2] + b'\0' + packet[8:10] + packet[12:20]
    return packet[:4] + packet[6:7] + packet[7:40]


def compare_free_id(expected, got):
    if expected[0] >> 4 == 4:
        expected = expected[:4] + got[4:6] + expected[6:10] + got[10:12] + expected[12:]
        if checksum(got[:20]):
            return 'IPv4 header checksum'
    return None if expected == got else f'\n  got      {got.hex(" ")}\n  expected {expected.hex(" ")}'


def fragments(packet, mtu, id=None):
    return Fragments(packet, mtu, id)


def whole_or_fragments(packet, mtu, id=None):
    """RFC 6146 3.4 lets a NAT64 put fragments together or translate them as they come."""
    return Fragments(packet, mtu, id, whole=True)


# ---- other kinds of packets ----------------------------------------------------------------------

class Like:
    def __init__(self, packet, labels):
        self.packet, self.labels = packet, labels


def like(packet, **labels):
    """A packet in which the named fields (id, src, hlim, sport, dport, seq, ack, window, and ident of a ping)
    may be anything, see above."""
    return Like(packet, labels)


class Late:
    def __init__(self, packet, least, most):
        self.packet, self.least, self.most = packet, least, most


def late(packet, least, most):
    """A packet that comes so many seconds after what was sent last."""
    return Late(packet, least, most)


class Few:
    def __init__(self, packet, least, most):
        self.packet, self.least, self.most = packet, least, most


def few(packet, least, most):
    """The packet, again and again, so many times; nothing else on that side."""
    return Few(packet, least, most)


class PerJiffy:
    """Of a counter: at least one, at most so many for each of the kernel's ticks that the case takes."""

    def __init__(self, most):
        self.most = most


def unsummed(packet):
    """The packet with only the checksum of the pseudo header, as it is while the rest is yet to be made."""
    data = bytearray(build(packet))
    six = data[0] >> 4 == 6
    start, proto = upper6(data) if six else ((data[0] & 15) * 4, data[9])
    addresses = bytes(data[8:40] if six else data[12:20])
    at = start + {6: 16, 17: 6, 58: 2, 1: 2}[proto]
    # ICMPv4 sums no addresses.
    if proto == 1:
        data[at:at + 2] = b'\0\0'
        return bytes(data)
    data[at:at + 2] = struct.pack('!H', ~checksum(addresses + struct.pack('!II', len(data) - start, proto)) & 0xffff)
    return bytes(data)


class Tagged:
    def __init__(self, packet, vlan):
        self.packet, self.vlan = build(packet), vlan


def tagged(packet, vlan):
    """A packet in an Ethernet frame with an 802.1Q tag."""
    return Tagged(packet, vlan)


class Gso:
    def __init__(self, packet, size):
        self.packet, self.size = build(packet), size


def gso(packet, size=0):
    """As a device with offloads gives it to the kernel: with only the pseudo header's checksum, and,
    if @size, of so many bytes a segment."""
    return Gso(packet, size)


class Lying:
    def __init__(self, packet, *header):
        self.packet, self.header = build(packet), struct.pack('=BBHHHH', *header)


def lying(packet, start, offset, kind=0, size=0, flags=1):
    """As a virtual machine gives it to the kernel that says whatever it likes (struct virtio_net_hdr): that the sum of
    what is from @start on, counted from the Ethernet header, is to be written @offset bytes behind that, and of what
    @kind it is, in segments of @size bytes."""
    return Lying(packet, flags, kind, 54 if kind else 0, size, start, offset)


# Kinds of GSO packets, as the kernel numbers them.
GSO_KINDS = {'lro': 0, 'tcp4': 1 << 0, 'tcp6': 1 << 4, 'ufo': 1 << 16, 'udp': 1 << 17, 'udp-list': 1 << 17 | 1 << 18}
SUMMED = {'none': 0, 'unnecessary': 1, 'complete': 2, 'partial': 3}


class Shaped:
    """What inject/ hands to the kernel: the pieces of a packet, the first with its beginning, and its shape."""

    def __init__(self, pieces, headers=0, in_list=False, gso=0, kind='lro', summed='none', headroom=64, cloned=False,
                 start=None):
        self.pieces, self.headers, self.in_list, self.gso, self.kind = pieces, headers, in_list, gso, kind
        self.summed, self.headroom, self.cloned, self.start = summed, headroom, cloned, start

    def message(self, device, ethernet):
        data = self.pieces[0]
        start, proto = upper6(data) if data[0] >> 4 == 6 else ((data[0] & 15) * 4, data[9])
        start = start if self.start is None else self.start
        # Pieces with headers of their own are frames.
        frames = [ethernet + data] + [ethernet * bool(self.headers) + piece for piece in self.pieces[1:]]
        header = struct.pack('=16sIHHhHBBBB', device.encode(), GSO_KINDS[self.kind] if self.gso else 0, self.gso,
                             self.headroom, start, {6: 16, 17: 6, 58: 2, 1: 2}[proto], SUMMED[self.summed],
                             self.cloned, self.in_list, len(frames))
        parts = b''.join(struct.pack('=HH', len(frame), len(ethernet) + self.headers if self.headers else 0)
                         for frame in frames)
        return header + parts + b''.join(frames)


def shaped(packet, linear=None, part=1000, summed='none', **shape):
    """A packet as a driver or GRO may hand it in: its first @linear bytes together (if given), the rest in parts of
    @part bytes, each in a page, or in_list; @summed: what is known of the checksum; gso: bytes a segment, and its
    kind; headroom: bytes before it; cloned: somebody else looks at it, too, and must not see it change; start: where, from the IP header on, what
    is yet to be summed is said to begin."""
    data = unsummed(packet) if summed == 'partial' else build(packet)
    cut = len(data) if linear is None else linear
    pieces = [data[:cut]] + [data[at:at + part] for at in range(cut, len(data), part)]
    return Shaped(pieces, summed=summed, **shape)


def listed(whole, packets):
    """@packets of UDP as GRO puts them together with their headers (frag_list), which are @whole."""
    data, pieces = build(whole), [build(packet) for packet in packets]
    headers = transport_end(data)
    # Lengths are those of all, the checksum is its own.
    pieces[0] = data[:headers - 2] + pieces[0][headers - 2:]
    return Shaped(pieces, headers=headers, in_list=True, gso=len(pieces[0]) - headers, kind='udp-list', summed='unnecessary')


def transport_end(data):
    """Where the UDP header of a packet ends."""
    return (40 if data[0] >> 4 == 6 else 20) + 8


# ---- steps ---------------------------------------------------------------------------------------

class Step:
    def __init__(self, kind, what=(), **more):
        self.kind, self.what = kind, what
        self.__dict__.update(more)


def from6(*packets):
    return Step('from', packets, side='6')


def from4(*packets):
    return Step('from', packets, side='4')


def to6(*packets):
    return Step('to', packets, side='6')


def to4(*packets):
    return Step('to', packets, side='4')


def wait(seconds):
    """Only for groups with a gateway of their own (slow=True): others go on meanwhile."""
    return Step('wait', seconds=seconds)


def command(line):
    """A `jool` command in the middle of a case."""
    return Step('command', line=line)


def own_socket(port, remote, says=None):
    """
    From now to the end of the case the gateway has a UDP socket at P4 and @port that is connected with @remote, and sends
    @says there.
    """
    return Step('socket', local=(P4, port), remote=remote, says=says)


def own_listener(port):
    """The same of a TCP socket at which it waits for anybody."""
    return Step('socket', local=(P4, port), remote=None)


def session(flow, state=None, lifetime=None, present=True, slack=30 * SLOW):
    """The session of @flow is there, in that state, with @lifetime seconds to go, or up to @slack less."""
    return Step('session', flow=flow, state=state, lifetime=lifetime, present=present, slack=slack)


def at_once(*steps):
    """Steps of session() of one protocol, with a single look at the table."""
    return Step('at once', steps)


def sessions(proto, count):
    return Step('sessions', proto=proto, count=count)


def mapping(says, test):
    """@test, called with the values of the labels, is true."""
    return Step('mapping', says=says, test=test)


def fails(function, result, within, skip=0, count=1):
    """From now to the end of the case, after @skip calls of it the next @count calls of a @function of the kernel do
    nothing and return @result; those that come from the function @within. Needs a kernel with kprobes."""
    return Step('fails', line=f'{function} {result} {skip} {count} {within}')


def no_memory(within, skip=0):
    """The next allocation in the function @within fails."""
    return fails('kmalloc', 0, within, skip)


def tables():
    """There are as many BIB entries and sessions as at the first tables() of the case."""
    return Step('tables')


def beside(instance, pool6, fast_path):
    """The file of an instance of the same hosts and addresses. Its sessions outlive all cases."""
    rows = [('192.0.2.99', '2000-2099'), (P4, '40000-40099')]
    day = dict.fromkeys(('tcp-est-timeout', 'tcp-trans-timeout', 'udp-timeout', 'icmp-timeout'), '24:00:00')
    return json.dumps({
        'instance': instance, 'global': {'pool6': pool6, 'fast-path': fast_path, **day},
        'pool4': [{'protocol': p, 'prefix': address, 'port range': ports} for p in PROTOCOLS for address, ports in rows],
        'bib': [{'protocol': p, 'ipv6 address': f'{C6}#1000', 'ipv4 address': f'{P4}#40000'} for p in PROTOCOLS]})


def primed(pool6):
    """The steps that make the sessions of an instance beside, which has that pool6."""
    flows = [Flow(proto, sport4=40000, dst6=embed(S4, pool6.partition('/')[0])) for proto in PROTOCOLS]
    return [step for flow in flows for step in (from6(flow.out6(tcp='S')), to4(flow.out4(tcp='S')))]


# ---- groups and cases ----------------------------------------------------------------------------

class Group:
    def __init__(self, name, jool, ip, nft, prime, slow, pool6, instance, defaults, sysctl, mark):
        self.name, self.jool, self.ip, self.nft, self.prime = name, jool, ip, nft, prime
        self.slow, self.pool6, self.instance = slow, pool6, instance
        self.defaults, self.sysctl, self.mark = defaults, sysctl, mark
        self.cases = []

    @property
    def instances(self):
        """The names of those that the case begins with."""
        lines = [shlex.split(line) for line in self.jool]
        return [*BESIDE, self.instance] * bool(self.instance) + [words[2] for words in lines if words[:2] == ['instance', 'add']]

    def configuration(self):
        return self.pool6, self.instance, tuple(self.jool)


class Case:
    def __init__(self, name, says, steps, counters):
        self.name, self.says, self.steps = name, says, steps
        self.counters = counters
        self.injects_failures = any(step.kind == 'fails' for step in steps)


groups = []


def group(name, jool=None, ip=(), nft='', prime=(), slow=False, pool6='64:ff9b::/96', instance='default', defaults=False,
          sysctl=(), mark=0):
    """What follows is run on an instance set up with these arguments of `jool`, fresh or that of another group
    with the same ones, with these lines of `ip -batch` and of nft (undone afterwards), after the steps of
    @prime. So cases that need a session not to be there yet use a port of their own. With the instance '' there
    is none in the gateway's namespace, but one in another. @defaults, @sysctl: see link.Gateway; only for those that
    have a gateway of their own (slow=True). @mark: the one that the first packet of each case gets from @nft."""
    groups.append(Group(name, list(STATIC if jool is None else jool), list(ip), nft, list(prime), slow, pool6, instance,
                        defaults, sysctl, mark))


def case(name, says, *steps, counters=None):
    """@counters: names, or a dictionary of name and number (or PerJiffy). Those that every packet moves (suite.py, EVERYDAY)
    count only if they are named, also with 0. Those of NOBODYS are named as they are where the kernel gets the packet."""
    if isinstance(counters, str):
        counters = {name: 1 for name in counters.split()}
    counters = {either(name, NOBODYS.get(name, name)): number for name, number in (counters or {}).items()}
    groups[-1].cases.append(Case(name, says, steps, counters))
