#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A namespace writes to the kernel's log only if it is the initial one, or net.netfilter.nf_log_all_netns says so;
# `global update` warns if it writes nothing; and each has a rate limit of its own.
# Alone: the kernel's log and that option are everybody's.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
warns='Warning: logging writes nothing: this is not the host.s network namespace, and net.netfilter.nf_log_all_netns is 0.'
sysctl -qw net.netfilter.nf_log_all_netns=0
undo='sysctl -qw net.netfilter.nf_log_all_netns=0; jool -i host instance remove 2>/dev/null'
dmesg -C
for key in session bib debug; do
	j global update logging-$key true 2> $tmp/err || fail "status $?: $(cat $tmp/err)"
	grep -qx "$warns" $tmp/err || fail "logging-$key: $(cat $tmp/err)"
done
j global update logging-debug false 2> $tmp/err
j global update udp-timeout 300 2>> $tmp/err
[ ! -s $tmp/err ] || fail "nothing switched on: $(cat $tmp/err)"
printf '{ "instance": "default", "framework": "netfilter", "global": { "pool6": "64:ff9b::/96", "logging-bib": true,
	"logging-session": true, "logging-debug": true } }' > $tmp/conf
j file handle $tmp/conf > /dev/null 2> $tmp/err
grep -q "${warns#Warning: }" $tmp/err || fail "file handle: $(cat $tmp/err)"
lines() { # REGEX
	dmesg | grep -c "jool: default: $1" || :
}
has_lines() { # NUMBER REGEX
	[ "$(lines "$2")" -ge "$1" ]
}
talk() { # FIRST LAST: new sessions, and packets that are refused
	local port
	for port in $(seq "$1" "$2"); do
		peer c6 udp-send $client $port $server 9 10
		peer s4 udp-send 192.0.2.8 9 192.0.2.1 $port 10
	done
}
talk 40001 40003
[ "$(lines .)" = 0 ] || fail "it writes: $(dmesg)"
sysctl -qw net.netfilter.nf_log_all_netns=1
j global update logging-session true 2> $tmp/err
[ ! -s $tmp/err ] || fail "it writes, but: $(cat $tmp/err)"
talk 40004 40006
must 'sessions are written' 5 has_lines 3 'Added session'
must 'mappings are written' 5 has_lines 1 Mapped
# Until its limit is used up.
talk 40007 40020
[ "$(lines .)" -le 40 ] || fail "$(lines .) lines"
# The host's instance has its own, and needs no option.
sysctl -qw net.netfilter.nf_log_all_netns=0
jool -i host instance add --pool6 3fff::/96
jool -i host global update logging-bib true 2> $tmp/err
[ ! -s $tmp/err ] || fail "the host: $(cat $tmp/err)"
jool -i host pool4 add --udp 198.51.100.1 1000-1999
jool -i host bib add --udp 2001:db8::5#5 198.51.100.1#1005
jool -i host bib flush > /dev/null
dmesg | grep -q 'jool: host: Forgot 2001:db8::5#5 to 198.51.100.1#1005 (UDP)' || fail "the host writes nothing: $(dmesg)"
jool -i host instance remove
