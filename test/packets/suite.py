#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""suite.py [PATTERN]...: runs the cases, in the virtual machine; see README.md and dsl.py."""
import collections
import errno
import fnmatch
import glob
import importlib
import os
import random
import re
import shlex
import socket
import struct
import sys
import time
import traceback

import asking
import counters
import dsl
import link
from dsl import Few, Fragments, Gso, Late, Like, Lying, PerJiffy, Shaped, Tagged, build
from scapy.config import conf
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6

HERE = os.path.dirname(os.path.abspath(__file__))
# Where inject/ is told what is to fail.
FAIL = '/proc/inject/fail'
# A namespace with an instance, for cases in one without.
ELSEWHERE = 'elsewhere'
# With fast-path on all devices the same must come out of every case.
FAST = os.environ.get('PACKETS_FAST')
# But for these: they are about rules of netfilter, or need one.
NOT_FAST = {'postrouting-drop', 'header-6to4-ids-many', *(f'priority-6to4-{name}' for name in ('tos', 'tos-8', 'own'))}
PART = ('fast' if FAST else 'packets') + (f'-{link.SETUP}' if link.SETUP != 'own' else '')
# The end of a row of doc/rfc.md.
VERDICT = re.compile(r'\| (conforms|deviates|not applicable): [^|]+ \|$')
TABLES = {'BIB_ENTRIES', 'SESSIONS'}
# Every packet moves them: they are compared only in cases that name them (cases_totals.py).
EVERYDAY = {'RECEIVED6', 'RECEIVED4', 'SEGMENTS', 'SUCCESS'} | TABLES
# What comes from IPv4 and has no port, or one that no instance has, is counted to the first that has its address, which
# may be the instance beside. Nothing else is counted to that.
NOBODYS = {*dsl.NOBODYS, *dsl.NOBODYS.values(), 'SKB_TRUNCATED'}


class Failure(Exception):
    pass


class LeftOut(Exception):
    """What this kernel does not let a case do."""


def lie(wire, packet):
    try:
        wire.send_gso(packet.packet, packet.header)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise LeftOut('this kernel lets no socket say so of a packet (EINVAL)') from error


def write(path, text):
    with open(path, 'w', encoding='ascii') as f:
        f.write(text)


# ---- what is expected ----------------------------------------------------------------------------

class Labels:
    """Values of the fields that were left open."""

    def __init__(self):
        self.values = {}
        self.sent = None	# when the last packet was
        self.tables = None	# how many entries there were

    def __getattr__(self, label):
        try:
            return next(value for (_, name), value in self.values.items() if name == label)
        except StopIteration:
            raise Failure(f'no value for {label} yet') from None

    def bind(self, field, label, value):
        if label is None:
            return
        if self.values.setdefault((field, label), value) != value:
            raise Failure(f'{field} {label}: got {value}, before it was {self.values[field, label]}')
        for (other, name), theirs in self.values.items():
            if other == field and name != label and theirs == value:
                raise Failure(f'{field}: {name} and {label} are both {value}')


# Where a field lies: in which layer, and at what offset from its beginning.
def transport(packet):
    if packet[0] >> 4 == 4:
        return (packet[0] & 15) * 4
    return dsl.upper6(packet)[0]


def read_field(packet, field):
    upper = transport(packet)
    if field == 'src':
        return socket.inet_ntoa(packet[12:16])
    if field == 'hlim':
        return packet[7]
    if field in ('seq', 'ack'):
        return struct.unpack_from('!I', packet, upper + {'seq': 4, 'ack': 8}[field])[0]
    at = {'id': 4, 'sport': upper, 'dport': upper + 2, 'ident': upper + 4, 'window': upper + 14, 'inner_id': 32}[field]
    return struct.unpack_from('!H', packet, at)[0]


def fill_in(packet, field, value):
    """An expected packet in which the field has the value, with the checksums that go with it."""
    packet = packet.copy()
    if field in ('id', 'src'):
        setattr(packet[IP], field, value)
    elif field == 'hlim':
        packet[IPv6].hlim = value
    elif field == 'inner_id':
        # Behind the second word of the error.
        rest, inner = packet.lastlayer().msgbody[:4], bytearray(packet.lastlayer().msgbody[4:])
        inner[4:6], inner[10:12] = struct.pack('!H', value), b'\0\0'
        inner[10:12] = struct.pack('!H', dsl.checksum(bytes(inner[:20])))
        packet.lastlayer().msgbody = rest + bytes(inner)
    elif field == 'ident':
        packet.lastlayer().msgbody = struct.pack('!H', value) + packet.lastlayer().msgbody[2:]
    else:
        layer = packet[TCP] if packet.haslayer(TCP) else packet[UDP]
        setattr(layer, field, value)
    return packet


