#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session events come in the order of their numbers, also when sessions begin on all processors at once.
. "$(dirname "$0")/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/30 10000-19999
cat > $tmp/listen.py <<'EOT'
import os, socket, struct, sys
sys.path.insert(0, sys.argv[1] + '/test/packets')
import counters
c = counters.Counters(sys.argv[1])
family = next(c.ask(counters.GENL_ID_CTRL, 0, counters.CTRL_CMD_GETFAMILY,
	counters.attribute(counters.CTRL_ATTR_FAMILY_NAME, b'jool\0')))
groups = counters.attributes(family[7])		# CTRL_ATTR_MCAST_GROUPS: the one there is, its number
number, = struct.unpack('=I', counters.attributes(groups[1])[2])
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, counters.NETLINK_GENERIC)
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)	# SO_RCVBUFFORCE
s.bind((0, 0))
s.setsockopt(270, 1, number)			# NETLINK_ADD_MEMBERSHIP
print('listening', flush=True)
s.recv(1 << 16)
s.settimeout(3)
last = count = wrong = 0
# Until all have begun, and nothing comes any more.
while True:
	try:
		data = s.recv(1 << 16)
	except TimeoutError:
		if os.path.exists(sys.argv[2]):
			break
		continue
	seq, = struct.unpack('=Q', counters.attributes(data[20:])[c.attrs['JOOL_A_SEQ']])
	wrong += seq <= last
	count, last = count + 1, seq
print(f'{count} events, {wrong} out of order', flush=True)
EOT
spawn ip netns exec gw $python -B $tmp/listen.py "$REPO" $tmp/done > $tmp/events
must 'somebody listens' 10 grep -q listening $tmp/events
floods=()
for cpu in $(seq 0 $(($(nproc) - 1))); do
	taskset -c "$cpu" ip netns exec c6 $python "$e2e/peer.py" udp-flood $server 9 2000 &
	floods+=($!)
done
pids+=("${floods[@]}")
wait "${floods[@]}"
touch $tmp/done
must 'the events have been read' 30 grep -q 'out of order' $tmp/events
grep -q '^[0-9]\{3,\} events, 0 out of order' $tmp/events || fail "$(cat $tmp/events)"
