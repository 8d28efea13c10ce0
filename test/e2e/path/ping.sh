#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The IPv6-only client pings the IPv4-only server; ICMP identifiers are mapped like ports.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
c6 ping -c 3 -i 0.2 -W $patience -e 4242 -s 600 $server > $tmp/ping
grep -q ' 3 received' $tmp/ping || fail "$(cat $tmp/ping)"
expect_sessions --icmp <<EOT
Expires in {time 60}
Remote: 192.0.2.8#{id=61001..65535}	2001:db8::8#4242
Local: 192.0.2.1#{id}		64:ff9b::c000:208#4242
EOT
