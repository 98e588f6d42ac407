#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: courier and reporter can do their work (resolve, connect, write where
# the user said) and nothing that a hostile server would want of them; and
# the programs that run are inside that fence.
set -u
HERE=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${BUILD:-$HERE/build}/bin
[ -x "$BIN/fence_try" ] || { echo "skip: fence_try is not built"; exit 77; }
D=$(mktemp -d)
trap 'kill $L 2>/dev/null; rm -rf "$D"' EXIT
L=
mkdir "$D/own"
n=0
expect() { # EXIT ACT...
	want=$1
	shift
	for act; do
		("$BIN/fence_try" "$D/own" "$act") 2>/dev/null
		got=$?
		[ $got = 4 ] && { echo "skip: no Landlock here"; exit 77; }
		[ $got = "$want" ] || { echo "FAIL: $act: $got, not $want"; exit 1; }
		n=$((n + 1))
	done
}
expect 0 write read resolve thread socket
expect 13 beside
expect 159 exec fork ptrace packet
[ -e "$D/beside" ] && { echo "FAIL: a file beside the folder"; exit 1; }
# a server that takes the connection and says nothing: look at the client
python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True)
c = [s.accept() for _ in range(2)]; time.sleep(60)' >"$D/port" &
L=$!
for _ in $(seq 100); do [ -s "$D/port" ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat "$D/port")
echo token >"$D/token"
printf '[gateway]\nurl = %s\ndoor = %s\ncredential_file = %s\ndesk = 1\n' \
	"$url" "$url" "$D/token" >"$D/courier.ini"
fenced() { # NAME PID
	for _ in $(seq 100); do
		grep -q '^Seccomp:	2' "/proc/$2/status" &&
			grep -q '^NoNewPrivs:	1' "/proc/$2/status" && break
		sleep 0.1
	done
	grep -q "^Seccomp:	2" "/proc/$2/status" || {
		echo "FAIL: $1 is not fenced"
		exit 1
	}
	kill "$2"
	wait "$2" 2>/dev/null
	n=$((n + 1))
}
"$BIN/meldluik-courier" --config "$D/courier.ini" fetch "$D/own" 2>/dev/null &
fenced courier $!
"$BIN/meldluik-reporter" --gateway "$url" verify keyset 2>/dev/null &
fenced reporter $!
echo "$n acts: allowed, refused or ended; courier and reporter run fenced"
