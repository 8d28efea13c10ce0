#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `file check` needs neither privilege nor module, and changes nothing.
. "$(dirname "$0")/lib.sh"
network
nobody() {
	gw setpriv --reuid=65534 --regid=65534 --clear-groups jool "$@"
}
good='{ "global": { "pool6": "64:ff9b::/96" } }'
nobody file check - <<< "$good" > $tmp/said
[ ! -s $tmp/said ] || fail "$(cat $tmp/said)"
! j instance status > /dev/null || fail 'an instance was made'
expect_refusal 1 "^Error: standard input:1:15: Unknown tag: 'pol6'. Did you mean 'pool6'\?$" \
	nobody file check - <<< '{ "global": { "pol6": "64:ff9b::/96" } }'
expect_refusal 2 'Cannot read .*nosuch' nobody file check $tmp/nosuch
expect_refusal 1 'missing the path' nobody file check
expect_refusal 2 'ermi|ADMIN' nobody file handle - <<< "$good"
rmmod jool
undo="insmod '$JOOL_KO'"
nobody file check - <<< "$good"
expect_refusal 2 'modprobe' j file handle - <<< "$good"
