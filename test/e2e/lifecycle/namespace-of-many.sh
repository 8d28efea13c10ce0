#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A namespace of 200 instances, and 40 namespaces of one, end about as fast as empty ones: what the
# kernel waits for, it waits for once, and no other namespace's end is held up.
# Alone: it looks at the memory of all instances, and at the clock.
. "$(dirname "$0")/../lib/lib.sh"
make() { # NAMESPACE INSTANCES
	local i
	ip netns add "$1"
	for ((i = 0; i < $2; i++)); do
		echo "INSTANCE_ADD INSTANCE=i$i POOL6=2001:db8:$i:: POOL6_LEN=96 -> done"
	done | ip netns exec "$1" $python "$e2e/ask.py" > /dev/null
}
is_gone() {
	[ ! -e /sys/class/net/bystander ]
}
# The time from when the namespaces are left to when one that was left after them has ended.
end() { # NAMESPACE... -> $took
	ip netns add last
	ip link add bystander type veth peer name inner netns last
	printf 'netns del %s\n' "$@" last > $tmp/batch
	began=$(now)
	ip -batch $tmp/batch
	must 'the last one has ended' 100 is_gone
	took=$(($(now) - began))
}
many=()
for i in {1..40}; do many+=("m$i"); done
namespaces=(empty one last "${many[@]}")
make empty 0
end empty
limit=$((4000 + took * 3))
make one 200
end one
[ $took -le $limit ] || fail "200 instances: $took ms, should be $limit at most"
printf 'netns add %s\n' "${many[@]}" | ip -batch -
end "${many[@]}"
limit=$((4000 + took * 3))
for n in "${many[@]}"; do make "$n" 1; done
end "${many[@]}"
[ $took -le $limit ] || fail "40 namespaces: $took ms, should be $limit at most"
must 'no objects left in the module'"'"'s caches' 20 slab_empty
# Nor is `instance flush` held up.
network
make g2 200
namespaces+=(g2)
began=$(now)
ns=g2 j instance flush
took=$(($(now) - began))
[ $took -le 6000 ] || fail "flush of 200 instances: $took ms"
