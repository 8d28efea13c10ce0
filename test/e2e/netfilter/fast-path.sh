#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Option fast-path: transfers both ways arrive whole past the rules of netfilter; also with VLAN
# devices, with devices that go and come back, after a change of routes; senseless names are refused.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
echo_server s4 udp 192.0.2.8
modprobe 8021q
head -c 512K /dev/urandom > $tmp/www/file
fast() { # what the counter says
	j stats display --all --csv | sed -n 's/^JSTAT_FAST,//p'
}
transfers() { # TITLE
	local before
	before=$(fast)
	down_and_up "$1"
	peer c6 udp $client 0 $server 7 1 1400 3000 || fail "$1: UDP"
	c6 ping -q -c 1 -W $patience $server > /dev/null || fail "$1: ping"
	[ "${2:-fast}" = slow ] || [ $(($(fast) - before)) -ge 8 ] || fail "$1: $before -> $(fast) packets took the fast path"
}
refused() { # SENTENCE VALUE
	local said
	! said=$(j global update fast-path "$2" 2>&1) || fail "$2 was not refused"
	[[ $said = *"$1"* ]] || fail "$2: $said"
}
refused 'the loopback device has no fast path' lo
refused 'is not a list of at most 16 names of devices' 'gc6,,gs4'
refused 'is not a list of at most 16 names of devices' a-name-that-is-far-too-long
[ "$(j global display --csv | grep ^fast-path)" = fast-path, ] || fail 'the default'

j global update fast-path gc6,gs4,later
j global display | grep -qx '  fast-path: gc6,gs4,later'
transfers 'two devices'


# What is established passes rules that drop everything, for that is what the option means.
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000
say 'before the rule'
gw nft 'add table ip6 t; add chain ip6 t c { type filter hook prerouting priority -300; policy drop; }'
say 'behind the rule'
gw nft delete table ip6 t

# A device that is named before it is there.
ip -n gw link add link gs4 name later type vlan id 5
ip -n gw -batch - <<-EOT
	addr flush dev gs4
	link set later up
	addr add 192.0.2.1/24 dev later
EOT
ip -n s4 -batch - <<-EOT
	addr flush dev s4g
	link add link s4g name s4v type vlan id 5
	link set s4v up
	addr add 192.0.2.8/24 dev s4v
	route replace default via 192.0.2.1
EOT
transfers 'a new VLAN device'
ip -n gw link set later down
ip -n gw link set later name elsewhere
ip -n gw link set elsewhere up
transfers 'a new name' slow
j global update fast-path ''
before=$(fast)
transfers 'switched off' slow
[ "$(fast)" = "$before" ] || fail 'switched off, but taken'
expect_account
j global update fast-path gc6,elsewhere
ip -n gw link del elsewhere
