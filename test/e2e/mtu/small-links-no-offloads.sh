#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same over links of 1280 and 1420 bytes with offloads switched off.
. "$(dirname "$0")/../lib/transfers.sh"
transfers_begin
offloads gro off gso off tso off
transfers_over_all
