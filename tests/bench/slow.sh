#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B5. An idle gateway is small, by role; it answers soon after
# its start; with 10,000 slow connections of each kind a probe is answered
# quickly and memory stays bounded. nginx stands the same sieges of headers
# and readers. COUNT, SECONDS_EACH, ROUNDS in the environment.
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
# shellcheck source=tests/bench/nginx.sh
. "$(dirname "$0")/nginx.sh"
command -v nginx >/dev/null || skip "nginx is missing"
gw_new
trap rival_and_gw_clean EXIT
gw_start
gw_install --weeks 13 --desks 3
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" 2>/dev/null ||
	fail "seal"
for one in healthz v1/board/1; do
	mkdir -p "$GW/rival/files/$(dirname "$one")"
	curl -sf "http://127.0.0.1:$PORT/$one" >"$GW/rival/files/$one" ||
		fail "$one"
done
gw_stop
# as patient as the gateway, and as little in the kernel for one who does
# not read
rival_start "$GW/rival" "client_header_timeout 10; send_timeout 60;" "" \
	"backlog=4096 sndbuf=16k"
PYTHONPATH=$PYTHONPATH:$(dirname "$0")
export PYTHONPATH CROWD_NICE=${CROWD_NICE:-19}
python3 "$(dirname "$0")/slow.py" "$BIN/meldluik-gateway" "$GW" "$PORT" \
	"$WEEK" "$RIVAL" "$NGINX"
