#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An IPv4 node opens a TCP connection to an IPv6 server that a static BIB entry publishes.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server c6 tcp $client
j pool4 add --tcp 192.0.2.1 2000-2010
j bib add --tcp $client#7 192.0.2.1#2007
dial s4 192.0.2.1 2007 50000
say 'hello from IPv4'
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#50000	2001:db8::8#7
Local: 192.0.2.1#2007		64:ff9b::c000:208#50000
EOT
hang_up
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#50000	2001:db8::8#7
Local: 192.0.2.1#2007		64:ff9b::c000:208#50000
EOT
