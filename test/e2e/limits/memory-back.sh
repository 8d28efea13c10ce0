#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# When the BIB is empty again, so is the memory that it needed, arrays of ports included.
# Alone: it looks at the memory of the whole kernel.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
# Objects in use of the caches that a BIB entry needs something of: the kernel's for a page, with what a control
# group is charged for, and ours.
objects() { # CACHE
	sync_slabs
	awk -v cache="$1" '$1 == cache || (cache ~ /^kmalloc/ && $1 == "kmalloc-cg" substr(cache, 8)) { n += $2 } END { print n }' /proc/slabinfo
}
# What waits for a grace period, or is kept for the next allocation, is in use as well.
sync_slabs() {
	sleep 1
	for cache in kmalloc-4k kmalloc-cg-4k jool_bib; do
		[ ! -e /sys/kernel/slab/$cache/shrink ] || echo 1 > /sys/kernel/slab/$cache/shrink
	done
}
{
	echo '{ "global": { "pool6": "64:ff9b::/96" }, "pool4": ['
	echo '{ "protocol": "UDP", "prefix": "198.51.100.0/30", "port range": "1-65535" } ], "bib": ['
	awk 'BEGIN {
		for (i = 0; i < 60000; i++)
			printf "%s{ \"protocol\": \"UDP\", \"ipv6 address\": \"2001:db8:%x::%x#80\", \"ipv4 address\": \"198.51.100.%d#%d\" }\n",
				i ? "," : "", i % 4, i, i % 4, 1 + i
	}'
	echo '] }'
} > $tmp/file
j file handle --force $tmp/file
j bib flush
sleep $patience
pages=$(objects kmalloc-4k)
for _ in 1 2; do
	j file handle --force $tmp/file
	[ "$(j bib display --udp --numeric --csv --no-headers | wc -l)" = 60000 ]
	used=$(objects kmalloc-4k)
	# An array is for 512 ports of an address.
	[ $((used - pages)) -ge 400 ] || fail "$pages objects, then $used: this test sees nothing"
	j bib flush
	# A port that stays in use keeps its array, and works.
	j bib add --udp 2001:db8::a#7 198.51.100.1#50000
	now_free() { [ $(($(objects kmalloc-4k) - pages)) -le 40 ]; }
	poll 40 now_free || fail "$pages objects in the beginning, $used in use, $(objects kmalloc-4k) left"
	[ "$(j bib display --udp --numeric --csv --no-headers)" = UDP,2001:db8::a,7,198.51.100.1,50000,1 ]
	[ "$(objects jool_bib)" -le 64 ] || fail "$(objects jool_bib) BIB entries left"
	j bib flush
done
