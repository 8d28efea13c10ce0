#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `jool query` says what would become of a packet and why, for every kind of answer, and changes nothing.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
j pool4 add --tcp 192.0.2.1 5000-5099
j pool4 add --udp 192.0.2.1 5000-5001
j bib add --udp $client#7 192.0.2.1#5000
dial c6 "[$server]" 7 40000
port=$(j session display --numeric --csv --no-headers | cut -d, -f7)
j stats display --all > $tmp/before

says() { # ARGUMENTS OF QUERY; stdin: what it says, regular expressions
	local line n=0
	j query "$@" > $tmp/said || fail "query $*: status $?"
	while IFS= read -r line; do
		n=$((n + 1))
		sed -n ${n}p $tmp/said | grep -qxE -- "$line" || fail "query $*: $(cat $tmp/said)"
	done
	[ "$(wc -l < $tmp/said)" = $n ] || fail "query $*: $(cat $tmp/said)"
	# The same as JSON, to be compared at the end.
	{ tr '\n' ' ' < $tmp/said; echo; j query "$@" --json; } >> $tmp/both
}
says $client#40000 $server#7 <<EOT
Packet: TCP 2001:db8::8#40000 > 64:ff9b::c000:208#7
Verdict: translated to 192.0.2.1#$port > 192.0.2.8#7
Session: there is one \(ESTABLISHED\), expires in 1 hour, 5[0-9] minutes(, [0-9]+ seconds?)?
BIB entry: there is a dynamic one, 192.0.2.1#$port - 2001:db8::8#40000
EOT
says 192.0.2.8#7 192.0.2.1#$port <<EOT
Packet: TCP 192.0.2.8#7 > 192.0.2.1#$port
Verdict: translated to 64:ff9b::c000:208#7 > 2001:db8::8#40000
Session: there is one \(ESTABLISHED\), expires in 1 hour, 5[0-9] minutes(, [0-9]+ seconds?)?
BIB entry: there is a dynamic one, 192.0.2.1#$port - 2001:db8::8#40000
EOT
says $client#40000 64:ff9b::192.0.2.8#8 <<EOT
Packet: TCP 2001:db8::8#40000 > 64:ff9b::c000:208#8
Verdict: translated to 192.0.2.1#$port > 192.0.2.8#8
Session: a new one
BIB entry: there is a dynamic one, 192.0.2.1#$port - 2001:db8::8#40000
EOT
says --udp $client#40000 $server#8 <<EOT
Packet: UDP 2001:db8::8#40000 > 64:ff9b::c000:208#8
Verdict: translated to a free port of pool4 > 192.0.2.8#8
Session: a new one
BIB entry: a new one
EOT
says --udp 192.0.2.8#1 192.0.2.1#5000 <<EOT
Packet: UDP 192.0.2.8#1 > 192.0.2.1#5000
Verdict: translated to 64:ff9b::c000:208#1 > 2001:db8::8#7
Session: a new one
BIB entry: there is a static one, 192.0.2.1#5000 - 2001:db8::8#7
EOT
says --udp $client#9 64:ff9b::192.0.2.1#5000 <<EOT
Packet: UDP 2001:db8::8#9 > 64:ff9b::c000:201#5000
Verdict: translated to a free port of pool4 > 192.0.2.1#5000, and back to the IPv6 node that has this address and port
Session: a new one
BIB entry: a new one
EOT
says --udp 192.0.2.8#1 192.0.2.1#5001 <<EOT
Packet: UDP 192.0.2.8#1 > 192.0.2.1#5001
Verdict: left to the kernel
Why: JSTAT_BIB4_NOT_FOUND: Left to the kernel: .*
EOT
says 192.0.2.8#1 192.0.2.1#5001 <<EOT
Packet: TCP 192.0.2.8#1 > 192.0.2.1#5001
Verdict: kept for a while
Why: JSTAT_SYN_STORED: Kept: .*
EOT
says --udp 192.0.2.8#1 192.0.2.1#4000 <<EOT
Packet: UDP 192.0.2.8#1 > 192.0.2.1#4000
Verdict: left to the kernel
Why: Its destination is neither in pool6 nor an address and port of pool4\.
EOT
says $client#1 2001:db8::1#80 <<EOT
Packet: TCP 2001:db8::8#1 > 2001:db8::1#80
Verdict: left to the kernel
Why: Its destination is neither in pool6 nor an address and port of pool4\.
EOT
says $client#1 64:ff9b::127.0.0.1#80 <<EOT
Packet: TCP 2001:db8::8#1 > 64:ff9b::7f00:1#80
Verdict: dropped
Why: JSTAT_UNTRANSLATABLE_DST6: Dropped: .*
EOT
says $client#1 64:ff9b::169.254.169.254#80 <<EOT
Packet: TCP 2001:db8::8#1 > 64:ff9b::a9fe:a9fe#80
Verdict: dropped
Why: JSTAT_UNTRANSLATABLE_DST6: Dropped: .*
EOT
says fe80::1#1 $server#80 <<EOT
Packet: TCP fe80::1#1 > 64:ff9b::c000:208#80
Verdict: dropped
Why: JSTAT_UNTRANSLATABLE_SRC6: Dropped: .*
EOT
says $client#1 $server#80 --mark 5 <<EOT
Packet: TCP 2001:db8::8#1 > 64:ff9b::c000:208#80
Verdict: dropped
Why: JSTAT_MARK_NOT_FOUND: Dropped: .*
EOT
says $client#1 $server#80 --icmp <<EOT
Packet: ICMP 2001:db8::8#1 > 64:ff9b::c000:208#80
Verdict: dropped
Why: JSTAT_MARK_NOT_FOUND: Dropped: .*
EOT
says $client#1 64:ff9b::203.0.113.1#80 <<EOT
Packet: TCP 2001:db8::8#1 > 64:ff9b::cb00:7101#80
Verdict: dropped
Why: JSTAT_FAILED_ROUTES: Dropped: .*
EOT
$python - $tmp/both <<'EOT' || fail 'JSON says something else'
import json, sys
words = {"translate": "translated", "drop": "dropped", "kernel": "left to the kernel", "store": "kept for a while"}
lines = open(sys.argv[1]).read().splitlines()
for said, document in zip(lines[::2], lines[1::2], strict=True):
    query = json.loads(document)["query"]
    assert " Verdict: " + words[query["verdict"]] in said, (said, query)
    assert (query["reason"] or "Packet") in said, (said, query)
EOT
j stats display --all | diff $tmp/before - || fail 'asking has changed something'
# What it would depend on is asked, too.
j global update drop-externally-initiated-tcp true
j query 192.0.2.8#1 192.0.2.1#5001 | grep -q '^Why: JSTAT_V4_SYN: ' || fail 'V4_SYN'
j global update max-sessions 1
j query --udp $client#1 $server#1 | grep -q '^Why: JSTAT_SESSIONS_FULL: ' || fail 'SESSIONS_FULL'
j global update max-sessions 100
peer c6 udp-send $client 50001 $server 9 10
j query --udp $client#50003 $server#1 | grep -q '^Why: JSTAT_POOL4_EXHAUSTED: ' || fail 'POOL4_EXHAUSTED'
j global update manually-enabled off
j query $client#40000 $server#7 | grep -q '^Why: JSTAT_XLATOR_DISABLED: ' || fail 'XLATOR_DISABLED'
expect_refusal 2 nosuch gw jool -i nosuch query $client#1 $server#1
