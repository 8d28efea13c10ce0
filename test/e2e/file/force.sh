#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What was forced is saved as such: it loads back without being forced again, also where it never was.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
! j file save | grep force || fail 'nothing was forced'
while read -r status forced; do
	# shellcheck disable=SC2086 # these are words
	j $forced --force
	j file save > $tmp/forced
	j file handle --verbose - < $tmp/forced > $tmp/said
	[ "$(cat $tmp/said)" = 'Instance default:' ] || fail "$(cat $tmp/said)"
	grep -v '"force"' $tmp/forced > $tmp/unforced
	expect_refusal "$status" force j file handle $tmp/unforced
	j instance remove
	j file handle - < $tmp/forced
	j file save | diff -u $tmp/forced -
	j instance remove
	nat64
done <<EOT
1 global update udp-timeout 1
EOT
