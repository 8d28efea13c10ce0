#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sessions that live through a listing are listed once, whatever comes and goes meanwhile; if the table is
# replaced meanwhile, a warning says so.
. "$(dirname "$0")/lib.sh"
network
nat64
j pool4 add --udp 198.51.100.0/29 40000-65000 --force
burst 20000
# The reader stops after the first line, and the command before the end of the table.
begin() {
	rm -f $tmp/fifo
	mkfifo $tmp/fifo
	gw jool session display --udp --numeric --csv --no-headers > $tmp/fifo 2> $tmp/err &
	pids+=($!)
	list=$!
	exec 8< $tmp/fifo
	read -r line <&8
}
begin
flood
for n in 1 2 3; do
	sleep 1
	j session delete --udp --port 20001-21999 > /dev/null
done
stop_flood
{ echo "$line"; cat <&8; } > $tmp/csv
wait $list || fail "status $?"
[ ! -s $tmp/err ] || fail "$(cat $tmp/err)"
# Source ports 2000 to 20000 lived through it.
awk -F, '$3 <= 20000 && $9 == 9 { n[$3]++ } END { for (p in n) { all++; if (n[p] > 1) twice++ }
	print all + 0, "ports,", twice + 0, "twice" }' $tmp/csv > $tmp/count
want=$(j session display --udp --numeric --csv --no-headers | awk -F, '$3 <= 20000 && $9 == 9' | wc -l)
[ "$(cat $tmp/count)" = "$want ports, 0 twice" ] || fail "$(cat $tmp/count); there are $want"
begin
j instance flush
nat64
cat <&8 > /dev/null
wait $list || fail "status $?"
grep -qx 'Warning: The table was changed while it was listed; entries may be missing or listed twice.' $tmp/err || fail "no warning: $(cat $tmp/err)"
