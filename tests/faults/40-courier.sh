#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what can go wrong on the courier's way: cut connections, an answer to
# "apply" that is lost, a resumed
# and a spoiled part, a full stick, an edited bundle, a forked manifest, a
# wrong credential; nothing good is lost or replaced. And check-back makes
# the same requests for a right, a wrong and an empty code.
. "$(dirname "$0")/../http/lib.sh"
R=$BIN/meldluik-reporter
C=$BIN/meldluik-courier
[ -x "$R" ] && [ -x "$C" ] || skip "courier or reporter is not built"
T=$(mktemp -d)
PIDS=
done_all() {
	for p in $PIDS; do kill "$p" 2>/dev/null; done
	mountpoint -q "$T/small" && umount "$T/small"
	gw_clean
	rm -rf "$T"
}
ok() { "$@" >"$T/out" 2>"$T/err" || { cat "$T/out" "$T/err"; fail "$*"; }; }
refused() {
	local text=$1 rc
	shift
	"$@" >"$T/out" 2>"$T/err"
	rc=$?
	[ $rc -eq 1 ] && grep -q -- "$text" "$T/err" && return
	cat "$T/out" "$T/err"
	fail "exit $rc, or no '$text': $*"
}
gw_new
trap done_all EXIT
DOOR=$(free_port)
sed -i "s,^courier = unix:.*,courier = 127.0.0.1:$DOOR," "$GW/gateway.ini"
gw_start
TODAY=$(TZ=Europe/Amsterdam date +%F)
"$BIN/fixture" "$GW/org" --gateway-card "$GW/card.json" --today "$TODAY" \
	--weeks 2 --desks 2 || fail "fixture"
proxy() {
	python3 "$(dirname "$0")/proxy.py" "$@" &
	PIDS="$PIDS $!"
	said_port "$1"
}
proxy "$T/door.port" "$DOOR" "$T/door.log" "$T/cut" "$T/lose"
DOORP=$SAID
proxy "$T/public.port" "$PORT" "$T/pub.log"
PUBP=$SAID
echo "$TOKEN" >"$T/token"
for d in 1 2; do
	cat >"$T/c$d.ini" <<INI
[gateway]
url = http://127.0.0.1:$PUBP
door = http://127.0.0.1:$DOORP
credential_file = $T/token
desk = $d
tries = 2
INI
done

# an edited bundle is not sent; a wrong credential is named
cp -r "$GW/org/outbound-1" "$T/edit-outbound"
mkdir "$T/edit"
mv "$T/edit-outbound" "$T/edit/outbound-1"
printf 'x' | dd of="$T/edit/outbound-1/lane.bin" bs=1 seek=9000 \
	conv=notrunc 2>/dev/null
: >"$T/door.log"
refused "was changed after the desk signed it" \
	"$C" --config "$T/c1.ini" deliver "$T/edit"
[ ! -s "$T/door.log" ] || fail "something of an edited bundle was sent"
echo wrong >"$T/token"
refused "does not know this credential" \
	"$C" --config "$T/c1.ini" deliver "$GW/org"
echo "$TOKEN" >"$T/token"
# applied, and the answer to it lost: the second try must not say "not taken"
echo "POST /v1/bundle/apply" >"$T/lose"
ok "$C" --config "$T/c1.ini" deliver "$GW/org"
[ ! -e "$T/lose" ] || fail "no answer was lost"
[ "$(grep -ac "POST /v1/bundle/apply" "$T/door.log")" -ge 3 ] ||
	fail "the answer was not lost"
ok "$C" --config "$T/c2.ini" deliver "$GW/org"
ok "$C" --config "$T/c2.ini" deliver "$GW/org" # again: answered as applied

head -c 3000000 /dev/urandom >"$T/file"
echo tekst >"$T/text"
for n in 1 2; do
	ok "$R" --gateway "$URL" --text "$T/text" --attach "$T/file" \
		--desk 1 --code-fd 3 send 3>"$T/code"
done
ok "$R" --gateway "$URL" --text "$T/text" --desk 1 --no-mailbox send

# cut in the third megabyte: what came stays, the next fetch goes on there
mkdir "$T/stick"
echo 2300000 >"$T/cut"
sed 's/^tries.*/tries = 1/' "$T/c1.ini" >"$T/once.ini"
refused "" "$C" --config "$T/once.ini" fetch "$T/stick"
E_DIR=$T/stick/inbound-1/envelopes
[ "$(find "$E_DIR" -size 71866c -name '*.age' | wc -l)" -eq 1 ] ||
	fail "the text was not fetched first"
