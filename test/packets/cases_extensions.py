# SPDX-License-Identifier: GPL-2.0-only
"""ICMP extensions (RFC 4884) in translated errors: RFC 7915 4.2 and 5.2."""
import struct

from dsl import *
from cases_icmp_errors import OPENED, UNUSED, back_seen4, back_seen6, seen4, seen6, word

BIG = pattern(600)


def extension(length):
    """An extension structure with one object, @length bytes together (RFC 4884 7, 8)."""
    data = b'\x20\0\0\0' + struct.pack('!HBB', length - 4, 1, 1) + pattern(length - 8)
    return data[:2] + struct.pack('!H', checksum(data)) + data[4:]


def words4(words):
    return bytes([0, words, 0, 0])


def words6(words):
    return bytes([words, 0, 0, 0])


def four_to_six(name, says, type, inner4, rest4, ext4, inner6, rest6, ext6=None, new=None, code=0, new_code=0):
    """An error of that type whose original datagram field and extensions become those."""
    case(name, says, from4(error4(inner4, type, code, rest4, ext=ext4)),
         to6(error6(inner6, new or {3: 1, 11: 3}[type], new_code, rest6, ext=ext4 if ext6 is None else ext6,
                    src=embed(R4), dst=C6, hlim=63)))


def six_to_four(name, says, type, inner6, rest6, ext6, inner4, rest4, ext4=None, code=0, new_code=None):
    case(name, says, from6(error6(inner6, type, code, rest6, ext=ext6)),
         to4(error4(inner4, {1: 3, 3: 11}[type], {1: 1, 3: 0}[type] if new_code is None else new_code, rest4,
                    ext=ext6 if ext4 is None else ext4, src=P4, dst=S4, ttl=63, inner_id=FREE)))


group('extensions', prime=OPENED)

EXT = extension(16)
four_to_six('extension-4to6', 'RFC 7915 4.2: length MUST be adjusted, in words of 8 and padded to such a one',
            11, build(seen4(data=BIG))[:128], words4(32), EXT, zeros(build(seen6(data=BIG))[:148], 152), words6(19))
four_to_six('extension-4to6-unreachable', 'RFC 7915 4.2: the same for destination unreachable',
            3, build(seen4(data=BIG))[:128], words4(32), EXT, zeros(build(seen6(data=BIG))[:148], 152), words6(19),
            code=3, new_code=4)
four_to_six('extension-4to6-aligned', 'RFC 7915 4.2: no padding where none is needed',
            11, build(seen4(data=BIG))[:132], words4(33), EXT, build(seen6(data=BIG))[:152], words6(19))
four_to_six('extension-4to6-padded', 'RFC 4884 4: a short packet within, padded to 128 bytes',
            11, zeros(seen4(), 128), words4(32), EXT, zeros(seen6(), 128), words6(16))
four_to_six('extension-4to6-long-extension', 'RFC 4884 7: several objects',
            11, build(seen4(data=BIG))[:128], words4(32), extension(300), zeros(build(seen6(data=BIG))[:148], 152),
            words6(19))
four_to_six('extension-4to6-below-128', 'RFC 4884 4: at least 128 bytes, though the sender wrote less',
            11, build(seen4(data=BIG))[:64], words4(16), EXT, zeros(build(seen6(data=BIG))[:84], 128), words6(16))
four_to_six('extension-4to6-none', 'RFC 4884 4: a length, but no extension',
            11, build(seen4(data=BIG))[:128], words4(32), b'', build(seen6(data=BIG))[:148], UNUSED)
four_to_six('extension-4to6-no-length', 'RFC 4884 5.5: without length there is no extension, only packet',
            11, build(seen4(data=BIG))[:200], UNUSED, b'', build(seen6(data=BIG))[:220], UNUSED)
four_to_six('extension-4to6-size', 'RFC 4884 7: not above 1280 bytes; the packet within gives way',
            11, build(seen4(data=pattern(1300)))[:1020], words4(255), extension(300),
            build(seen6(data=pattern(1300)))[:928], words6(116))
four_to_six('extension-4to6-too-long', 'RFC 7915 4.2: an extension that has no room SHOULD be truncated: there is none left',
            11, build(seen4(data=BIG))[:128], words4(32), extension(1200), build(seen6(data=BIG))[:148], UNUSED, b'')
