#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The rules of doc/firewall.md let through and drop what it says.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
for port in 25 80; do
	spawn s4 socat TCP4-LISTEN:$port,bind=192.0.2.8,reuseaddr,fork PIPE
	must "port $port listens" 10 listening s4 tcp $port
done
ip -n c6 addr add 2001:db8:1::9/128 dev c6g nodad
ip -n c6 addr add 2001:db8::9/64 dev c6g nodad
ip -n gw -6 route add 2001:db8:1::9 via $client

# Loads the rules alone.
rules() { # NAME
	gw nft flush ruleset
	example doc/firewall.md "$1" > $tmp/rules
	gw nft -f $tmp/rules
}
passes() { # TITLE SOURCE PORT
	[ "$(c6 socat -t $patience -T $patience - "TCP:[$server]:$3,bind=[$2]" <<< hello)" = hello ] || fail "$1: no answer"
}
is_dropped() { # TITLE SOURCE PORT
	! c6 socat -T 2 - "TCP:[$server]:$3,bind=[$2],connect-timeout=2" <<< hello 2> /dev/null | grep . || fail "$1: it passes"
}
counts() { # TABLE CHAIN
	gw nft list chain "$1" "$2" "$3" > $tmp/chain
	grep -q 'packets [1-9]' $tmp/chain || fail "nothing is counted: $(cat $tmp/chain)"
}

passes 'without rules' 2001:db8:1::9 80
rules who
passes 'who: one of them' $client 80
is_dropped 'who: another' 2001:db8:1::9 80
counts ip6 nat64 who

rules what
passes 'what: the web' $client 80
is_dropped 'what: mail' $client 25
passes 'what: of another host' 2001:db8::9 25
counts ip6 nat64 guests

# With forward-hook and a policy that drops, the two rules are needed, and enough.
rules policy
j global update forward-hook true
passes 'policy' $client 80
gw nft delete rule inet filter forward handle "$(gw nft -a list chain inet filter forward | sed -n 's/.*oifname "gs4" accept # handle //p')"
is_dropped 'policy without the rule towards IPv4' 2001:db8::9 80
j global update forward-hook false

rules input
must 'a neighbour is found again' 10 c6 ping -q -c 1 -W 1 2001:db8::1 > /dev/null
for port in 22 23; do
	spawn gw socat TCP4-LISTEN:$port,bind=192.0.2.1,reuseaddr,fork PIPE
	must "port $port listens" 10 listening gw tcp $port
done
own=64:ff9b::192.0.2.1
[ "$(c6 socat -t $patience -T $patience - "TCP:[$own]:22" <<< hello)" = hello ] || fail 'input: SSH does not answer'
! c6 socat -T 2 - "TCP:[$own]:23,connect-timeout=2" <<< hello 2> /dev/null | grep . || fail 'input: telnet answers'
! s4 socat -T 2 - TCP:192.0.2.1:22,connect-timeout=2 <<< hello 2> /dev/null | grep . || fail 'input: SSH answers on the other side'
passes 'input: through the gateway' $client 80

# Nothing of what is translated is tracked.
rules notrack
gw nft -f - <<EOT
table inet look {
	chain prerouting {
		type filter hook prerouting priority mangle
		meta nfproto ipv6 ip6 daddr != 64:ff9b::/96 accept
		meta l4proto != tcp accept
		ct state untracked counter accept
		counter comment "tracked"
	}
}
EOT
passes 'notrack' $client 80
gw nft list chain inet look prerouting > $tmp/chain
grep -q 'ct state untracked counter packets [1-9]' $tmp/chain || fail "nothing is untracked: $(cat $tmp/chain)"
grep -q 'counter packets 0 bytes 0 comment "tracked"' $tmp/chain || fail "something is tracked: $(cat $tmp/chain)"

# A rule about what is invalid drops answers, unless they are not tracked.
gw nft flush ruleset
gw nft -f - <<EOT
table ip strict { chain in { type filter hook prerouting priority mangle; ct state invalid counter drop; }; }
EOT
is_dropped 'a rule about what is invalid' 2001:db8::9 80
counts ip strict in
example doc/firewall.md notrack > $tmp/rules
gw nft -f $tmp/rules
passes 'a rule about what is invalid, and notrack' $client 80

gw nft flush ruleset
j pool4 flush
example doc/firewall.md mark > $tmp/example
gw bash -e $tmp/example
j session delete --all > /dev/null
passes 'mark: the host' $client 80
passes 'mark: another' 2001:db8::9 80
j session display --tcp --numeric --csv --no-headers | cut -d, -f2,7 | sort > $tmp/ports
for way in $client,2 2001:db8::9,1; do
	grep -qE "^${way}[0-9]{4}\$" $tmp/ports || fail "ports: $(cat $tmp/ports)"
done

# There is no IPsec here, so all is dropped.
rules ipsec
is_dropped ipsec 2001:db8::9 80
counts inet nat64-ipsec prerouting
