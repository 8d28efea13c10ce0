#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sockets that listen at every address of the gateway: what comes to its own addresses is theirs, what comes to an
# address of pool4 that is only routed to it is not. A static mapping that they are in front of gets a warning.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
ip -n s4 route add 198.51.100.1 via 192.0.2.1
for proto in tcp udp; do
	echo_server gw $proto 0.0.0.0
	echo_server c6 $proto $client
	j pool4 add --$proto 192.0.2.1 2-9
	j pool4 add --$proto 198.51.100.1 2-9
done
talk() { # PROTOCOL ADDRESS PORT
	if [ $1 = udp ]; then
		peer s4 udp 192.0.2.8 $3 $2 7 10
	else
		dial s4 $2 7 $3
		say 'who are you'
		hang_up
	fi
}
warning='Warning: a socket of this machine has the IPv4 transport address, and gets what is sent there.'
for proto in tcp udp; do
	j bib add --$proto "$client#7" 192.0.2.1#7 2> $tmp/warning
	[ "$(cat $tmp/warning)" = "$warning" ] || fail "no warning: $(cat $tmp/warning)"
	talk $proto 192.0.2.1 4000
	[ "$(j session count --$proto)" = 0 ] || fail "$proto: the gateway's own connection has a session"
	j bib remove --$proto "$client#7"
	j bib add --$proto "$client#7" 198.51.100.1#7 2> $tmp/warning
	[ ! -s $tmp/warning ] || fail "$(cat $tmp/warning)"
	talk $proto 198.51.100.1 4001
	[ "$(j session count --$proto)" = 1 ] || fail "$proto: the gateway's own socket has answered"
done
