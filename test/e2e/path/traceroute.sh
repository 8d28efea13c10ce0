#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# traceroute, tracepath and mtr show the gateway, the routers behind it and the server, both ways.
. "$(dirname "$0")/../lib/far.sh"
far_network
nat64
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 2000-2099
done
j pool4 add --icmp 192.0.2.1 0-65535
j bib add --udp $far6#9 192.0.2.1#2009

# The addresses of each hop, one line each, must be these; `*` is for a hop that says nothing.
expect_hops() { # TITLE HOP...
	printf '%s\n' "${@:2}" > $tmp/expected
	diff $tmp/expected $tmp/hops || fail "$1: $(cat $tmp/out)"
}
from6=(2001:db8:6::1 2001:db8::1 64:ff9b::c000:208 "$far4in6")
from4=(198.51.100.1 192.0.2.1 192.0.2.1 192.0.2.1)

h6 traceroute -n -q 1 -w $patience -z 0.05 $far4in6 > $tmp/out
awk '/^ *[0-9]/ { print $2 }' $tmp/out > $tmp/hops
expect_hops 'traceroute, UDP' "${from6[@]}"
h6 traceroute -I -n -q 1 -w $patience $far4in6 > $tmp/out
awk '/^ *[0-9]/ { print $2 }' $tmp/out > $tmp/hops
expect_hops 'traceroute, ICMP' "${from6[@]}"
h6 traceroute -T -p 9 -n -q 1 -w $patience $far4in6 > $tmp/out
awk '/^ *[0-9]/ { print $2 }' $tmp/out > $tmp/hops
expect_hops 'traceroute, TCP' "${from6[@]}"
h6 tracepath -n -p 33434 $far4in6 > $tmp/out
awk '$2 !~ /LOCALHOST/ && /^ *[0-9]/ { print $2 }' $tmp/out | uniq > $tmp/hops
expect_hops tracepath "${from6[@]}"
h6 mtr -n -r -c 1 -G $((2 * SLOW)) $far4in6 > $tmp/out
awk '/\|--/ { print $2 }' $tmp/out > $tmp/hops
expect_hops mtr "${from6[@]}"
h6 mtr -u -n -r -c 1 -G $((2 * SLOW)) $far4in6 > $tmp/out
awk '/\|--/ { print $2 }' $tmp/out > $tmp/hops
expect_hops 'mtr, UDP' "${from6[@]}"
# Towards IPv6 all that is behind the gateway looks like it.
h4 traceroute -U -p 2009 -n -q 1 -w $patience 192.0.2.1 > $tmp/out
awk '/^ *[0-9]/ { print $2 }' $tmp/out > $tmp/hops
expect_hops 'traceroute from IPv4' "${from4[@]}"
