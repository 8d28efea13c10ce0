#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With forward-hook translated packets pass the FORWARD chain of their new family, between the right
# devices and untracked, and can be dropped there; without, they do not pass it.
# The example in doc/firewall.md drops what it says.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
web
echo_server s4 udp 192.0.2.8
gw nft -f - <<EOT
table inet f {
	counter four { }
	counter six { }
	chain forward {
		type filter hook forward priority 0
		iifname gc6 oifname gs4 ip saddr 192.0.2.1 ip daddr 192.0.2.8 ct state untracked counter name four
		iifname gs4 oifname gc6 ip6 saddr $server ip6 daddr $client ct state untracked counter name six
		ip daddr 192.0.2.8 udp dport 9 counter drop
		ip6 daddr $client udp sport 7 udp length 108 drop
	}
}
EOT
expect_counted() { # NAME N
	gw nft list counter inet f "$1" > $tmp/counter
	grep -q "packets $2 " $tmp/counter || fail "$1 should be $2: $(cat $tmp/counter)"
}
c6 ping -q -c 1 -W $patience $server > /dev/null
expect_counted four 0
expect_counted six 0
j global update forward-hook true
c6 ping -q -c 1 -W $patience $server > /dev/null
expect_counted four 1
expect_counted six 1
# Segments and fragments pass whole.
head -c 1M /dev/urandom > $tmp/www/file
c6 curl -sS -m $patience "http://[$server]/file" -o $tmp/copy
cmp $tmp/www/file $tmp/copy
peer c6 udp $client 40002 $server 7 3000
# What is dropped there does not arrive, in either direction, and is not counted as sent.
expect_account
sent=$(stat SUCCESS)
watch four s4 s4g 'udp port 9'
peer c6 udp-send $client 40001 $server 9 10
! peer c6 udp $client 40003 $server 7 100 2> /dev/null || fail 'the answer came in spite of the rule'
peer c6 udp $client 40003 $server 7 99
[ -z "$(packets four)" ] || fail 'the packet came in spite of the rule'
gw nft list chain inet f forward > $tmp/chain
grep -q 'udp dport 9 counter packets 1 ' $tmp/chain || fail "$(cat $tmp/chain)"
# Of five packets: to port 9, and the answer of 100 bytes.
expect_stat DST_OUTPUT 2
expect_stat SUCCESS $((sent + 3))
expect_account

# What doc/firewall.md has as an example.
gw nft flush ruleset
example doc/firewall.md forward > $tmp/example
j global update forward-hook false
ip -n s4 addr add 10.1.2.3/32 dev lo
ip -n gw route add 10.0.0.0/8 via 192.0.2.8
echo_server s4 tcp 192.0.2.8
spawn s4 socat TCP4-LISTEN:25,bind=192.0.2.8,reuseaddr,fork PIPE
must 'the mail server listens' 10 listening s4 tcp 25
c6 ping -q -c 1 -W $patience 64:ff9b::10.1.2.3 > /dev/null
[ "$(c6 socat -t $patience -T $patience - "TCP:[$server]:25" <<< hello)" = hello ] || fail 'no answer without rules'
gw bash -e $tmp/example
! c6 ping -q -c 1 -W 1 64:ff9b::10.1.2.3 > /dev/null || fail 'a private address answers'
! c6 socat -T 2 - "TCP:[$server]:25,connect-timeout=2" <<< hello 2> /dev/null || fail 'mail is sent'
[ "$(c6 socat -t $patience -T $patience - "TCP:[$server]:7" <<< hello)" = hello ] || fail 'nothing passes any more'
c6 ping -q -c 1 -W $patience $server > /dev/null
gw nft list chain inet nat64 to-ipv4 > $tmp/chain
[ "$(grep -c 'packets [1-9]' $tmp/chain)" = 2 ] || fail "$(cat $tmp/chain)"
