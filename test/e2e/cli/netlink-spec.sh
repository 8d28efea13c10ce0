#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel tree's own netlink tool (YNL) speaks with the module by the specification that is installed: lists, answers,
# changes, refusals and what the examples of doc/api.md print.
# The tool is where Debian's linux-source is unpacked, or what test/kernels/run takes of it.
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck disable=SC2012 # names of directories
tree=$(ls -d /usr/src/linux-*/tools/net/ynl/pyynl 2> /dev/null | tail -n 1)
if [ -z "$tree" ]; then
	echo "SKIP e2e/$test: there is no /usr/src/linux-*/tools/net/ynl (Linux 6.12 and later)"
	exit
fi
tree=${tree%/tools/*}
network
nat64
ynl() { # OPTION...
	gw /usr/bin/python3 "$tree/tools/net/ynl/pyynl/cli.py" --spec "$REPO/usr/schema/netlink.yaml" \
		--schema "$tree/Documentation/netlink/genetlink-legacy.yaml" --output-json "$@"
}
is() { # EXPECTED ACTUAL
	python3 -c 'import json, sys; sys.exit(json.loads(sys.argv[1]) != json.loads(sys.argv[2]))' "$1" "$2" ||
		fail "it should be $1, is $2"
}
id='"instance": "default"'
is '{}' "$(ynl --do bib-add --json "{$id, \"proto\": 17, \"src6\": \"2001:db8::8\", \"src6-port\": 7, \"src4\": \"192.0.2.1\", \"src4-port\": 2007}" |
	sed 's/^null$/{}/')"
is '[{"proto": 17, "src6": "2001:db8::8", "src6-port": 7, "src4": "192.0.2.1", "src4-port": 2007, "flags": ["static"]}]' \
	"$(ynl --dump bib-get --json "{$id}")"
peer c6 udp-send $client 40001 $server 9 10
ynl --dump session-get --json "{$id, \"dst4\": \"192.0.2.8\", \"dst4-len\": 32}" > $tmp/sessions
python3 - $tmp/sessions <<'END' || fail "sessions: $(cat $tmp/sessions)"
import json, sys
row, = json.load(open(sys.argv[1]))
assert 200000 < row.pop('expires') <= 300000
assert 61001 <= row.pop('src4-port') <= 65535
assert row == {'proto': 17, 'src6': '2001:db8::8', 'src6-port': 40001, 'dst6': '64:ff9b::c000:208', 'dst6-port': 9,
               'src4': '192.0.2.1', 'dst4': '192.0.2.8', 'dst4-port': 9}, row
END
is '{"count": 1, "bib-count": 2}' "$(ynl --do session-count --json "{$id}")"
ynl --do global-set --json "{$id, \"globals\": {\"udp-timeout\": 180000}}" > /dev/null
ynl --do global-get --json "{$id}" > $tmp/globals
python3 -c 'import json, sys; g = json.load(sys.stdin)["globals"]; assert g["udp-timeout"] == 180000 and g["tos"] == 0, g' < $tmp/globals ||
	fail "options: $(cat $tmp/globals)"
ynl --do query --json "{$id, \"proto\": 6, \"src6\": \"2001:db8::8\", \"src6-port\": 5, \"dst6\": \"64:ff9b::127.0.0.1\", \"dst6-port\": 80}" > $tmp/query
python3 -c 'import json, sys; q = json.load(sys.stdin); assert q["answer"] == "drop" and q["stat-name"] == "UNTRANSLATABLE_DST6", q' < $tmp/query ||
	fail "query: $(cat $tmp/query)"
# What doc/api.md has: the same list.
example doc/api.md ynl | sed "s|/usr/local/share/doc/jool/schema|$REPO/usr/schema|; s|^tools|/usr/bin/python3 tools|" > $tmp/example
(cd "$tree" && gw bash -e $tmp/example) > $tmp/shown
grep -q "'dst6': '64:ff9b::c000:208'" $tmp/shown || fail "the example prints: $(cat $tmp/shown)"
# A refusal comes with the kernel's sentence.
! ynl --do instance-remove --json '{"instance": "nowhere"}' > $tmp/said 2>&1 || fail 'what is not there is removed'
grep -q 'this namespace has no instance of that name' $tmp/said || fail "it says: $(cat $tmp/said)"
