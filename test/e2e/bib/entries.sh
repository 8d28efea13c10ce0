#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# BIB entries: static ones are added, shown in order and removed with their sessions; dynamic ones show as such.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
echo_server c6 udp $client
j pool4 add --udp 192.0.2.1 2000-2099
j bib add --udp $client#9 192.0.2.1#2001
j bib add 192.0.2.1#2000 $client#7 --udp
peer c6 udp-send $client 40001 $server 9 10
expect_output bib display --udp --numeric <<EOT
[Static UDP] 192.0.2.1#2000 - 2001:db8::8#7
[Static UDP] 192.0.2.1#2001 - 2001:db8::8#9
[Dynamic UDP] 192.0.2.1#{odd 2003..2099} - 2001:db8::8#40001
EOT
j bib display --tcp --numeric > $tmp/tcp
[ ! -s $tmp/tcp ] || fail "$(cat $tmp/tcp)"
peer s4 udp 192.0.2.8 50000 192.0.2.1 2000 10
expect_output bib display --udp --numeric --csv <<EOT
Protocol,IPv6 Address,IPv6 L4-ID,IPv4 Address,IPv4 L4-ID,Static?
UDP,2001:db8::8,7,192.0.2.1,2000,1
UDP,2001:db8::8,9,192.0.2.1,2001,1
UDP,2001:db8::8,40001,192.0.2.1,{odd 2003..2099},0
EOT
expect_refusal 2 BIB j bib add --udp $client#11 192.0.2.1#2000
j bib remove --udp $client#7
j bib remove --udp 192.0.2.1#2001
expect_output bib display --udp --numeric <<EOT
[Dynamic UDP] 192.0.2.1#{odd 2003..2099} - 2001:db8::8#40001
EOT
expect_sessions --udp <<EOT
Expires in {time 300}
Remote: 192.0.2.8#9	2001:db8::8#40001
Local: 192.0.2.1#{odd 2003..2099}		64:ff9b::c000:208#9
EOT
# An address need not be in pool4 to be given to somebody.
j bib add --udp $client#11 192.0.2.77#2011
j bib remove --udp $client#11 192.0.2.77#2011
