#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# IPv4 packets of at most 1260 bytes may be fragmented and have an identification of their own,
# longer ones may not be (RFC 7915 5.1).
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
watch four s4 s4g 'udp port 9'
peer c6 udp-send $client 40001 $server 9 10 1232 1233 1400
seen four '' 4
packets four | sed -E 's/.*id ([0-9]+), offset 0, flags \[([A-Za-z]+)\].*length ([0-9]+)\).*/\3 \2 \1/' > $tmp/seen
cut -d' ' -f1,2 $tmp/seen > $tmp/flags
diff $tmp/flags - <<EOT
38 none
1260 none
1261 DF
1428 DF
EOT
n=$(grep none $tmp/seen | cut -d' ' -f3 | sort -u | wc -l)
[ "$n" = 2 ] || fail "the same identification twice: $(cat $tmp/seen)"
