#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Bulk traffic of the benchmark. Each prints nanoseconds per KB, but serve, which serves.

bulk.py serve ADDRESS PORT              TCP, one connection
bulk.py tcp ADDRESS PORT up|down MB     from or to who serves
bulk.py udp SOURCE PORT ADDRESS PORT MB
                                        GSO: 50 datagrams of 1200 bytes in one packet
"""
import socket
import sys
import time

UDP_SEGMENT = 103
DATAGRAM, DATAGRAMS = 1200, 50
chunk = bytes(128 << 10)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def write(sock, mb):
    for _ in range(mb << 20 >> 17):
        sock.sendall(chunk)
    sock.shutdown(socket.SHUT_WR)


def read(sock):
    buffer = bytearray(len(chunk))
    while sock.recv_into(buffer):
        pass


def serve(address, port):
    with socket.create_server((address, int(port)), family=family(address)) as server:
        sock, _ = server.accept()
        order = sock.recv(8)
        if order[:1] == b"u":
            sock.send(b"!")
            read(sock)
        else:
            write(sock, int(order[1:]))
        sock.close()


def tcp(address, port, way, mb):
    sock = socket.create_connection((address, int(port)), 20)
    start = time.monotonic_ns()
    if way == "up":
        sock.send(b"u")
        sock.recv(1)
        write(sock, int(mb))
    else:
        sock.send(b"d%d" % int(mb))
    read(sock)
    return (time.monotonic_ns() - start) / (int(mb) << 10)


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
