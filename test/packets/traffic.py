# SPDX-License-Identifier: GPL-2.0-only
"""Random worlds, and random valid packets for them. Packet N of a seed is always the same, whatever
was made before it."""
import random
import socket
import struct

from model import (BESIDE4, BESIDE6, BROADCAST4, BYPASSED4, DESTINATION, FRAGMENT, GATEWAY4, GATEWAY6, HOP_BY_HOP, ICMP,
                   ICMP6, POOL4, PORTS, PORTS_MARKED, PROTOCOLS, ROUTING, TCP, UDP, CHECKSUM_AT, World, checksum, pseudo, translate)

# So many packets are sent through one configuration of the gateway.
BLOCK = 1000
PER_PROTOCOL, PER_MAPPING = 4, 3


def six(text):
    return socket.inet_pton(socket.AF_INET6, text)


def four(text):
    return socket.inet_aton(text)


CLIENTS = six('2001:db8:c::')[:6]	# a /48 behind the link's router
NEAR6, NEAR4 = six('2001:db8::8'), four('203.0.113.8')
PREFIXES = [('64:ff9b::', 96), ('64:ff9b::', 96), ('2001:db8:64::', 96), ('3fff:64::', 32), ('2001:db8:100::', 40),
            ('2001:db8:122::', 48), ('2001:db8:122:300::', 56), ('2001:db8:122:344::', 64)]
# Beyond any port that translates(), for sessions that are not there.
NOBODY = 65535


def client(rng):
    return NEAR6 if rng.random() < .2 else CLIENTS + rng.randbytes(10)


def server(rng):
    if rng.random() < .2:
        return NEAR4
    return rng.choice((b'\x0a\1\1', b'\xc6\x33\x64', b'\xac\x10\1', b'\x08\x08\1', b'\xbf\xff\1')) + \
        bytes([rng.randrange(1, 255)])


def world_of(seed, block):
    """The configuration for the packets from block * BLOCK on."""
    rng = random.Random(f'{seed}/world/{block}')
    world = World()
    if block:
        prefix, world.pool6_length = rng.choice(PREFIXES)
        world.pool6 = six(prefix)
        world.link6 = rng.choice((1500, 1500, 1280, 1400, 1420, 2000, 9000))
        world.link4 = rng.choice((1500, 1500, 1280, 1400, 1420, 2000, 9000))
        world.route6 = rng.choice((world.link6, world.link6, 1280, 1300))
        world.route4 = rng.choice((world.link4, world.link4, 1280, 1000, 576, 300))
        world.lowest_ipv6_mtu = rng.choice((1280, 1280, 1280, 1400, 1500, 9000))
        world.zeroize_traffic_class = rng.random() < .2
        if rng.random() < .2:
            world.override_tos, world.tos = True, rng.randrange(256)
        world.source_icmpv6_errors_better = rng.random() < .8
        if rng.random() < .3:
            world.plateaus = tuple(sorted(rng.sample(range(68, 9000), rng.randrange(1, 20)), reverse=True))
        world.own = rng.random() < .4
        world.full = rng.random() < .25
        world.adf = world.full and rng.random() < .5
        world.paired, world.fast_path, world.bypass = (rng.random() < .5 for _ in range(3))
        world.tight = rng.choice((None, *POOL4))
    for proto in PROTOCOLS:
        for _ in range(PER_PROTOCOL):
            inside = (proto, client(rng), rng.randrange(1, NOBODY))
            outside = (proto, rng.choice(POOL4), rng.randrange(1, PORTS + 1))
            if inside in world.mapping or outside in world.reverse:
                continue
            world.mapping[inside], world.reverse[outside] = outside, inside
            for _ in range(PER_MAPPING):
                port = inside[2] if proto == ICMP else rng.randrange(1, NOBODY)
                world.sessions.add((*inside, server(rng), outside[2] if proto == ICMP else port))
    return world


# ---- building ------------------------------------------------------------------------------------

