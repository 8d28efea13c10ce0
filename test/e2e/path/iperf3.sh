#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# iperf3 from IPv6: TCP and UDP, up and down, and both at once.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
spawn s4 iperf3 -s -B 192.0.2.8 > $tmp/server
must 'iperf3 listens' 10 listening s4 tcp 5201
run() { # OPTION...
	c6 iperf3 -c $server --connect-timeout $((5000 * SLOW)) "$@" > $tmp/client 2>&1 ||
		fail "iperf3 $*: $(tail -n 20 $tmp/client)"
	! grep -E ' 0\.00 +[KMG]?Bytes .*(sender|receiver)' $tmp/client || fail "iperf3 $*: nothing came through"
}
run -n 2M
run -n 2M -R
run -t 1 --bidir
run -u -b 4M -n 400K
run -u -b 4M -n 400K -R
# Larger than the link's MTU.
run -u -b 4M -n 400K -l 8000
run -u -b 4M -n 400K -l 8000 -R
expect_stat RACE 0
expect_stat ENOMEM 0
expect_account
