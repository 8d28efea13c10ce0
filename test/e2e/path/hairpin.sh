#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two IPv6 nodes speak with each other through the pool4 address of one of them.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --udp $client#7 192.0.2.1#2007
echo_server c6 udp $client
watch four gw gs4 udp
peer c6 udp $client 40001 64:ff9b::192.0.2.1 2007 10
expect_stat HAIRPIN 2
[ -z "$(packets four)" ] || fail "$(packets four)"
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.1#{odd 2000..2099}	2001:db8::8#7
Local: 192.0.2.1#2007		64:ff9b::c000:201#{odd 2000..2099}
Expires in {time 300}
Remote: 192.0.2.1#2007	2001:db8::8#40001
Local: 192.0.2.1#{odd 2000..2099}		64:ff9b::c000:201#2007
EOT
# To a port that nobody has.
peer c6 udp-send $client 40003 64:ff9b::192.0.2.1 2050 10
expect_stat HAIRPIN_LOST 1
expect_account
