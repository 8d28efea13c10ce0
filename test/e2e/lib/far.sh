# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# For tests whose hosts are not next to the gateway: the client and the server of the other tests
# become routers.
#
#	h6  IPv6-only host      2001:db8:6::6/64, behind c6, 2001:db8:6::1
#	h4  IPv4-only host      198.51.100.4/24, behind s4, 198.51.100.1
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

namespaces+=(h6 h4)
# shellcheck disable=SC2034 # for those who source this
readonly far6=2001:db8:6::6 far4=198.51.100.4 far4in6=64:ff9b::c633:6404

h6() { ip netns exec h6 "$@"; }
h4() { ip netns exec h4 "$@"; }

far_network() {
	network
	ip -batch - <<-EOT
	netns add h6
	netns add h4
	link add h6c netns h6 type veth peer name c6h netns c6
	link add h4s netns h4 type veth peer name s4h netns s4
	EOT
	ip -n c6 -batch - <<-EOT
	link set c6h up
	addr add 2001:db8:6::1/64 dev c6h nodad
	EOT
	ip -n h6 -batch - <<-EOT
	link set lo up
	link set h6c up
	addr add $far6/64 dev h6c nodad
	route add ::/0 via 2001:db8:6::1
	EOT
	ip -n s4 -batch - <<-EOT
	link set s4h up
	addr add 198.51.100.1/24 dev s4h
	EOT
	ip -n h4 -batch - <<-EOT
	link set lo up
	link set h4s up
	addr add $far4/24 dev h4s
	route add default via 198.51.100.1
	EOT
	ip -n gw -6 route add 2001:db8:6::/64 via $client
	ip -n gw route add 198.51.100.0/24 via 192.0.2.8
	c6 sysctl -qw net.ipv6.conf.all.forwarding=1
	s4 sysctl -qw net.ipv4.conf.all.forwarding=1
}
