#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is printed is the same to the byte in the C locale, in a UTF-8 one, and on a terminal, where it has no
# colours either; a column is as wide as its characters, not as their bytes.
# Alone: instance display shows those of every namespace.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j -i größe instance add -6 3fff::/96
j pool4 add 192.0.2.1 7000-7999 --udp
j pool4 add 192.0.2.1 7000-7999 --tcp --mark 3
j bib add "$client#80" 192.0.2.1#7080
printf '192.0.2.8 wörld\n%s \033[31mred\n' $client > $tmp/hosts
mount --bind $tmp/hosts /etc/hosts
undo='umount /etc/hosts'
peer c6 udp-send $client 40001 $server 9 10
j session count --udp | grep -qx 1

# Every command that reads, in every format, and some refusals.
cat > $tmp/commands <<'EOT'
for format in '' --csv --json --no-headers '--csv --no-headers'; do
	for command in 'instance display' 'pool4 display --all' 'bib display --all' \
		'bib display --all --numeric' 'session display --all' 'session display --all --numeric' \
		'global display' 'stats display --all --explain'; do
		echo "$command $format"
		jool $command $format
	done
done
for command in 'instance status' 'session count --udp' 'session delete --udp --port 1' 'bib flush --icmp' \
	'query 2001:db8::8#40001 64:ff9b::192.0.2.8#9 --udp'; do
	echo "$command"
	jool $command
	jool $command --json
done
for command in '-i größe global display' '-i größe file save' 'stats display --openmetrics' 'file save' \
	'help' 'help session' 'session --usage' '--version' '-i groß session display' '-i größe instance status' \
	'-i groß instance status' 'session dïsplay' 'global update größe 1' 'file check /größe'; do
	echo "$command"
	jool $command
	echo "status $?"
done
EOT
plain() {
	sed -E 's/xpires in [0-9].*/xpires in .../; s/"expires_ms":[0-9]+/"expires_ms":0/
		s/[0-9]:[0-9]{2}:[0-9]{2}\.[0-9]{3}/0:00:00.000/'
}
gw env LC_ALL=C.UTF-8 TERM=xterm-256color bash $tmp/commands 2>&1 | LC_ALL=C plain > $tmp/utf8
gw env LC_ALL=C TERM=xterm-256color bash $tmp/commands 2>&1 | LC_ALL=C plain > $tmp/c
gw env LC_ALL=C.UTF-8 TERM=xterm-256color script -qec "bash $tmp/commands" /dev/null < /dev/null |
	LC_ALL=C plain | tr -d '\r' > $tmp/terminal
diff -a $tmp/utf8 $tmp/c || fail 'it is not the same in the C locale (<: UTF-8, >: C)'
diff -a $tmp/utf8 $tmp/terminal || fail 'it is not the same on a terminal (<: pipe, >: terminal)'
! LC_ALL=C grep -a $'\033' $tmp/utf8 || fail 'that is an escape character'
iconv -f UTF-8 -t UTF-8 $tmp/utf8 > /dev/null || fail 'that is no UTF-8'
# It is all there; names that others gave are in ASCII.
for text in 'w??rld#discard' '"w??rld"' '"größe"' "'größe'" "'groß'" '#.*red#40001' \
	'"instance": "größe"'; do
	grep -qe "$text" $tmp/utf8 || fail "no $text: $(cat $tmp/utf8)"
done
[ "$(grep -cE '^\| +[0-9]+ \|           größe \| netfilter \|$' $tmp/utf8)" = 2 ] ||
	fail "$(grep -a netfilter $tmp/utf8)"
