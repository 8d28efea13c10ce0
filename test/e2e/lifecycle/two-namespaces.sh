#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two gateways in two namespaces with the same pool6 do not know of each other.
# Alone: instance display shows those of every namespace.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(d6 g2)
network
echo_server s4 udp 192.0.2.8
ip netns add d6
ip netns add g2
g2() { ip netns exec g2 "$@"; }
g2 sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.forwarding=1
ip link add d6g netns d6 type veth peer name gd6 netns g2
ip link add s4h netns s4 type veth peer name hs4 netns g2
ip -n d6 -batch - <<-EOT
link set d6g up
addr add 2001:db8:d::8/64 dev d6g nodad
route add ::/0 via 2001:db8:d::1
EOT
ip -n g2 -batch - <<-EOT
link set gd6 up
link set hs4 up
addr add 2001:db8:d::1/64 dev gd6 nodad
addr add 203.0.113.1/24 dev hs4
route add 192.0.2.8 via 203.0.113.8
EOT
ip -n s4 -batch - <<-EOT
link set s4h up
addr add 203.0.113.8/24 dev s4h
EOT
nat64
ns=g2 nat64
peer c6 udp $client 40001 $server 7 10
peer d6 udp 2001:db8:d::8 40002 $server 7 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
ns=g2 expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#7	2001:db8:d::8#40002
Local: 203.0.113.1#{even 61001..65535}		64:ff9b::c000:208#7
EOT
n=$(j instance display --csv --no-headers | grep -c ',default,netfilter$')
[ "$n" = 2 ] || fail "instance display shows $n instances, not 2"
ids=$(j instance display --csv --no-headers | cut -d, -f1 | sort)
want=$(printf '%s\n' "$(command stat -Lc %i /run/netns/gw)" "$(command stat -Lc %i /run/netns/g2)" | sort)
[ "$ids" = "$want" ] || fail "namespaces shown: $ids; are: $want"
# Completion offers only those that can be named here, each once.
j instance add other --pool6 2001:db8:64::/96
candidates=$(j autocomplete 3 jool instance remove '' | xargs; j autocomplete 2 jool -i '' | xargs
	ns=g2 j autocomplete 2 jool -i '' | xargs)
[ "$candidates" = $'default other\ndefault other\ndefault' ] || fail "completion offers: $candidates"
j instance remove other
j instance remove
peer d6 udp 2001:db8:d::8 40002 $server 7 10
