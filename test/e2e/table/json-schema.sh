#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All that is printed with --json is what the schema says, tables with nothing and with something in
# them, with names and without.
. "$(dirname "$0")/../lib/lib.sh"
network
# Python takes its time to start here, so that all are looked at together in the end.
documents=()
is() { # DEFINITION JOOL'S ARGUMENTS
	j "${@:2}" --json > $tmp/json
	cp $tmp/json "$tmp/json.${#documents[@]}"
	documents+=("$1=$tmp/json.${#documents[@]}")
}
reading() {
	is instances instance display
	is status instance status
	is global global display
	is stats stats display --all
	is stats stats display --all --explain
	for p in tcp udp icmp; do
		is pool4 pool4 display --$p
		is bib bib display --$p --numeric
		is sessions session display --$p --numeric
		is count session count --$p
		is query query --$p "$client#40000" "$server#7"
		is query query --$p 192.0.2.8#7 192.0.2.1#61001
	done
	is sessions session display --all --numeric
}
nat64
reading
echo_server s4 tcp 192.0.2.8
# Events, one to a line.
ip netns exec gw jool session follow --json > $tmp/events &
follow=$!
pids+=("$follow")
must 'it listens' 10 is_followed $tmp/events 40001 9
dial c6 "[$server]" 7 40000
peer c6 udp-send $client 40001 $server 9 10
c6 ping -q -c 1 -W $patience $server > /dev/null
j pool4 add --tcp 192.0.2.1 5000-5100
j bib add --tcp 2001:db8::8#80 192.0.2.1#5000
reading
is query query --tcp "$client#40000" "$server#7"
printf '127.0.0.1 localhost\n192.0.2.8 www.example.com\n%s client.example.com\n' $client > $tmp/hosts
mount --bind $tmp/hosts /etc/hosts
is sessions session display --dns-timeout 0
grep -q '"dst4_name":"www.example.com"' $tmp/json
is bib bib display --dns-timeout 0
umount /etc/hosts
is removed session delete --tcp
is removed bib flush
told() {
	[ "$(grep -c TCP $tmp/events)" -ge 2 ]
}
must 'the end of the connection is told' 10 told
kill -INT $follow
wait $follow
"$REPO/test/validate" "$REPO/usr/schema/output.json" "${documents[@]}" "event*=$tmp/events"
