#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the gateway tells its service manager that it is ready and, as long
# as it works, that it lives; a child that hangs is ended and started again
# without the service manager; a monitor that hangs says nothing more; of
# sockets that are handed over, the courier's door stays shut without a
# credential.
. "$(dirname "$0")/../http/lib.sh"
D=$(mktemp -d)
python3 "$(dirname "$0")/notify.py" "$D/notify" >"$D/said" &
LISTENER=$!
tidy() {
	kill "$LISTENER" 2>/dev/null
	[ -n "${GWPID:-}" ] && kill -CONT "$GWPID" 2>/dev/null
	gw_clean
	rm -rf "$D"
}
# until SECONDS COMMAND...
until_true() {
	local n=$1
	shift
	for _ in $(seq $((n * 5))); do
		"$@" && return 0
		sleep 0.2
	done
	return 1
}
said() { # at least N lines of TEXT
	[ "$(grep -c "^$2" "$D/said")" -ge "$1" ]
}
gw_new
trap tidy EXIT
until_true 20 grep -q LISTENING "$D/said" || fail "the listener did not start"
export NOTIFY_SOCKET=$D/notify WATCHDOG_USEC=1500000
gw_start
unset NOTIFY_SOCKET WATCHDOG_USEC
until_true 20 said 1 READY=1 || fail "it does not say that it is ready"
until_true 20 said 3 WATCHDOG=1 || fail "no sign of life"

# hung children: after 5 periods, other processes
web=$(gw_pid web) store=$(gw_pid store)
kill -STOP "$web" "$store"
changed() { new=$(gw_pid "$1") && [ -n "$new" ] && [ "$new" != "$2" ]; }
until_true 90 changed web "$web" || fail "a hung web stays"
until_true 90 changed store "$store" || fail "a hung store stays"
for role in web store; do
	grep -q "$role hung, ending it" "$GW/log" || fail "$role: not told"
done
until_true 20 curl -fsS -m 2 -o /dev/null "$URL/healthz" ||
	fail "it does not answer after that"

# a hung monitor: silence, which is what the service manager waits for
kill -STOP "$GWPID"
sleep 0.5
n=$(grep -c WATCHDOG=1 "$D/said")
sleep 2
[ "$(grep -c WATCHDOG=1 "$D/said")" = "$n" ] || fail "a hung monitor lives on"
kill -CONT "$GWPID"
until_true 20 said $((n + 1)) WATCHDOG=1 || fail "no sign of life after it"
gw_stop
until_true 20 said 1 STOPPING=1 || fail "it does not say that it stops"

# sockets handed over by name; the door without a credential is shut
sed -i '/^courier =/d; /^\[courier\]/d; /^credential_hash/d' "$GW/gateway.ini"
cat >"$D/hand.py" <<'PY'
import os, socket, sys
public, door = socket.socket(), socket.socket()
for s, port in ((public, sys.argv[1]), (door, sys.argv[2])):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", int(port)))
    s.listen()
for s, to in ((public, 3), (door, 4)):
    os.dup2(os.dup(s.fileno()), to + 40)
os.dup2(43, 3)
os.dup2(44, 4)
os.closerange(5, 64)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2",
                  LISTEN_FDNAMES="public:courier")
os.execv(sys.argv[3], sys.argv[3:])
PY
DOOR=$(free_port)
python3 "$D/hand.py" "$PORT" "$DOOR" "$BIN/meldluik-gateway" \
	--config "$GW/gateway.ini" >>"$GW/log" 2>&1 &
GWPID=$!
until_true 20 curl -fsS -m 2 -o /dev/null "$URL/healthz" ||
	fail "sockets handed over do not answer"
curl -s -m 2 -o /dev/null "http://127.0.0.1:$DOOR/healthz"
rc=$?
[ $rc = 7 ] || fail "the door without a credential answers: curl $rc"
echo "ready, signs of life, hung web and store replaced, sockets taken"
