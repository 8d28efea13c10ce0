#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""netlink.py: senseless requests to the Generic Netlink family of the module, in the virtual machine, while
packets go through; see the script `run`.

Every request is answered, in reasonable time; every refusal has a sentence (extended ack), but for those
that Generic Netlink itself makes without: an unknown command, no header.
"""
import errno
import os
import random
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'packets'))
import counters		# pylint: disable=wrong-import-position
import differential	# pylint: disable=wrong-import-position
import genl		# pylint: disable=wrong-import-position
import link		# pylint: disable=wrong-import-position
import traffic		# pylint: disable=wrong-import-position
from genl import NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, PATIENCE	# pylint: disable=wrong-import-position

# Requests of a batch; before it, the gateway is set up anew.
BATCH = 1000
NLA_F_NESTED = 0x8000
NESTS = ('GLOBALS', 'POOL4_ENTRY', 'BIB_ENTRY')
# What goes with a command; of those whose name begins like its own the first. The filter of tables is FILTER.
FILTER = 'SRC6 SRC6_LEN DST6 DST6_LEN SRC4 SRC4_LEN DST4 DST4_LEN PORT_MIN PORT_MAX STATE'
WANTED = {
    'INSTANCE_ADD': 'INSTANCE POOL6 POOL6_LEN FLAGS',
    'POOL4_GET': 'INSTANCE PROTO FLAGS',
    'POOL4_FLUSH': 'INSTANCE FLAGS',
    'POOL4': 'INSTANCE PROTO PREFIX4 PREFIX4_LEN PORT_MIN PORT_MAX MARK FLAGS MAX_ITERATIONS',
    'BIB_GET': 'INSTANCE PROTO FILTER',
    'BIB_FLUSH': 'INSTANCE PROTO',
    'BIB': 'INSTANCE PROTO SRC6 SRC6_PORT SRC4 SRC4_PORT',
    'SESSION': 'INSTANCE PROTO FILTER',
    'GLOBAL_SET': 'INSTANCE GLOBALS FLAGS',
    'CONFIG': 'INSTANCE POOL6 POOL6_LEN GLOBALS FLAGS ENTRIES',
    'QUERY': 'INSTANCE PROTO MARK SRC6 SRC6_PORT DST6 DST6_PORT SRC4 SRC4_PORT DST4 DST4_PORT',
    '': 'INSTANCE',
}


class Requests:
    """What may be asked, from the module's own header."""

    def __init__(self, repository):
        with open(os.path.join(repository, 'common', 'uapi.h'), encoding='utf-8') as f:
            text = f.read()
        with open(os.path.join(repository, 'common', 'globals.def'), encoding='utf-8') as f:
            self.globals = sum(line.startswith('JOOL_GLOBAL(') for line in f)
        self.commands, self.attrs = counters.enum('JOOL_CMD', text), counters.enum('JOOL_A', text)
        self.names = {number: name.removeprefix('JOOL_A_') for name, number in self.attrs.items()}

    def value(self, rng, name):
        """Something for that attribute, mostly of the right size."""
        six = traffic.CLIENTS + b'\0' * 9 + bytes([rng.randrange(4)])
        if rng.random() < .1:
            return rng.randbytes(rng.choice((0, 1, 2, 3, 4, 5, 8, 16, 17, 20, 100, 1000)))
        if name == 'INSTANCE':
            return rng.choice((b'default\0',) * 30 + (b'fuzz\0', b'\0', b'x' * 15 + b'\0', b'x' * 16 + b'\0', b'default', b'a\nb\0',
                                                     b'a\0b\0', rng.randbytes(rng.randrange(20))))
        if name in ('SRC6', 'DST6', 'POOL6'):
            return rng.choice((six, six, rng.randbytes(16), b'\0' * 16, bytes.fromhex('0064ff9b') + b'\0' * 12))
        if name in ('SRC4', 'DST4', 'PREFIX4'):
            return rng.choice((b'\xc0\0\2' + bytes([rng.randrange(5)]), b'\xc0\0\2\1', rng.randbytes(4), b'\0\0\0\0', b'\xff' * 4))
        if name in ('SRC6_LEN', 'DST6_LEN'):
            return bytes([rng.choice((0, 1, 64, 96, 127, 128, 129, rng.randrange(256)))])
        if name in ('POOL4_ENTRY', 'BIB_ENTRY'):
            return self.good_entry(rng, name) if rng.random() < .99 else self.bad_entry(rng, name)
        if name == 'PROTO':
            return bytes([rng.choice((1, 6, 17, 1, 6, 17, 58, rng.randrange(256)))])
        if name == 'POOL6_LEN':
            return bytes([rng.choice((32, 40, 48, 56, 64, 96, 96, 97, rng.randrange(256)))])
        if name in ('PREFIX4_LEN', 'SRC4_LEN', 'DST4_LEN', 'STATE'):
            return bytes([rng.choice((0, 1, 30, 31, 32, 32, 32, 33, 255, rng.randrange(256)))])
        if name in ('PORT_MIN', 'PORT_MAX', 'SRC6_PORT', 'SRC4_PORT', 'DST6_PORT', 'DST4_PORT'):
            return struct.pack('=H', rng.choice((0, 1, 80, 1000, 2000, 61001, 65535, rng.randrange(65536))))
        if name == 'GLOBALS':
            return b''.join(self.attribute(rng, rng.randrange(self.globals + 3), rng.choice((
                b'\0', b'\1', bytes([rng.randrange(256)]), struct.pack('=I', rng.choice((0, 1, 1000, 1280, 240000, 2 ** 31, 2 ** 32 - 1))),
                struct.pack('=I', rng.getrandbits(32)), struct.pack('=5H', 1500, 1280, 576, 0, 1500), rng.randbytes(rng.randrange(140)))))
                for _ in range(rng.randrange(4)))
        return struct.pack('=I', rng.choice((0, 1, 2, 3, 4, 15, 2 ** 32 - 1, rng.getrandbits(32))))

    def attribute(self, rng, kind, payload):
        flag = NLA_F_NESTED if (self.names.get(kind) in NESTS) != (rng.random() < .01) else 0
        length = len(payload) + 4
        if rng.random() < .01:
            length = rng.choice((0, 1, 3, 4, length + 1, length + 4, 65535, rng.randrange(65536)))
        return struct.pack('=HH', length, kind | flag) + payload + b'\0' * (-len(payload) % 4)

    def good_entry(self, rng, name):
        """One that may well be granted, or else none of many would get any further."""
        port, node = (struct.pack('!H', rng.randrange(1, 65536)) for _ in range(2))
        values = {'PROTO': bytes([rng.choice((1, 6, 17))])}
        if name == 'POOL4_ENTRY':
            values |= {'PREFIX4': b'\xc0\0\2' + bytes([rng.randrange(4)]), 'PREFIX4_LEN': b'\x20',
                       'PORT_MIN': struct.pack('=H', rng.randrange(3000)), 'PORT_MAX': struct.pack('=H', rng.randrange(3000, 30000)),
                       'MARK': struct.pack('=I', rng.randrange(3))}
        else:
            values |= {'SRC6': traffic.CLIENTS + b'\0' * 8 + node, 'SRC6_PORT': port, 'SRC4': b'\xc0\0\2\1', 'SRC4_PORT': node}
        return b''.join(counters.attribute(self.attrs['JOOL_A_' + kind], value) for kind, value in values.items())

    def bad_entry(self, rng, name):
        """Something is missing, or wrong, or does not belong there."""
        names = [n for n in WANTED['POOL4' if name == 'POOL4_ENTRY' else 'BIB'].split()[1:] if rng.random() < .95]
        while rng.random() < .3:
            names.append(rng.choice([n for n in self.names.values() if n not in NESTS[1:] and not n.startswith('_')]))
        return b''.join(self.attribute(rng, self.attrs['JOOL_A_' + n], self.value(rng, n)) for n in names)

    def wanted(self, rng, command):
        """Attributes that go with a command, by its name."""
        name = next((n for n, number in self.commands.items() if number == command), '').removeprefix('JOOL_CMD_')
        names = next(attrs for word, attrs in WANTED.items() if name.startswith(word)).split()
        if 'ENTRIES' in names:
            names = names[:-1] + rng.choices(('POOL4_ENTRY', 'BIB_ENTRY'), k=rng.choice((0, 1, 2, 3, 10, 300)))
        if 'FILTER' in names:
            names = names[:-1] + [name for name in FILTER.split() if rng.random() < .3]
        if name == 'QUERY':
            side = 'DST4 DST4_PORT' if rng.random() < .5 else 'SRC6 SRC6_PORT'
            names = [n for n in names if n not in side.split()]
        return names

    def request(self, rng):
        """Flags, command, and all that follows the netlink header."""
        command = rng.choice(list(self.commands.values())) if rng.random() < .97 else rng.randrange(256)
        if command in (self.commands['JOOL_CMD_INSTANCE_REMOVE'], self.commands['JOOL_CMD_INSTANCE_FLUSH']) and \
                rng.random() < .9:
            command = self.commands['JOOL_CMD_BIB_ADD']	# or there would hardly ever be an instance
        name = next((n for n, number in self.commands.items() if number == command), '')
        dump = name.endswith('_GET') and 'GLOBAL' not in name
        flags = NLM_F_REQUEST | NLM_F_ACK | (NLM_F_DUMP if dump != (rng.random() < .05) else 0) | \
            (rng.getrandbits(12) & 0xcf8 if rng.random() < .05 else 0)
        kinds = [self.attrs['JOOL_A_' + a] for a in self.wanted(rng, command) if rng.random() < .93]
        while rng.random() < .15:
            kinds.append(rng.choice((rng.randrange(len(self.attrs) + 3), rng.randrange(0x4000))))
        if rng.random() < .1:
            rng.shuffle(kinds)
        body = b''.join(self.attribute(rng, kind, self.value(rng, self.names.get(kind))) for kind in kinds)
        data = bytearray(struct.pack('=BBH', command, rng.choice((1, 1, 1, 0, 255)), 0) + body)
        if rng.random() < .05:
            for _ in range(rng.randrange(1, 5)):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if rng.random() < .03:
            del data[rng.randrange(len(data) + 1):]
        return flags, bytes(data)


