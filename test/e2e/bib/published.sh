#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A service of an IPv6 host for IPv4 clients, as doc/port-forwarding.md says.
. "$(dirname "$0")/../lib/lib.sh"
network
example doc/port-forwarding.md publish > $tmp/example
gw bash -e $tmp/example > $tmp/shown
grep -qx '\[Static TCP\] 192.0.2.1#8080 - 2001:db8::8#80' $tmp/shown || fail "it shows: $(cat $tmp/shown)"
example doc/port-forwarding.md query > $tmp/example
tail -n +2 $tmp/example > $tmp/expected
gw bash -c "$(sed -n '1s/^# //p' $tmp/example)" > $tmp/actual
diff $tmp/expected $tmp/actual || fail 'query says something else'
spawn c6 socat TCP6-LISTEN:80,reuseaddr,fork PIPE
must 'the server listens' 10 listening c6 tcp 80
[ "$(s4 socat -t $patience -T $patience - TCP:192.0.2.1:8080 <<< hello)" = hello ] || fail 'no answer from IPv4'
[ "$(c6 socat -t $patience -T $patience - 'TCP:[64:ff9b::192.0.2.1]:8080' <<< hello)" = hello ] || fail 'no answer from IPv6'
