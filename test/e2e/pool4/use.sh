#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# JSON says how many ports of each pool4 entry are used and free, and lists the default pool4 as such.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
use() { # OPTION...
	j pool4 display --json "$@" | $python -c '
import json, sys
for row in json.load(sys.stdin)["pool4"]:
    print(row["protocol"], row["mark"], row["address"], row["port_min"], row["ports_used"], row["ports_free"], row["default"])'
}
[ "$(use --udp)" = 'UDP 0 192.0.2.1 61001 0 4535 True' ] || fail "default: $(use --udp)"
[ -z "$(j pool4 display --csv --no-headers)" ] || fail 'the default pool4 is in CSV'
j pool4 add --udp 192.0.2.1 5000-5009
j pool4 add --udp 192.0.2.1 6000
j pool4 add --icmp 192.0.2.1 5000-5009 --mark 9
j bib add --udp $client#7 192.0.2.1#6000
for port in 40001 40003 40005; do
	peer c6 udp-send $client $port $server 9 10
	peer c6 udp-send $client $port $server 10 10
done
want='UDP 0 192.0.2.1 5000 3 7 False
UDP 0 192.0.2.1 6000 1 0 False
ICMP 9 192.0.2.1 5000 0 10 False'
[ "$(use --all)" = "$want" ] || fail "$(use --all)"
j session delete --all > /dev/null
[ "$(use --udp)" = $'UDP 0 192.0.2.1 5000 0 10 False\nUDP 0 192.0.2.1 6000 1 0 False' ] || fail "$(use --udp)"
