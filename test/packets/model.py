# SPDX-License-Identifier: GPL-2.0-only
"""What must come out of the gateway for a valid packet, as slow and as plain as can be.

Written from RFC 7915 (translation), RFC 6146 (state), RFC 6052 (addresses) and RFC 4884 (extensions
of ICMP errors), not from the module. translate() returns a list of acceptable outcomes, the one that
the RFCs wish for first; more than one only where they leave a choice, and a comment says which. An
outcome is a list of things that leave the gateway, Whole or Report.
"""
import socket
import struct

HOP_BY_HOP, ICMP, TCP, UDP, ROUTING, FRAGMENT, ICMP6, DESTINATION = 0, 1, 6, 17, 43, 44, 58, 60
# What a router may add to a packet, and RFC 7915 5.1 leaves out.
EXTENSIONS = (HOP_BY_HOP, ROUTING, DESTINATION)
PROTOCOLS = (TCP, UDP, ICMP)
CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMP6: 2}

# RFC 1191 7.1
PLATEAUS = (65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68)
# RFC 1812 4.3.2.3 and RFC 4443 2.4: the largest error.
LARGEST4, LARGEST6 = 576, 1280
# What pool4 has of each of its addresses: ports that anybody may get, and behind them those of a mark that no packet has.
POOL4 = tuple(socket.inet_aton(f'192.0.2.{i}') for i in (1, 2))
PORTS, PORTS_MARKED = 60000, 61000
# The pools of another instance, in which nobody has anything; with all ports up to PORTS.
BESIDE4, BESIDE6 = socket.inet_aton('192.0.2.3'), socket.inet_pton(socket.AF_INET6, '3fff:be::')
# The gateway's own addresses, and the broadcast address of its link.
GATEWAY6, GATEWAY4 = socket.inet_pton(socket.AF_INET6, '2001:db8::1'), socket.inet_aton('203.0.113.1')
BROADCAST4 = socket.inet_aton('203.0.113.255')
# Behind pool6, a route leads elsewhere (in some worlds).
BYPASSED4 = socket.inet_aton('8.8.4.0')[:3]

# Linux puts fragments together, also one that is all of its packet, and forgets the identification of
# IPv6 (README, Limits). Set this when the gateway remembers.
REMEMBERS_IDENTIFICATION = False


class World:
    """How the gateway is configured, and who is there."""

    def __init__(self):
        self.pool6, self.pool6_length = socket.inet_pton(socket.AF_INET6, '64:ff9b::'), 96
        # (protocol, address, port) of IPv6 nodes, and as IPv4 sees them. Protocol of ping: ICMP.
        self.mapping, self.reverse = {}, {}
        # (protocol, IPv6 address, port, IPv4 address, port) of sessions that are there from the beginning.
        self.sessions = set()
        # MTU of the links, and of the routes over them to the nodes.
        self.link6 = self.link4 = self.route6 = self.route4 = 1500
        self.lowest_ipv6_mtu, self.plateaus = 1280, PLATEAUS
        self.zeroize_traffic_class, self.override_tos, self.tos = False, False, 0
        self.source_icmpv6_errors_better = True
        # Whether pool4's addresses are the gateway's own, or only routed to it.
        self.own = True
        # There are as many sessions as there may be: those from the beginning.
        self.full = False
        self.adf, self.paired, self.fast_path, self.bypass = False, False, False, False
        # An address of which all ports are taken, by mapping.
        self.tight = None
        # By which rule the last packet went, of those that have a name; and whether the answer comes by the gateway's
        # loopback device, perhaps behind those about later packets.
        self.rule, self.late = None, False

    def has_port(self, proto, address, port):
        """Whether pool4, or that of the other instance, has it."""
        if address == BESIDE4:
            return 1 <= port <= PORTS
        if address == self.tight and port <= PORTS:
            return (proto, address, port) in self.reverse
        return 1 <= port <= PORTS_MARKED

    def addresses_of(self, host):
        return {outside[1] for (_, inside, _), outside in self.mapping.items() if inside == host}

    def knows(self, inside, address4):
        """Whether the IPv6 node has a session with that address."""
        return any(session[:3] == inside and session[3] == address4 for session in self.sessions)

    @property
    def bypass_route(self):
        """The prefix whose packets go there."""
        length = next(at for at in range(16) if self.embed(bytes(3) + b'\xff')[at] not in (0, self.pool6[at]))
        return f'{socket.inet_ntop(socket.AF_INET6, self.embed(BYPASSED4 + bytes(1)))}/{length * 8}'

    def bypasses(self, address6):
        return self.bypass and self.extract(address6)[:3] == BYPASSED4 and self.embed(self.extract(address6)) == address6

    @property
    def mtu6(self):
        return min(self.link6, self.route6)

    @property
    def mtu4(self):
        return min(self.link4, self.route4)

    def embed(self, address4):
        """RFC 6052 2.2: the address lies behind the prefix, around bits 64 to 71, which are zero."""
        data, at = bytearray(16), self.pool6_length // 8
        data[:at] = self.pool6[:at]
        for byte in address4:
            at += at == 8
            data[at] = byte
            at += 1
        return bytes(data)

    def extract(self, address6):
        at, result = self.pool6_length // 8, b''
        while len(result) < 4:
            at += at == 8
            result += address6[at:at + 1]
            at += 1
        return result


# ---- checksums -----------------------------------------------------------------------------------

def ones_sum(data):
    """RFC 1071: the sum of all words in one's complement."""
    return int.from_bytes(data + b'\0' * (len(data) % 2), 'big') % 0xffff


