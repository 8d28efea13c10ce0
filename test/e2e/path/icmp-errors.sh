#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ICMP errors come through, both ways, about the packet that the receiver knows.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --udp $client#7 192.0.2.1#2007
watch six c6 c6g 'icmp6 && ip6[40] < 128'
watch four s4 s4g 'icmp'
# Nobody listens on port 9 of the server, nor on port 7 of the client.
peer c6 udp-send $client 40001 $server 9 10
seen six '64:ff9b::c000:208 > 2001:db8::8: .*ICMP6, destination unreachable, unreachable port, 64:ff9b::c000:208 udp port 9'
peer s4 udp-send 192.0.2.8 50000 192.0.2.1 2007 10
seen four '192.0.2.1 > 192.0.2.8: ICMP 192.0.2.1 udp port 2007 unreachable'
# A route that ends at the router behind the gateway.
ip -n s4 route add unreachable 198.51.100.0/24
ip -n s4 link set lo up
ip netns exec s4 sysctl -qw net.ipv4.conf.all.forwarding=1
ip -n gw route add 198.51.100.0/24 via 192.0.2.8
peer c6 udp-send $client 40002 64:ff9b::198.51.100.9 9 10
seen six '64:ff9b::c000:208 > 2001:db8::8: .*destination unreachable, unreachable route'
