#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Limits that nobody has set come from the machine's memory, and one source gets a quarter of them;
# `global display` says so, and a saved file leaves them to the machine that loads it.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/30 10000-19999
shown() { # KEY
	j global display | sed -n "s/^  $1: //p"
}
# 512 bytes each, in a quarter.
most=$(awk '$1 == "MemTotal:" { n = int($2 / 2); print (n < 1024 ? 1024 : n > 4194304 ? 4194304 : n) }' /proc/meminfo)
share() { # OF
	echo $(($1 / 4 < 1024 ? 1024 : $1 / 4))
}
is() { # KEY VALUE
	[ "$(shown "$1")" = "$2" ] || fail "$1 is $(shown "$1"), should be $2"
}
is max-sessions "$most (automatic)"
is max-bib-entries "$most (automatic)"
is max-sessions-per-source "$(share "$most") (automatic)"
[ "$(j global display --csv | grep ^max-sessions,)" = "max-sessions,$most" ] || fail 'CSV'
j global display --json | grep -qF "\"max_sessions\":$most," || fail 'JSON'
j file save > $tmp/saved
! grep max- $tmp/saved || fail 'saved what is of this machine'
j global update max-sessions 8192
is max-sessions 8192
is max-sessions-per-source '2048 (automatic)'
j file save > $tmp/saved
[ "$(grep -o '"max-[^,]*' $tmp/saved)" = '"max-sessions": 8192' ] || fail "saved: $(grep max- $tmp/saved)"
j global update max-sessions auto
is max-sessions "$most (automatic)"
j file handle --force --verbose $tmp/saved > $tmp/said
grep -qx '  max-sessions: auto -> 8192' $tmp/said || fail "$(cat $tmp/said)"
is max-sessions 8192
# A file of an earlier version has these numbers.
echo '{ "global": { "max-sessions": 8192, "max-sessions-per-source": 4294967295 } }' > $tmp/old
j file handle $tmp/old
is max-sessions-per-source '2048 (automatic)'
expect_refusal 1 "max-sessions: 'automatic'" j global update max-sessions automatic

# One host has its share, and no more; another one is not hurt.
j file handle $tmp/saved
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad
echo_server s4 udp 192.0.2.8
j pool4 add --udp 198.51.100.0/30 10000-19999
(burst 2048) || fail 'the share is not to be had'
peer c6 udp-send $client 40001 $server 9 10
expect_stat SOURCE_FULL 1
peer c6 udp-send $client 2001 $server 10 10
expect_stat SOURCE_FULL 2
peer c6 udp 2001:db8::9 40001 $server 7 20
j global update max-sessions-per-source 4000
peer c6 udp-send $client 40001 $server 9 10
expect_stat SESSIONS 2050
