#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whichever allocation fails, the command says so and ends with status 2, or it does without and prints
# all there is to print: never half of it, never a crash.
# Alone: it starts a thousand processes.
. "$(dirname "$0")/../lib/lib.sh"
. "$e2e/hitch.sh"
network
nat64
dns64
j pool4 add 192.0.2.1 7000-7999 --tcp
j pool4 add 192.0.2.1 7000-7999 --udp
j bib add "$client#80" 192.0.2.1#7080 --tcp
peer c6 udp-send $client 40001 $server 9 10
echo '{ "global": { "udp-timeout": "0:06:00" }, "pool4": [], "bib": [] }' > $tmp/file

# What a run says, without how long sessions still live.
run() { # COMMAND...
	status=0
	"$@" > $tmp/out 2> $tmp/err < $tmp/file || status=$?
	out=$(< $tmp/out)
	err=$(< $tmp/err)
	out=${out//[0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]/}
	out=${out//\"expires_ms\":+([0-9])/}
}

each_allocation() { # memory|ours JOOL'S ARGUMENTS
	local which=$1 n whole status out err step
	shopt -s extglob
	shift
	# For the second time, as a file has changed by then what it changes.
	run jool "$@"
	local began=${EPOCHREALTIME/./}
	run jool "$@"
	# Where it takes long (an emulated machine), some of them do.
	step=$((1 + (${EPOCHREALTIME/./} - began) / 100000))
	n=$((RANDOM % step - step + 1))
	[ $status = 0 ] || fail "$*: status $status: $err"
	whole=$out
	# No process but jool each time.
	export LD_PRELOAD=$tmp/hitch.so HITCH HITCHED
	while n=$((n + step)) HITCHED=$tmp/$RANDOM.$n HITCH="$which $n"; run jool "$@"; [ -e "$HITCHED" ]; do
		case $status in
		2) [ -n "$err" ] || fail "$*: allocation $n: not a word"
			[ -z "$out" ] || fail "$*: allocation $n: printed in spite of it: $out" ;;
		# c-ares does without names, and a warning says so.
		0) [ "$out" = "$whole" ] || [ -n "$err" ] || fail "$*: allocation $n: $out$err" ;;
		*) fail "$*: allocation $n: status $status: $out$err" ;;
		esac
		echo "$err" >> $tmp/said
	done
	unset LD_PRELOAD
	[ $n -gt 5 ] || fail "$*: only $n allocations; is the hitch there?"
	echo "$*: to allocation $n, every $step" >> $tmp/steps
}
on_gateway each_allocation memory session display --udp --numeric --csv
on_gateway each_allocation memory -i default stats display --openmetrics
on_gateway each_allocation memory global display --json
on_gateway each_allocation memory pool4 display --json
on_gateway each_allocation memory file save
on_gateway each_allocation memory file handle -
on_gateway each_allocation ours session display --udp --json
sort $tmp/said | uniq -c | sort -rn
cat $tmp/steps
said() { # SENTENCE
	! grep -qv 'every 1$' $tmp/steps || return 0
	grep -qFx "$1" $tmp/said || fail "nobody said: $1"
}
said 'Error: Out of memory.'
said 'Error: Cannot find the kernel module jool: Cannot allocate memory.'
said 'Warning: 2 names could not be resolved: Out of memory (--numeric does not ask name servers).'
