# SPDX-License-Identifier: GPL-2.0-only
"""The gateway under test: a network namespace with two veth devices, and our end of each.

    c  our end, IPv6 nodes      gc  2001:db8::1/64
    s  our end, IPv4 nodes      gs  203.0.113.1/24

Neighbours are static, so what is on a wire is either sent by a case or an answer to it. Our ends
are plain packet sockets: no stack of ours answers anything.
"""
import ctypes
import os
import select
import socket
import struct
import subprocess
import time

CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q = 3, 0x0800, 0x86dd, 0x8100
SOL_PACKET, PACKET_VNET_HDR, PACKET_OUTGOING = 263, 15, 4
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35

# Routers behind which all the nodes of a side are.
MAC = {'c': '02:00:00:00:00:c6', 's': '02:00:00:00:00:54',
       'gc': '02:00:00:00:01:c6', 'gs': '02:00:00:00:01:54'}
# Where nothing is translated: packets that tell that all before them are through.
SENTINEL6, SENTINEL4 = 'fd00:ffff::1', '100.64.0.1'

# What pool4's addresses are to the gateway: its `own`, or only `routed` to it; or `two`: its own, and there is another
# instance (README.md).
SETUP = os.environ.get('PACKETS_SETUP') or 'own'

# By how much this machine is slower than one for which seconds in the tests are meant (test/vm/slow).
SLOW = int(os.environ.get('SLOW', 1))
# So big that a case never waits for it, also on an emulated processor.
PATIENCE = 5.0 * SLOW

SETTINGS = {
    'ipv4/ip_forward': 1, 'ipv6/conf/all/forwarding': 1,
    'ipv4/conf/all/rp_filter': 0, 'ipv4/conf/default/rp_filter': 0,
    'ipv4/conf/all/send_redirects': 0, 'ipv4/conf/default/send_redirects': 0,
    'ipv6/conf/default/accept_dad': 0, 'ipv6/conf/default/router_solicitations': 0,
    'ipv6/auto_flowlabels': 0,
}
# Where neither is what a case is about:
PATIENT = {
    # Errors without limit: in the kernel, too, there is one for each namespace.
    'ipv4/icmp_ratemask': 0, 'ipv6/icmp/ratelimit': 0,
    # That fragments wait in vain is told by the kernel, not while cases run.
    'ipv4/ipfrag_time': 3600, 'ipv6/ip6frag_time': 3600, 'netfilter/nf_conntrack_frag6_timeout': 3600,
}

libc = ctypes.CDLL(None, use_errno=True)
# The namespace in which our ends are.
HOME = os.open('/proc/self/ns/net', os.O_RDONLY)


def run(*words, text=None):
    done = subprocess.run(words, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          close_fds=False, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout.strip()}")
    return done.stdout


def setns(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def mac(name):
    return bytes.fromhex(MAC[name].replace(':', ''))


class Frame(bytes):
    """A packet, and when it came."""
    time = None


class Wire:
    """Our end of one of the gateway's links."""

    def __init__(self, device, peer):
        self.device, self.peer = device, peer
        self.sock = self.open()
        # For packets with a struct virtio_net_hdr before them.
        self.sock_gso = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock_gso.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self.sock_gso.bind((self.device, 0))
        self.frames = []

    def open(self):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.bind((self.device, ETH_P_ALL))
        sock.setblocking(False)
        return sock

    def header(self, packet, tag=b''):
        ethertype = ETH_P_IP if packet[0] >> 4 == 4 else ETH_P_IPV6
        return mac(self.peer) + mac(self.peer[1:]) + tag + struct.pack('!H', ethertype)

    def send(self, packet):
        self.sock.send(self.header(packet) + packet)

    def send_tagged(self, packet, vlan):
        self.sock.send(self.header(packet, struct.pack('!HH', ETH_P_8021Q, vlan)) + packet)

    def hand_in(self, shaped):
        """Has the gateway's device receive a packet of that shape; the gateway must be entered."""
        with open('/proc/inject/packet', 'wb', buffering=0) as f:
            f.write(shaped.message(self.peer, self.header(shaped.pieces[0])))

    def send_gso(self, packet, vnet):
        """Sends a packet as a device with offloads would have received it."""
        self.sock_gso.send(vnet + self.header(packet) + packet)

    def receive(self):
        """Takes in what has come, without Ethernet header and without our own sentinels; tells
        whether one of these was there."""
        sentinel = False
        while True:
            try:
                frame, control, _, where = self.sock.recvmsg(70000, 64)
            except BlockingIOError:
                return sentinel
            if where[2] == PACKET_OUTGOING:
                continue
            packet = Frame(frame[14:])
            # struct timespec, which is a word twice, also where time_t has two.
            seconds, nanoseconds = struct.unpack('@ll', control[0][2])
            packet.time = seconds + nanoseconds / 1e9
            if is_sentinel(packet):
                sentinel = True
            elif not is_noise(packet):
                self.frames.append(packet)

    def take(self):
        frames, self.frames = self.frames, []
        return frames


def is_sentinel(packet):
    return (packet[0] >> 4 == 6 and packet[24:40] == socket.inet_pton(socket.AF_INET6, SENTINEL6) or
            packet[0] >> 4 == 4 and packet[16:20] == socket.inet_aton(SENTINEL4))


def is_noise(packet):
    """The gateway tells what multicast groups it is in (MLD) when its devices come up."""
    return packet[0] >> 4 == 6 and packet[24:40] == socket.inet_pton(socket.AF_INET6, 'ff02::16')


def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def sentinel6():
    return (struct.pack('!IHBB', 6 << 28, 0, 59, 64) + socket.inet_pton(socket.AF_INET6, '2001:db8::8') +
            socket.inet_pton(socket.AF_INET6, SENTINEL6))


def sentinel4():
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20, 0, 0, 64, 253, 0, socket.inet_aton('203.0.113.8'),
                         socket.inet_aton(SENTINEL4))
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:]


