#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whoever lists the kernel's hooks while devices come to the fast path and leave it reads what is
# there, and no memory that was freed. Debian's kernel has no such list; the user-mode kernels do.
. "$(dirname "$0")/../lib/lib.sh"
network
nat64
if ! modprobe -q nfnetlink_hook; then
	echo "SKIP e2e/$test: reading the list of hooks (this kernel has none)"
	exit 0
fi
none=$(gw nft list hooks netdev device gs4)
# Not every kernel knows the names of functions.
lists() { # DEVICE
	[ "$(gw nft list hooks netdev device "$1")" != "$none" ]
}
j global update fast-path gc6,gs4
lists gs4 || fail 'nft lists no hook of the fast path'
list_on() {
	while gw nft list hooks netdev device gs4; do :; done
}
spawn list_on > /dev/null
for _ in {1..40}; do
	j global update fast-path gc6
	j global update fast-path gc6,gs4
done
lists gs4 || fail 'the hook is gone'
j global update fast-path ''
! lists gs4 || fail 'the hook is still there'
