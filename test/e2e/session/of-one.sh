#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of 300 sessions of one BIB entry, over Generic Netlink, those that are meant are counted and deleted: each once,
# wherever it stands.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
c6 $python -B - <<'EOT'
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
for port in range(1000, 1300):
	s.sendto(b"", ("64:ff9b::192.0.2.8", port))
EOT
expect_stat SESSIONS 300
ask() { # COMMAND FIRST-PORT LAST-PORT -> COUNT
	gw $python -B - "$REPO" "$@" <<-'EOT'
	import struct, sys
	sys.path.insert(0, sys.argv[1] + '/test/packets')
	import counters
	c = counters.Counters(sys.argv[1])
	put = lambda name, value: counters.attribute(c.attrs['JOOL_A_' + name], value)
	answer, = c.ask(c.family, 0, c.commands['JOOL_CMD_SESSION_' + sys.argv[2]], put('INSTANCE', b'default\0') +
		put('PROTO', b'\x11') + b''.join(put(*a) for a in zip(('PORT_MIN', 'PORT_MAX'), (struct.pack('=H', int(p)) for p in sys.argv[3:]))))
	print(*struct.unpack('=Q', answer[c.attrs['JOOL_A_COUNT']]))
	EOT
}
expect() { # NUMBER COMMAND FIRST-PORT LAST-PORT
	local n
	n=$(ask "${@:2}")
	[ "$n" = "$1" ] || fail "${*:2}: $n, should be $1"
}
expect 300 COUNT 1000 1299
expect 150 COUNT 1150 1299
expect 1 COUNT 1299 1299
expect 100 DELETE 1150 1249
expect 0 COUNT 1150 1249
expect 50 COUNT 1250 1299
expect_stat SESSIONS 200
expect 200 DELETE 0 65535
expect_stat SESSIONS 0
expect_stat BIB_ENTRIES 0
