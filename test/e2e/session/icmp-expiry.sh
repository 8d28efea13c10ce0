#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An idle ICMP session lives for icmp-timeout, no less and at most a second more.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
life=$((2 * SLOW))
j global update icmp-timeout $life --force
timed c6 ping -q -c 1 -W $patience -e 4242 $server > /dev/null
expect_sessions --icmp <<EOT
Expires in {time $life}
Remote: 192.0.2.8#{id=61001..65535}	2001:db8::8#4242
Local: 192.0.2.1#{id}		64:ff9b::c000:208#4242
EOT
expect_gone --icmp $((life * 1000))
