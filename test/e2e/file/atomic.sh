#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A row that the kernel refuses, in the middle of a file, is named with its line, and leaves all as
# it was: options, pool4, mappings, sessions.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --tcp 192.0.2.1 5000-5100
j bib add --tcp 2001:db8::8#80 192.0.2.1#5000
j global update tos 3
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000
j file save > $tmp/before
unchanged() {
	j file save | diff -u $tmp/before - || fail 'it has changed'
	say 'still there'
}

# The second mapping wants the transport address of the first one.
cat > $tmp/bib.json <<EOT
{
	"global": { "tos": 4, "udp-timeout": "0:10:00" },
	"pool4": [
		{ "protocol": "TCP", "prefix": "192.0.2.1", "port range": "5000-5200" }
	],
	"bib": [
		{ "protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#5001" },
		{ "protocol": "TCP", "ipv6 address": "2001:db8::2#80", "ipv4 address": "192.0.2.1#5001" },
		{ "protocol": "TCP", "ipv6 address": "2001:db8::3#80", "ipv4 address": "192.0.2.1#5003" }
	]
}
EOT
expect_refusal 2 "^Error: $tmp/bib.json:8:3: " j file handle $tmp/bib.json
unchanged

# An address that nobody has.
cat > $tmp/pool4.json <<EOT
{
	"global": { "tos": 4 },
	"pool4": [
		{ "protocol": "TCP", "prefix": "192.0.2.1", "port range": "5000-5200" },
		{ "protocol": "TCP", "prefix": "224.0.0.2", "port range": "1-65535" },
		{ "protocol": "TCP", "prefix": "192.0.2.3", "port range": "5000-5200" }
	]
}
EOT
expect_refusal 2 "^Error: $tmp/pool4.json:5:3: the IPv4 prefix is no unicast prefix" j file handle $tmp/pool4.json
unchanged

# Another pool6.
cat > $tmp/pool6.json <<EOT
{
	"global": {
		"tos": 4,
		"pool6": "2001:db8:64::/96"
	}
}
EOT
expect_refusal 2 "^Error: $tmp/pool6.json:4:12: .*pool6" j file handle $tmp/pool6.json
unchanged

# A mistake that is seen before anything is sent.
sed 's/192.0.2.3/192.0.2.3.4/' $tmp/pool4.json > $tmp/wrong.json
expect_refusal 1 "^Error: $tmp/wrong.json:6:34: prefix: '192.0.2.3.4'" j file handle $tmp/wrong.json
unchanged

# An instance that would be new is not made, nor half of it.
cp $tmp/bib.json $tmp/new.json
sed -i 's/"tos": 4/"pool6": "2001:db8:64::\/96"/' $tmp/new.json
expect_refusal 2 "^Error: $tmp/new.json:8:3: " j -i new file handle $tmp/new.json
! j -i new instance status > /dev/null || fail 'it was made'
sed 's/224.0.0.2/192.0.2.2/' $tmp/pool4.json > $tmp/local.json
expect_refusal 2 "^Error: $tmp/local.json:1:1: .*pool6" j --instance new file handle $tmp/local.json
unchanged
# Ports of the gateway's own are taken, with a warning that --force silences, and that changes nothing else.
j file handle $tmp/local.json 2> $tmp/warned
warning='^Warning: The ports 1-65535 of pool4 overlap 32768-60999, from which .*ip_local_port_range'
grep -q "$warning" $tmp/warned || fail "$(cat $tmp/warned)"
j file check $tmp/local.json 2>&1 | grep -q "$warning" || fail 'file check does not warn'
for silent in "handle --force" "check --force"; do
	# shellcheck disable=SC2086 # these are words
	said=$(j file $silent $tmp/local.json 2>&1)
	[ -z "$said" ] || fail "$silent: $said"
done
j pool4 display --csv --no-headers | grep -q '^0,TCP,192.0.2.2,1,65535,'
say 'still there'
