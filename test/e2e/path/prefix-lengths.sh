#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All six prefix lengths of RFC 6052 carry pings and TCP. The addresses are those of its section 2.4.
. "$(dirname "$0")/../lib/lib.sh"
network
echo_server s4 tcp 192.0.2.8
expect_refusal 2 'bits 64 to 71 of pool6 must be zero .*force' j instance add -6 3fff:96:122:344:fe00::/96
while read -r prefix address force; do
	j instance add --netfilter -6 "$prefix" $force
	c6 ping -q -c 1 -W $patience "$address" > $tmp/ping </dev/null || fail "$prefix: $(cat $tmp/ping)"
	answer=$(c6 socat -t $patience -T $patience - "TCP:[$address]:7,sourceport=40000,reuseaddr" <<< "over $prefix")
	[ "$answer" = "over $prefix" ] || fail "$prefix: '$answer'"
	expect_sessions --tcp <<-EOT
	(V4_FIN_V6_FIN_RCV) Expires in {time 240}
	Remote: 192.0.2.8#7	2001:db8::8#40000
	Local: 192.0.2.1#{61001..65535}		$address#7
	EOT
	# What is saved loads back, whether it was forced or not.
	j file save > $tmp/saved
	j instance remove
	j file handle $tmp/saved
	j file save | diff -u $tmp/saved -
	j instance remove
done <<EOT
3fff:32::/32 3fff:32:c000:208::
3fff:40:100::/40 3fff:40:1c0:2:8::
3fff:48:122::/48 3fff:48:122:c000:2:800::
3fff:56:122:300::/56 3fff:56:122:3c0:0:208::
3fff:64:122:344::/64 3fff:64:122:344:c0:2:800:0
3fff:96:122:344::/96 3fff:96:122:344::c000:208
3fff:96:122:344:fe00::/96 3fff:96:122:344:fe00:0:c000:208 --force
EOT
