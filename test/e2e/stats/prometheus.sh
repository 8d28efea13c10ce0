#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The text format, which node_exporter reads, has every counter with its type and help, and the values of
# OpenMetrics; promtool finds no fault with it.
. "$(dirname "$0")/../lib/lib.sh"
network
n=0
for name in one 't"\wo' '-three, 3' größe; do j -i "$name" instance add -6 3fff:$((++n))::/96; done
j -i one pool4 add --udp 192.0.2.1 5000-5009
peer c6 udp-send $client 40001 3fff:1::192.0.2.8 9 10

j stats display --prometheus > $tmp/text
j stats display --openmetrics > $tmp/open
grep -qx 'jool_success_total{nat64="one"} 2' $tmp/text || fail 'a counter'
diff <(grep -v '^#' $tmp/open) <(grep -v '^#' $tmp/text) || fail 'other values than in OpenMetrics'
# Each family is described, by the name that its samples have.
described() { # TYPE|HELP
	sed -n "s/^# $1 \([^ ]*\) .*/\1/p" $tmp/text | sort
}
samples=$(sed -n 's/^\(jool[a-z0-9_]*\){.*/\1/p' $tmp/text | sort -u)
[ "$(described TYPE)" = "$samples" ] || fail 'a type is missing'
[ "$(described HELP)" = "$samples" ] || fail 'a help is missing'

if command -v promtool > /dev/null; then
	promtool check metrics < $tmp/text > $tmp/lint 2>&1 || { cat $tmp/lint; fail 'promtool has a complaint'; }
	[ ! -s $tmp/lint ] || { cat $tmp/lint; fail 'promtool has a remark'; }
	! promtool check metrics < $tmp/open > $tmp/lint 2>&1 || fail 'promtool takes anything'
elif apt-cache policy prometheus | grep -q 'Candidate: [0-9]'; then
	fail 'promtool is missing: install prometheus'
else
	echo "SKIP e2e/$test: what promtool says (there is no package prometheus here)"
fi
