# SPDX-License-Identifier: EUPL-1.2
# Sourced by scripts: starts a gateway with a throw-away configuration on a
# free port, and brings it an organisation through the courier's door.
#   gw_new [LINE...]   folder $GW, port $PORT, $URL; more lines of the ini
#   gw_start           waits until it answers; gw_pid monitor|web|store;
#                      GW_UNDER: a program that starts it
#   gw_install [ARG..] fixture (more arguments to it), delivered and live
#   gw_seal [BYTES]    after it: a sealed text, $GW/text.age, and one with a file
#                      of so many bytes, $GW/large.age
#   gw_stop
#   gw_silent PATTERN WHY [FOLDER...]  fails with WHY where the log or a file
#                      of FOLDERs holds PATTERN, or where one has nothing
#   free_port, said_port FILE
# After gw_new a trap cleans up.
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
BUILD=${BUILD:-$REPO/build}
BIN=$BUILD/bin
TOKEN=test-token-of-the-courier
export PYTHONPATH=$HERE PYTHONDONTWRITEBYTECODE=1

skip() { echo "skip: $*"; exit 77; }
fail() {
	echo "FAIL: $*"
	[ -f "${GW:-/nonexistent}/log" ] && tail -20 "$GW/log"
	exit 1
}
for p in meldluik-gateway fixture fixture-seal; do
	[ -x "$BIN/$p" ] || skip "$p is not built"
done

gw_clean() {
	gw_stop
	rm -rf "$GW"
}

# Below the ports that the system gives to connections, so that none of them
# takes it before the program that it is for
free_port() {
	python3 -c 'import random, socket
while True:
    port = random.randrange(10240, 32768)
    try:
        socket.socket().bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)'
}

# The port that a helper in Python says in FILE once it listens: $SAID
said_port() {
	for _ in $(seq 600); do
		[ -s "$1" ] && SAID=$(cat "$1") && return 0
		sleep 0.1
	done
	fail "a helper does not listen"
}

gw_new() {
	GW=$(mktemp -d)
	trap gw_clean EXIT
	PORT=$(free_port)
	URL=http://127.0.0.1:$PORT
	COURIER=$GW/courier.sock
	GWPID=
	mkdir -m 700 "$GW/store"
	{
		cat <<INI
[store]
path = $GW/store
bulk = ${GW_BULK:-256M}
reserve = 64M
floor = 1M
ballast = 1M
chaff = 0
[listen]
public = 127.0.0.1:$PORT
courier = unix:$COURIER
[courier]
credential_hash = $(printf %s "$TOKEN" | sha256sum | cut -c1-64)
INI
		printf '%s\n' "$@"
	} >"$GW/gateway.ini"
	"$BIN/meldluik-gateway" card --config "$GW/gateway.ini" \
		>"$GW/card.json" 2>"$GW/card.err" || fail "card"
}

gw_start() {
	${GW_UNDER:+"$GW_UNDER"} "$BIN/meldluik-gateway" --config \
		"$GW/gateway.ini" >>"$GW/log" 2>&1 &
	GWPID=$!
	for _ in $(seq 600); do
		curl -fsS -m 2 -o "$GW/health" "$URL/healthz" 2>/dev/null &&
			return 0
		kill -0 "$GWPID" 2>/dev/null || fail "gateway ended"
		sleep 0.1
	done
	fail "gateway does not answer"
}

gw_stop() {
	[ -n "${GWPID:-}" ] || return 0
	kill "$GWPID" 2>/dev/null
	wait "$GWPID" 2>/dev/null
	GWPID=
}

gw_silent() {
	local pattern=$1 why=$2 place
	shift 2
	for place in "$GW/log" "$@"; do
		[ -n "$(find "$place" -type f -size +0 2>/dev/null)" ] ||
			fail "nothing to search in $place"
	done
	! grep -raE -e "$pattern" "$GW/log" "$@" || fail "$why"
}

gw_pid() {
	case $1 in
	monitor) echo "$GWPID" ;;
	*) pgrep -P "$GWPID" -f "role-$1" ;;
	esac
}

gw_install() {
	TODAY=$(TZ=Europe/Amsterdam date +%F)
	WEEK=$(TZ=Europe/Amsterdam date +%G-W%V)
	ORG=$GW/org
	"$BIN/fixture" "$ORG" --gateway-card "$GW/card.json" \
		--today "$TODAY" "$@" || fail "fixture"
	for d in "$ORG"/outbound-*; do
		python3 "$HERE/gw.py" deliver "$COURIER" "$TOKEN" "$d" ||
			fail "delivery of $d"
	done
	for _ in $(seq 600); do
		curl -fsS -m 2 -o "$GW/keyset.json" "$URL/v1/keyset.json" \
			2>/dev/null && return 0
		sleep 0.1
	done
	fail "keyset is not served"
}

gw_seal() {
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" \
		2>/dev/null || fail "seal"
	[ $# -eq 0 ] || {
		head -c "$1" /dev/urandom >"$GW/file"
		"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/file" \
			>"$GW/large.age" 2>/dev/null || fail "seal"
	}
}
