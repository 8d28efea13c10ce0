# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The network of the end-to-end tests and of the demo: three namespaces in the virtual machine.
#
#	c6  IPv6-only client    c6g 2001:db8::8/64
#	gw  gateway             gc6 2001:db8::1/64, gs4 192.0.2.1/24
#	s4  IPv4-only server    s4g 192.0.2.8/24

tmp=/run/e2e
# shellcheck disable=SC2034 # for those who source this
readonly client=2001:db8::8 server=64:ff9b::c000:208
# Where the helpers are, and the system's own Python, whatever else is in PATH.
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly e2e python='/usr/bin/python3 -IS'

# By how much this machine is slower than one for which seconds in the tests are meant (test/vm/slow), and
# for how long at most one waits for what must come.
export SLOW=${SLOW:-1}
# shellcheck disable=SC2034 # for those who source this
readonly patience=$((20 * SLOW))

c6() { ip netns exec c6 "$@"; }
gw() { ip netns exec gw "$@"; }
s4() { ip netns exec s4 "$@"; }
# jool on the gateway, or in the namespace $ns; on the instance $instance if that is set.
j() { ip netns exec "${ns:-gw}" jool ${instance:+-i "$instance"} "$@"; }
peer() { # NAMESPACE ARGUMENT...; what peer.py offers
	ip netns exec "$1" $python "$e2e/peer.py" "${@:2}"
}

fail() {
	echo "$*"
	exit 1
}

# What runs in the background until the end.
pids=()

# Runs a command there.
spawn() { # COMMAND...
	"$@" </dev/null &
	pids+=($!)
}

# Tries a command until it succeeds; a slow machine has more time for it, and three times as much, since it may
# have become slower.
poll() { # SECONDS COMMAND...
	local end=$((${EPOCHREALTIME/./} + 3 * $1 * SLOW * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt $end ] || return 1
		sleep 0.1
	done
}

must() { # TITLE SECONDS COMMAND...
	local title=$1
	shift
	poll "$@" || fail "not within $((3 * $1 * SLOW)) seconds: $title"
}

# Few processes, as starting one takes long in an emulated machine.
network() {
	ip -batch - <<-EOT
	netns add c6
	netns add gw
	netns add s4
	link add c6g netns c6 type veth peer name gc6 netns gw
	link add s4g netns s4 type veth peer name gs4 netns gw
	EOT
	ip -n c6 -batch - <<-EOT
	link set lo up
	link set c6g up
	addr add $client/64 dev c6g nodad
	route add ::/0 via 2001:db8::1
	EOT
	ip -n gw -batch - <<-EOT
	link set lo up
	link set gc6 up
	link set gs4 up
	addr add 2001:db8::1/64 dev gc6 nodad
	addr add 192.0.2.1/24 dev gs4
	EOT
	ip -n s4 -batch - <<-EOT
	link set lo up
	link set s4g up
	addr add 192.0.2.8/24 dev s4g
	route add default via 192.0.2.1
	EOT
	gw sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.forwarding=1
}

# The instance that nearly every test uses.
nat64() {
	j instance add --netfilter -6 64:ff9b::/96
}

listening() { # NAMESPACE tcp|udp PORT
	ip netns exec "$1" ss -Hln --"$2" "sport = :$3" | grep -q .
}

# The resolver of the client and of the gateway: DNS64 for the names of the topology.
dns64() {
	local n
	for n in c6 gw; do
		mkdir -p /etc/netns/$n
		echo 'nameserver 2001:db8::1' > /etc/netns/$n/resolv.conf
	done
	cat > $tmp/zone <<-EOT
	example.com. 60 IN SOA ns.example.com. root.example.com. 1 60 60 60 60
	example.com. 60 IN NS ns.example.com.
	ns.example.com. 60 IN A 192.0.2.8
	www.example.com. 60 IN A 192.0.2.8
	client.example.com. 60 IN AAAA $client
	EOT
	cat > $tmp/unbound.conf <<-EOT
	server:
		module-config: "dns64 iterator"
		dns64-prefix: 64:ff9b::/96
		interface: 2001:db8::1
		access-control: ::/0 allow
		directory: "$tmp"
		chroot: ""
		username: ""
		pidfile: "$tmp/unbound.pid"
		logfile: "$tmp/unbound.log"
		use-syslog: no
		local-zone: "2.0.192.in-addr.arpa." static
		local-data-ptr: "192.0.2.8 www.example.com"
		local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." static
		local-data-ptr: "$client client.example.com"
	auth-zone:
		name: "example.com"
		zonefile: "$tmp/zone"
		for-upstream: yes
		for-downstream: no
		fallback-enabled: no
	remote-control:
		control-enable: no
	EOT
	spawn gw unbound -d -c $tmp/unbound.conf
	must 'unbound listens' 10 listening gw udp 53
}

web() {
	mkdir -p $tmp/www
	echo 'Hello from the IPv4-only server.' > $tmp/www/index.html
	cat > $tmp/nginx.conf <<-EOT
	user root;
	daemon off;
	worker_processes 1;
	pid $tmp/nginx.pid;
	error_log $tmp/nginx.log;
	events { }
	http {
		access_log $tmp/access.log;
		sendfile on;
		keepalive_timeout 60s;
		client_body_temp_path $tmp/body;
		proxy_temp_path $tmp/proxy;
		fastcgi_temp_path $tmp/fastcgi;
		uwsgi_temp_path $tmp/uwsgi;
		scgi_temp_path $tmp/scgi;
		client_max_body_size 100m;
		server {
			listen 192.0.2.8:80;
			root $tmp/www;
			dav_methods PUT;
		}
	}
	EOT
	spawn s4 nginx -e $tmp/nginx.log -c $tmp/nginx.conf
	must 'nginx listens' 10 listening s4 tcp 80
}

# Echoes bytes (TCP) or datagrams (UDP, also empty ones) on port 7.
echo_server() { # NAMESPACE tcp|udp ADDRESS
	case $2 in
	tcp) spawn ip netns exec "$1" socat "TCP$(family "$3")-LISTEN:7,bind=$3,reuseaddr,fork" PIPE ;;
	udp) spawn ip netns exec "$1" $python "$e2e/peer.py" udp-echo "$3" 7 ;;
	esac
	must "the $2 echo server listens" 10 listening "$1" "$2" 7
}

family() {
	case $1 in *:*) echo 6 ;; *) echo 4 ;; esac
}
