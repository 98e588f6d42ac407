#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who is refused and does not read the answer keeps nothing that others
# wait for. A part that did not have its digest kept its slot until the answer
# was read, or for a minute: 256 such connections closed the channel for texts.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000"
gw_start
gw_install --weeks 1
gw_seal
said=$(python3 "$HERE/hoarders.py" "$PORT" "$WEEK" "$GW/text.age" refused 300 \
	6) || fail "hoarders"
echo "$said"
python3 -c 'import json, sys
status = json.loads(sys.argv[1])["status"]
sys.exit(status.get("201", 0) < 10 or len(status) > 1)' "$said" ||
	fail "a text had to wait for who does not read"
