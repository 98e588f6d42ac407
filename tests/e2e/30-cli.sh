#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the whole road with the two libcurl programs, a real gateway and a
# real offline desk: keys out, report in (one request, parts, file), bundle
# to the desk, answer back, answer read with the code and with no other.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
DESK=$BIN
. "$(dirname "$0")/../http/lib.sh"
. "$(dirname "$0")/../faults/clock/lib.sh"
R=$BIN/meldluik-reporter
C=$BIN/meldluik-courier
[ -x "$R" ] && [ -x "$C" ] || skip "courier or reporter is not built"
desk() {
	"$DESK" --home "$T/home" --passphrase-file "$PASS" --today "$TODAY" "$@"
}
TODAY=$(TZ=Europe/Amsterdam date +%F)
gw_new
trap 'gw_clean; cleanup' EXIT
clock_new "$GW/clock"
DOOR=$(free_port)
sed -i "s,^courier = unix:.*,courier = 127.0.0.1:$DOOR," "$GW/gateway.ini"
gw_start

# keys
ok desk init --batch --organisation "Gemeente Voorbeeld" --card "$GW/card.json"
mkdir "$T/stick"
ok desk export "$T/stick"
printf '%s\n' "$TOKEN" >"$T/token"
cat >"$T/courier.ini" <<INI
[gateway]
url = $URL
door = http://127.0.0.1:$DOOR
credential_file = $T/token
desk = 1
tries = 3
INI
ok "$C" --config "$T/courier.ini" deliver "$T/stick"
grep -q "it is live" "$T/err" || { cat "$T/err"; fail "the first board was not read back"; }
FP=$("$R" --gateway "$URL" verify keyset 2>/dev/null |
	sed -n 's/^Fingerprint *//p')
