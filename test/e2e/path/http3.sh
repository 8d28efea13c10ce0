#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# HTTP/3 (QUIC): a download from either side; QUIC finds the MTU of the path by itself.
. "$(dirname "$0")/../lib/lib.sh"
if ! command -v gtlsserver > /dev/null; then
	echo "SKIP e2e/$test: HTTP/3 (there is no package ngtcp2-server here)"
	exit
fi
network
nat64
j pool4 add --udp 192.0.2.1 4400-4499
j bib add --udp $client#443 192.0.2.1#4443
mkdir $tmp/www $tmp/down
head -c 1M /dev/urandom > $tmp/www/file
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=www.example.com \
	-keyout $tmp/key -out $tmp/certificate 2> $tmp/openssl || fail "$(cat $tmp/openssl)"
download() { # SERVER ADDRESS CLIENT TO PORT
	spawn ip netns exec "$1" gtlsserver -q -d $tmp/www "$2" 443 $tmp/key $tmp/certificate > $tmp/server 2>&1
	must 'the server listens' 10 listening "$1" udp 443
	rm -f $tmp/down/file
	ip netns exec "$3" timeout $patience gtlsclient -q --exit-on-all-streams-close --download=$tmp/down \
		"$4" "$5" https://www.example.com/file > $tmp/client 2>&1 || fail "$(cat $tmp/client $tmp/server)"
	cmp $tmp/www/file $tmp/down/file
}
download s4 192.0.2.8 c6 $server 443
download c6 $client s4 192.0.2.1 4443
