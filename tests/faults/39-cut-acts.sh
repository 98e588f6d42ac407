#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: an act that was cut leaves no half attachment under its name, no plain
# text and no key that its journal calls destroyed; what half a file of before
# lacks is found by `backup`, which then counts for nothing.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people
head -c 1000000 /dev/urandom >"$T/big"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "met bijlage" \
	--new-code "$T/code" --attach "$T/big" --name big.bin
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
A=$(ls "$H/attachments")
size() { stat -c %s "$1/attachments/$A" 2>&1; }
whole=$(size "$H")

# A take-over that is cut, and again; also over half a file, and one of the
# same size, that an older version or the disk left
ok desk "$D" $day takeover --note "$T/heir"
ok h takeover --deputy "$T/heir"
ok h backup "$STICK/b.age"
killed "$A" 5 desk "$D" $day takeover "$STICK/b.age.deputy"
ls "$D/attachments" | grep . && fail "half an attachment under its name"
ok desk "$D" $day --json takeover "$STICK/b.age.deputy"
[ "$(json "o['tenure']")" = 2 ] || fail "the tenure did not rise"
cmp "$H/attachments/$A" "$D/attachments/$A" || fail "not the attachment"
for spoil in "truncate -s 196608" "truncate -s 0" \
	"dd if=/dev/zero bs=1000 count=9 conv=notrunc status=none"; do
	case $spoil in
	dd*) $spoil of="$D/attachments/$A" ;;
	*) $spoil "$D/attachments/$A" ;;
	esac
	cmp -s "$H/attachments/$A" "$D/attachments/$A" && fail "not spoiled"
	ok desk "$D" $day takeover "$STICK/b.age.deputy"
	cmp "$H/attachments/$A" "$D/attachments/$A" || fail "not mended: $spoil"
done
[ -e "$D/takeover.tmp" ] && fail "the stage stayed"
ok desk "$D" $day extract "$R" --to "$T/x"
cmp "$T/big" "$T/x/m01-attachment-01".* || fail "not what was sent"
# One that is cut leaves its stage, with keys in it, until the home is opened
killed takeover.tmp 20 desk "$D" $day takeover "$STICK/b.age.deputy"
[ -e "$D/takeover.tmp" ] || fail "cut before the stage"
ok desk "$D" $day keyset fingerprint
[ -e "$D/takeover.tmp" ] && fail "the stage of one that was cut"

# A backup of a casebook that lacks one is written and counts for nothing
cp "$H/attachments/$A" "$T/kept"
ok h export "$T/b" # confirms what b.age holds
ok "$FIX" outbound "$T/b/outbound-1"
grep -q "confirmed=1" "$T/out" || fail "not confirmed at first"
ok "$FIX" seal "$T/gw" "$T/b/outbound-1" --desk 1 --day 2026-11-25 \
	--text "nog een" --new-code "$T/code2"
ok "$FIX" cut "$T/gw" "$T/b/outbound-1" 2026-11-25 --applied "$T/b/outbound-1"
ok h import "$T/gw"
counts() { # MANIFEST: what the next export confirms
	rm -rf "$T/e"
	mkdir "$T/e"
	ok h export "$T/e"
	ok "$FIX" outbound "$T/e/outbound-1"
	grep -q "confirmed=$1 " "$T/out" || fail "not $1: $(cat "$T/out")"
}
truncate -s 196608 "$H/attachments/$A"
refused "damaged or missing ($R)" h backup "$STICK/c.age"
grep -q "does not count" "$T/err" || fail "what it is worth is not said"
[ -s "$STICK/c.age" ] || fail "nothing was written"
[ -e "$STICK/c.age.deputy" ] && fail "half a casebook for the deputy"
refused "damaged or missing ($R)" h verify
counts 1
rm "$H/attachments/$A"
refused "damaged or missing ($R)" h backup "$STICK/d.age"
counts 1
cp "$T/kept" "$H/attachments/$A"
ok h backup "$STICK/e.age"
counts 2

