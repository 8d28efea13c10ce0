#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a slow reader of `session follow` loses is counted: lines and losses add up to what happened.
# Alone: it needs all there is of the processors to be done in time.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/30 2000-65000 --force
# Sessions come and go until a socket has no room for what is told of them: 64 MB, which the kernel doubles.
overflow() {
	# shellcheck disable=SC2016 # awk's
	until gw awk 'NR > 1 && $5 >= 2 * 64 * 1024 * 1024 { full = 1 } END { exit !full }' /proc/net/netlink; do
		burst 60000
		j session delete --udp > /dev/null
	done
}
mkfifo $tmp/fifo
exec 8<> $tmp/fifo
ip netns exec gw jool session follow --json > $tmp/fifo 2> $tmp/err &
follower=$!
pids+=("$follower")
listens() {
	j session delete --all > /dev/null
	peer c6 udp-send $client 1999 $server 8 10
	read -r -t 1 <&8
}
must 'it listens' 10 listens
j session delete --all > /dev/null
while read -r -t $((2 * SLOW)) <&8; do :; done
# Nobody reads while sessions come and go, more than the socket has room for.
happened=0
for n in 1 2; do
	burst 60000
	happened=$((happened + 2 * $(j session count --udp)))
	j session delete --udp > /dev/null
done
cat <&8 > $tmp/lines &
pids+=($!)
# The next events tell the loss before them, unless they are lost, too.
told() {
	peer c6 udp-send $client 1999 $server 8 10
	j session delete --udp > /dev/null
	happened=$((happened + 2))
	grep -q lost $tmp/lines
}
must 'the loss is told' 20 told
accounted() {
	lost=$(sed -n 's/^{"version":1,"lost":\([0-9]*\)}$/\1/p' $tmp/lines | awk '{ n += $1 } END { print n }')
	lines=$(grep -c '"event"' $tmp/lines)
	[ $((lines + lost)) = $happened ]
}
poll 10 accounted ||
	fail "$lines lines, $lost lost, $happened happened"
kill "$follower"
wait "$follower" || fail "status $?"
[ ! -s $tmp/err ] || fail "$(cat $tmp/err)"
[ "$(grep -cv '^{"version":1,.*}$' $tmp/lines)" = 0 ] || fail 'lines are torn'

# Events that are lost at the end, when nothing follows them: nobody knows how many.
mkfifo $tmp/pipe
exec 7<> $tmp/pipe
ip netns exec gw jool session follow --csv --no-headers > $tmp/pipe 2> $tmp/err &
follower=$!
pids+=("$follower")
listens_again() {
	peer c6 udp-send $client 1999 $server 8 10
	j session delete --all > /dev/null
	read -r -t 1 <&7
}
must 'it listens' 10 listens_again
kill -STOP $follower
cat <&7 > $tmp/lines &
pids+=($!)
overflow
kill -CONT $follower
quiet() {
	local size
	size=$(stat_size)
	sleep $SLOW
	[ "$(stat_size)" -gt 1000000 ] && [ "$(stat_size)" = "$size" ]
}
stat_size() {
	wc -c < $tmp/lines
}
must 'it has read all there is' 20 quiet
kill "$follower"
wait "$follower" || fail "status $?"
[ "$(cat $tmp/err)" = 'Warning: The last events were lost, because the reader was too slow.' ] || fail "at the end: $(cat $tmp/err)"

# The module ends while there is no room to say so.
ip netns exec gw jool session follow > $tmp/last 2> $tmp/err &
follower=$!
pids+=("$follower")
must 'it listens' 10 is_followed $tmp/last 1999 8
kill -STOP $follower
overflow
rmmod jool
insmod "$JOOL_KO"
kill -CONT $follower
( sleep $patience; kill -9 $follower ) 2>/dev/null &
pids+=($!)
code=0
wait "$follower" || code=$?
[ $code = 2 ] || fail "status $code"
grep -qx 'Error: The kernel module jool was unloaded.' $tmp/err || fail "$(cat $tmp/err)"
