#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fragments are not translated yet: they are dropped and counted, and nothing comes out.
. "$(dirname "$0")/lib.sh"
network
nat64
j pool4 add --icmp 192.0.2.1 5000-5010
j bib add --icmp $client#5 192.0.2.1#5005
watch four s4 s4g 'icmp && src 192.0.2.1'
watch six c6 c6g 'src net 64:ff9b::/96'
! c6 ping -q -c 1 -W 1 -s 3000 $server > /dev/null || fail 'an answer to a fragmented ping'
expect_stat FRAGMENT 1
! s4 ping -q -c 1 -W 1 -s 3000 -e 5005 192.0.2.1 > /dev/null || fail 'an answer to a fragmented ping'
expect_stat FRAGMENT 2
[ -z "$(packets four)$(packets six)" ] || fail "$(packets four) $(packets six)"