def complement(number):
    """Of a sum, of which zero is written 0xffff: what has any bit set has no sum of 0."""
    return 0xffff - (number % 0xffff or 0xffff)


def checksum(data):
    return complement(ones_sum(data))


def adjusted(check, old, new):
    """RFC 1624: the checksum of what was changed from @old to @new, without the rest, which may be missing."""
    return complement(0xffff - check - ones_sum(old) + ones_sum(new))


def pseudo(source, destination, length, proto):
    return source + destination + struct.pack('!II', length, proto)


# ---- headers -------------------------------------------------------------------------------------

class Packet4:
    def __init__(self, data):
        size = (data[0] & 15) * 4
        self.tos, self.total, self.id, flags, self.ttl, self.proto = struct.unpack_from('!xBHHHBB', data)
        self.df, self.more, self.offset = bool(flags & 0x4000), bool(flags & 0x2000), (flags & 0x1fff) * 8
        self.source, self.destination = data[12:16], data[16:20]
        self.options, self.payload = data[20:size], data[size:self.total]
        # What the header says, though of a packet in an error less may be there.
        self.length = self.total - size
        self.fragmented = self.more or self.offset > 0


class Packet6:
    def __init__(self, data):
        word, self.length, following, self.hops = struct.unpack_from('!IHBB', data)
        self.tclass = word >> 20 & 0xff
        self.source, self.destination = data[8:24], data[24:40]
        self.pointer = self.fragment = None	# to Segments Left; or offset, more and identification
        self.extension_behind = False	# of the fragment header
        at, end = 40, 40 + self.length
        while following in EXTENSIONS or following == FRAGMENT:
            size = 8
            if following == FRAGMENT:
                bits, ident = struct.unpack_from('!HI', data, at + 2)
                self.fragment = (bits & 0xfff8, bool(bits & 1), ident)
            else:
                self.extension_behind |= self.fragment is not None
                size += data[at + 1] * 8
                if following == ROUTING and data[at + 3] and self.pointer is None:
                    self.pointer = at + 3
            following = data[at]
            at += size
            if self.fragment and self.fragment[0]:
                break
        self.proto, self.payload, self.length = following, data[at:end], end - at


def header4(tos, length, ident, df, ttl, proto, source, destination, more=False):
    data = struct.pack('!BBHHHBBH4s4s', 0x45, tos, 20 + length, ident, df << 14 | more << 13, ttl, proto, 0,
                       source, destination)
    return data[:10] + struct.pack('!H', checksum(data)) + data[12:]


def header6(tclass, length, following, hops, source, destination):
    """RFC 7915 4.1: the flow label is zero."""
    return struct.pack('!IHBB', 6 << 28 | tclass << 20, length, following, hops) + source + destination


def together(parts):
    """The payload of fragments: pairs of offset and payload, in any order, some perhaps twice."""
    result = b''
    for offset, payload in sorted(set(parts)):
        assert offset == len(result)
        result += payload
    return result


# ---- what comes out ------------------------------------------------------------------------------

class Whole:
    """A packet to that side. On the wire it may or must be in fragments that fit @mtu; their
    identification is @id, or open. An @inner_id_open is that of the packet in an ICMPv4 error."""

    def __init__(self, side, packet, fragments='never', mtu=0, id=None, inner_id_open=False):
        self.side, self.packet, self.fragments, self.mtu, self.id = side, packet, fragments, mtu, id
        self.inner_id_open = inner_id_open


class Mapped(Whole):
    """A packet of a node that had no mapping: from one of these @addresses, and a port or identifier that @fits;
    @make makes it of both."""

    def __init__(self, addresses, fits, make):
        super().__init__(4, make(min(addresses), 0))
        self.addresses, self.fits, self.make = addresses, fits, make


class Report:
    """An ICMP error that the gateway makes itself. The RFCs leave open its traffic class, hop limit and
    which of the gateway's addresses sends it; of @about it has at least @least bytes. @rest may be one
    of several."""

    def __init__(self, side, destination, type, code, rest, about, least):
        self.side, self.destination, self.type, self.code = side, destination, type, code
        self.rest, self.about, self.least = rest, about, least


def report6(frame, type, code, number=0):
    """RFC 4443 2.4: as much of the packet as fits into 1280 bytes."""
    return Report(6, frame[8:24], type, code, [struct.pack('!I', number)], frame, min(len(frame), LARGEST6 - 48))


def report4(frame, type, code, *numbers):
    """RFC 792: the header and 8 bytes, at least."""
    size = (frame[0] & 15) * 4 + 8
    return Report(4, frame[12:16], type, code, [struct.pack('!I', number) for number in numbers or (0,)], frame,
                  min(len(frame), size))


# ---- transport -----------------------------------------------------------------------------------

