#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of a SYN that is kept no more takes memory than an error about it quotes, however much it carries, and that is
# quoted to the letter.
# Alone: it looks at the memory of the whole kernel.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j global update maximum-simultaneous-opens 1024
watch four s4 s4g 'icmp[icmptype] == icmp-unreach'
# As many as asked for, in four seconds at most; says how many.
cat > $tmp/send.py <<'EOT'
import socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
end, i = time.monotonic() + 4, 0
while i < int(sys.argv[1]) and time.monotonic() < end:
    syn = struct.pack("!HHLLBBHHH", 50000 + i, 62000, 1, 0, 0x50, 2, 512, 0, 0)
    try:
        s.sendto(syn + b"x" * 60000, ("192.0.2.1", 0))
        i += 1
    except OSError: # ENOBUFS: a device is not as fast
        time.sleep(0.01)
print(i)
EOT
used() { # MB
	awk '$1 == "MemTotal:" { total = $2 } $1 == "MemFree:" { print int((total - $2) / 1024) }' /proc/meminfo
}
# What the sender and the devices need in any case.
s4 python3 $tmp/send.py 1 > /dev/null
must 'one is kept' 5 stat_is SYN_STORED 1
before=$(used)
# The first of them has been kept already.
count=$(s4 python3 $tmp/send.py 900)
must 'many are kept' 5 stat_is SYN_STORED "$count"
kept=$(($(used) - before))
expired=$(stat SYN_EXPIRED)
left=$((count - ${expired:-0}))
[ $left -ge 150 ] || fail "$left of $count are still kept: this test sees nothing"
[ $kept -lt $((left / 30)) ] || fail "$left SYNs of 60 KB take $kept MB"
must 'one has waited in vain' 10 stat_exceeds SYN_EXPIRED 0
seen four '192.0.2.1 > 192.0.2.8: ICMP 192.0.2.1 tcp port 62000 unreachable, length 556'
expect_account
