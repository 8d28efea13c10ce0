#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# iperf3 from IPv4 to an IPv6 server that static BIB entries publish: TCP and UDP, up and down.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
for proto in tcp udp; do
	j pool4 add --$proto 192.0.2.1 5200-5210
	j bib add --$proto $client#5201 192.0.2.1#5201
done
spawn c6 iperf3 -s -B $client > $tmp/server
must 'iperf3 listens' 10 listening c6 tcp 5201
run() { # OPTION...
	s4 iperf3 -c 192.0.2.1 --connect-timeout $((5000 * SLOW)) "$@" > $tmp/client 2>&1 ||
		fail "iperf3 $*: $(tail -n 20 $tmp/client)"
	! grep -E ' 0\.00 +[KMG]?Bytes .*(sender|receiver)' $tmp/client || fail "iperf3 $*: nothing came through"
}
run -n 2M
run -t 1 --bidir
run -u -b 4M -n 400K
run -u -b 4M -n 400K -l 8000 -R
