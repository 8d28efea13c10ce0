#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where an IPv6 host has a session with the same IPv4 node, from the same IPv4 address and port, as a program of the
# gateway has a connection, the program gets its answers: the session ends when it sends, and is counted. What the
# kernel sends in the name of others, and copies, end none.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
for proto in tcp udp; do
	echo_server s4 $proto 192.0.2.8
	j pool4 add --$proto 192.0.2.1 2000-2003
done
spawn j session follow --csv > $tmp/events
must 'it follows' 10 grep -q . $tmp/events
begins() { # udp|tcp
	case $1 in
	udp) peer c6 udp $client 4000 $server 7 10 ;;
	tcp) [ "$(answer_of c6 "TCP:[$server]:7,sourceport=4000,reuseaddr" hello)" = hello ] ;;
	esac || fail "$1: no answer through the NAT64"
	port=$(j session display --$1 --numeric --csv --no-headers | cut -d , -f 7)
	[ "$port" -ge 2000 ] || fail "$1: the session has port '$port'"
}
ended=0
for proto in udp tcp; do
	begins $proto
	# It may bind the port: the kernel knows nothing of NAT64's.
	[ "$(answer_of gw "$proto:192.0.2.8:7,bind=192.0.2.1:$port,reuseaddr" mine)" = mine ] ||
		fail "$proto: the answer was given to the IPv6 host"
	[ "$(j session count --$proto)" = 0 ] || fail "$proto: the session is still there"
	ended=$((ended + 1))
	expect_stat HOST_SOCKET_SENT $ended
	must "$proto: it is said why" 5 grep -qE ",end,gateway,${proto^^},2001:db8::8,4000," $tmp/events
	# The host begins again, and gets its answer from somewhere else.
	[ $proto = tcp ] || begins $proto
done
# Another node's session, or another port's, is left alone.
j session delete --all > /dev/null
begins udp
gw socat -u - "UDP:192.0.2.8:9,bind=192.0.2.1:$port" <<< hello
gw socat -u - "UDP:192.0.2.9:7,bind=192.0.2.1:$port" <<< hello || :
gw socat -u - "UDP:192.0.2.8:7,bind=192.0.2.1:$((port ^ 1))" <<< hello
[ "$(j session count --udp)" = 1 ] || fail 'a session of somebody else ended'
# Refusals by rules that come before the NAT64 are sent in the name of the session's address.
gw nft -f - <<EOT
table ip r { chain in { type filter hook prerouting priority -150; ip saddr 192.0.2.8 tcp sport 7 reject with tcp reset; }; }
EOT
c6 socat -T 2 - "TCP:[$server]:7,sourceport=4002,reuseaddr,connect-timeout=2" <<< hello > /dev/null 2>&1 || :
gw nft list chain ip r in > /dev/null
[ "$(j session count --tcp)" = 1 ] || fail 'the kernel ended a session with its reset'
gw nft delete table ip r
expect_stat HOST_SOCKET_SENT $ended
