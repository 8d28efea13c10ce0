# SPDX-License-Identifier: GPL-2.0-only
"""Option fast-path: what takes it, and what does not. `run --fast` runs all other cases with it."""
from dsl import *

U, T, P = UDP_FLOW, TCP_FLOW, PING
OPENED = [from6(U.out6()), to4(U.out4()), from6(P.out6()), to4(P.out4()),
          from6(T.out6(tcp='S')), to4(T.out4(tcp='S')), from4(T.back4(tcp='SA')), to6(T.back6(tcp='SA'))]
ON = STATIC + ['global update fast-path gc,gs']

group('fast', jool=ON, prime=OPENED)
# The answer of UDP has no route yet when it comes first.
case('fast-first', 'the first packet of a direction finds its route the normal way', from4(U.back4()), to6(U.back6()))
case('fast-6to4-udp', 'UDP of a session', from6(U.out6()), to4(U.out4()), counters='FAST')
case('fast-4to6-udp', 'UDP of a session', from4(U.back4()), to6(U.back6()), counters='FAST')
case('fast-6to4-tcp', 'TCP of an established session', from6(T.out6(tcp='A')), to4(T.out4(tcp='A')), counters='FAST')
case('fast-4to6-tcp', 'TCP of an established session', from4(T.back4(tcp='A')), to6(T.back6(tcp='A')), counters='FAST')
case('fast-ping', 'ICMP goes the normal way', from6(P.out6()), to4(P.out4()))
case('fast-other', 'a packet without session goes the normal way', from6(U.but(dport=81).out6()), to4(U.but(dport=81).out4()))
case('fast-fin', 'so does what changes the state', from6(T.out6(tcp='FA')), to4(T.out4(tcp='FA')), session(T, 'V6_FIN_RCV'))
case('fast-half-closed', 'and what is in no established session', from6(T.out6(tcp='A')), to4(T.out4(tcp='A')))

group('fast-one', jool=STATIC + ['global update fast-path gc'], prime=OPENED + [from4(U.back4()), to6(U.back6())])
case('fast-one-6to4', 'only of the devices that are named', from6(U.out6()), to4(U.out4()), counters='FAST')
case('fast-one-4to6', 'and not of others', from4(U.back4()), to6(U.back6()))

group('fast-off', jool=ON + ["global update fast-path ''"], prime=OPENED)
case('fast-off', 'switched off again', from6(U.out6()), to4(U.out4()))
group('fast-forward', jool=ON + ['global update forward-hook true'], prime=OPENED)
case('fast-forward', 'forward-hook wants all packets', from6(U.out6()), to4(U.out4()))
