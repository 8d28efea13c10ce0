#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of doc/464xlat.md: the prefix in router advertisements, IPv4 off by DHCP, and smaller TCP segments.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
example doc/464xlat.md radvd > $tmp/radvd.conf
version=$(radvd --version 2>&1 | sed -n 's/^Version: //p' || :)
if printf '%s\n' 2.20 "$version" | sort -CV; then
	watch ra c6 c6g 'icmp6 and ip6[40] == 134'
	spawn gw radvd -n -m stderr -C $tmp/radvd.conf -p $tmp/radvd.pid
	seen ra '(pref64|38).*(64:ff9b|0064 ff9b)|unknown option \(38\)'
else
	echo "SKIP e2e/$test: radvd $version has no nat64prefix (2.20 has)"
fi

example doc/464xlat.md dnsmasq | sed 's/gc6/gs4/' > $tmp/dnsmasq.conf
spawn gw dnsmasq -k -p 0 -C $tmp/dnsmasq.conf -x $tmp/dnsmasq.pid -l $tmp/leases --user=root
must 'the DHCP server listens' 10 listening gw udp 67
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\n[ "$1" != bound ] || echo "$opt108" > %s\n' $tmp/option > $tmp/script
chmod +x $tmp/script
s4 busybox udhcpc -i s4g -n -q -f -O 108 -s $tmp/script > $tmp/said 2>&1 || fail "no lease: $(cat $tmp/said)"
grep -qix 00000708 $tmp/option || fail "option 108 is $(cat $tmp/option)"

example doc/464xlat.md mss > $tmp/rules
gw nft -f $tmp/rules
web
watch syn s4 s4g 'tcp dst port 80 and tcp[tcpflags] & tcp-syn != 0'
head -c 100K /dev/urandom > $tmp/www/file
c6 curl -sS -m $patience "http://[$server]/file" -o $tmp/down
cmp $tmp/www/file $tmp/down
seen syn 'mss 1220'
