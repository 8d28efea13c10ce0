#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `instance remove` and `add` while packets fly, again and again.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
flood
for _ in 1 2 3 4 5; do
	must 'sessions appear' 10 has_sessions 20
	j instance remove
	nat64
done
c6 socat -t $patience -T $patience - "TCP:[$server]:7" <<< hello | grep -q hello
