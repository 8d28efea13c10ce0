#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the kernel refuses comes with a sentence: also requests that the command does not make, the
# limits of pool4 and of a namespace, and hooks that netfilter has no room for.
# Alone: it wants memory for the largest pool4.
. "$(dirname "$0")/../lib/lib.sh"
network
ask() { # < REQUEST -> SENTENCE...; as ask.py explains
	cat > $tmp/wanted
	gw $python "$e2e/ask.py" < $tmp/wanted > $tmp/answers
	diff $tmp/wanted $tmp/answers || fail 'that is not what the kernel says (<: wanted, >: said)'
}
refused() { # SENTENCE COMMAND...
	expect_refusal 2 "^Error: $1$" "${@:2}"
}
sixth='POOL6=64:ff9b:: POOL6_LEN=96'
ask <<EOT
INSTANCE_ADD $sixth -> the request lacks the instance name
INSTANCE_ADD INSTANCE=a\nb $sixth -> the instance name has control characters or is not UTF-8
INSTANCE_ADD INSTANCE=a\x7f $sixth -> the instance name has control characters or is not UTF-8
INSTANCE_ADD INSTANCE=a\xc2\x9bb $sixth -> the instance name has control characters or is not UTF-8
INSTANCE_ADD INSTANCE=a\xff $sixth -> the instance name has control characters or is not UTF-8
INSTANCE_ADD INSTANCE=\xe2\x82 $sixth -> the instance name has control characters or is not UTF-8
INSTANCE_ADD INSTANCE= $sixth -> the instance name is empty
INSTANCE_ADD INSTANCE=a -> the request lacks pool6
INSTANCE_ADD INSTANCE=a POOL6=64:ff9b:: -> the request lacks the length of pool6
INSTANCE_ADD INSTANCE=a POOL6=:: POOL6_LEN=95 -> the length of pool6 is none of 32, 40, 48, 56, 64, 96
INSTANCE_ADD INSTANCE=a POOL6=64:ff9b::1 POOL6_LEN=96 -> pool6 has bits set behind its prefix length
INSTANCE_REMOVE INSTANCE=a -> this namespace has no instance of that name
INSTANCE_ADD INSTANCE=default $sixth -> done
EOT
default='INSTANCE=default'
pool="$default PROTO=6 PREFIX4=192.0.2.1"
pair="$default PROTO=6 SRC6=2001:db8::8 SRC6_PORT=80"
ask <<EOT
POOL4_ADD $default -> the request lacks the protocol
SESSION_COUNT $default PROTO=132 -> the protocol is none of TCP, UDP, ICMP
POOL4_ADD $default PROTO=6 -> the request lacks the IPv4 prefix
POOL4_ADD $pool -> the request lacks the length of the IPv4 prefix
POOL4_ADD $pool PREFIX4_LEN=32 -> the request lacks the first port
POOL4_ADD $pool PREFIX4_LEN=32 PORT_MIN=1 -> the request lacks the last port
POOL4_ADD $pool PREFIX4_LEN=9 PORT_MIN=1 PORT_MAX=2 -> the IPv4 prefix has bits set behind its length
POOL4_ADD $pool PREFIX4_LEN=32 PORT_MIN=2 PORT_MAX=1 -> the first port is above the last one
POOL4_ADD $pool PREFIX4_LEN=32 PORT_MIN=0 PORT_MAX=0 -> TCP and UDP have no port 0
BIB_ADD $default PROTO=6 -> the request lacks the IPv6 address
BIB_ADD $default PROTO=6 SRC6=2001:db8::8 -> the request lacks the IPv6 port
BIB_ADD $pair -> the request lacks the IPv4 address
BIB_ADD $pair SRC4=192.0.2.1 -> the request lacks the IPv4 port
BIB_REMOVE $default PROTO=6 -> the request lacks a transport address
BIB_REMOVE $default PROTO=6 SRC6=2001:db8::8 -> the request lacks the IPv6 port
BIB_REMOVE $default PROTO=6 SRC6_PORT=80 -> the request lacks the IPv6 address
BIB_REMOVE $default PROTO=6 SRC6=2001:db8::8 SRC4=192.0.2.1 SRC4_PORT=80 -> the request lacks the IPv6 port
BIB_REMOVE $pair SRC4=192.0.2.1 -> the request lacks the IPv4 port
BIB_REMOVE $pair SRC4_PORT=80 -> the request lacks the IPv4 address
SESSION_COUNT $default DST6_LEN=96 -> a prefix length without an address
SESSION_COUNT $default PORT_MIN=2 PORT_MAX=1 -> the first port is above the last one
GLOBAL_SET $default -> the request lacks the options
GLOBAL_SET $default GLOBALS=pool6:00 -> pool6 is fixed when the instance is added
GLOBAL_SET $default GLOBALS=fast-path:$(printf '612f62%026d' 0) -> that is no name of a device
GLOBAL_SET $default GLOBALS=fast-path:$(printf '61c29b%026d' 0) -> that is no name of a device
GLOBAL_SET $default GLOBALS=mtu-plateaus:00000000 -> there is no MTU above 0
GLOBAL_SET $default GLOBALS=mtu-plateaus:000000 -> there is no MTU above 0
GLOBAL_SET $default GLOBALS=mtu-plateaus:00000100 -> done
GLOBAL_SET $default GLOBALS=f-args:10 -> the value is out of the option's range
QUERY $pair -> the request lacks the IPv6 destination
QUERY $pair DST6=64:ff9b::1 -> the request lacks the IPv6 destination port
QUERY $default PROTO=6 SRC4=192.0.2.1 SRC4_PORT=1 -> the request lacks the IPv4 source
QUERY $default PROTO=6 SRC4=192.0.2.1 SRC4_PORT=1 DST4=10.1.1.1 -> the request lacks the IPv4 source port
EOT

# More than the kernel has memory for.
ask <<EOT
CONFIG_CHECK $default BIB_ENTRY=25000000 -> ENOMEM
EOT

# 10.0.0.0/14 is as many as there may be. Without its middle, one of them would be two.
j pool4 add --udp 10.0.0.0/14 1000-1009 --force
refused 'pool4 would have more than 262144 addresses' j pool4 add --udp 192.0.2.1 1000-1009
refused 'pool4 would be in more than 262144 pieces' j pool4 remove --udp 10.0.0.1 1005
[ "$(j pool4 display --udp --csv --no-headers | wc -l)" = 262144 ] || fail 'pool4 changed'
j instance flush

for ((i = 1; i <= 256; i++)); do
	echo "INSTANCE_ADD INSTANCE=i$i POOL6=2001:db8:$i:: POOL6_LEN=96 -> done"
done | ask
refused 'this namespace has 256 instances, and no more' j instance add --pool6 64:ff9b::/96
j instance remove i7
nat64
j instance flush

# Netfilter takes 1024 functions at one place.
{
	echo 'table ip6 full {'
	for ((i = 1; i <= 1024; i++)); do
		echo "chain c$i { type filter hook prerouting priority $i; }"
	done
	echo '}'
} | gw nft -f -
refused 'the kernel refused the netfilter hooks' j instance add --pool6 64:ff9b::/96
echo '{ "instance": "a", "global": { "pool6": "64:ff9b::/96" } }' > $tmp/file
refused '.*the kernel refused the netfilter hooks' j file handle $tmp/file
gw nft flush ruleset
nat64
