#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection that both ends closed lives for the transitory timeout, no less and no more.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
life=$((4 * SLOW))
j global update tcp-trans-timeout $life --force
dial c6 "[$server]" 7 40000
timed hang_up
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time $life}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
expect_gone --tcp $((life * 1000))