# A restore that is cut is no desk
killed "$A" 5 desk "$T/r" $day restore "$STICK/e.age"
[ -n "$(ls "$T/r/attachments")" ] || fail "cut before an attachment"
ls "$T/r/attachments" | grep -v '\.tmp$' && fail "half an attachment, restored"
refused "holds no desk" desk "$T/r" $day list
refused "was cut off" desk "$T/r" $day restore "$STICK/e.age"
rm -r "$T/r"
ok desk "$T/r" $day restore "$STICK/e.age"
ok desk "$T/r" $day verify
[ "$(size "$T/r")" = "$whole" ] || fail "not the size"
# Cut when it is one, it knows that its week keys are lost, once rotated too
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "derde"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25 --applied "$T/b/outbound-1"
killed keyring.age 1 desk "$T/r2" $day restore "$STICK/e.age"
ok desk "$T/r2" $day rotate
ok desk "$T/r2" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(0, 1)" ] ||
	fail "taken for another desk's: $(cat "$T/out")"
[ -e "$T/r2/first-event" ] && fail "told, and owed still"
# So does a new machine for somebody the keyset knows
ok h keyset --publish "$T/share3"
killed blocks.json 1 desk "$T/r3" $day holder request --desk 1 \
	--person deputy --keyset "$T/share3/keyset.json" --out "$T/q3"
[ -e "$T/r3/keyring.age" ] || fail "cut before it was a home"
grep -qx keys_lost "$T/r3/first-event" || fail "a home that owes nothing"
ok desk "$T/r3" $day list
[ -e "$T/r3/first-event" ] && fail "owed still"

# A forwarding that is cut leaves the attachment in plain text in the home
# until it is opened again; what a link there names is not touched
ok h classify "$R" --about nobody --kind melding --type OMG --origin intern \
	--triage nee,ja,ja,ja --area HLTH
ok h step "$R" triage
ok h step "$R" in_behandeling
ok h acknowledge "$R"
ok h forward "$R" --to authority --receiver IGJ --make "$T/plan"
sed -i 's/"reviewed": false/"reviewed": true/; s/"scrub": true/"scrub": false/' \
	"$T/plan"
ok h forward "$R" --to authority --receiver IGJ --consent - <<<"JA"
ok h reply "$R" --letter forwarding --receiver IGJ
ok h export "$T/b"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/b/outbound-1"
day=2026-11-26
ok h import "$T/gw"
ok h --json forward "$R" --plan "$T/plan" --show "$T/page.html"
ok h --json approve --case "$R" --act forward --plan "$T/plan"
second
echo "vijf losse woorden samen" >"$T/pass2"
killed original 4 h forward "$R" --plan "$T/plan" --out "$T/dossier.age" \
	--file-passphrase "$T/pass2"
[ -s "$H/forward.tmp/original" ] || fail "cut at another moment"
ok h keyset fingerprint
[ -e "$H/forward.tmp" ] && fail "plain text stays in the home"
mkdir -p "$H/forward.tmp/scrub.tmp" "$T/elsewhere"
echo tekst | tee "$H/forward.tmp/scrub.tmp/file.jpg" >"$T/elsewhere/file"
ln -s "$T/elsewhere" "$H/forward.tmp/away"
ok h list
[ -e "$H/forward.tmp" ] && fail "what the tool was given stays in the home"
ln -s "$T/elsewhere" "$H/forward.tmp"
ok h list
[ -L "$H/forward.tmp" ] && fail "the link stays"
[ -s "$T/elsewhere/file" ] || fail "a link was followed"

# A week's key, ended by two, between journal and keyring
day=2027-06-20
refused "S-TWO" h rotate --destroy 2026-W48 --request "$T/ask"
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
ok h approve --take "$T/signed"
killed keyring.age.tmp 1 h rotate --destroy 2026-W48
cp "$H/keyring.age" "$T/before.age"
here() { # WEEK WORD
	ok h keyset calendar
	grep -q "^$1 .*  $2 " "$T/out" || fail "$1 is not $2"
}
here 2026-W48 destroyed
here 2026-W49 key
cmp -s "$H/keyring.age" "$T/before.age" && fail "the keyring is as it was"
ok h rotate --destroy 2026-W48
# What the desk of before destroyed is not the deputy's key
ok h takeover --deputy "$T/heir"
ok h backup "$STICK/f.age"
ok desk "$D" $day takeover "$STICK/f.age.deputy"
h() { desk "$D" "$day" "$@"; }
here 2026-W48 key
echo "ok: cut take-overs, restores, forwardings and endings left nothing;" \
	"half an attachment is mended, and found by a backup"
