#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection that both ends open at once comes about while strangers send more SYNs than are kept (RFC 5382 REQ-2, 4),
# if its own is kept; those that are not kept are not answered.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
ip -n s4 route add local 198.51.100.0/24 dev lo
s4 nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 50001-50005 drop; }; }'
cat > $tmp/flood.py <<'EOF'
import random, signal, socket, struct, sys, time
local, remote, sent_file, go = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
own = socket.socket()
own.bind(("192.0.2.8", remote))
own.setblocking(False)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
on = True
def stop(*_):
    global on
    on = False
signal.signal(signal.SIGUSR1, stop)
# Its own SYN comes first.
own.connect_ex(("192.0.2.1", local))
begin, sent = time.monotonic(), 0
while on:
    # From anybody, 10 000 a second, to ports of pool4 that nobody has.
    for i in range(100):
        source = socket.inet_aton(f"198.51.100.{random.randrange(1, 255)}")
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, source, socket.inet_aton("192.0.2.1"))
        ports = random.randrange(1024, 65536), random.randrange(62200, 65536)
        syn = struct.pack("!HHLLBBHHH", *ports, 1, 0, 0x50, 2, 512, 0, 0)
        try:
            raw.sendto(header + syn, ("192.0.2.1", 0))
            sent += 1
        except OSError: # ENOBUFS
            pass
    if go and sent > 1000:
        open(go, "w").close()
        go = None
    print(sent, file=open(sent_file, "w"))
    time.sleep(max(0, begin + sent / 10000 - time.monotonic()))
time.sleep(3600)
EOF
cat > $tmp/client.py <<'EOF'
import socket, sys, time
own = socket.socket(socket.AF_INET6)
own.bind(("", int(sys.argv[1])))
open(sys.argv[4]).read()
own.settimeout(3600)
own.connect((sys.argv[2], int(sys.argv[3])))
time.sleep(3600)
EOF
mkfifo $tmp/go
# On a slow machine the client may be too late all the same.
for i in 1 2 3 4 5; do
	spawn ip netns exec c6 $python $tmp/client.py 4000$i $server 5000$i $tmp/go
	spawn ip netns exec s4 $python $tmp/flood.py 6210$i 5000$i $tmp/sent $tmp/go
	! poll 10 stat_is SYN_MATCHED 1 || break
	kill "${pids[@]: -2}" 2> /dev/null || :
	j session delete --tcp > /dev/null
	sleep $((7 * SLOW)) # until the kept ones are forgotten
done
expect_stat SYN_MATCHED 1
must 'others are not kept' 10 stat_exceeds SYN_FULL 1000
[ "$(stat SYN_STORED)" -ge 256 ] || fail "only $(stat SYN_STORED) are kept"
kill -USR1 "${pids[-1]}"
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#5000$i	2001:db8::8#4000$i
Local: 192.0.2.1#6210$i		64:ff9b::c000:208#5000$i
EOT
# Those that are kept no longer are refused, no others.
refused() {
	[ "$(stat SYN_EXPIRED)" = "$(($(stat SYN_STORED) - 1))" ]
}
must 'the rest is refused' 20 refused
[ "$(stat ICMP_SENT)" -le "$(stat SYN_EXPIRED)" ] || fail "$(stat ICMP_SENT) errors"
expect_account
echo "$(cat $tmp/sent) SYNs, $(stat SYN_FULL) too many"
