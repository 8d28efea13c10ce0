# SPDX-License-Identifier: GPL-2.0-only
"""The six lengths of pool6: RFC 6052 2.2 to 2.4, RFC 6146 3.5.4."""
from dsl import *

# RFC 6052 2.4, tables 2 and 3: 192.0.2.33.
NODE = '192.0.2.33'
EXAMPLES = {
    '2001:db8::/32': ('2001:db8:c000:221::', '2001:db8:c000:221:0:1:2:3'),
    '2001:db8:100::/40': ('2001:db8:1c0:2:21::', '2001:db8:1c0:2:21:1:2:3'),
    '2001:db8:122::/48': ('2001:db8:122:c000:2:2100::', '2001:db8:122:c000:2:2100:1:2'),
    '2001:db8:122:300::/56': ('2001:db8:122:3c0:0:221::', '2001:db8:122:3c0:0:221:1:2'),
    '2001:db8:122:344::/64': ('2001:db8:122:344:c0:2:2100::', '2001:db8:122:344:c0:2:2100:1'),
    '2001:db8:122:344::/96': ('2001:db8:122:344::192.0.2.33', None),
    '64:ff9b::/96': ('64:ff9b::192.0.2.33', None),
}
# A client that is in none of these.
CLIENT = 'fd00::8'
SETUP = POOL + [f'bib add --{p} {CLIENT}#1000 {P4}#2000' for p in ('udp', 'tcp', 'icmp')]
LINKS = ['addr add fd00::1/64 dev gc nodad', 'neigh add fd00::8 lladdr 02:00:00:00:00:c6 nud permanent dev gc']

for prefix, (embedded, suffixed) in EXAMPLES.items():
    number = prefix.split('/')[1] + ('-well-known' if prefix.startswith('64:') else '')
    group(f'prefix-{number}', jool=SETUP, ip=LINKS, pool6=prefix)
    flows = {proto: Flow(proto, src6=CLIENT, dst4=NODE, dst6=embedded) for proto in ('udp', 'tcp', 'icmp')}
    for proto, flow in flows.items():
        tcp = {'tcp': 'S'}
        case(f'prefix-{number}-{proto}', 'RFC 6052 2.2, RFC 6146 3.5.4: MUST be reversible: there and back',
             from6(flow.out6(**tcp)), to4(flow.out4(**tcp)), from4(flow.back4(tcp='SA')), to6(flow.back6(tcp='SA')))
    flow = flows['udp']
    case(f'prefix-{number}-error', 'RFC 6052 2.2: within an error, and as its source',
         from6(flow.out6()), to4(flow.out4()),
         from4(error4(flow.out4(id=9), 3, 3, src=NODE)), to6(error6(flow.out6(hlim=63), 1, 4, src=embedded, dst=CLIENT, hlim=63)))
    if suffixed:
        other = Flow('udp', src6=CLIENT, dst4=NODE, dst6=suffixed)
        case(f'prefix-{number}-suffix', 'RFC 6052 2.2: a suffix is ignored', from6(other.out6()), to4(other.out4()),
             from4(other.back4()), to6(flow.back6()))
        case(f'prefix-{number}-suffix-ping', 'RFC 6052 2.2: a suffix is ignored in the checksum, too',
             from6(Flow('icmp', src6=CLIENT, dst4=NODE, dst6=suffixed).out6()), to4(flows['icmp'].out4()))
