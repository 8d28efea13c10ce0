#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module is unloaded with packets flying and sessions open, and is as new when it is loaded again.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
flood
for _ in 1 2 3; do
	must 'sessions appear' 10 has_sessions 20
	rmmod jool
	[ ! -d /sys/module/jool ] || fail 'the module is still there'
	! grep -q '^jool' /proc/slabinfo || fail "$(grep '^jool' /proc/slabinfo)"
	insmod "$JOOL_KO"
	nat64
done
stop_flood
c6 ping -q -c 1 -W $patience $server > /dev/null
