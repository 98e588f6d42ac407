#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: week keys die when closed, read and backed up, not before; the keyset
# is renewed and extended; a withdrawal that waits behind a cut-off
# import keeps the text from being shown.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
found
H=$T/home
WEEK=2026-W48

# Week keys: read but open; closed but not backed up; backed up but not read
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "een" \
	--new-code "$T/c1"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok desk "$H" 2026-11-24 import "$T/gw"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "twee" >"$T/o2"
SHA=$(cat "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-07 --closed $WEEK
mkdir "$T/away"
mv "$T/gw/envelopes/$SHA.age" "$T/away"
ok desk "$H" 2026-12-07 --json import "$T/gw"
[ "$(json "o['weeks_destroyed'],o['missing']")" = "(0, 1)" ] ||
	fail "a key died with a body unread"
ok desk "$H" 2026-12-07 --json backup "$STICK/b1.age"
SECOND=$(json "o['second_medium']")
ok desk "$H" 2026-12-07 --json import "$T/gw"
[ "$(json "o['weeks_destroyed']")" = 0 ] || fail "a key died, body unread"
mv "$T/away/$SHA.age" "$T/gw/envelopes"
ok desk "$H" 2026-12-07 --json import "$T/gw"
[ "$(json "o['reports'],o['weeks_destroyed']")" = "(1, 0)" ] ||
	fail "the late body was not read, or its key died before a backup"
ok desk "$H" 2026-12-07 backup "$STICK/b2.age"
# Something new comes with every bundle; the key dies all the same
ok "$FIX" junk "$T/gw" 1 2026-12-07
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-20
refused_key() {
	[ "$(json "o['weeks_destroyed']")" = 0 ] || fail "$1"
}
ok desk "$H" 2026-12-07 --json import "$T/gw"
refused_key "a key died while the gateway's clock is 13 days off"
ok desk "$H" 2026-12-20 --json import "$T/gw"
if [ "$SECOND" = True ]; then
	[ "$(json "o['weeks_destroyed']")" = 1 ] || fail "the key lives on"
	ok desk "$H" 2026-12-20 --json import "$T/gw"
	refused_key "a key died twice"
else
	refused_key "a key died without a backup on another medium"
	echo "weaker: no second file system, no week is destroyed"
fi
ok desk "$H" 2026-12-20 --json verify

# Keyset: renew, another desk, the page
ok desk "$H" 2026-12-20 --json keyset
SERIAL=$(json "o['serial']")
ok desk "$H" 2027-01-10 --json keyset --renew
[ "$(json "o['serial'],o['not_after']")" = "($((SERIAL + 1)), '2028-02-10')" ] ||
	fail "not renewed for 13 months"
mkdir "$T/share"
ok desk "$H" 2027-01-10 keyset --publish "$T/share"
ok desk "$T/second" 2027-01-10 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/request.json"
ok desk "$H" 2027-01-10 keyset --add-holder "$T/request.json"
ok desk "$H" 2027-01-10 --json keyset
[ "$(json "[(e['number'],e['holders']) for e in o['desks']]")" = \
	"[(1, 1), (2, 1)]" ] || fail "desk 2 did not come with its holder"
sed 's/"person":"secretaris"/"person":"iemand"/' "$T/request.json" >"$T/forged"
refused "cannot be used" desk "$H" 2027-01-10 keyset --add-holder "$T/forged"
printf '{"type":"meldluik-page","version":1,"release":"r","files":{"page.js":"%s"}}' \
	"$(printf 'x' | sha256sum | cut -c1-64)" >"$T/page.json"
ok desk "$H" 2027-01-10 keyset --page "$T/page.json"
echo '{"type":"meldluik-page"}' >"$T/bad.json"
refused "cannot be used" desk "$H" 2027-01-10 keyset --page "$T/bad.json"
grep -q '"release":"r"' "$H/public/page.json" || fail "a bad page was kept"
grep -q "org=$(ok desk "$H" 2027-01-10 --json keyset; json "o['org']") desk=1" \
	"$H/public/page.json.holder.minisig" || fail "page not signed for the desk"

# What goes unheeded beside another option is refused before anything is done
SERIAL=$(ok desk "$H" 2027-01-10 --json keyset; json "o['serial']")
for MORE in --renew "--publish $T/none" "--page $T/page.json" \
	"--release none" "--card $T/gw/card.json" \
	"--add-holder $T/request.json"; do
	misused "--accept goes with --fingerprint only" desk "$H" 2027-01-10 \
		keyset --accept "$T/share" $MORE
done
misused "--fingerprint goes with --accept" desk "$H" 2027-01-10 keyset \
	--fingerprint "$(desk "$H" 2027-01-10 keyset fingerprint)"
misused "--request goes with --card" desk "$H" 2027-01-10 keyset \
	--request "$T/ask"
[ ! -e "$T/none" ] || fail "published all the same"
[ "$(ok desk "$H" 2027-01-10 --json keyset; json "o['serial']")" = \
	"$SERIAL" ] || fail "a refused act changed the keyset"

# A withdrawal behind a cut-off import: what was read is not shown
ok desk "$H" 2027-01-10 --json list
REF=$(json "min(o['cases'],key=lambda c:c['received'])['ref']")
ok desk "$H" 2027-01-10 show "$REF"
grep -q een "$T/out" || fail "the text is not shown"
ok desk "$H" 2027-01-10 forward "$REF" --to authority --receiver IGJ \
	--make "$T/plan"
ok "$FIX" junk "$T/gw" 60 2026-12-21
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-12-21 --kind withdrawal \
	--code "$T/c1" --text "Laat maar"
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-21
killed envelopes 40 "$BIN" --home "$H" --passphrase-file "$PASS" \
	--today 2027-01-10 import "$T/gw"
ok desk "$H" 2027-01-10 --json list
[ "$(json "o['importing']")" = True ] || fail "not killed while it read"
refused "cut off" desk "$H" 2027-01-10 show "$REF"
grep -q een "$T/out" && fail "text shown before the withdrawal was read"
refused "cut off" desk "$H" 2027-01-10 extract "$REF" --to "$T/x"
[ -e "$T/x/message.txt" ] && fail "text given out mid-import"
for out in "--show $T/page.html" "--print --out $T/page.html"; do
	# shellcheck disable=SC2086 # words
	refused "cut off" desk "$H" 2027-01-10 forward "$REF" \
		--plan "$T/plan" $out
done
refused "cut off" desk "$H" 2027-01-10 recuse "$REF" --to 2 --out "$T/page.html" \
	<<<"Het gaat over mij"
[ -e "$T/page.html" ] && fail "text went to others mid-import"
ok desk "$H" 2027-01-10 --json import "$T/gw"
[ "$(json "o['withdrawals']")" = 1 ] || fail "no withdrawal seen"
ok desk "$H" 2027-01-10 show "$REF"
grep -q "$REF" "$T/out" || fail "the withdrawn one is not shown"
grep -q een "$T/out" && fail "withdrawn text is shown"

# Another machine took the desk over: this one must not export any more
ok "$FIX" cut "$T/gw" "$ORG" 2027-01-10 --applied "$ORG" --tenure 2
ok desk "$H" 2027-01-10 import "$T/gw"
grep -q "taken over this desk" "$T/err" || fail "the take-over is not told"
mkdir "$T/p"
refused "read-only now" desk "$H" 2027-01-10 export "$T/p"
[ -z "$(ls -A "$T/p")" ] || fail "exported after a take-over"
echo "ok: week keys died in time and not before; keyset renewed, extended," \
	"page signed; no text before a waiting withdrawal;" \
	"no export after a take-over"
