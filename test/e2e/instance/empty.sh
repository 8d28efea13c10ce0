#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An instance that translates nothing takes less than 128 KiB; one that has translated 3000 packets at
# once, from nothing, has lost none of them.
# Alone: it looks at the memory of the whole kernel.
. "$(dirname "$0")/../lib/lib.sh"
network
available() {
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}
before=$(available)
for ((i = 0; i < 200; i++)); do
	echo "INSTANCE_ADD INSTANCE=i$i POOL6=2001:db8:$i:: POOL6_LEN=96 -> done"
done | gw $python "$e2e/ask.py" > /dev/null
each=$(((before - $(available)) / 200))
echo "$each KiB each"
[ $each -lt 128 ] || fail "$each KiB each"
j instance flush
nat64
j pool4 add --udp 198.51.100.0/30 10000-19999
burst 3000
expect_stat ENOMEM 0
