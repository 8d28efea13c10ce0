#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Nobody computes checksums but the stacks at the ends, and they agree; with offloads on one side of
# the gateway only as well.
. "$(dirname "$0")/../lib/transfers.sh"
transfers_begin
offloads gro off gso off tso off tx off sg off
transfers 'no offloads at all'
c6 ethtool -K c6g gro on gso on sg on tx on tso on
gw ethtool -K gc6 gro on gso on sg on tx on tso on
transfers 'offloads on the IPv6 side'
set_mtu 4 1280
transfers 'offloads on the IPv6 side, IPv4 link of 1280'
