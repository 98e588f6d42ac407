#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whatever comes, in whatever pieces and order, the gateway answers or
# closes, its processes live on, what it receipted is there, and an honest
# report goes through after it. Requests of every kind, right and damaged, whole
# and in chunks, one behind another, cut anywhere, read slowly or not at all:
# anyorder.py, 15 seconds of it (FULL=1: 20 minutes); then many who read no
# answer, and a text among them. SEED repeats a run as far as the clock lets it.
# analyse/40-asan.sh and 41-tsan.sh do the same with a gateway that has a
# sanitizer.
. "$(dirname "$0")/lib.sh"
seconds=15
[ -z "${FULL:-}" ] || seconds=1200
seed=${SEED:-$(date +%s)}
code=$("$BIN/codetool" 010123456789abcdef0123456789ab \
	00000000000000000000000000000000 | head -1)
GW_BULK=4G gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000" \
	"header_seconds = 3" "idle_seconds = 2" "body_grace = 3" \
	"body_rate = 50000"
gw_start
gw_install --weeks 1 --desks 2 --code "$code" --reply "Dank voor uw melding."
gw_seal 2500000
before=$(gw_pid web)-$(gw_pid store)
python3 "$HERE/anyorder.py" "$PORT" "$GW" "$WEEK" "$COURIER" "$TOKEN" "$code" \
	"$seconds" "$seed" || fail "seed $seed"
[ "$before" = "$(gw_pid web)-$(gw_pid store)" ] ||
	fail "a process ended (seed $seed)"
gw_stop
grep -m1 -A 40 -E 'Sanitizer|runtime error' "$GW/log"
gw_silent "Sanitizer|runtime error|ended|hung|forbidden|outside the table|lost" \
	"the log says so (seed $seed)"
