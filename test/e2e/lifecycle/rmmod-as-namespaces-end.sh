#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module is unloaded while namespaces with instances end: nothing of theirs calls it any more.
. "$(dirname "$0")/../lib/lib.sh"
namespaces=(n{1..10})
for n in "${namespaces[@]}"; do
	ip netns add $n
	ns=$n j instance add --netfilter -6 64:ff9b::/96
	# The routes of this are the last that go.
	ip -n $n -batch - <<-EOT
	link set lo up
	link add inside type dummy
	link set inside up
	addr add 2001:db8::1/64 dev inside nodad
	EOT
done
ip link add bystander type veth peer name inner netns n10
printf 'netns del %s\n' n{10..5} > $tmp/batch
rmmod jool &
ip -batch $tmp/batch
wait $!
is_gone() {
	[ ! -e /sys/class/net/bystander ]
}
must 'the namespaces have ended' 20 is_gone
insmod "$JOOL_KO"
ns=n1 j instance add --netfilter -6 64:ff9b::/96
