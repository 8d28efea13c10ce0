#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# IPsec policies of the gateway for outgoing packets apply to translated ones, on both sides, fragments
# as well. Those for incoming ones do not, but nftables can tell what was encrypted.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
# An association each way, and the policies to use it.
secure() { # NAMESPACE MODE SPI ADDRESS NET PEER-SPI PEER PEER-NET
	local key=0x00112233445566778899aabbccddeeff
	local how="mode $2 auth hmac(sha1) $key enc cbc(aes) $key"
	ip -n "$1" -batch - <<-EOT
	xfrm state add src $4 dst $7 proto esp spi $3 $how
	xfrm state add src $7 dst $4 proto esp spi $6 $how
	xfrm policy add dir out src $5 dst $8 tmpl src $4 dst $7 proto esp mode $2
	xfrm policy add dir in src $8 dst $5 tmpl src $7 dst $4 proto esp mode $2
	EOT
}
# ESP alone goes out of the gateway.
all_esp() { # NAME N
	seen "$1" ESP "$2"
	! matches "$1" UDP || fail "not encrypted: $(packets "$1")"
}

# Between gateway and server, in transport mode.
secure gw transport 1 192.0.2.1 192.0.2.1 2 192.0.2.8 192.0.2.8
secure s4 transport 2 192.0.2.8 192.0.2.8 1 192.0.2.1 192.0.2.1
watch four gw gs4 'outbound and ip'
peer c6 udp $client 40001 $server 7 100 1300 3000
all_esp four 3

# Between client and gateway, in tunnel mode.
secure gw tunnel 3 2001:db8::1 64:ff9b::/96 4 $client $client
secure c6 tunnel 4 $client $client 3 2001:db8::1 64:ff9b::/96
watch six gw gc6 'outbound and not icmp6'
# A session that there was before finds its way through the tunnel, and a new one.
peer c6 udp $client 40001 $server 7 100 1300 3000
peer c6 udp $client 40002 $server 7 100 1300 3000
all_esp six 6

# What comes in the clear is translated unless a rule forbids it.
clear=$(stat RECEIVED6)
ip -n c6 xfrm policy delete dir out src $client dst 64:ff9b::/96
peer c6 udp-send $client 40001 $server 9 10
expect_stat RECEIVED6 $((clear + 1))
gw nft 'table ip6 f {
	chain prerouting {
		type filter hook prerouting priority mangle;
		ip6 daddr 64:ff9b::/96 meta ipsec missing counter drop
	}
}'
peer c6 udp-send $client 40001 $server 9 10
dropped() {
	gw nft list chain ip6 f prerouting | grep 'packets 1 ' > /dev/null
}
must 'the rule drops it' 5 dropped
expect_stat RECEIVED6 $((clear + 1))
