#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Offloads change nothing on the wire: the receiver gets the same packets, byte for byte, whether the
# gateway translates a large one that is cut later, or each by itself. (But for the identifications,
# and the checksum of IPv4 with them. Those of packets without DF are new each time. With DF they may be
# anything, as nobody cuts the packet (RFC 6864 4.1): a packet by itself has 0, and what cuts a large
# one in software numbers its segments 0, 1, 2.)
. "$(dirname "$0")/../lib/far.sh"
far_network
nat64
j pool4 add --udp 192.0.2.1 2000
j bib add --udp $far6#9 192.0.2.1#2000
count_big s4 s4g
count_big c6 c6g
# Three times five datagrams of a size, and the smaller rest, as one packet (UDP_SEGMENT).
cat > $tmp/send.py <<-'EOT'
	import socket, sys
	s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("", 9))
	for size in 1300, 1220, 700:
	    s.setsockopt(socket.IPPROTO_UDP, 103, size)
	    s.sendto(bytes(i * 7 & 255 for i in range(5 * size + 100)), (sys.argv[1], int(sys.argv[2])))
EOT
# Prints so many packets of UDP that come in. Towards IPv6 the largest are fragmented (RFC 7915 4.1).
cat > $tmp/receive.py <<-'EOT'
	import os, socket, sys
	s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(int(sys.argv[1], 16)))
	s.settimeout(30 * int(os.environ['SLOW']))
	left = int(sys.argv[2])
	print("ready", flush=True)
	while left:
	    packet = bytearray(s.recv(65535))
	    if packet[0] == 0x45 and packet[9] == 17:
	        packet[4:6] = packet[10:12] = b"--"
	    elif packet[6] == 44:
	        packet[44:48] = b"----"
	    elif packet[0] == 0x45 or packet[6] != 17:
	        continue
	    print(packet.hex())
	    left -= 1
EOT
sed -i 's/^\t//' $tmp/*.py
through() { # COPY RECEIVER ETHERTYPE PACKETS SENDER TO PORT
	spawn ip netns exec "$2" $python $tmp/receive.py "$3" "$4" > "$1"
	must 'somebody listens' 10 grep -q ready "$1"
	ip netns exec "$5" $python $tmp/send.py "$6" "$7"
	wait "${pids[-1]}" || fail "$2 has not got all: $(cut -c -100 "$1")"
}
both_ways() { # NAME
	through "$tmp/$1.up" h4 800 18 h6 $far4in6 9
	through "$tmp/$1.down" h6 86dd 23 h4 192.0.2.1 2000
}
# Segments are made and checksums computed where the link of the receiver begins.
c6 ethtool -K c6h tx off gso off tx-udp-segmentation off > $tmp/ethtool
s4 ethtool -K s4h tx off gso off tx-udp-segmentation off > $tmp/ethtool
both_ways large
h6 ethtool -K h6c gso off tx-udp-segmentation off > $tmp/ethtool
h4 ethtool -K h4s gso off tx-udp-segmentation off > $tmp/ethtool
both_ways single
# Only the first time they passed the gateway in one piece; but for what is to be fragmented towards
# IPv6, and what ends in a packet so small that it is, unlike the others, without DF (RFC 7915 5.1).
[ "$(big s4) $(big c6)" = '2 2' ] || fail "$(big s4) and $(big c6) large packets, not 2 and 2"
for way in down up; do
	diff $tmp/large.$way $tmp/single.$way > $tmp/difference || fail "$way: $(cut -c -200 $tmp/difference)"
done
