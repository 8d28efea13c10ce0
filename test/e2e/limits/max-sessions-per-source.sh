#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# max-sessions-per-source: one client cannot take more than its share, another is not hurt.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad
j global update max-sessions-per-source 1
peer c6 udp $client 40001 $server 7 10
peer c6 udp-send $client 40003 $server 7 10
expect_stat SOURCE_FULL 1
peer c6 udp 2001:db8::9 40001 $server 7 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::9#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
