#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# While a configuration with many static BIB entries is read and checked, others may run.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
read -r answer took waited <<< "$(gw $python "$e2e/many.py" 150000)"
[ "$answer" = 'done' ] || fail "$answer"
[ $waited -lt $((took / 2)) ] || fail "of $took milliseconds another process waited $waited"
