# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What every test sources. A test states one fact; it begins with fresh namespaces (`network`), ends
# by itself and prints one line, PASS or FAIL, and after a FAIL what is needed to understand it.
set -euo pipefail

# TOPIC/NAME, as test/e2e/run says it.
test=$(basename "$(dirname "$0")")/$(basename "$0" .sh)
# shellcheck source=SCRIPTDIR/../lib/net.sh
. "$(dirname "${BASH_SOURCE[0]}")/net.sh"

# ---- beginning and end ---------------------------------------------------------------------------

namespaces=(c6 gw s4)

# A command that must be done in the end, before anything else.
undo=:

cleanup() {
	local rc=$? n
	set +e
	trap - EXIT ERR
	eval "$undo"
	exec 2>&1
	if [ $rc = 0 ]; then
		echo "PASS e2e/$test"
	else
		echo "FAIL e2e/$test"
		diagnose
	fi
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null
	printf 'netns del %s\n' "${namespaces[@]}" | ip -force -batch - 2>/dev/null
	rm -rf "${namespaces[@]/#//etc/netns/}"
	rm -rf ${tmp:?}/*
	exit $rc
}

diagnose() {
	local n p
	[ -e /var/run/netns/gw ] || return
	echo "--- instances, counters:"
	j instance display
	j stats display
	for p in tcp udp icmp; do
		echo "--- sessions, $p:"
		j session display --$p --numeric | head -n 40
	done
	for n in "${namespaces[@]}"; do
		echo "--- addresses and routes of $n:"
		ip -n "$n" -br addr
		ip -n "$n" route
		ip -n "$n" -6 route
	done
	echo "--- kernel:"
	dmesg | tail -n 10
}

trap cleanup EXIT
trap 'exit 1' TERM INT
# With errexit, say where.
trap 'echo "line $LINENO: $BASH_COMMAND: status $?"' ERR
mkdir -p $tmp
rm -rf ${tmp:?}/*

# ---- a TCP connection held open ------------------------------------------------------------------

# One at a time; PORT is where it comes from.
dial() { # NAMESPACE ADDRESS PORT-OF-THE-SERVER PORT
	coproc LINE { exec ip netns exec "$1" socat STDIO "TCP:$2:$3,sourceport=$4,reuseaddr" 2>&1; }
	pids+=("$LINE_PID")
	say 'are you there?'
}

# Says something over the connection, which must come back.
say() { # TEXT
	local answer
	echo "$1" >&"${LINE[1]}"
	IFS= read -r -t $patience answer <&"${LINE[0]}" || fail "no answer to: $1"
	[ "$answer" = "$1" ] || fail "said: $1, heard: $answer"
}

hang_up() {
	eval "exec ${LINE[1]}>&-"
	wait "$LINE_PID" || :
}

# The line that comes back for TEXT from ADDRESS, as socat names it; nothing if none does.
answer_of() { # NAMESPACE ADDRESS TEXT
	local line
	coproc LINE { exec ip netns exec "$1" socat -t $patience STDIO "$2"; }
	echo "$3" >&"${LINE[1]}"
	! IFS= read -r -t $patience line <&"${LINE[0]}" || echo "$line"
	kill "$LINE_PID" 2> /dev/null || :
}

# The file of `web` comes down and goes up whole.
down_and_up() { # TITLE
	c6 curl -sS -m $patience "http://[$server]/file" -o $tmp/down || fail "$1: download"
	cmp $tmp/www/file $tmp/down || fail "$1: download"
	c6 curl -sS -m $patience -T $tmp/www/file "http://[$server]/up" || fail "$1: upload"
	cmp $tmp/www/file $tmp/www/up || fail "$1: upload"
}

# The example NAME of DOCUMENT, where a comment says that it is run by this test; names of devices are those here.
example() { # DOCUMENT NAME
	"$REPO/test/example" "$REPO/$1" "test/e2e/$test" "$2" > $tmp/example.raw || fail "$1 has no example $2 for this test"
	sed -E 's/(^|[ "=])lan\b/\1gc6/g; s/(^|[ "=])wan\b/\1gs4/g' $tmp/example.raw
}

# ---- what is seen on a wire ----------------------------------------------------------------------

# Writes the packets that match FILTER to $tmp/NAME, one line each, until `seen`.
watch() { # NAME NAMESPACE DEVICE FILTER
	spawn ip netns exec "$2" tcpdump -lnvvi "$3" --immediate-mode "$4" > "$tmp/$1.raw" 2> "$tmp/$1.err"
	must 'tcpdump listens' 10 grep -qs '^tcpdump: listening' "$tmp/$1.err"
}

# A packet of tcpdump -v is one line and indented ones that go on with it.
packets() { # NAME
	awk '/^[^ \t]/ { if (l) print l; l = ""; sub(/^[^ ]* /, "") } { sub(/^[ \t]+/, " "); l = l $0 }
		END { if (l) print l }' "$tmp/$1.raw"
}

# Waits until N packets (1) of NAME match the extended regular expression.
seen() { # NAME REGEX [N]
	poll 5 matches "$@" && return
	echo "expected ${3:-1} packet(s) like $2; seen:"
	packets "$1"
	return 1
}

matches() {
	[ "$(packets "$1" | grep -cE -- "$2")" -ge "${3:-1}" ]
}

# ---- what jool says ------------------------------------------------------------------------------

# The counter NAME of stats.def.
stat() { # NAME
	j stats display --all | awk -v name="JSTAT_$1:" '$1 == name { print $2 }'
}

# Waits until the counter is what it should be.
expect_stat() { # NAME VALUE
	poll 3 stat_is "$@" || fail "JSTAT_$1 is '$(stat "$1")', should be $2"
}

stat_is() {
	[ "$(stat "$1")" = "$2" ]
}

stat_exceeds() { # NAME NUMBER
	[ "$(stat "$1")" -gt "$2" ]
}

# Whether FILE, to which a `session follow` writes, has anything once the client has sent from port SPORT to the
# server's DPORT. The session that makes is removed.
is_followed() { # FILE SPORT DPORT
	peer c6 udp-send $client "$2" $server "$3" 10
	j session delete --udp > /dev/null
	[ -s "$1" ]
}

# Waits until the counters are an account (common/stats.def): as many packets received as sent, dropped,
# left to the kernel and kept.
expect_account() {
	poll 5 is_account || fail "received and ended: $(cat $tmp/account); $(j stats display)"
}

is_account() {
	j stats display --all --csv --no-headers > $tmp/counters
	sed -n 's/^JOOL_STAT(\([A-Z0-9_]*\), \([A-Z]*\),.*/JSTAT_\1 \2/p' "$REPO/common/stats.def" |
		awk -F'[ ,]' 'NR == FNR { n[$1] = $2; next } { sum[$2] += n[$1] }
			END { print sum["RECEIVED"], sum["SENT"] + sum["DROPPED"] + sum["LEFT"] + sum["KEPT"] }' \
			$tmp/counters - > $tmp/account
	awk '$1 != $2 { exit 1 }' $tmp/account
}

