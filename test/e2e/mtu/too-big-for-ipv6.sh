#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A packet that may not be fragmented and is too big for the IPv6 link: the server is told what fits.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
ip -n gw link set gc6 mtu 1400
j pool4 add --icmp 192.0.2.1 5000-5010
j bib add --icmp $client#5 192.0.2.1#5005
s4 ping -q -n -c 1 -W $patience -e 5005 -M 'do' -s 1352 192.0.2.1 > $tmp/ping || fail "1380 bytes: $(cat $tmp/ping)"
s4 ping -n -c 1 -w $patience -e 5005 -M 'do' -s 1353 192.0.2.1 > $tmp/ping 2>&1 || :
grep -q '^From 192.0.2.1 icmp_seq=1 Frag needed and DF set (mtu = 1380)' $tmp/ping || fail "$(cat $tmp/ping)"
expect_stat PKT_TOO_BIG 1
