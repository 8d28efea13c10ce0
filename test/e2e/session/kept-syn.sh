#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A SYN from IPv4 to a port of pool4 that nobody has is kept for six seconds: it is refused then, unless the
# client opens the same connection meanwhile (simultaneous open).
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
watch four s4 s4g 'icmp'
# Before, since six seconds are not long.
s4 nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 50001-50005 drop; }; }'
spawn s4 socat - TCP:192.0.2.1:62000,sourceport=50000,reuseaddr 2> /dev/null
must 'the SYN is kept' 5 stat_is SYN_STORED 1
must 'it is refused' 10 stat_is SYN_EXPIRED 1
seen four '192.0.2.1 > 192.0.2.8: ICMP 192.0.2.1 tcp port 62000 unreachable'
# On a slow machine the client may be too late.
for i in 1 2 3 4 5; do
	kept=$(stat SYN_STORED)
	spawn s4 socat - TCP:192.0.2.1:6210$i,sourceport=5000$i,reuseaddr 2> /dev/null
	must 'another is kept' 5 stat_exceeds SYN_STORED "$kept"
	spawn c6 socat - "TCP:[$server]:5000$i,sourceport=4000$i,reuseaddr" 2> /dev/null
	! poll 5 stat_is SYN_MATCHED 1 || break
	kill "${pids[@]: -2}" 2> /dev/null || :
	j session delete --tcp > /dev/null
done
expect_stat SYN_MATCHED 1
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#5000$i	2001:db8::8#4000$i
Local: 192.0.2.1#6210$i		64:ff9b::c000:208#5000$i
EOT
# The gateway's own server on such a port is left alone.
spawn ip netns exec gw socat TCP4-LISTEN:62005,bind=192.0.2.1,reuseaddr,fork PIPE
must 'the server of the gateway listens' 10 listening gw tcp 62005
dial s4 192.0.2.1 62005 50010
hang_up
expect_account
