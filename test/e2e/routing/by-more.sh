#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of a route within pool6 that is found by more than the IPv4 address of the destination (by ports, by the source, by what
# is behind the address), or that ends without the kernel's telling of it, no packet gets what was found for another.
. "$(dirname "$0")/../lib/lib.sh"
network
# Where the routes lead to, unanswered.
ip -n gw -batch - <<EOT
link add native type dummy
link set native up
addr add 2001:db8:6::1/64 dev native nodad
neigh add 2001:db8:6::2 lladdr 02:00:00:00:00:99 dev native
EOT
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad
way='via 2001:db8:6::2'
sent=0 left=0
# One packet, which is left to the kernel (1) or not (0).
sends() { # 0|1 TITLE ADDRESS [PORT [SOURCE]]
	sent=$((sent + 1)) left=$((left + $1))
	peer c6 udp-send "${5:-$client}" 4000 "$3" "${4:-9}" 10
	expect_stat RECEIVED6 $sent
	[ "$(stat ROUTED6)" = $left ] || fail "$2: $(stat ROUTED6) of $sent packets are left alone, not $left"
}

nat64
ip -n gw route add $server/120 $way table 77
ip -n gw -6 rule add ipproto udp dport 99 lookup 77 priority 100
sends 1 'a rule by ports' $server 99
sends 0 'not of others' $server 9
ip -n gw -6 rule del priority 100
j instance remove
sent=0 left=0

# What comes after the address is no part of it for the translator, but it is for a route.
j instance add --netfilter -6 2001:db8:100::/40
ip -n gw route add 2001:db8:1c0:2:8::5/128 $way
sends 0 'the address' 2001:db8:1c0:2:8::
sends 1 'with a suffix that has a route' 2001:db8:1c0:2:8::5
sends 0 'with another suffix' 2001:db8:1c0:2:8::6
sends 0 'the address again' 2001:db8:1c0:2:8::
j instance remove
sent=0 left=0

nat64
if ip -n gw route add $server/128 from 2001:db8::9/128 $way 2> $tmp/refused; then
	sends 1 'a route by source' $server 9 2001:db8::9
	sends 0 'not of others' $server 9 $client
	sends 1 'a route by source again' $server 9 2001:db8::9
	ip -n gw route del $server/128 from 2001:db8::9/128 $way
else
	echo "SKIP e2e/$test: routes by source (this kernel has none)"
fi

# Long after it is expired the kernel still has it, but takes it no more.
ip -n gw route add $server/128 $way expires $((3 * SLOW))
sends 1 'a route that will expire' $server
is_over() {
	! ip -n gw route get $server > /dev/null 2>&1
}
must 'the route expires' 10 is_over
sleep 1.1
sends 0 'it is expired' $server
