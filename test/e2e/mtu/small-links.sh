#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A link of 1280 or 1420 bytes on either side: all that is sent arrives, by TCP, UDP and ping, both
# ways, with the offloads as they are.
. "$(dirname "$0")/../lib/transfers.sh"
transfers_begin
transfers_over_all
