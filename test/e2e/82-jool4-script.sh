#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A script as people have it from Jool 4 runs unchanged, and reads from the output what it is used to.
# Alone: instance display shows those of every namespace, and the script wants none at its end.
. "$(dirname "$0")/lib.sh"
network
echo_server s4 udp 192.0.2.8
cat > $tmp/script <<'EOT'
set -eu
jool -V | grep -qE '^[0-9]+(\.[0-9]+)+$'
jool --help | grep -q instance
jool -i edge instance add --netfilter --pool6 64:ff9b::/96
jool instance status -i edge | grep -qx Running
jool i a test --netfilter -6 2001:db8:64::/96
jool instance display --csv --no-headers | cut -d, -f2,3 | grep -qx 'test,netfilter'
jool instance display | grep -q '^|  *[0-9a-fx]* | *edge | netfilter |$'
jool -i test instance remove
alias_for() { jool -i edge "$@"; }

# pool4, in any order, abbreviated, with and without options
alias_for pool4 add --tcp 192.0.2.1 5000-5999
alias_for pool4 add 5000-5999 192.0.2.1 --udp --max-iterations auto
alias_for pool4 add -i 192.0.2.1 5999-5000 --max-iterations 2000
alias_for p a -t 198.51.100.0/30 1000-2000 --mark 10 --force
alias_for pool4 add -f --udp 198.18.0.0/22 1-100 --mark 0x0 2>/dev/null || alias_for pool4 add -f --udp 198.18.0.0/22 1-100
[ "$(alias_for pool4 display --tcp --csv --no-headers | wc -l)" = 5 ]
alias_for p d -i --csv | grep -qx '0,ICMP,192.0.2.1,5000,5999,2000,1'
alias_for pool4 display --tcp --csv | head -n 1 | grep -qx 'Mark,Protocol,Address,Min port,Max port,Iterations,Iterations fixed'
alias_for pool4 remove --tcp 198.51.100.0/30 --mark 10 --quick
alias_for pool4 remove --tcp 192.0.2.1 5500-5599
[ "$(alias_for pool4 display --csv --no-headers | cut -d, -f4,5)" = "$(printf '5000,5499\n5600,5999')" ]
alias_for pool4 remove -u 198.18.0.0/22 1-100

# global
alias_for global update address-dependent-filtering true
alias_for g u addr off
alias_for global update tcp-est-timeout 2:00:00
alias_for global update udp-timeout 5:00
alias_for global update icmp-timeout 30.500
alias_for global update mtu-plateaus 1400,1500,1280
alias_for global update maximum-simultaneous-opens 16
alias_for global update f-args 14
alias_for global update tos 16
alias_for global update override-tos ON
alias_for global update logging-session 0
alias_for global update ss-enabled false 2> /dev/null
alias_for global update ss-capacity 512 2> /dev/null
alias_for global display --csv | grep -qx 'udp-timeout,0:05:00'
alias_for global display --csv --no-headers | grep -qx 'mtu-plateaus,"1500,1400,1280"'
alias_for global display --csv | grep -qx 'override-tos,TRUE'
alias_for global display | grep -qx '  icmp-timeout: 0:00:30.500 (HH:MM:SS)'
alias_for global display | grep -qx '  f-args: 14 (0b1110): SrcAddr:1 SrcPort:1 DstAddr:1 DstPort:0'
alias_for global display | grep -qx '  pool6: 64:ff9b::/96'

# bib
alias_for bib add 2001:db8::8#80 192.0.2.1#5080 --tcp
alias_for bib add 192.0.2.1#5053 2001:db8::8#53 -u
alias_for bib display --numeric | grep -qx '\[Static TCP\] 192.0.2.1#5080 - 2001:db8::8#80'
alias_for b d -u --nu --csv | grep -qx 'UDP,2001:db8::8,53,192.0.2.1,5053,1'
alias_for bib remove 2001:db8::8#80
alias_for bib remove --udp 192.0.2.1#5053
[ -z "$(alias_for bib display --tcp --numeric)" ]
[ "$(alias_for bib display --udp --csv)" = 'Protocol,IPv6 Address,IPv6 L4-ID,IPv4 Address,IPv4 L4-ID,Static?' ]

# session
send_one
alias_for session display --udp --numeric --csv --no-headers | awk -F, 'NF != 11 { exit 1 } $1 == "UDP" && $9 == 7 { n++ } END { exit n != 1 }'
alias_for se d -u --nu | grep -q '^Remote: 192.0.2.8#7	2001:db8::8#'
[ "$(alias_for session display --icmp --no-headers)" = --------------------------------- ]
alias_for session display --udp --numeric --csv > /tmp/jool4-session.csv
head -n 1 /tmp/jool4-session.csv | grep -q '^Protocol,IPv6 Remote Address,.*,Expires in,State$'

# stats
alias_for stats display | grep -q '^JSTAT_SUCCESS: [1-9]'
alias_for stats display --all | grep -q '^JSTAT_ENOMEM: 0$'
alias_for st d -a -e --csv | head -n 1 | grep -qx 'Stat,Value,Explanation'
alias_for stats display --all --csv --no-headers | awk -F, 'NF != 2 { exit 1 }'

alias_for pool4 flush --quick
[ -z "$(alias_for pool4 display --csv --no-headers)" ]
jool instance flush
[ "$(jool instance display --csv --no-headers)" = '' ]
echo finished
EOT
[ "$(grep -vcE '^(#|$)' $tmp/script)" -ge 60 ] || fail 'a shorter script'
cat > $tmp/run <<EOT
send_one() { ip netns exec c6 $python $e2e/peer.py udp $client 40001 $server 7 10; }
. $tmp/script
EOT
gw bash -xeu $tmp/run > $tmp/out 2> $tmp/trace || { tail -n 5 $tmp/trace; fail "status $?"; }
[ "$(cat $tmp/out)" = finished ] || fail "$(cat $tmp/out)"
