#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file gives transport addresses of static mappings to others: one port goes to another node, one node
# gets another port, two nodes swap theirs. If one of its mappings cannot be, all stays as it was.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --tcp 192.0.2.1 5000-5100
j bib add --tcp 2001:db8::a#80 192.0.2.1#5000
j bib add --tcp 2001:db8::b#80 192.0.2.1#5001
j bib add --tcp 2001:db8::c#80 192.0.2.1#5002
j bib add --tcp 2001:db8::d#80 192.0.2.1#5003
j bib add --tcp $client#40000 192.0.2.1#5004
j bib add --udp 2001:db8::a#80 192.0.2.1#5000
echo_server s4 tcp 192.0.2.8
# A session each of a static mapping and of a dynamic one.
dial c6 "[$server]" 7 40000
dial c6 "[$server]" 7 40001
dynamic=$(j bib display --tcp --numeric --csv --no-headers | awk -F, -v c="$client" '$2 == c && $3 == 40001 { print $5 }')
j file save > $tmp/before
j session display --numeric --csv --tcp | cut -d, -f 1-9 > $tmp/sessions

# file BIB-ENTRY...: a configuration with these, PROTO NODE#PORT PORT each.
file() {
	local row proto src6 port comma=
	echo '{ "pool4": [ { "protocol": "TCP", "prefix": "192.0.2.1", "port range": "5000-5100" } ], "bib": ['
	for row; do
		read -r proto src6 port <<< "$row"
		printf '%s{ "protocol": "%s", "ipv6 address": "%s", "ipv4 address": "192.0.2.1#%s" }\n' \
			"$comma" "$proto" "$src6" "$port"
		comma=,
	done
	echo '] }'
}
refused() {
	expect_refusal 2 "^Error: $tmp/file:$1: .*another BIB entry" j file handle $tmp/file
	j file save | diff -u $tmp/before - || fail 'it has changed'
	j session display --numeric --csv --tcp | cut -d, -f 1-9 | diff -u $tmp/sessions - ||
		fail 'sessions were lost'
	say 'still there'
}

# Swapped, but a dynamic mapping has the port of the last one.
file 'TCP 2001:db8::a#80 5001' 'TCP 2001:db8::b#80 5000' "TCP 2001:db8::e#80 $dynamic" > $tmp/file
refused 4:2
# Swapped, but two of them want one port, or one node two.
file 'TCP 2001:db8::a#80 5001' 'TCP 2001:db8::b#80 5000' 'TCP 2001:db8::f#80 5001' > $tmp/file
refused 4:2
file 'TCP 2001:db8::b#80 5000' 'TCP 2001:db8::a#80 5001' 'TCP 2001:db8::b#80 5009' > $tmp/file
refused 4:2
# Without "bib" in place of them all, an addition does not drive anything out.
expect_refusal 2 'another BIB entry' j bib add --tcp 2001:db8::e#80 192.0.2.1#5000

# a and b swap; the port of c goes to e; d gets another; what $client had goes to f, and its session ends.
file 'TCP 2001:db8::a#80 5001' 'TCP 2001:db8::b#80 5000' 'TCP 2001:db8::e#80 5002' \
	'TCP 2001:db8::d#80 5009' 'TCP 2001:db8::f#40000 5004' 'UDP 2001:db8::a#80 5000' > $tmp/file
j file handle $tmp/file
j bib display --tcp --numeric --csv --no-headers | sort > $tmp/bib
cat > $tmp/wanted <<EOT
TCP,$client,40001,192.0.2.1,$dynamic,0
TCP,2001:db8::a,80,192.0.2.1,5001,1
TCP,2001:db8::b,80,192.0.2.1,5000,1
TCP,2001:db8::d,80,192.0.2.1,5009,1
TCP,2001:db8::e,80,192.0.2.1,5002,1
TCP,2001:db8::f,40000,192.0.2.1,5004,1
EOT
sort $tmp/wanted | diff -u - $tmp/bib
[ "$(j bib display --udp --numeric --csv --no-headers)" = UDP,2001:db8::a,80,192.0.2.1,5000,1 ]
# The one of 40001 goes on; the one of 40000 ended with its mapping.
say 'still there'
[ "$(j session count --tcp)" = 1 ] || { j session display --tcp --numeric; fail 'one session was to stay'; }
# Once more it changes nothing.
j file save > $tmp/after
j file handle $tmp/after
j file save | diff -u $tmp/after -
