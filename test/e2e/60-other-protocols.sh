#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is neither TCP nor UDP nor ICMP goes to the kernel untouched: SCTP, ESP, GRE and UDP-Lite, to
# pool6 and to pool4.
. "$(dirname "$0")/lib.sh"
network
nat64
gw nft -f - <<EOT
table inet seen {
	counter six { }
	counter four { }
	chain forward {
		type filter hook forward priority 0
		ip6 daddr 64:ff9b::/96 meta l4proto { sctp, esp, gre, udplite } counter name six drop
	}
	chain input {
		type filter hook input priority 0
		ip daddr 192.0.2.1 meta l4proto { sctp, esp, gre, udplite } counter name four drop
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
counted() { # NAME
	gw nft list counter inet seen "$1" | grep 'packets 4 ' > /dev/null
}
must 'the kernel routes what went to pool6' 5 counted six
must 'the kernel gets what went to pool4' 5 counted four
expect_stat UNKNOWN_L4_PROTO 8
expect_stat SESSIONS 0
expect_stat SUCCESS 0
