#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# No port left: the client is told "address unreachable", and it is counted.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
j pool4 add --udp 192.0.2.1 5001
peer c6 udp $client 40001 $server 7 10
watch icmp c6 c6g 'icmp6 && ip6[40] == 1'
! peer c6 udp $client 40003 $server 7 10 2> $tmp/error || fail 'there was an answer'
grep -q 'No route to host' $tmp/error || fail "$(cat $tmp/error)"
seen icmp "2001:db8::1 > 2001:db8::8: .*ICMP6, destination unreachable.* unreachable address 64:ff9b::c000:208"
expect_stat POOL4_EXHAUSTED 1
expect_stat ICMP_SENT 1
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#5001		64:ff9b::c000:208#7
EOT