def rewrite(proto, data, old_pseudo, new_pseudo, ports=None, ident=None):
    """RFC 6146 3.7: other ports or identifier, other type (ICMP), and the checksum that goes with them.
    Also for the beginning of a packet in an error (RFC 7915 4.3, 5.3)."""
    data = bytearray(data)
    if ports:
        changed = [slice(0, 4)]
        new = [struct.pack('!HH', *ports)]
    else:
        changed = [slice(0, 2), slice(4, 6)]
        new = [bytes([{128: 8, 129: 0, 8: 128, 0: 129}[data[0]], 0]), struct.pack('!H', ident)]
    old = b''.join(bytes(data[part]) for part in changed)
    for part, value in zip(changed, new):
        data[part] = value
    at = CHECKSUM_AT[proto]
    if len(data) < at + 2:
        return bytes(data)
    check, = struct.unpack_from('!H', data, at)
    if proto == UDP and not check:
        # RFC 6146 3.4: MUST be calculated. The datagram may be shorter than its packet (RFC 768).
        length, = struct.unpack_from('!H', data, 4)
        check = checksum(new_pseudo[:-8] + struct.pack('!II', length, UDP) + bytes(data[:length]))
    else:
        check = adjusted(check, old_pseudo + old, new_pseudo + b''.join(new))
    if proto == UDP and not check:
        check = 0xffff
    struct.pack_into('!H', data, at, check)
    return bytes(data)


def ports_of(data):
    return struct.unpack_from('!HH', data)


def is_echo(proto, data):
    return data[0] in ((128, 129) if proto == ICMP6 else (8, 0))


# ---- ICMP errors ---------------------------------------------------------------------------------

def nothing_else(*_):
    return b'\0\0\0\0'


def pointer_4to6(rest, _):
    """RFC 7915 4.2, figure 3."""
    old = rest[0]
    new = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6}.get(old)
    if 12 <= old <= 19:
        new = 8 if old < 16 else 24
    return None if new is None else struct.pack('!I', new)


def pointer_6to4(rest, _):
    """RFC 7915 5.2, figure 6."""
    old, = struct.unpack('!I', rest)
    new = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8}.get(old)
    if 8 <= old <= 39:
        new = 12 if old < 24 else 16
    return None if new is None else bytes([new, 0, 0, 0])


def error_4to6(type, code):
    """RFC 7915 4.2: new type and code, and who makes the rest of the header."""
    if type == 3 and code == 2:
        return 4, 1, lambda *_: struct.pack('!I', 6)
    if type == 3 and code == 4:
        return 2, 0, None
    if type == 3:
        new = {0: 0, 1: 0, 3: 4, 5: 0, 6: 0, 7: 0, 8: 0, 9: 1, 10: 1, 11: 0, 12: 0, 13: 1, 15: 1}.get(code)
        return None if new is None else (1, new, nothing_else)
    if type == 11:
        return 3, code, nothing_else
    if type == 12 and code in (0, 2):
        return 4, 0, pointer_4to6
    return None


def error_6to4(type, code):
    """RFC 7915 5.2"""
    if type == 1:
        new = {0: 1, 1: 10, 2: 1, 3: 1, 4: 3}.get(code)
        return None if new is None else (3, new, nothing_else)
    if type == 2:
        return 3, 4, None
    if type == 3:
        return 11, code, nothing_else
    if type == 4 and code == 0:
        return 12, 0, pointer_6to4
    if type == 4 and code == 1:
        return 3, 2, nothing_else
    return None


def unique(items):
    return list(dict.fromkeys(items))


def mtus_4to6(rest, inner, world):
    """RFC 7915 4.2: not smaller than 1280, nor larger than the next hops. Which is the next hop of IPv4,
    the link that the error came from or the route of the packet in it, is left open."""
    told, = struct.unpack_from('!H', rest, 2)
    if not told:
        told = max((p for p in world.plateaus if 1280 <= p < inner.total), default=0)
    return unique(max(1280, min(told + 20, six, four + 20))
                  for six in (world.mtu6, world.link6) for four in (world.mtu4, world.link4))


def mtus_6to4(rest, inner, world):
    """RFC 7915 5.2: 'taking into account whether or not the packet in error includes a Fragment Header',
    says the text, but the formula behind it ('(MTU value in the Packet Too Big Message)-20') does not."""
    told, = struct.unpack('!I', rest)
    sizes = (28, 20) if inner.fragment else (20,)
    return unique(min(told - less, four, six - less_of_link) for less in sizes for less_of_link in sizes[::-1]
                  for six in (world.mtu6, world.link6) for four in (world.mtu4, world.link4))


def split(data, length):
    """RFC 4884 4: the packet in the error, and the extensions behind it. Without a length, all is packet."""
    return (data[:length], data[length:]) if length else (data, b'')


