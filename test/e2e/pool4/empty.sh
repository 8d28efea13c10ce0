#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Without pool4 entries the gateway's own address is used, whichever it is at the time.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
peer c6 udp $client 40001 $server 7 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
ip -n gw addr del 192.0.2.1/24 dev gs4
ip -n gw addr add 192.0.2.7/24 dev gs4
peer c6 udp $client 40003 $server 7 10
# What was mapped to the address that is gone may end with it or later.
j session display --udp --numeric --csv --no-headers > $tmp/csv
grep -qE '^UDP,2001:db8::8,40003,64:ff9b::c000:208,7,192\.0\.2\.7,[0-9]+,192\.0\.2\.8,7,' $tmp/csv ||
	fail "$(cat $tmp/csv)"
