#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `instance flush` removes every instance of the namespace with all that is in it.
# Alone: instance display shows those of every namespace.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
j instance add other --netfilter -6 3fff::/96
c6 ping -q -c 1 -W $patience $server > /dev/null
j instance flush
j instance display > $tmp/display
diff $tmp/display - <<EOT
+--------------------+-----------------+-----------+
|          Namespace |            Name | Framework |
+--------------------+-----------------+-----------+
+--------------------+-----------------+-----------+
EOT
! c6 ping -q -c 1 -W 1 $server > /dev/null || fail 'still translated'
nat64
expect_sessions --icmp </dev/null
c6 ping -q -c 1 -W $patience $server > /dev/null
