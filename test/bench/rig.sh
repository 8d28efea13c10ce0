# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the benchmark's guest scripts share: the network of the end-to-end tests with both families in
# it, pktgen at both ends, and who translates in between. Source it.

# shellcheck source=SCRIPTDIR/../e2e/lib/net.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib/net.sh"

# The first of the client's ports and of pool4's.
readonly base=2000
readonly port=9
# Where the host put what is measured: our module, the command, and the peers.
build=$BENCH_BUILD
readonly build

# Seconds; many, as the clock runs ahead while the host's disk is waited for. For the same reason sessions
# are to live long.
readonly long=1000 lifetime=3600

# ---- network -------------------------------------------------------------------------------------

declare -A mac

# Whatever arrives from pktgen is counted by its device, and dropped before the stack sees it.
rig() {
	modprobe -a pktgen tun dummy
	[ -e /sys/class/net/hold ] || ip link add hold up type dummy
	# While the kernel leaves packets to this thread they queue up: it is not to wait for its turn.
	pgrep ksoftirqd | xargs -n 1 chrt -f -p 1
	sysctl -qw net.core.netdev_max_backlog=10000
	network
	ip -n c6 addr add 198.51.100.8/24 dev c6g
	ip -n c6 route add default via 198.51.100.1
	ip -n gw addr add 198.51.100.1/24 dev gc6
	ip -n gw addr add 2001:db8:4::1/64 dev gs4 nodad
	ip -n s4 addr add 2001:db8:4::8/64 dev s4g nodad
	ip -n s4 route add ::/0 via 2001:db8:4::1
	mac[c6]=$(gw cat /sys/class/net/gc6/address)
	mac[s4]=$(gw cat /sys/class/net/gs4/address)
	neighbours
	sink c6 c6g "udp sport $port"
	sink s4 s4g "udp dport $port"
}

sink() { # NAMESPACE DEVICE MATCH
	ip netns exec "$1" nft -f - <<-EOT
	table netdev sink { chain in { type filter hook ingress device $2 priority 0; $3 drop; }; }
	EOT
}

# The gateway knows them for good. The way to a neighbour that is to be probed is another one, of 300
# instructions more; so is the way to one that never was, for want of a prepared header.
neighbours() {
	local c s
	c=$(c6 cat /sys/class/net/c6g/address)
	s=$(s4 cat /sys/class/net/s4g/address)
	know stale
	must 'the server answers' $long answers 2001:db8:4::8
	must 'the server answers' $long answers 192.0.2.8
	know permanent
}

know() { # STATE
	ip -n gw -batch - <<-EOT
	neigh replace 2001:db8::8 lladdr $c nud $1 dev gc6
	neigh replace 198.51.100.8 lladdr $c nud $1 dev gc6
	neigh replace 2001:db8:4::8 lladdr $s nud $1 dev gs4
	neigh replace 192.0.2.8 lladdr $s nud $1 dev gs4
	EOT
}

answers() { # ADDRESS
	c6 ping -qc1 -W1 "$1" > /dev/null
}

# The kernel takes a network down in its own time, which must not be the next one's. Where instructions
# are counted, sleeping takes no time.
unrig() {
	ip -all netns delete
	sleep 5
}

# ---- pktgen --------------------------------------------------------------------------------------

