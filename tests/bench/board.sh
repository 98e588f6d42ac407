#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B8. Five desks, lanes from 16 to 16,384 slots, which is room for
# 80 to 81,920 live replies: what one check back takes over the wire grows by
# no more than twice from lanes of 256 slots on, and serving it costs the
# gateway what the same requests cost nginx. LEAST=1 (a short one), ROUNDS in
# the environment.
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD ROUNDS=${ROUNDS:-15}
GW_BULK=256M
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
# shellcheck source=tests/bench/nginx.sh
. "$(dirname "$0")/nginx.sh"
[ -x "$BIN/codetool" ] && [ -x "$BIN/meldluik-reporter" ] || skip "not built"
command -v nginx >/dev/null || skip "nginx is missing"
lanes="16 64 256 1024 4096 16384"
[ -z "${LEAST:-}" ] || lanes="16 256 1024"
PYTHONPATH=$PYTHONPATH:$(dirname "$0")
export PYTHONPATH
ROWS=$(mktemp)
code=$("$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
	tr -d ' \n')" 00000000000000000000000000000000 | head -1)
for slots in $lanes; do
	gw_new
	trap 'rival_and_gw_clean; rm -f "$ROWS"' EXIT
	gw_start
	gw_install --weeks 2 --desks 5 --slots "$slots" --code "$code" \
		--reply "Wij onderzoeken het."
	for desk in 1 2 3 4 5; do # large ones are taken in one after the other
		for _ in $(seq 600); do
			curl -sf -r 0-0 -o /dev/null "$URL/v1/board/$desk" && break
			sleep 0.1
		done
	done
	printf %s "$code" >"$GW/code"
	rival_start "$GW/web"
	python3 "$(dirname "$0")/board.py" "$PORT" "$GWPID" "$RIVAL" "$NGINX" \
		"$GW" "$BIN/meldluik-reporter" "$slots" >>"$ROWS" ||
		fail "$slots slots"
	rival_and_gw_clean
done
python3 "$(dirname "$0")/board.py" gather <"$ROWS"