[ ${#FP} -eq 39 ] || fail "no fingerprint"
echo "fingerprint = $FP" >>"$T/courier.ini"
echo "[other]" >"$T/bad.ini"
refused_usage() {
	"$@" >"$T/out" 2>"$T/err"
	[ $? -eq 2 ] || fail "exit is not 2: $*"
}
told() { # TEXT COMMAND...: and why
	refused_usage "${@:2}"
	grep -q -- "$1" "$T/err" || { cat "$T/err"; fail "no '$1': ${*:2}"; }
}
refused_usage "$C" --config "$T/bad.ini" fetch "$T/stick"
told "give --config FILE" "$C" fetch "$T/stick"
told "fetch takes a folder" "$C" --config "$T/courier.ini" fetch
told "notify takes no folder" "$C" --config "$T/courier.ini" notify "$T"
told "too many words" "$C" --config "$T/courier.ini" fetch "$T/stick" twee
refused_usage "$R" --gateway http://example.org verify keyset
refused_usage "$R" --gateway http://abc.onion verify keyset
refused "not the one you gave" "$R" --gateway "$URL" \
	--fingerprint "0000-${FP#*-}" verify keyset

# a report in one request, one in parts, one sealed without network
echo "De wethouder nam geld aan." >"$T/text"
head -c 2500000 /dev/urandom >"$T/photo"
REP=("$R" --gateway "$URL" --fingerprint "$FP" --state "$T/state" --tries 3)
ok "${REP[@]}" --text "$T/text" --desk 1 --code-fd 3 \
	--receipt "$T/receipt1" send 3>"$T/code1"
[ "$(wc -c <"$T/code1")" = 35 ] || fail "no code"
grep -q "can be read by desk 1" "$T/err" || fail "not said who reads it"
grep -qF "$(head -c 34 "$T/code1")" "$T/out" "$T/err" &&
	fail "the code is on stdout or stderr"
ok "${REP[@]}" --text "$T/text" --attach "$T/photo" --desk 1 --code-fd 3 \
	--receipt "$T/receipt2" send 3>"$T/code2"
grep -q "what is hidden in them" "$T/err" || fail "no warning for a file"
refused " bestuurder " "${REP[@]}" --text "$T/text" --about wie send
ok "$R" --keyset "$T/stick/outbound-1" --text "$T/text" --no-mailbox \
	--out "$T/nobody" seal
grep -q " bestuurder " "$T/err" || fail "the roles are not listed"
# a proxy that is meant is not passed over
for name in ALL_PROXY https_proxy; do
	refused_usage env $name=socks5h://127.0.0.1:9050 "${REP[@]}" check
	grep -q "give --proxy" "$T/err" || fail "$name is passed over"
done
ok "$R" --keyset "$T/stick/outbound-1" --fingerprint "$FP" \
	--text "$T/text" --no-mailbox --out "$T/sealed" seal
ok "${REP[@]}" --receipt "$T/receipt3" send "$T/sealed"
ok "${REP[@]}" --sealed "$T/sealed" verify receipt "$T/receipt3"
refused "of another message" "${REP[@]}" --sealed "$T/sealed" \
	verify receipt "$T/receipt1"
sed 's/"day":"20/"day":"21/' "$T/receipt1" >"$T/forged"
refused "not signed by this gateway" "${REP[@]}" verify receipt "$T/forged"
head -c 50000 "$T/sealed" >"$T/short"
refused "damaged or not whole" "${REP[@]}" send "$T/short"

# to the desk, the answer back
ok "$C" --config "$T/courier.ini" fetch "$T/stick"
[ "$(find "$T/stick/inbound-1/envelopes" -name '*.age' | wc -l)" -eq 3 ] ||
	fail "not three envelopes on the stick"
[ -z "$(find "$T/stick" -name '*.part' -o -name '*.tmp')" ] ||
	fail "something unfinished is on the stick"
ok desk --json import "$T/stick/inbound-1"
[ "$(json "o['reports']")" = 3 ] || fail "the desk did not read three reports"
ok desk --json list
for ref in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	desk acknowledge "$ref" >"$T/out" 2>&1 || grep -q mailbox "$T/out" ||
		fail "acknowledge"
done
ok desk export "$T/stick"
ok "$C" --config "$T/courier.ini" deliver "$T/stick"
gw_stop
clocked gw_start # the daily batch also runs at the first beat, after a minute
# unless that minute ended before this one's restart
if "$C" --config "$T/courier.ini" check "$T/stick" >"$T/out" 2>"$T/err"; then
	grep -q "daily batch done" "$GW/log" || fail "live before the batch"
else
	grep -q "not yet" "$T/err" || fail "no 'not yet': $(cat "$T/err")"
fi
clock_set 0 61
for _ in $(seq 20); do
	"$C" --config "$T/courier.ini" check "$T/stick" 2>/dev/null && break
	sleep 1
done
ok "$C" --config "$T/courier.ini" check "$T/stick"

for n in 1 2; do
	ok "${REP[@]}" --code-file "$T/code$n" --json check
	[ "$(json "len(o['replies']), o['replies'][0]['kind']")" = \
		"(1, 'acknowledgement')" ] || fail "code $n reads no answer"
done
ok "${REP[@]}" --code-file "$T/code1" check
grep -q "There is a message for you" "$T/out" &&
	grep -q "has received 1 of your messages" "$T/out" ||
	fail "not said what the desk has"
ok "$R" --keyset "$T/stick/outbound-1" --text "$T/text" --desk 1 \
	--code-fd 3 --out "$T/unsent" seal 3>"$T/code4"
ok "${REP[@]}" --code-file "$T/code4" check
grep -q "no answer for this code" "$T/out" || fail "a strange code reads"
sed 's/./Z/3' "$T/code1" >"$T/typo"
cmp -s "$T/typo" "$T/code1" && sed -i 's/./Y/3' "$T/typo"
refused "typing mistake" "${REP[@]}" --code-file "$T/typo" check

# the reporter adds and withdraws
ok "${REP[@]}" --code-file "$T/code1" --text "$T/text" follow-up
ok "${REP[@]}" --code-file "$T/code2" withdraw
ok "$C" --config "$T/courier.ini" fetch "$T/stick"
ok desk --json import "$T/stick/inbound-1"
[ "$(json "o['messages'], o['withdrawals']")" = "(1, 1)" ] ||
	fail "follow-up and withdrawal were not taken in"
echo "pass: three reports by the reporter's program, carried by the courier, \
answered, read with the right codes only, added to and withdrawn"
