# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# For tests in which something seldom happens to the command: see hitch.c.
cc -O1 -shared -fPIC -o $tmp/hitch.so "$e2e/hitch.c"

# jool, to which it happens, in this network namespace.
hitch() { # WHAT JOOL'S ARGUMENTS
	rm -f $tmp/hitched
	LD_PRELOAD=$tmp/hitch.so HITCH=$1 HITCHED=$tmp/hitched jool "${@:2}"
}

# Does it with functions of ours on the gateway, with one start of `ip` for all of it.
on_gateway() { # FUNCTION ARGUMENT...
	gw bash -u -c "$(declare -p tmp; declare -f); \"\$@\"" bash "$@"
}