def join(inner, extensions, unit, room):
    """RFC 4884 4, 7: the body of an error and its length field. The packet in it gives way to the
    extensions, down to 128 bytes; if that does not help, they are left out (RFC 7915 4.2)."""
    if extensions:
        size = min(max(128, -(-len(inner) // unit) * unit), (room - len(extensions)) // unit * unit)
        if size >= 128:
            return inner[:size].ljust(size, b'\0') + extensions, size // unit
    return inner[:room], 0


def packet_in_error_4to6(inner, mapped, world):
    """RFC 7915 4.3: like a normal packet but for its TTL."""
    _, host, port = mapped
    source, destination = host, world.embed(inner.destination)
    six = inner.proto if inner.proto != ICMP else ICMP6
    old = pseudo(inner.source, inner.destination, inner.length, inner.proto)
    new = pseudo(source, destination, inner.length, six)
    if inner.proto == ICMP:
        payload = rewrite(ICMP, inner.payload, b'', new, ident=port)
    else:
        payload = rewrite(inner.proto, inner.payload, old, new, ports=(port, ports_of(inner.payload)[1]))
    tclass = 0 if world.zeroize_traffic_class else inner.tos
    if inner.fragmented:
        fragment = struct.pack('!BBHI', six, 0, inner.offset | inner.more, inner.id)
        return header6(tclass, inner.length + 8, FRAGMENT, inner.ttl, source, destination) + fragment + payload
    return header6(tclass, inner.length, six, inner.ttl, source, destination) + payload


def packet_in_error_6to4(inner, mapped, world):
    """RFC 7915 5.3"""
    _, host, port = mapped
    source, destination = world.extract(inner.source), host
    four = inner.proto if inner.proto != ICMP6 else ICMP
    old = pseudo(inner.source, inner.destination, inner.length, inner.proto)
    new = pseudo(source, destination, inner.length, four)
    if four == ICMP:
        payload = rewrite(ICMP6, inner.payload, old, b'', ident=port)
    else:
        payload = rewrite(four, inner.payload, old, new, ports=(ports_of(inner.payload)[0], port))
    tos = world.tos if world.override_tos else inner.tclass
    if inner.fragment:
        _, more, ident = inner.fragment
        return header4(tos, inner.length, ident & 0xffff, False, inner.hops, four, source, destination, more) + payload
    return header4(tos, inner.length, 0, 20 + inner.length > 1260, inner.hops, four, source, destination) + payload


def translate_error4(packet, world):
    data = packet.payload
    kind, rest = error_4to6(data[0], data[1]), data[4:8]
    body, extensions = split(data[8:], rest[1] * 4)
    inner = Packet4(body)
    port, other = ports_of(inner.payload)
    if inner.proto == ICMP:
        port = other = struct.unpack_from('!H', inner.payload, 4)[0]
    if inner.source != packet.destination:
        return nothing(world, 'an error about what another address sent')	# RFC 5508 REQ-3
    if ones_sum(body[:(body[0] & 15) * 4]):
        return nothing(world, 'an error with a wrong sum within')	# RFC 5508 REQ-3 a
    mapped = world.reverse.get((inner.proto, inner.source, port))
    if not kind or not mapped:
        return [[]]	# RFC 7915 4.2: silently drop; RFC 6146 3.5: no BIB entry
    if (*mapped, inner.destination, other) not in world.sessions:
        # RFC 6146 3.5: it goes by the BIB, if addresses are not filtered.
        if world.adf and not world.knows(mapped, inner.destination):
            return nothing(world, 'an error without session, filtered')
        world.rule = 'an error without session'
    type, code, make_rest = kind
    rests = [make_rest(rest, inner)] if make_rest else [struct.pack('!I', m) for m in mtus_4to6(rest, inner, world)]
    new = packet_in_error_4to6(inner, mapped, world)
    # RFC 4884 4.6
    new, length = join(new, extensions if type in (1, 3) else b'', 8, LARGEST6 - 48)
    # RFC 6146 3.6.1 takes the source from the packet within, RFC 7915 4.1 that of the error.
    source = world.embed(packet.source if world.source_icmpv6_errors_better else inner.destination)
    tclass = 0 if world.zeroize_traffic_class else packet.tos
    return [[Whole(6, finish6(tclass, packet.ttl - 1, source, mapped[1], bytes([type, code, 0, 0]) +
                              (bytes([length]) + word[1:] if length else word) + new))] for word in rests if word] or [[]]


def finish6(tclass, hops, source, destination, data):
    check = checksum(pseudo(source, destination, len(data), ICMP6) + data)
    return header6(tclass, len(data), ICMP6, hops, source, destination) + data[:2] + struct.pack('!H', check) + data[4:]


def translate_error6(packet, world):
    data = packet.payload
    kind, rest = error_6to4(data[0], data[1]), data[4:8]
    body, extensions = split(data[8:], rest[0] * 8 if data[0] in (1, 3) else 0)
    inner = Packet6(body)
    other, port = ports_of(inner.payload)
    proto = inner.proto if inner.proto != ICMP6 else ICMP
    if proto == ICMP:
        port, = struct.unpack_from('!H', inner.payload, 4)
    mapped = world.mapping.get((proto, inner.destination, port))
    if not kind or not mapped:
        return [[]]
    if proto == ICMP:
        other = mapped[2]
    if (proto, inner.destination, port, world.extract(inner.source), other) not in world.sessions:
        world.rule = 'an error without session'
    type, code, make_rest = kind
    rests = [make_rest(rest, inner)] if make_rest else [struct.pack('!I', m) for m in mtus_6to4(rest, inner, world)]
    new = packet_in_error_6to4(inner, mapped, world)
    new, length = join(new, extensions, 4, LARGEST4 - 28)
    result = []
    for word in rests:
        if word:
            word = bytes([word[0], length]) + word[2:] if length else word
            message = bytes([type, code, 0, 0]) + word + new
            message = message[:2] + struct.pack('!H', checksum(message)) + message[4:]
            tos = world.tos if world.override_tos else packet.tclass
            head = header4(tos, len(message), 0, False, packet.hops - 1, ICMP, mapped[1], world.extract(packet.destination))
            # 5.1.1: MUST be fragmented, as any other of at most 1280 bytes.
            result.append([Whole(4, head + message, 'must' if 20 + len(message) > world.mtu4 else 'never', world.mtu4,
                                 inner_id_open=not inner.fragment)])
    return result or [[]]


# ---- packets -------------------------------------------------------------------------------------

def unexpired_source_route(options):
    """RFC 791 3.1: loose or strict, with the pointer within."""
    at = 0
    while at < len(options) and options[at]:
        if options[at] == 1:
            at += 1
            continue
        if options[at] in (131, 137) and options[at + 2] <= options[at + 1]:
            return True
        at += options[at + 1]
    return False


def nothing(world, rule):
    world.rule = rule
    return [[]]


def opens(proto, payload):
    """RFC 6146 3.5.2.2: of TCP, a SYN, whatever else is set but RST, may begin a session."""
    return proto != TCP or payload[13] & 6 == 2


def also(proto, payload):
    return ', SYN and FIN' if proto == TCP and payload[13] & 7 == 3 else ''


def unusable6(address, world):
    """Sources that no IPv6 node has (RFC 4291, RFC 1812 5.3.8), or whose packets would loop (RFC 6146 3.5)."""
    return (address[:12] in (bytes(12), bytes(10) + b'\xff\xff') or address[0] == 0xff or address[:2] == b'\xfe\x80' or
            address == GATEWAY6 or address[:12] == BESIDE6[:12] or
            address[:world.pool6_length // 8] == world.pool6[:world.pool6_length // 8])


def unusable4(address):
    """RFC 1812 4.2.2.11, 5.3.7"""
    return address[0] in (0, 127) or address[0] >= 224 or address in (*POOL4, BESIDE4, GATEWAY4, BROADCAST4)


def nobodys(packet, frame, world):
    """To pool4, but to no mapping. Of an own address the kernel answers."""
    world.rule = f'nobody\'s, {"own" if world.own else "routed"}'
    if packet.proto == ICMP:
        if not world.own:
            return [[report4(frame, 3, 1)]]
        if packet.payload[0] == 0:
            return [[]]
        reply = rewrite_type(packet.payload, 0)
        return [[Whole(4, header4(packet.tos, len(reply), 0, False, 64, ICMP, packet.destination, packet.source) + reply)]]
    port = ports_of(packet.payload)[1]
    # RFC 6146 3.5.2.2: silently discarded. None is stored in these worlds.
    if packet.proto == TCP and world.has_port(TCP, packet.destination, port):
        return [[]]
    return [[report4(frame, 3, 3)]]


def rewrite_type(data, type):
    data = bytes([type, 0, 0, 0]) + data[4:]
    return data[:2] + struct.pack('!H', checksum(data)) + data[4:]


def refused4(packet, inside, world):
    """Whether what has a mapping, but no session, gets none; and if so, what comes of it. Else None."""
    told = [] if packet.proto == TCP else [Report(4, packet.source, 3, 13, [bytes(4)], None, 0)]
    if world.adf and not world.knows(inside, packet.source):
        world.rule = 'filtered'
        return [told]
    if world.full and opens(packet.proto, packet.payload):
        world.rule = 'no room, from IPv4' + also(packet.proto, packet.payload)
        return [[Report(4, packet.source, 3, 1, [bytes(4)], None, 0)]]
    return None


def translate4(frames, world):
    """RFC 7915 4"""
    parts = [Packet4(frame) for frame in frames]
    packet = next(part for part in parts if not part.offset)
    packet.payload = together([(part.offset, part.payload) for part in parts])
    fragmented = packet.fragmented
    if unexpired_source_route(packet.options):
        return [[report4(frames[0], 3, 5)]]
    if packet.ttl <= 1:
        return [[report4(frames[0], 11, 0)]]
    if packet.proto == ICMP and not is_echo(ICMP, packet.payload):
        if packet.payload[0] not in (3, 11, 12):
            return nothing(world, 'neither an error nor an echo')	# RFC 7915 4.2
        return translate_error4(packet, world)
    if packet.proto not in (TCP, UDP, ICMP):
        world.rule = 'another protocol, from IPv4'	# RFC 6146 3.4
        return [[report4(frames[0], 3, 2)]]

    sport, dport = ports_of(packet.payload) if packet.proto != ICMP else struct.unpack_from('!H', packet.payload, 4) * 2
    inside = world.reverse.get((packet.proto, packet.destination, dport))
    if not inside:
        return nobodys(packet, frames[0], world)
    if unusable4(packet.source):
        # Whom a host has pinged may answer, also if it is one of pool4.
        answers = packet.proto == ICMP and packet.source in (*POOL4, BESIDE4)
        return nothing(world, 'no source, from IPv4') + \
            (translate_known4(frames, packet, parts, inside, fragmented, world) if answers else [])
    known = (*inside, packet.source, sport) in world.sessions
    outcomes = None if known else refused4(packet, inside, world)
    if outcomes:
        return outcomes
    outcomes = translate_known4(frames, packet, parts, inside, fragmented, world)
    if world.adf and packet.proto == TCP and opens(TCP, packet.payload):
        # RFC 6146 3.5.2.2: where both sides have sent a FIN, a SYN may be told from those of strangers.
        outcomes = outcomes + [[]]
    return outcomes


def translate_known4(frames, packet, parts, inside, fragmented, world):
    """What has a mapping, and may go there."""
    _, destination, port = inside
    source = world.embed(packet.source)
    if packet.proto == ICMP:
        new = pseudo(source, destination, len(packet.payload), ICMP6)
        payload = rewrite(ICMP, packet.payload, b'', new, ident=port)
    else:
        sport, _ = ports_of(packet.payload)
        payload = rewrite(packet.proto, packet.payload,
                          pseudo(packet.source, packet.destination, len(packet.payload), packet.proto),
                          pseudo(source, destination, len(packet.payload), packet.proto), ports=(sport, port))
    tclass = 0 if world.zeroize_traffic_class else packet.tos
    six = ICMP6 if packet.proto == ICMP else packet.proto
    size = 40 + len(payload)
    result = header6(tclass, len(payload), six, packet.ttl - 1, source, destination) + payload
    small = min(world.lowest_ipv6_mtu, world.mtu6)

    if fragmented and packet.df:
        # 4.1: what does not fit is told, of each fragment. The fragment header has 8 bytes more than the
        # rule in 4.1 counts ('the total length value of the IPv4 packet plus 20').
        whole = [Whole(6, result, 'may', world.mtu6, packet.id)]
        told = Report(4, packet.source, 3, 4, [struct.pack('!I', world.mtu6 - n) for n in (20, 28)], None, 0)
        fits = all(48 + len(part.payload) <= world.mtu6 for part in parts)
        if any(part.total + 20 > world.mtu6 for part in parts):
            # 4.1 counts the options, though they do not go on.
            return [[told], whole] if fits else [[told]]
        return [whole, [told]] if any(part.total + 28 > world.mtu6 for part in parts) else [whole]
    if fragmented:
        # RFC 6146 3.4 lets us put them together: then they may leave whole, or cut elsewhere.
        return [[Whole(6, result, 'may', small, packet.id)]]
    if packet.df:
        whole, told = [Whole(6, result)], [report4(frames[0], 3, 4, world.mtu6 - 20)]
        if size > world.mtu6:
            return [told]
        # 4.1 counts the options, though they do not go on.
        return [whole, told] if packet.total + 20 > world.mtu6 else [whole]
    if size <= small:
        return [[Whole(6, result)]]
    return [[Whole(6, result, 'must', small, packet.id)]]


def translate6(frames, world):
    """RFC 7915 5"""
    parts = [Packet6(frame) for frame in frames]
    packet = next(part for part in parts if not part.fragment or not part.fragment[0])
    packet.payload = together([(part.fragment[0] if part.fragment else 0, part.payload) for part in parts])
    if world.bypasses(packet.destination):
        world.rule = 'by a route within pool6'	# RFC 7915 5.6: MUST forward it untranslated
        return [[Whole(6, frames[0][:7] + bytes([packet.hops - 1]) + frames[0][8:])]]
    if packet.pointer:
        return [[report6(frames[0], 4, 0, packet.pointer)]]
    if packet.extension_behind:
        # 5.1.1: 'SHOULD be dropped and logged'; 5.4: an error SHOULD be sent.
        return [[Report(6, packet.source, 1, 1, [b'\0\0\0\0'], None, 0)]]
    if packet.hops <= 1:
        return [[report6(frames[0], 3, 0)]]
    if packet.proto not in (TCP, UDP, ICMP6):
        world.rule = 'another protocol, from IPv6'	# RFC 6146 3.4
        return [[report6(frames[0], 1, 4)]]
    if unusable6(packet.source, world):
        return nothing(world, 'no source, from IPv6')
    if packet.proto == ICMP6 and not is_echo(ICMP6, packet.payload):
        return translate_error6(packet, world)

    destination = world.extract(packet.destination)
    four = ICMP if packet.proto == ICMP6 else packet.proto
    sport, dport = ports_of(packet.payload) if four != ICMP else struct.unpack_from('!H', packet.payload, 4) * 2
    mapped = world.mapping.get((four, packet.source, sport))
    if not mapped and not opens(four, packet.payload):
        return nothing(world, 'no mapping, no SYN')	# RFC 6146 3.5.2.2
    known = mapped and (four, packet.source, sport, destination, mapped[2] if four == ICMP else dport) in world.sessions
    if world.full and not known and opens(four, packet.payload):
        world.rule = 'no room, from IPv6' + also(four, packet.payload)	# RFC 6888 REQ-11 b
        return [[Report(6, packet.source, 1, 3, [bytes(4)], None, 0)]]
    if not mapped:
        return new_mapping(packet, four, destination, sport, world)
    _, source, port = mapped
    payload = to_ipv4(packet, four, source, port, destination)
    if destination in (*POOL4, BESIDE4):
        return hairpin(packet, source, port, destination, port if four == ICMP else dport, world)
    length = len(payload)
    tos = world.tos if world.override_tos else packet.tclass
    total = 20 + length
    if total > 65535:
        # An IPv4 packet cannot be that large. The error may be about the whole of it.
        return [[Report(6, packet.source, 2, 0, [struct.pack('!I', max(1280, world.mtu4 + 20))], None, 0)]]
    ident = packet.fragment[2] & 0xffff if packet.fragment else 0
    df = not packet.fragment and total > 1260
    result = header4(tos, length, ident, df, packet.hops - 1, four, source, destination) + payload
    ident = ident if packet.fragment and REMEMBERS_IDENTIFICATION else None
    if len(frames) > 1:
        # 5.1.1: DF is clear, IPv4 may cut further. RFC 6146 3.4: they may be put together.
        return [[Whole(4, result, 'may', world.mtu4, ident)]]
    if total <= world.mtu4:
        return [[Whole(4, result, id=ident)]]
    if not df:
        return [[Whole(4, result, 'must', world.mtu4, ident)]]
    return [[report6(frames[0], 2, 0, max(1280, world.mtu4 + 20))]]


def to_ipv4(packet, four, source, port, destination):
    """The payload of an IPv6 packet as it is from that source."""
    length = len(packet.payload)
    old = pseudo(packet.source, packet.destination, length, packet.proto)
    if four == ICMP:
        return rewrite(ICMP6, packet.payload, old, b'', ident=port)
    return rewrite(four, packet.payload, old, pseudo(source, destination, length, four),
                   ports=(port, ports_of(packet.payload)[1]))


def new_mapping(packet, four, destination, sport, world):
    """Of a node that has none for that port: RFC 6146 3.5.1.1, 3.5.2.3; RFC 6888 REQ-2, RFC 7857 4 (paired)."""
    world.rule = 'a mapping is made' + also(four, packet.payload)
    free, has = set(POOL4) - {world.tight}, world.addresses_of(packet.source)
    tos = world.tos if world.override_tos else packet.tclass

    def fits(port):
        # RFC 6146 3.5.1.1, 3.5.2.3: SHOULD keep the half, of UDP the parity as well, if such a port is free.
        return four == ICMP or (port < 1024) == (sport < 1024) and (four == TCP or port % 2 == sport % 2)

    def make(address, port):
        payload = to_ipv4(packet, four, address, port, destination)
        return header4(tos, len(payload), 0, False, packet.hops - 1, four, address, destination) + payload

    told = [Report(6, packet.source, 1, 3, [bytes(4)], None, 0)]
    if not has or has > free:
        # It has none, or which of its addresses counts is not known.
        outcomes = [[Mapped(free, fits, make)]]
        return outcomes + [told] if has and world.paired else outcomes
    if has <= free:
        return [[Mapped(has, fits, make)]]
    # All that it has is used up. If pool4 has none of it for that protocol, another one is taken all the same, and may
    # have been before, which is then the host's.
    lacking = set(PROTOCOLS) - {outside[0] for outside in world.reverse if outside[1] == world.tight}
    paired = world.paired and four not in lacking
    world.rule = 'no port left of its address' + (', paired' if paired else '')
    return [told] * paired + [[Mapped(free, fits, make)]] * bool(not paired or lacking)


def hairpin(packet, source, port, destination, dport, world):
    """RFC 6146 3.8: translated back at once, or dropped. One router, one hop. A ping of an own address the kernel answers."""
    proto = ICMP if packet.proto == ICMP6 else packet.proto
    inside = world.reverse.get((proto, destination, dport))
    world.rule = f'hairpin{" of a ping" if proto == ICMP else ""}, {"own" if world.own else "routed"}'
    world.late = world.own and (not inside or proto == ICMP)
    if world.own and proto == ICMP:
        if packet.payload[0] == 129:
            return [[]]
        return [[hairpinned(packet, world.embed(destination), packet.source, hops, ident=(129, None), world=world)]
                for hops in (63, 64)]
    if not inside and world.own and (destination == BESIDE4 or not world.has_port(proto, destination, dport)):
        return [[Report(6, packet.source, 1, 4, [bytes(4)], None, 0)]]
    if not inside:
        return [[]]
    _, host, sport = inside
    if world.adf and not opens(proto, packet.payload):
        return [[]]
    length, six = len(packet.payload), world.embed(source)
    if proto == ICMP:
        return [[hairpinned(packet, six, host, packet.hops - 1, (packet.payload[0], sport), world)]]
    payload = rewrite(proto, packet.payload, pseudo(packet.source, packet.destination, length, proto),
                      pseudo(six, host, length, proto), ports=(port, sport))
    tclass = world.tos if world.override_tos else packet.tclass
    tclass = 0 if world.zeroize_traffic_class else tclass
    return [[Whole(6, header6(tclass, length, proto, packet.hops - 1, six, host) + payload)]]


def hairpinned(packet, source, destination, hops, ident, world):
    """A ping with another type and, unless it is None, identifier."""
    type, number = ident
    data = bytes([type, 0, 0, 0]) + (packet.payload[4:6] if number is None else struct.pack('!H', number)) + packet.payload[6:]
    tclass = world.tos if world.override_tos else packet.tclass
    return Whole(6, finish6(0 if world.zeroize_traffic_class else tclass, hops, source, destination, data))


def translate(frames, world):
    """Acceptable outcomes of a packet, whole or in fragments."""
    world.rule, world.late = None, False
    return translate4(frames, world) if frames[0][0] >> 4 == 4 else translate6(frames, world)


# ---- what did come out ---------------------------------------------------------------------------

class Datagram:
    """A packet from the wire, put together from its fragments, which follow each other."""

    def __init__(self, frames):
        self.frames, self.complaint, self.id = frames, None, None
        self.fragmented = is_fragment(frames[0])
        if frames[0][0] >> 4 == 4:
            self.id = struct.unpack_from('!H', frames[0], 4)[0]
            self.packet = self.join4() if self.fragmented else frames[0]
        else:
            self.packet = self.join6() if self.fragmented else frames[0]

    def join4(self):
        parts = [Packet4(frame) for frame in self.frames]
        first = self.frames[0]
        self.check([(part.offset, len(part.payload)) for part in parts])
        if len({(f[:2], f[4:6], f[6] & 0xc0, f[8:10], f[12:20]) for f in self.frames}) > 1:
            self.complaint = 'the headers of its fragments differ'
        if any(ones_sum(frame[:20]) for frame in self.frames):
            self.complaint = 'wrong header checksum of a fragment'
        payload = b''.join(part.payload for part in parts)
        return header4(first[1], len(payload), self.id, parts[0].df, first[8], first[9], first[12:16],
                       first[16:20]) + payload

    def join6(self):
        parts = [(struct.unpack_from('!HI', frame, 42), frame[48:]) for frame in self.frames]
        first = self.frames[0]
        self.id = parts[0][0][1]
        self.check([(word & 0xfff8, len(payload)) for (word, _), payload in parts])
        if len({(f[:4], f[6:41], f[44:48]) for f in self.frames}) > 1:
            self.complaint = 'the headers of its fragments differ'
        payload = b''.join(payload for _, payload in parts)
        return first[:4] + struct.pack('!HB', len(payload), first[40]) + first[7:40] + payload

    def check(self, places):
        at = 0
        for offset, length in places:
            if offset != at:
                self.complaint = f'fragments at {[offset for offset, _ in places]} do not follow each other'
            at = offset + length


def is_fragment(frame):
    if frame[0] >> 4 == 4:
        return bool(struct.unpack_from('!H', frame, 6)[0] & 0x3fff)
    return frame[6] == FRAGMENT


def has_more(frame):
    if frame[0] >> 4 == 4:
        return bool(frame[6] & 0x20)
    return frame[6] == FRAGMENT and bool(frame[43] & 1)


def datagrams(frames):
    result, parts = [], []
    for frame in frames:
        parts.append(frame)
        if not has_more(frame):
            result.append(Datagram(parts))
            parts = []
    return result + ([Datagram(parts)] if parts else [])


def differs(expected, got):
    """Why that is not what was expected, in words, or as a pair of packets; or None."""
    if isinstance(expected, Report):
        return report_differs(expected, got.packet)
    if got.complaint:
        return got.complaint
    if isinstance(expected, Mapped):
        address, at = got.packet[12:16], 24 if got.packet[9] == ICMP else 20
        port, = struct.unpack_from('!H', got.packet, at)
        if address not in expected.addresses or not 1 <= port <= PORTS or not expected.fits(port):
            return f'from {socket.inet_ntoa(address)}#{port}'
        expected = Whole(4, expected.make(address, port))
    if expected.fragments == 'never' and got.fragmented:
        return 'in fragments, expected whole'
    if expected.fragments == 'must' and not got.fragmented:
        return 'whole, expected in fragments'
    largest = max(map(len, got.frames))
    if expected.mtu and largest > expected.mtu:
        return f'{largest} bytes do not fit the MTU of {expected.mtu}'
    if expected.id is not None and (got.fragmented or got.packet[0] >> 4 == 4) and got.id != expected.id:
        return f'identification {got.id:#x}, expected {expected.id:#x}'
    wanted, packet = expected.packet, got.packet
    if wanted[0] >> 4 == 4 and packet[0] >> 4 == 4:
        if ones_sum(packet[:20]):
            return 'wrong header checksum'
        if expected.inner_id_open:
            if ones_sum(packet[28:48]):
                return 'wrong header checksum of the packet in the error'
            for open_field in (slice(22, 24), slice(32, 34), slice(38, 40)):
                wanted = wanted[:open_field.start] + packet[open_field] + wanted[open_field.stop:]
            if ones_sum(packet[20:]):
                return 'wrong checksum'
        wanted = wanted[:4] + packet[4:6] + wanted[6:10] + packet[10:12] + wanted[12:]
    return None if wanted == packet else (wanted, packet)


def report_differs(expected, packet):
    size = 40 if expected.side == 6 else (packet[0] & 15) * 4
    icmp, destination = packet[size:], packet[24:40] if expected.side == 6 else packet[16:20]
    proto = packet[6] if expected.side == 6 else packet[9]
    if packet[0] >> 4 != expected.side or proto != (ICMP6 if expected.side == 6 else ICMP):
        return f'not an ICMP error: {packet[:48].hex(" ")}'
    if destination != expected.destination:
        return f'an error to {destination.hex()}, expected to {expected.destination.hex()}'
    if (icmp[0], icmp[1]) != (expected.type, expected.code):
        return f'an error {icmp[0]}/{icmp[1]}, expected {expected.type}/{expected.code}'
    if icmp[4:8] not in expected.rest:
        return f'an error {icmp[0]}/{icmp[1]} with {icmp[4:8].hex()}, expected {expected.rest[0].hex()}'
    head = pseudo(packet[8:24], packet[24:40], len(icmp), ICMP6) if expected.side == 6 else b''
    if ones_sum(head + icmp):
        return 'an error with a wrong checksum'
    if len(packet) > (LARGEST6 if expected.side == 6 else LARGEST4):
        return f'an error of {len(packet)} bytes'
    if expected.about and (len(icmp) - 8 < expected.least or icmp[8:] != expected.about[:len(icmp) - 8]):
        return (expected.about[:max(expected.least, len(icmp) - 8)], icmp[8:])
    return None


def compare(outcomes, got):
    """Compares @got, a dictionary of side and datagrams, with the acceptable outcomes. None if it is one
    of them, else what differs from the one that comes nearest: side and a text or a pair of packets, for each."""
    complaints = []
    for outcome in outcomes:
        why = []
        for side in (6, 4):
            expected = [thing for thing in outcome if thing.side == side]
            for thing, datagram in zip(expected, got[side]):
                difference = differs(thing, datagram)
                if difference:
                    why.append((side, difference))
            for thing in expected[len(got[side]):]:
                what = thing.packet if isinstance(thing, Whole) else \
                    f'an ICMP error {thing.type}/{thing.code} with {thing.rest[0].hex()}'
                why.append((side, (what, None)))
            for datagram in got[side][len(expected):]:
                why.append((side, (None, datagram.packet)))
        if not why:
            return None
        complaints.append(why)
    return min(complaints, key=lambda why: (len(why), sum(isinstance(w, tuple) and None in w for _, w in why)))
