#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command lists one session within 10 ms, from its start to its end (a slow machine has more).
# Alone: it is timed.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 5000-5099
peer c6 udp-send $client 40001 $server 9 10
[ "$(j session count --udp)" = 1 ]

# The least of so many times, in microseconds; each with a fork of this shell.
least() { # COMMAND...
	local n began took best=1000000
	for n in {1..20}; do
		began=${EPOCHREALTIME/./}
		"$@" > /dev/null
		took=$((${EPOCHREALTIME/./} - began))
		[ $took -ge $best ] || best=$took
	done
	echo $best
}
on_gateway="$(declare -f least); \"\$@\""
jool=$(gw bash -c "$on_gateway" bash least jool session display --udp --numeric)
true=$(gw bash -c "$on_gateway" bash least /bin/true)
# In user-mode Linux, code is as fast as on the host, but page faults are not, and a process that starts has
# plenty of them; without that and without KVM, everything is slow.
limit=$((100000 * SLOW + true))
why='an emulated machine: 100 ms and what /bin/true takes'
if grep -q ' kasan_poison$' /proc/kallsyms; then
	why='a kernel that watches itself: 100 ms and what /bin/true takes'
elif grep -q 'User Mode Linux' /proc/cpuinfo; then
	limit=$((10000 * SLOW + true * 3 / 2))
	why='user-mode Linux: 10 ms and 3/2 of what /bin/true takes'
elif grep -q '^flags.* hypervisor' /proc/cpuinfo && [ $true -lt 3000 ]; then
	limit=$((10000 * SLOW))
	why='a machine that runs natively'
fi
echo "jool session display --udp --numeric: $jool us, /bin/true: $true us, limit: $limit us ($why)" | tee -a /dev/kmsg
[ "$jool" -lt $limit ] || fail 'too slow'
