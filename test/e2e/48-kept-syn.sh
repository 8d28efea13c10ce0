#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A SYN from IPv4 to a port of pool4 that nobody has is kept for six seconds: it is refused then, unless the
# client opens the same connection meanwhile (simultaneous open).
. "$(dirname "$0")/lib.sh"
network
nat64
watch four s4 s4g 'icmp'
# Before, since six seconds are not long.
s4 nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 50001 drop; }; }'
spawn s4 socat - TCP:192.0.2.1:62000,sourceport=50000,reuseaddr 2> /dev/null
must 'the SYN is kept' 5 stat_is SYN_STORED 1
spawn s4 socat - TCP:192.0.2.1:62001,sourceport=50001,reuseaddr 2> /dev/null
must 'another is kept' 5 stat_is SYN_STORED 2
spawn c6 socat - "TCP:[$server]:50001,sourceport=40001,reuseaddr" 2> /dev/null
must 'the two meet' 5 stat_is SYN_MATCHED 1
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#50001	2001:db8::8#40001
Local: 192.0.2.1#62001		64:ff9b::c000:208#50001
EOT
must 'the first is refused' 10 stat_is SYN_EXPIRED 1
seen four '192.0.2.1 > 192.0.2.8: ICMP 192.0.2.1 tcp port 62000 unreachable'
# The gateway's own server on such a port is left alone.
spawn ip netns exec gw socat TCP4-LISTEN:62005,bind=192.0.2.1,reuseaddr,fork PIPE
must 'the server of the gateway listens' 10 listening gw tcp 62005
dial s4 192.0.2.1 62005 50002
hang_up
expect_account
