#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the organisation's own questions are the same in both tiers and both
# browsers: none is required, one shows when its choice is made and not
# before, and what was asked and answered is in the sealed report alike; a
# citizen is told what the law does not do.
. "$(dirname "$0")/lib.sh"
words=$(mktemp)
trap 'rm -f "$words"' EXIT
cat >"$words" <<'JSON'
{"type":"meldluik-organisation","version":1,"name":{"nl":"Gemeente Proef"},
"questions":[
{"id":"q_area","kind":"choice","ask":{"nl":"Welk gebied?","en":"Which area?"},
"options":[{"nl":"Zorg & bouw","en":"Care"},"Anders"],"on":["report","advice"]},
{"id":"q_care","kind":"text","ask":"Welke <zorg>?","hint":"Kort is goed",
"shown_if":{"question":"q_area","option":1}},
{"id":"q_day","kind":"date","ask":"Sinds wanneer?"}]}
JSON
browsers_gateway '[site]' "organisation = $words"
trap 'browsers_end; gw_clean; rm -f "$words"' EXIT
gw_install --weeks 2 --desks 2
browsers_run questions.mjs "$URL" "$GW" || fail "in the browser"
browsers_arrived
