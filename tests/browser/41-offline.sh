#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the offline page works from a file in Firefox and Chromium, asks the
# network for nothing, and what it seals goes in unchanged by the form
# without scripts and by the command line, and opens at the desk. In every
# language it asks about whom in the same words as the page, also where the
# organisation is a competent authority (profile "eu").
. "$(dirname "$0")/lib.sh"
browsers_gateway '[site]' 'languages = nl en pl uk tr ar'
gw_install --weeks 2 --desks 2
keys_take
curl -fsS -m 20 -o "$GW/offline.html" "$URL/offline.html" || fail "page"
cmp "$GW/offline.html" "$BUILD/share/meldluik/offline.html" ||
	fail "the page served is not the page built"
browsers_run offline.mjs "$URL" "$GW" "$REPO/tests/data" || fail "browsers"
"$BIN/meldluik-reporter" --gateway "$URL" send "$GW/chromium.tar" \
	>"$GW/sent" 2>&1 || fail "send: $(cat "$GW/sent")"
browsers_arrived
# the same words for the roles of a competent authority
browsers_end
gw_clean
browsers_gateway '[site]' 'languages = nl en pl uk tr ar'
gw_install --weeks 2 --desks 2 --profile eu
keys_take
curl -fsS -m 20 -o "$GW/offline.html" "$URL/offline.html" || fail "page"
browsers_run offline.mjs "$URL" "$GW" "$REPO/tests/data" words ||
	fail "the words of another profile"
grep -q 'eigen-medewerker' "$GW/keys/keyset.json" || fail "of which profile?"
