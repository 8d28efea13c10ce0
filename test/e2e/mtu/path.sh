#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A link beyond the gateway gets narrower while a connection runs: what the router there says reaches
# the sender, translated, and the sender obeys. Up, down, and with links below IPv6's least MTU.
. "$(dirname "$0")/../lib/far.sh"
far_network
nat64
j pool4 add --tcp 192.0.2.1 2000-2099
j bib add --tcp $far6#7 192.0.2.1#2007
head -c 3M /dev/urandom > $tmp/file

# Sends a megabyte of the file, narrows the link when half of it has come, and sends the rest.
transfer() { # RECEIVER ADDRESS PORT SENDER TO PORT ROUTER DEVICE MTU
	rm -f $tmp/copy $tmp/narrow
	spawn ip netns exec "$1" socat -u "TCP$(family "$2")-LISTEN:$3,bind=$2,reuseaddr" CREATE:$tmp/copy
	must 'somebody listens' 10 listening "$1" tcp "$3"
	pv_send "$4" "$5" "$6" &
	pids+=($!)
	local sender=$!
	must 'it began' 10 began
	ip -n "$7" link set "$8" mtu "$9"
	touch $tmp/narrow
	wait $sender || fail "$4 could not send"
	must 'all of it arrives' 10 cmp -s $tmp/file $tmp/copy
}
pv_send() { # NAMESPACE TO PORT
	for i in 0 1 2 3 4 5; do
		[ $i != 2 ] || until [ -e $tmp/narrow ]; do sleep 0.1; done
		dd if=$tmp/file bs=512K count=1 skip=$i status=none
	done | ip netns exec "$1" socat -u - "TCP:$2:$3"
}
began() {
	[ -s $tmp/copy ] && [ "$(wc -c < $tmp/copy)" -ge 500000 ]
}
# What NAMESPACE believes to be the MTU of the path to ADDRESS.
path_mtu() {
	ip -n "$1" route get "$2" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'
}

listen6="[$far6]"
transfer h4 $far4 9 h6 "[$far4in6]" 9 s4 s4h 1400
[ "$(path_mtu h6 $far4in6)" = 1420 ] || fail "h6 believes in $(path_mtu h6 $far4in6) bytes, not 1420"
transfer h6 "$listen6" 7 h4 192.0.2.1 2007 c6 c6h 1400
[ "$(path_mtu h4 192.0.2.1)" = 1380 ] || fail "h4 believes in $(path_mtu h4 192.0.2.1) bytes, not 1380"
# IPv6 never sends less than 1280 bytes, the gateway lets the router fragment those.
ip -n h6 -6 route flush cache
transfer h4 $far4 9 h6 "[$far4in6]" 9 s4 s4h 800
[ "$(path_mtu h6 $far4in6)" = 1280 ] || fail "h6 believes in $(path_mtu h6 $far4in6) bytes, not 1280"
