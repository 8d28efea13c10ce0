#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tables of 100000 rows and more: sessions, BIB and pool4 are listed whole, each row once, in order, in all
# formats, and counted.
# Alone: it is a matter of memory and time.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
# shellcheck disable=SC2154 # fields and row are set where it is called
rows() { # N MODE [OPTION]...: the table has so many, all different and in order, in each format
	local want=$1 mode=$2 n
	shift
	j "$@" --csv --no-headers > $tmp/csv
	n=$(wc -l < $tmp/csv)
	[ "$n" = "$want" ] || fail "$mode: $n rows, not $want"
	cut -d, -f"$fields" $tmp/csv | awk -F'[.,]' '{ here = ((($1 * 256 + $2) * 256 + $3) * 256 + $4) * 65536 + $5
		if (NR > 1 && here < last) { print "out of order: " $0; exit 1 } last = here }' || fail "$mode"
	[ "$(uniq $tmp/csv | wc -l)" = "$want" ] || fail "$mode: twice"
	n=$(j "$@" --json | grep -c '^{"[a-z]*":["0-9]')
	[ "$n" = $((want + 1)) ] || fail "$mode: $n lines of JSON"
	n=$(j "$@" | grep -cE "$row")
	[ "$n" = "$want" ] || fail "$mode: $n rows on the console"
}
# 198.18.0.0/15
j pool4 add --icmp 198.18.0.0/15 1024-2047 --force
fields=3,4 row='198\.1[89]\.' rows 131072 pool4 display --icmp
j pool4 remove --icmp 198.18.0.0/15

j pool4 add --udp 198.51.100.0/29 2000-65000 --force
burst 100000 49999
fields=6,7 row='^Remote: ' rows 100000 session display --udp --numeric
fields=4,5 row='^\[Dynamic UDP\]' rows 49999 bib display --udp --numeric
[ "$(j session count --udp)" = 100000 ]
# A third of them.
n=$(j session delete --udp --port 9 | sed 's/ sessions removed\.$//')
[[ $n = 3333[34] ]] || fail "deleted: $n"
[ "$(j session count --udp)" = $((100000 - n)) ] || fail "$(j session count --udp) are left, without $n"
j bib flush > /dev/null

{
	echo '{ "global": { "pool6": "64:ff9b::/96" }, "pool4": ['
	echo '{ "protocol": "TCP", "prefix": "198.51.100.0/30", "port range": "1024-32767" } ], "bib": ['
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "%s{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::%x:%x#80\", \"ipv4 address\": \"198.51.100.%d#%d\" }\n",
				i ? "," : "", i / 65536, i % 65536, i / 25000, 2000 + i % 25000
	}'
	echo '] }'
} > $tmp/bib.json
j file handle $tmp/bib.json
fields=4,5 row='^\[Static TCP\]' rows 100000 bib display --numeric
[ "$(j bib flush)" = "100000 BIB entries removed." ]
