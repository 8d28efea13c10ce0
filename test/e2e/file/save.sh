#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `file save` prints can be given to `file handle`, and changes nothing; elsewhere it makes the
# same instance. It is what that was at one time.
. "$(dirname "$0")/../lib/lib.sh"
. "$e2e/hitch.sh"
network
nat64
for p in tcp udp icmp; do
	j pool4 add --$p 192.0.2.1 5000-5100
	j pool4 add --$p 198.51.100.0/26 61001-65535 --mark 7
	j pool4 add --$p 198.51.100.3 10-20 --max-iterations infinity
	j bib add --$p 2001:db8::8#80 192.0.2.1#5000
done
j global update tcp-est-timeout 2:00:00.001
j global update mtu-plateaus 1500,9000
j global update address-dependent-filtering true
j global update max-sessions 4000000000
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000

tables() {
	j global display --csv
	for p in tcp udp icmp; do
		j pool4 display --$p --csv
		j bib display --$p --numeric --csv
	done
}
tables > $tmp/tables
j file save > $tmp/saved
j file save | j file handle --verbose /dev/stdin > $tmp/said
[ "$(cat $tmp/said)" = 'Instance default:' ] || fail "$(cat $tmp/said)"
j file save | diff -u $tmp/saved -
tables | diff -u $tmp/tables -
say 'still there'

"$REPO/test/validate" "$REPO/usr/schema/file.json" < $tmp/saved
j instance remove
j file handle - < $tmp/saved
j file save | diff -u $tmp/saved -
# All but the mapping that the connection had.
tables | diff -u <(grep -vE '^(TCP|UDP|ICMP),.*,0$' $tmp/tables) -
expect_refusal 2 'nosuch' j -i nosuch file save

# Another configuration comes when part of it has been read: what is printed is the one or the other.
cat > $tmp/other <<EOT
instance add --pool6 64:ff9b::/96
global update tos 7
pool4 add --tcp 192.0.2.9 7000-7999
bib add --tcp 2001:db8::9#80 192.0.2.9#7080
EOT
for n in 1 2 3 4 5 6 7; do
	on_gateway hitch "run [ \$NUMBER != $n ] || jool file handle $tmp/other" file save > $tmp/mixed
	j file handle $tmp/other
	j file save > $tmp/after
	cmp -s $tmp/mixed $tmp/saved || diff -u $tmp/after $tmp/mixed || fail "changed before request $n: mixed"
	j file handle $tmp/saved
done
expect_refusal 2 '^Error: The configuration of the instance changes all the time.$' \
	on_gateway hitch "run jool global update tos \$((NUMBER % 200))" file save
