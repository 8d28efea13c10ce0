#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets that pass a hook more often than once, or as somebody else's: copies for an IDS go there as they are, what a
# shaper puts in again is translated once, and what rules send in the name of others gets through.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(m6)
network
modprobe -a nft_dup_ipv6 nft_dup_ipv4 ifb act_mirred cls_matchall sch_ingress nft_reject_inet wireguard
ip -batch - <<-EOT
netns add m6
link add m6g netns m6 type veth peer name gm6 netns gw
EOT
ip -n m6 -batch - <<-EOT
link set m6g up
addr add 2001:db8:9::8/64 dev m6g nodad
addr add 198.51.100.8/24 dev m6g
EOT
ip -n gw -batch - <<-EOT
link set gm6 up
addr add 2001:db8:9::1/64 dev gm6 nodad
addr add 198.51.100.1/24 dev gm6
route add 64:ff9b::/96 dev lo
EOT
nat64
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 2000-2099
	echo_server s4 $proto 192.0.2.8
done
gw ping -q -c 1 -W 5 2001:db8:9::8 > /dev/null
gw ping -q -c 1 -W 5 198.51.100.8 > /dev/null
gw ping -q -c 1 -W 5 192.0.2.8 > /dev/null
watch ids m6 m6g 'udp or icmp[0] = 3'
watch four s4 s4g 'udp or tcp[tcpflags] & tcp-rst != 0 or icmp[0] = 3'
watch six c6 c6g 'udp or ip6[40] = 1'
# How many packets of WATCHED are like REGEX, once all that was sent has been seen.
expect_seen() { # WATCHED N REGEX
	seen "$1" "$3" "$2"
	[ "$(packets "$1" | grep -cE -- "$3")" = "$2" ] || fail "more than $2 like $3: $(packets "$1")"
}

# Before they are translated, as they come back, and the errors about them.
gw nft -f - <<-'EOT'
table ip6 t { chain in { type filter hook prerouting priority -300; ip6 daddr 64:ff9b::/96 dup to 2001:db8:9::8 device gm6; }; }
table ip t { chain in { type filter hook prerouting priority -300; iifname gs4 ip saddr 192.0.2.8 dup to 198.51.100.8 device gm6; }; }
EOT
peer c6 udp $client 4001 $server 7 11 12 13
peer c6 udp-send $client 4002 $server 9 14
seen six 'unreachable'
for size in 11 12 13; do
	expect_seen ids 1 "> 64:ff9b::c000:208\.7: .*UDP, length $size"
	expect_seen ids 1 "192\.0\.2\.8\.7 > .*UDP, length $size"
	expect_seen four 1 "> 192\.0\.2\.8\.7: .*UDP, length $size"
	expect_seen six 1 "64:ff9b::c000:208\.7 > .*UDP, length $size"
done
expect_seen ids 1 'ICMP 192\.0\.2\.8 udp port 9 unreachable'
expect_seen six 1 'ICMP6, destination unreachable'
gw nft delete table ip6 t
gw nft delete table ip t
expect_stat RECEIVED6 4
expect_stat RECEIVED4 4
# A copy of what a session sends is none of the gateway's own.
gw nft -f - <<-'EOT'
table ip t { chain out { type filter hook postrouting priority 0; oifname gs4 dup to 198.51.100.8 device gm6; }; }
EOT
peer c6 udp $client 4001 $server 7 15 16
expect_seen ids 1 "192\.0\.2\.1\.20[0-9]+ > 192\.0\.2\.8\.7: .*UDP, length 16"
gw nft delete table ip t
expect_stat HOST_SOCKET_SENT 0

# A shaper of what comes in, and a mirror below IP.
ip -n gw -batch - <<-EOT
link add shaper type ifb
link set shaper up
EOT
for dev in gc6 gs4; do
	gw tc qdisc add dev $dev ingress
	gw tc filter add dev $dev parent ffff: matchall action mirred egress redirect dev shaper
done
gw tc qdisc add dev gs4 root handle 1: prio
gw tc filter add dev gs4 parent 1: matchall action mirred egress mirror dev gm6
peer c6 udp $client 4001 $server 7 17 18
expect_seen four 1 "> 192\.0\.2\.8\.7: .*UDP, length 18"
expect_seen six 1 "64:ff9b::c000:208\.7 > .*UDP, length 18"
gw tc qdisc del dev gs4 root
for dev in gc6 gs4; do
	gw tc qdisc del dev $dev ingress
done

# Refusals in FORWARD are sent to where the packet came from.
j global update forward-hook true
gw nft -f - <<-EOT
table ip6 t {
	chain f {
		type filter hook forward priority 0
		ip6 saddr $server tcp sport 7 reject with tcp reset
		ip6 saddr $server udp sport 7 reject with icmpv6 admin-prohibited
	}
}
EOT
c6 socat -T 1 - "TCP:[$server]:7,connect-timeout=1" <<< hello > /dev/null 2>&1 || :
seen four '192\.0\.2\.1\.20[0-9]+ > 192\.0\.2\.8\.7: Flags \[R'
peer c6 udp-send $client 4001 $server 7 19
seen four '192\.0\.2\.1 > 192\.0\.2\.8: ICMP host 192\.0\.2\.1 unreachable - admin prohibited'
gw nft delete table ip6 t
j global update forward-hook false

# A tunnel of the gateway itself by way of the NAT64.
end() { # NAMESPACE ADDRESS PORT
	wg genkey > $tmp/$1.key
	wg pubkey < $tmp/$1.key > $tmp/$1.pub
	ip -n $1 -batch - <<-EOT
	link add tunnel type wireguard
	link set tunnel up
	addr add $2/24 dev tunnel
	EOT
	ip netns exec $1 wg set tunnel private-key $tmp/$1.key listen-port $3
}
end gw 10.0.1.1 51820
end s4 10.0.1.2 51821
gw wg set tunnel peer "$(cat $tmp/s4.pub)" allowed-ips 10.0.1.0/24 endpoint "[$server]:51821"
s4 wg set tunnel peer "$(cat $tmp/gw.pub)" allowed-ips 10.0.1.0/24
gw ping -q -c 2 -W 5 10.0.1.2 > $tmp/ping || fail "through the tunnel: $(cat $tmp/ping)"
expect_seen four 1 '192\.0\.2\.1\.20[0-9]+ > 192\.0\.2\.8\.51821: .*UDP, length 148'
