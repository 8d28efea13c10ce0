#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An idle UDP session lives for udp-timeout, no less and at most a second more; traffic keeps it.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 udp 192.0.2.8
life=$((3 * SLOW))
j global update udp-timeout $life --force
peer c6 udp $client 40001 $server 7 10
sleep $((2 * SLOW))
timed peer c6 udp $client 40001 $server 7 10
expect_sessions --udp <<EOT
Expires in {time $life}
Remote: 192.0.2.8#7	2001:db8::8#40001
Local: 192.0.2.1#{odd 61001..65535}		64:ff9b::c000:208#7
EOT
expect_gone --udp $((life * 1000))
j bib display --udp --numeric > $tmp/bib
[ ! -s $tmp/bib ] || fail "the BIB entry stays: $(cat $tmp/bib)"
