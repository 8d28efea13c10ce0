#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each resolver of doc/dns64.md answers a client with addresses in pool6 for names that have only IPv4 ones.
. "$(dirname "$0")/../lib/lib.sh"
network
mkdir -p /etc/netns/c6
echo 'nameserver 2001:db8::1' > /etc/netns/c6/resolv.conf
# What the Internet's name servers say, in one.
cat > $tmp/root.zone <<EOT
. 60 IN SOA a.root. root. 1 60 60 60 60
. 60 IN NS a.root.
a.root. 60 IN A 192.0.2.8
www.example.com. 60 IN A 192.0.2.8
six.example.com. 60 IN AAAA 2001:db8:6::6
ipv4only.arpa. 60 IN A 192.0.0.170
ipv4only.arpa. 60 IN A 192.0.0.171
EOT
cat > $tmp/root.conf <<EOT
server:
	interface: 192.0.2.8
	access-control: 0.0.0.0/0 allow
	directory: "$tmp"
	chroot: ""
	username: ""
	pidfile: "$tmp/root.pid"
	logfile: "$tmp/root.log"
	use-syslog: no
	module-config: "iterator"
auth-zone:
	name: "."
	zonefile: "$tmp/root.zone"
	for-upstream: yes
	for-downstream: yes
remote-control:
	control-enable: no
EOT
spawn s4 unbound -d -c $tmp/root.conf
must 'the name server listens' 10 listening s4 udp 53

answers() { # RESOLVER COMMAND...
	spawn ip netns exec gw "${@:2}" > $tmp/said 2>&1
	must "$1 listens" 20 listening gw udp 53 || fail "$(cat $tmp/said)"
	example doc/dns64.md ask > $tmp/ask
	poll 10 asked || fail "$1: ipv4only.arpa is: $(cat $tmp/answer); $(tail $tmp/said)"
	[ "$(c6 dig +short AAAA www.example.com)" = $server ] || fail "$1: www.example.com"
	[ "$(c6 dig +short AAAA six.example.com)" = 2001:db8:6::6 ] || fail "$1: six.example.com"
	kill "${pids[-1]}"
	must "$1 ends" 20 is_free
}
asked() {
	c6 bash -e $tmp/ask | sort > $tmp/answer
	cmp -s $tmp/answer - <<< $'64:ff9b::c000:aa\n64:ff9b::c000:ab'
}
is_free() {
	! listening gw udp 53
}

# To each what doc/dns64.md says, and where to listen and whom to ask.
{
	example doc/dns64.md unbound
	cat <<-EOT
		interface: 2001:db8::1
		access-control: ::/0 allow
		directory: "$tmp"
		chroot: ""
		username: ""
		pidfile: "$tmp/unbound.pid"
		use-syslog: no
		do-ip6: yes
	forward-zone:
		name: "."
		forward-addr: 192.0.2.8
	remote-control:
		control-enable: no
	EOT
} > $tmp/unbound.conf
answers unbound unbound -dp -c $tmp/unbound.conf

example doc/dns64.md bind | sed "/^options {/a\\
	directory \"$tmp\"; pid-file none; listen-on { none; }; listen-on-v6 { 2001:db8::1; };\\
	forwarders { 192.0.2.8; }; forward only; dnssec-validation no; allow-query { any; };" > $tmp/named.conf
echo 'controls { };' >> $tmp/named.conf
answers BIND named -g -c $tmp/named.conf

mkdir -p $tmp/knot
{
	example doc/dns64.md knot
	cat <<-EOT
	net.listen('2001:db8::1', 53, { kind = 'dns' })
	cache.size = 10 * MB
	trust_anchors.remove('.')
	policy.add(policy.all(policy.FORWARD('192.0.2.8')))
	EOT
} > $tmp/kresd.conf
answers 'Knot Resolver' kresd -n -c $tmp/kresd.conf $tmp/knot

mkdir -p $tmp/pdns
if [[ $(pdns_recursor --version 2>&1) = *' 4.'* ]]; then
	{
		example doc/dns64.md pdns
		cat <<-EOT
		local-address=2001:db8::1
		allow-from=::/0
		forward-zones-recurse=.=192.0.2.8
		dnssec=off
		socket-dir=$tmp/pdns
		daemon=no
		security-poll-suffix=
		EOT
	} > $tmp/pdns/recursor.conf
else
	{
		example doc/dns64.md pdns5
		cat <<-EOT
		  socket_dir: $tmp/pdns
		  daemon: false
		  security_poll_suffix: ''
		  forward_zones_recurse:
		    - zone: .
		      forwarders: [ 192.0.2.8 ]
		incoming:
		  listen: [ '2001:db8::1' ]
		  allow_from: [ '::/0' ]
		dnssec:
		  validation: off
		EOT
	} > $tmp/pdns/recursor.yml
fi
answers 'PowerDNS Recursor' pdns_recursor --config-dir=$tmp/pdns