class Gateway:
    """One namespace, with its wires. enter() makes it the one in which commands run. @defaults: how many errors it
    sends and how long fragments wait is as the kernel has it; @sysctl: further settings, by their paths."""

    def __init__(self, name, defaults=False, sysctl=()):
        self.name = name
        setns(HOME)
        run('ip', 'netns', 'add', name)
        self.fd = os.open(f'/run/netns/{name}', os.O_RDONLY)
        self.enter()
        self.settings({**SETTINGS, **({} if defaults else PATIENT), **dict(sysctl)})
        setns(HOME)
        ours = {end: f'{name}-{end}' for end in 'cs'}
        lines = []
        for end in 'cs':
            lines += [f'link add {ours[end]} mtu 65535 address {MAC[end]} type veth '
                      f'peer name g{end} netns {name} address {MAC["g" + end]} mtu 1500']
        run('ip', '-batch', '-', text='\n'.join(lines) + '\n')
        for end in 'cs':
            # No address, hence no stack, on our side.
            with open(f'/proc/sys/net/ipv6/conf/{ours[end]}/disable_ipv6', 'w', encoding='ascii') as f:
                f.write('1')
        run('ip', '-batch', '-', text=''.join(f'link set {ours[end]} up\n' for end in 'cs'))
        self.c, self.s = Wire(ours['c'], 'gc'), Wire(ours['s'], 'gs')
        self.enter()
        self.configure()

    @staticmethod
    def settings(values):
        for key, value in values.items():
            with open(f'/proc/sys/net/{key}', 'w', encoding='ascii') as f:
                f.write(str(value))

    @staticmethod
    def configure():
        # Without offloads every packet is on the wire as a far node would get it.
        for device in ('gc', 'gs'):
            run('ethtool', '-K', device, 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off')
        run('ip', '-batch', '-', text=f'''
            link set lo up
            link set gc up
            link set gs up
            addr add 2001:db8::1/64 dev gc nodad
            addr add 203.0.113.1/24 dev gs
            {'' if SETUP == 'routed' else 'addr add 192.0.2.1/32 dev lo'}
            neigh replace 2001:db8::8 lladdr {MAC['c']} nud permanent dev gc
            neigh replace 203.0.113.8 lladdr {MAC['s']} nud permanent dev gs
            neigh replace {SENTINEL6} lladdr {MAC['s']} nud permanent dev gs
            neigh replace {SENTINEL4} lladdr {MAC['c']} nud permanent dev gc
            neigh replace 2001:db8::9 lladdr {MAC['c']} nud permanent dev gc
            route add 2001:db8:c::/48 via 2001:db8::8 dev gc
            route add {SENTINEL6} dev gs
            route add {SENTINEL4} dev gc
            route add default via 203.0.113.8
            ''')

    def enter(self):
        setns(self.fd)

    def wires(self):
        return {'6': self.c, '4': self.s}

    def drain(self):
        """Forgets what came since it was looked at."""
        self.settle()
        for wire in (self.c, self.s):
            wire.take()

    def settle(self):
        """Returns when all that was sent so far is through: what it caused is in `frames`."""
        self.c.send(sentinel6())
        self.s.send(sentinel4())
        missing = {self.c, self.s}
        end = time.monotonic() + PATIENCE
        poll = select.poll()
        for wire in missing:
            poll.register(wire.sock, select.POLLIN)
        while missing:
            missing -= {wire for wire in (self.c, self.s) if wire.receive()}
            left = end - time.monotonic()
            if not missing:
                return
            if left <= 0:
                raise RuntimeError('the gateway does not forward any more')
            poll.poll(left * 1000)
