#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The mark that nftables put on a packet chooses the pool4 entries; a mark without any is refused.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
j pool4 add --udp 198.51.100.1 5000-5099
j pool4 add --udp --mark 7 198.51.100.7 7000-7099
gw nft -f - <<EOT
table ip6 m {
	chain prerouting {
		type filter hook prerouting priority mangle;
		udp sport 40007 meta mark set 7
		udp sport 40009 meta mark set 9
	}
}
EOT
# The mark stays on the packet: it must have a route, here the same.
peer c6 udp $client 40001 $server 7 10
peer c6 udp $client 40007 $server 7 10
peer c6 udp-send $client 40009 $server 7 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 198.51.100.1#{odd 5000..5099}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40007
Local: 198.51.100.7#{odd 7000..7099}		64:ff9b::c000:208#7
EOT
expect_stat MARK_NOT_FOUND 1
expect_output pool4 display --udp --csv <<EOT
Mark,Protocol,Address,Min port,Max port,Iterations,Iterations fixed
7,UDP,198.51.100.7,7000,7099,1024,0
0,UDP,198.51.100.1,5000,5099,1024,0
EOT
