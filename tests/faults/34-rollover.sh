#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a week closes while people send. In the middle of an upload in parts:
# it ends with its receipt and holds the week open for the desk. Between the
# fetch of the keys and the sending, by the reporter's program and by the
# modules of the page: a 410, and both seal again by themselves. A text sealed
# to a file before: an honest 410. With rotation lapsed the newest published
# week stays open and its keys live. Everything receipted is opened by a real
# desk (SOFT: with a key of little work). The gateway's clock is moved from outside (clock/shim.c).
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
D=$BIN
. "$(dirname "$0")/../http/lib.sh"
R=$BIN/meldluik-reporter
C=$BIN/meldluik-courier
SHIM=$(find "$BUILD" -name libclock_shim.so | head -1)
web=$BUILD/web
[ -x "$R" ] && [ -x "$C" ] && [ -n "$SHIM" ] || skip "not built"
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" &&
	skip "the shim and AddressSanitizer want the same calls"
PIDS=
done_all() {
	for p in $PIDS; do kill "$p" 2>/dev/null; done
	gw_clean
	cleanup
}
# desk DAY VERB ...
desk() {
	local day=$1
	shift
	"$D" --home "$T/home" --passphrase-file "$PASS" --today "$day" "$@"
}
# What the clock says DAYS from now; SECONDS of the other clock let the
# store's minute pass
clock() { python3 -c "import struct, sys
open('$T/clock', 'r+b').write(struct.pack('=qq', $1 * 86400, $2))"; }
day() { TZ=Europe/Amsterdam date -d "$1 days" +%F; }
week() { TZ=Europe/Amsterdam date -d "$1 days" +%G-W%V; }
post() {
	curl -s -o "$T/post" -w '%{http_code}' -X POST -H "Epoch: $1" \
		-H 'Content-Length: 0' "$URL/v1/uploads"
}
# The same, and the batch of that day is done
day_turns() {
	local n
	n=$(grep -c "daily batch done" "$GW/log")
	clock "$1" "$2"
	for _ in $(seq 900); do
		[ "$(grep -c "daily batch done" "$GW/log")" -gt "$n" ] && return
		sleep 0.1
	done
	fail "no batch on the day $1 from now"
}
closed_say() { # open|closed WHAT: of week W
	python3 - "$T/stick/inbound-1" "$W" "$1" <<'PY' || fail "$2"
import glob
import json
import sys
closed = set()
for f in glob.glob(sys.argv[1] + "/manifest-*.json"):
    closed |= set(json.load(open(f))["closed"])
sys.exit((sys.argv[2] in closed) == (sys.argv[3] == "open"))
PY
}
# Until the store has seen the day: an upload for WEEK is answered STATUS
until_answer() {
	for _ in $(seq 900); do
		[ "$(post "$1")" = "$2" ] && return
		sleep 0.1
	done
	fail "an upload for $1 is answered $(post "$1"), not $2"
}
python3 -c "open('$T/clock', 'wb').write(bytes(16))"
gw_new
trap done_all EXIT
DOOR=$(free_port)
sed -i "s,^courier = unix:.*,courier = 127.0.0.1:$DOOR," "$GW/gateway.ini"
export CLOCK_FILE=$T/clock
start() {
	LD_PRELOAD=$SHIM "$BIN/meldluik-gateway" --config "$GW/gateway.ini" \
		>>"$GW/log" 2>&1 &
	GWPID=$!
	for _ in $(seq 600); do
		curl -fsS -m 2 -o "$GW/health" "$URL/healthz" 2>/dev/null &&
			return
		sleep 0.1
	done
	fail "gateway does not answer"
}
start
NOW=$(day 0)
W=$(week 0)
# the first day on which this week is closed, and on which the next is open
SHIFT=$((15 - $(TZ=Europe/Amsterdam date +%u)))
ok desk "$NOW" init --batch --organisation Proef --card "$GW/card.json"
mkdir "$T/stick"
ok desk "$NOW" export "$T/stick"
echo "$TOKEN" >"$T/token"
cat >"$T/courier.ini" <<INI
[gateway]
url = $URL
door = http://127.0.0.1:$DOOR
credential_file = $T/token
desk = 1
tries = 3
INI
courier() { ok "$C" --config "$T/courier.ini" "$1" "$T/stick"; }
courier deliver
until_answer "$W" 201

# A clock that is ahead by weeks for one batch and one fetch closes nothing
day_turns 100 61
until_answer "$W" 410
courier fetch
closed_say open "closed by a clock that was ahead"
day_turns 0 122
until_answer "$W" 201

# On its last day: a text, an upload begun, one part of another, a text in a file
clock $((SHIFT - 1)) 183
until_answer "$(week $((SHIFT - 1)))" 201
until_answer "$W" 201
echo "Voor de wisseling." >"$T/text"
head -c 2500000 /dev/urandom >"$T/file"
REP="$R --fingerprint $("$R" --gateway "$URL" verify keyset 2>/dev/null |
	sed -n 's/^Fingerprint *//p')"