PART=$(find "$E_DIR" -name '*.part')
[ "$(stat -c %s "$PART")" -ge 1048576 ] || fail "no part to resume"
rm "$T/cut"
ok "$C" --config "$T/c1.ini" fetch "$T/stick"
grep -q "going on at" "$T/err" || fail "it was not resumed"
check_names() {
	for f in "$1"/*.age; do
		[ "$(sha256sum <"$f" | cut -c1-64).age" = "$(basename "$f")" ] ||
			fail "a file is not its name"
	done
}
check_names "$E_DIR"
[ "$(find "$E_DIR" -type f | wc -l)" -eq 3 ] || fail "not three envelopes"

# nothing good is written again; a spoiled one is replaced
find "$T/stick" -type f -printf '%i %T@ %p\n' | sort >"$T/before"
ok "$C" --config "$T/c1.ini" fetch "$T/stick"
find "$T/stick" -type f -printf '%i %T@ %p\n' | sort >"$T/after"
cmp -s "$T/before" "$T/after" || fail "good files were written again"
ONE=$(find "$E_DIR" -size +1M -name '*.age' | head -1)
printf 'x' | dd of="$ONE" bs=1 seek=2000000 conv=notrunc 2>/dev/null
ok "$C" --config "$T/c1.ini" fetch "$T/stick"
check_names "$E_DIR"
head -c 2000000 /dev/zero >"${ONE%.age}.part"
rm "$ONE"
ok "$C" --config "$T/c1.ini" fetch "$T/stick"
check_names "$E_DIR"

# another manifest of the same number is left alone and named
M=$(find "$T/stick/inbound-1" -name 'manifest-*.json' | head -1)
cp "$M" "$T/manifest"
echo " " >>"$M"
sha256sum "$M" >"$T/sum"
refused "it was left as it is" "$C" --config "$T/c1.ini" fetch "$T/stick"
sha256sum -c --quiet "$T/sum" || fail "the manifest was replaced"
cp "$T/manifest" "$M"

# check-back: right, wrong and empty code ask the same
head -c 34 "$T/code" >"$T/right"
ok "$R" --keyset "$GW/org/outbound-1" --text "$T/text" --desk 2 \
	--code-fd 3 --out "$T/unsent" seal 3>"$T/wrong"
: >"$T/empty"
for n in right wrong empty; do
	: >"$T/pub.log"
	"$R" --gateway "http://127.0.0.1:$PUBP" --code-file "$T/$n" check \
		>"$T/out" 2>&1
	cp "$T/pub.log" "$T/asked-$n"
done
[ -s "$T/asked-right" ] && grep -q "/v1/board/2 " "$T/asked-right" ||
	fail "not every lane was asked for"
cmp "$T/asked-right" "$T/asked-wrong" && cmp "$T/asked-right" \
	"$T/asked-empty" || fail "the requests tell the code"
grep -qi "user-agent\|cookie\|referer" "$T/asked-right" &&
	fail "the requests tell the program"

# no secret-key work of reports is linked in
for p in "$R" "$C"; do
	nm "$p" | grep -qE ' [Tt] (age_open_new|envelope_open|keyring_)' &&
		fail "unseal side in $p"
done

# a stick too small for all: what is on it is whole, the rest comes later
mkdir "$T/small"
if mount -t tmpfs -o size=5m meldluik "$T/small" 2>/dev/null; then
	refused "the stick is full" "$C" --config "$T/c1.ini" fetch "$T/small"
	[ "$(find "$T/small" -name '*.age' | wc -l)" -eq 2 ] ||
		fail "not everything that fits was fetched"
	check_names "$T/small/inbound-1/envelopes"
	[ -z "$(find "$T/small" -name '*.part' -o -name '*.tmp')" ] ||
		fail "rests on the full stick"
else
	echo "weaker: no tmpfs can be mounted, no full stick"
fi

# a bit turns over in the first text at the gateway: it is named, everything
# behind it comes, and the gateway says so until a desk confirms something
for n in 1 2; do
	ok "$R" --gateway "$URL" --text "$T/text" --desk 1 --no-mailbox send
done
gw_stop
python3 - "$GW/store/index/data.mdb" <<'PY' || fail "no text was damaged"
import struct
import sys
with open(sys.argv[1], "r+b") as f:
    data = f.read()
    at = 2
    while at < len(data) // 4096:  # a text: a value on pages of its own
        no, _, flags, pages = struct.unpack_from("<QHHI", data, at * 4096)
        if flags == 4 and no == at and 17 <= pages <= 20:
            break
        at += 1
    f.seek(at * 4096 + 30000)
    f.write(bytes([data[at * 4096 + 30000] ^ 1]))
PY
gw_start
mkdir "$T/rot"
refused "1 envelopes are damaged at the gateway" \
	"$C" --config "$T/c1.ini" fetch "$T/rot"
grep -q "the gateway cannot read it any more" "$T/err" || fail "not named"
[ "$(find "$T/rot" -name "*.age" | wc -l)" -eq 4 ] ||
	fail "not everything behind a damaged one was fetched"
check_names "$T/rot/inbound-1/envelopes"
[ -z "$(find "$T/rot" -name '*.part')" ] || fail "rests of a damaged one"
grep -q "^store: a stored record cannot be read" "$GW/log" ||
	fail "the gateway is silent about a damaged record"
doctor() { "$BIN/meldluik-gateway" doctor --config "$GW/gateway.ini"; }
doctor | grep -q '^MEND  records: ' || fail "doctor does not look for it"
ok "$C" --config "$T/c2.ini" deliver "$GW/org"
doctor | grep -q '^MEND  records: ' && fail "doctor says it for ever"
echo "pass: edited bundle, wrong credential, cut, resume, spoiled files, \
a full stick, forked manifest; equal requests"
