#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A gateway changes over from TAYGA and a masquerade, as doc/tayga.md says.
. "$(dirname "$0")/../lib/lib.sh"
network
web
# TAYGA takes 64:ff9b::/96 for public addresses only.
prefix=2001:db8:64::/96
cat > $tmp/tayga.conf <<EOT
tun-device nat64
ipv4-addr 192.168.255.1
ipv6-addr 2001:db8:ff::1
prefix $prefix
dynamic-pool 192.168.255.0/24
data-dir $tmp
EOT
modprobe tun
gw tayga -c $tmp/tayga.conf --mktun > $tmp/said 2>&1 || fail "TAYGA: $(cat $tmp/said)"
ip -n gw -batch - <<EOT
link set nat64 up
addr add 192.168.255.254 dev nat64
route add 192.168.255.0/24 dev nat64
route add $prefix dev nat64
EOT
gw nft -f - <<EOT
table ip tayga {
	chain postrouting { type nat hook postrouting priority srcnat; oifname gs4 ip saddr 192.168.255.0/24 masquerade; }
}
EOT
spawn ip netns exec gw tayga -c $tmp/tayga.conf -d
tayga=${pids[-1]}
fetched() {
	c6 curl -sS -m 5 "http://[2001:db8:64::192.0.2.8]/" 2> /dev/null | grep Hello > /dev/null
}
must 'TAYGA translates' 10 fetched
{
	echo "systemctl() { kill $tayga; }"
	example doc/tayga.md change | sed "s|64:ff9b::/96|$prefix|"
} > $tmp/example
gw bash -e $tmp/example > $tmp/shown
grep -qx Running $tmp/shown || fail "it says: $(cat $tmp/shown)"
fetched || fail 'nothing comes through'
[ "$(stat SUCCESS)" -gt 5 ] || fail 'it did not come through Jool'
