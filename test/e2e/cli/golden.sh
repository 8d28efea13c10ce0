#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What every mode prints in every format, with one session of each protocol, is what test/golden/running.e2e
# says, to the letter.
# Alone: instance display shows those of every namespace.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j -i two instance add --pool6 3fff::/96
# Not what is left to the memory of this machine.
j global update max-sessions 4194304
j global update max-bib-entries 4194304
# On a busy machine the whole takes more than a minute.
j global update icmp-timeout 0:10:00
j pool4 add 192.0.2.1 7000-7999 --tcp
j pool4 add 192.0.2.2 7000-7999 --udp
j pool4 add 192.0.2.1 7000-7999 --udp --mark 5 --max-iterations 999
j pool4 add 192.0.2.1 0-65535 --icmp --max-iterations infinity
j bib add "$client#40000" 192.0.2.1#7001 --tcp
j bib add "$client#40001" 192.0.2.2#7003 --udp
j bib add "$client#5" 192.0.2.1#6 --icmp
j bib add "$client#80" 192.0.2.1#7080 --tcp
printf '192.0.2.8 www.example.com\n%s client.example.com\n' $client > $tmp/hosts
mount --bind $tmp/hosts /etc/hosts
undo='umount /etc/hosts'
echo_server s4 tcp 192.0.2.8
ip -n s4 route add 192.0.2.2 via 192.0.2.1
dial c6 "[$server]" 7 40000
peer c6 udp-send $client 40001 $server 9 10
c6 ping -q -c 1 -W $patience -e 5 $server > /dev/null
j session count --all | grep -qx 3
# For the transcript: runs a command while sessions end and begin, then interrupts it.
mkdir $tmp/bin
cat > $tmp/bin/during <<EOT
#!/bin/bash
# There are both sessions, however long ago the last packet was.
ip netns exec c6 $python "$e2e/peer.py" udp-send $client 40001 $server 9 10
ip netns exec c6 ping -q -c 1 -W $patience -e 5 $server > /dev/null
# In the background of a shell, SIGINT is ignored.
env --default-signal=INT "\$@" &
# It follows: the module holds the socket, too; column 8 is how many do. The lower bits of a socket's number
# are its process'. Column 5 is what it has not read yet.
is_idle() {
	awk -v pid=\$1 '\$2 == 16 && \$3 % 4194304 == pid && \$8 > 2 && \$5 == 0 { n++ } END { exit !n }' \
		/proc/net/netlink
}
until is_idle \$!; do sleep 0.1; done
jool session delete --udp > /dev/null
ip netns exec c6 $python "$e2e/peer.py" udp-send $client 40001 $server 9 10
jool session delete --icmp > /dev/null
ip netns exec c6 ping -q -c 1 -W $patience -e 5 $server > /dev/null
until is_idle \$!; do sleep 0.1; done
kill -INT \$!
wait \$!
EOT
# And one that has the client use instance two.
cat > $tmp/bin/talk <<EOT
#!/bin/bash
ip netns exec c6 $python "$e2e/peer.py" udp-send $client 40002 3fff::192.0.2.8 9 10
ip netns exec c6 ping -q -c 1 -W 1 -e 7 3fff::192.0.2.8 > /dev/null || :
EOT
chmod +x $tmp/bin/*
PATH=$tmp/bin:$PATH
gw "$REPO/test/golden/run" "$REPO/test/golden/running.e2e" > $tmp/verdict || fail 'it does not run'
grep -q ^PASS $tmp/verdict || { cat $tmp/verdict; false; }
