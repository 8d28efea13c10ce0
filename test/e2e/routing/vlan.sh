#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# VLAN devices on one side, then on the other: transfers both ways arrive whole, ping and UDP as well.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
echo_server s4 udp 192.0.2.8
modprobe 8021q
head -c 512K /dev/urandom > $tmp/www/file
transfers() { # TITLE
	down_and_up "$1"
	peer c6 udp $client 0 $server 7 1 1400 3000 || fail "$1: UDP"
	c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail "$1: ping"
}
move() { # NAMESPACE DEVICE ADDRESS [OPTION]
	ip -n "$1" -batch - <<-EOT
	addr flush dev $2
	link add link $2 name $2.5 type vlan id 5
	link set $2.5 up
	addr add ${*:3} dev $2.5
	EOT
}
move c6 c6g $client/64 nodad
move gw gc6 2001:db8::1/64 nodad
ip -n c6 route replace ::/0 via 2001:db8::1
transfers 'VLAN on the IPv6 side'
move s4 s4g 192.0.2.8/24
move gw gs4 192.0.2.1/24
ip -n s4 route replace default via 192.0.2.1
transfers 'VLANs on both sides'
