#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `instance status` says whether an instance runs, also by its exit status, and to everybody.
. "$(dirname "$0")/../lib/lib.sh"
network
says() { # STATUS TEXT COMMAND...
	local want=$1 text=$2 got=0
	shift 2
	"$@" > $tmp/stdout 2> $tmp/stderr || got=$?
	[ "$got $(cat $tmp/stdout)" = "$want $text" ] || fail "$*: status $got: $(cat $tmp/stdout $tmp/stderr)"
}
dead=$'Dead\n(Instance \'default\' does not exist.)'
says 2 "$dead" j instance status
nat64
says 0 Running j instance status
says 0 Running j instance status default
says 0 '{"version":1,"instance":"default","status":"running"}' j instance status --json
says 0 Running gw setpriv --reuid=65534 --regid=65534 --clear-groups jool instance status
says 2 $'Dead\n(Instance \'x\' does not exist.)' j instance status x
says 2 '{"version":1,"instance":"x","status":"dead"}' j -i x instance status --json
[ ! -s $tmp/stderr ] || fail "$(cat $tmp/stderr)"
# The instance that a file names.
echo '{"instance":"other","global":{}}' > $tmp/file
says 2 $'Dead\n(Instance \'other\' does not exist.)' j -f $tmp/file instance status
j --file $tmp/file instance add -6 3fff::/96
says 0 Running j -f $tmp/file instance status
says 0 'No sessions' sh -c "ip netns exec gw jool -f $tmp/file session count | sed 's/^0$/No sessions/'"
j instance flush
says 2 "$dead" j instance status
ip netns exec gw jool session follow --csv > $tmp/csv 2> $tmp/err &
follower=$!
pids+=("$follower")
must 'it listens, and says so by its header' 10 grep -q ^Time, $tmp/csv
rmmod jool
undo="insmod '$JOOL_KO'"
code=0
wait $follower || code=$?
[ "$code $(cat $tmp/err)" = '2 Error: The kernel module jool was unloaded.' ] || fail "follow: status $code: $(cat $tmp/err)"
says 2 Dead j instance status
grep -q modprobe $tmp/stderr || fail "$(cat $tmp/stderr)"
