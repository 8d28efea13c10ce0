#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A name server that does not answer costs a bounded wait and one warning, not the output.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
mkdir -p /etc/netns/gw
echo 'nameserver 192.0.2.99' > /etc/netns/gw/resolv.conf
peer c6 udp-send $client 40001 $server 53 10
timed j session display --udp > $tmp/actual 2> $tmp/stderr
[ $((ended - began)) -lt $((5000 + 1000 * SLOW)) ] || fail "took $((ended - began)) ms"
[ "$(wc -l < $tmp/stderr)" = 1 ] || fail "on stderr: $(cat $tmp/stderr)"
cat > $tmp/expected <<EOT
Expires in {time 300}
Remote: 192.0.2.8#domain	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#53
EOT
awk -f "$e2e/match.awk" -v mode=sessions -v age=$((SECONDS + 1)) $tmp/expected $tmp/actual || { cat $tmp/actual; false; }
