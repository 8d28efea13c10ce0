#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# max-bib-entries: what would need one more is dropped and counted; a session of an entry that is there is not.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
j global update max-bib-entries 1
peer c6 udp $client 40001 $server 7 10
peer c6 udp-send $client 40003 $server 7 10
expect_stat BIB_FULL 1
expect_stat BIB_ENTRIES 1
peer c6 udp-send $client 40001 $server 9 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
Expires in {time 300}
Remote: 192.0.2.8#9	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#9
EOT
