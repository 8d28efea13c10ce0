#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An instance that is added where packets fly and another instance is there already translates none of what a
# route within its pool6 refuses.
. "$(dirname "$0")/../lib/lib.sh"
network
instance=first j instance add --netfilter -6 2001:db8:100::/96
ip -n gw route add prohibit $server/128
flood
are_left() {
	[ "$(stat ROUTED6)" -ge 10 ]
}
for _ in {1..5}; do
	nat64
	must 'packets come' 10 are_left
	[ "$(stat SUCCESS)" = 0 ] || fail "$(stat SUCCESS) were translated"
	[ "$(stat SESSIONS)" = 0 ] || fail "$(stat SESSIONS) sessions"
	j instance remove
done
stop_flood
