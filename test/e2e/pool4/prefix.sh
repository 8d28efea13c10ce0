#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pool4 entries of a prefix and a range of ports: sessions use nothing else, a client keeps its address.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
j pool4 add --udp 198.51.100.4/30 5000-5099
for port in 40001 40002 40003; do
	peer c6 udp $client $port $server 7 10
done
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 198.51.100.{4..7}#{odd 5000..5099}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40002
Local: 198.51.100.{4..7}#{even 5000..5099}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40003
Local: 198.51.100.{4..7}#{odd 5000..5099}		64:ff9b::c000:208#7
EOT
n=$(j session display --udp --numeric --csv --no-headers | cut -d, -f6 | sort -u | wc -l)
[ "$n" = 1 ] || fail "one client has $n IPv4 addresses"
