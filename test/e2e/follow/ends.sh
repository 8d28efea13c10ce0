#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `session follow` ends with status 0 when its reader goes away or a signal comes, with 2 when its disk is full.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/24 1024-65000 --force
status() {
	cat $tmp/status 2>/dev/null
}
follow_status() { # STATUS
	[ "$(status)" = "$1" ]
}
# The reader goes away before anything happens, and while something does.
{ j session follow --json 2> $tmp/err; echo $? > $tmp/status; } | true &
pids+=($!)
must 'it ends without a reader' 10 follow_status 0
rm $tmp/status
{ j session follow 2> $tmp/err; echo $? > $tmp/status; } | head -n 1 > $tmp/line &
pids+=($!)
flood
must 'it ends when the reader has enough' 10 follow_status 0
grep -q ' new ' $tmp/line || fail "$(cat $tmp/line)"
[ ! -s $tmp/err ] || fail "$(cat $tmp/err)"
code=0
timeout $patience ip netns exec gw jool session follow > /dev/full 2> $tmp/err || code=$?
[ $code = 2 ] || fail "full disk: status $code"
grep -q 'Cannot write the output: No space left on device' $tmp/err || fail "$(cat $tmp/err)"
# Also one whose reader is stopped.
for signal in INT TERM; do
	rm -f $tmp/status $tmp/fifo
	mkfifo $tmp/fifo
	exec 8<> $tmp/fifo
	# In the background of a shell SIGINT is ignored, unless one says otherwise.
	env --default-signal=INT ip netns exec gw jool session follow > $tmp/fifo 2> $tmp/err &
	pid=$!
	pids+=("$pid")
	read -r -t $patience <&8 || fail 'no event'
	sleep $((2 * SLOW))
	kill -$signal $pid
	( sleep $patience; kill -9 $pid ) 2>/dev/null &
	pids+=($!)
	code=0
	wait $pid || code=$?
	[ $code = 0 ] || fail "SIG$signal: status $code"
	exec 8>&-
done
stop_flood
expect_refusal 2 'No permission' gw setpriv --reuid=65534 --regid=65534 --clear-groups jool session follow
