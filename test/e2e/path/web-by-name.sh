#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An IPv6-only client fetches a page from an IPv4-only server by its name, and the session shows the names.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
dns64
web
page=$(c6 curl -sS -m 10 --local-port 40000 http://www.example.com/)
[ "$page" = 'Hello from the IPv4-only server.' ] || fail "got: $page"
expect_sessions --tcp --names <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: www.example.com#http	client.example.com#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#80
EOT
expect_sessions --tcp <<EOT
(V4_FIN_V6_FIN_RCV) Expires in {time 240}
Remote: 192.0.2.8#80	2001:db8::8#40000
Local: 192.0.2.1#{61001..65535}		64:ff9b::c000:208#80
EOT
