#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sessions outlive a change of the options; a timeout changes for those that are there, too.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000
peer c6 udp-send $client 40001 $server 9 10
j global update udp-timeout 0:10:00
j global update manually-enabled false
! c6 ping -q -c 1 -W 1 $server > /dev/null || fail 'translated though disabled'
j global update manually-enabled true
say 'still there'
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
expect_sessions --udp <<EOT
Expires in {time 600}
Remote: 192.0.2.8#9	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#9
EOT
