#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets of 100 and 180 KB (BIG TCP), of a neighbour and of the gateway itself, come out undamaged.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
cat > $tmp/send.py <<-'EOT'
	import hashlib, os, socket, sys
	data = os.urandom(1 << 16) * 48
	s = socket.socket(socket.AF_INET6)
	s.connect((sys.argv[1], 9000))
	s.settimeout(50)
	s.sendall(data)
	s.shutdown(1)
	sys.exit(s.recv(100) != hashlib.md5(data).hexdigest().encode())
EOT
cat > $tmp/receive.py <<-'EOT'
	import hashlib, socket, sys
	l = socket.socket(socket.AF_INET)
	l.setsockopt(1, 2, 1)
	l.bind(('', 9000))
	l.listen()
	while True:
	    c, _ = l.accept()
	    h = hashlib.md5()
	    while data := c.recv(1 << 20):
	        h.update(data)
	    c.send(h.hexdigest().encode())
	    c.close()
EOT
# What iproute2 before 6.3 cannot set: most bytes of IPv4 packets to and from a device.
cat > $tmp/limit.py <<-'EOT'
	import socket, struct, sys
	GSO_IPV4_MAX_SIZE, GRO_IPV4_MAX_SIZE = 63, 64
	size = int(sys.argv[2])
	body = struct.pack('=BxHiII', 0, 0, socket.if_nametoindex(sys.argv[1]), 0, 0)
	body += struct.pack('=HHIHHI', 8, GSO_IPV4_MAX_SIZE, size, 8, GRO_IPV4_MAX_SIZE, size)
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
	s.send(struct.pack('=IHHII', 16 + len(body), 16, 5, 1, 0) + body)
	sys.exit(struct.unpack_from('=i', s.recv(1000), 16)[0] != 0)
EOT
sed -i 's/^\t//' $tmp/*.py
for n in c6 gw; do ip netns exec $n sysctl -qw net.ipv4.tcp_wmem='4096 4000000 16000000' net.ipv4.tcp_min_tso_segs=120; done
s4 sysctl -qw net.ipv4.tcp_rmem='4096 4000000 16000000'
spawn ip netns exec s4 $python $tmp/receive.py
must 'the server listens' 20 listening s4 tcp 9000
# Counts what is longer than 16 bits can tell.
gw nft -f - <<-EOT
table netdev big {
	counter came { }
	chain in { type filter hook ingress device gc6 priority 0; meta length > 65590 counter name came; }
}
table ip6 big {
	counter own { }
	chain out { type filter hook output priority -150; meta length > 65590 counter name own; }
}
EOT

number() { # NAMESPACE COUNTER
	ip netns exec "$1" nstat -asz "$2" | awk 'END { print $2 }'
}

# Whether all that came has been sent.
nothing_lost() {
	[ "$(stat SUCCESS)" = $(($(stat RECEIVED6) + $(stat RECEIVED4) + $(stat SEGMENTS))) ]
}

# What is sent arrives, no segment is damaged, the gateway loses none, and at least some of it came in packets
# that the counter of that name counts. Sent again are but a few: a slow machine does not answer in time.
transfer() { # TITLE NAMESPACE FAMILY COUNTER
	local damaged again
	gw nft reset counters > $tmp/counters
	damaged=$(number s4 TcpInErrs) again=$(number "$2" TcpRetransSegs)
	ip netns exec "$2" timeout 60 $python $tmp/send.py $server || fail "$1: it is not what was sent"
	[ "$(number s4 TcpInErrs)" = "$damaged" ] || fail "$1: damaged segments"
	[ $(($(number "$2" TcpRetransSegs) - again)) -lt 500 ] || fail "$1: segments had to be sent again"
	poll 5 nothing_lost || fail "$1: not all went on"
	gw nft list counter "$3" big "$4" > $tmp/counters
	! grep -q 'packets 0 ' $tmp/counters || fail "$1: no packet was large"
}

for size in 100000 180000; do
	ip -n c6 link set c6g gso_max_size $size
	ip -n gw link set gc6 gro_max_size $size gso_max_size $size
	transfer "packets of $size bytes from a neighbour" c6 netdev came
done
ip -n gw route add 64:ff9b::/96 via $client dev gc6
for size in 100000 180000; do
	ip -n gw link set gc6 gso_max_size $size
	transfer "packets of $size bytes of the gateway itself" gw ip6 own
done
ip -n gw route del 64:ff9b::/96 via $client dev gc6

# Since Linux 6.3 IPv4 has such packets, too: they stay whole where both sides take them.
if printf '6.3\n%s\n' "$(uname -r)" | sort -VC; then
	ip netns exec gw $python $tmp/limit.py gs4 180000
	s4 nft -f - <<-EOT
	table netdev big {
		counter whole { }
		chain in { type filter hook ingress device s4g priority 0; meta length > 65590 counter name whole; }
	}
	EOT
	transfer 'packets that stay whole' c6 netdev came
	s4 nft list counter netdev big whole > $tmp/counters
	! grep -q 'packets 0 ' $tmp/counters || fail 'to IPv4 no packet stays whole'
fi
