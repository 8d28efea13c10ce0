#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A socket of the gateway's own that is bound to a device, or lies in a VRF, keeps its pool4 port as any other does: it
# hears who writes to it by that device, and no session gets the port.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 6-7
	echo_server s4 $proto 192.0.2.8
done
talk() { # TITLE [OPTION OF SOCAT]
	local proto
	for proto in TCP UDP; do
		[ "$(answer_of gw "$proto:192.0.2.8:7,sourceport=7,reuseaddr${2:+,$2}" hello)" = hello ] ||
			fail "$1: no answer by $proto"
	done
}
talk 'bound to nothing'
talk 'bound to its device' so-bindtodevice=gs4
[ "$(j session count --all)" = 0 ] || fail 'sessions of the gateway itself'

# Who waits for anybody. From an odd port a host would get the odd one, were that not taken.
gw socat TCP4-LISTEN:7,bind=192.0.2.1,reuseaddr,fork,so-bindtodevice=gs4 PIPE & pids+=($!)
gw socat UDP4-RECVFROM:7,bind=192.0.2.1,reuseaddr,fork,so-bindtodevice=gs4 PIPE & pids+=($!)
for proto in tcp udp; do
	must "the bound $proto server listens" 10 listening gw $proto 7
done
hear() { # TITLE
	local proto
	for proto in TCP UDP; do
		[ "$(answer_of s4 $proto:192.0.2.1:7 hello)" = hello ] || fail "$1: no answer by $proto"
	done
}
hear 'before the session'
peer c6 udp-send $client 401 $server 9 10
[ "$(answer_of c6 "TCP:[$server]:7,sourceport=403" hello)" = hello ] || fail 'no answer through the NAT64'
for proto in tcp udp; do
	[ "$(j session display --$proto --numeric --csv --no-headers | cut -d , -f 6-7)" = 192.0.2.1,6 ] ||
		fail "not the port that is free: $(j session display --$proto --numeric)"
done
hear 'beside the session'
# What comes by another device is not theirs: a mapping has it.
ip -n gw -batch - <<-EOT
link add spare type dummy
link set spare up
EOT
j bib add --udp "$client#8" 192.0.2.1#8 2> $tmp/warning
[ ! -s $tmp/warning ] || fail "$(cat $tmp/warning)"
gw socat UDP4-RECVFROM:8,bind=192.0.2.1,fork,so-bindtodevice=spare PIPE & pids+=($!)
must 'the server of another device listens' 10 listening gw udp 8
watch mapped c6 c6g 'udp and dst port 8'
s4 socat -u - UDP:192.0.2.1:8 <<< hello
seen mapped 'UDP'
j bib remove --udp "$client#8"
j bib add --udp "$client#8" 192.0.2.1#8 2> $tmp/warning
grep -q 'a socket of this machine has the IPv4 transport address' $tmp/warning || fail 'no warning'

# In a VRF.
modprobe vrf
ip -n gw -batch - <<-EOT
link add blue type vrf table 10
link set blue up
link set gs4 master blue
EOT
talk 'in a VRF' so-bindtodevice=blue
