# SPDX-License-Identifier: GPL-2.0-only
"""When memory is short, or an entry is going away: the packet is dropped and counted, nothing is left behind, and
the next packet finds all as if the first had never come."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
SYN = dict(tcp='S')
# One port: if it were lost, the next packet would not get it.
ONE = [f'pool4 add --{p} {P4} 2000' for p in ('udp', 'tcp', 'icmp')] + NO_REST
HOST = '2001:db8:c::21'


def starved(name, says, where, flow, *after, skip=0, **packet):
    """The first packet of a flow from IPv6, which is dropped for want of memory, and once more."""
    case(name, says, tables(), no_memory(where, skip), from6(flow.out6(**packet)), tables(),
         from6(flow.out6(**packet)), to4(flow.out4(**packet)), *after, counters='ENOMEM')


for flow in (U, T, P):
    proto = flow.proto
    forget = command(f'bib remove --{proto} {C6}#1000')
    group(f'failure-{proto}', jool=ONE)
    starved(f'failure-host-{proto}', 'no memory for the host', 'jool_host_get', flow, forget, **SYN)
    starved(f'failure-bib-{proto}', 'no memory for the BIB entry', 'jool_bib_create', flow, forget, **SYN)
    starved(f'failure-session-{proto}', 'no memory for the session: its BIB entry goes, too', 'jool_session_create', flow,
            forget, **SYN)
    # An instance each, whose address has none of them.
    for skip, what in enumerate(('ports', 'arrays', 'array')):
        group(f'failure-{what}-{proto}', jool=[f'{line} --max-iterations {skip + 1}' for line in ONE if f'--{proto}' in line])
        starved(f'failure-{what}-{proto}', 'no memory for the ports of an address', 'jool_pool4_take', flow, skip=skip, **SYN)

RESTING, ENDED = U.but(sport4=2894), command(f'bib remove --udp {C6}#1000')
for skip, name in enumerate(('failure-rest', 'failure-rest-second')):
    group(name, jool=[f'pool4 add --udp {P4} 2894 --max-iterations {skip + 1}'])
    case(name, 'no memory for a port to rest: it is free at once', from6(RESTING.out6()), to4(RESTING.out4()),
         no_memory('jool_addr4_end', skip), ENDED, from6(RESTING.out6()), to4(RESTING.out4()), ENDED,
         from6(RESTING.out6()), to4(RESTING.out4()), counters='PORT_RESTING')
group('failure-rest-not', jool=[f'pool4 add --udp {P4} 2895'])
starved('failure-rest-not', 'no memory for the session: what nothing was translated by does not rest', 'jool_session_create',
        U.but(sport4=2895))

group('failure-from4')
for flow in (U.but(dport=901), T.but(dport=901)):
    case(f'failure-session-4to6-{flow.proto}', 'no memory for a session that begins on the IPv4 side',
         tables(), no_memory('jool_session_create'), from4(flow.back4(**SYN)), tables(),
         from4(flow.back4(**SYN)), to6(flow.back6(**SYN)), counters='ENOMEM')
case('failure-race-6to4', 'the BIB entry is going away each time it is found',
     fails('jool_session_create', -11, 'jool_xlat_6to4', count=4), tables(), from6(U.but(dport=911).out6()), tables(),
     from6(U.but(dport=911).out6()), to4(U.but(dport=911).out4()), counters='RACE')
case('failure-race-4to6', 'the BIB entry is going away each time it is found',
     fails('jool_session_create', -11, 'jool_xlat_4to6', count=4), tables(), from4(U.but(dport=912).back4()), tables(),
     from4(U.but(dport=912).back4()), to6(U.but(dport=912).back6()), counters='RACE')
case('failure-race-once', 'it was going away only once',
     fails('jool_session_create', -11, 'jool_xlat_6to4', count=3), from6(U.but(dport=913).out6()), to4(U.but(dport=913).out4()))

# ---- kept SYNs -----------------------------------------------------------------------------------

group('failure-syn', jool=ONE + ['global update maximum-simultaneous-opens 2'])
case('failure-syn', 'no memory to keep a SYN', no_memory('jool_syn_store'), from4(T.back4(**SYN)), tables(),
     from4(T.back4(**SYN)), counters='ENOMEM SYN_STORED')
for what, where in (('ports', 'jool_addr4_take'), ('host', 'jool_host_get'), ('bib', 'jool_bib_create'), ('session', 'jool_session_create')):
    group(f'failure-syn-{what}', jool=ONE + [f'global update maximum-simultaneous-opens {len(what)}'])
    case(f'failure-syn-{what}', 'no memory when the SYN is met: the one kept is lost, the next gets its port all the same',
         from4(T.back4(**SYN)), tables(), no_memory(where), from6(T.out6(**SYN)), tables(), from6(T.out6(**SYN)), to4(T.out4(**SYN)),
         session(T, 'V6_INIT'), counters='SYN_STORED SYN_MATCHED ENOMEM')

# ---- packets -------------------------------------------------------------------------------------

OPENED = [from6(U.out6()), to4(U.out4()), from6(T.out6(tcp='S')), to4(T.out4(tcp='S')),
          from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA')), from6(P.out6()), to4(P.out4())]
BIG = pattern(4000)


def lost(name, says, where, send, *packets):
    case(name, says, tables(), no_memory(where), send(*packets), tables(), counters='ENOMEM')


group('failure-packet', prime=OPENED)
lost('failure-6to4-copy', 'no memory to make the packet writable', 'jool_rfc7915_6to4', from6, shaped(U.out6(), cloned=True))
lost('failure-4to6-copy', 'no memory for the longer header', 'jool_rfc7915_4to6', from4, shaped(U.back4(), headroom=0))
lost('failure-6to4-checksum', 'no memory to make the checksum', 'skb_checksum_help', from6,
     shaped(P.out6(), cloned=True, summed='partial'))
lost('failure-4to6-checksum', 'no memory to make the checksum', 'skb_checksum_help', from4,
     shaped(P.back4(), cloned=True, summed='partial'))
lost('failure-6to4-error', 'no memory for the translated error', 'jool_icmp_error_6to4', from6, error6(U.back6(), 1, 4, src=C6))
lost('failure-4to6-error', 'no memory for the translated error', 'jool_icmp_error_4to6', from4, error4(U.out4(id=9), 3, 3, src=S4))
lost('failure-6to4-segments', 'no memory for the segments', '__skb_gso_segment', from6, gso(T.out6(data=BIG), 1400))
lost('failure-4to6-segments', 'no memory for the segments', '__skb_gso_segment', from4, gso(T.back4(data=BIG), 1400))
case('failure-fragments-6to4', 'RFC 6146 3.4: without resources, fragments are silently discarded',
     no_memory('nf_ct_frag6_gather'), from6(*cut6(U.out6(data=BIG), 1448, 1448, id=7001)),
     from6(*cut6(U.out6(data=BIG), 1448, 1448, id=7002)), to4(fragments(U.out4(data=BIG, flags=''), 1500)))
case('failure-fragments-4to6', 'RFC 6146 3.4: without resources, fragments of UDP without checksum MUST be silently discarded',
     no_memory('ip_defrag'), from4(*cut4(no_sum(U.back4(data=BIG)), 1480, 1480, id=7001)),
     from4(*cut4(no_sum(U.back4(data=BIG)), 1480, 1480, id=7002)), to6(fragments(U.back6(data=BIG), 1280, 7002)))
case('failure-over', 'and then there is memory again', from6(U.out6(), T.out6()), to4(U.out4(), T.out4()),
     from4(U.back4(), T.back4()), to6(U.back6(), T.back6()))
