#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Large transfers of the gateway itself arrive whole, also over an IPv4 link that is smaller than what its route
# says: then it tells itself (packet too big), and obeys.
. "$(dirname "$0")/../lib/transfers.sh"
network
nat64
web
head -c 1M /dev/urandom > $tmp/www/file

transfer() { # TITLE
	gw curl -sS -m $patience "http://[$server]/file" -o $tmp/down || fail "$1: download"
	cmp $tmp/www/file $tmp/down || fail "$1: download"
	upload "$1"
}

upload() { # TITLE
	rm -f $tmp/www/up
	gw curl -sS -m $patience -T $tmp/www/file "http://[$server]/up" || fail "$1: upload"
	cmp $tmp/www/file $tmp/www/up || fail "$1: upload"
}

# What the gateway believes to be the MTU of the path to the server, if it has learned one.
learned() {
	ip -n gw route get $server | sed -n 's/.* mtu \([0-9]*\).*/\1/p'
}

gateway_devices() { # on|off
	gw ethtool -K gs4 gro "$1" gso "$1" tso "$1"
	gw ethtool -K lo gso "$1" tso "$1"
}

small_links() { # TITLE
	local mtu before
	transfer "$1"
	for mtu in 1280 1420; do
		set_mtu 4 $mtu
		transfer "$1, IPv4 link of $mtu"
		# Only the gateway's side: the server tells a size of segment that does not fit.
		ip -n s4 link set s4g mtu 1500
		gw ip -6 route flush cache
		before=$(stat PKT_TOO_BIG)
		upload "$1, IPv4 link of $mtu on this side"
		[ "$(learned)" = $((mtu + 20)) ] || fail "$1: the gateway believes in '$(learned)' bytes, not $((mtu + 20))"
		[ "$(stat PKT_TOO_BIG)" -gt "$before" ] || fail "$1: nothing was too big"
		set_mtu 4 1500
		gw ip -6 route flush cache
	done
}

# From time to time the kernel forgets what it has learned of a path by a neighbour that is no router.
gw sysctl -qw net.ipv6.route.gc_interval=3600
ip -n gw -6 route add 64:ff9b::/96 dev lo
small_links 'by the loopback device'
gateway_devices off
small_links 'by the loopback device, without offloads'
gateway_devices on
ip -n gw -6 route del 64:ff9b::/96 dev lo
ip -n gw -6 route add 64:ff9b::/96 via $client
small_links 'by a route to IPv6'
