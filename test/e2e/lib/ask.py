#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""ask.py < REQUESTS: requests to the module that the command has no way to make.

A line is COMMAND [ATTRIBUTE=VALUE]... as in common/uapi.h, without their prefixes, and what comes
behind an arrow is ignored. Prints the line with what the kernel said to it behind that: its
sentence, or "done". Values: a text with Python's escapes, an address, a number; of GLOBALS an
option and its bytes in hex, as in tos:10; of an ENTRY how many empty ones.
"""
import os
import re
import socket
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'fuzz'))
import genl		# pylint: disable=wrong-import-position
from genl import counters		# pylint: disable=wrong-import-position

NLA_F_NESTED = 0x8000
NUMBERS = {'=B': 'PROTO POOL6_LEN PREFIX4_LEN SRC6_LEN DST6_LEN SRC4_LEN DST4_LEN STATE',
           '=H': 'PORT_MIN PORT_MAX',
           '!H': 'SRC6_PORT SRC4_PORT DST6_PORT DST4_PORT', '=I': 'FLAGS MARK MAX_ITERATIONS'}
FORMATS = {name: form for form, names in NUMBERS.items() for name in names.split()}


def read(*path):
    with open(os.path.join(os.environ['REPO'], *path), encoding='utf-8') as f:
        return f.read()


OPTIONS = re.findall(r'JOOL_GLOBAL\(\w+, \w+, "([^"]+)"', read('common', 'globals.def'))


def value(name, word):
    if name in FORMATS:
        return struct.pack(FORMATS[name], int(word, 0))
    if name == 'INSTANCE':
        return word.encode().decode('unicode_escape').encode('latin-1') + b'\0'
    if name == 'GLOBALS':
        option, payload = word.split(':')
        return counters.attribute(OPTIONS.index(option) + 1, bytes.fromhex(payload))
    return socket.inet_pton(socket.AF_INET6 if name.endswith('6') else socket.AF_INET, word)


def main():
    text = read('common', 'uapi.h')
    commands, attrs = counters.enum('JOOL_CMD', text), counters.enum('JOOL_A', text)
    module = genl.Genl(os.environ['REPO'])
    for line in sys.stdin:
        request = line.rstrip('\n').split(' -> ')[0]
        command, *words = request.split()
        body = struct.pack('=BBH', commands['JOOL_CMD_' + command], 1, 0)
        for word in words:
            name, text = word.split('=', 1)
            if name.endswith('_ENTRY'):
                body += struct.pack('=HH', 4, attrs['JOOL_A_' + name] | NLA_F_NESTED) * int(text)
                continue
            kind = attrs['JOOL_A_' + name] | (NLA_F_NESTED if name == 'GLOBALS' else 0)
            body += counters.attribute(kind, value(name, text))
        print(f'{request} -> {module.outcome(genl.NLM_F_REQUEST | genl.NLM_F_ACK, body)}')


main()
