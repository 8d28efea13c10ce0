#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# max-bib-entries counts static entries, too; the module's parameters cap the instances, static entries
# and sessions of all namespaces together; what is configured is charged to who configures it.
# Alone: it sets parameters of the module.
. "$(dirname "$0")/../lib/lib.sh"
parameters=/sys/module/jool/parameters
parameter() { # NAME VALUE
	undo="echo $(< $parameters/$1) > $parameters/$1; $undo"
	echo "$2" > $parameters/$1
}
network
nat64
full='Error: (.*: )?the instance has as many BIB entries as max-bib-entries says\.?$'
j global update max-bib-entries 2
j bib add --tcp 2001:db8::8#80 192.0.2.1#80
j bib add --tcp 2001:db8::8#81 192.0.2.1#81
expect_refusal 2 "^$full" j bib add --tcp 2001:db8::8#82 192.0.2.1#82
# What is there already is no more than there was.
j bib add --tcp 2001:db8::8#81 192.0.2.1#81
entry() { # PORT
	printf '{ "protocol": "TCP", "ipv6 address": "2001:db8::8#%s", "ipv4 address": "192.0.2.1#%s" }' "$1" "$1"
}
echo "{ \"global\": { \"max-bib-entries\": 2 }, \"bib\": [ $(entry 80), $(entry 81), $(entry 82) ] }" > $tmp/file
expect_refusal 2 "^$full" j file check $tmp/file
expect_refusal 2 "^$full" j file handle $tmp/file
[ "$(j bib display --tcp --csv --no-headers | wc -l)" = 2 ] || fail 'half applied'
peer c6 udp-send $client 40001 $server 9 10
expect_stat BIB_FULL 1
# The file's own limit counts, not the one there was.
sed -i 's/"max-bib-entries": 2/"max-bib-entries": 3/' $tmp/file
j file check $tmp/file
j file handle $tmp/file
[ "$(j bib display --tcp --csv --no-headers | wc -l)" = 3 ] || fail 'not applied'

# An entry in the place of another is no more than there was, whatever the limit is by now; and what is there
# twice is one. A check and the deed agree, and a refusal leaves all as it was.
many="there are as many static BIB entries as the module's parameter max_static_entries says"
moved() { # MAX-BIB-ENTRIES PAIR...: a file that gives 2001:db8::8#PORT6 192.0.2.1#PORT4
	local pair max=$1 comma=''
	echo "{ \"global\": { \"max-bib-entries\": $max }, \"bib\": ["
	for pair in "${@:2}"; do
		printf '%s{ "protocol": "TCP", "ipv6 address": "2001:db8::8#%s", "ipv4 address": "192.0.2.1#%s" }\n' \
			"$comma" "${pair%=*}" "${pair#*=}"
		comma=,
	done
	echo '] }'
}
has() { # PAIR...
	j bib display --tcp --numeric --csv --no-headers | awk -F, '{ print $3 "=" $5 }' | sort > $tmp/has
	printf '%s\n' "${@}" | sort | diff -u - $tmp/has
}
takes() { # MAX-BIB-ENTRIES PAIR...
	moved "$@" > $tmp/file
	j file check $tmp/file
	j file handle $tmp/file
	has "${@:2}"
}
refuses() { # SENTENCE MAX-BIB-ENTRIES PAIR...
	moved "${@:2}" > $tmp/file
	j file save > $tmp/before
	expect_refusal 2 "$1" j file check $tmp/file
	cp $tmp/stderr $tmp/checked
	expect_refusal 2 "$1" j file handle $tmp/file
	cmp $tmp/checked $tmp/stderr
	j file save | diff -u $tmp/before -
}
parameter max_static_entries 1
takes 1 80=81 81=80 82=182
refuses "^$full" 3 80=80 81=81 82=82 83=83
refuses "^Error: $tmp/file:[0-9:]*: $many$" 4194304 80=80 81=81 82=82 83=83
# One that goes, and two that come for it.
refuses "^$full" 3 80=80 182=182 81=81 82=82
moved 3 80=81 80=81 81=80 82=182 > $tmp/file
j file check $tmp/file
j file handle $tmp/file
takes 2 80=80 81=81 82=82

j global update max-bib-entries auto
parameter max_static_entries 3
expect_refusal 2 "^Error: $many$" \
	j bib add --tcp 2001:db8::8#83 192.0.2.1#83
# Whatever way one goes, there is room for another.
j bib remove --tcp 2001:db8::8#82
j bib add --tcp 2001:db8::8#83 192.0.2.1#83
j bib flush
for port in 1 2 3; do j bib add --tcp 2001:db8::8#$port 192.0.2.1#$port; done
j instance remove
nat64
j bib add --tcp 2001:db8::8#1 192.0.2.1#1

parameter max_instances 1
ns=c6
expect_refusal 2 "^Error: all namespaces together have as many instances as the module's parameter max_instances says$" nat64
ns=gw
j instance remove
ns=c6 nat64
ns=c6 j instance remove
nat64

parameter max_sessions 0
peer c6 udp-send $client 40001 $server 9 10
expect_stat MODULE_FULL 1
eval "$undo"
undo=:
peer c6 udp-send $client 40001 $server 9 10
expect_stat SESSIONS 1

# Each of these needs a page and more of its own.
groups=/run/e2e/groups
mkdir $groups
mount -t cgroup2 none $groups 2>/dev/null && [ -e $groups/cgroup.controllers ] &&
	grep -q memory $groups/cgroup.controllers || exit 0
echo +memory > $groups/cgroup.subtree_control
mkdir $groups/user
for ((i = 1; i <= 1000; i++)); do
	echo "{ \"protocol\": \"TCP\", \"ipv6 address\": \"2001:db8::$i#1\", \"ipv4 address\": \"10.0.$((i / 250)).$((i % 250))#$i\" }"
done | paste -sd, | sed 's/^/{ "bib": [/; s/$/] }/' > $tmp/file
charged() { cat $groups/user/memory.current; }
(echo $BASHPID > $groups/user/cgroup.procs; exec ip netns exec gw jool file handle $tmp/file)
[ "$(charged)" -gt $((1000 * 8192)) ] || fail "1000 static entries: $(charged) bytes charged"
j instance remove
given_back() { [ "$(charged)" -lt $((1000 * 4096)) ]; }
must 'the memory is given back' 20 given_back
