#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A packet too big for the IPv4 link: the client is told what fits, 20 bytes more in IPv6; TCP copes.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
head -c 1M /dev/urandom > $tmp/file
ip -n gw link set gs4 mtu 1400
watch six c6 c6g 'icmp6 && ip6[40] == 2'
peer c6 udp-send $client 40001 $server 9 1400
seen six '2001:db8::1 > 2001:db8::8: .*packet too big, mtu 1420'
expect_stat PKT_TOO_BIG 1
c6 curl -sS -m $patience -T $tmp/file "http://[$server]/copy"
cmp $tmp/file $tmp/www/copy
