# SPDX-License-Identifier: GPL-2.0-only
"""Many packets that deserve errors: RFC 7915 4.4 and 5.4, RFC 4443 2.4 (f), RFC 1812 4.3.2.8. The kernel limits the errors
to each destination (net.ipv4.icmp_ratelimit, net.ipv6.icmp.ratelimit: one a second or a few, and some at once), and
the translator asks it for no more than ERRORS_MAX in a jiffy on each processor (mod/icmp.c)."""
from dsl import *

U, T = UDP_FLOW, TCP_FLOW
MANY = 2000


def flood(name, says, send, packet, receive, error, counter, **more):
    """Each packet is counted, few errors come."""
    group(name, slow=True, defaults=True, **more)
    case(name, f'RFC 7915 4.4, 5.4, RFC 4443 2.4: errors are limited, drops are counted: {says}',
         send(*[build(packet)] * MANY), receive(few(error, 1, 100)), counters={counter: MANY, 'ICMP_SENT': PerJiffy(64)})


flood('flood-6to4-hop-limit', 'hop limit used up', from6, U.out6(hlim=1), to6, error6(U.out6(hlim=1), 3, 0, src=GW6, dst=C6), 'TTL')
flood('flood-4to6-ttl', 'TTL used up', from4, U.back4(ttl=1), to4, error4(U.back4(ttl=1), 11, 0, src=GW4, dst=S4, tos=0xc0), 'TTL')
flood('flood-6to4-exhausted', 'no port left', from6, U.but(src6=D6).out6(), to6,
      error6(U.but(src6=D6).out6(), 1, 3, src=GW6, dst=D6), 'POOL4_EXHAUSTED', jool=[f'pool4 add --udp {P4} 2000'],
      prime=[from6(U.out6()), to4(U.out4())])
flood('flood-4to6-adf', 'filtered', from4, U.back4(), to4, error4(U.back4(), 3, 13, src=GW4, dst=S4, tos=0xc0), 'ADF',
      jool=STATIC + ['global update address-dependent-filtering true'])
