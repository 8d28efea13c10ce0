#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `file check` changes nothing. It needs neither privilege nor module, but says what they are wanted for; with them it
# refuses what `file handle` would.
. "$(dirname "$0")/../lib/lib.sh"
network
nobody() {
	gw setpriv --reuid=65534 --regid=65534 --clear-groups jool "$@"
}
good='{ "global": { "pool6": "64:ff9b::/96" } }'
checked() { # WARNING COMMAND...: passes, with this alone on standard error
	"${@:2}" file check - <<< "$good" > $tmp/said 2> $tmp/warned || fail "$(cat $tmp/warned)"
	[ ! -s $tmp/said ] || fail "$(cat $tmp/said)"
	[ "$(cat $tmp/warned)" = "${1:+Warning: What only the kernel can tell was not checked: $1.}" ] ||
		fail "$(cat $tmp/warned)"
}
checked 'that needs root, or CAP_NET_ADMIN over this network namespace' nobody
checked '' j
! j instance status > /dev/null || fail 'an instance was made'
expect_refusal 1 "^Error: standard input:1:15: Unknown tag: 'pol6'. Did you mean 'pool6'\?$" \
	nobody file check - <<< '{ "global": { "pol6": "64:ff9b::/96" } }'
expect_refusal 2 'Cannot read .*nosuch' nobody file check $tmp/nosuch
expect_refusal 1 'missing the path' nobody file check
expect_refusal 2 'ermi|ADMIN' nobody file handle - <<< "$good"

# What the kernel refuses, word by word as with `file handle`; known is what can be known without it.
known=()
known() { # SENTENCE DOCUMENT
	known+=("$@")
	refused "$@"
}
refused() { # SENTENCE DOCUMENT
	expect_refusal 2 "^Error: standard input:[12]:[0-9]+: $1\.?$" j file check - <<< "$2"
	cp $tmp/stderr $tmp/checked
	expect_refusal 2 . j file handle - <<< "$2"
	cmp $tmp/checked $tmp/stderr
}
entry() { # PROTOCOL IPV6 IPV4
	printf '{ "protocol": "%s", "ipv6 address": "%s", "ipv4 address": "%s" }' "$@"
}
prefix='"global": { "pool6": "64:ff9b::/96" }'
twice="$(entry TCP 2001:db8::1#1 192.0.2.1#1), $(entry TCP 2001:db8::2#2 192.0.2.1#1)"
state() {
	j instance display --csv
	j -i other file save
}
j -i other instance add --pool6 2001:db8:64::/96
j -i other bib add 2001:db8::3#3 192.0.2.1#3 --udp
state > $tmp/before
refused 'another BIB entry has one of these transport addresses' "{ $prefix, \"bib\": [ $twice ] }"
refused 'another BIB entry has one of these transport addresses' \
	"{ $prefix, \"bib\": [ $(entry UDP 2001:db8::4#4 192.0.2.1#3) ] }"
refused 'another BIB entry has one of these transport addresses' \
	"{ \"instance\": \"other\", \"bib\": [ $(entry UDP 2001:db8::3#3 192.0.2.1#4), $twice ] }"
known 'TCP and UDP have no port 0' "{ $prefix, \"bib\": [ $(entry TCP 2001:db8::1#1 192.0.2.1#0) ] }"
known 'the IPv6 address is no unicast address' "{ $prefix, \"bib\": [ $(entry ICMP ff02::1#0 192.0.2.1#0) ] }"
known 'the IPv4 address is no unicast address' "{ $prefix, \"bib\": [ $(entry ICMP 2001:db8::1#0 224.0.0.1#0) ] }"
known 'the IPv6 address lies in pool6' "{ $prefix, \"bib\": [ $(entry TCP 64:ff9b::1#1 192.0.2.1#1) ] }"
known 'the IPv4 prefix is no unicast prefix' \
	"{ $prefix, \"pool4\": [ { \"protocol\": \"TCP\", \"prefix\": \"224.0.0.0/24\" } ] }"
known 'TCP and UDP have no port 0' "{ $prefix, \"bib\": [ $(entry UDP 2001:db8::1#0 192.0.2.1#1) ] }"
known 'the IPv6 address is no unicast address' "{ $prefix, \"bib\": [ $(entry TCP ::1#1 192.0.2.1#1) ] }"
known 'the IPv6 address is no unicast address' "{ $prefix, \"bib\": [ $(entry TCP ::#1 192.0.2.1#1) ] }"
known 'the IPv4 address is no unicast address' "{ $prefix, \"bib\": [ $(entry TCP 2001:db8::1#1 127.0.0.1#1) ] }"
known 'the IPv4 prefix is no unicast prefix' \
	"{ $prefix, \"pool4\": [ { \"protocol\": \"ICMP\", \"prefix\": \"0.0.0.0/24\" } ] }"
known 'pool4 would have more than 262144 addresses' "{ $prefix, \"force\": true, \"pool4\": [
	{ \"protocol\": \"TCP\", \"prefix\": \"10.0.0.0/14\" }, { \"protocol\": \"TCP\", \"prefix\": \"11.0.0.1\" } ] }"
devices() { printf '{ "global": { "pool6": "64:ff9b::/96",\n"fast-path": "%s" } }' "$1"; }
for name in . a,.. a:b à; do known 'that is no name of a device' "$(devices $name)"; done
known 'the loopback device has no fast path' "$(devices a,lo)"
taken() { # DOCUMENT: what looks like one of these, and is none
	taken+=("$1")
	j file check - <<< "$1"
}
taken=()
taken "{ $prefix, \"bib\": [ $(entry ICMP 2001:db8::1#0 169.254.0.1#0), $(entry TCP 2001:db8::1#1 223.255.255.255#1) ] }"
taken "{ $prefix, \"pool4\": [ { \"protocol\": \"TCP\", \"prefix\": \"192.0.2.1\", \"port range\": \"0\" } ] }"
taken "$(devices 'a.b,lo1')"
refused "this namespace has no instance.*|.*pool6.*" '{}'
refused 'the instance has another pool6.*' '{ "instance": "other", "global": { "pool6": "64:ff9b::/96" } }'
refused 'the pool6 of another instance of this namespace overlaps it' '{ "global": { "pool6": "2001:db8:64::/96" } }'

# What it would do is not done: neither a new instance, nor mappings that move, nor options.
moved="[ $(entry UDP 2001:db8::3#3 192.0.2.1#4), $(entry UDP 2001:db8::4#4 192.0.2.1#3) ]"
j -i other file check - <<< "{ \"bib\": $moved, \"global\": { \"tos\": 7 } }"
j file check - <<< "{ $prefix, \"bib\": [ $(entry UDP 2001:db8::3#3 192.0.2.1#4) ] }"
state | cmp $tmp/before -

j -i other instance remove
rmmod jool
undo="insmod '$JOOL_KO'"
checked 'the kernel module jool is not loaded' nobody
for ((i = 0; i < ${#known[@]}; i += 2)); do
	expect_refusal 1 "^Error: standard input:[12]:[0-9]+: ${known[i]}\.$" nobody file check - <<< "${known[i + 1]}"
done
for document in "${taken[@]}"; do
	nobody file check - <<< "$document" 2> $tmp/warned || fail "refused: $document $(cat $tmp/warned)"
done
expect_refusal 2 'modprobe' j file handle - <<< "$good"