# Compares the whole of a session table with what stdin describes: entries of three lines each, in any
# order (that the table is in order is checked by itself). match.awk tells what may be left open.
# The options are those of `session display`; --numeric unless they say otherwise.
expect_sessions() { # --tcp|--udp|--icmp [OPTION]...
	local opts=("$@")
	[ $# -gt 1 ] || opts+=(--numeric)
	[ "$*" != "$1 --names" ] || opts=("$1")
	cat > $tmp/expected
	poll 3 sessions_match sessions session display "${opts[@]}" || mismatch
}

# The same for any output, line by line.
expect_output() { # JOOL'S ARGUMENTS
	cat > $tmp/expected
	poll 3 sessions_match text "$@" || mismatch
}

sessions_match() { # MODE JOOL'S ARGUMENTS
	local mode=$1
	shift
	j "$@" > $tmp/actual 2> $tmp/stderr || { echo "status $?" >> $tmp/stderr; return 1; }
	[ ! -s $tmp/stderr ] || return 1
	awk -f "$e2e/match.awk" -v mode="$mode" -v age=$((SECONDS + 1)) $tmp/expected $tmp/actual > $tmp/verdict
}

mismatch() {
	cat $tmp/verdict $tmp/stderr
	echo '--- expected:'
	cat $tmp/expected
	echo '--- actual:'
	cat $tmp/actual
	return 1
}

# A jool command that must be refused: exit status, nothing on stdout, and its one line on stderr.
expect_refusal() { # STATUS REGEX COMMAND...
	local want=$1 text=$2 got=0
	shift 2
	"$@" > $tmp/stdout 2> $tmp/stderr || got=$?
	if [ $got != "$want" ] || [ -s $tmp/stdout ] || [ "$(wc -l < $tmp/stderr)" != 1 ] ||
	   ! grep -qE -- "$text" $tmp/stderr; then
		echo "$*: status $got, should be $want, with one line like: $text"
		cat $tmp/stdout $tmp/stderr
		return 1
	fi
}

# ---- clocks and crowds ---------------------------------------------------------------------------

# Milliseconds since the test began.
now() {
	echo $(((${EPOCHREALTIME/./} - birth) / 1000))
}
birth=${EPOCHREALTIME/./}

# Runs a command and keeps when it began and when it ended.
timed() { # COMMAND...
	began=$(now)
	"$@"
	ended=$(now)
}

gone() { # --tcp|--udp|--icmp
	[ -z "$(j session display "$1" --numeric --csv --no-headers)" ]
}

# The sessions whose last packet was sent by the command `timed` live for LIFE ms, no less, and at most a second
# and a half more. How long it takes to look does not matter: they were there when it began to look
# and saw one, they were gone when it had looked and saw none.
expect_gone() { # --tcp|--udp|--icmp LIFE
	local asked
	while asked=$(now); ! gone "$1"; do
		[ $((asked - ended)) -le $(($2 + 1500)) ] || fail "still there after $((asked - ended)) ms, should be for $2"
		sleep 0.1
	done
	[ $(($(now) - began)) -ge "$2" ] || fail "gone after $(($(now) - began)) ms, should be there for $2"
}

# Counts the packets longer than the link's MTU, which only offloads make.
count_big() { # NAMESPACE DEVICE
	ip netns exec "$1" nft -f - <<-EOT
	table netdev big {
		counter big { }
		chain in {
			type filter hook ingress device $2 priority 0;
			meta length > 1500 counter name big
		}
	}
	EOT
}

big() { # NAMESPACE
	ip netns exec "$1" nft list counter netdev big big | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# Packets of known and of ever new sessions, both ways.
flood() {
	spawn ip netns exec c6 ping -q -f $server > /dev/null 2>&1
	flood_pids=("${pids[-1]}")
	spawn ip netns exec c6 $python "$e2e/peer.py" udp-flood $server 9
	flood_pids+=("${pids[-1]}")
}

stop_flood() {
	kill "${flood_pids[@]}" 2>/dev/null || :
	wait "${flood_pids[@]}" 2>/dev/null || :
}

has_sessions() { # N
	[ "$(stat SESSIONS)" -ge "$1" ]
}

slab_empty() {
	local f
	# What a processor keeps at hand counts as in use until it is given back.
	for f in /sys/kernel/slab/jool_*/shrink; do
		[ ! -e "$f" ] || echo 1 > "$f"
	done
	! awk '/^jool/ && $2 > 0' /proc/slabinfo | grep .
}

# N new sessions of one client, one packet each: with as many source ports from FIRST (2000) on, or with
# PORTS of them to as many destination ports as it takes; PORTS is no multiple of that many.
burst() { # N [PORTS [FIRST]]
	local ports=${2:-$1} first=${3:-2000} max had
	max=$((9 + ($1 + ports - 1) / ports))
	had=$(stat SESSIONS)
	local mac o
	modprobe pktgen
	mac=$(gw cat /sys/class/net/gc6/address)
	# Nobody shall answer.
	s4 nft -f - <<-EOT
	table netdev quiet { chain in { type filter hook ingress device s4g priority 0; udp dport 9-$max drop; }; }
	EOT
	# No packet shall be lost in a queue, or for want of a neighbour.
	sysctl -qw net.core.netdev_max_backlog=1000000
	gw ping -q -c 1 -W $patience 192.0.2.8 > /dev/null
	{
		# shellcheck disable=SC2016 # for the shell that reads it
		echo 'pg() { echo "$2" > /proc/net/pktgen/$1; }'
		echo 'pg kpktgend_0 rem_device_all; pg kpktgend_0 "add_device c6g"'
		for o in "count $1" 'clone_skb 0' 'pkt_size 86' 'delay 0' "dst_mac $mac" \
			'udp_dst_min 9' "udp_dst_max $max" "udp_src_min $first" "udp_src_max $((first + ports))" \
			'flag UDPCSUM' 'xmit_mode start_xmit' "dst6 $server" "src6 $client"; do
			echo "pg c6g '$o'"
		done
		echo 'pg pgctrl start'
	} > $tmp/pktgen
	c6 bash -e $tmp/pktgen
	expect_stat SESSIONS $((had + $1))
}
