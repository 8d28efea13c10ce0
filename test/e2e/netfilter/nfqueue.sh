#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets that wait for the verdict of a program, before they are translated and after: they are translated, and in
# fragments, too. The module can be unloaded while some wait, and what becomes of them then does no harm.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
echo_server s4 udp 192.0.2.8
# Straight from the device before, so that a kernel that watches its locks sees both.
c6 ping -q -c 1 -W $patience $server > /dev/null
modprobe -a nfnetlink_queue nft_queue
for proto in tcp udp icmp icmpv6; do
	cat <<-EOT
	table inet q {
		chain before { type filter hook prerouting priority -150; meta l4proto $proto queue num 1; }
		chain after { type filter hook postrouting priority 0; meta l4proto $proto queue num 1; }
	}
	EOT
done | gw nft -f -
# Lets all pass; from when the file `wait` is there on they wait until it is gone.
cat > $tmp/verdicts.py <<'EOT'
import os, socket, struct, sys, time
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)	# NETLINK_NETFILTER
s.bind((0, 0))
def send(kind, attr, data):
	attr = struct.pack('=HH', 4 + len(data), attr) + data + bytes(-len(data) % 4)
	s.send(struct.pack('=IHHIIBBH', 20 + len(attr), 3 << 8 | kind, 1, 0, 0, 0, 0, socket.htons(1)) + attr)
send(2, 1, struct.pack('!BBH', 1, 0, 0))		# NFQNL_MSG_CONFIG: NFQNL_CFG_CMD_BIND
send(2, 2, struct.pack('!IB', 0, 1))			# NFQNL_COPY_META
print('listening', flush=True)
count = 0
while True:
	data = s.recv(1 << 16)
	at, packet = 20, None
	if struct.unpack_from('=H', data, 4)[0] != 3 << 8:	# NFQNL_MSG_PACKET
		continue
	while at < len(data):
		length, kind = struct.unpack_from('=HH', data, at)
		if kind == 1:				# NFQA_PACKET_HDR
			packet = data[at + 4:at + 8]
		at += length + 3 & ~3
	while os.path.exists(sys.argv[1]):
		time.sleep(.1)
	send(1, 2, struct.pack('!I', 1) + packet)	# NFQNL_MSG_VERDICT: NF_ACCEPT
	count += 1
	if count == 20:
		print('twenty', flush=True)
EOT
spawn ip netns exec gw $python -B $tmp/verdicts.py $tmp/wait > $tmp/queue
must 'the program listens' 10 grep -q listening $tmp/queue
head -c 100K /dev/urandom > $tmp/www/file
c6 curl -sS -m $patience "http://[$server]/file" -o $tmp/down
cmp $tmp/www/file $tmp/down
peer c6 udp $client 0 $server 7 1 1200 3000
c6 ping -q -c 2 -W $patience -s 3000 $server > /dev/null
must 'packets went through the queue' 5 grep -q twenty $tmp/queue
touch $tmp/wait
peer c6 udp-send $client 0 $server 7 1 1200 3000
j instance remove
must 'the module is unloaded' 60 rmmod jool
rm $tmp/wait
# The third column is how many wait.
none_waits() {
	# shellcheck disable=SC2016 # for awk
	gw awk '$3 { exit 1 }' /proc/net/netfilter/nfnetlink_queue
}
must 'all have their verdict' 10 none_waits
insmod "$JOOL_KO"
nat64
c6 ping -q -c 1 -W $patience $server > /dev/null
