#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Many datagrams in one packet (UDP_SEGMENT, as QUIC stacks send them) arrive as they were, both ways.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --udp $client#9 192.0.2.1#2009
count_big s4 s4g
count_big c6 c6g
cat > $tmp/receive.py <<-'EOT'
	import os, socket, sys
	s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
	s.bind((sys.argv[1], 9))
	s.settimeout(30 * int(os.environ['SLOW']))
	got = b"".join(s.recv(2000) for _ in range(21))
	print("all" if got == bytes(i * 7 & 255 for i in range(20 * 1200 + 100)) else "damaged")
EOT
cat > $tmp/send.py <<-'EOT'
	import socket, sys
	s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
	s.setsockopt(socket.IPPROTO_UDP, 103, 1200)  # UDP_SEGMENT
	s.sendto(bytes(i * 7 & 255 for i in range(20 * 1200 + 100)), (sys.argv[1], int(sys.argv[2])))
EOT
sed -i 's/^\t//' $tmp/*.py
gso_through() { # RECEIVER ADDRESS SENDER TO PORT
	spawn ip netns exec "$1" $python $tmp/receive.py "$2" > $tmp/got
	must 'somebody listens' 10 listening "$1" udp 9
	ip netns exec "$3" $python $tmp/send.py "$4" "$5"
	must 'all datagrams arrive' 40 grep -q . $tmp/got
	grep -q all $tmp/got || fail "$1: $(cat $tmp/got)"
}
gso_through s4 192.0.2.8 c6 $server 9
gso_through c6 $client s4 192.0.2.1 2009
# They passed the gateway in one piece.
for n in s4 c6; do
	[ "$(big $n)" = 1 ] || fail "$n got $(big $n) packets longer than the link's MTU, not 1"
done
# The gateway's devices take none: it makes single packets of them.
gw ethtool -K gc6 gso off tx-udp-segmentation off
gw ethtool -K gs4 gso off tx-udp-segmentation off
gso_through s4 192.0.2.8 c6 $server 9
gso_through c6 $client s4 192.0.2.1 2009
expect_account