# Sends COUNT packets out of a namespace's device, or into it with `xmit_mode netif_receive`, from
# kernel thread THREAD. Each OPTION is one of pktgen's. Per packet, writes to $ns what the clock says and to
# $ran how many nanoseconds processes ran meanwhile; to $started and $stopped, when that was, in microseconds.
send() { # THREAD NAMESPACE DEVICE COUNT OPTION...
	local us spent
	read -r started stopped us spent < <(printf '%s\n' "${@:5}" | ip netns exec "$2" bash -ec '
		cd /proc/net/pktgen || exit
		ran() { while read -r cpu _ _ _ _ _ _ t _; do case $cpu in cpu0) break; esac; done < /proc/schedstat; }
		echo rem_device_all > kpktgend_$0
		echo "add_device $1" > kpktgend_$0
		while read -r option; do echo "$option" > $1; done
		echo "count $2" > $1
		ran; t0=$t
		echo start > pgctrl
		ran
		# A thread that does not get its turn in 125 ms is not waited for.
		until grep -q "OK: [0-9]*(" $1; do sleep 0.1; done
		echo $(sed -n "s/.*started: \([0-9]*\)us *stopped: \([0-9]*\)us.*/\1 \2/p
			s/.*OK: \([0-9]*\)(.*/\1/p" $1) $((t - t0))' "$1" "$3" "$4")
	read -r ns ran < <(awk "BEGIN { printf \"%.1f %.1f\n\", $us * 1000 / $4, $spent / $4 }")
}

# Options for UDP packets that begin with port FIRST of FLOWS; the range is on the client's side.
flows() { # 6>4|4>6 FIRST FLOWS
	local last=$(($2 + ($3 > 1 ? $3 : 0))) fixed=src varied=dst
	[ "$1" = '4>6' ] || fixed=dst varied=src
	options+=("udp_${varied}_min $2" "udp_${varied}_max $last"
		"udp_${fixed}_min $port" "udp_${fixed}_max $port")
}

# Options for the addresses: VERSION of IP at the sender, then source and destination.
addresses() { # VERSION SOURCE DESTINATION
	if [ "$1" = 6 ]; then
		options+=("src6 $2" "dst6 $3")
	else
		options+=("src_min $2" "src_max $2" "dst $3")
	fi
}

readonly common=('clone_skb 0' 'pkt_size 86' 'delay 0' 'flag UDPCSUM' 'xmit_mode start_xmit')

# Where packets of each direction go, by what is between the two: VERSION SOURCE DESTINATION.
declare -A way
ways() { # KIND
	case $1 in
	ipv6) way=(['6>4']='6 2001:db8::8 2001:db8:4::8' ['4>6']='6 2001:db8:4::8 2001:db8::8') ;;
	ipv4) way=(['6>4']='4 198.51.100.8 192.0.2.8' ['4>6']='4 192.0.2.8 198.51.100.8') ;;
	nat44) way=(['6>4']='4 198.51.100.8 192.0.2.8' ['4>6']='4 192.0.2.8 192.0.2.1') ;;
	nat64) way=(['6>4']="6 $client $server" ['4>6']='4 192.0.2.8 192.0.2.1') ;;
	esac
}

arrived() { # 6>4|4>6; packets that have come out so far
	case $1 in
	'6>4') s4 cat /sys/class/net/s4g/statistics/rx_packets ;;
	'4>6') c6 cat /sys/class/net/c6g/statistics/rx_packets ;;
	esac
}

# Where one packet at a time is under way, the kernel's allocator (SLUB) may be caught between two slabs that
# have one free object each: every packet then changes from one to the other and back, for 280 instructions, and
# that lasts until something else comes in between. Packets that are kept and then freed all at once, more than
# there are free objects, leave it with a slab that is free throughout.
settle() {
	tc qdisc replace dev hold root tbf rate 8bit burst 2000 limit 10000000
	(
		cd /proc/net/pktgen || exit
		echo rem_device_all > kpktgend_0
		echo 'add_device hold' > kpktgend_0
		for option in 'clone_skb 0' 'pkt_size 86' 'dst 192.0.2.8' 'xmit_mode queue_xmit' 'count 4000'; do
			echo "$option" > hold
		done
		# It waits until the last one is free.
		echo start > pgctrl
	) &
	sleep 0.02
	tc qdisc delete dev hold root
	wait $!
}

