#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Answers of more than 4000 bytes over UDP, from a name server on either side.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 192.0.2.1 50-60
j bib add --udp $client#53 192.0.2.1#53

name_server() { # NAMESPACE ADDRESS
	{
		cat <<-EOT
		server:
			interface: $2
			access-control: 0.0.0.0/0 allow
			access-control: ::/0 allow
			directory: "$tmp"
			chroot: ""
			username: ""
			pidfile: "$tmp/$1.pid"
			logfile: "$tmp/$1.log"
			use-syslog: no
			edns-buffer-size: 8192
			max-udp-size: 8192
			local-zone: "example.com." static
		EOT
		for i in {1..16}; do
			printf '\tlocal-data: '\''txt.example.com. TXT "%03d%0247d"'\''\n' "$i" 0
		done
		for i in {1..145}; do
			printf '\tlocal-data: "aaaa.example.com. AAAA 2001:db8::%x"\n' "$i"
		done
		printf 'remote-control:\n\tcontrol-enable: no\n'
	} > $tmp/"$1.conf"
	spawn ip netns exec "$1" unbound -d -c $tmp/"$1.conf"
	must 'unbound listens' 10 listening "$1" udp 53
}

# Asks over UDP for a record, with room for 8192 bytes; prints answers and bytes.
ask() { # NAMESPACE NAME-SERVER NAME TYPE
	ip netns exec "$1" $python - "${@:2}" <<-'EOT'
	import os, socket, struct, sys
	server, name, kind = sys.argv[1:]
	question = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
	query = struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 1) + question + struct.pack("!2H", int(kind), 1) + \
	    struct.pack("!BHHIH", 0, 41, 8192, 0, 0)
	s = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
	s.settimeout(5 * int(os.environ['SLOW']))
	s.connect((server, 53))
	s.send(query)
	answer = s.recv(65535)
	ident, flags, _, count = struct.unpack("!4H", answer[:8])
	if ident != 4711 or flags & 0x020f:
	    sys.exit(f"flags {flags:x}")
	print(count, "large" if len(answer) > 4000 else len(answer))
	EOT
}
expect_answers() { # NAMESPACE NAME-SERVER
	got=$(ask "$1" "$2" txt.example.com 16)
	[ "$got" = '16 large' ] || fail "$1, TXT: $got"
	got=$(ask "$1" "$2" aaaa.example.com 28)
	[ "$got" = '145 large' ] || fail "$1, AAAA: $got"
}

name_server s4 192.0.2.8
name_server c6 $client
expect_answers c6 $server
expect_answers s4 192.0.2.1
# IPv4 fragments of any size.
ip -n s4 link set s4g mtu 600
ip -n gw link set gs4 mtu 600
expect_answers c6 $server
expect_answers s4 192.0.2.1
