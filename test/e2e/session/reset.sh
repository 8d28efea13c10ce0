#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A reset moves an established session to TRANS, where it lives for the transitory timeout.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
mkfifo $tmp/go
peer c6 reset $client 40000 $server 7 < $tmp/go > $tmp/reset &
pids+=($!)
exec 9> $tmp/go
must 'the client is connected' 10 grep -qs connected $tmp/reset
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
echo go >&9
expect_sessions --tcp <<EOT
(TRANS) Expires in {time 240}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
EOT
j global update tcp-trans-timeout 0:00:01 --force
must 'the session is gone' 4 gone --tcp
