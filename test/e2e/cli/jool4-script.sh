#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What people have in scripts for Jool 4 runs unchanged, and prints what they are used to read:
# test/golden/jool4.e2e, to the letter.
# Alone: instance display shows those of every namespace.
. "$(dirname "$0")/../lib/lib.sh"
network
echo_server s4 tcp 192.0.2.8
printf '192.0.2.8 www.example.com\n%s client.example.com\n' $client > $tmp/hosts
mount --bind $tmp/hosts /etc/hosts
undo='umount /etc/hosts'
# For the transcript: the client opens a connection, which stays, sends two datagrams, and pings.
mkdir $tmp/bin
cat > $tmp/bin/talk <<EOT
#!/bin/bash -e
ip netns exec c6 socat -u "TCP6:[$server]:7,sourceport=40000" OPEN:/dev/null > /dev/null 2>&1 &
until ip netns exec c6 ss -Htn state established sport = :40000 | grep -q .; do sleep 0.1; done
for port in 40001 40003; do
	ip netns exec c6 $python "$e2e/peer.py" udp-send $client \$port $server 9 10
done
ip netns exec c6 ping -q -c 1 -W $patience -e 9 $server > /dev/null
EOT
chmod +x $tmp/bin/talk
PATH=$tmp/bin:$PATH
lines=$(grep -c '^\$ .*\<jool ' "$REPO/test/golden/jool4.e2e")
[ "$lines" -ge 80 ] || fail "a shorter script: $lines lines"
gw "$REPO/test/golden/run" "$REPO/test/golden/jool4.e2e" > $tmp/verdict || fail 'it does not run'
grep -q ^PASS $tmp/verdict || { cat $tmp/verdict; false; }
