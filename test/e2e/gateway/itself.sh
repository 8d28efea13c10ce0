#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway itself reaches IPv4 through pool6, if a route covers it, whatever route.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
echo_server s4 tcp 192.0.2.8
ip -n gw -6 route add 64:ff9b::/96 dev lo
gw ping -q -c 1 -W $patience $server > /dev/null || fail 'no answer'
gw ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail 'no answer to a fragmented ping'
peer gw udp 2001:db8::1 40001 $server 7 0 1000
dial gw "[$server]" 7 40002
hang_up
# The address it gives its clients is its own all the same.
c6 ping -q -c 1 -W $patience 64:ff9b::192.0.2.1 > /dev/null || fail 'no answer from 192.0.2.1'
ip -n gw -6 route del 64:ff9b::/96 dev lo
ip -n gw -6 route add default via $client
peer gw udp 2001:db8::1 40003 $server 7 100
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::1#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::1#40003
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
