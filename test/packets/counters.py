# SPDX-License-Identifier: GPL-2.0-only
"""Reads the counters of an instance. `jool stats display` shows the same, but starting a command
for every case is what would take the most time of the whole suite."""
import os
import re
import socket
import struct
import sys

NETLINK_GENERIC = 16
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3


def enum(prefix, text):
    """Numbers of the enumeration of which @prefix_UNSPEC is the first member."""
    body = text[text.index(f'{prefix}_UNSPEC,'):].split('}')[0]
    body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
    return {name.strip(): number for number, name in enumerate(body.split(','))}


def members(prefix, text):
    """The names of the enumeration whose members have that prefix, in their order."""
    return re.findall(rf'^\t{prefix}_(\w+),', text, flags=re.M)


def attribute(kind, payload):
    return struct.pack('=HH', len(payload) + 4, kind) + payload + b'\0' * (-len(payload) % 4)


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from('=HH', data)
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def classes(repository):
    """The class of each counter of common/stats.def."""
    with open(os.path.join(repository, 'common', 'stats.def'), encoding='utf-8') as f:
        return dict(re.findall(r'^JOOL_STAT\((\w+), (\w+),', f.read(), flags=re.M))


class Counters:
    """Their values, and the account that they must make (common/stats.def)."""

    def __init__(self, repository):
        self.classes = classes(repository)
        with open(os.path.join(repository, 'common', 'uapi.h'), encoding='utf-8') as f:
            text = f.read()
        self.answers = members('JOOL_ANSWER', text)
        self.commands, self.attrs = enum('JOOL_CMD', text), enum('JOOL_A', text)
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        answer = next(self.ask(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, attribute(CTRL_ATTR_FAMILY_NAME, b'jool\0')))
        self.family, = struct.unpack('=H', answer[CTRL_ATTR_FAMILY_ID])

    def ask(self, family, flags, command, payload):
        self.sock.send(struct.pack('=IHHIIBBH', 20 + len(payload), family, NLM_F_REQUEST | flags, 1, 0,
                                   command, 1, 0) + payload)
        while True:
            data = self.sock.recv(1 << 16)
            while data:
                length, kind = struct.unpack_from('=IH', data)
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    raise RuntimeError(f'netlink: error {-struct.unpack_from("=i", data, 16)[0]}')
                yield attributes(data[20:length])
                data = data[(length + 3) & ~3:]
            if not flags & NLM_F_DUMP:
                return

    @staticmethod
    def difference(values, before):
        return {name: value - before.get(name, 0) for name, value in values.items()}

    def total(self, values, kind):
        return sum(value for name, value in values.items() if self.classes[name] == kind)

    def complaint(self, values, before=None):
        """Why these are no account of packets of which none is under way, if those of @before were one; or None."""
        values = self.difference(values, before or {})
        received = self.total(values, 'RECEIVED')
        ends = {kind: self.total(values, kind) for kind in ('SENT', 'DROPPED', 'LEFT', 'KEPT')}
        if received == sum(ends.values()):
            return None
        words = ', '.join(f'{number} {kind.lower()}' for kind, number in ends.items())
        moved = ', '.join(f'{name} {value}' for name, value in values.items() if value)
        return f'{received} received, but {words}: {moved}'

    def kept(self, values):
        """How many packets wait."""
        return self.total(values, 'KEPT') - self.total(values, 'RELEASED')

    def query(self, instance, question):
        """What `jool query` says of a packet: translate, drop, kernel or store; and the counter, or None."""
        words = {'INSTANCE': instance.encode() + b'\0', **question}
        payload = b''.join(attribute(self.attrs[f'JOOL_A_{name}'], value) for name, value in words.items())
        [answer] = self.ask(self.family, 0, self.commands['JOOL_CMD_QUERY'], payload)
        stat = answer.get(self.attrs['JOOL_A_STAT_NAME'])
        return self.answers[answer[self.attrs['JOOL_A_ANSWER']][0]].lower(), stat and stat[:-1].decode()

    def read(self, instance):
        if not instance:
            return {}
        name, value = self.attrs['JOOL_A_STAT_NAME'], self.attrs['JOOL_A_STAT_VALUE']
        rows = self.ask(self.family, NLM_F_DUMP, self.commands['JOOL_CMD_STATS_GET'],
                        attribute(self.attrs['JOOL_A_INSTANCE'], instance.encode() + b'\0'))
        return {row[name][:-1].decode().removeprefix('JSTAT_'): int.from_bytes(row[value], sys.byteorder)
                for row in rows}
