#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A list that cannot be written to the end says so and ends with status 2, in whatever form.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 5000-5099
peer c6 udp-send $client 40001 $server 9 10
for line in 'session display --udp --numeric' 'session count' 'bib display --udp --numeric' 'pool4 display --udp' \
	'global display' 'stats display' 'instance display' "query $client#1 $server#1"; do
	for form in '' --csv --json; do
		case "$line $form" in query*csv | session\ count*csv) continue ;; esac
		got=0
		# shellcheck disable=SC2086
		j $line $form > /dev/full 2> $tmp/err || got=$?
		[ "$got $(cat $tmp/err)" = '2 Error: Cannot write the output: No space left on device' ] ||
			fail "$line $form: status $got, $(cat $tmp/err)"
	done
done
got=0
j stats display --openmetrics > /dev/full 2> $tmp/err || got=$?
[ $got = 2 ] || fail "--openmetrics: status $got"
