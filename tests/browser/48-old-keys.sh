#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: where the newest weekly keys are of twenty weeks ago (script and command
# line look back half a year), the script says so and sends only after a tick,
# as the offline page does, the pages without scripts say so, and the command
# line sends only with --old-keys. (Fresh keys: none of it, in all other tests;
# the limit itself, 14 days: e2e/63-clients.sh.)
. "$(dirname "$0")/lib.sh"
[ -x "$BUILD/bin/meldluik-reporter" ] ||
	{ echo "skip: meldluik-reporter is not built"; exit 77; }
browsers_gateway
gw_install --weeks 1 --today "$(TZ=Europe/Amsterdam date -d "-140 days" +%F)"
WEEK=$(TZ=Europe/Amsterdam date -d "-140 days" +%G-W%V)
keys_take
curl -fsS -m 20 -o "$GW/offline.html" "$URL/offline.html" || fail "page"
browsers_run oldkeys.mjs "$URL" "$GW" || fail "in the browser"
printf "Met het programma." >"$GW/text"
R=("$BIN/meldluik-reporter" --gateway "$URL" --desk 1 --no-mailbox --text
	"$GW/text")
"${R[@]}" send >"$GW/out" 2>"$GW/err" && fail "sent to old keys, unasked"
grep -q "THE NEWEST ARE OLD, of week $WEEK" "$GW/err" || fail "not said"
"${R[@]}" --old-keys send >"$GW/out" 2>"$GW/err" ||
	{ cat "$GW/err"; fail "not sent with --old-keys"; }
"$BIN/meldluik-reporter" --gateway "$URL" send "$GW/old.tar" >"$GW/out" \
	2>"$GW/err" || { cat "$GW/err"; fail "the offline page's file"; }
"$BIN/meldluik-reporter" --gateway "$URL" verify all >"$GW/out" 2>&1 &&
	fail "all holds, with old keys"
grep -q "THE NEWEST ARE OLD" "$GW/out" || fail "verify all does not say so"
browsers_arrived
