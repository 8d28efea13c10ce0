#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Datagrams that the gateway's device hands over as a list (rx-gro-list) come out one by one.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --udp $client#9 192.0.2.1#2009
cat > $tmp/receive.py <<-'EOT'
	import os, socket, sys
	s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
	s.bind((sys.argv[1], 9))
	s.settimeout(30 * int(os.environ['SLOW']))
	for i in range(100):
	    data = s.recv(2000)
	    if data != bytes([i]) * 500:
	        sys.exit(f"{i}: {data[:1]}, {len(data)} bytes")
	print("all")
EOT
cat > $tmp/send.py <<-'EOT'
	import socket, sys
	s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(100):
	    s.sendto(bytes([i]) * 500, (sys.argv[1], int(sys.argv[2])))
EOT
sed -i 's/^\t//' $tmp/*.py
for dev in gc6 gs4; do
	gw ethtool -K $dev gro on rx-gro-list on
	# Wait for more: an interrupt for each packet leaves nothing to put together.
	gw bash -c "echo 20000000 > /sys/class/net/$dev/gro_flush_timeout"
	# Counts what is longer than any datagram here.
	gw nft -f - <<-EOT
	table netdev $dev {
		counter lists { }
		chain in { type filter hook ingress device $dev priority 0; meta length > 1000 counter name lists; }
	}
	EOT
done
# All arrive, in order.
burst_through() { # RECEIVER ADDRESS SENDER TO PORT DEVICE
	spawn ip netns exec "$1" $python $tmp/receive.py "$2" > $tmp/got
	must 'somebody listens' 10 listening "$1" udp 9
	ip netns exec "$3" $python $tmp/send.py "$4" "$5"
	must 'all datagrams arrive' 40 grep -q all $tmp/got
	gw nft list counter netdev "$6" lists > $tmp/lists
	! grep -q 'packets 0 ' $tmp/lists || fail "$6 put nothing together"
}
burst_through s4 192.0.2.8 c6 $server 9 gc6
burst_through c6 $client s4 192.0.2.1 2009 gs4
