#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# While sessions and BIB entries are listed, a writer makes 60000 of each and removes them, and the hash
# tables grow and shrink; what lives through the listing is listed once all the same. If the table is
# replaced meanwhile, a warning says so.
# Alone: it takes all there is of the processors.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/29 50000-65000 --force
# Others come among those that stay, and not at addresses that the list comes to last.
j global update port-rest 0
tables=(session bib)
declare -A lister from

# A list goes on only as it is read: the command stops at a full pipe, and what it asks for with it.
begin() { # TABLE
	rm -f "$tmp/fifo"
	mkfifo "$tmp/fifo"
	gw jool "$1" display --udp --numeric --csv --no-headers > "$tmp/fifo" 2> "$tmp/$1.err" &
	lister[$1]=$!
	pids+=($!)
	local fd
	exec {fd}< "$tmp/fifo"
	from[$1]=$fd
	head -c 100 <&"$fd" > "$tmp/$1.csv"
}
go_on() { # BYTES
	local t
	for t in "${tables[@]}"; do
		head -c "$1" <&"${from[$t]}" >> "$tmp/$t.csv"
	done
}
finish() { # TABLE
	cat <&"${from[$1]}" >> "$tmp/$1.csv"
	wait "${lister[$1]}" || fail "$1: status $?"
}
# The rows of source ports below 10000, without the time and the state of a session.
staying() {
	awk -F, '$3 < 10000' | cut -d, -f1-9 | sort
}
have() { # N
	local sessions bibs
	sessions=$(stat SESSIONS) bibs=$(stat BIB_ENTRIES)
	[ "$sessions $bibs" = "$1 $1" ] || fail "$sessions sessions, $bibs BIB entries; should be $1"
}

# No port of pool4 is one of theirs.
burst 8000
for t in "${tables[@]}"; do
	j $t display --udp --numeric --csv --no-headers | staying > $tmp/$t.wanted
	[ "$(wc -l < $tmp/$t.wanted)" = 8000 ] || fail "$t: $(wc -l < $tmp/$t.wanted) to begin with"
	begin $t
done
# 28000 are too many for the smallest table there is, 8000 are too few for the next one.
for round in 1 2 3; do
	go_on 10000 &
	burst 20000 20000 30000
	wait $!
	have 28000
	go_on 20000
	go_on 10000 &
	said=$(j session delete --udp --port 30000-49999 --json)
	wait $!
	[[ $said = *'"removed":20000}' ]] || fail "round $round: $said"
	have 8000
	for t in "${tables[@]}"; do
		jobs -pr | grep -qx "${lister[$t]}" || fail "round $round: the list of $t is at its end"
	done
done
for t in "${tables[@]}"; do
	finish $t
	[ ! -s $tmp/$t.err ] || fail "$t: $(cat $tmp/$t.err)"
	staying < $tmp/$t.csv > $tmp/$t.listed
	cmp $tmp/$t.wanted $tmp/$t.listed || fail "$t: $(diff $tmp/$t.wanted $tmp/$t.listed | head)"
	# Others came and went under its eyes.
	[ "$(wc -l < $tmp/$t.csv)" -gt 8000 ] || fail "$t: nothing else was listed"
done

begin session
j instance flush
nat64
finish session
grep -qx 'Warning: The table was changed while it was listed; entries may be missing or listed twice.' \
	$tmp/session.err || fail "no warning: $(cat $tmp/session.err)"
