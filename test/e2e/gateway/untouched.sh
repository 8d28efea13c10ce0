#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Neighbour discovery, multicast and the gateway's own traffic are left alone, also to ports that the
# empty pool4 covers.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
gw socat TCP4-LISTEN:22,bind=192.0.2.1,reuseaddr,fork PIPE </dev/null & pids+=($!)
gw socat "TCP6-LISTEN:22,bind=[2001:db8::1],reuseaddr,fork" PIPE </dev/null & pids+=($!)
must 'the gateway listens' 10 listening gw tcp 22
ip -n c6 neigh flush all
c6 ping -q -c 1 -W $patience 2001:db8::1 > /dev/null
c6 ping -q -c 1 -W $patience ff02::1%c6g > /dev/null
s4 ping -q -c 1 -W $patience -e 61500 192.0.2.1 > /dev/null
gw ping -q -c 1 -W $patience -e 61501 192.0.2.8 > /dev/null
gw ping -q -c 1 -W $patience 2001:db8::8 > /dev/null
hear() { # NAMESPACE ADDRESS
	[ "$(ip netns exec "$1" socat -t $patience -T $patience - "TCP:$2:22" <<< 'who is there')" = 'who is there' ] || fail "no answer from $2"
}
hear c6 '[2001:db8::1]'
hear s4 192.0.2.1
for proto in tcp udp icmp; do
	expect_sessions --$proto </dev/null
done
expect_stat RECEIVED6 0