four_to_six('extension-4to6-too-big', 'RFC 4884 4.6: packet too big MUST NOT have one',
            3, build(seen4(data=BIG))[:128], b'\0\x20' + struct.pack('!H', 1400), EXT,
            build(seen6(data=BIG))[:148], word(1420), b'', new=2, code=4)
four_to_six('extension-4to6-parameter', 'RFC 4884 4.6: nor an ICMPv6 parameter problem',
            12, build(seen4(data=BIG))[:128], b'\x08\x20\0\0', EXT, build(seen6(data=BIG))[:148], word(7), b'', new=4)
four_to_six('extension-4to6-protocol', 'RFC 4884 4.6: nor what a protocol unreachable becomes',
            3, build(seen4(data=BIG))[:128], words4(32), EXT, build(seen6(data=BIG))[:148], word(6), b'', new=4,
            code=2, new_code=1)
for words in (255, 37):
    case(f'extension-4to6-length-{words}', 'RFC 4884 4: the length is beyond the end',
         from4(error4(build(seen4(data=BIG))[:128], 11, 0, words4(words), ext=EXT)), counters='ICMP4_ERROR_LENGTH')
case('extension-4to6-length-4', 'RFC 4884 4: the length does not even hold the IP header',
     from4(error4(build(seen4(data=BIG))[:128], 11, 0, words4(4), ext=EXT)), counters='ICMP4_ERROR_INNER')

six_to_four('extension-6to4', 'RFC 7915 5.2: length MUST be adjusted, in words of 4',
            3, build(back_seen6(data=BIG))[:168], words6(21), EXT, build(back_seen4(data=BIG))[:148], words4(37))
six_to_four('extension-6to4-unreachable', 'RFC 7915 5.2: the same for destination unreachable',
            1, build(back_seen6(data=BIG))[:168], words6(21), EXT, build(back_seen4(data=BIG))[:148], words4(37),
            code=4, new_code=3)
six_to_four('extension-6to4-short', 'RFC 4884 4: still at least 128 bytes when it has become shorter',
            3, build(back_seen6(data=BIG))[:128], words6(16), EXT, zeros(build(back_seen4(data=BIG))[:108], 128), words4(32))
six_to_four('extension-6to4-padded', 'RFC 4884 4: a short packet within, padded to 128 bytes',
            3, zeros(back_seen6(), 128), words6(16), EXT, zeros(back_seen4(), 128), words4(32))
six_to_four('extension-6to4-below-128', 'RFC 4884 4: at least 128 bytes, though the sender wrote less',
            3, build(back_seen6(data=BIG))[:64], words6(8), EXT, zeros(build(back_seen4(data=BIG))[:44], 128), words4(32))
six_to_four('extension-6to4-none', 'RFC 4884 4: a length, but no extension',
            3, build(back_seen6(data=BIG))[:168], words6(21), b'', build(back_seen4(data=BIG))[:148], UNUSED)
six_to_four('extension-6to4-size', 'RFC 1812 4.3.2.3: not above 576 bytes; the packet within gives way',
            3, build(back_seen6(data=pattern(1100)))[:1000], words6(125), extension(40),
            build(back_seen4(data=pattern(1100)))[:508], words4(127))
six_to_four('extension-6to4-too-long', 'RFC 4884 7: an extension that has no room at all',
            3, build(back_seen6(data=BIG))[:128], words6(16), extension(440), build(back_seen4(data=BIG))[:108], UNUSED, b'')
for words in (255, 19):
    case(f'extension-6to4-length-{words}', 'RFC 4884 4: the length is beyond the end',
         from6(error6(build(back_seen6(data=BIG))[:128], 3, 0, words6(words), ext=EXT)), counters='ICMP6_ERROR_LENGTH')
case('extension-6to4-length-4', 'RFC 4884 4: the length does not even hold the IP header',
     from6(error6(build(back_seen6(data=BIG))[:128], 3, 0, words6(4), ext=EXT)), counters='ICMP6_ERROR_INNER')
case('extension-6to4-too-big', 'RFC 4884 4.6: packet too big has no length field, all behind it is packet',
     from6(error6(build(back_seen6(data=pattern(1400)))[:168], 2, 0, word(1400))),
     to4(error4(build(back_seen4(data=pattern(1400), flags='DF'))[:148], 3, 4, struct.pack('!HH', 0, 1380),
                src=P4, dst=S4, ttl=63, inner_id=FREE)))
