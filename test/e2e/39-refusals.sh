#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What cannot be done is said in one sentence on stderr, with status 2; what was asked wrongly, with 1.
. "$(dirname "$0")/lib.sh"
network
expect_refusal 2 'default' j session display
expect_refusal 2 'nosuch' j -i nosuch session display
nat64
expect_refusal 2 . j instance add --netfilter -6 64:ff9b::/96
expect_refusal 2 'ermi|ADMIN' gw setpriv --reuid=65534 --regid=65534 --clear-groups jool session display
gw setpriv --reuid=65534 --regid=65534 --clear-groups jool stats display > /dev/null
expect_refusal 1 'Only one protocol' j session display --tcp --udp
expect_refusal 1 'udp-timeout.*--force' j global update udp-timeout 0:00:01
j instance remove
rmmod jool
undo="insmod '$JOOL_KO'"
expect_refusal 2 'modprobe|loaded|module' j session display
