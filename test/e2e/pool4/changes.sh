#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Entries of pool4 are joined, cut and flushed; what was mapped to what is gone goes too, unless --quick.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.1 5000-5099
j pool4 add --udp 198.51.100.1 5100-5199
j pool4 remove --udp 198.51.100.1 5040-5049
expect_output pool4 display --udp <<EOT
+------------+-------+--------------------+-----------------+-------------+
|       Mark | Proto |     Max iterations |         Address |       Ports |
+------------+-------+--------------------+-----------------+-------------+
|          0 |   UDP |       1024 ( auto) |    198.51.100.1 |  5000- 5039 |
|            |       |                    |    198.51.100.1 |  5050- 5199 |
+------------+-------+--------------------+-----------------+-------------+
EOT
j pool4 flush
j pool4 add --udp 198.51.100.1 5000-5001
peer c6 udp-send $client 40001 $server 9 10
j pool4 add --udp 198.51.100.2 6000-6001
j pool4 remove --udp 198.51.100.1 5000-5001
expect_sessions --udp </dev/null
j bib display --udp --numeric > $tmp/bib
[ ! -s $tmp/bib ] || fail "$(cat $tmp/bib)"
peer c6 udp-send $client 40001 $server 9 10
j pool4 flush --quick
expect_output bib display --udp --numeric <<EOT
[Dynamic UDP] 198.51.100.2#6001 - 2001:db8::8#40001
EOT
