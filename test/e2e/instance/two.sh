#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two instances in one namespace: a packet belongs to the one whose pool6 it goes to.
. "$(dirname "$0")/../lib/lib.sh"
network
echo_server s4 udp 192.0.2.8
for n in 1 2; do
	j instance add net$n --netfilter -6 3fff:$n::/96
	j -i net$n pool4 add --udp 198.51.100.$n 5000-5999
	peer c6 udp $client 4000$n 3fff:$n::192.0.2.8 7 10
done
instance=net1 expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 198.51.100.1#{odd 5000..5999}		3fff:1::c000:208#7
EOT
instance=net2 expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40002
Local: 198.51.100.2#{even 5000..5999}		3fff:2::c000:208#7
EOT
# What pretends to come from behind one of them is none of the other's (RFC 6146 3.5).
peer c6 send 60000000000811403fff00010000000000000000c00002013fff00020000000000000000c00002080001000700081234
forged() {
	[ "$(j -i net2 stats display | sed -n "s,^JSTAT_HAIRPIN_LOOP: ,,p")" = 1 ]
}
must 'a source in the pool6 of the other instance is refused' 5 forged
j instance remove net1
peer c6 udp $client 40002 3fff:2::192.0.2.8 7 10
