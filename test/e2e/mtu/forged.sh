#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Nobody can lower the MTU of translated packets by an ICMP error that says so to the gateway itself: what the kernel
# believes of a path is for the gateway's own packets, unless ip_forward_use_pmtu says otherwise.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 2000-2099
j pool4 add --icmp 192.0.2.1 1-100
j bib add --udp "$client#7" 192.0.2.1#2007
echo_server c6 udp $client
# About an answer to a ping, which no socket has to have sent.
cat > $tmp/forge.py <<'EOT'
import ipaddress, socket, struct, sys
def total(data):
	n = sum(struct.unpack(f'!{len(data) // 2}H', data))
	while n >> 16:
		n = (n & 0xffff) + (n >> 16)
	return ~n & 0xffff
mtu = int(sys.argv[3])
src, dst = (ipaddress.ip_address(a).packed for a in sys.argv[1:3])	# of the packet that was too big
if len(src) == 4:
	inner = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 1500, 1, 0x4000, 64, 1, 0, src, dst) + struct.pack('!BBHHH', 0, 0, 0, 60000, 1)
	icmp = struct.pack('!BBHHH', 3, 4, 0, 0, mtu) + inner
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	s.sendto(icmp[:2] + struct.pack('!H', total(icmp)) + icmp[4:], (sys.argv[1], 0))
else:
	inner = struct.pack('!IHBB16s16s', 6 << 28, 1460, 58, 64, src, dst) + struct.pack('!BBHHH', 128, 0, 0, 60000, 1)
	s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)	# the kernel sums it up
	s.sendto(struct.pack('!BBHI', 2, 0, 0, mtu) + inner, (sys.argv[1], 0))
EOT
# What the gateway believes to be the MTU of the path to ADDRESS.
learned() { # ADDRESS
	ip -n gw route get "$1" | sed -n 's/.* mtu \(lock \)\?\([0-9]*\).*/\2/p'
}
learns() { # ADDRESS MTU
	[ "$(learned "$1")" = "$2" ]
}
large6() { # TITLE
	c6 ping -q -c 1 -W 5 -M "do" -s 1432 $server > $tmp/out || fail "$1, from IPv6: $(cat $tmp/out)"
}
large4() { # TITLE
	s4 $python "$e2e/peer.py" udp 192.0.2.8 40000 192.0.2.1 2007 1400 || fail "$1, from IPv4"
}
s4 sysctl -qw net.ipv4.ip_no_pmtu_disc=0
large6 'before'
large4 'before'
for mtu in 1000 600 68; do
	ip -n gw route flush cache
	s4 $python $tmp/forge.py 192.0.2.1 192.0.2.8 $mtu
	must "the kernel believes in $mtu" 5 learns 192.0.2.8 $((mtu < 552 ? 552 : mtu))
	large6 "IPv4 is said to take $mtu"
	# A session that begins now finds no other way.
	j session delete --all > /dev/null
	large6 "IPv4 is said to take $mtu, a new session"
done
# The operator may want it.
ip -n gw route flush cache
s4 $python $tmp/forge.py 192.0.2.1 192.0.2.8 1000
must 'the kernel believes in 1000' 5 learns 192.0.2.8 1000
gw sysctl -qw net.ipv4.ip_forward_use_pmtu=1
! c6 ping -q -c 1 -W 2 -M "do" -s 1432 $server > $tmp/out 2>&1 || fail 'ip_forward_use_pmtu makes no difference'
gw sysctl -qw net.ipv4.ip_forward_use_pmtu=0
ip -n c6 -6 route flush cache
large6 'without ip_forward_use_pmtu'

c6 $python $tmp/forge.py 2001:db8::1 $client 1280
must 'the kernel believes in 1280' 5 learns $client 1280
large4 'IPv6 is said to take 1280'
# What is fragmented may be so in smaller pieces, but must arrive.
j global update lowest-ipv6-mtu 1500
s4 sysctl -qw net.ipv4.ip_no_pmtu_disc=1
s4 $python "$e2e/peer.py" udp 192.0.2.8 40001 192.0.2.1 2007 1400 3000 || fail 'without DF'
expect_stat PKT_TOO_BIG 1
