#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One scrape has the counters and gauges of all instances of the namespace, in OpenMetrics' form.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(g2)
network
ip netns add g2
ns=g2 j instance add elsewhere -6 3fff:9::/96
j instance add one -6 3fff:1::/96
j instance add 't"\wo' -6 3fff:2::/96
j -i one pool4 add --udp 192.0.2.1 5000-5009
j -i one pool4 add --udp 192.0.2.1 5015-5019
j -i one pool4 add --udp 192.0.2.1 5015-5019 --mark 7
j -i one pool4 add --tcp 192.0.2.1 5000-5009 --mark 7
j -i one bib add --tcp $client#80 192.0.2.1#5000
for port in 40001 40003; do
	peer c6 udp-send $client $port 3fff:1::192.0.2.8 9 10
	peer c6 udp-send $client $port 3fff:1::192.0.2.8 10 10
done
j stats display --openmetrics > $tmp/metrics
j -i one stats display --openmetrics > $tmp/one
$python - $tmp/metrics $tmp/one <<'EOT' || { cat $tmp/metrics; fail 'not as it should be'; }
import re, sys

LABEL = r'([a-z0-9_]+)="((?:[^"\\]|\\[\\"n])*)"'
SAMPLE = re.compile(r'([a-z0-9_]+)\{(%s(?:,%s)*)\} ([0-9]+)' % (LABEL, LABEL))


def parse(path):
    text = open(path, encoding="utf-8").read()
    assert text.endswith("\n# EOF\n")
    samples, types, name = {}, {}, None
    for line in text.splitlines()[:-1]:
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            assert name not in types, line
            types[name] = kind
        elif line.startswith("# HELP "):
            assert line.split()[2] == name and len(line.split()) > 3, line
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == name + ("_total" if types[name] == "counter" else ""), line
            key = match[1], tuple(sorted(re.findall(LABEL, match[2])))
            assert key not in samples, line
            samples[key] = int(match[7])
    return samples, types


def get(name, **labels):
    return samples["jool_" + name, tuple(sorted(labels.items()))]


samples, types = parse(sys.argv[1])
names = {dict(labels)["nat64"] for _, labels in samples}
assert names == {"one", 't\\"\\\\wo'}, names
assert types["jool_success"] == "counter" and types["jool_sessions"] == "gauge"
assert get("received6_total", nat64="one") == 4
assert get("received6_total", nat64='t\\"\\\\wo') == 0
assert get("sessions", nat64="one", protocol="UDP") == 4
assert get("sessions", nat64="one", protocol="TCP") == 0
assert get("bib_entries", nat64="one", protocol="UDP") == 2
assert get("bib_entries", nat64="one", protocol="TCP") == 1
# A series for each protocol and mark, however many entries there are.
assert get("pool4_ports_used", nat64="one", protocol="UDP", mark="0") == 2
assert get("pool4_ports_free", nat64="one", protocol="UDP", mark="0") == 13
assert get("pool4_ports_used", nat64="one", protocol="UDP", mark="7") == 0
assert get("pool4_ports_free", nat64="one", protocol="UDP", mark="7") == 5
assert get("pool4_ports_used", nat64="one", protocol="TCP", mark="7") == 1
# The instance without pool4 uses the addresses of the gateway.
assert get("pool4_ports_free", nat64='t\\"\\\\wo', protocol="UDP", mark="0") == 4535
one = parse(sys.argv[2])[0]
assert one == {key: samples[key] for key in samples if ("nat64", "one") in key[1]}
EOT
# A parser that is not ours has it, too, and takes nothing that OpenMetrics 1.0 forbids.
/usr/bin/python3 -Is - $tmp/metrics <<'EOT' || fail 'the parser of prometheus_client does not take it'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read())}
assert families["jool_success"].type == "counter" and families["jool_success"].documentation
assert all(f.documentation and f.type in ("counter", "gauge") for f in families.values())
assert {s.labels["nat64"] for f in families.values() for s in f.samples} == {"one", 't"\\wo'}
EOT
expect_refusal 2 nosuch j -i nosuch stats display --openmetrics
ns=g2 j instance flush
[ "$(ns=g2 j stats display --openmetrics | grep -c '{')" = 0 ] || fail 'metrics of no instance'
