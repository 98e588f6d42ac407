#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: pages that warn of old keys stop warning in the moment the desk's new
# weeks are live, on the same day and under the same keyset.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
DESK=$BIN
. "$(dirname "$0")/../http/lib.sh"
gw_new
trap 'gw_clean; cleanup' EXIT
gw_start
WEEK=$(TZ=Europe/Amsterdam date +%G-W%V)
day() { TZ=Europe/Amsterdam date -d "$1" +%F; }
desk() { # DAY ARGUMENTS...
	"$DESK" --home "$T/home" --passphrase-file "$PASS" --today "$@"
}
# delivered DAY: the desk's bundle of that day, live
delivered() {
	local bundle=$T/stick$1
	mkdir "$bundle"
	ok desk "$1" export "$bundle"
	ok python3 "$REPO/tests/http/gw.py" deliver "$COURIER" "$TOKEN" \
		"$bundle/outbound-1"
}
# warns PAGE: does it say that the keys are old?
warns() {
	curl -fsS -m 20 -o "$T/page" "$URL/nl/$1" || fail "no page $1"
	grep -q 'class="err"' "$T/page"
}
ok desk "$(day "-120 days")" init --batch --organisation Proef \
	--card "$GW/card.json"
delivered "$(day "-120 days")"
warns report || fail "no warning with weeks that are over"
curl -fsS -m 20 "$URL/nl/who" | grep -o '/v1/epochs/[^"]*' >"$T/old"
delivered "$(day now)"
for _ in $(seq 100); do # the new files reach web in a moment
	curl -fs -o /dev/null "$URL/v1/epochs/$WEEK.json" && break
	sleep 0.1
done
warns report && fail "the new weeks are live and the page still warns"
curl -fsS -m 20 "$URL/nl/who" | grep -o '/v1/epochs/[^"]*' >"$T/new"
[ -s "$T/old" ] && [ -s "$T/new" ] && ! cmp -s "$T/old" "$T/new" ||
	fail "the page still names the old week"
echo "new weeks are on the pages at once"
