#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the gateway's INPUT firewall refuses from one side of the NAT64 it refuses from the other: translated packets to
# the gateway itself come in by the device by which they came, are tracked, and are none of the loopback device's.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
server4=64:ff9b::192.0.2.1
# No set of ports or types: that of Linux 6.1 has lockdep complain of itself.
gw nft -f - <<EOT
table ip fw {
	counter new { }
	counter known { }
	chain post { type filter hook postrouting priority 0; ct state invalid drop; }
	chain in {
		type filter hook input priority 0; policy drop
		ct state established,related counter name known accept
		ct state invalid drop
		iifname lo accept
		iifname gc6 ip saddr 192.0.2.1 ip daddr 192.0.2.1 tcp dport 23 counter name new accept
		iifname gc6 udp dport 23 accept
		iifname gc6 icmp type echo-request accept
		iifname gs4 tcp dport 24 accept
	}
}
table ip6 fw {
	chain in {
		type filter hook input priority 0; policy drop
		ct state established,related accept
		icmpv6 type 135-136 accept
		iifname lo accept
		iifname gs4 ip6 saddr $server tcp dport 25 accept
		iifname gs4 udp dport 25 accept
		iifname gs4 icmpv6 type echo-request accept
	}
}
EOT
for port in 22 23 24; do
	spawn gw socat TCP4-LISTEN:$port,bind=192.0.2.1,reuseaddr,fork PIPE
	spawn gw $python "$e2e/peer.py" udp-echo 192.0.2.1 $port
done
for port in 25 26; do
	spawn gw socat "TCP6-LISTEN:$port,bind=[2001:db8::1],reuseaddr,fork" PIPE
	spawn gw $python "$e2e/peer.py" udp-echo 2001:db8::1 $port
done
for port in 22 23 24 25 26; do
	must "port $port listens" 10 listening gw tcp $port
	must "port $port listens" 10 listening gw udp $port
done
refused() { # TITLE NAMESPACE ADDRESS PORT
	! timeout 20 ip netns exec "$2" socat -T 1 - "TCP:$3:$4,connect-timeout=1" <<< hello > /dev/null 2>&1 ||
		fail "$1: TCP port $4 is open"
	! ip netns exec "$2" socat -T 1 - "UDP:$3:$4" <<< hello 2>/dev/null | grep . || fail "$1: UDP port $4 is open"
}
open() { # TITLE NAMESPACE ADDRESS PORT
	local proto data
	data=$(head -c 1300 /dev/zero | tr '\0' x)
	for proto in TCP UDP; do
		[ "$(answer_of "$2" "$proto:$3:$4" "$data")" = "$data" ] ||
			fail "$1: no answer from $proto port $4"
	done
}
both_ways() { # TITLE
	refused "$1, from IPv6" c6 "[$server4]" 22
	refused "$1, from IPv6" c6 "[$server4]" 24
	open "$1, from IPv6" c6 "[$server4]" 23
	c6 ping -q -c 1 -W 5 $server4 > /dev/null || fail "$1: no answer to a ping from IPv6"
	c6 ping -q -c 1 -W 5 -s 3000 $server4 > /dev/null || fail "$1: no answer to a large ping from IPv6"
	refused "$1, from IPv4" s4 192.0.2.1 2026
	open "$1, from IPv4" s4 192.0.2.1 2025
}
# Where the answers of the gateway's own programs go.
ip -n gw -6 route add 64:ff9b::/96 dev lo
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 2000-2099
	for port in 25 26; do
		j bib add --$proto "2001:db8::1#$port" 192.0.2.1#20$port
	done
done
j bib add --udp "$client#7" 192.0.2.1#2007 # before a session of somebody else has the port
j pool4 add --icmp 192.0.2.1 0-65535
both_ways 'its own address'
gw nft list counters table ip fw > $tmp/counters
[ "$(grep -A 1 'counter new' $tmp/counters | sed -n 's/.*packets \([0-9]*\).*/\1/p')" = 1 ] || fail "not new once: $(cat $tmp/counters)"
! grep -A 1 'counter known' $tmp/counters | grep 'packets 0 ' || fail 'it is not known after that'

# The gateway's own programs hear what they have asked for.
echo_server s4 tcp 192.0.2.8
echo_server s4 udp 192.0.2.8
open 'the gateway asks' gw "[$server]" 7
gw ping -q -c 1 -W 5 $server > /dev/null || fail 'no answer to its own ping'
open 'the gateway asks itself' gw "[$server4]" 22
echo_server c6 udp $client
[ "$(answer_of gw UDP:192.0.2.1:2007 hello)" = hello ] || fail 'no answer from an IPv6 host'

# It is a packet of the NAT64 that a device on the fast path must not take past INPUT.
j global update fast-path gc6,gs4
both_ways 'with fast-path'
j global update fast-path none
j global update forward-hook true
both_ways 'with forward-hook'
# Rules about where a source may come from are not for it.
gw sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.gc6.rp_filter=1
both_ways 'with reverse path filters'
