#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# address-dependent-filtering lets in only whom the client has written to; drop-externally-initiated-tcp nobody.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server c6 udp $client
echo_server c6 tcp $client
j pool4 add --udp 192.0.2.1 2000-2010
j pool4 add --tcp 192.0.2.1 2000-2010
j bib add --udp $client#7 192.0.2.1#2007
j bib add --tcp $client#7 192.0.2.1#2007
j global update address-dependent-filtering true
peer s4 udp-send 192.0.2.8 50000 192.0.2.1 2007 10
expect_stat ADF 1
expect_sessions --udp </dev/null
# To another port of the server; the address is what counts.
peer c6 udp-send $client 7 $server 9 10 # REUSEADDR: the echo server has it, too
peer s4 udp 192.0.2.8 50000 192.0.2.1 2007 10
j global update address-dependent-filtering false
j global update drop-externally-initiated-tcp true
! s4 socat -T 2 - TCP:192.0.2.1:2007,connect-timeout=2 <<< hello 2> /dev/null || fail 'let in'
n=$(stat V4_SYN)
[ "$n" -ge 1 ] || fail "JSTAT_V4_SYN is $n"
expect_sessions --tcp </dev/null
