#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B5. An idle gateway is small, by role; it answers soon after
# its start; with 10,000 slow connections of each kind a probe is answered
# quickly and memory stays bounded. COUNT, SECONDS_EACH, ROUNDS in the
# environment.
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
gw_new
gw_start
gw_install --weeks 13 --desks 3
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" 2>/dev/null ||
	fail "seal"
gw_stop
PYTHONPATH=$PYTHONPATH:$(dirname "$0")
export PYTHONPATH CROWD_NICE=${CROWD_NICE:-19}
python3 "$(dirname "$0")/slow.py" "$BIN/meldluik-gateway" "$GW" "$PORT" \
	"$WEEK"
