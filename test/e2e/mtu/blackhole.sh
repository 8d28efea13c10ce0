#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Nobody says that packets are too big for a link beyond the gateway: TCP that probes (RFC 4821) gets
# through, up and down, and so does TCP whose segment size the gateway's firewall clamps.
. "$(dirname "$0")/../lib/far.sh"
far_network
nat64
j pool4 add --tcp 192.0.2.1 2000-2099
j bib add --tcp $far6#9 192.0.2.1#2009
head -c 300K /dev/urandom > $tmp/file
# The link is narrow on the router's side only, and the router keeps that to itself.
ip -n s4 link set s4h mtu 1300
s4 nft 'table ip hole {
	chain output { type filter hook output priority 0; icmp type destination-unreachable drop; }
}'
ip -n c6 link set c6h mtu 1300
c6 nft 'table ip6 hole {
	chain output { type filter hook output priority 0; icmpv6 type packet-too-big drop; }
}'
transfer() { # RECEIVER ADDRESS SENDER TO PORT
	rm -f $tmp/copy
	spawn ip netns exec "$1" socat -u "TCP$(family "$2")-LISTEN:9,bind=$2,reuseaddr" CREATE:$tmp/copy
	must 'somebody listens' 10 listening "$1" tcp 9
	ip netns exec "$3" timeout $patience socat -u OPEN:$tmp/file "TCP:$4:$5" || fail "$3 could not send"
	must 'all of it arrives' 10 cmp -s $tmp/file $tmp/copy
}
both_ways() {
	transfer h4 $far4 h6 "[$far4in6]" 9
	transfer h6 "[$far6]" h4 192.0.2.1 2009
}
# Sooner than after three retransmissions.
h6 sysctl -qw net.ipv4.tcp_mtu_probing=1 net.ipv4.tcp_retries1=1
h4 sysctl -qw net.ipv4.tcp_mtu_probing=1 net.ipv4.tcp_retries1=1
both_ways
h6 sysctl -qw net.ipv4.tcp_mtu_probing=0
h4 sysctl -qw net.ipv4.tcp_mtu_probing=0
# Untranslated packets pass prerouting, and translated ones postrouting.
gw nft 'table inet clamp {
	chain postrouting {
		type filter hook postrouting priority mangle;
		tcp flags syn tcp option maxseg size > 1240 tcp option maxseg size set 1240
	}
}'
both_ways