ok $REP --gateway "$URL" --text "$T/text" --desk 1 --no-mailbox \
	--receipt "$T/r-text" send
ok $REP --gateway "$URL" --text "$T/text" --desk 1 --no-mailbox \
	--out "$T/late" seal
ok $REP --gateway "$URL" --text "$T/text" --attach "$T/file" --desk 1 \
	--no-mailbox --out "$T/big" seal
tar -xOf "$T/big" envelope.age >"$T/big.age"
cat >"$T/up.py" <<'PY'
import json
import sys
import gw
port, path, week, state, what = sys.argv[1:]
c, M = gw.Client(int(port)), gw.MIB
data = open(path, "rb").read()


def part(uid, n):
    return c.ask("PUT", "/v1/uploads", {"Upload-Id": uid,
                 "Upload-Part": str(n)}, data[(n - 1) * M:n * M])


if what == "begin":
    ids = [c.ask("POST", "/v1/uploads", {"Epoch": week}).json()["upload"]
           for _ in range(2)]
    assert part(ids[0], 1).status == 204
    json.dump(ids, open(state, "w"))
else:
    ids = json.load(open(state))
    a = part(ids[1], 1)
    assert (a.status, a.word()) == (410, "epoch"), (a.status, a.body)
    if what == "more":
        assert part(ids[0], 2).status == 204
    else:
        for n in range(3, (len(data) + M - 1) // M + 1):
            assert part(ids[0], n).status == 204, n
        a = c.ask("PUT", "/v1/envelopes", {"Upload-Id": ids[0],
                  "Epoch": week, "Content-Digest": gw.digest(data)})
        assert a.status == 201, (a.status, a.body)
        open(state + ".receipt", "wb").write(a.body)
PY
up() { python3 "$T/up.py" "$PORT" "$T/big.age" "$W" "$T/ids" "$1" ||
	fail "upload: $1"; }
up begin
# two programs with their keys in hand, held before they send
HELD=0
hold() {
	HELD=$((HELD + 1))
	python3 "$(dirname "$0")/hold.py" "$T/port$HELD" "$PORT" \
		"$T/held$HELD" "$T/go" &
	PIDS="$PIDS $!"
	said_port "$T/port$HELD"
	P=$SAID
}
hold
$REP --gateway "http://127.0.0.1:$P" --text "$T/text" --desk 1 --code-fd 3 \
	--receipt "$T/r-cli" send >"$T/cli.out" 2>"$T/cli.err" 3>"$T/code" &
CLI=$!
if [ -x "$web/node_modules/.bin/esbuild" ]; then
	# the modules as built: their texts are made from the catalogues
	sed "s|\"[./]*gateway/web/script/|\"$web/script/|" \
		"$HERE/../faults/rollover.mjs" >"$T/rollover.mjs"
	NODE_PATH=$web/node_modules "$web/node_modules/.bin/esbuild" \
		"$T/rollover.mjs" --bundle --platform=node \
		--format=esm --log-level=warning --outfile="$T/page.mjs" \
		--alias:typage="$web/node_modules/age-encryption/dist" \
		"--alias:@noble/curves/nist.js=$web/script/no_nist.js" ||
		fail "bundle of the page's modules"
	hold
	"$(command -v node || command -v nodejs)" "$T/page.mjs" \
		"http://127.0.0.1:$P" >"$T/page.out" 2>"$T/page.err" &
	PAGE=$!
else
	fail "no $web: build first"
fi
for n in 1 2; do
	for _ in $(seq 1200); do
		[ -e "$T/held$n" ] && break
		sleep 0.1
	done
	[ -e "$T/held$n" ] || { cat "$T"/*.err; fail "program $n sent nothing"; }
done

# The week closes
clock "$SHIFT" 244
until_answer "$W" 410
until_answer "$(week $((SHIFT - 7)))" 201
refused "the week of these keys is closed" $REP --gateway "$URL" send "$T/late"
up more
# it is told a day later, when the clock said so twice
day_turns $((SHIFT + 1)) 305
courier fetch
closed_say open "not held open by an upload"
touch "$T/go"
wait "$CLI" || { cat "$T/cli.err"; fail "the program gave up"; }
grep -q "sealing again" "$T/cli.err" || fail "the program did not seal again"
wait "$PAGE" || { cat "$T/page.err"; fail "the page gave up"; }
up end
courier fetch
LATER=$(day $((SHIFT + 1)))
ok desk "$LATER" --json import "$T/stick/inbound-1"
[ "$(json "o['reports'],o['missing']")" = "(4, 0)" ] ||
	{ cat "$T/out"; fail "not four reports opened"; }
ok desk "$LATER" --json list
REFS=$(json "' '.join(c['ref'] for c in o['cases'])")
PAGES=0 TEXTS=0 FILES=0
for ref in $REFS; do
	ok desk "$LATER" --json show "$ref"
	grep -q "Van een open pagina" "$T/out" && PAGES=$((PAGES + 1))
	grep -q "Voor de wisseling" "$T/out" && TEXTS=$((TEXTS + 1))
	grep -q 2500000 "$T/out" || continue
	mkdir "$T/x"
	ok desk "$LATER" extract "$ref" --to "$T/x"
	cmp -s "$T/file" "$(find "$T/x" -type f -size +1M)" &&
		FILES=$((FILES + 1))
done
[ "$PAGES $TEXTS $FILES" = "1 3 1" ] ||
	fail "$PAGES texts of the page, $TEXTS others, $FILES files: not 1 3 1"
# closed now, after the last upload; and the desk destroys its keys
python3 - "$T/stick/inbound-1" "$W" closed <<'PY' || fail "not closed"
import glob
import json
import sys
closed, last, said = set(), 0, 0
for f in glob.glob(sys.argv[1] + "/manifest-*.json"):
    m = json.load(open(f))
    if sys.argv[2] in m["closed"]:
        said = min(said or m["serial"], m["serial"])
    if any(e["epoch"] == sys.argv[2] for e in m["envelopes"]):
        last = max(last, m["serial"])
print("last listed in", last, "closed in", said)
sys.exit(not (0 < last <= said))
PY

# Rotation lapsed: long after the last published week
LAPSE=$((SHIFT + 7 * 17))
LAST=$(python3 -c "import glob
print(max(glob.glob('$T/stick/outbound-1/epochs/*.json'))[-13:-5])")
clock "$LAPSE" 366
until_answer "$W" 410
until_answer "$LAST" 201
refused "THE NEWEST ARE OLD" env LD_PRELOAD="$SHIM" $REP --gateway "$URL" \
	--text "$T/text" --desk 1 --no-mailbox send
ok env LD_PRELOAD="$SHIM" $REP --gateway "$URL" --text "$T/text" --desk 1 \
	--old-keys --no-mailbox --receipt "$T/r-lapsed" send
curl -s -o "$T/page" "$URL/nl/report"
grep -q "niet open" "$T/page" && fail "the form says not open"
courier fetch
LATE=$(day "$LAPSE")
ok desk "$LATE" --json import "$T/stick/inbound-1"
[ "$(json "o['reports'],o['missing']")" = "(1, 0)" ] ||
	{ cat "$T/out"; fail "the report of the lapse"; }
ok desk "$LATE" backup "$STICK/b.age"
ok desk "$LATE" --json import "$T/stick/inbound-1"
# a backup is made and all is read: closed weeks die, the newest must live
ok env LD_PRELOAD="$SHIM" $REP --gateway "$URL" --text "$T/text" --desk 1 \
	--old-keys --no-mailbox send
courier fetch
ok desk "$LATE" --json import "$T/stick/inbound-1"
[ "$(json "o['reports'],o['missing']")" = "(1, 0)" ] ||
	{ cat "$T/out"; fail "the keys of the newest week are gone"; }
python3 - "$T/stick/inbound-1" "$LAST" open <<'PY' || fail "newest closed"
import glob
import json
import sys
sys.exit(any(sys.argv[2] in json.load(open(f))["closed"]
         for f in glob.glob(sys.argv[1] + "/manifest-*.json")))
PY
echo "pass: 6 receipted over a rollover and a lapse, 0 that cannot be opened;" \
	"program and page sealed again by themselves"
