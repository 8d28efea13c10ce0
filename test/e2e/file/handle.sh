#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file of JSON makes an instance, and changes it later: options that are not in it get their
# default, sessions stay; --verbose says what has changed.
. "$(dirname "$0")/../lib/lib.sh"
network
echo_server s4 tcp 192.0.2.8
cat > $tmp/first.json <<EOT
{
	"comment": "as Jool 4 documents it",
	"instance": "default",
	"framework": "netfilter",
	"global": {
		"pool6": "64:ff9b::/96",
		"manually-enabled": true,
		"udp-timeout": "0:06:00",
		"tos": 7,
		"mtu-plateaus": [ 1500, 1280 ]
	},
	"pool4": [
		{ "protocol": "TCP", "prefix": "192.0.2.1/32", "port range": "5000-6000" },
		{ "protocol": "UDP", "prefix": "198.51.100.0/30", "port range": "61001-65535", "mark": 5 }
	],
	"bib": [
		{ "protocol": "TCP", "ipv6 address": "2001:db8::8#80", "ipv4 address": "192.0.2.1#5000" },
		{ "protocol": "TCP", "ipv6 address": "2001:db8::9#80", "ipv4 address": "192.0.2.1#5001" }
	]
}
EOT
expect_output file handle --verbose $tmp/first.json <<EOT
Instance default: new
  manually-enabled: true
  pool6: 64:ff9b::/96
  tos: 7
  mtu-plateaus: 1500,1280
  udp-timeout: 0:06:00
  + pool4 TCP 192.0.2.1/32 5000-6000
  + pool4 UDP 198.51.100.0/30 61001-65535 mark 5
  + bib TCP 2001:db8::8#80 192.0.2.1#5000
  + bib TCP 2001:db8::9#80 192.0.2.1#5001
EOT
dial c6 "[$server]" 7 40000
cat > $tmp/second.json <<EOT
{
	"global": { "pool6": "64:ff9b::/96", "tos": 9 },
	"pool4": [
		{ "protocol": "TCP", "prefix": "192.0.2.1/32", "port range": "5000-5999" },
		{ "protocol": "UDP", "prefix": "198.51.100.0/31", "mark": 5 }
	],
	"bib": [
		{ "protocol": "TCP", "ipv6 address": "2001:db8::8#80", "ipv4 address": "192.0.2.1#5000" },
		{ "protocol": "UDP", "ipv6 address": "2001:db8::9#80", "ipv4 address": "198.51.100.1#61002" }
	]
}
EOT
j file handle --verbose $tmp/second.json > $tmp/said
cat > $tmp/should <<EOT
Instance default:
  tos: 7 -> 9
  mtu-plateaus: 1500,1280 -> 65535,32000,17914,8166,4352,2002,1492,1006,508,296,68
  udp-timeout: 0:06:00 -> 0:05:00
  - pool4 TCP 192.0.2.1/32 5000-6000
  - pool4 UDP 198.51.100.2/31 61001-65535 mark 5
  + pool4 TCP 192.0.2.1/32 5000-5999
  - bib TCP 2001:db8::9#80 192.0.2.1#5001
  + bib UDP 2001:db8::9#80 198.51.100.1#61002
EOT
diff -u $tmp/should $tmp/said
say 'still there'
expect_sessions --tcp <<EOT
(ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{5000..6000}		64:ff9b::c000:208#7
EOT
# The same once more changes nothing.
[ "$(j file handle -v $tmp/second.json)" = 'Instance default:' ] || fail 'something changes'
# Without "bib" the static mappings stay, and what is not said is not shown.
j file handle - <<< '{ "pool4": [ { "protocol": "TCP", "prefix": "192.0.2.1", "port range": "5000-5999" } ] }' > $tmp/said
[ ! -s $tmp/said ] || fail "$(cat $tmp/said)"
j bib display --numeric --csv --no-headers | grep -qx 'TCP,2001:db8::8,80,192.0.2.1,5000,1'
say 'and still'
