# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Transfers over links of several MTUs, with whatever offloads the test has set.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_mtu() { # 6|4 MTU
	case $1 in
	6) ip -n c6 link set c6g mtu "$2"; ip -n gw link set gc6 mtu "$2" ;;
	4) ip -n s4 link set s4g mtu "$2"; ip -n gw link set gs4 mtu "$2" ;;
	esac
}

# Offloads of all four devices.
offloads() { # FEATURE on|off...
	ip netns exec c6 ethtool -K c6g "$@"
	ip netns exec gw ethtool -K gc6 "$@"
	ip netns exec gw ethtool -K gs4 "$@"
	ip netns exec s4 ethtool -K s4g "$@"
}

transfers_begin() {
	network
	nat64
	web
	echo_server s4 udp 192.0.2.8
	echo_server c6 udp $client
	j pool4 add --udp 192.0.2.1 2000-2099
	j pool4 add --tcp 192.0.2.1 2000-2099
	j pool4 add --icmp 192.0.2.1 2000-2099
	j bib add --udp $client#7 192.0.2.1#2007
	j bib add --icmp $client#5 192.0.2.1#2005
	head -c 512K /dev/urandom > $tmp/www/file
	j bib add --tcp $client#8 192.0.2.1#2008
	j bib add --tcp $client#9 192.0.2.1#2009
	spawn c6 socat -U TCP6-LISTEN:8,reuseaddr,fork "OPEN:$tmp/www/file"
	spawn c6 socat -u TCP6-LISTEN:9,reuseaddr,fork "CREATE:$tmp/from4"
	must 'the client listens' 10 listening c6 tcp 8
	must 'the client listens' 10 listening c6 tcp 9
}

# The file goes both ways over connections that the IPv4 node opens.
opened_from4() { # TITLE
	rm -f $tmp/from4
	s4 timeout $patience socat -u TCP4:192.0.2.1:2008 CREATE:$tmp/down || fail "$1: TCP opened from IPv4, download"
	cmp $tmp/www/file $tmp/down || fail "$1: TCP opened from IPv4, download"
	s4 timeout $patience socat -u OPEN:$tmp/www/file TCP4:192.0.2.1:2009 || fail "$1: TCP opened from IPv4, upload"
	must "$1: TCP opened from IPv4, upload" 10 cmp -s $tmp/www/file $tmp/from4
}

# Whether a ping that may not be fragmented is answered, or too large as is known by now.
learns() { # NAMESPACE OPTION... ADDRESS
	ip netns exec "$1" ping -n -c 1 -W 1 -M 'do' "${@:2}" > $tmp/ping 2>&1 || grep -qi 'mtu' $tmp/ping
}

# Up and down, small and large, fragmented and not; what arrives must be what was sent.
transfers() { # TITLE
	down_and_up "$1"
	opened_from4 "$1"
	# Who may not fragment learns what fits by losing a packet, which UDP does not send again.
	must "$1: IPv6 learns what fits" 10 learns c6 -s 1452 $server
	must "$1: IPv4 learns what fits" 10 learns s4 -s 1472 -e 2005 192.0.2.1
	peer c6 udp $client 0 $server 7 1 1200 1212 1232 1400 1472 3000 9000 || fail "$1: UDP from IPv6"
	peer s4 udp 192.0.2.8 0 192.0.2.1 2007 1 1200 1212 1232 1400 1472 3000 9000 || fail "$1: UDP from IPv4"
	c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail "$1: ping from IPv6"
	s4 ping -q -c 1 -W $patience -s 3000 -e 2005 192.0.2.1 > /dev/null || fail "$1: ping from IPv4"
}

transfers_over_all() {
	local side mtu
	for side in 6 4; do
		for mtu in 1280 1420; do
			set_mtu $side $mtu
			transfers "IPv$side link of $mtu"
		done
		set_mtu $side 1500
	done
}
