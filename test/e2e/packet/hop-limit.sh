#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The hop limit goes down by one, and who runs out of it is told so, on either side.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
watch four s4 s4g icmp
c6 ping -q -c 1 -W $patience -t 10 $server > /dev/null
seen four 'ttl 9,.*192.0.2.1 > 192.0.2.8: .*echo request'
c6 ping -n -c 1 -w $patience -t 1 $server > $tmp/ping || :
grep -q '^From 2001:db8::1 icmp_seq=1 Time exceeded: Hop limit' $tmp/ping || fail "$(cat $tmp/ping)"
j pool4 add --icmp 192.0.2.1 5000-5010
j bib add --icmp $client#5 192.0.2.1#5005
s4 ping -q -n -c 1 -W $patience -e 5005 192.0.2.1 > $tmp/ping || fail "$(cat $tmp/ping)"
s4 ping -n -c 1 -w $patience -t 1 -e 5005 192.0.2.1 > $tmp/ping || :
grep -q '^From 192.0.2.1 icmp_seq=1 Time to live exceeded' $tmp/ping || fail "$(cat $tmp/ping)"
expect_stat TTL 2
