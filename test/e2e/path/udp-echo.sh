#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Datagrams of every size come back unchanged; the IPv4 port is odd as the IPv6 one is.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
peer c6 udp $client 40001 $server 7 0 1 2 1000 1400
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
peer c6 udp $client 40002 $server 7 100
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40002
Local: 192.0.2.1#{even 61001..65535}		64:ff9b::c000:208#7
EOT
expect_sessions --tcp </dev/null
expect_sessions --icmp </dev/null
