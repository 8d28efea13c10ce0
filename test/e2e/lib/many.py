#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""many.py ENTRIES: has the module check a configuration with so many static BIB entries, in no order. Prints what it says,
how many milliseconds that took, and for how many at most another process on the same processor could not run meanwhile."""
import mmap
import os
import signal
import struct
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'fuzz'))
import genl		# pylint: disable=wrong-import-position
from genl import counters		# pylint: disable=wrong-import-position

NLA_F_NESTED = 0x8000
# However slow the machine is, it is no matter here.
PATIENCE = 600


def main():
    with open(os.path.join(os.environ['REPO'], 'common', 'uapi.h'), encoding='utf-8') as f:
        text = f.read()
    commands, attrs = counters.enum('JOOL_CMD', text), counters.enum('JOOL_A', text)

    def attribute(name, value, flag=0):
        return counters.attribute(attrs['JOOL_A_' + name] | flag, value)

    def entry(i):
        # 2654435761 is odd: no two are the same.
        src6 = struct.pack('!IQI', 0x20010db8, 0, i * 2654435761 & 0xffffffff)
        return attribute('BIB_ENTRY', udp + attribute('SRC6', src6) + port6 +
                         attribute('SRC4', struct.pack('!I', 0x0a000000 + (i >> 15))) +
                         attribute('SRC4_PORT', struct.pack('!H', 1 + (i & 0x7fff))), NLA_F_NESTED)

    udp, port6 = attribute('PROTO', b'\x11'), attribute('SRC6_PORT', b'\0\x07')
    request = struct.pack('=BBH', commands['JOOL_CMD_CONFIG_CHECK'], 1, 0) + attribute('INSTANCE', b'default\0') + \
        b''.join(map(entry, range(int(sys.argv[1]))))
    module = genl.Genl(os.environ['REPO'])
    module.sock.settimeout(PATIENCE)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    # The longest time between two looks at the clock.
    shared = mmap.mmap(-1, 8)
    watcher = os.fork()
    if not watcher:
        last, gap = time.monotonic(), 0
        while True:
            time.sleep(.01)
            now = time.monotonic()
            last, gap = now, max(gap, now - last)
            shared[:8] = struct.pack('=d', gap)
    begin = time.monotonic()
    answer = module.outcome(genl.NLM_F_REQUEST | genl.NLM_F_ACK, request)
    took = time.monotonic() - begin
    # It looks once more.
    time.sleep(.1)
    os.kill(watcher, signal.SIGKILL)
    print(answer, round(1000 * took), round(1000 * struct.unpack('=d', shared[:8])[0]))


main()
