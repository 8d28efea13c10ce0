#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What seldom goes wrong between the command and the kernel is said in one sentence, with status 2.
. "$(dirname "$0")/../lib/lib.sh"
. "$e2e/hitch.sh"
network
nat64
j pool4 add 192.0.2.1 7000-7999 --tcp
echo '{}' > $tmp/file

says_it() { # SENTENCE COMMAND...
	status=0
	"${@:2}" > $tmp/stdout 2> $tmp/stderr < /dev/null || status=$?
	[ $status = 2 ] && [ ! -s $tmp/stdout ] && [ "$(cat $tmp/stderr)" = "$1" ]
}
says() { # SENTENCE COMMAND...
	says_it "$@" || fail "${*:2}: should say $1; status $status: $(cat $tmp/stdout $tmp/stderr)"
}
hitched() { # SENTENCE WHAT JOOL'S ARGUMENTS
	says "$1" on_gateway hitch "${@:2}"
	[ -e $tmp/hitched ] || fail "$2 did not happen"
}
nobody() {
	gw setpriv --reuid=65534 --regid=65534 --clear-groups jool "$@"
}
without_proc() {
	gw unshare --mount bash -c 'mount -t tmpfs tmpfs /proc; jool "$@"' bash "$@"
}

hitched 'Error: Cannot open a netlink socket: Too many open files.' files session display --numeric
# Receiving fails, the first time, the second time and so on: how often libnl receives is its own affair. In
# the end something happens that could be received.
happens() {
	while sleep 0.5; do
		gw jool session delete --udp > /dev/null
		peer c6 udp-send $client 40001 $server 9 10
	done
}
spawn happens
n=0
until grep -qs 'Cannot receive' $tmp/said; do
	status=0
	on_gateway hitch "receive $((n += 1))" session follow > /dev/null 2>> $tmp/said || status=$?
	[[ $status = 2 && -e $tmp/hitched ]] || fail "receive $n: status $status: $(cat $tmp/said)"
done
for sentence in 'Cannot find the kernel module jool: Input/output error.' \
	"Cannot subscribe to the module's events: Input/output error." \
	'Cannot receive from the kernel: Input/output error.'; do
	grep -qxF "Error: $sentence" $tmp/said || fail "nobody said: $sentence"
done
hitched 'Error: The loaded module jool does not know this request; it is of another version than this command.' \
	'command 99' session display --numeric
# pool4 has no sessions.
number=$(sed -n '/^enum jool_cmd {/,/^}/s/^\t\(JOOL_CMD_[A-Z0-9_]*\).*/\1/p' "$REPO/common/uapi.h" |
	grep -n JOOL_CMD_POOL4_GET | cut -d: -f1)
hitched "Error: The kernel's answer makes no sense; is the loaded module jool of another version than this command?" \
	"command $((number - 1))" session display --numeric
# Then nobody knows whether the instance runs.
unknown() { # STDOUT STDERR OPTION...
	status=0
	on_gateway hitch 'command 99' instance status "${@:3}" > $tmp/stdout 2> $tmp/stderr || status=$?
	[ "$status $(cat $tmp/stdout $tmp/stderr)" = "2 $1$2" ] ||
		fail "instance status ${*:3}: status $status: $(cat $tmp/stdout $tmp/stderr)"
}
unknown 'Status unknown' $'\nError: Operation not supported.'
unknown '{"version":1,"instance":"default","status":"unknown"}' '' --json
hitched 'Error: The kernel refused: No such file or directory.' family instance display
says "Error: No permission: this needs root, or CAP_NET_ADMIN over this network namespace (try sudo); in a user namespace also the module's parameter userns=1." \
	nobody session display
says 'Error: Cannot tell this network namespace (is /proc mounted?).' without_proc stats display --openmetrics
says 'Error: Cannot tell this network namespace (is /proc mounted?).' \
	without_proc file handle --verbose $tmp/file

# Larger than what one without privilege may send: as much as in Linux 6.1, newer ones allow 4 MB.
sysctl -qw net.core.wmem_max=212992
{
	echo 'instance add --pool6 64:ff9b::/96'
	seq 20000 40000 | sed 's/.*/bib add 2001:db8::8#& 192.0.2.1#&/'
} > $tmp/large.conf
chmod a+rx $tmp
says 'Error: Cannot send to the kernel: Message too long.' nobody file handle $tmp/large.conf
