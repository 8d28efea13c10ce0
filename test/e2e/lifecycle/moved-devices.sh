#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway moves to a network namespace of its own, as doc/containers.md says.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(nat64)
network
example doc/containers.md netns > $tmp/example
# A namespace that is made in `ip netns exec` is seen there only.
nsenter --net=/run/netns/gw bash -e $tmp/example > $tmp/shown
grep -q " $(command stat -Lc %i /run/netns/nat64) | *default | netfilter |" $tmp/shown || fail "it shows: $(cat $tmp/shown)"
ip -n nat64 -batch - <<EOT
link set lo up
link set gc6 up
link set gs4 up
addr add 2001:db8::1/64 dev gc6 nodad
addr add 192.0.2.1/24 dev gs4
EOT
c6 ping -q -c 1 -W $patience $server > /dev/null
ns=nat64 expect_stat SUCCESS 2
