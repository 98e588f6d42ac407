# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by scripts that drive browsers. Makes the locked drivers ready,
# once for a build folder, and ends every browser that is left behind.
#   browsers_ready         false: something is missing; $browsers_why says what
#   browsers_or_skip       the same for a test
#   browsers_run FILE.mjs ARG...   in the foreground; if it fails, the log of
#                          the gateway of the test follows
#   browsers_end           for the caller's trap
#   browsers_gateway [LINE...]  a gateway for a test (http/lib.sh), started,
#                          with more lines of the ini; all ends with the test
#   code_new               a code of desk 1
#   keys_take              the public key files, in $GW/keys
#   browsers_arrived [N]   what desk N (1) would open is what $GW/want.json says
BROWSER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$BROWSER_DIR/../../build}
BUILD=$(cd "$BUILD" && pwd) || exit 1
node=$(command -v node)
npm=$BUILD/browser-npm
browser_work=
browsers_why=

browsers_ready() {
	local one
	for one in chromium firefox-esr node npm; do
		command -v $one >/dev/null || {
			browsers_why="there is no $one"
			return 1
		}
	done
	browsers_why="the locked drivers cannot be installed"
	mkdir -p "$npm" || return 1
	(
		flock 9
		cmp -s "$BROWSER_DIR/package-lock.json" "$npm/made-of" && exit 0
		cp "$BROWSER_DIR"/package*.json "$npm/"
		cd "$npm" && npm ci --ignore-scripts --no-audit --no-fund \
			--silent && cp package-lock.json made-of
	) 9>"$npm/lock" || return 1
	browsers_why=
	browser_work=$(mktemp -d) || return 1
	export BROWSER_PIDS=$browser_work/pids BUILD
	# Firefox listens for its driver on 127.0.0.1; Debian's node would try
	# only ::1 where "localhost" has both
	export NODE_OPTIONS=--dns-result-order=ipv4first
	: >"$BROWSER_PIDS"
}

browsers_or_skip() {
	browsers_ready || {
		echo "$browsers_why"
		exit 77
	}
}

# The sources stand beside their packages: node looks there
browsers_run() {
	local file=$1
	shift
	mkdir -p "$browser_work/run" "$browser_work/tmp"
	cp "$BROWSER_DIR"/*.mjs "$browser_work/run/"
	ln -sfn "$npm/node_modules" "$browser_work/run/node_modules"
	TMPDIR=$browser_work/tmp "$node" "$browser_work/run/$file" "$@" && return
	tail -qn 50 "${GW:-/nonexistent}/log" "${work:-/nonexistent}/gateway.log" \
		2>/dev/null | sed 's/^/gateway: /'
	return 1
}

# A browser is the leader of its process group; its profile, on its command
# line, tells it from a later process of the same number
browsers_end() {
	local pid
	[ -n "$browser_work" ] || return 0
	while read -r pid; do
		grep -qsF "$browser_work/" "/proc/$pid/cmdline" &&
			kill -KILL -- "-$pid" 2>/dev/null
	done <"$BROWSER_PIDS"
	rm -rf "$browser_work"
}

browsers_gateway() {
	# shellcheck source=tests/http/lib.sh
	. "$BROWSER_DIR/../http/lib.sh"
	[ -x "$BIN/envtool" ] && [ -x "$BIN/codetool" ] ||
		skip "envtool or codetool is not built"
	browsers_or_skip
	gw_new "$@"
	trap 'browsers_end; gw_clean' EXIT
	gw_start
}

code_new() {
	"$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
		tr -d ' \n')" 00000000000000000000000000000000 | head -1
}

keys_take() {
	local one
	mkdir "$GW/keys"
	for one in keyset.json keyset.json.minisig "epochs/$WEEK.json"; do
		curl -fsS -m 20 -o "$GW/keys/${one#*/}" "$URL/v1/$one" ||
			fail "$one"
	done
}

browsers_arrived() {
	python3 "$BROWSER_DIR/arrived.py" "$COURIER" "$TOKEN" "$GW" \
		"$BIN/envtool" "$GW/org/keys/epochs/desk${1:-1}-a-$WEEK.txt" ||
		fail "what arrived"
}
