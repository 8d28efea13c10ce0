#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session events of one BIB entry come in the order of their numbers, also when sessions begin on all processors
# and end on another at once; no number comes twice, and those that are missing were said to be lost.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/30 10000-19999
cat > $tmp/listen.py <<'EOT'
import os, socket, sys
sys.path.insert(0, sys.argv[1])
import listen
module = listen.Module()
s = listen.open_socket()
s.setsockopt(socket.SOL_SOCKET, listen.SO_RCVBUFFORCE, 1 << 26)
assert not listen.follow(module, s)
print('listening', flush=True)
numbers, wrong, lost, open_ones, last = [], 0, 0, set(), {}
s.settimeout(3)
while True:
	try:
		cmd, event = listen.receive(module, s)
	except TimeoutError:
		# Until all have ended, and nothing comes any more.
		if os.path.exists(sys.argv[2]):
			break
		continue
	except OSError:				# there was no room: LOST will tell
		continue
	seq = listen.number(event['SEQ'])
	bib = event['SRC6'], event['SRC6_PORT']
	session = bib, event['DST4'], event['DST4_PORT']
	begins = cmd == module.commands['JOOL_CMD_SESSION_NEW']
	lost += listen.number(event.get('LOST', b''))
	wrong += seq <= last.get(bib, 0) or (not lost and begins == (session in open_ones))
	(open_ones.add if begins else open_ones.discard)(session)
	last[bib] = seq
	numbers.append(seq)
missing = max(numbers) - len(numbers)
print(f'{len(numbers)} events, {wrong} out of order, {len(numbers) - len(set(numbers))} twice, {missing - lost} missing', flush=True)
EOT
spawn ip netns exec gw $python -B $tmp/listen.py "$e2e" $tmp/done > $tmp/events
must 'somebody listens' 10 grep -q listening $tmp/events
flooders=()
for cpu in $(seq 0 $(($(nproc) - 1))); do
	taskset -c "$cpu" ip netns exec c6 $python "$e2e/peer.py" udp-flood $server 9 2000 &
	flooders+=($!)
done
pids+=("${flooders[@]}")
while kill -0 "${flooders[0]}" 2>/dev/null; do
	j session delete --udp > /dev/null
done
wait "${flooders[@]}"
touch $tmp/done
must 'the events have been read' 60 grep -q 'out of order' $tmp/events
grep -q '^[0-9]\{3,\} events, 0 out of order, 0 twice, 0 missing' $tmp/events || fail "$(cat $tmp/events)"