def expected_bytes(item, got, labels):
    """What @item says, with the open fields filled in as they are in @got, if that may be."""
    packet, open_fields = (item.packet, item.labels) if isinstance(item, Like) else (item, {})
    if isinstance(packet, bytes):
        return packet
    for field, label in open_fields.items():
        value = read_field(got, field)
        labels.bind(field, label, value)
        packet = fill_in(packet, field, value)
    if isinstance(packet, IP) and 'id' not in open_fields and 'id' not in packet.fields and got[0] >> 4 == 4:
        packet = fill_in(packet, 'id', read_field(got, 'id'))
    return build(packet)


def summary(packet):
    try:
        return (IP if packet[0] >> 4 == 4 else IPv6)(packet).summary()
    except Exception as error:	# pylint: disable=broad-except # whatever scapy makes of it
        return f'({error})'


def dump(packet, marks=()):
    """The bytes, those of @marks with a sign before them; of a long packet the beginning and these."""
    lines, left_out = [], False
    for at in range(0, len(packet), 16):
        part = packet[at:at + 16]
        if at >= 80 and not any(mark in range(at, at + 16) for mark in marks) or len(lines) > 16:
            left_out = True
            continue
        cells = ''.join(f'{">" if at + i in marks else " "}{byte:02x}' for i, byte in enumerate(part))
        lines.append(f'    {at:04x} {cells}')
    return '\n'.join(lines + ['    ...'] * left_out)


def differences(expected, got):
    marks = [i for i in range(max(len(expected), len(got)))
             if i >= len(expected) or i >= len(got) or expected[i] != got[i]]
    return (f'  expected {len(expected)} bytes: {summary(expected)}\n{dump(expected, marks)}\n'
            f'  got {len(got)} bytes: {summary(got)}\n{dump(got, marks)}\n'
            f'  first difference at byte {marks[0]} ({marks[0]:#x})')


def bundled(frames):
    """Fragments that follow each other and have the same identification, together; whole packets by themselves."""
    bundles, last = [], None
    for frame in frames:
        this = dsl.fragment_id(frame)
        if this is None or this != last:
            bundles.append([])
        bundles[-1].append(frame)
        last = this
    return bundles


def compare_fragments(side, item, frames, labels):
    if not isinstance(item, Fragments):
        compare(side, [item], frames, labels)
        return
    why = item.complaint(frames) if frames else 'nothing came'
    if why:
        raise Failure(f'to IPv{side}, fragments: {why}\n' +
                      '\n'.join(f'  {len(f)} bytes: {summary(f)}' for f in frames[:10]))


def compare(side, items, frames, labels):
    """Raises Failure unless the packets @frames are what the case says of that side."""
    if any(isinstance(item, Fragments) for item in items):
        bundles = [frames] if len(items) == 1 else bundled(frames)
        if len(bundles) != len(items):
            raise Failure(f'to IPv{side}: {len(bundles)} packets, whole or in fragments, expected {len(items)}')
        for item, bundle in zip(items, bundles):
            compare_fragments(side, item, bundle, labels)
        return
    if items and isinstance(items[0], Few):
        [item] = items
        if not item.least <= len(frames) <= item.most:
            raise Failure(f'to IPv{side}: {len(frames)} packets, expected {item.least} to {item.most}')
        items = [item.packet] * len(frames)
    for i, item in enumerate(items):
        if callable(item):
            item = item(labels)
        late, item = (item, item.packet) if isinstance(item, Late) else (None, item)
        if i >= len(frames):
            missing = item.packet if isinstance(item, Like) else item
            raise Failure(f'to IPv{side}: packet {i + 1} of {len(items)} did not come:\n  {summary(build(missing))}')
        expected = expected_bytes(item, frames[i], labels)
        if expected != frames[i]:
            raise Failure(f'to IPv{side}, packet {i + 1} of {len(items)}:\n{differences(expected, frames[i])}')
        if late and not late.least <= frames[i].time - labels.sent <= late.most:
            raise Failure(f'to IPv{side}, packet {i + 1} came after {frames[i].time - labels.sent:.1f} seconds, '
                          f'expected {late.least} to {late.most}')
    for frame in frames[len(items):]:
        raise Failure(f'to IPv{side}: a packet more than expected:\n  {summary(frame)}\n{dump(frame)}')


