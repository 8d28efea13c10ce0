#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The port of a static BIB entry rests when that goes: it is removed, or a file is loaded that lacks it.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
file() { # PORT, which alone pool4 has
	j file handle - <<< "{ \"global\": { \"pool6\": \"64:ff9b::/96\" }, \"bib\": [],
		\"pool4\": [ { \"protocol\": \"UDP\", \"prefix\": \"192.0.2.1\", \"port range\": \"$1\" } ] }"
}
file 7000
j bib add --udp $client#40000 192.0.2.1#7000
j bib remove --udp $client#40000
peer c6 udp-send $client 40001 $server 9 10
expect_stat PORT_RESTING 1
file 7001
j bib add --udp $client#40000 192.0.2.1#7001
file 7001
peer c6 udp-send $client 40002 $server 9 10
expect_stat PORT_RESTING 2
expect_output bib display --udp --numeric <<EOT
[Dynamic UDP] 192.0.2.1#7000 - 2001:db8::8#40001
[Dynamic UDP] 192.0.2.1#7001 - 2001:db8::8#40002
EOT
