#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""packets.py: malformed packets through the gateway, in the virtual machine; see the script `run`.

Whether the kernel survives is for test/vm/run to see. Here: whatever comes out has a right IP header, the counters
are an account of what came in, and the gateway still translates valid packets afterwards. A batch is always the same for a seed and a number;
the number of the last one is in $OUT/batch, in case the machine dies.
"""
import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'packets'))
import differential	# pylint: disable=wrong-import-position
import link		# pylint: disable=wrong-import-position
import model		# pylint: disable=wrong-import-position
import traffic		# pylint: disable=wrong-import-position

# Valid packets that a batch is made from, and malformed ones made from each of their frames.
BASES, EACH = 100, 40
# Batches for which the gateway stays the same; then valid packets must pass.
SAME = 20
# Numbers of the valid packets; those of the bases are below, so that no fragment is taken for theirs.
VALID = 60000

BYTES = (0, 1, 2, 4, 5, 6, 7, 8, 17, 40, 43, 44, 50, 51, 58, 59, 60, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0x83, 0x89, 0xfe, 0xff)
WORDS = (0, 1, 3, 7, 8, 19, 20, 27, 28, 39, 40, 47, 48, 127, 128, 575, 576, 1279, 1280, 1500, 0x1fff, 0x2000, 0x3fff, 0x7fff,
         0x8000, 0xfff8, 0xfff9, 0xffff)


# ---- how packets are broken ----------------------------------------------------------------------

def flip(rng, data, _):
    for _ in range(rng.randrange(1, 5)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def byte(rng, data, _):
    data[rng.randrange(min(len(data), 120))] = rng.choice(BYTES)


def word(rng, data, _):
    at = rng.randrange(max(1, min(len(data), 120) - 1)) & ~1
    data[at:at + 2] = struct.pack('!H', rng.choice((*WORDS, len(data), max(0, len(data) - 40), rng.randrange(65536))) & 0xffff)


def cut(rng, data, _):
    del data[rng.randrange(1, len(data) + 1):]


def cut_short(rng, data, _):
    del data[rng.randrange(min(len(data), 120)) + 1:]


def add(rng, data, _):
    data += rng.randbytes(rng.choice((1, 2, 8, 100, 600)))


def take_out(rng, data, _):
    at = rng.randrange(len(data))
    del data[at:at + rng.choice((1, 2, 4, 8, 20, 40))]


def repeat(rng, data, _):
    at = rng.randrange(min(len(data), 120))
    part = data[at:at + rng.choice((1, 4, 8, 20, 40, 48))]
    data[at:at] = part * rng.randrange(1, 4)


def noise(rng, data, _):
    at = rng.choice((0, 20, 28, 40, 48, rng.randrange(len(data))))
    data[at:] = rng.randbytes(rng.randrange(1, 200))


def splice(rng, data, other):
    at = rng.choice((20, 28, 40, 48, rng.randrange(len(data))))
    data[at:] = other[rng.choice((0, 20, 40, rng.randrange(len(other)))):]


def fragment(rng, data, _):
    """Makes it a fragment of something."""
    place = rng.choice((0, 1, 8, 9, 0x2000, 0x1fff, rng.randrange(65536)))
    if data[0] >> 4 == 4 and len(data) >= 8:
        data[6:8] = struct.pack('!H', place)
    elif data[0] >> 4 == 6 and len(data) >= 40:
        data[40:40] = struct.pack('!BBHI', data[6], rng.choice((0, 255)), place, rng.randrange(4))
        data[6] = model.FRAGMENT


def headers(rng, data, _):
    """Extension headers, of which hardly one is right."""
    if data[0] >> 4 == 6 and len(data) >= 40:
        for _ in range(rng.choice((1, 2, 9, 40))):
            number = rng.choice((0, 43, 44, 50, 51, 60, 60, 59, 135))
            data[40:40] = bytes([data[6], rng.choice((0, 0, 1, 255))]) + rng.randbytes(6)
            data[6] = number


BREAKS = (flip, byte, byte, word, word, cut, cut_short, add, take_out, repeat, noise, splice, fragment, headers)


def repaired(rng, data, base):
    """Makes right what the kernel would refuse before us, most of the time."""
    if not data:
        return data
    if rng.random() < .95:
        data[0] = base[0] & 0xf0 | data[0] & 15
    six = data[0] >> 4 == 6
    if rng.random() < .9 and len(data) >= 40:
        part = slice(8, 40) if six else slice(12, 20)
        data[part] = base[part]
    if rng.random() < .8 and len(data) >= 6:
        data[4 if six else 2:6 if six else 4] = struct.pack('!H', max(0, min(65535, len(data) - (40 if six else 0))))
    size = 40 if six else max(20, (data[0] & 15) * 4)
    if rng.random() < .8 and len(data) > size + 4 and data[6 if six else 9] in (1, 58):
        # Errors with a wrong checksum go no further.
        data[size + 2:size + 4] = b'\0\0'
        head = model.pseudo(bytes(data[8:24]), bytes(data[24:40]), len(data) - 40, 58) if six else b''
        data[size + 2:size + 4] = struct.pack('!H', model.checksum(head + bytes(data[size:])))
    if not six and len(data) >= 20:
        data[10:12] = b'\0\0'
        data[10:12] = struct.pack('!H', model.checksum(bytes(data[:min(size, len(data))])))
    return data


def broken(rng, base, other):
    data = bytearray(base)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if data:
            rng.choice(BREAKS)(rng, data, other)
    return bytes(repaired(rng, data, base)[:rng.choice((1504, 65000)) if len(data) > 1504 else 1504])


# ---- large packets -------------------------------------------------------------------------------

# What fragments can make: bytes of a whole packet.
LARGEST = {4: 65535, 6: 65575}


def chain(rng, length, last):
    """Destination options headers of about @length bytes together, the last of them before @last, perhaps with another
    length than it has."""
    data, at, size = bytearray(), 0, rng.choice((8, 2048, 0))
    while len(data) + 8 <= length:
        at, each = len(data), min(size or rng.randrange(8, 2049, 8), (length - len(data)) // 8 * 8)
        data += bytes([model.DESTINATION, each // 8 - 1, 1, min(each - 4, 255)]) + bytes(each - 4)
    if data:
        data[at] = last
        if rng.random() < .5:
            data[at:at + 2] = bytes([model.DESTINATION, rng.randrange(256)])
    return data


def grown(rng, base):
    """The packet with so much more data, or so many headers of its own or of the packet within an error, that it is
    as large as fragments can make it, or nearly so."""
    data, version = bytearray(base), base[0] >> 4
    room = LARGEST[version] - len(data)
    length = rng.choice((room, room - rng.randrange(64), rng.randrange(room)))
    within = {4: 28, 6: 48}[version]
    is_error = data[9 if version == 4 else 6] in (1, 58) and len(data) > within + 40
    if version == 6 and rng.random() < .7:
        start = within if is_error and rng.random() < .8 else 0
        data[start + 40:start + 40] = chain(rng, length, data[start + 6])
        data[start + 6] = model.DESTINATION
    else:
        data += rng.randbytes(length)
    if is_error:
        says = rng.choice((65535, 65535 - rng.randrange(64), len(data) - within - 40, rng.randrange(65536)))
        struct.pack_into('!H', data, within + {4: 2, 6: 4}[version], max(0, min(65535, says)))
    return data[:LARGEST[version]]


def in_fragments(rng, packet, mtu):
    six = packet[0] >> 4 == 6
    start = 40 if six else 20
    size, ident = (mtu - start - 8) // 8 * 8, rng.getrandbits(32)
    for at in range(0, len(packet) - start, size):
        part = packet[start + at:start + at + size]
        more = at + size < len(packet) - start
        if six:
            yield packet[:4] + struct.pack('!HB', len(part) + 8, model.FRAGMENT) + packet[7:40] + \
                struct.pack('!BBHI', packet[6], 0, at | more, ident) + part
            continue
        head = struct.pack('!BBHHHBBH', 0x45, packet[1], 20 + len(part), ident & 0xffff, more << 13 | at // 8, *packet[8:10], 0)
        head += packet[12:20]
        yield head[:10] + struct.pack('!H', model.checksum(head)) + head[12:] + part


# ---- sending -------------------------------------------------------------------------------------

class Fuzz(differential.Differential):
    def __init__(self, seed):
        super().__init__(seed)
        self.sent = self.bad = 0
        # What waits for other fragments, which never come, is soon forgotten: it uses up what room there is.
        for name in ('ipv4/ipfrag_time', 'netfilter/nf_conntrack_frag6_timeout'):
            with open(f'/proc/sys/net/{name}', 'w', encoding='ascii') as f:
                f.write('1')

    def throw(self, rng, base, packet):
        wire = self.gateway.s if base[0] >> 4 == 4 else self.gateway.c
        self.sent += 1
        try:
            kind = rng.random()
            if kind < .05:
                # As from a device with offloads: checksum to be made, to be cut, or what a liar says.
                vnet = struct.pack('=BBHHHH', rng.choice((0, 1, 1, 2)), rng.choice((0, 1, 3, 4, 5, 0x81)),
                                   rng.choice((0, 54, 74, 94, rng.randrange(200))), rng.choice((0, 1, 8, 100, 1400)),
                                   rng.choice((34, 54, rng.randrange(20), rng.randrange(100))),
                                   rng.choice((6, 16, 2, rng.randrange(40))))
                wire.sock_gso.send(vnet + wire.header(base) + rng.choice((base, packet)))
            elif kind < .06:
                tag = struct.pack('!HH', 0x8100, rng.choice((0, 0x2000, 5)))
                wire.patient.send(wire.header(base)[:12] + tag + wire.header(base)[12:] + packet)
            else:
                wire.patient.send(wire.header(base) + packet)
        except OSError:
            pass	# too long for the device, or no such packet can be

    def throw_large(self, rng, base):
        """In fragments that can be put together."""
        wire, mtu = (self.gateway.s, self.world.link4) if base[0] >> 4 == 4 else (self.gateway.c, self.world.link6)
        packet = grown(rng, base)
        for _ in range(rng.choice((0, 0, 1, 2))):
            rng.choice((flip, byte, word, take_out, repeat, headers))(rng, packet, base)
        packet = repaired(rng, packet[:LARGEST[base[0] >> 4]], base)
        self.sent += 1
        for frame in in_fragments(rng, base[:1] + bytes(packet[1:]), mtu):
            wire.patient.send(wire.header(base) + frame)

    def batch(self, number):
        rng = random.Random(f'{self.seed}/fuzz/{number}')
        first = number * BASES % (VALID - BASES)
        bases = [frame for n in range(first, first + BASES) for frame in traffic.packet_of(self.seed, n, self.world)[0][:4]]
        for base in bases:
            for _ in range(EACH):
                self.throw(rng, base, broken(rng, base, rng.choice(bases)))
            if rng.random() < .3 and len(base) >= 48:
                self.throw_large(rng, base)
        self.gateway.settle()
        for frame in self.gateway.c.take() + self.gateway.s.take():
            self.check(number, frame)
        self.check_account(f'batch {number}')

    def check(self, number, frame):
        """An IP header that other routers would take; ARP has none."""
        if frame[:4] == b'\0\1\x08\0':
            return
        if frame[0] >> 4 == 4:
            good = len(frame) >= 20 and struct.unpack_from('!H', frame, 2)[0] == len(frame) and \
                frame[0] & 15 >= 5 and not model.ones_sum(frame[:(frame[0] & 15) * 4])
        else:
            good = frame[0] >> 4 == 6 and len(frame) >= 40 and struct.unpack_from('!H', frame, 4)[0] == len(frame) - 40
        if not good:
            self.bad += 1
            if self.bad < 10:
                print(f'batch {number}: came out with a wrong IP header: {frame[:80].hex(" ")}', flush=True)

    def valid(self, number):
        """Valid packets pass as ever."""
        self.block = None
        time.sleep(1.5)	# longer than fragments wait
        for version in '46':
            link.run('ip', f'-{version}', 'route', 'flush', 'cache')
        first = VALID + number * 50 % 5000
        world_block = number // SAME
        self.configure(world_block * traffic.BLOCK)
        self.burst(range(first, first + 50))

    def run_for(self, seconds, number):
        begin = told = time.monotonic()
        while time.monotonic() < begin + seconds and self.bad < 10 and not self.shown:
            with open(os.path.join(os.environ.get('OUT', '/tmp'), 'batch'), 'w', encoding='ascii') as f:
                f.write(f'SEED={self.seed} BATCH={number}\n')
            self.configure(number // SAME * traffic.BLOCK)
            self.batch(number)
            number += 1
            if number % SAME == 0:
                self.valid(number - 1)
            if time.monotonic() > told + 30:
                told = time.monotonic()
                print(f'fuzz: {self.sent} packets, up to batch {number - 1}', flush=True)
        self.valid(number - 1)
        print(f'fuzz: SEED={self.seed}, {self.sent} packets in {time.monotonic() - begin:.0f} seconds, up to batch {number - 1}')
        return not self.bad and not self.shown


def main():
    for name in ('per_sec', 'burst'):
        with open(f'/proc/sys/net/ipv4/icmp_msgs_{name}', 'w', encoding='ascii') as f:
            f.write('1000000')
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    good = Fuzz(os.environ['SEED']).run_for(int(os.environ['SECONDS_EACH']), int(os.environ['BATCH']))
    link.run('jool', 'instance', 'flush')
    print(f'{"PASS" if good else "FAIL"} fuzz/packets', flush=True)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
