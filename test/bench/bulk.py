#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Bulk traffic of the benchmark. Each prints nanoseconds per KB, but serve, which serves.

bulk.py serve ADDRESS PORT TIMES        TCP, so many connections
bulk.py tcp ADDRESS PORT up|down MB TIMES
                                        to or from who serves: the middle one of so many connections
bulk.py udp SOURCE PORT ADDRESS PORT MB
                                        GSO: 50 datagrams of 1200 bytes in one packet
"""
import socket
import sys
import time
from statistics import median

UDP_SEGMENT = 103
DATAGRAM, DATAGRAMS = 1200, 50
# Of TCP the start is not timed. Buffers that the kernel sizes as it goes would be other ones each time.
START = 4
BUFFER = 1 << 20
chunk = bytes(128 << 10)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def buffers(sock):
    for option in socket.SO_SNDBUF, socket.SO_RCVBUF:
        sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    return sock


def write(sock, mb):
    for _ in range(mb << 20 >> 17):
        sock.sendall(chunk)


def read(sock, mb=None):
    """So much, or until the end."""
    buffer = bytearray(len(chunk))
    left = mb << 20 if mb else -1
    while left and (count := sock.recv_into(buffer, min(left, len(buffer)) if mb else 0)):
        left -= count


def serve(address, port, times):
    with buffers(socket.socket(family(address))) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, int(port)))
        server.listen()
        for _ in range(int(times)):
            sock, _ = server.accept()
            order = sock.recv(8)
            if order[:1] == b"u":
                sock.send(b"!")
                read(sock)
            else:
                write(sock, START + int(order[1:]))
            sock.close()


def connection(address, port, way, mb):
    with buffers(socket.socket(family(address))) as sock:
        sock.settimeout(20)
        sock.connect((address, port))
        if way == "up":
            sock.send(b"u")
            sock.recv(1)
            write(sock, START)
        else:
            sock.send(b"d%d" % mb)
            read(sock, START)
        start = time.monotonic_ns()
        if way == "up":
            write(sock, mb)
            sock.shutdown(socket.SHUT_WR)
        read(sock)
        return (time.monotonic_ns() - start) / (mb << 10)


def tcp(address, port, way, mb, times):
    return median(connection(address, int(port), way, int(mb)) for _ in range(int(times)))


def udp(source, sport, address, dport, mb):
    data = bytes(DATAGRAM * DATAGRAMS)
    count = (int(mb) << 20) // len(data)
    sock = socket.socket(family(address), socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, DATAGRAM)
    sock.bind((source, int(sport)))
    sock.connect((address, int(dport)))
    start = time.monotonic_ns()
    for _ in range(count):
        sock.send(data)
    return (time.monotonic_ns() - start) / (count * len(data) / 1024)


figure = {"serve": serve, "tcp": tcp, "udp": udp}[sys.argv[1]](*sys.argv[2:])
if figure:
    print(f"{figure:.1f}")
