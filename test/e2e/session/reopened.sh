#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A connection that is opened again from the same port, as soon as both ends have closed the last one, is a session of its own.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
# So that the server, which is in TIME_WAIT, takes the same port again.
c6 sysctl -qw net.ipv4.tcp_timestamps=1
s4 sysctl -qw net.ipv4.tcp_timestamps=1
# In which the end of one and the beginning of the other have room.
lifetime=$((5 * SLOW))
j global update tcp-trans-timeout "0:$(printf '%02d:%02d' $((lifetime / 60)) $((lifetime % 60)))" --force
spawn ip netns exec gw jool session follow --csv --no-headers > $tmp/events
listens() {
	peer c6 udp-send $client 39999 $server 9 10
	grep -q ,39999, $tmp/events
}
must 'follow listens' 10 listens

expect_state() { # STATE LIFETIME
	expect_sessions --tcp <<-EOT
	($1) Expires in {time $2}
	Remote: 192.0.2.8#7	2001:db8::8#40000
	Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#7
	EOT
}
dial c6 "[$server]" 7 40000
hang_up
expect_state V4_FIN_V6_FIN_RCV $lifetime
port=$(j session display --tcp --numeric --csv --no-headers | cut -d, -f7)
dial c6 "[$server]" 7 40000
expect_state ESTABLISHED 7200
# Past the end of the old one.
sleep $((lifetime + 1))
say 'still there'
expect_state ESTABLISHED 7200

cat > $tmp/wanted <<-EOT
new,from-ipv6,$port,V6_INIT
end,reopened,$port,V4_FIN_V6_FIN_RCV
new,from-ipv6,$port,V6_INIT
EOT
told() {
	grep ,40000, $tmp/events | cut -d, -f2,3,10,14 | cmp -s - $tmp/wanted
}
must "the events of both; these are: $(grep ,40000, $tmp/events)" 5 told

# From IPv4 it is subject to what is asked of any new connection, and `query` knows.
j global update tcp-trans-timeout 0:04:00
hang_up
expect_state V4_FIN_V6_FIN_RCV 240
query=(query 192.0.2.8#7 "192.0.2.1#$port")
j "${query[@]}" | grep -q '^Verdict: translated' || fail "query: $(j "${query[@]}")"
j global update drop-externally-initiated-tcp true
j "${query[@]}" | grep -q JSTAT_V4_SYN || fail "query: $(j "${query[@]}")"