# ---- what is done --------------------------------------------------------------------------------

def vnet_header(packet, size):
    """struct virtio_net_hdr: the checksum is yet to be made, the packet yet to be cut."""
    six = packet[0] >> 4 == 6
    start = transport(packet)
    proto = dsl.upper6(packet)[1] if six else packet[9]
    kind = 0
    if size:
        kind = 5 if proto == 17 else (4 if six else 1)
    length = start + ((packet[start + 12] >> 4) * 4 if proto == 6 else 8)
    return struct.pack('=BBHHHH', 1, kind, 14 + length if size else 0, size, 14 + start, {6: 16, 17: 6, 58: 2, 1: 2}[proto])


def jiffies():
    """The kernel's clock, by which it and the translator limit errors."""
    with open('/proc/timer_list', encoding='ascii') as f:
        return int(re.search(r'^jiffies: (\d+)', f.read(), flags=re.M).group(1))


class Runner:
    """Runs groups on one gateway."""

    def __init__(self, name, repository, **settings):
        self.gateway = link.Gateway(name, **settings)
        self.counters = counters.Counters(repository)
        self.before = self.configured = None
        self.beside = None	# counters of the instance beside
        self.sockets = []	# of the gateway itself
        self.began = 0		# when the case did, in jiffies
        self.moved = set()
        self.accounts = {}	# counters by instance, when they were last compared
        self.asking = None	# the group of a case whose packets are asked about
        self.asked = self.unexpressed = 0

    # Steps, each of which raises Failure.

    def ask_first(self, wire, packet, group):
        """Asks what would become of the first packet of a step and, if that can be asked, sends it and compares.
        Returns whether it was sent."""
        question = asking.question(packet, group.mark)
        if not question:
            self.unexpressed += 1
            return False
        said = {instance: self.counters.query(instance, question) for instance in group.instances}
        before = {instance: self.counters.read(instance) for instance in group.instances}
        wire.send(build(packet))
        self.gateway.settle()
        self.asked += 1
        moved = {instance: self.counters.difference(self.counters.read(instance), before[instance]) for instance in said}
        if any(by.get('HAIRPIN') for by in moved.values()):
            # What one instance has translated to IPv4 may be another's from there on.
            said = {instance: words for instance, words in said.items() if words != ('kernel', None)}
        for instance, (verdict, stat) in said.items():
            became = asking.outcome(moved[instance], self.counters.classes)
            # What rules of the way out do to it is not asked.
            if became != (verdict, stat) and not (group.nft and (verdict, became) == ('translate', ('drop', 'DST_OUTPUT'))):
                raise Failure(f'query said of {summary(build(packet))}: {verdict}, {stat}; it became: {became[0]}, {became[1]}')
        return True

    def send(self, step, labels):
        wire = self.gateway.wires()[step.side]
        labels.sent = time.time()
        packets = list(step.what)
        if self.asking and packets and self.ask_first(wire, packets[0], self.asking):
            del packets[0]
        for packet in packets:
            if callable(packet):
                packet = packet(labels)
            if isinstance(packet, Gso):
                wire.send_gso(dsl.unsummed(packet.packet), vnet_header(packet.packet, packet.size))
            elif isinstance(packet, Lying):
                lie(wire, packet)
            elif isinstance(packet, Shaped):
                wire.hand_in(packet)
            elif isinstance(packet, Tagged):
                wire.send_tagged(packet.packet, packet.vlan)
            else:
                wire.send(build(packet))

    def expect(self, expected, labels):
        """What was sent so far came out as @expected says, a list of packets for each side."""
        self.gateway.settle()
        for side, wire in self.gateway.wires().items():
            compare(side, expected[side], wire.take(), labels)

    @staticmethod
    def rows(proto):
        return link.run('jool', 'session', 'display', f'--{proto}', '--csv', '--numeric', '--no-headers').splitlines()

    @staticmethod
    def find_session(rows, flow):
        for row in rows:
            fields = row.split(',')
            if fields[1] == flow.src6 and fields[2] == str(flow.sport6) and fields[7] == flow.dst4 and \
                    (flow.proto == 'icmp' or fields[8] == str(flow.dport)):
                return fields
        return None

    def check_session(self, step, rows):
        fields = self.find_session(rows, step.flow)
        if not step.present:
            if fields:
                raise Failure(f'there is a session: {",".join(fields)}')
            return
        if not fields:
            raise Failure('there is no such session')
        if (step.state or '') != fields[10]:
            raise Failure(f'the session is in state {fields[10]}, expected {step.state}: {",".join(fields)}')
        hours, minutes, seconds = (float(x) for x in fields[9].split(':'))
        left = hours * 3600 + minutes * 60 + seconds
        if step.lifetime is not None and not step.lifetime - step.slack <= left <= step.lifetime + 1:
            raise Failure(f'the session lives for {left:.0f} seconds, expected {step.lifetime}, or up to {step.slack} less: '
                          f'{",".join(fields)}')

    def check_sessions(self, step):
        rows = self.rows(step.proto)
        if len(rows) != step.count:
            raise Failure(f'{len(rows)} sessions, expected {step.count}:\n' + '\n'.join(rows))

    def check_tables(self, instance, labels):
        now = {name: value for name, value in self.counters.read(instance).items() if name in TABLES}
        labels.tables = labels.tables or now
        if now != labels.tables:
            raise Failure(f'there are {now}, before there were {labels.tables}')

    # A case.

    def steps(self, steps, labels, instance):
        """Goes through the steps. A generator: yields when to go on, where there is something to wait for."""
        expected = {'6': [], '4': []}
        open_round = False
        for step in steps:
            if step.kind == 'to':
                expected[step.side] += step.what
                open_round = True
                continue
            if open_round and step.kind != 'wait' and not (step.kind == 'from' and not any(expected.values())):
                self.expect(expected, labels)
                expected, open_round = {'6': [], '4': []}, False
            if step.kind == 'from':
                self.send(step, labels)
                open_round = True
            elif step.kind == 'wait':
                self.expect(expected, labels)
                expected, open_round = {'6': [], '4': []}, True
                yield time.monotonic() + step.seconds
                self.gateway.enter()
            elif step.kind == 'command':
                link.run('jool', *shlex.split(step.line))
            elif step.kind == 'socket':
                kind = socket.SOCK_DGRAM if step.remote else socket.SOCK_STREAM
                self.sockets.append(socket.socket(socket.AF_INET, kind))
                self.sockets[-1].bind(step.local)
                if step.remote:
                    self.sockets[-1].connect(step.remote)
                    if step.says is not None:
                        self.sockets[-1].send(step.says)
                else:
                    self.sockets[-1].listen()
            elif step.kind == 'session':
                self.check_session(step, self.rows(step.flow.proto))
            elif step.kind == 'at once':
                rows = self.rows(step.what[0].flow.proto)
                for each in step.what:
                    self.check_session(each, rows)
            elif step.kind == 'sessions':
                self.check_sessions(step)
            elif step.kind == 'fails':
                write(FAIL, step.line)
            elif step.kind == 'tables':
                self.check_tables(instance, labels)
            elif step.kind == 'mapping' and not step.test(labels):
                raise Failure(f'not so: {step.says} {labels.values}')
        if open_round:
            self.expect(expected, labels)

    def check_account(self, group):
        """Each packet was received once and ended once, in every instance of the group."""
        for instance in group.instances:
            before, now = self.accounts.get(instance), self.counters.read(instance)
            self.accounts[instance] = now
            why = self.counters.complaint(now, before)
            if why:
                raise Failure(f'instance {instance}: {why}')
            if self.counters.kept(now) < 0:
                raise Failure(f'instance {instance}: {self.counters.kept(now)} packets are kept')

    def read(self, instance):
        """The counters of @instance, with those of the one beside, if there is one."""
        values = [self.counters.read(each) for each in (instance, *dsl.BESIDE) if instance]
        return {name: sum(each[name] for each in values) for name in values[0]} if values else {}

    def check_beside(self):
        for instance in dsl.BESIDE:
            now, before = self.counters.read(instance), self.beside
            self.beside = now
            moved = {name for name in now if before and now[name] != before[name]}
            if moved - {'RECEIVED4', 'ICMP_SENT'} - NOBODYS or moved and not moved & NOBODYS:
                raise Failure(f'counters of the instance beside: moved {", ".join(moved)}')

    def check_counters(self, case, instance):
        before = self.before
        now = self.before = self.read(instance)
        open_ones = EVERYDAY - set(case.counters) | ({'FAST'} if FAST else set())
        moved = {name: value - before.get(name, 0) for name, value in now.items() if value != before.get(name, 0)}
        # What no case compares has not been shown to move when it should.
        self.moved |= {name for name in moved if name not in EVERYDAY or name in case.counters}
        moved = {name: by for name, by in moved.items() if name not in open_ones}
        expected = {name: number for name, number in case.counters.items() if number and name not in open_ones}
        for name, number in expected.items():
            if isinstance(number, PerJiffy):
                most = number.most * (jiffies() - self.began + 1)
                expected[name] = moved.get(name, 0) if 0 < moved.get(name, 0) <= most else f'1 to {most}'
        if moved != expected:
            raise Failure(f'counters: moved {moved or "none"}, expected {expected or "none"}')

    def case(self, case, group):
        """Generator as above; at the end, a text saying why it failed, a LeftOut, or None."""
        instance = group.instance
        try:
            self.gateway.drain()
            if self.before is None:
                self.before = self.read(instance)
            if any(isinstance(number, PerJiffy) for number in case.counters.values()):
                self.began = jiffies()
            # What an injected failure does is not foreseen.
            self.asking = group if not case.injects_failures else None
            yield from self.steps(case.steps, Labels(), instance)
            self.check_counters(case, instance)
            if instance:
                self.check_beside()
            self.check_account(group)
        except Failure as failure:
            self.before = None
            return str(failure)
        except LeftOut as reason:
            self.before = None
            return reason
        except Exception:	# pylint: disable=broad-except # the other cases go on
            self.before = None
            return traceback.format_exc()
        finally:
            self.asking = None
            if case.injects_failures:
                write(FAIL, '\n')
            for own in self.sockets:
                own.close()
            self.sockets.clear()
        return None

    # A group.

    def configure(self, group):
        self.before = self.configured = self.beside = None
        self.accounts = {}
        link.run('jool', 'instance', 'flush')
        if not group.instance:
            link.run('ip', 'netns', 'add', ELSEWHERE)
            link.run('ip', 'netns', 'exec', ELSEWHERE, 'jool', 'instance', 'add', '--netfilter', '-6', group.pool6)
            link.run('ip', 'netns', 'exec', ELSEWHERE, 'jool', 'pool4', 'add', '--udp', dsl.P4, '2000-2099')
            return
        for instance, pool6 in dsl.BESIDE.items():
            link.run('jool', 'file', 'handle', '-', text=dsl.beside(instance, pool6, 'gc,gs' if FAST else ''))
            list(self.steps(dsl.primed(pool6), Labels(), instance))
        self.add(group.instance, group.pool6, group.jool)
        self.configured = group.configuration()

    @staticmethod
    def add(instance, pool6, lines):
        link.run('jool', 'instance', 'add', instance, '--netfilter', '-6', pool6)
        if FAST:
            link.run('jool', '-i', instance, 'global', 'update', 'fast-path', 'gc,gs')
        for line in lines:
            words = shlex.split(line)
            if words[0] not in ('instance', '-i'):
                words = ['-i', instance, *words]
            link.run('jool', *words)

    def setup(self, group):
        self.gateway.enter()
        if self.configured != group.configuration():
            self.configure(group)
        if group.ip:
            link.run('ip', '-batch', '-', text='\n'.join(group.ip) + '\n')
        if group.nft:
            link.run('nft', group.nft)
        self.before = None
        self.gateway.drain()
        for _ in self.steps(list(group.prime), Labels(), group.instance):
            raise RuntimeError('no waiting before a case')

    def undo(self, group):
        self.gateway.enter()
        if group.ip:
            link.run('ip', '-batch', '-', text=''.join(undone(line) + '\n' for line in reversed(group.ip)))
        if group.nft:
            link.run('nft', 'flush ruleset')
        if not group.instance:
            link.run('ip', 'netns', 'del', ELSEWHERE)


