#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection that is idle for longer than the transitory timeout lives, and carries data again.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
j global update tcp-trans-timeout 0:00:02 --force
dial c6 "[$server]" 7 40000
sleep 5
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7195}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
say 'still there'
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
