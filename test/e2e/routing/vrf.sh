#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Both links in a VRF: translated packets stay in it, and so do the errors about them.
. "$(dirname "$0")/../lib/lib.sh"
network
modprobe vrf
example doc/containers.md vrf > $tmp/example
gw bash -e $tmp/example
ip -n gw addr add 2001:db8::1/64 dev gc6 nodad
web
echo_server s4 udp 192.0.2.8
echo_server c6 udp $client
c6 ping -q -c 1 -W $patience $server > /dev/null || fail 'no answer'
c6 ping -q -c 1 -W $patience -s 3000 $server > /dev/null || fail 'no answer to a fragmented ping'
c6 curl -sS -m $patience "http://[$server]/" | grep Hello > /dev/null
peer c6 udp $client 40001 $server 7 100 3000
# An address of another link of the VRF is not what goes out on this one.
ip -n gw -batch - <<EOT
link add other type dummy
link set other master blue
link set other up
addr add 203.0.113.1/24 dev other
EOT
for port in 40010 40011 40012 40013 40014; do
	peer c6 udp $client $port $server 7 10
done
j bib display --udp --numeric --csv --no-headers > $tmp/bib
! grep -F 203.0.113.1 $tmp/bib || fail 'an address of another link'

# The probe of an idle connection.
echo_server s4 tcp 192.0.2.8
j global update tcp-est-timeout 0:01 --force
watch six c6 c6g 'tcp src port 7'
dial c6 "[$server]" 7 40020
must 'the probe arrives' 5 matches six '' 4
[ "$(stat PROBE)" -ge 1 ] || fail 'the probe was not counted'

# What is wrong with a packet is said within the VRF.
j pool4 add --udp 192.0.2.1 2000-2099
j pool4 add --icmp 192.0.2.1 2000-2099
j bib add --udp $client#7 192.0.2.1#2007
j bib add --icmp $client#5 192.0.2.1#2005
peer s4 udp 192.0.2.8 40001 192.0.2.1 2007 100 3000
c6 ping -n -c 1 -w $patience -t 1 $server > $tmp/ping || :
grep -q '^From 2001:db8::1 icmp_seq=1 Time exceeded: Hop limit' $tmp/ping || fail "IPv6: $(cat $tmp/ping)"
s4 ping -n -c 1 -w $patience -t 1 -e 2005 192.0.2.1 > $tmp/ping || :
grep -q '^From 192.0.2.1 icmp_seq=1 Time to live exceeded' $tmp/ping || fail "IPv4: $(cat $tmp/ping)"

# An address of the gateway in the VRF is no other's there, but one outside of it is somebody else's.
ip -n gw -batch - <<EOT
addr add 2001:db8::77/128 dev gc6 nodad
addr add 2001:db8::78/128 dev lo nodad
EOT
ip -n c6 -batch - <<EOT
addr add 2001:db8::77/128 dev c6g nodad
addr add 2001:db8::78/128 dev c6g nodad
EOT
peer c6 udp-send 2001:db8::77 40031 $server 9 10
expect_stat UNTRANSLATABLE_SRC6 1
watch own s4 s4g 'udp port 9'
peer c6 udp-send 2001:db8::78 40032 $server 9 10
seen own '> 192.0.2.8.9: .*UDP'
