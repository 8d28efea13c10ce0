# SPDX-License-Identifier: GPL-2.0-only
"""Sends requests to the module as bytes, whatever they are, and reads how they end."""
import errno
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'packets'))
import counters		# pylint: disable=wrong-import-position

# No request takes longer, in seconds; on a slow machine (test/vm/slow) so many times that.
PATIENCE = 5 * int(os.environ.get('SLOW', 1))
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
SO_SNDBUFFORCE = 32
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_CAPPED, NLM_F_ACK_TLVS = 1, 4, 0x300, 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE, NLMSGERR_ATTR_MSG = 2, 3, 1


class Genl:
    def __init__(self, repository):
        # Asks for the family's number.
        self.family = counters.Counters(repository).family
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, counters.NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        # However large a request is, and without all of it in the answer.
        self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 29)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.settimeout(PATIENCE)
        self.count = 0

    def ask(self, flags, data):
        """Sends a request and takes in all answers: the error and its sentence."""
        self.count += 1
        sequence = self.count & 0xffffffff
        self.sock.send(
            struct.pack('=IHHII', 16 + len(data), self.family, flags, sequence, 0) + data)
        while True:
            answer, at = self.sock.recv(1 << 17), 0
            while at + 16 <= len(answer):
                length, kind, answer_flags, number = struct.unpack_from('=IHHI', answer, at)
                message, at = answer[at + 16:at + length], at + (length + 3 & ~3)
                if number != sequence or kind not in (NLMSG_ERROR, NLMSG_DONE):
                    continue
                code = -struct.unpack_from('=i', message)[0] if len(message) >= 4 else 0
                start = 4
                if kind == NLMSG_ERROR:
                    # The request follows, or only its header.
                    asked, = struct.unpack_from('=I', message, 4)
                    start += 16 if answer_flags & NLM_F_CAPPED or not code else asked + 3 & ~3
                tlvs = message[start:] if answer_flags & NLM_F_ACK_TLVS else b''
                sentence = counters.attributes(tlvs).get(NLMSGERR_ATTR_MSG, b'')
                return code, sentence.rstrip(b'\0').decode('ascii', 'replace')

    def outcome(self, flags, data):
        """The same in words."""
        code, sentence = self.ask(flags, data)
        return sentence or (errno.errorcode.get(code, str(code)) if code else 'done')
