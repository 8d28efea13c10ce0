#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of README.md, doc/ and the man pages do what they say. Those that are run stand behind a
# comment "run" (or "run fresh": on a gateway without instance). A line that begins with "# " is a
# command, and what follows is what it prints; without such lines, each line is a command. What
# changes from run to run, how long a session still lives and when it began, is not compared.
# "run until" are commands that may not end by themselves: they are interrupted once they have printed
# what happens when the client opens a connection.
. "$(dirname "$0")/../lib/lib.sh"
network
sources=("$REPO/README.md" "$REPO"/doc/*.md "$REPO"/usr/man/*.in)

# Every example to a file N.run or N.fresh, beginning with where it is from.
awk -v out=$tmp/example. '
	function place() { sub(".*/", "", FILENAME); return FILENAME ":" FNR }
	FNR == 1 { indent = FILENAME ~ /\.md$/ ? "    " : ""; kind = ""; on = 0 }
	$1 ~ /^(<!--|[.].")$/ && $2 == "run" { kind = $3 ~ /^(fresh|until)$/ ? $3 : "run"; next }
	kind && !on && (indent ? /^    / : /^\.Bd/) { on = 1; file = out (++n) "." kind; print place() > file; if (!indent) next }
	on && (indent ? !/^    / : /^\.Ed/) { on = 0; kind = "" }
	on { sub("^" indent, ""); if (!indent) gsub(/\\e/, "\\"); print > file }' "${sources[@]}"
marked=$(cat "${sources[@]}" | grep -cE '^(<!-- run( fresh| until)? -->|\.\\" run( fresh| until)?)$')
[ "$(find $tmp -name 'example.*' | wc -l)" = "$marked" ] || fail "$marked examples are marked: $(ls $tmp)"

# Time goes by, and long lines are folded behind a backslash.
plain() {
	sed -e ':a; /\\$/ { N; s/\\\n//; ba }' \
		-e 's/^20[0-9-]*T[0-9:.]*Z/.../; s/xpires in [0-9].*/xpires in .../; s/"expires_ms":[0-9]*/"expires_ms":.../; s/[0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9]*/.../'
}

# Runs it in a directory of its own on the gateway.
run() { # COMMAND
	mkdir -p $tmp/there
	(cd $tmp/there && gw bash -c "$1" 2>&1)
}

transcript() { # FILE
	local line
	tail -n +2 "$1" | grep '^# ' | while read -r _ line; do
		echo "# $line"
		run "$line" || echo "status $?"
	done
}

try() { # FILE
	if grep -q '^# ' "$1"; then
		diff <(tail -n +2 "$1" | plain) <(transcript "$1" | plain) ||
			fail "example $(head -n 1 "$1") is not like that (<: it says, >: it is)"
	else
		tail -n +2 "$1" > $tmp/commands
		run "set -e; . $tmp/commands" > $tmp/out ||
			fail "example $(head -n 1 "$1") fails: $(cat $tmp/out)"
	fi
}

for file in "$tmp"/example.*.fresh; do
	try "$file"
	j instance flush
done

# The gateway of the others: www.example.com is talked to from port 41872, for which there is 61234.
nat64
j pool4 add 192.0.2.1 61000-61999 --tcp
j bib add "$client#41872" 192.0.2.1#61234 --tcp
printf '192.0.2.8 www.example.com\n%s client.example.com\n' $client > $tmp/hosts
mount --bind $tmp/hosts /etc/hosts
undo='umount /etc/hosts'
spawn s4 socat TCP4-LISTEN:80,reuseaddr,fork PIPE
must 'the server listens' 10 listening s4 tcp 80
# Begins a command that may go on for ever; what it should print, if the example has it, is in stdin.
begin() { # COMMAND
	local out=$tmp/until.${#going[@]}
	cat > $out.want
	ip netns exec gw bash -c "exec env --default-signal=INT $1" > $out 2>&1 &
	going+=($!)
	pids+=($!)
	must "$1 listens" 10 is_ready $!
}
# It is at its end, or follows: the module holds the socket, too; column 8 is how many do. The lower bits of a
# socket's number are its process'.
# shellcheck disable=SC2016 # for awk
is_ready() { # PID
	! jobs -pr | grep -qx "$1" ||
		gw awk -v pid="$1" '$2 == 16 && $3 % 4194304 == pid && $8 > 2 { n++ }
			END { exit !n }' /proc/net/netlink
}
finish() { # NUMBER
	local out=$tmp/until.$1
	must 'it prints something' 10 test -s $out
	kill -INT "${going[$1]}" 2>/dev/null || :
	wait "${going[$1]}" || fail "status $?: $(cat $out)"
	[ ! -s $out.want ] || diff <(plain < $out.want) <(plain < $out) ||
		fail 'an example of what goes on is not like that (<: it says, >: it is)'
}
going=()
for file in "$tmp"/example.*.until; do
	if grep -q '^# ' "$file"; then
		[ "$(grep -c '^# ' "$file")" = 1 ] || fail "$(head -n 1 "$file"): two commands"
		begin "$(sed -n '2s/^# //p' "$file")" < <(tail -n +3 "$file")
	else
		while read -r line; do begin "$line" < /dev/null; done < <(tail -n +2 "$file")
	fi
done
dial c6 "[$server]" 80 41872
for n in "${!going[@]}"; do
	finish "$n"
done
for file in "$tmp"/example.*.run; do
	try "$file"
	# Whatever it was, this is left.
	say 'still there'
done
