#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of a SYN that is kept no more takes memory than an error about it quotes, however much it carries, and that is
# quoted to the letter.
# Alone: it looks at the memory of the whole kernel.
. "$(dirname "$0")/lib.sh"
network
nat64
j global update maximum-simultaneous-opens 1024
watch four s4 s4g 'icmp[icmptype] == icmp-unreach'
cat > $tmp/send.py <<'EOT'
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
for i in range(int(sys.argv[1])):
    s.sendto(struct.pack("!HHLLBBHHH", 50000 + i, 62000, 1, 0, 0x50, 2, 512, 0, 0) + b"x" * 60000, ("192.0.2.1", 0))
EOT
used() { # MB
	awk '$1 == "MemTotal:" { total = $2 } $1 == "MemFree:" { print int((total - $2) / 1024) }' /proc/meminfo
}
# What the sender and the devices need in any case.
s4 python3 $tmp/send.py 1
must 'one is kept' 5 stat_is SYN_STORED 1
before=$(used)
s4 python3 $tmp/send.py 900
must 'many are kept' 5 stat_is SYN_STORED 900
kept=$(($(used) - before))
expired=$(stat SYN_EXPIRED)
[ "${expired:-0}" -lt 450 ] || fail "$expired are kept no longer: this test sees nothing"
[ $kept -lt 30 ] || fail "900 SYNs take $kept MB"
some_expired() { [ "$(stat SYN_EXPIRED)" -gt 0 ]; }
must 'one has waited in vain' 10 some_expired
seen four '192.0.2.1 > 192.0.2.8: ICMP 192.0.2.1 tcp port 62000 unreachable, length 556'
expect_account
