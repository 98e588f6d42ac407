#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the offline page works from a file in Firefox and Chromium, asks the
# network for nothing, and what it seals goes in unchanged by the form
# without scripts and by the command line, and opens at the desk.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
gw_install --weeks 2 --desks 2
mkdir "$GW/keys"
for one in keyset.json keyset.json.minisig "epochs/$WEEK.json"; do
	curl -fsS -m 20 -o "$GW/keys/${one#*/}" "$URL/v1/$one" || fail "$one"
done
curl -fsS -m 20 -o "$GW/offline.html" "$URL/offline.html" || fail "page"
cmp "$GW/offline.html" "$BUILD/share/meldluik/offline.html" ||
	fail "the page served is not the page built"
browsers_run offline.mjs "$URL" "$GW" "$REPO/tests/data" || fail "browsers"
"$BIN/meldluik-reporter" --gateway "$URL" send "$GW/chromium.tar" \
	>"$GW/sent" 2>&1 || fail "send: $(cat "$GW/sent")"
python3 "$here/arrived.py" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" \
	"$GW/org/keys/epochs/desk1-a-$WEEK.txt" || fail "what arrived"
