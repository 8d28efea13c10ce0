#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A packet to a pool4 port that nothing is mapped to goes to the gateway's own sockets.
. "$(dirname "$0")/lib.sh"
network
nat64
echo_server gw udp 192.0.2.1
j pool4 add --udp 192.0.2.1 1-100
peer s4 udp 192.0.2.8 40000 192.0.2.1 7 10
expect_stat BIB4_NOT_FOUND 1
expect_sessions --udp </dev/null
