#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway's namespace is deleted while packets fly, again and again; nothing of it stays.
# Alone: it looks at the memory of all instances.
. "$(dirname "$0")/../lib/lib.sh"
for _ in 1 2 3; do
	network
	nat64
	flood
	must 'sessions appear' 10 has_sessions 20
	ip netns del gw
	stop_flood
	for n in c6 s4; do
		ip netns pids $n | xargs -r kill -9
		ip netns del $n
	done
done
must 'no objects left in the module'"'"'s caches' 20 slab_empty
