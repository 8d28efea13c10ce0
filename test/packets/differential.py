#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""differential.py: random valid packets through the gateway and through model.py, in the virtual
machine; see the script `differential`, which starts it."""
import collections
import json
import os
import random
import socket
import sys
import time

import counters
import link
import model
import traffic

# So many packets are sent before what came out is looked at.
BURST = 50
# As many differences are shown; after them it ends.
SHOWN = 5
# What we send ourselves need not come back to us (linux/if_packet.h).
PACKET_IGNORE_OUTGOING = 23
NAMES = {model.TCP: 'tcp', model.UDP: 'udp', model.ICMP: 'icmp'}


def pool4_row(proto, address, ports, mark=0):
    return {'protocol': NAMES[proto], 'prefix': f'{socket.inet_ntoa(address)}/32', 'port range': ports, 'mark': mark}


class Differential:
    def __init__(self, seed, name='diff'):
        self.seed = seed
        self.block = self.world = None
        self.gateway = link.Gateway(name)
        link.setns(link.HOME)
        for wire in (self.gateway.c, self.gateway.s):
            wire.sock.setsockopt(link.SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            # A socket that waits while the kernel is still busy with what was sent before.
            wire.patient = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            wire.patient.bind((wire.device, 0))
            wire.patient.settimeout(link.PATIENCE)
        self.gateway.enter()
        self.counters = counters.Counters(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
        self.shown = 0
        # How often each rule that has a name was met, and what the counters of all blocks come to.
        self.rules, self.totals = collections.Counter(), collections.Counter()
        self.bypassing = None	# the route within pool6 that there is

    # ---- the gateway -----------------------------------------------------------------------------

    def configure(self, number):
        """Makes the gateway the one of packet @number, with its sessions."""
        block = number // traffic.BLOCK
        if block == self.block:
            return
        self.count()
        self.block, self.world = block, traffic.world_of(self.seed, block)
        world = self.world
        link.run('jool', 'instance', 'flush')
        files = [('default', self.file()), ('beside', {
            'global': {'pool6': f'{socket.inet_ntop(socket.AF_INET6, model.BESIDE6)}/96', 'maximum-simultaneous-opens': 0},
            'pool4': [pool4_row(proto, model.BESIDE4, f'1-{model.PORTS}') for proto in NAMES]})]
        for name, file in files if block % 2 else reversed(files):
            link.run('jool', 'file', 'handle', '-', text=json.dumps({'instance': name, 'force': True, **file}))
        own = '\n'.join(f'addr add {socket.inet_ntoa(address)}/32 dev lo' for address in (*model.POOL4, model.BESIDE4) if world.own)
        bypass = f'route del {self.bypassing}\n' if self.bypassing else ''
        self.bypassing = world.bypass_route if world.bypass else None
        if self.bypassing:
            bypass += f'route add {self.bypassing} via 2001:db8::9 dev gc'
        link.run('ip', '-batch', '-', text=f'''
            link set gc mtu {world.link6}
            link set gs mtu {world.link4}
            addr flush dev lo scope global
            {own}
            {bypass}
            route replace 2001:db8::8 dev gc metric 1 mtu {world.route6}
            route replace 2001:db8:c::/48 via 2001:db8::8 dev gc metric 1 mtu {world.route6}
            route replace 203.0.113.8 dev gs mtu {world.route4}
            route replace default via 203.0.113.8 dev gs mtu {world.route4}
            ''')
        self.gateway.settle()
        for packet in traffic.primers(world):
            self.send(packet)
        self.collect()
        if world.full:
            link.run('jool', 'global', 'update', 'max-sessions', str(len(world.sessions)))

    def file(self):
        """The configuration of the instance that the packets are for, as `jool file` takes it."""
        world, rows = self.world, []
        for proto in NAMES:
            for address in model.POOL4:
                ports = [f'1-{model.PORTS}']
                if address == world.tight:
                    ports = [port for other, at, port in world.reverse if (other, at) == (proto, address)]
                rows += [pool4_row(proto, address, each) for each in ports]
                rows.append(pool4_row(proto, address, f'{model.PORTS + 1}-{model.PORTS_MARKED}', 7))
        bib = [{'protocol': NAMES[proto], 'ipv6 address': f'{socket.inet_ntop(socket.AF_INET6, host)}#{port}',
                'ipv4 address': f'{socket.inet_ntoa(address)}#{other}'}
               for (proto, host, port), (_, address, other) in world.mapping.items()]
        options = {'pool6': f'{socket.inet_ntop(socket.AF_INET6, world.pool6)}/{world.pool6_length}',
                   # So that no session ends meanwhile, and no SYN waits to be told later, in the midst of others.
                   'tcp-trans-timeout': '24:00:00', 'udp-timeout': '24:00:00', 'icmp-timeout': '24:00:00',
                   'maximum-simultaneous-opens': 0,
                   'fast-path': 'gc,gs' if world.fast_path else '', 'address-dependent-filtering': world.adf}
        for name in ('lowest_ipv6_mtu', 'zeroize_traffic_class', 'override_tos', 'tos', 'source_icmpv6_errors_better', 'paired'):
            options[name.replace('_', '-')] = getattr(world, name)
        if world.plateaus != model.PLATEAUS:
            options['mtu-plateaus'] = list(world.plateaus)
        return {'global': options, 'pool4': rows, 'bib': bib}

    def count(self):
        """Adds the counters of the block that ends."""
        if self.block is not None:
            self.totals.update(self.counters.read('default'))

    def send(self, frame):
        wire = self.gateway.s if frame[0] >> 4 == 4 else self.gateway.c
        wire.patient.send(wire.header(frame) + frame)

    def settle_twice(self):
        """Once a packet is through, what the gateway sends itself by its loopback device waits before the next one."""
        self.gateway.settle()
        self.gateway.settle()

    def collect(self):
        """What came out since the last time, put together."""
        self.gateway.settle()
        return {6: model.datagrams(self.gateway.c.take()), 4: model.datagrams(self.gateway.s.take())}

    # ---- packets ---------------------------------------------------------------------------------

    def burst(self, numbers):
        """Sends these packets, one behind the other or, if they are in fragments, perhaps mixed. All of the
        burst is compared at once; if it differs, each packet is sent again by itself."""
        packets = [(number, *traffic.packet_of(self.seed, number, self.world)) for number in numbers]
        order = self.mixed(packets)
        # A packet leaves when the last of its fragments has come.
        last = {id(frame): at for at, frame in enumerate(order)}
        expected = [None] * len(order)
        late = set()
        for number, frames, _ in packets:
            at = max(last[id(frame)] for frame in frames)
            expected[at] = number, model.translate(frames, self.world)
            self.rules[self.world.rule] += 1
            late |= {at} if self.world.late else set()
        for at, frame in enumerate(order):
            self.send(frame)
            if at in late:
                self.settle_twice()
        got = self.collect()
        differs = self.compare_all([each for each in expected if each], got)
        if differs is None:
            return self.check_account(f'packets {numbers[0]} to {numbers[-1]}')
        alone = [self.single(number) for number in numbers]
        if all(alone):
            first, why = differs
            self.show(f'packets {numbers[0]} to {numbers[-1]} differ only when they are sent together: {first}',
                      'burst', why)
        return False

    def mixed(self, packets):
        rng = random.Random(f'{self.seed}/burst/{packets[0][0]}')
        # Copies, since a frame may be in there twice and each needs a place of its own.
        queues = [list(frames) for _, frames, _ in packets]
        if rng.random() < .5:
            return [frame for queue in queues for frame in queue]
        order, waiting = [], []
        while queues or waiting:
            while queues and len(waiting) < 3:
                waiting.append(queues.pop(0))
            queue = rng.choice(waiting)
            order.append(queue.pop(0))
            if not queue:
                waiting.remove(queue)
        return order

    def compare_all(self, expected, got):
        """Whether what came can be dealt out among the packets, in their order, so that of each packet all of one
        of its outcomes came. Returns None, or the number of the packet at which the best try ends, and why."""
        best, dead = (-1, None, None), set()

        def fit(at, six, four):
            nonlocal best
            if at == len(expected):
                rest = [(6, (None, datagram.packet)) for datagram in got[6][six:]]
                rest += [(4, (None, datagram.packet)) for datagram in got[4][four:]]
                best = max(best, (at, 'behind them all', rest), key=lambda why: why[0])
                return not rest
            if (at, six, four) in dead:
                return False
            number, outcomes = expected[at]
            # That nothing comes fits always, so it is tried last.
            for outcome in sorted(outcomes, key=len, reverse=True):
                ends = [start + sum(thing.side == side for thing in outcome) for side, start in ((6, six), (4, four))]
                why = model.compare([outcome], {6: got[6][six:ends[0]], 4: got[4][four:ends[1]]})
                if why is None and fit(at + 1, *ends):
                    return True
                if why is not None and at > best[0]:
                    best = at, number, why
            dead.add((at, six, four))
            return False

        return None if fit(0, 0, 0) else best[1:]

    def single(self, number):
        """Whether packet @number comes out as it should, sent by itself."""
        self.configure(number)
        frames, kind = traffic.packet_of(self.seed, number, self.world)
        for frame in frames:
            self.send(frame)
        outcomes = model.translate(frames, self.world)
        if self.world.late:
            self.settle_twice()
        why = model.compare(outcomes, self.collect())
        if why:
            self.show(f'packet {number}, {kind}; again with SEED={self.seed} ONLY={number}', kind, why, frames)
        return why is None

    def check_account(self, title):
        """Whether every packet so far was received once and ended once (common/stats.def)."""
        why = [f'{name}: {why}' for name in ('default', 'beside')
               if (why := self.counters.complaint(self.counters.read(name)))]
        if why:
            self.shown += 1
            print(f'{title}: {"; ".join(why)}', flush=True)
        return not why

    # ---- what is told ----------------------------------------------------------------------------

    def show(self, title, kind, why, frames=()):
        self.shown += 1
        if self.shown > SHOWN:
            return
        import suite	# pylint: disable=import-outside-toplevel # with scapy, which takes long
        world = self.world
        print(f'{title}\n  pool4 {"own" if world.own else "routed"}' + ''.join(
            f', {name}' for name in ('full', 'adf', 'paired', 'tight', 'bypass', 'fast_path') if getattr(world, name)) + f'\n  MTU: IPv6 {world.link6} (route {world.route6}), IPv4 {world.link4} (route {world.route4}), '
              f'lowest-ipv6-mtu {world.lowest_ipv6_mtu}; pool6 /{world.pool6_length}')
        for frame in frames[:4]:
            print(f'  sent {len(frame)} bytes: {suite.summary(frame)}\n{suite.dump(frame)}')
        if len(frames) > 4:
            print(f'  and {len(frames) - 4} fragments more')
        for side, what in why:
            if isinstance(what, str):
                print(f'  to IPv{side}: {what}')
                continue
            expected, got = what
            if expected is None:
                print(f'  to IPv{side}: nothing more expected, but came\n    {suite.summary(got)}\n{suite.dump(got)}')
            elif got is None:
                text = expected if isinstance(expected, str) else f'{suite.summary(expected)}\n{suite.dump(expected)}'
                print(f'  to IPv{side}: did not come\n    {text}')
            else:
                print(f'  to IPv{side}:\n{suite.differences(expected, got)}')
        sys.stdout.flush()

    def run(self, count):
        for first in range(0, count, BURST):
            self.configure(first)
            self.burst(range(first, min(first + BURST, count)))
            if self.shown >= SHOWN:
                print(f'  too many differences, ended after packet {first + BURST - 1}')
                break
        self.count()
        return not self.shown

    def tell(self):
        """How often each rule was met, and what was counted."""
        for title, counts in (('packets by rule', self.rules), ('counters', self.totals)):
            print(f'{title}: ' + ', '.join(f'{name or "others"} {count}' for name, count in counts.most_common() if count))


def main():
    seed, only = os.environ['SEED'], os.environ.get('ONLY', '')
    count = int(os.environ['N'])
    for name in ('per_sec', 'burst'):
        with open(f'/proc/sys/net/ipv4/icmp_msgs_{name}', 'w', encoding='ascii') as f:
            f.write('1000000')
    # One processor: then everything happens in the order in which it was sent.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    begin = time.monotonic()
    differential = Differential(seed)
    good = differential.single(int(only)) if only else differential.run(count)
    differential.tell()
    link.run('jool', 'instance', 'flush')
    print(f'differential: SEED={seed}, {"packet " + only if only else f"{count} packets"}, '
          f'{time.monotonic() - begin:.0f} seconds')
    print(f'{"PASS" if good else "FAIL"} packets/differential', flush=True)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
