#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what a later version wrote is refused by that name, without advice to
# repair or restore it, and stays as it was to the byte: the desk's keyring,
# casebook and keyset, a manifest of the gateway on the stick, an outbound
# bundle of the desk at the courier and at the gateway. (A store of a later
# format: 68-released.sh.)
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
DESK=$BIN
. "$(dirname "$0")/../http/lib.sh"
LATER=$BIN/desk_later
SIGN=$BIN/signtool
[ -x "$LATER" ] && [ -x "$SIGN" ] || skip "desk_later is not built"
WORD="later version"
desk() { # HOME DAY VERB...
	local home=$1 day=$2
	shift 2
	"$DESK" --home "$home" --passphrase-file "$PASS" --today "$day" "$@"
}
sum() { # FOLDER: what it holds, but for the locks
	(cd "$1" && find . -type f ! -name lock ! -name lock.mdb \
		-exec sha256sum {} + | sort)
}
n=0
# later FOLDER COMMAND...: refused by name, FOLDER unchanged
later() {
	local folder=$1 before
	shift
	before=$(sum "$folder")
	refused "$WORD" "$@"
	grep -qiE 'damaged|restore|make the export again' \
		"$T/err" && fail "it advises a repair: $(cat "$T/err")"
	[ "$(sum "$folder")" = "$before" ] || fail "$folder was changed by $*"
	n=$((n + 1))
}
found
H=$T/home
h() { desk "$T/x" 2026-11-26 "$@"; }
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "een" \
	--new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
# one more manifest, not yet read
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "twee"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
for part in keyring journal keyset; do
	rm -rf "$T/x"
	cp -r "$H" "$T/x"
	ok h show "$REF"
	ok "$LATER" "$T/x" "$PASS" $part
	later "$T/x" h list
	later "$T/x" h verify
	later "$T/x" h import "$T/gw"
	later "$T/x" h note "$REF" </dev/null
	later "$T/x" h backup "$T/backup"
	[ ! -e "$T/backup" ] || fail "a backup of what it cannot read"
done

# a manifest of a gateway of then, rightly signed
cp -r "$T/gw" "$T/b"
sed -i 's/"version":1/"version":2/' "$T/b/manifest-2.json"
sed -n 's/.*"org":"\([0-9a-f]*\)".*/\1/p' "$T/b/manifest-2.json" >"$T/org"
"$SIGN" sign "$(od -An -v -tx1 "$T/b/gateway.seed" | tr -d ' \n')" inbound \
	"$(cat "$T/org")" 0 <"$T/b/manifest-2.json" \
	>"$T/b/manifest-2.json.minisig" || fail "signtool"
later "$H" desk "$H" 2026-11-26 import "$T/b"
ok desk "$H" 2026-11-26 --json import "$T/gw"
[ "$(json "o['reports']")" = 1 ] || fail "the right stick is not read after"

# an outbound bundle of a desk of then: courier and gateway
rm -rf "$T/home" "$T/o"
gw_new
done_all() {
	gw_clean
	cleanup
}
trap done_all EXIT
gw_start
DAY=$(date +%F)
ok desk "$H" "$DAY" init --batch --organisation Voorbeeld \
	--card "$GW/card.json"
mkdir "$T/one" "$T/two" "$T/then"
ok desk "$H" "$DAY" export "$T/one"
deliver() {
	python3 "$HERE/gw.py" deliver "$COURIER" "$TOKEN" "$1/outbound-1"
}
deliver "$T/one" || fail "the first bundle"
ok desk "$H" "$DAY" export "$T/two"
cp -r "$T/two/outbound-1" "$T/then/"
ok "$LATER" "$H" "$PASS" outbound "$T/then/outbound-1"
for _ in $(seq 600); do
	curl -fsS -o "$T/keyset" "$URL/v1/keyset.json" 2>/dev/null && break
	sleep 0.1
done
deliver "$T/then" >"$T/out" 2>&1 && fail "the gateway took it"
grep -q '"error":"version"' "$T/out" || fail "not by name: $(cat "$T/out")"
curl -fsS "$URL/v1/keyset.json" | cmp - "$T/keyset" ||
	fail "what is served changed"
deliver "$T/two" || fail "the right bundle is not taken after"
if [ -x "$BIN/meldluik-courier" ]; then
	echo "$TOKEN" >"$T/token"
	printf '[gateway]\nurl = %s\ndoor = %s\ncredential_file = %s\ndesk = 1\n' \
		"$URL" "$URL" "$T/token" >"$T/courier.ini"
	WORD="later desk"
	later "$T/then" "$BIN/meldluik-courier" --config \
		"$T/courier.ini" deliver "$T/then"
else
	echo "weaker: no meldluik-courier, the gateway alone refuses"
fi
echo "$n refusals of what a later version wrote, by name, nothing altered"
