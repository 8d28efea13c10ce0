#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two instances that share the gateway's address never share a port, and answers find the right one.
. "$(dirname "$0")/../lib/lib.sh"
network
web
echo_server s4 udp 192.0.2.8
for n in 1 2; do
	j instance add net$n --netfilter -6 3fff:$n::/96
	# As few ports as it takes that they would meet.
	j -i net$n pool4 add --udp 192.0.2.1 2000-2003
	j -i net$n pool4 add --icmp 192.0.2.1 2000-2001
done
for n in 1 2; do
	peer c6 udp $client 40001 3fff:$n::192.0.2.8 7 10
	peer c6 udp $client 40002 3fff:$n::192.0.2.8 7 10
	c6 ping -q -c 1 -W $patience -e 7 3fff:$n::192.0.2.8 > /dev/null
done
for n in 1 2; do
	j -i net$n bib display --udp --numeric --csv --no-headers
done > $tmp/bib
ports=$(cut -d, -f5 $tmp/bib | sort -u | xargs)
[ "$ports" = '2000 2001 2002 2003' ] || fail "ports: $ports"
peer c6 udp-send $client 40003 3fff:1::192.0.2.8 7 10
instance=net1 expect_stat POOL4_EXHAUSTED 1
# The other one gives a port back.
j instance remove net2
peer c6 udp $client 40003 3fff:1::192.0.2.8 7 10
