#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `jool session display | head` ends quietly, however long the table is.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
burst 3000
for opts in '' --csv --json; do
	# shellcheck disable=SC2086
	status=$(set +e +o pipefail; { j session display --udp --numeric $opts 2> $tmp/stderr; echo $? > $tmp/status; } | head -n 1 > $tmp/line
		cat $tmp/status)
	[ ! -s $tmp/stderr ] || fail "$opts: $(cat $tmp/stderr)"
	[ "$(wc -l < $tmp/line)" = 1 ] || fail "$opts: no line"
	case $status in 0 | 141) ;; *) fail "$opts: status $status" ;; esac
done