def undone(line):
    """The opposite of a line for ip."""
    words = line.split()
    if words[:2] == ['link', 'set']:
        return f'link set {words[2]} mtu 1500'
    for word, opposite in (('add', 'del'), ('del', 'add')):
        if word in words:
            words[words.index(word)] = opposite
            return ' '.join(words)
    raise RuntimeError(f'cannot undo: {line}')


# ---- all of it -----------------------------------------------------------------------------------

class Suite:
    def __init__(self, patterns):
        self.repository = os.environ.get('REPO', os.path.dirname(os.path.dirname(HERE)))
        self.patterns = patterns
        self.failed = self.passed = 0
        self.ran, self.skipped = set(), set()
        # Counters of cases that this kernel cannot run, and of what concerns all namespaces (e2e/limits/module).
        self.left_out = {'MODULE_FULL'}
        self.waiting = []

    def wanted(self, name):
        return not self.patterns or any(fnmatch.fnmatch(name, p) for p in self.patterns)

    def verdict(self, name, why, says=''):
        if isinstance(why, LeftOut):
            self.skipped.add(name)
            print(f'SKIP {PART}/{name}: {why}', flush=True)
            return
        self.ran.add(name)
        if why is None:
            self.passed += 1
            print(f'PASS {PART}/{name}', flush=True)
            return
        self.failed += 1
        print(f'FAIL {PART}/{name}\n  {says}\n{why}', flush=True)

    def load(self):
        for path in sorted(glob.glob(os.path.join(HERE, 'cases_*.py'))):
            importlib.import_module(os.path.basename(path)[:-3])
        names = collections.Counter(case.name for group in dsl.groups for case in group.cases)
        for name, count in names.items():
            if count > 1:
                self.verdict(name, f'{count} cases have this name')
        self.names = set(names)
        for group in dsl.groups:
            group.cases = [case for case in group.cases if self.wanted(case.name) and not self.not_fast(case.name)]
            # No case leans on another of its group: to be seen with PACKETS_SHUFFLE=number.
            if os.environ.get('PACKETS_SHUFFLE'):
                random.Random(os.environ['PACKETS_SHUFFLE']).shuffle(group.cases)

    def not_fast(self, name):
        """Leaves a case out that is not for the fast path."""
        if not FAST or name not in NOT_FAST:
            return False
        self.verdict(name, LeftOut('the fast path does not come to rules of netfilter'))
        return True

    def leave_out(self):
        """What cannot be done here. Without kprobes nothing can be made to fail."""
        reasons = {}
        try:
            write(FAIL, 'kmalloc 0 0 0 nowhere')
            write(FAIL, '\n')
        except OSError as error:
            reasons['fails'] = f'this kernel lets no function fail ({FAIL}: {error.strerror})'
        if link.SETUP == 'routed':
            reasons['socket'] = 'no socket of the gateway can have an address that is only routed to it'
            self.left_out |= set(dsl.NOBODYS)
        for group in dsl.groups:
            for case in group.cases[:]:
                why = next((reasons[step.kind] for step in case.steps if step.kind in reasons), None)
                if why:
                    self.verdict(case.name, LeftOut(why))
                    self.left_out |= set(case.counters)
                    group.cases.remove(case)

    def start(self, runner, group):
        """Sets the group up. If that fails, all its cases have."""
        try:
            runner.setup(group)
            return True
        except (Failure, RuntimeError, OSError) as error:
            for case in group.cases:
                self.verdict(case.name, f'group {group.name} could not be set up: {error}', case.says)
            return False

    def run_group(self, runner, group):
        if self.start(runner, group):
            for case in group.cases:
                self.finish(case, runner.case(case, group))
                if self.resume():
                    runner.gateway.enter()
            runner.undo(group)

    def finish(self, case, steps):
        """Goes on with a case; to its end, or until it waits."""
        try:
            until = next(steps)
        except StopIteration as end:
            self.verdict(case.name, end.value, case.says)
            return
        self.waiting.append((until, case, steps))

    def run_slow(self, number, group):
        """Begins cases in which time must pass, each group on a gateway of its own."""
        runner = Runner(f'slow{number}', self.repository, defaults=group.defaults, sysctl=group.sysctl)
        if self.start(runner, group):
            [case] = group.cases
            self.finish(case, runner.case(case, group))
        self.resume()
        return runner

    def resume(self):
        """Goes on with cases whose time has come; tells whether there were any."""
        due = [entry for entry in self.waiting if entry[0] <= time.monotonic()]
        self.waiting = [entry for entry in self.waiting if entry not in due]
        for _, case, steps in due:
            self.finish(case, steps)
        return bool(due)

    def wait(self):
        while self.waiting:
            time.sleep(max(0, min(entry[0] for entry in self.waiting) - time.monotonic()))
            self.resume()

    def exists(self, name):
        """A test as doc/rfc.md names it: the cases that it means, or that there is such a file."""
        if name.startswith('test/'):
            return glob.glob(os.path.join(self.repository, name + '.[cs]*'))
        return fnmatch.filter(self.names, name)

    def complaint(self, row):
        """What is wrong with a row of doc/rfc.md; or None."""
        named = re.findall('`([^`]*)`', row)
        verdict = VERDICT.search(row)
        if not verdict:
            return 'no verdict'
        if verdict[1] == 'conforms' and not named and 'no case' not in row:
            return 'conforms, but by which test?'
        for name in named:
            found = self.exists(name)
            if not found:
                return f'there is no {name}'
            idle = set(found) & self.names - self.ran - self.skipped
            if idle and not self.patterns:
                return f'did not run: {", ".join(sorted(idle))}'
        return None

    def check_requirements(self):
        """Each row of doc/rfc.md has a verdict and its proof, and each test that it names is there; if it is a case, it has run."""
        if not self.wanted('rfc'):
            return
        with open(os.path.join(self.repository, 'doc/rfc.md'), encoding='utf-8') as f:
            text = f.read()
        rows = re.findall(r'^\|(?!---| Section \|| REQ \|).*', text, flags=re.M)
        wrong = [f'{row[:70]}...: {why}' for row in rows or [''] for why in [self.complaint(row)] if why]
        verdicts = collections.Counter(match[1] for match in map(VERDICT.search, rows) if match)
        print(f'{PART}: doc/rfc.md has {len(rows)} rows: ' + ', '.join(f'{n} {what}' for what, n in verdicts.most_common()))
        left_out = self.skipped & {name for pattern in re.findall('`([^`]*)`', '\n'.join(rows)) for name in self.exists(pattern)}
        if left_out:
            print(f'{PART}: it names these, which were left out (SKIP): {", ".join(sorted(left_out))}')
        self.verdict('rfc', '\n'.join(wrong) or None, 'doc/rfc.md')

    def check_counters(self, runners):
        """Every counter has a case that moves it."""
        if self.patterns:
            return
        moved = set.union(*(runner.moved for runner in runners))
        still = [name for name in counters.classes(self.repository) if name not in moved | self.left_out]
        self.verdict('counters', None if not still else f'no case moves {", ".join(still)}')

    def check_queries(self, runners):
        """Most packets were asked about."""
        asked, others = (sum(getattr(runner, name) for runner in runners) for name in ('asked', 'unexpressed'))
        print(f'{PART}: query was compared with {asked} packets, {others} others it cannot express', flush=True)
        if not self.patterns:
            self.verdict('query', None if asked > others / 2 else 'it is hardly ever asked')

    def run(self):
        conf.verb = 0
        begin = time.monotonic()
        self.load()
        self.leave_out()
        write('/proc/sys/net/ipv4/icmp_msgs_per_sec', '1000000')
        write('/proc/sys/net/ipv4/icmp_msgs_burst', '1000000')
        link.run('modprobe', '8021q')
        # One processor: then everything happens in the order in which it was sent.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        # Those of one configuration together, since configuring takes more time than the cases.
        groups = sorted((group for group in dsl.groups if group.cases), key=lambda group: group.configuration())
        slow = [self.run_slow(i, group) for i, group in enumerate(g for g in groups if g.slow)]
        runner = Runner('gw', self.repository)
        for group in groups:
            if not group.slow:
                self.run_group(runner, group)
        self.wait()
        for each in [runner, *slow]:
            each.gateway.enter()
            link.run('jool', 'instance', 'flush')
        self.check_requirements()
        self.check_counters([runner, *slow])
        self.check_queries([runner, *slow])
        print(f'{PART}: {self.passed} passed, {self.failed} failed, {time.monotonic() - begin:.0f} seconds', flush=True)
        return 1 if self.failed or not self.passed else 0


if __name__ == '__main__':
    sys.exit(Suite([word for word in sys.argv[1:] if word]).run())
