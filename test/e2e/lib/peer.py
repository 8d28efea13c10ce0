#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""peer.py COMMAND ARGUMENT...: what the tests need at the ends of a connection and no tool has.

udp-echo ADDRESS PORT                    sends back every datagram, for ever
udp ADDRESS PORT TO PORT SIZE...         sends datagrams and expects each one back
udp-send ADDRESS PORT TO PORT SIZE...    sends datagrams and expects nothing
udp-flood TO PORT [COUNT]                sends datagrams from ever new ports, for ever or so many
reset ADDRESS PORT TO PORT               connects, waits for a line on stdin, resets the connection
send PACKET...                           sends whole packets, given in hex, header and all
tcp-flip ADDRESS PORT TO PORT COUNT      opens a connection, then sends so many segments, every other an RST
"""
import itertools
import os
import socket
import struct
import sys

# Unreachable addresses are reported only to those who ask.
IPV6_RECVERR = 25
# Has the kernel make the checksum of what a raw socket sends.
IPV6_CHECKSUM = 7

sys.dont_write_bytecode = True


def bound(kind, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, int(port)))
    s.settimeout(20 * int(os.environ.get("SLOW", 1)))
    return s


def udp_echo(address, port):
    s = bound(socket.SOCK_DGRAM, address, port)
    s.settimeout(None)
    while True:
        data, peer = s.recvfrom(65535)
        s.sendto(data, peer)


def udp(address, port, to, to_port, *sizes):
    s = bound(socket.SOCK_DGRAM, address, port)
    if ":" in to:
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    s.connect((to, int(to_port)))
    for size in sizes:
        data = bytes(i * 7 & 255 for i in range(int(size)))
        s.send(data)
        if s.recv(65535) != data:
            sys.exit(f"{size} bytes came back different")


def udp_send(address, port, to, to_port, *sizes):
    s = bound(socket.SOCK_DGRAM, address, port)
    for size in sizes:
        s.sendto(bytes(int(size)), (to, int(to_port)))


def udp_flood(to, port, count=None):
    for _ in range(int(count)) if count else itertools.count():
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        try:
            s.sendto(bytes(100), (to, int(port)))
        except OSError:
            pass
        s.close()


def reset(address, port, to, to_port):
    s = bound(socket.SOCK_STREAM, address, port)
    s.connect((to, int(to_port)))
    print("connected", flush=True)
    sys.stdin.readline()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def send(*packets):
    for packet in map(bytes.fromhex, packets):
        if packet[0] >> 4 == 6:
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
            s.sendto(packet, (socket.inet_ntop(socket.AF_INET6, packet[24:40]), 0))
        else:
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            s.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def tcp_flip(address, port, to, to_port, count):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_TCP)
    s.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 16)
    s.bind((address, 0))
    syn, ack, rst = (struct.pack("!HHIIBBHHH", int(port), int(to_port), 1, 1, 5 << 4, flags, 1000, 0, 0)
                     for flags in (2, 16, 4))
    for segment in [syn] + [ack, rst] * (int(count) // 2):
        try:
            s.sendto(segment, (to, 0))
        except OSError:
            pass


COMMANDS = {
    "udp-echo": udp_echo,
    "udp": udp,
    "udp-send": udp_send,
    "udp-flood": udp_flood,
    "reset": reset,
    "send": send,
    "tcp-flip": tcp_flip,
}
COMMANDS[sys.argv[1]](*sys.argv[2:])
