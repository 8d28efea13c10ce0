#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An SCTP association of the gateway itself, on an address of pool4, is left alone.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 1-65535 --force
done
j pool4 add --icmp 192.0.2.1 0-65535
modprobe sctp
spawn gw socat SCTP4-LISTEN:7,bind=192.0.2.1 PIPE
listens() {
	gw grep -qs ' 7 ' /proc/net/sctp/eps
}
must 'the gateway listens' 10 listens
# Nothing is half closed in SCTP: who ends what he says ends the association.
coproc LINE { exec ip netns exec s4 socat STDIO SCTP4:192.0.2.1:7 2>&1; }
pids+=("$LINE_PID")
say hello
# Which port it is for the translator cannot tell: it has left all of it to the kernel.
[ "$(stat RECEIVED4)" = "$(stat UNKNOWN_L4_PROTO)" ] || fail "it took something: $(j stats display)"
expect_account
