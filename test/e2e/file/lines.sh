#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file with a command to a line, for two instances; each is done as a whole, and nothing is if there
# is a mistake anywhere.
. "$(dirname "$0")/../lib/lib.sh"
network
cat > $tmp/jool.conf <<EOT
# two of them
instance add --pool6 64:ff9b::/96
pool4 add 192.0.2.1 5000-5100 --tcp # ours
bib add 2001:db8::8#80 192.0.2.1#5000 --tcp
jool global update pool6 64:ff9b::/96
instance add two --pool6 2001:db8:64::/96
-i two pool4 add 198.51.100.0/31 5000-5100 --udp
-i two global update udp-timeout 0:10:00
EOT
sed 's/0:10:00/0:00:10/' $tmp/jool.conf > $tmp/wrong.conf
expect_refusal 1 "^Error: $tmp/wrong.conf:8: udp-timeout: '0:00:10'.*--force" j file handle $tmp/wrong.conf
for name in default two; do
	! j -i $name instance status > /dev/null || fail "$name was made"
done
# What the kernel would refuse only when the first instance is there: one port for both.
{ cat $tmp/jool.conf; echo '-i two bib add 2001:db8::9#80 192.0.2.1#5000 --tcp'; } > $tmp/wrong.conf
for do in check handle; do
	expect_refusal 1 "^Error: $tmp/wrong.conf:9: TCP 192.0.2.1#5000 has another mapping above\.$" \
		j file $do $tmp/wrong.conf
done
! j instance status > /dev/null || fail 'the first one was made'
j file handle $tmp/jool.conf
j bib display --numeric --csv --no-headers | grep -qx 'TCP,2001:db8::8,80,192.0.2.1,5000,1'
[ "$(j -i two pool4 display --udp --csv --no-headers | wc -l)" = 2 ]
j -i two global display --csv | grep -qx udp-timeout,0:10:00
echo_server s4 tcp 192.0.2.8
dial c6 "[$server]" 7 40000

# What the second one may not: the first one is changed, the second one is as it was.
sed -e 's/5000-5100 --tcp/5000-5200 --tcp/; s/198.51.100.0\/31/224.0.0.0\/31/; s/0:10:00/0:20:00/' $tmp/jool.conf > $tmp/late.conf
expect_refusal 2 "^Error: $tmp/late.conf:7: the IPv4 prefix is no unicast prefix" j file handle $tmp/late.conf
[ "$(j pool4 display --csv --no-headers | cut -d, -f3-5)" = 192.0.2.1,5000,5200 ]
j -i two global display --csv | grep -qx udp-timeout,0:10:00
say 'still there'

# A line less: its option has its default again, its mapping is dynamic or gone.
sed -e '/udp-timeout/d; /^bib/d' $tmp/jool.conf > $tmp/less.conf
j file handle $tmp/less.conf
j -i two global display --csv | grep -qx udp-timeout,0:05:00
! j bib display --numeric --csv --no-headers | grep -q ',1$' || fail 'a static mapping is left'
say 'and still'
