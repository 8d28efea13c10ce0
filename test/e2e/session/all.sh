#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --all shows every protocol in one list, and which one it is.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server s4 tcp 192.0.2.8
for proto in tcp udp icmp; do
	j pool4 add --$proto 192.0.2.1 5000-5001
	j pool4 add --$proto 198.51.100.1 6000-6001 --mark 1
done
dial c6 "[$server]" 7 40000
peer c6 udp-send $client 40002 $server 9 10
c6 ping -q -c 1 -W $patience -e 4242 $server > /dev/null
expect_output session display --all --numeric <<EOT
---------------------------------
TCP (ESTABLISHED) Expires in {time 7200}
Remote: 192.0.2.8#7	2001:db8::8#40000
Local: 192.0.2.1#{5000..5001}		64:ff9b::c000:208#7
---------------------------------
UDP Expires in {time 300}
Remote: 192.0.2.8#9	2001:db8::8#40002
Local: 192.0.2.1#5000		64:ff9b::c000:208#9
---------------------------------
ICMP Expires in {time 60}
Remote: 192.0.2.8#{id=5000..5001}	2001:db8::8#4242
Local: 192.0.2.1#{id}		64:ff9b::c000:208#4242
---------------------------------
EOT
j bib display --all --numeric --csv > $tmp/bib
[ "$(cut -d, -f1-3 < $tmp/bib)" = "$(printf '%s\n' 'Protocol,IPv6 Address,IPv6 L4-ID' TCP,2001:db8::8,40000 \
	UDP,2001:db8::8,40002 ICMP,2001:db8::8,4242)" ] || fail "$(cat $tmp/bib)"
[ "$(j session count --all)" = 3 ] || fail "$(j session count --all) sessions"
[ "$(j session count)" = 1 ] || fail "$(j session count) sessions of TCP"
expect_output pool4 display --all <<EOT
+------------+-------+--------------------+-----------------+-------------+
|       Mark | Proto |     Max iterations |         Address |       Ports |
+------------+-------+--------------------+-----------------+-------------+
|          1 |   TCP |       1024 ( auto) |    198.51.100.1 |  6000- 6001 |
+------------+-------+--------------------+-----------------+-------------+
|          0 |   TCP |       1024 ( auto) |       192.0.2.1 |  5000- 5001 |
+------------+-------+--------------------+-----------------+-------------+
|          1 |   UDP |       1024 ( auto) |    198.51.100.1 |  6000- 6001 |
+------------+-------+--------------------+-----------------+-------------+
|          0 |   UDP |       1024 ( auto) |       192.0.2.1 |  5000- 5001 |
+------------+-------+--------------------+-----------------+-------------+
|          1 |  ICMP |       1024 ( auto) |    198.51.100.1 |  6000- 6001 |
+------------+-------+--------------------+-----------------+-------------+
|          0 |  ICMP |       1024 ( auto) |       192.0.2.1 |  5000- 5001 |
+------------+-------+--------------------+-----------------+-------------+
EOT
expect_refusal 1 'Only one protocol is allowed per request, or --all' j session display --all --udp
