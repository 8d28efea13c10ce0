# SPDX-License-Identifier: GPL-2.0-only
"""What `jool query` can be asked about a packet, and what has become of it by its counters."""
import struct

import dsl

TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
FIN_SYN_RST, SYN = 7, 2
# A larger one may be too big for a link; this much fits all.
SIZE_MAX = 1260
# Sources that the kernel refuses before anybody else sees the packet, as it does multicast.
REFUSED6 = (dsl.address6('::1'),)
# How a packet ends: classes of common/stats.def.
ENDS = ('SENT', 'DROPPED', 'LEFT', 'KEPT')


def ports(proto, upper):
    """Source and destination port, twice the identifier of an echo; None: no query is about such a packet."""
    if proto == TCP and len(upper) >= 20 and upper[13] & FIN_SYN_RST == SYN:
        return upper[:2], upper[2:4]
    if proto == UDP and len(upper) >= 8 and struct.unpack_from('!H', upper, 4)[0] == len(upper):
        return upper[:2], upper[2:4]
    if (proto, upper[0] if upper else None) in ((ICMP, 8), (ICMP, 0), (ICMP6, 128), (ICMP6, 129)) and len(upper) >= 8:
        return upper[4:6], upper[4:6]
    return None


def question6(data):
    if len(data) < 40 or struct.unpack_from('!H', data, 4)[0] != len(data) - 40 or data[7] <= 1:
        return None
    proto, pair = data[6], ports(data[6], data[40:])
    if proto == ICMP or not pair or proto == UDP and data[46:48] == b'\0\0' or data[8:24] in REFUSED6 or data[8] == 0xff:
        return None
    return {'PROTO': bytes([ICMP if proto == ICMP6 else proto]), 'SRC6': data[8:24], 'SRC6_PORT': pair[0],
            'DST6': data[24:40], 'DST6_PORT': pair[1]}


def question4(data):
    if len(data) < 20 or data[0] & 15 != 5 or struct.unpack_from('!H', data, 2)[0] != len(data) or data[8] <= 1 or \
            struct.unpack_from('!H', data, 6)[0] & 0xbfff or dsl.checksum(data[:20]):
        return None
    pair = ports(data[9], data[20:])
    if data[9] == ICMP6 or not pair:
        return None
    # From IPv4, the source is the other node.
    return {'PROTO': data[9:10], 'DST4': data[12:16], 'DST4_PORT': pair[0], 'SRC4': data[16:20], 'SRC4_PORT': pair[1]}


def question(packet, mark):
    """The attributes that describe the packet of a case; None: they cannot (README.md says which)."""
    if callable(packet) or isinstance(packet, (dsl.Gso, dsl.Lying, dsl.Shaped, dsl.Tagged)):
        return None
    data = dsl.build(packet)
    if len(data) > SIZE_MAX or data[0] >> 4 not in (4, 6):
        return None
    asked = (question4 if data[0] >> 4 == 4 else question6)(data)
    if asked and mark:
        asked['MARK'] = struct.pack('=I', mark)
    return asked


def outcome(moved, classes):
    """The same of the counters that a packet has moved: how it ended, and under which of them."""
    ended = {name: by for name, by in moved.items() if by and classes[name] in ENDS}
    # An error about a packet from one IPv6 node to another is one itself.
    if len(ended) == 2 and moved.get('ICMP_SENT'):
        ended.pop('SUCCESS', None)
    if not ended:
        return 'kernel', None
    if list(ended.values()) != [1]:
        return 'several', str(ended)
    [name] = ended
    verdict = {'SENT': 'translate', 'DROPPED': 'drop', 'LEFT': 'kernel', 'KEPT': 'store'}[classes[name]]
    return verdict, None if verdict == 'translate' else name
