#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The table as CSV and as JSON, to the letter.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000
peer c6 udp-send $client 40001 $server 9 10
expect_output session display --numeric --csv <<EOT
Protocol,IPv6 Remote Address,IPv6 Remote L4-ID,IPv6 Local Address,IPv6 Local L4-ID,IPv4 Local Address,IPv4 Local L4-ID,IPv4 Remote Address,IPv4 Remote L4-ID,Expires in,State
TCP,2001:db8::8,40000,64:ff9b::c000:208,7,192.0.2.1,{61001..65535},192.0.2.8,7,{time 7200},ESTABLISHED
EOT
expect_output session display --udp --numeric --csv --no-headers <<EOT
UDP,2001:db8::8,40001,64:ff9b::c000:208,9,192.0.2.1,{odd 61001..65535},192.0.2.8,9,{time 300},
EOT
j session display --numeric --json > $tmp/json
$python -m json.tool < $tmp/json > /dev/null || fail "$(cat $tmp/json)"
# The braces are taken by match.awk.
tr '{}' '()' < $tmp/json > $tmp/actual
cat > $tmp/expected <<EOT
("version":1,"instance":"default","sessions":[
("protocol":"TCP","src6":("address":"2001:db8::8","port":40000),"dst6":("address":"64:ff9b::c000:208","port":7),\
"src4":("address":"192.0.2.1","port":{61001..65535}),"dst4":("address":"192.0.2.8","port":7),\
"expires_ms":{7080000..7200000},"state":"ESTABLISHED")
])
EOT
awk -f "$e2e/match.awk" -v mode=text $tmp/expected $tmp/actual || { cat $tmp/actual; false; }
