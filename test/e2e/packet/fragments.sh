#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fragmented packets come through whole, both ways.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --icmp 192.0.2.1 5000-5010
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --icmp $client#5 192.0.2.1#5005
c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail 'no answer to a fragmented ping'
s4 ping -q -c 1 -W $patience -s 3000 -e 5005 192.0.2.1 > /dev/null || fail 'no answer from IPv6 to a fragmented ping'
echo_server s4 udp 192.0.2.8
peer c6 udp $client 40001 $server 7 9000
expect_stat FRAGMENT 0
