#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The traffic class becomes the TOS and the TOS the traffic class, all eight bits; override-tos and
# zeroize-traffic-class change that.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
watch four s4 s4g icmp
watch six c6 c6g 'icmp6 && ip6[40] == 129'
c6 ping -q -c 1 -W $patience -Q 0xb9 $server > /dev/null
seen four 'tos 0xb9.* > 192.0.2.8: .*echo request'
seen six 'class 0xb9.* > 2001:db8::8: .*echo reply'
j global update override-tos true
j global update tos 32
j global update zeroize-traffic-class true
c6 ping -q -c 1 -W $patience -Q 0xb9 $server > /dev/null
seen four 'tos 0x20,.* > 192.0.2.8: .*echo request'
seen six '\(hlim.* > 2001:db8::8: .*echo reply'
