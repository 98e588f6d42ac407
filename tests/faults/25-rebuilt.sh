#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a gateway whose disk was lost is made anew. IT gives it the next
# generation; its card is refused while that is missing, and until two people
# signed; the same bundle folder then goes on, the old manifests beside the
# new; the other desk accepts the keyset; a report lies at the old, one at
# the new, one that only the old one had is named as lost; answers of before
# are read again; nothing stays unconfirmed, and the old chain is not taken
# for a fork.
desk_program=desk_soft # keys of little work: many verbs
. "$(dirname "$0")/../../packaging/throwaway.sh"
. "$(dirname "$0")/clock/lib.sh"
BUILD=${BUILD:-$PWD/build}
bin=$BUILD/bin
for p in meldluik-gateway meldluik-courier $desk_program meldluik-reporter; do
	[ -x "$bin/$p" ] || { echo "skip: not built"; exit 77; }
done
trap throwaway_end EXIT
fail() {
	echo "FAIL: $*"
	tail -n 20 "$work"/*.log
	exit 1
}
# refused TEXT COMMAND...: exit 1 and says TEXT
refused() {
	"${@:2}" >"$work/out" 2>&1
	[ $? -eq 1 ] && grep -q -- "$1" "$work/out" ||
		{ cat "$work/out"; fail "not refused with '$1': ${*:2}"; }
}
# json EXPRESSION COMMAND...
json() {
	"${@:2}" --json >"$work/json" 2>"$work/err" ||
		{ cat "$work/err"; fail "${*:2}"; }
	python3 -c "import json;o=json.load(open('$work/json'));print($1)"
}
send() {
	echo "Melding $1 over de aanbesteding" >"$work/text"
	"$bin/meldluik-reporter" --gateway "$url" --text "$work/text" \
		--desk 1 --code-fd 3 send >"$work/sent" 2>&1 3>"$work/code-$1" ||
		{ cat "$work/sent"; fail "send $1"; }
}
# Lanes go live a minute after a start: the clock is moved
answered() {
	for _ in $(seq 240); do
		"$bin/meldluik-reporter" --gateway "$url" check --code-file \
			"$work/code-$1" >"$work/check" 2>&1 &&
			grep -q "wij zoeken het uit" "$work/check" && return 0
		sleep 0.5
	done
	cat "$work/check"
	return 1
}

throwaway_new
clock_new "$work/clock"
throwaway_open
send een
try "the first report came in" carry_in
case=$(json "o['cases'][0]['ref']" desk 1 list)
echo "Dank u, wij zoeken het uit." >"$work/answer"
try "answered" desk 1 acknowledge "$case" --file "$work/answer"
try "its answer went out" carry_out --confirm-without-backup
clocked restart || fail "the gateway does not start again"
clock_set 0 61
try "the answer is read" answered een
send twee
# fetched: the manifest names it; its body is lost between the two
try "a second manifest" courier 1 fetch "$work/stick"
find "$work/stick/inbound-1/envelopes" -type f -newer "$work/code-twee" \
	-size -100k -delete
desk 1 --json import "$work/stick" >"$work/json" 2>&1
send drie # never fetched: lost with the disk

say "The disk is lost"
kill "$monitor"
wait "$monitor"
rm -rf "$work/store"
mkdir -m 700 "$work/store"
gateway card >"$work/anew.json" 2>"$work/card.err" || fail "no card"
refused "generation = 2" desk 1 keyset --card "$work/anew.json"
rm -rf "$work/store"
mkdir -m 700 "$work/store"
sed -i 's/^chaff = 2/chaff = 2\ngeneration = 2/' "$work/gateway.ini"
gateway card >"$work/anew.json" 2>"$work/card.err" || fail "no new card"
cp "$work/gateway.ini" "$work/good.ini"
sed -i 's/^generation = 2/generation = 3/' "$work/gateway.ini"
refused "another generation" gateway card
cp "$work/good.ini" "$work/gateway.ini"
start || fail "the new gateway does not start"
refused "were never read" desk 1 keyset --card "$work/anew.json" \
	--request "$work/request"
grep -qE "IT na. [1-9][0-9]* berichten" "$work/out" &&
	grep -qE " [1-9][0-9]* bodies" "$work/out" ||
	{ cat "$work/out"; fail "what is lost is not counted"; }
refused "were never read" desk 1 keyset --card "$work/anew.json"
try "a second person signed" desk 2 approve --sign "$work/request" \
	--out "$work/signed"
try "the signature came back" desk 1 approve --take "$work/signed"
[ "$(json "o['generation']" desk 1 keyset --card "$work/anew.json")" = 2 ] ||
	fail "the card was not taken"
mkdir "$work/public"
try "published" desk 1 keyset --publish "$work/public"
try "the other desk accepts" desk 2 keyset --accept "$work/public"
try "bundles open the new gateway" carry_out
try "the answer of before is read at the new one" answered een
send vier
try "the new report came in, in the same folder" carry_in
[ "$(json "len(o['cases'])" desk 1 list)" = 2 ] || fail "not two cases"
json "o" desk 1 list >"$work/list"
serial=$(json "o['confirmed']" desk 1 export "$work/stick" \
	--confirm-without-backup)
[ "$serial" -gt 1000000000 ] || fail "confirmed is $serial"
try "the new gateway takes the confirmation" \
	courier 1 deliver "$work/stick"
try "and again" carry_in
desk 1 --json import "$work/stick" >"$work/json" 2>&1 || fail "import again"
python3 - "$work/json" <<'PY' || { cat "$work/json"; fail "something is open"; }
import json, sys
o = json.load(open(sys.argv[1]))
assert o["missing"] == 0 and o["edited"] == 0 and o["damaged"] == 0, o
PY
try "both casebooks verify" eval "desk 1 verify && desk 2 verify"
echo "ok: refused without generation and without two people; answers and" \
	"reports go on, what was lost is counted; confirmed $serial"
