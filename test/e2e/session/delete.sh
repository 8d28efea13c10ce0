#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `session delete` ends what its filter names and says how many; static BIB entries stay. `bib flush` ends all.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 5000-5099
j pool4 add --icmp 192.0.2.1 5000-5099
j bib add --udp $client#40000 192.0.2.1#5000
some() {
	local port
	for port in 40000 40002 40004; do
		peer c6 udp-send $client $port $server 9 10
		peer c6 udp-send $client $port $server 10 10
	done
	c6 ping -q -c 1 -W $patience -e 4242 $server > /dev/null
}
says() { # TEXT COMMAND...
	local text=$1 said
	shift
	said=$(j "$@")
	[ "$said" = "$text" ] || fail "$*: $said"
}
some
expect_refusal 1 'missing which sessions' j session delete
expect_refusal 1 'missing which sessions' j session delete --json
says 7 session count --all
says '0 sessions removed.' session delete --tcp
says '0 sessions removed.' session delete --udp --src6 2001:db8::9
says '3 sessions removed.' session delete --udp --port 10
says 4 session count --all
says '{"version":1,"instance":"default","removed":2}' session delete --udp --src6 $client --port 40000-40002 --json
says '[Static UDP] 192.0.2.1#5000 - 2001:db8::8#40000
[Dynamic UDP] 192.0.2.1#'"$(j bib display --udp --numeric --csv | sed -n 's/.*40004,192.0.2.1,\([0-9]*\),0/\1/p')"' - 2001:db8::8#40004' \
	bib display --udp --numeric
says '2 sessions removed.' session delete --all
says '[Static UDP] 192.0.2.1#5000 - 2001:db8::8#40000' bib display --all --numeric
# What was deleted may come again.
some
says '7 sessions removed.' session delete --all
some
says '1 BIB entry removed.' bib flush --icmp
says 6 session count --all
says '{"version":1,"instance":"default","removed":3}' bib flush --json
says 0 session count --all
says '' bib display --all --numeric
says '0 BIB entries removed.' bib flush
some
expect_stat SESSIONS 7