def upper(rng, proto, source, destination, ports, size, echo=0):
    """A transport header, and data so that both have @size bytes, if that is enough for the header.
    For a ping, @echo is the type."""
    version6 = len(source) == 16
    if proto == ICMP:
        data = struct.pack('!BBHHH', echo, 0, 0, ports, rng.randrange(65536)) + rng.randbytes(max(0, size - 8))
    elif proto == UDP:
        size = max(8, size)
        data = struct.pack('!HHHH', *ports, size, 0) + rng.randbytes(size - 8)
    else:
        options = rng.choice((b'', b'', b'\1\1\x08\x0a' + rng.randbytes(8), b'\2\4\5\xb4',
                              b'\2\4\5\xb4\4\2\x08\x0a' + rng.randbytes(8) + b'\1\3\3\7', b'\xfe' + b'\x28' + b'x' * 38))
        flags = rng.choice((0x10, 0x18, 2, 3, 0x12, 0x11, 4, 0x14, 0xc2, rng.randrange(256)))
        data = struct.pack('!HHIIBBHHH', *ports, rng.getrandbits(32), rng.getrandbits(32),
                           (20 + len(options)) // 4 << 4 | (rng.randrange(16) if rng.random() < .1 else 0), flags,
                           rng.randrange(65536), 0, rng.randrange(65536) if rng.random() < .1 else 0) + options
        data += rng.randbytes(max(0, size - len(data)))
    return summed(proto, source, destination, data, version6)


def summed(proto, source, destination, data, version6):
    """@data with its checksum."""
    if proto == ICMP:
        proto = ICMP6 if version6 else ICMP
    head = b'' if proto == ICMP else pseudo(source, destination, len(data), proto)
    at = CHECKSUM_AT[proto]
    check = checksum(head + data[:at] + b'\0\0' + data[at + 2:])
    if proto == UDP and not check:
        check = 0xffff
    return data[:at] + struct.pack('!H', check) + data[at + 2:]


def packet6(rng, source, destination, proto, payload, headers=(), hops=None):
    """@headers: bytes of extension headers, without their first, each with its number."""
    following, body = ICMP6 if proto == ICMP else proto, b''
    for number, rest in reversed(headers):
        body, following = bytes([following]) + rest + body, number
    tclass = rng.choice((0, 0xb8, rng.randrange(256)))
    label = rng.getrandbits(20) if rng.random() < .5 else 0
    hops = rng.choice((64, 255, 2, rng.randrange(2, 256))) if hops is None else hops
    return struct.pack('!IHBB', 6 << 28 | tclass << 20 | label, len(body) + len(payload), following, hops) + \
        source + destination + body + payload


def packet4(rng, source, destination, proto, payload, options=b'', df=None, ttl=None, ident=None, more=False):
    tos = rng.choice((0, 0xb8, rng.randrange(256)))
    ttl = rng.choice((64, 255, 2, rng.randrange(2, 256))) if ttl is None else ttl
    df = rng.random() < .5 if df is None else df
    ident = rng.randrange(65536) if ident is None else ident
    evil = 0x8000 if rng.random() < .02 else 0
    data = struct.pack('!BBHHHBBH4s4s', 0x45 + len(options) // 4, tos, 20 + len(options) + len(payload), ident,
                       evil | df << 14 | more << 13, ttl, proto, 0, source, destination) + options
    return data[:10] + struct.pack('!H', checksum(data)) + data[12:] + payload


def options4(rng):
    """IPv4 options, of which none is an unexpired source route."""
    data = b''
    for _ in range(rng.randrange(1, 5)):
        addresses = rng.randbytes(4 * rng.randrange(1, 4))
        data += rng.choice((
            b'\1', b'\1\1\1', b'\x94\4\0\0', b'\x88\4' + rng.randbytes(2), b'\x82\x0b' + rng.randbytes(9),
            bytes([7, 3 + len(addresses), rng.choice((4, 4 + len(addresses)))]) + addresses,
            bytes([0x44, 4 + len(addresses), 5, 0]) + addresses,
            bytes([rng.choice((131, 137)), 3 + len(addresses), 4 + len(addresses)]) + addresses,
            bytes([rng.randrange(0x50, 0x5f) | rng.choice((0, 0x80)), 2 + len(addresses)]) + addresses))
    data = data if len(data) <= 40 else b'\1\1\1\1'
    if len(data) % 4:
        data += b'\0' + rng.randbytes(-len(data) % 4 - 1)
    return data


