#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who is root only in a user namespace of his own configures nothing and sees no tables, unless the
# module has the parameter userns; the counters are everybody's, and a container's root who is the host's goes on.
# Alone: it sets a parameter of the module.
. "$(dirname "$0")/../lib/lib.sh"
userns=/sys/module/jool/parameters/userns
undo="echo N > $userns"
network
nat64
c6 ping -q -c 1 -W 5 $server > /dev/null
# Runs a script as an ordinary user who made a user and a network namespace for himself.
ordinary() { # SCRIPT
	setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn bash -ec "$1"
}
chmod a+rx $tmp
# In his own network namespace, and without one of his own in the gateway's.
stranger() { # JOOL'S ARGUMENTS
	ordinary "jool $*"
}
nobody() { # JOOL'S ARGUMENTS
	gw setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Ur jool "$@"
}
no='^Error: the module takes no orders from within a user namespace, unless its parameter userns is 1$'
expect_refusal 2 "$no" stranger instance add --pool6 64:ff9b::/96
expect_refusal 2 "$no" stranger instance flush
expect_refusal 2 "$no" stranger global update tos 1
expect_refusal 2 "$no" stranger bib add --tcp 2001:db8::1#1 192.0.2.1#1
expect_refusal 2 "$no" stranger session count
expect_refusal 2 "$no" stranger query 2001:db8::8#1 64:ff9b::8#1
# Linux 6.1 does not pass on why a list is refused.
for list in 'instance display' 'session display' 'bib display' 'pool4 display'; do
	expect_refusal 2 "${no%\$}|^Error: No permission: .* in a user namespace also the module's parameter userns=1\.$" \
		stranger $list
done
expect_refusal 2 'No permission' nobody instance flush
expect_refusal 2 'No permission' nobody session display
# What he may.
nobody stats display | grep -q 'JSTAT_SESSIONS: 1$' || fail 'no counters'
nobody instance status > /dev/null || fail 'no status'
# A namespace of the network that root has made, as a container has.
ip netns add other
namespaces+=(other)
ns=other nat64
ns=other j bib add --tcp 2001:db8::1#1 192.0.2.1#1
ns=other j bib display --tcp > /dev/null
# Root of the host looks after a namespace that is another's.
setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn sleep 100 &
pids+=($!)
made() { [ "$(readlink /proc/${pids[0]}/ns/user)" != "$(readlink /proc/$$/ns/user)" ] &&
	[ "$(readlink /proc/${pids[0]}/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; }
must 'the namespaces are there' 10 made
nsenter -t ${pids[0]} -n jool instance add --pool6 64:ff9b::/96
nsenter -t ${pids[0]} -n jool instance remove

echo Y > $userns
# shellcheck disable=SC2016 # for the shell that reads it
ordinary '
	jool instance add --pool6 64:ff9b::/96
	jool bib add --tcp 2001:db8::1#1 192.0.2.1#1
	jool bib display --tcp > /dev/null
	jool session count > /dev/null
	[ "$(jool instance display --csv --no-headers | wc -l)" = 1 ]
	jool instance remove
' || fail 'refused with userns'
# Still not in a network namespace that is not his.
expect_refusal 2 'No permission' nobody instance flush
j instance status > /dev/null
