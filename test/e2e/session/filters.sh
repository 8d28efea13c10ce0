#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Filters of sessions and BIB entries: what is listed and what is counted is what they let through.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
# Not to be chosen by itself.
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad preferred_lft 0
ip -n s4 addr add 192.0.2.9/24 dev s4g
echo_server s4 tcp 192.0.2.8
j pool4 add --udp 192.0.2.1 5000-5099
j pool4 add --udp 198.51.100.1 5000-5099
j pool4 add --tcp 192.0.2.1 5000-5099
# Sessions of UDP: from two clients, to two servers, two ports.
for from in 2001:db8::8 2001:db8::9; do
	for to in 192.0.2.8 192.0.2.9; do
		peer c6 udp-send $from 40000 64:ff9b::$to 9 10
		peer c6 udp-send $from 40001 64:ff9b::$to 10 10
	done
done
dial c6 "[$server]" 7 40000

# The source, its port, the destination and its port of what the filter lets through, and how many.
expect() { # FILTER...; stdin: the lines, sorted
	local n
	cat > $tmp/expected
	j session display --numeric --csv --no-headers "$@" | cut -d, -f1,2,3,8,9 | sort > $tmp/actual
	diff $tmp/expected $tmp/actual || fail "session display $*"
	n=$(j session count "$@")
	[ "$n" = "$(wc -l < $tmp/expected)" ] || fail "session count $*: $n"
	[ "$(j session count --json "$@")" = "{\"version\":1,\"instance\":\"default\",\"count\":$n}" ] ||
		fail "session count --json $*"
}

all() {
	cat <<-EOT
	UDP,2001:db8::8,40000,192.0.2.8,9
	UDP,2001:db8::8,40000,192.0.2.9,9
	UDP,2001:db8::8,40001,192.0.2.8,10
	UDP,2001:db8::8,40001,192.0.2.9,10
	UDP,2001:db8::9,40000,192.0.2.8,9
	UDP,2001:db8::9,40000,192.0.2.9,9
	UDP,2001:db8::9,40001,192.0.2.8,10
	UDP,2001:db8::9,40001,192.0.2.9,10
	EOT
}
all | expect --udp
all | expect --udp --src6 ::/0 --dst6 64:ff9b::/96 --src4 0.0.0.0/0 --dst4 192.0.2.0/24 --port 0-65535
all | grep ::8 | expect --udp --src6 2001:db8::8
expect --udp --src6 2001:db8::/125 < /dev/null
all | grep ::8 | expect --udp --src6 2001:db8::8/128
all | grep 192.0.2.9 | expect --udp --dst6 64:ff9b::192.0.2.9
all | grep 192.0.2.8 | expect --udp --dst4 192.0.2.8
all | grep 40001 | expect --udp --port 40001
all | grep 40001 | expect --udp --port 10
all | grep 40000 | expect --udp --port 9-8
all | grep '::9.*192.0.2.9,10' | expect --udp --src6 2001:db8::9 --dst4 192.0.2.9/32 --port 10
expect --udp --src6 2001:db8::7 < /dev/null
expect --udp --state ESTABLISHED < /dev/null
expect --tcp --state TRANS < /dev/null
expect --state established <<EOT
TCP,2001:db8::8,40000,192.0.2.8,7
EOT
expect --all --port 40000 --src6 2001:db8::8 <<EOT
TCP,2001:db8::8,40000,192.0.2.8,7
UDP,2001:db8::8,40000,192.0.2.8,9
UDP,2001:db8::8,40000,192.0.2.9,9
EOT
# Each address of pool4 has its own.
n=0
for a in 192.0.2.1 198.51.100.1; do
	n=$((n + $(j session count --udp --src4 $a)))
	[ "$(j session count --udp --src4 $a)" = "$(j session display --udp --csv --no-headers --numeric | grep -c ",$a,")" ] ||
		fail "of $a"
done
[ $n = 8 ] || fail "of both addresses: $n"

bib() { # FILTER...
	j bib display --numeric --csv --no-headers "$@" | cut -d, -f1,2,3 | sort
}
[ "$(bib --udp --src6 2001:db8::9)" = $'UDP,2001:db8::9,40000\nUDP,2001:db8::9,40001' ] || fail "$(bib --udp --src6 2001:db8::9)"
[ "$(bib --udp --port 40001)" = $'UDP,2001:db8::8,40001\nUDP,2001:db8::9,40001' ] || fail "$(bib --udp --port 40001)"
[ "$(bib --src4 192.0.2.0/24)" = TCP,2001:db8::8,40000 ] || fail "$(bib --src4 192.0.2.0/24)"
[ -z "$(bib --all --src4 203.0.113.0/24)" ] || fail 'of another address'
[ "$(bib --all --port 40000 | wc -l)" = 3 ] || fail "$(bib --all --port 40000)"
expect_refusal 1 "'2001:db8::8/64' seems to have a suffix" j session display --src6 2001:db8::8/64
expect_refusal 1 "Unknown option of 'bib': '--state'" j bib display --state ESTABLISHED
