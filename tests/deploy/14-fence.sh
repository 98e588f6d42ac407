#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: courier and reporter can do their work (resolve, connect, write where
# the user said) and nothing that a hostile server would want of them; and
# the programs that run are inside that fence.
set -u
HERE=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${BUILD:-$HERE/build}/bin
fail() {
	echo "FAIL: $*"
	exit 1
}
[ -x "$BIN/fence_try" ] || fail "fence_try is not built"
D=$(mktemp -d)
SERVER=
tidy() {
	[ -n "$SERVER" ] && kill "$SERVER" 2>/dev/null
	rm -rf "$D"
}
trap tidy EXIT
ulimit -c 0
mkdir "$D/own"
n=0
expect() { # EXIT ACT...
	local want=$1 act got
	shift
	for act; do
		("$BIN/fence_try" "$D/own" "$act") 2>/dev/null
		got=$?
		if [ $got = 4 ] && [ "$want" = 13 ]; then
			echo "weaker: no Landlock, $act is free"
			landlock=
			continue
		fi
		[ $got = "$want" ] || fail "$act: $got, not $want"
		n=$((n + 1))
	done
}
landlock=yes
expect 0 write read resolve thread socket wakes
expect 13 beside memory unix pair
expect 159 exec fork ptrace packet mount truncate chmod chmodat attribute
[ -n "$landlock" ] && [ -e "$D/beside" ] && fail "a file beside the folder"
# a folder that the program is to make, named with a slash at its end
("$BIN/fence_try" "$D/new/" made) || fail "the folder that the user named"
[ -d "$D/new" ] || fail "it was not made"

# a server that takes a connection and says nothing: look at the client
python3 - >"$D/port" <<'PY' &
import socket
import time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
kept = [s.accept() for _ in range(2)]
time.sleep(120)
PY
SERVER=$!
for _ in $(seq 100); do
	[ -s "$D/port" ] && break
	sleep 0.1
done
[ -s "$D/port" ] || fail "no server"
url=http://127.0.0.1:$(cat "$D/port")
echo token >"$D/token"
cat >"$D/courier.ini" <<END
[gateway]
url = $url
door = $url
credential_file = $D/token
desk = 1
END
fenced() { # NAME PID
	for _ in $(seq 100); do
		grep -q '^Seccomp:	2' "/proc/$2/status" &&
			grep -q '^NoNewPrivs:	1' "/proc/$2/status" && break
		kill -0 "$2" 2>/dev/null || fail "$1 ended before its server"
		sleep 0.1
	done
	grep -q "^Seccomp:	2" "/proc/$2/status" || fail "$1 is not fenced"
	kill "$2"
	wait "$2" 2>/dev/null
	n=$((n + 1))
}
"$BIN/meldluik-courier" --config "$D/courier.ini" fetch "$D/own" 2>/dev/null &
fenced courier $!
"$BIN/meldluik-reporter" --gateway "$url" verify keyset 2>/dev/null &
fenced reporter $!
# a kernel without Landlock is said
for p in "courier --config $D/courier.ini fetch $D/own" \
	"reporter --gateway http://127.0.0.1:1 --tries 1 verify keyset"; do
	# shellcheck disable=SC2086 # words
	timeout 20 "$BIN/without_landlock" "$BIN/meldluik-"$p >"$D/out" 2>&1
	grep -q "this kernel has no Landlock" "$D/out" ||
		fail "silent about a kernel without Landlock: $p"
	n=$((n + 1))
done
echo "$n acts: allowed, refused or ended; courier and reporter run fenced"
