#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session events go to sockets that asked for them with privilege in their namespace, at most 64, and to no other:
# whatever groups or port it has.
. "$(dirname "$0")/../lib/lib.sh"
namespaces+=(gw2)
network
rmmod jool
cat > $tmp/hear.py <<'EOT'
# Joins every group there is or may be, and prints what family each message is of that comes.
import struct, sys
sys.path.insert(0, sys.argv[1])
import listen
s = listen.open_socket()
for group in range(1, 512):
	try:
		s.setsockopt(listen.SOL_NETLINK, listen.NETLINK_ADD_MEMBERSHIP, group)
	except OSError:
		pass
print('joined', flush=True)
while True:
	print(struct.unpack_from('=H', s.recv(1 << 16), 4)[0], flush=True)
EOT
spawn ip netns exec gw setpriv --reuid=65534 --regid=65534 --clear-groups $python -B $tmp/hear.py "$e2e" > $tmp/heard
must 'it has joined' 10 grep -q joined $tmp/heard
insmod "$JOOL_KO"
nat64
j pool4 add --udp 198.51.100.0/24 1024-65000 --force
family=$($python -B -c 'import sys; sys.path.insert(0, sys.argv[1]); import listen; print(listen.Module().family)' "$e2e")
grep -qx 16 $tmp/heard || fail 'it does not hear of new families'

# Events of this namespace, and of none while only another one is followed.
ip netns add gw2
ip netns exec gw2 jool session follow > $tmp/other &
other=$!
pids+=("$other")
# shellcheck disable=SC2016 # for awk
follows() { # PID NAMESPACE: a socket that follows is held once more
	ip netns exec "$2" awk -v pid="$1" '$2 == 16 && $3 % 4194304 == pid && $8 > 2 { n++ } END { exit !n }' /proc/net/netlink
}
must 'the other follows' 10 follows "$other" gw2
peer c6 udp-send $client 40000 $server 9 10
cat > $tmp/first.py <<'EOT'
# Prints the number of the first event, then how many sockets more may follow, and what the next one is told.
import errno, os, signal, sys
sys.path.insert(0, sys.argv[1])
import listen
module = listen.Module()
s = listen.open_socket()
assert not listen.follow(module, s) and not listen.follow(module, s)
print('listening', flush=True)
print('first', listen.number(listen.receive(module, s)[1]['SEQ']), flush=True)
socks = []
def fill(limit):
	while len(socks) < limit:
		socks.append(listen.open_socket())
		error = listen.follow(module, socks[-1])
		if error:
			return len(socks) - 1, errno.errorcode[error]
	return len(socks), ''
child = os.fork()
if not child:
	print('more', *fill(100), flush=True)
	signal.pause()
print('waits', flush=True)
sys.stdin.readline()
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
print('again', *fill(100), flush=True)
EOT
mkfifo $tmp/go
exec 8<> $tmp/go
ip netns exec gw $python -B $tmp/first.py "$e2e" <&8 > $tmp/first 2>&1 &
first=$!
pids+=("$first")
must 'it listens' 10 grep -q listening $tmp/first
peer c6 udp-send $client 40001 $server 9 10
must 'it fills the list' 20 grep -q more $tmp/first
grep -qx 'first 1' $tmp/first || fail "not the first event: $(cat $tmp/first)"
grep -qx 'more 63 ENOSPC' $tmp/first || fail "$(cat $tmp/first)"
expect_refusal 2 '64 sockets follow the sessions of this namespace, and no more' gw timeout 20 jool session follow
echo >&8
must 'it fills it again' 20 grep -q again $tmp/first
grep -qx 'again 63 ENOSPC' $tmp/first || fail "after a kill: $(cat $tmp/first)"
wait "$first" || fail "status $?: $(cat $tmp/first)"
[ ! -s $tmp/other ] || fail "the other namespace heard $(cat $tmp/other)"

# A socket whose own filter wants none has lost none.
cat > $tmp/deaf.py <<'EOT'
import ctypes, socket, sys
sys.path.insert(0, sys.argv[1])
import listen
SO_ATTACH_FILTER = 26
class Program(ctypes.Structure):
	_fields_ = [('len', ctypes.c_ushort), ('code', ctypes.c_void_p)]