# COUNT packets of FLOWS flows one way; sets $ns, $ran and $got, how many came out at the other end.
pass() { # 6>4|4>6 COUNT FLOWS [FIRST [OPTION]...]
	local from=c6 before options=("${common[@]}")
	[ "$1" = '6>4' ] || from=s4
	options+=("dst_mac ${mac[$from]}")
	# shellcheck disable=SC2086 # three words
	addresses ${way[$1]}
	flows "$1" "${4:-$base}" "$3"
	before=$(arrived "$1")
	send 0 $from ${from}g "$2" "${options[@]}" "${@:5}"
	got=$(($(arrived "$1") - before))
}

# ---- results -------------------------------------------------------------------------------------

# One line to a figure: WHO, ROW and VALUE, with tabs between.
result() {
	printf '%s\t%s\t%s\n' "$who" "$1" "$2" >> "$OUT/results"
	echo "$who: $1: $2"
}

# A figure means nothing if the packets did not come through, or did though they should not.
expect() { # ROW COUNT
	[ $((got > $2 ? got - $2 : $2 - got)) -le $(($2 / 100 + 5)) ] ||
		fail "$who: $1: $got packets came out, not $2"
}

measure() { # ROW 6>4|4>6 COUNT FLOWS [FIRST [OPTION]...]
	case ${BENCH_PROFILE:-} in
	'') ;;
	"$who/$1") profile "${@:2}" ;;
	# Of what comes before, only what makes sessions matters.
	*) [ "$1" = new ] || return 0 ;;
	esac
	settle
	pass "${@:2}"
	expect "$1" "$3"
	result "$1" "$ns"
}

# ---- profile -------------------------------------------------------------------------------------

# Little of the row, then much of it, so that what comes with either, but not by the packet, is the same. Tells
# the plugin where both begin and end, and ends here.
profile() { # as measure() but ROW
	local little=$2 much=$(($2 * 9)) flows=$3 first=${4:-$base}
	# New flows are not to be the same ones.
	[ "$2" != "$3" ] || little=$(($2 / 5)) much=$2 flows=$little
	settle
	marked pass "$1" $little "$flows" "$first" "${@:5}"
	[ "$2" != "$3" ] || first=$((first + little))
	settle
	marked pass "$1" $much "$3" "$first" "${@:5}"
	profiled $((much - little))
}

marked() { # COMMAND...
	"$build/mark"
	"$@"
	"$build/mark"
}

profiled() { # DIVISOR: by how much more the second was
	cat /proc/kallsyms > "$OUT/symbols"
	echo "$1" > "$OUT/divisor"
	exit 0
}

# ---- figures -------------------------------------------------------------------------------------

# Nanoseconds that processes have run. While all of them wait for the host's disk the clock runs on as
# it likes; what does not wait is timed by the clock.
busy() {
	awk '/^cpu/ { ns += $8 } END { printf "%.0f\n", ns }' /proc/schedstat
}

# Bytes in slabs.
slab() {
	awk 'NR > 2 { n += $(NF - 1) * $6 * 4096 } END { printf "%.0f\n", n }' /proc/slabinfo
}

# ---- who translates ------------------------------------------------------------------------------

load() { # ours|jool
	modprobe -a nf_defrag_ipv4 nf_defrag_ipv6
	if [ "$1" = ours ]; then
		jool=$build/jool
		insmod "$build/jool.ko"
	else
		modprobe x_tables
		jool=$build/peers/jool
		insmod "$build/peers/jool_common.ko"
		insmod "$build/peers/jool.ko"
	fi
	gw "$jool" instance add --netfilter -6 64:ff9b::/96
	gw "$jool" global update udp-timeout 1:00:00
}

unload() {
	gw "$jool" instance flush
	rmmod jool
	! [ -e /sys/module/jool_common ] || rmmod jool_common
}

# Replaces the ranges; sessions stay. (Jool 4 does not use the ports by which a range grows.)
pool4() { # LAST-PORT
	gw "$jool" pool4 flush --quick
	gw "$jool" pool4 add 192.0.2.1 "$base-$1" --udp --force "${@:2}"
	gw "$jool" pool4 add 192.0.2.1 1024-1999 --tcp
}
