#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway's own traceroute and mtr by ICMP: errors about its pings are its own, also if pool4 has all identifiers.
. "$(dirname "$0")/../lib/far.sh"
far_network
nat64
j pool4 add --icmp 192.0.2.1 0-65535
expect_hops() { # TITLE
	[ "$(xargs < $tmp/hops)" = "192.0.2.8 $far4" ] || fail "$1: $(cat $tmp/out)"
}
gw traceroute -I -n -q 1 -w $patience $far4 > $tmp/out
awk '/^ *[0-9]/ { print $2 }' $tmp/out > $tmp/hops
expect_hops traceroute
gw mtr -n -r -c 1 -G $((2 * SLOW)) $far4 > $tmp/out
awk '/\|--/ { print $2 }' $tmp/out > $tmp/hops
expect_hops mtr
# Those about a client's are the client's.
h6 ping -c 1 -W $patience -t 3 $far4in6 > $tmp/out || grep -q 'Hop limit' $tmp/out || fail "$(cat $tmp/out)"
