#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file of some MiB, in one message; a refusal deep within it is traced to its line, and takes all
# of it back.
. "$(dirname "$0")/../lib/lib.sh"
network
file() { # LAST-LINE
	echo '{ "global": { "pool6": "64:ff9b::/96" }, "pool4": ['
	echo '{ "protocol": "TCP", "prefix": "198.51.100.0/30", "port range": "1024-32767" } ], "bib": ['
	for a in 0 1; do
		awk -v a=$a 'BEGIN {
			for (i = 0; i < 20000; i++)
				printf "{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8:%x::%x#80\", \"ipv4 address\": \"198.51.100.%d#%d\" },\n",
					a, i, a, 2000 + i
		}'
	done
	echo "$1 ] }"
}
last='{ "protocol": "TCP", "ipv6 address": "2001:db8::a:b#80", "ipv4 address": "198.51.100.2#2000" }'
file "$last" > $tmp/good.json
[ "$(wc -c < $tmp/good.json)" -gt 3500000 ] || fail 'it is too small for this test'
# The IPv4 address of line 3.
file "${last/.2#2000/.0#2000}" > $tmp/bad.json
expect_refusal 2 "^Error: $tmp/bad.json:40003:1: " j file handle $tmp/bad.json
! j instance status > /dev/null || fail 'an instance is left'
j file handle $tmp/good.json
[ "$(j bib display --numeric --csv --no-headers | grep -c ',1$')" = 40001 ]
j file save > $tmp/saved
j file handle --verbose $tmp/saved > $tmp/said
[ "$(cat $tmp/said)" = 'Instance default:' ] || fail "$(head $tmp/said)"
expect_refusal 2 "^Error: $tmp/bad.json:40003:1: " j file handle $tmp/bad.json
[ "$(j bib display --numeric --csv --no-headers | grep -c ',1$')" = 40001 ]
