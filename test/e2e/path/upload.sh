#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20 MB to the IPv4 server arrive as they were sent; packets of many segments pass whole.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
head -c 20M /dev/urandom > $tmp/file
count_big s4 s4g
c6 curl -sS -m 40 --local-port 40000 -T $tmp/file "http://[$server]/copy"
cmp $tmp/file $tmp/www/copy
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#80	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#80
EOT
n=$(big s4)
[ "$n" -gt 100 ] || fail "only $n packets longer than the link's MTU of 1500 reached the server"
