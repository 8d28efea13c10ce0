#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The mark of a packet from IPv6 chooses the table that its translation is routed by, packet by packet.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(t4)
network
nat64
# A second server with the same address, on another link.
ip -batch - <<EOT
netns add t4
link add t4g netns t4 type veth peer name gt4 netns gw
EOT
ip -n gw -batch - <<EOT
link set gt4 up
addr add 203.0.113.1/24 dev gt4
route add 198.51.100.9/32 via 192.0.2.8
route add 198.51.100.9/32 via 203.0.113.8 table 100
rule add fwmark 1 lookup 100
EOT
ip -n t4 -batch - <<EOT
link set lo up
link set t4g up
addr add 203.0.113.8/24 dev t4g
addr add 198.51.100.9/32 dev lo
route add default via 203.0.113.1
EOT
ip -n s4 link set lo up
ip -n s4 addr add 198.51.100.9/32 dev lo
j pool4 add --udp --mark 0 192.0.2.1 2000-2099
j pool4 add --udp --mark 1 203.0.113.1 2000-2099
gw nft -f - <<EOT
table ip6 m {
	chain prerouting {
		type filter hook prerouting priority mangle
		udp sport 40001 meta mark set 1
	}
}
EOT
watch s s4 s4g udp
watch t t4 t4g udp
peer c6 udp-send $client 40000 64:ff9b::198.51.100.9 9 10
peer c6 udp-send $client 40001 64:ff9b::198.51.100.9 9 10
seen s '192.0.2.1.[0-9]+ > 198.51.100.9.9: .*UDP'
seen t '203.0.113.1.[0-9]+ > 198.51.100.9.9: .*UDP'
# The same session goes another way when its mark changes.
gw nft flush table ip6 m
peer c6 udp-send $client 40001 64:ff9b::198.51.100.9 9 10
seen s '203.0.113.1.[0-9]+ > 198.51.100.9.9: .*UDP'
