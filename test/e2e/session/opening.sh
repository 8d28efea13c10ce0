#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection whose opening is not answered has the transitory timeout, from whichever side it comes.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
drop='table inet deaf { chain in { type filter hook input priority 0; tcp dport 7 drop; }; }'
s4 nft "$drop"
c6 nft "$drop"
j pool4 add --tcp 192.0.2.1 2000-2010
j bib add --tcp $client#7 192.0.2.1#2007
spawn c6 socat - "TCP:[$server]:7,sourceport=40000,reuseaddr" 2> /dev/null
spawn s4 socat - TCP:192.0.2.1:2007,sourceport=50000,reuseaddr 2> /dev/null
expect_sessions --tcp <<EOT
(V6_INIT) Expires in {time 240}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{2000..2010}		64:ff9b::c000:208#7
(V4_INIT) Expires in {time 240}
Remote: 192.0.2.8#50000	2001:db8::8#7
Local: 192.0.2.1#2007		64:ff9b::c000:208#50000
EOT
