#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a gateway that cannot start ends and says why, instead of trying for
# ever: its port is taken, its store is in use, its web does not come up again. One
# that runs is not disturbed by that.
. "$(dirname "$0")/../http/lib.sh"
gw_new
gw_start
# ends CONFIG: within a minute, with its words in $GW/second
ends() {
	timeout 60 "$BIN/meldluik-gateway" --config "$1" >"$GW/second" 2>&1
	STATUS=$?
	[ "$STATUS" != 0 ] && [ "$STATUS" != 124 ] ||
		fail "it does not end: $STATUS, $(cat "$GW/second")"
}
gives_up() { # ROLE TIMES
	grep -q "does not start, giving up" "$GW/second" ||
		fail "not told: $(cat "$GW/second")"
	tries=$(grep -c "$1 ended, starting it again" "$GW/second")
	[ "$tries" = "$2" ] || fail "$1 was tried $tries times, not $2"
}
ends "$GW/gateway.ini"
[ "$STATUS" = 2 ] && grep -q "a listener cannot be opened" "$GW/second" ||
	fail "a taken port: $STATUS, $(cat "$GW/second")"
# another port, the same store
sed "s|^public = .*|public = 127.0.0.1:$(free_port)|
s|^courier = .*|courier = unix:$GW/second.sock|" "$GW/gateway.ini" \
	>"$GW/second.ini"
ends "$GW/second.ini"
gives_up store 5
grep -q "store: the store could not write" "$GW/second" ||
	fail "the store does not say why: $(cat "$GW/second")"
# another store; its web can read the organisation's words no more
mkdir -m 700 "$GW/second.store"
sed -i "s|^path = .*|path = $GW/second.store|" "$GW/second.ini"
printf '%s\n' '{"type":"meldluik-organisation","version":1,' \
	'"name":{"nl":"Gemeente Proef"}}' >"$GW/words.json"
printf '[site]\norganisation = %s\n' "$GW/words.json" >>"$GW/second.ini"
rm -f "$GW/second"
ends "$GW/second.ini" &
ENDS=$!
until grep -qs "monitor: ready" "$GW/second"; do
	kill -0 "$ENDS" 2>/dev/null || fail "the second does not start"
	sleep 0.1
done
rm "$GW/words.json"
kill -9 $(pgrep -P "$(pgrep -P "$(pgrep -P "$ENDS" timeout)")" -f role-web)
wait "$ENDS" || fail "the second goes on without a web"
gives_up web 2
curl -fsS -m 10 -o "$GW/health" "$URL/healthz" ||
	fail "the first one does not answer any more"
gw_silent "ended" "the first one was disturbed"
echo "three gateways that cannot start ended and said so"