nothing = ctypes.create_string_buffer(b'\x06\0\0\0\0\0\0\0', 8)
module = listen.Module()
s, ears = listen.open_socket(), listen.open_socket()
assert not listen.follow(module, s) and not listen.follow(module, ears)
s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, bytes(Program(1, ctypes.addressof(nothing))))
print('listening', flush=True)
while not listen.receive(module, ears):
	pass
s.setblocking(False)
try:
	s.recv(1 << 16)
	print('an event')
except BlockingIOError:
	print('nothing')
except OSError as error:
	print(error)
EOT
ip netns exec gw $python -B $tmp/deaf.py "$e2e" > $tmp/deaf 2>&1 &
deaf=$!
pids+=("$deaf")
must 'it listens' 10 grep -q listening $tmp/deaf
peer c6 udp-send $client 40002 $server 9 10
wait "$deaf" || fail "status $?: $(cat $tmp/deaf)"
grep -qx nothing $tmp/deaf || fail "with a filter: $(cat $tmp/deaf)"

# A port that a follower had, in the hands of one without privilege, who lies in wait for it.
cat > $tmp/reuse.py <<'EOT'
import os, sys
sys.path.insert(0, sys.argv[1])
import listen
module = listen.Module()
heard = 0
for port in range(70000, 70030):
	s = listen.open_socket(port)
	assert not listen.follow(module, s)
	child = os.fork()
	if not child:
		s.close()
		os.setgid(65534)
		os.setuid(65534)
		os.write(1, b'.')
		while True:
			try:
				t = listen.open_socket(port)
				break
			except OSError:
				pass
		t.settimeout(0.02)
		try:
			t.recv(1 << 16)
			os._exit(1)
		except TimeoutError:
			os._exit(0)
	try:
		listen.receive(module, s)
	except OSError:			# more than there is room for
		pass
	s.close()
	heard += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(f'\nheard {heard}', flush=True)
EOT
flood
gw timeout 60 $python -B $tmp/reuse.py "$e2e" > $tmp/reuse || fail "reuse: $(cat $tmp/reuse)"
grep -qx 'heard 0' $tmp/reuse || fail "the next of the port: $(tail -n 1 $tmp/reuse)"

# A namespace that is deleted, and a module that is removed, while somebody follows.
ip netns del gw2
kill -9 "$other"
wait "$other" 2>/dev/null || :
cat > $tmp/stay.py <<'EOT'
import sys
sys.path.insert(0, sys.argv[1])
import listen
module = listen.Module()
s = listen.open_socket()
assert not listen.follow(module, s)
print('listening', flush=True)
listen.receive(module, s)
print('event', flush=True)
sys.stdin.readline()
s.setblocking(False)
while True:
	try:
		s.recv(1 << 16)
	except BlockingIOError:
		break
	except OSError:			# more than there was room for
		pass
print('emptied', flush=True)
sys.stdin.readline()
try:
	s.recv(1 << 16)
	print('more', flush=True)
except BlockingIOError:
	print('nothing', flush=True)
EOT
ip netns exec gw $python -B $tmp/stay.py "$e2e" <&8 > $tmp/stay 2>&1 &
stay=$!
pids+=("$stay")
must 'it hears' 10 grep -q event $tmp/stay
rmmod jool
echo >&8
must 'it has read all' 10 grep -q emptied $tmp/stay
insmod "$JOOL_KO"
j instance add --pool6 64:ff9b::/96
must 'there are sessions again' 10 has_sessions 5
echo >&8
wait "$stay" || fail "status $?: $(cat $tmp/stay)"
grep -qx nothing $tmp/stay || fail "after the module came back: $(cat $tmp/stay)"
stop_flood
! grep -qx "$family" $tmp/heard || fail 'one without privilege has heard of sessions'
! dmesg | sed "1,/ e2e: $test\$/d" | grep -A 40 WARNING: || fail 'the kernel complains'
