#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# WireGuard tunnels: one through the NAT64, one that ends at the gateway, on an address of pool4. Both
# carry large packets, and the second is left alone.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
modprobe wireguard
end() { # NAMESPACE ADDRESS PORT PEER
	wg genkey > "$tmp/$1$4"
	wg pubkey < "$tmp/$1$4" > "$tmp/$1$4.pub"
	ip -n "$1" -batch - <<-EOT
	link add to$4 type wireguard
	link set to$4 up mtu 1400
	addr add $2/24 dev to$4
	EOT
	ip netns exec "$1" wg set "to$4" private-key "$tmp/$1$4" listen-port "$3"
}
meet() { # NAMESPACE PEER [ENDPOINT]
	ip netns exec "$1" wg set "to$2" peer "$(cat "$tmp/$2$1.pub")" allowed-ips 0.0.0.0/0 ${3:+endpoint "$3"}
}
end c6 10.0.1.1 51820 s4
end s4 10.0.1.2 51820 c6
meet s4 c6
meet c6 s4 "[$server]:51820"
end gw 10.0.2.1 51820 s4
end s4 10.0.2.2 51821 gw
meet gw s4
meet s4 gw 192.0.2.1:51820
s4 ping -q -c 2 -W $patience -s 3000 10.0.2.1 > $tmp/ping || fail "to the gateway: $(cat $tmp/ping)"
expect_stat SESSIONS 0
c6 ping -q -c 2 -W $patience -s 3000 10.0.1.2 > $tmp/ping || fail "through it: $(cat $tmp/ping)"
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#51820	2001:db8::8#51820
Local: 192.0.2.1#{even 2000..2099}		64:ff9b::c000:208#51820
EOT
