#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A packet of an IPv6 node to a pool4 address is not translated yet: it is dropped and counted.
. "$(dirname "$0")/lib.sh"
network
nat64
watch four gw gs4 udp
watch six c6 c6g 'udp && src net 64:ff9b::/96'
peer c6 udp-send $client 40001 64:ff9b::192.0.2.1 61007 10
expect_stat HAIRPIN 1
[ -z "$(packets four)$(packets six)" ] || fail "$(packets four) $(packets six)"
