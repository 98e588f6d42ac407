#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: nothing of who came stands in the log or in the store's files: no
# address, user agent, referrer, cookie or path.
. "$(dirname "$0")/lib.sh"
gw_new
gw_start
gw_install --weeks 1 --desks 1
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" 2>/dev/null
MARK=Mk7qZ-marker
for i in 1 2 3; do
	curl -s -m 5 -o "$GW/o" -A "$MARK-agent" -e "http://$MARK-referrer/" \
		-b "c=$MARK-cookie" -H "X-Forwarded-For: 198.51.100.77" \
		-T "$GW/text.age" -H "Epoch: $WEEK" -H "Content-Digest: \
sha-256=:$(openssl dgst -sha256 -binary "$GW/text.age" | base64):" \
		-H 'Content-Type: application/octet-stream' -H 'Expect:' \
		-w '%{http_code}\n' "$URL/v1/envelopes" | grep -qx 201 ||
		fail "a report is not taken"
	curl -s -m 5 -o "$GW/o" "$URL/$MARK-path" -A "$MARK-agent"
	curl -s -m 5 -o "$GW/o" "$URL/v1/x?$MARK-query"
done
gw_stop
who="$MARK|198\\.51\\.100\\.77|127\\.0\\.0\\.1|curl/"
gw_silent "$who" "found" "$GW/store"
# a self-check of the search: what is there, and nothing to search in
echo "$MARK" >"$GW/store/planted"
mkdir "$GW/nothing"
for other in store nothing gone; do
	(gw_silent "$who" "found" "$GW/$other") >"$GW/said" &&
		fail "the search is blind: $other"
done
grep -qvE '^(monitor|web|store): [a-z:, 0-9]+$' "$GW/log" &&
	fail "a line outside the closed list"
echo "log and store hold no trace of who came"
