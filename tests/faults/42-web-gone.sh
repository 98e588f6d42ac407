#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: web is killed in the moment in which the store, done with the
# courier's request, shows it the new public files. The store says nothing of
# a disk that fails, and the next web serves the files. Twelve times, because
# the moment is short.
. "$(dirname "$0")/../http/lib.sh"
TODAY=$(TZ=Europe/Amsterdam date +%F)
for round in $(seq 12); do
	gw_new
	gw_start
	"$BIN/fixture" "$GW/org" --gateway-card "$GW/card.json" \
		--today "$TODAY" --weeks 1 --desks 1 || fail "fixture"
	store=$(gw_pid store) web=$(gw_pid web)
	python3 - "$COURIER" "$TOKEN" "$GW/org/outbound-1" "$web" <<'PY' ||
import os
import signal
import sys
import gw
where, token, folder, web = sys.argv[1:]
step, answer = gw.deliver(where, token, folder)
os.kill(int(web), signal.SIGKILL)
sys.exit(answer is None or answer.status != 200)
PY
		fail "the courier"
	for _ in $(seq 100); do
		curl -fsS -m 2 -o "$GW/keyset.json" "$URL/v1/keyset.json" \
			2>/dev/null && break
		sleep 0.1
	done
	cmp "$GW/keyset.json" "$GW/org/outbound-1/keyset.json" ||
		fail "round $round: the next web does not serve it"
	[ "$(gw_pid store)" = "$store" ] && [ "$(gw_pid web)" != "$web" ] ||
		fail "round $round: not the one that was meant"
	gw_silent "could not write" \
		"round $round: a web that is gone is no disk that fails"
	gw_clean
done
echo "$round times web ended as it was shown the files; no complaint, and the next one served them"
