#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `session follow` tells of every session when it begins and ends, and why.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
j pool4 add --udp 192.0.2.1 5000-5099
j pool4 add --tcp 192.0.2.1 5000-5099
j pool4 add --icmp 192.0.2.1 5000-5099
j bib add --udp $client#7 192.0.2.1#5001
j global update icmp-timeout 1 --force

follow() { # NAME OPTION...
	ip netns exec gw jool session follow "${@:2}" > "$tmp/$1" 2> "$tmp/$1.err" &
	pids+=($!)
	last=$!
}
follow csv --csv
followers=("$last")
follow json --json
followers+=("$last")
follow text
followers+=("$last")
follow udp --csv --no-headers --udp --port 5001
followers+=("$last")
follow other --instance default --csv --no-headers --src6 2001:db8::9
followers+=("$last")
listens() {
	peer c6 udp-send $client 39999 $server 9 10
	local f
	for f in csv json text; do
		grep -q 39999 $tmp/$f || return 1
	done
}
must 'all listen' 10 listens
j session delete --udp > /dev/null

# The columns but for time and lifetime, of the events but for those of port 39999.
events() {
	grep -v ,39999, $tmp/csv | cut -d, -f2-12,14- | tail -n +2
}
seen_event() { # REGEX
	events | grep -qE -- "$1"
}
expect_event() { # REGEX
	must "an event like $1 in: $(events)" 8 seen_event "$1"
}
c6 ping -q -c 1 -W $patience -e 4242 $server > /dev/null
expect_event '^new,from-ipv6,ICMP,2001:db8::8,4242,64:ff9b::c000:208,4242,192.0.2.1,50[0-9]{2},192.0.2.8,50[0-9]{2},,default$'
expect_event '^end,timeout,ICMP,2001:db8::8,4242,'
peer s4 udp-send 192.0.2.8 50000 192.0.2.1 5001 10
expect_event '^new,from-ipv4,UDP,2001:db8::8,7,64:ff9b::c000:208,50000,192.0.2.1,5001,192.0.2.8,50000,,default$'
j session delete --udp > /dev/null
expect_event '^end,deleted,UDP,2001:db8::8,7,64:ff9b::c000:208,50000,192.0.2.1,5001,192.0.2.8,50000,,default$'
dial c6 "[$server]" 7 40000
expect_event '^new,from-ipv6,TCP,2001:db8::8,40000,64:ff9b::c000:208,7,192.0.2.1,50[0-9]{2},192.0.2.8,7,V6_INIT,default$'
j pool4 flush
expect_event '^end,pool4,TCP,2001:db8::8,40000,64:ff9b::c000:208,7,192.0.2.1,50[0-9]{2},192.0.2.8,7,ESTABLISHED,default$'
peer c6 udp-send $client 40002 $server 9 10
expect_event '^new,from-ipv6,UDP,2001:db8::8,40002,'
j bib flush > /dev/null
expect_event '^end,deleted,UDP,2001:db8::8,40002,'
peer c6 udp-send $client 40004 $server 9 10
expect_event '^new,from-ipv6,UDP,2001:db8::8,40004,'
j instance remove
expect_event '^end,instance,UDP,2001:db8::8,40004,.*,default$'

# They end with status 0 when they are told to, and have said the same.
for pid in "${followers[@]}"; do
	kill "$pid"
	wait "$pid" || fail "status $?"
done
for f in csv json text udp other; do
	[ ! -s $tmp/$f.err ] || fail "$f: $(cat $tmp/$f.err)"
done
[ "$(wc -l < $tmp/json)" = $(($(wc -l < $tmp/csv) - 1)) ] || fail 'JSON and CSV differ in number'
[ "$(wc -l < $tmp/json)" = "$(wc -l < $tmp/text)" ] || fail 'JSON and console differ in number'
[ "$(cut -d, -f2,9 $tmp/udp)" = $'new,192.0.2.1\nend,192.0.2.1' ] || fail "filtered: $(cat $tmp/udp)"
[ ! -s $tmp/other ] || fail "not wanted: $(cat $tmp/other)"
$python - $tmp/json $tmp/csv <<'EOT' || fail 'JSON and CSV differ'
import csv, datetime, json, sys
rows = list(csv.DictReader(open(sys.argv[2])))
lines = [json.loads(line) for line in open(sys.argv[1])]
now = datetime.datetime.utcnow()
for row, line in zip(rows, lines, strict=True):
    assert line["version"] == 1, line
    for column, key in ("Time", "time"), ("Event", "event"), ("Reason", "reason"), ("Protocol", "protocol"), \
                       ("Instance", "instance"):
        assert row[column] == line[key], (row, line)
    for name, key in ("IPv6 Remote", "src6"), ("IPv6 Local", "dst6"), ("IPv4 Local", "src4"), ("IPv4 Remote", "dst4"):
        assert row[name + " Address"] == line[key]["address"], (row, line)
        assert int(row[name + " L4-ID"]) == line[key]["port"], (row, line)
    assert (row["State"] or None) == line["state"], (row, line)
    age = now - datetime.datetime.strptime(row["Time"], "%Y-%m-%dT%H:%M:%S.%fZ")
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=5), row
EOT
