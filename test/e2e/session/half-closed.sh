#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection that only the client closed keeps the long timeout, and still carries what the server says.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
mkfifo $tmp/go
spawn s4 socat -t $patience TCP4-LISTEN:7,bind=192.0.2.8,reuseaddr SYSTEM:"cat; read -r _ < $tmp/go; echo late answer"
must 'the server listens' 10 listening s4 tcp 7
c6 socat -t $patience - "TCP:[$server]:7,sourceport=40000,reuseaddr" <<< question > $tmp/answer &
pids+=($!)
expect_sessions --tcp <<EOT
(V6_FIN_RCV) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
echo go > $tmp/go
must 'the answer arrives' 10 grep -qs 'late answer' $tmp/answer
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
