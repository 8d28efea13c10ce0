#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a route that is more specific than pool6 leads to is forwarded untranslated (RFC 7915 5.6): whether it comes before
# the instance or after it, by a rule for one host, on the fast path, and for the gateway itself. When the route goes, it
# is translated again.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(v6)
network
# A network that has the server's IPv6 address by itself.
ip -batch - <<EOT
netns add v6
link add v6g netns v6 type veth peer name gv6 netns gw
EOT
ip -n gw -batch - <<EOT
link set gv6 up
addr add 2001:db8:6::1/64 dev gv6 nodad
EOT
ip -n v6 -batch - <<EOT
link set lo up
link set v6g up
addr add 2001:db8:6::2/64 dev v6g nodad
addr add $server/128 dev lo
route add default via 2001:db8:6::1
EOT
gw sysctl -qw net.ipv6.conf.all.forwarding=1
spawn ip netns exec v6 socat -u UDP6-RECVFROM:9,fork OPEN:$tmp/v6,creat,append
spawn ip netns exec s4 socat -u UDP4-RECVFROM:9,fork OPEN:$tmp/s4,creat,append
listens() {
	listening v6 udp 9 && listening s4 udp 9
}
must 'both listen' 10 listens
number=0
goes() { # TITLE WHERE [NAMESPACE [ADDRESS]]
	number=$((number + 1))
	ip netns exec "${3:-c6}" socat -u - "UDP6:[$server]:9${4:+,bind=[$4]}" <<< "packet $number"
	must "$1: to $2" 10 grep -qsx "packet $number" "$tmp/$2"
}
way="$server/120 via 2001:db8:6::2"
ip -n gw route add $way
nat64
j pool4 add --udp 192.0.2.1 2000-2099
goes 'a route that was there before' v6
expect_sessions --udp </dev/null
goes 'for the gateway itself' v6 gw
left=$(stat ROUTED6)
[ "$left" = 2 ] || fail "$left are counted, not 2"
expect_account
j query --udp $client#5 $server#9 | grep -q 'JSTAT_ROUTED6' || fail 'query does not say so'
ip -n gw route del $way
goes 'without that route' s4
ip -n gw route add $way
goes 'a route that comes later, also of a session' v6
ip -n gw route del $way
ip -n gw route add $way table 77
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad
ip -n gw -6 rule add from 2001:db8::9 lookup 77 priority 100
goes 'by a rule, of one host' v6 c6 2001:db8::9
goes 'not of others' s4 c6 $client
ip -n gw -6 rule del priority 100
goes 'without the rule' s4 c6 2001:db8::9
j global update fast-path gc6,gs4
goes 'on the fast path' s4 c6 2001:db8::9
ip -n gw route add $way
goes 'past the fast path' v6 c6 2001:db8::9
j instance remove
goes 'without instance' v6
ip -n gw route del $way
ip -n gw route add $way
j instance add --netfilter -6 64:ff9b::/96
goes 'of an instance that is added again' v6