class Fuzz(differential.Differential):
    def __init__(self, seed, repository):
        super().__init__(seed, 'genl')
        self.requests = Requests(repository)
        self.genl = genl.Genl(repository)
        self.refused = self.bad = 0
        self.told = set()

    def complain(self, text, flags, data):
        name = next((n for n, number in self.requests.commands.items() if data and number == data[0]), '')
        self.bad += 1
        if (name, text) in self.told:
            return	# once is enough
        self.told.add((name, text))
        print(f'request {self.genl.count} {name}: {text}\n  flags {flags:#x}, {data[:200].hex(" ")}', flush=True)

    def ensure_instance(self):
        """There is an instance, whatever became of the one before."""
        attrs, attribute = self.requests.attrs, counters.attribute
        body = attribute(attrs['JOOL_A_INSTANCE'], b'default\0') + attribute(attrs['JOOL_A_POOL6'], self.world.pool6) + \
            attribute(attrs['JOOL_A_POOL6_LEN'], bytes([self.world.pool6_length]))
        command = self.requests.commands['JOOL_CMD_INSTANCE_ADD']
        self.genl.ask(NLM_F_REQUEST | NLM_F_ACK, struct.pack('=BBH', command, 1, 0) + body)

    def one(self, rng):
        flags, data = self.requests.request(rng)
        begin = time.monotonic()
        try:
            code, sentence = self.genl.ask(flags, data)
        except socket.timeout:
            self.complain(f'no answer within {PATIENCE} seconds', flags, data)
            return
        if time.monotonic() > begin + PATIENCE:
            self.complain(f'took {time.monotonic() - begin:.1f} seconds', flags, data)
        if not code:
            return
        self.refused += 1
        # Linux 6.1 passes no sentence on from where a dump begins; the command has one for it.
        if not sentence and not flags & NLM_F_DUMP and len(data) >= 4 and code != errno.EOPNOTSUPP:
            self.complain(f'refused without a sentence: {errno.errorcode.get(code, code)}', flags, data)
        if len(sentence) == 1 or sentence != sentence.strip():
            self.complain(f'refused with "{sentence}"', flags, data)

    def batch(self, number):
        rng = random.Random(f'{self.seed}/netlink/{number}')
        self.block = None
        self.configure(number % 8 * traffic.BLOCK)
        for i in range(BATCH):
            self.one(rng)
            if i % 20 == 0:
                self.ensure_instance()
                for frame in traffic.packet_of(self.seed, number * BATCH + i, self.world)[0][:4]:
                    self.send(frame)
        self.gateway.settle()
        for wire in (self.gateway.c, self.gateway.s):
            wire.take()

    def run_for(self, seconds, number):
        begin = told = time.monotonic()
        while time.monotonic() < begin + seconds and len(self.told) < 20:
            with open(os.path.join(os.environ.get('OUT', '/tmp'), 'batch'), 'w', encoding='ascii') as f:
                f.write(f'SEED={self.seed} BATCH={number}\n')
            self.batch(number)
            number += 1
            if time.monotonic() > told + 30:
                told = time.monotonic()
                print(f'fuzz: {self.genl.count} requests, up to batch {number - 1}', flush=True)
        print(f'fuzz: SEED={self.seed}, {self.genl.count} requests, {self.refused} of them refused, {self.bad} of these not as they should, in '
              f'{time.monotonic() - begin:.0f} seconds, up to batch {number - 1}')
        return not self.bad


def main():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    repository = os.environ['REPO']
    good = Fuzz(os.environ['SEED'], repository).run_for(int(os.environ['SECONDS_EACH']), int(os.environ['BATCH']))
    link.run('jool', 'instance', 'flush')
    print(f'{"PASS" if good else "FAIL"} fuzz/netlink', flush=True)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
