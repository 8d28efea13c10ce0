#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 20000 sessions: the dump has each of them once, in order.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/30 10000-19999
burst 20000
j session display --udp --numeric --csv --no-headers > $tmp/csv
n=$(wc -l < $tmp/csv)
[ "$n" = 20000 ] || fail "$n rows"
awk -F, '{ split($6, a, "."); here = a[4] * 65536 + $7
	if (NR > 1 && here <= last) { print "out of order: " $0; bad = 1; exit }
	if (NF != 11 || seen[$3]++) { print "bad or seen before: " $0; bad = 1; exit }
	last = here } END { exit bad }' $tmp/csv
expect_stat SESSIONS 20000
expect_stat BIB_ENTRIES 20000
j session display --udp > $tmp/names 2>/dev/null
[ "$(wc -l < $tmp/names)" = 80001 ] || fail "with names: $(wc -l < $tmp/names) lines"
