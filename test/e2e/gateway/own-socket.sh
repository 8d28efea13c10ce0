#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A socket of the gateway's own on a pool4 port keeps that port: it hears who writes to it, and no session gets it.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server gw udp 192.0.2.1
j pool4 add --udp 192.0.2.1 6-7
peer s4 udp 192.0.2.8 40000 192.0.2.1 7 10
# From an odd port it would get an odd one, were that not taken.
peer c6 udp-send $client 401 $server 9 10
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#9	2001:db8::8#401
Local: 192.0.2.1#6		64:ff9b::c000:208#9
EOT
peer s4 udp 192.0.2.8 40000 192.0.2.1 7 10
