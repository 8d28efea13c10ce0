#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ICMP errors are not translated yet: they are dropped and counted, and nothing comes out.
. "$(dirname "$0")/lib.sh"
network
nat64
watch six c6 c6g 'icmp6 && ip6[40] < 128'
watch four s4 s4g icmp
# Nobody listens on port 9 of the server, which says so.
peer c6 udp-send $client 40001 $server 9 10
seen four '192.0.2.8 > 192.0.2.1: .*udp port 9 unreachable'
expect_stat ICMP_ERROR 1
[ -z "$(packets six)" ] || fail "$(packets six)"
