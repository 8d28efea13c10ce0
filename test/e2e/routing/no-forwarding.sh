#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway translates although it forwards in neither family, nor on any device: packets as such, in
# fragments, errors, from IPv4, with the fast path and the FORWARD chain; what is not translated is not forwarded.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
echo_server s4 udp 192.0.2.8
echo_server c6 tcp $client
for proto in tcp udp icmp; do
	j pool4 add --$proto 192.0.2.1 2000-2099
done
j bib add --tcp $client#7 192.0.2.1#2007
head -c 1M /dev/urandom > $tmp/www/file
# Each changes the devices that are there, too.
gw sysctl -qw net.ipv4.conf.all.forwarding=0 net.ipv6.conf.all.forwarding=0 \
	net.ipv4.conf.default.forwarding=0 net.ipv6.conf.default.forwarding=0
[ "$(gw bash -c 'cat /proc/sys/net/ipv[46]/conf/*/forwarding' | sort -u)" = 0 ] || fail 'something forwards'
works() { # TITLE
	c6 ping -q -c 1 -W $patience $server > /dev/null || fail "$1: ping"
	c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail "$1: fragmented ping"
	down_and_up "$1"
	peer c6 udp $client 0 $server 7 10 3000 || fail "$1: UDP"
	[ "$(s4 socat -t $patience -T $patience - TCP:192.0.2.1:2007 <<< hello)" = hello ] || fail "$1: from IPv4"
	c6 ping -n -c 1 -w $patience -t 1 $server > $tmp/ping || :
	grep -q 'Time exceeded' $tmp/ping || fail "$1: error: $(cat $tmp/ping)"
}
works 'as such'
j global update fast-path gc6,gs4
works 'fast path'
j global update fast-path ''
j global update forward-hook true
works 'FORWARD chain'
# From one side to the other without translation.
ip -n c6 -6 route add 2001:db8:9::/64 via 2001:db8::1
ip -n gw -6 route add 2001:db8:9::/64 dev gs4
watch four s4 s4g ip6
c6 ping -q -c 1 -W 1 2001:db8:9::9 > /dev/null && fail 'it forwards'
gw sysctl -qw net.ipv6.conf.all.forwarding=1
c6 ping -q -c 1 -W 1 2001:db8:9::9 > /dev/null || :
seen four 'who has 2001:db8:9::9'
[ "$(packets four | grep -c '2001:db8:9::9')" -ge 1 ]
