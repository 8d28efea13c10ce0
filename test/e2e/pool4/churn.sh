#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Thousands of addresses come to the pool4 of two instances and go, with mappings on some of them, while packets fly
# and the tables are listed: what is there at the end is what there should be, and a connection goes on.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
instance=other j instance add --netfilter -6 2001:db8:64::/96
for p in tcp udp icmp; do
	j pool4 add --$p 192.0.2.1 61001-65000
done
j pool4 display --csv > $tmp/pool4.wanted
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40001
flood
list() {
	while [ ! -e $tmp/enough ]; do
		j session display --udp --numeric --csv
		j bib display --udp --numeric --csv
		instance=other j pool4 display --csv
	done > /dev/null
}
list &
lister=$!
pids+=("$lister")
for length in 24 21 19 18 20; do
	for i in default other; do
		instance=$i j pool4 add --udp 198.18.0.0/$length 1000-2000 --force
		# One address within, one without.
		instance=$i j bib add --udp 2001:db8::${#i}#1 198.18.0.7#150${#i}
		instance=$i j bib add --udp 2001:db8::${#i}#2 198.19.255.7#150${#i}
	done
	instance=other j pool4 add --tcp 198.18.0.0/22 1000-2000 --force
	say "198.18.0.0/$length is here"
	j pool4 remove --udp 198.18.0.0/$length
	instance=other j pool4 flush
	j pool4 display --csv | cmp - $tmp/pool4.wanted || fail "/$length: pool4 is $(j pool4 display --csv | head)"
	# The mapping of an address that pool4 had goes with it.
	for i in default other; do
		instance=$i j bib display --udp --numeric --csv --no-headers | grep -v ',192\.0\.2\.1,' > $tmp/bib || :
		[ "$(< $tmp/bib)" = "UDP,2001:db8::${#i},2,198.19.255.7,150${#i},1" ] || fail "/$length, $i: $(< $tmp/bib)"
		instance=$i j bib remove --udp 2001:db8::${#i}#2
	done
	say "198.18.0.0/$length is gone"
done
kill -0 $lister || fail 'nobody lists any more'
touch $tmp/enough
wait $lister
hang_up
stop_flood
expect_account
