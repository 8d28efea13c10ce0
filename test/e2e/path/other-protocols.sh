#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is neither TCP nor UDP nor ICMP, SCTP, ESP, GRE and UDP-Lite: to pool6 it is refused, whatever routes there are;
# to pool4 with an address of the gateway itself it goes to the kernel untouched.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
# No set: that of Linux 6.1 has lockdep complain of itself.
gw nft -f - <<EOT
table inet seen {
	counter six { }
	counter four { }
	chain forward {
		type filter hook forward priority 0
		ip6 daddr 64:ff9b::/96 counter name six drop
	}
	chain input {
		type filter hook input priority 0
		ip daddr 192.0.2.1 meta l4proto != icmp counter name four drop
	}
}
EOT
ip -n gw -6 route add 64:ff9b::/96 via $client
payload=$(printf '%064d' 0)
from6=20010db8000000000000000000000008
six=() four=()
for proto in 84 32 2f 88; do
	# Version and so on, 32 bytes, protocol and hop limit; the addresses; what is in it.
	six+=("600000000020${proto}40${from6}0064ff9b0000000000000000c0000208$payload")
	four+=("450000340000400040${proto}0000c0000208c0000201$payload")
done
peer c6 send "${six[@]}"
peer s4 send "${four[@]}"
counted() { # NAME PACKETS
	gw nft list counter inet seen "$1" | grep "packets $2 " > /dev/null
}
must 'the kernel gets what went to pool4' 5 counted four 4
expect_stat L4_PROTO6 4
counted six 0 || fail 'the kernel routes what went to pool6'
expect_stat UNKNOWN_L4_PROTO 4
expect_stat SESSIONS 0
expect_stat SUCCESS 0
