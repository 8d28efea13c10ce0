#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What cannot be done is said in one sentence on stderr, with status 2; what was asked wrongly, with 1.
. "$(dirname "$0")/../lib/lib.sh"
network
expect_refusal 2 'default' j session display
expect_refusal 2 'nosuch' j -i nosuch session display
nat64
expect_refusal 2 . j instance add --netfilter -6 64:ff9b::/96
expect_refusal 2 'ermi|ADMIN' gw setpriv --reuid=65534 --regid=65534 --clear-groups jool session display
gw setpriv --reuid=65534 --regid=65534 --clear-groups jool stats display > /dev/null
expect_refusal 1 'Only one protocol' j session display --tcp --udp
# RFC 6146 3.5.1 and 3.5.2.2: not less than UDP_MIN, TCP_EST and TCP_TRANS, which themselves are good enough.
expect_refusal 1 'udp-timeout.*--force' j global update udp-timeout 0:01:59.999
expect_refusal 1 'tcp-est-timeout.*--force' j global update tcp-est-timeout 1:59:59.999
expect_refusal 1 'tcp-trans-timeout.*--force' j global update tcp-trans-timeout 0:03:59.999
expect_refusal 1 'tcp-closing-timeout.*--force' j global update tcp-closing-timeout 0:03:59.999
expect_refusal 1 'tcp-opening-timeout.*--force' j global update tcp-opening-timeout 0:00:05.999
# RFC 5508 REQ-2
expect_refusal 1 'icmp-timeout.*--force' j global update icmp-timeout 0:00:59.999
j global update icmp-timeout 0:01:00
j global update udp-timeout 0:02:00
j global update tcp-est-timeout 2:00:00
j global update tcp-trans-timeout 0:04:00
j instance remove
rmmod jool
undo="insmod '$JOOL_KO'"
expect_refusal 2 'modprobe|loaded|module' j session display
