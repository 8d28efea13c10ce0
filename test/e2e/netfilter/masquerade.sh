#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A gateway that masquerades and forwards ports for an IPv4 network behind a stateful firewall as
# well: it and NAT64 leave each other's packets alone, and what NAT64 sends is not invalid.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(l4)
network
nat64
web
ip -batch - <<EOT
netns add l4
link add l4g netns l4 type veth peer name gl4 netns gw
EOT
ip -n gw link set gl4 up
ip -n gw addr add 10.0.0.1/24 dev gl4
ip -n l4 -batch - <<EOT
link set l4g up
addr add 10.0.0.2/24 dev l4g
route add default via 10.0.0.1
EOT
gw nft -f - <<EOT
table inet nat {
	chain prerouting {
		type nat hook prerouting priority dstnat
		ip daddr 192.0.2.1 tcp dport 62000 dnat ip to 10.0.0.2:7
	}
	chain postrouting {
		type nat hook postrouting priority srcnat
		oifname gs4 masquerade
	}
}
table inet firewall {
	chain out {
		type filter hook postrouting priority 0
		ct state invalid counter drop
	}
	chain forward {
		type filter hook forward priority 0; policy drop
		ct state established,related accept
		iifname gl4 accept
		ct status dnat accept
	}
	chain input {
		type filter hook input priority 0; policy drop
		ct state established,related accept
		iifname lo accept
		icmpv6 type 135-136 accept
	}
}
EOT
spawn ip netns exec l4 socat TCP4-LISTEN:7,reuseaddr,fork PIPE
must 'the forwarded port is open' 10 listening l4 tcp 7
head -c 256K /dev/urandom > $tmp/www/file
for n in 1 2; do
	c6 curl -sS -m $patience "http://[$server]/file" -o $tmp/copy$n
	ip netns exec l4 curl -sS -m $patience http://192.0.2.8/file -o $tmp/copy
	cmp $tmp/www/file $tmp/copy$n
	cmp $tmp/www/file $tmp/copy
done
# A forwarded port may even lie in pool4.
[ "$(s4 socat -t $patience -T $patience - TCP:192.0.2.1:62000 <<< hello)" = hello ] || fail 'the forwarded port does not answer'
c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null
# The masquerade has not touched what NAT64 sent.
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#80	2001:db8::8#{1..65535}
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#80
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#80	2001:db8::8#{1..65535}
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#80
EOT
