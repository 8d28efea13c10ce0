#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# max-sessions: what would be one more is dropped and counted; the others go on.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
j global update max-sessions 2
peer c6 udp $client 40001 $server 7 10
peer c6 udp $client 40003 $server 7 10
peer c6 udp-send $client 40005 $server 7 10
expect_stat SESSIONS_FULL 1
expect_stat SESSIONS 2
peer c6 udp $client 40001 $server 7 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40003
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
n=$(j bib display --udp --numeric | wc -l)
[ "$n" = 2 ] || fail "$n BIB entries"