def source_route(rng):
    addresses = four('198.51.100.77') * rng.randrange(1, 4)
    data = rng.choice((b'', b'\1', b'\x94\4\0\0')) + \
        bytes([rng.choice((131, 137)), 3 + len(addresses), rng.randrange(4, 4 + len(addresses), 4)]) + addresses
    return data + b'\0' * (-len(data) % 4)


def padded(rng, hop_by_hop=False):
    """Options of a hop-by-hop or destination header, behind its first byte: some that may be skipped
    by who does not know them, and padding. Linux accepts no more than 7 bytes of that hop by hop (RFC 4942 2.1.9.5)."""
    room, body = rng.choice((6, 6, 14, 22, 46)), b''
    if room > 6 and (hop_by_hop or rng.random() < .5):
        size = room - 2 - (rng.randrange(8) if hop_by_hop else rng.randrange(room - 2))
        body = bytes([rng.choice((0x1e, 0x3e, 0x11)), size]) + rng.randbytes(size)
    left = room - len(body)
    if left == 1:
        body += b'\0'
    elif left:
        body += b'\1' + bytes([left - 2]) + b'\0' * (left - 2)
    return bytes([(room + 2) // 8 - 1]) + body


def headers6(rng):
    """Extension headers that mean nothing to IPv4."""
    result = []
    if rng.random() < .5:
        result.append((HOP_BY_HOP, padded(rng, True)))
    for _ in range(rng.randrange(4)):
        if rng.random() < .6:
            result.append((DESTINATION, padded(rng)))
        else:
            addresses = rng.choice((0, 1, 2))
            result.append((ROUTING, bytes([addresses * 2, rng.choice((0, 2, 4, 253)), 0]) + b'\0' * 4 + CLIENTS * 2 +
                           b'\0' * 4 if addresses == 1 else
                           bytes([addresses * 2, rng.choice((0, 3, 253)), 0]) + b'\0' * (4 + 16 * addresses)))
    return result


def pieces(rng, length, largest, first=8):
    """Where to cut so many bytes: pairs of offset and length. The first piece has at least @first bytes."""
    largest -= largest % 8
    least = max(8, min(largest, length // 40 // 8 * 8))
    fixed = rng.choice((0, largest))
    at, result = 0, []
    while length - at > largest or (not result and length > 8):
        size = fixed or rng.randrange(least, largest + 1, 8)
        size = min(size if at else max(first, size), (length - at - 1) // 8 * 8)
        result.append((at, size))
        at += size
    return result + [(at, length - at)]


def disorder(rng, frames):
    """In order, or not, perhaps with one that comes twice, though not after all others are there."""
    order = rng.random()
    if order < .3:
        frames.reverse()
    elif order < .6:
        rng.shuffle(frames)
    if len(frames) > 2 and rng.random() < .1:
        frames.insert(rng.randrange(1, len(frames) - 1), frames[0])
    return frames


def fragments6(rng, packet, ident, mtu, headers_length):
    """Cuts a packet whose @headers_length bytes of extension headers go with every fragment."""
    start = 40 + headers_length
    before, at, proto = packet[:start], 6, packet[6]
    next_at = 40
    while next_at < start:
        at, proto, next_at = next_at, packet[next_at], next_at + 8 + packet[next_at + 1] * 8
    payload, frames = packet[start:], []
    # RFC 8200 4.5: all headers are in the first fragment.
    for offset, size in pieces(rng, len(payload), mtu - start - 8, 64):
        more = offset + size < len(payload)
        head = bytearray(before)
        head[at] = FRAGMENT
        struct.pack_into('!H', head, 4, start - 40 + 8 + size)
        frames.append(bytes(head) + struct.pack('!BBHI', proto, 0, offset | more, ident) + payload[offset:offset + size])
    return disorder(rng, frames)


def fragments4(rng, packet, mtu):
    size4 = (packet[0] & 15) * 4
    payload, frames = packet[size4:], []
    flags, = struct.unpack_from('!H', packet, 6)
    all_options = rng.random() < .5
    for offset, size in pieces(rng, len(payload), mtu - size4):
        options = packet[20:size4] if all_options or not offset else b''
        more = (offset + size < len(payload)) << 13
        head = struct.pack('!BBHHH', 0x45 + len(options) // 4, packet[1], 20 + len(options) + size,
                           struct.unpack_from('!H', packet, 4)[0], flags | more | offset // 8) + \
            packet[8:10] + b'\0\0' + packet[12:20] + options
        frames.append(head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload[offset:offset + size])
    return disorder(rng, frames)


# ---- kinds of packets ----------------------------------------------------------------------------

def size_within(rng, most):
    """Of a transport header with its data."""
    kind = rng.random()
    if kind < .4:
        return min(most, rng.randrange(8, 80))
    if kind < .75:
        return min(most, rng.choice((1220, 1232, 1240, 1241, 1260, 1280, 1400, 1440, 1452, 1460, 1480)) + rng.randrange(-3, 4))
    return rng.randrange(8, most + 1)


def size_beyond(rng, most):
    """Of a packet in fragments; few are very large, since that takes time."""
    kind = rng.random()
    if kind < .5:
        return rng.randrange(16, 3000)
    return rng.choice((most, most - 1, rng.randrange(3000, most))) if kind < .56 else rng.randrange(1200, 9000)


def flow6(rng, world):
    """Some packet that an IPv6 node may send: proto, source, destination, ports."""
    proto, source, port = rng.choice(sorted(world.mapping))
    address, other = server(rng), rng.randrange(1, NOBODY)
    if rng.random() < .7:
        known = sorted(s for s in world.sessions if s[:3] == (proto, source, port))
        address, other = rng.choice(known)[3:]
    return proto, source, world.embed(address), port if proto == ICMP else (port, other)


def flow4(rng, world):
    proto, source, destination, ports = flow6(rng, world)
    inside = (proto, source, ports if proto == ICMP else ports[0])
    _, address, port = world.mapping[inside]
    return proto, world.extract(destination), address, port if proto == ICMP else (ports[1], port)


def plain6(rng, world, ident):
    proto, source, destination, ports = flow6(rng, world)
    headers = headers6(rng) if rng.random() < .2 else []
    room = world.link6 - 40 - sum(1 + len(rest) for _, rest in headers)
    data = upper(rng, proto, source, destination, ports, size_within(rng, room), rng.choice((128, 129)))
    return [edged(rng, packet6(rng, source, destination, proto, data, headers), world)]


def plain4(rng, world, ident):
    proto, source, destination, ports = flow4(rng, world)
    options = options4(rng) if rng.random() < .2 else b''
    size = size_within(rng, world.link4 - 20 - len(options))
    data = upper(rng, proto, source, destination, ports, size, rng.choice((0, 8)))
    if proto == UDP and rng.random() < .2:
        data = data[:6] + b'\0\0' + data[8:]
    return [edged(rng, packet4(rng, source, destination, proto, data, options), world)]


def edged(rng, packet, world):
    """Sometimes, changes the data so that the checksum becomes zero, before or after the translation."""
    if rng.random() > .1:
        return packet
    before = rng.random() < .5
    outcome = translate([packet], world)[0]
    version = packet[0] >> 4
    for thing in outcome:
        other = getattr(thing, 'packet', None)
        if not other or other[0] >> 4 == version or thing.fragments != 'never':
            return packet
        proto = other[6] if version == 4 else other[9]
        end = len(packet) - len(packet) % 2
        at = {4: (packet[0] & 15) * 4, 6: len(packet) - (len(other) - 20)}[version]
        if proto not in (TCP, UDP, ICMP, ICMP6) or (end - at) % 2 or end < at + 24 or (len(packet) - at) % 2:
            return packet
        check_at = CHECKSUM_AT[proto]
        start = 40 if version == 4 else 20
        wanted = struct.unpack_from('!H', packet, at + check_at)[0] if before else \
            struct.unpack_from('!H', other, start + check_at)[0]
        own, = struct.unpack_from('!H', packet, at + check_at)
        if not own:
            return packet	# without checksum
        word, = struct.unpack_from('!H', packet, end - 2)
        data = bytearray(packet)
        # What the sum lacks to 0xffff is what its complement, the checksum, is now.
        struct.pack_into('!H', data, end - 2, (word + wanted) % 0xffff)
        own = 0xffff - ((0xffff - own + wanted) % 0xffff or 0xffff)
        struct.pack_into('!H', data, at + check_at, own or (0xffff if proto == UDP else 0))
        return bytes(data)
    return packet


def cut6(rng, world, ident):
    """In fragments; or one that is all of the packet (RFC 6946)."""
    proto, source, destination, ports = flow6(rng, world)
    headers = headers6(rng) if rng.random() < .15 else []
    length = sum(1 + len(rest) for _, rest in headers)
    size = max(80, size_beyond(rng, 65535 - length))
    data = upper(rng, proto, source, destination, ports, size, rng.choice((128, 129)))
    packet = packet6(rng, source, destination, proto, data, headers)
    ident |= rng.getrandbits(16) << 16
    if rng.random() < .15 and len(data) + 48 + length <= world.link6:
        start = 40 + length
        at, proto, next_at = 6, packet[6], 40
        while next_at < start:
            at, proto, next_at = next_at, packet[next_at], next_at + 8 + packet[next_at + 1] * 8
        head = bytearray(packet[:start])
        head[at] = FRAGMENT
        struct.pack_into('!H', head, 4, len(packet) - 40 + 8)
        return [bytes(head) + struct.pack('!BBHI', proto, 0, 0, ident) + data]
    return fragments6(rng, packet, ident, world.link6, length)


def cut4(rng, world, ident):
    proto, source, destination, ports = flow4(rng, world)
    options = options4(rng) if rng.random() < .15 else b''
    data = upper(rng, proto, source, destination, ports, size_beyond(rng, 65515 - len(options)), rng.choice((0, 8)))
    if proto == UDP and rng.random() < .3:
        data = data[:6] + b'\0\0' + data[8:]
    packet = packet4(rng, source, destination, proto, data, options, df=rng.random() < .15, ident=ident)
    return fragments4(rng, packet, world.link4)


def extension(rng, length):
    """An extension structure (RFC 4884 7) with one object."""
    length = max(8, length - length % 4)
    data = b'\x20\0\0\0' + struct.pack('!HBB', length - 4, rng.randrange(1, 4), 1) + rng.randbytes(length - 8)
    return data[:2] + struct.pack('!H', checksum(data)) + data[4:]


def body_of_error(rng, inner, least, most, unit, extensible):
    """How much of the packet is in the error, and what follows it: body, length field."""
    if extensible and least <= 116 and rng.random() < .3:
        behind = extension(rng, rng.choice((8, 16, 40, rng.randrange(8, 200))))
        size = max(128, rng.randrange(least, max(least + 1, most - len(behind))) if rng.random() < .5 else 128) // unit * unit
        size = min(size, 255 * unit)
        return inner[:size].ljust(size, b'\0') + behind, size // unit
    return inner[:rng.choice((least, most, rng.randrange(least, most + 1), rng.randrange(least, most + 1)))], 0


def whole_checksum(proto, start, size):
    """Not half a checksum: how many bytes of an inner packet to have."""
    return size + 1 if size == start + CHECKSUM_AT[proto] + 1 else size


def error4(rng, world, ident):
    """From IPv4, about a packet that the gateway has translated."""
    proto, host, port, address, other = rng.choice(sorted(world.sessions))
    _, outside, outside_port = world.mapping[proto, host, port]
    if rng.random() < .05:
        other = NOBODY
    elif rng.random() < .05:
        address = server(rng)
    if proto == ICMP and other != NOBODY:
        other = outside_port
    options = options4(rng) if rng.random() < .1 else b''
    id_or_ports = other if proto == ICMP else (outside_port, other)
    data = upper(rng, proto, outside, address, id_or_ports, size_within(rng, 3000), 8)
    more = proto != ICMP and len(data) >= 72 and rng.random() < .1
    data = data[:len(data) // 8 * 8 - 8] if more else data
    inner = packet4(rng, outside, address, proto, data, options, ttl=rng.randrange(256), more=more)
    type, code = rng.choice(((3, rng.randrange(18)), (3, 4), (11, rng.randrange(2)), (12, rng.randrange(4))))
    start = 20 + len(options)
    body, length = body_of_error(rng, inner, min(len(inner), start + 8), min(len(inner), world.link4 - 28), 4, True)
    if not length and len(body) < len(inner):
        body = inner[:whole_checksum(proto, start, len(body))]
    if rng.random() < .03:
        body = body[:10] + bytes([body[10] ^ rng.randrange(1, 255)]) + body[11:]
    rest = {3: struct.pack('!BBH', 0, length, 0), 11: bytes([0, length, 0, 0]),
            12: bytes([rng.choice((rng.randrange(21), rng.randrange(256))), length, 0, 0])}[type]
    if other == NOBODY and (type, code) == (3, 4):
        code = 1	# which the kernel would believe, since nobody else does: it takes the MTU for its own
    if (type, code) == (3, 4):
        mtu = rng.choice((0, 0, 1500, 1480, 1400, 1280, 1260, 1259, 576, rng.randrange(68, 65536)))
        rest = rest[:2] + struct.pack('!H', mtu)
    message = summed(ICMP, b'', b'', bytes([type, code, 0, 0]) + rest + body, False)
    router = address if rng.random() < .3 else server(rng)
    if rng.random() < .03:
        outside = rng.choice(POOL4)
    return [packet4(rng, router, outside, ICMP, message[:world.link4 - 20])] if len(message) <= world.link4 - 20 else \
        plain4(rng, world, ident)


def error6(rng, world, ident):
    """From IPv6, about a packet that the gateway has translated."""
    proto, host, port, address, other = rng.choice(sorted(world.sessions))
    if rng.random() < .05:
        other = NOBODY
    source = world.embed(address)
    id_or_ports = (port if other != NOBODY else NOBODY) if proto == ICMP else (other, port)
    data = upper(rng, proto, source, host, id_or_ports, size_within(rng, 3000), 129)
    headers, kind = [], rng.random()
    if kind < .1:
        headers = headers6(rng)[:3]
    elif kind < .3:
        more = proto != ICMP and len(data) >= 72 and rng.random() < .5
        data = data[:len(data) // 8 * 8 - 8] if more else data
        headers = [(FRAGMENT, struct.pack('!BHI', 0, int(more), rng.getrandbits(32)))]
    inner = packet6(rng, source, host, proto, data, headers, hops=rng.randrange(256))
    start = 40 + sum(1 + len(rest) for _, rest in headers)
    type, code = rng.choice(((1, rng.randrange(7)), (2, 0), (3, rng.randrange(2)), (4, rng.randrange(3))))
    body, length = body_of_error(rng, inner, min(len(inner), start + 8), min(len(inner), 1232), 8, type in (1, 3))
    if not length and len(body) < len(inner):
        body = inner[:whole_checksum(ICMP6 if proto == ICMP else proto, start, len(body))]
    mtu = rng.choice((1280, 1400, 1500, 1480, 1300, 1000, rng.randrange(1280, 2000), rng.getrandbits(32) | 2048))
    rest = {1: bytes([length, 0, 0, 0]), 3: bytes([length, 0, 0, 0]), 2: struct.pack('!I', mtu),
            4: struct.pack('!I', rng.choice((rng.randrange(40), rng.randrange(44), rng.getrandbits(32))))}[type]
    router = host if rng.random() < .3 else client(rng)
    message = summed(ICMP, router, source, bytes([type, code, 0, 0]) + rest + body, True)
    if len(message) > 1240:
        return plain6(rng, world, ident)
    headers = [(HOP_BY_HOP, padded(rng, True))] if rng.random() < .1 and len(message) < 1100 else []
    return [packet6(rng, router, source, ICMP, message, headers)]


def short6(rng, world):
    proto, source, destination, ports = flow6(rng, world)
    return proto, source, destination, upper(rng, proto, source, destination, ports, rng.randrange(8, 200), 128)


def refused(rng, world, ident):
    """What the gateway answers with an error of its own: hop limit, source route, segments left; or
    what it must not translate: an extension header behind the fragment header."""
    kind = rng.randrange(5)
    if kind < 2:
        proto, source, destination, ports = flow4(rng, world)
        data = upper(rng, proto, source, destination, ports, rng.randrange(8, 200), rng.choice((0, 8)))
        if kind:
            return [packet4(rng, source, destination, proto, data, source_route(rng))]
        return [packet4(rng, source, destination, proto, data, ttl=rng.randrange(2))]
    proto, source, destination, data = short6(rng, world)
    if kind == 2:
        return [packet6(rng, source, destination, proto, data, hops=rng.randrange(2))]
    if kind == 3:
        headers = headers6(rng) + [(ROUTING, bytes([2, rng.choice((0, 4, 253)), rng.randrange(1, 256)]) + b'\0' * 20)]
    else:
        headers = [(FRAGMENT, struct.pack('!BHI', 0, 0, rng.getrandbits(32))), (DESTINATION, padded(rng))]
    return [packet6(rng, source, destination, proto, data, headers)]


def hairpin(rng, world, ident):
    """From one IPv6 node to another that both have a mapping; a ping; or to a port that nobody has."""
    kind = rng.random()
    if kind < .2:
        source, port = rng.choice(sorted(m[1:] for m in world.mapping if m[0] == ICMP))
        destination = world.embed(rng.choice((*POOL4, BESIDE4)))
        data = upper(rng, ICMP, source, destination, port, rng.randrange(8, 200), rng.choice((128, 129)))
        return [packet6(rng, source, destination, ICMP, data)]
    proto = rng.choice((TCP, UDP))
    if kind < .4:
        address, other = without_mapping(rng, world)
        if world.own and proto == TCP:
            # The kernel would answer of other ports.
            address, other = rng.choice(POOL4), rng.randrange(PORTS + 1, PORTS_MARKED)
        source, port = rng.choice(sorted(m[1:] for m in world.mapping if m[0] == proto))
        destination = world.embed(address)
        return [packet6(rng, source, destination, proto,
                        upper(rng, proto, source, destination, (port, other), rng.randrange(8, 200)))]
    source, port = rng.choice(sorted(m[1:] for m in world.mapping if m[0] == proto))
    _, address, other = rng.choice(sorted(m for m in world.reverse if m[0] == proto))
    destination = world.embed(address)
    data = upper(rng, proto, source, destination, (port, other), rng.randrange(8, 260))
    return [packet6(rng, source, destination, proto, data, headers6(rng) if rng.random() < .2 else [])]


def without_mapping(rng, world):
    """An address of pool4, and a port that nobody has: it is of a mark, or of no pool4, or of that of the other instance."""
    address = rng.choice((*POOL4, BESIDE4))
    return address, rng.randrange(1 if address == BESIDE4 else PORTS + 1, NOBODY)


def unmapped(rng, world, ident):
    """From IPv4 to nobody."""
    proto, (address, port) = rng.choice(PROTOCOLS), without_mapping(rng, world)
    if proto == TCP and world.own and not world.has_port(proto, address, port):
        proto = UDP	# TCP of the kernel would answer
    source = server(rng)
    ports = port if proto == ICMP else (rng.randrange(1, NOBODY), port)
    return [packet4(rng, source, address, proto, upper(rng, proto, source, address, ports, rng.randrange(8, 200), rng.choice((0, 8))))]


def other_protocol(rng, world, ident):
    """Neither TCP nor UDP nor a ping nor an error."""
    data = rng.randbytes(rng.randrange(28, 200))
    if rng.random() < .4:
        return [packet6(rng, client(rng), world.embed(server(rng)), rng.choice((132, 136, 33, 47, 50, 59)), data)]
    source, destination = server(rng), rng.choice((*POOL4, BESIDE4))
    if rng.random() < .5:
        return [packet4(rng, source, destination, rng.choice((132, 33, 47, 50) + (() if world.own else (136,))), data)]
    # What the kernel neither answers nor believes.
    message = bytes([rng.choice((4, 6, 9, 10, 14, 15, 16, 18, 40, 255)), 0, 0, 0]) + data
    return [packet4(rng, source, destination, ICMP, summed(ICMP, b'', b'', message, False))]


def no_source(rng, world, ident):
    """From an address that nobody beyond the gateway can have."""
    if rng.random() < .5:
        proto, _, destination, ports = flow4(rng, world)
        source = rng.choice((*POOL4, BESIDE4, GATEWAY4, BROADCAST4, four('127.0.0.1'), four('0.1.2.3'), four('224.0.0.5'),
                             four('240.0.0.1'), four('255.255.255.255')))
        return [packet4(rng, source, destination, proto,
                        upper(rng, proto, source, destination, ports, rng.randrange(8, 200), rng.choice((0, 8))))]
    source = rng.choice((GATEWAY6, bytes(10) + b'\xff\xff' + server(rng), bytes(12) + server(rng), world.embed(server(rng)),
                         BESIDE6[:12] + server(rng), six('fe80::1')))
    proto, host, destination, ports = flow6(rng, world)
    if rng.random() < .3:
        inner = packet6(rng, destination, host, UDP, upper(rng, UDP, destination, host, (53, 53), 20))
        message = summed(ICMP, source, destination, bytes([1, 4]) + bytes(6) + inner, True)
        return [packet6(rng, source, destination, ICMP, message)]
    return [packet6(rng, source, destination, proto,
                    upper(rng, proto, source, destination, ports, rng.randrange(8, 200), rng.choice((128, 129))))]


def new_mapping(rng, world, ident):
    """From a node that has no mapping for that port."""
    proto = rng.choice(PROTOCOLS)
    host = rng.choice(sorted(world.mapping))[1] if rng.random() < .6 else client(rng)
    port = rng.choice((rng.randrange(1, 1024), rng.randrange(1, NOBODY)))
    if (proto, host, port) in world.mapping:
        return plain6(rng, world, ident)
    destination = world.embed(server(rng))
    ports = port if proto == ICMP else (port, rng.randrange(1, NOBODY))
    data = upper(rng, proto, host, destination, ports, rng.randrange(8, 200), rng.choice((128, 129)))
    return [packet6(rng, host, destination, proto, data)]


def bypassing(rng, world, ident):
    """To where a route within pool6 may lead."""
    proto, source, _, ports = flow6(rng, world)
    destination = world.embed(BYPASSED4 + bytes([rng.randrange(1, 255)]))
    if world.bypass and rng.random() < .2:
        return [packet6(rng, source, destination, rng.choice((132, 50, 47)), rng.randbytes(rng.randrange(28, 200)))]
    return [packet6(rng, source, destination, proto,
                    upper(rng, proto, source, destination, ports, rng.randrange(8, 200), rng.choice((128, 129))))]


KINDS = {plain6: 23, plain4: 23, cut6: 8, cut4: 8, error6: 9, error4: 9, refused: 2, hairpin: 4, unmapped: 3, other_protocol: 2,
         no_source: 3, new_mapping: 3, bypassing: 3}


def packet_of(seed, number, world):
    """The frames of packet @number, and what kind it is."""
    rng = random.Random(f'{seed}/{number}')
    kind, = rng.choices(list(KINDS), list(KINDS.values()))
    return kind(rng, world, number & 0xffff), kind.__name__


def primers(world):
    """Packets that open the sessions, each in the direction that it has to go."""
    rng = random.Random(0)
    for proto, host, port, address, other in sorted(world.sessions):
        _, outside, outside_port = world.mapping[proto, host, port]
        destination = world.embed(address)
        if proto == ICMP:
            yield packet6(rng, host, destination, proto, upper(rng, ICMP, host, destination, port, 8, 128), hops=64)
        elif proto == UDP:
            yield packet6(rng, host, destination, proto, upper(rng, UDP, host, destination, (port, other), 8), hops=64)
        else:
            for source, target, ports, flags in ((host, destination, (port, other), 2),
                                                 (address, outside, (other, outside_port), 0x12)):
                data = struct.pack('!HHIIBBHHH', *ports, 1, 1, 0x50, flags, 1000, 0, 0)
                data = summed(TCP, source, target, data, len(source) == 16)
                yield packet6(rng, source, target, TCP, data, hops=64) if len(source) == 16 else \
                    packet4(rng, source, target, TCP, data, ttl=64)
