# SPDX-License-Identifier: GPL-2.0-only
"""Sockets that follow sessions as the kernel tells them, without the command; for the tests to import."""
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packets'))
import counters

NLM_F_ACK = 4
NETLINK_ADD_MEMBERSHIP, SOL_NETLINK, SO_RCVBUFFORCE = 1, 270, 33


class Module:
    """What must be known to speak with it."""

    def __init__(self):
        asked = counters.Counters(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..'))
        asked.sock.close()
        self.family, self.commands, self.attrs = asked.family, asked.commands, asked.attrs


def open_socket(port=0):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, counters.NETLINK_GENERIC)
    sock.bind((port, 0))
    return sock


def follow(module, sock):
    """Asks to follow. Returns the error, 0 if there is none."""
    sock.send(struct.pack('=IHHIIBBH', 20, module.family, counters.NLM_F_REQUEST | NLM_F_ACK, 1, 0,
                          module.commands['JOOL_CMD_FOLLOW'], 1, 0))
    while True:
        try:
            data = sock.recv(1 << 16)
        except OSError:     # it is told that it loses events
            continue
        if struct.unpack_from('=H', data, 4)[0] == counters.NLMSG_ERROR:
            return -struct.unpack_from('=i', data, 16)[0]


def receive(module, sock):
    """The next event: its command, and its attributes by name without JOOL_A_. None: it is no event."""
    data = sock.recv(1 << 16)
    if struct.unpack_from('=H', data, 4)[0] != module.family:
        return None
    found = counters.attributes(data[20:])
    return data[16], {name[len('JOOL_A_'):]: found[number] for name, number in module.attrs.items() if number in found}


def number(value):
    return int.from_bytes(value, sys.byteorder)
