#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: numbers that a hostile gateway chooses shut no casebook and freeze no
# desk. What cannot be is left out and said; a take-over that never was is
# denied by the holder, who goes on.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people
ok desk "$D" $day takeover --note "$T/heir"
ok h takeover --deputy "$T/heir"
cut() { # DAY WORDS...
	ok "$FIX" cut "$T/gw" "$ORG" "$@"
}
export_to() { # FOLDER
	mkdir -p "$1"
	ok h export "$1"
	MADE=$1/outbound-1
}
lie() { # WORDS...: the last bundle is said to have these numbers
	cut $day --applied "$MADE" "$@"
	ok h --json import "$T/gw"
	grep -q "THE GATEWAY LIES" "$T/err" || fail "not told: $*"
	[ "$(json "o['applied_refused']")" = 1 ] || fail "not counted: $*"
	[ "$(json "o['new_manifests']")" = 1 ] || fail "not taken in: $*"
}
# Numbers that are read back by nobody, or that nobody ever reaches
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Goed" \
	--new-code "$T/code"
export_to "$T/a"
lie --serial 9007199254740991
ok h --json list
R=$(json "o['cases'][0]['ref']")
ok h acknowledge "$R"
export_to "$T/b"
lie --tenure 9007199254740991
lie --tenure 9007199254740991 --serial 9007199254740991
lie --tenure 2147483647
lie --serial 99999999
ok h note "$R" <<<"Nog te beschrijven"
ok h backup "$STICK/b.age"
export_to "$T/c"
ok h verify
# What the gateway then says truly counts as ever
cut $day --applied "$MADE"
ok h --json import "$T/gw"
[ "$(json "o['posted']")" = 1 ] || fail "the answer is not posted"
[ "$(json "o['applied_refused']")" = 0 ] || fail "the truth is refused"
refused "Nobody says" h takeover --deny
# The deputy goes on below the lie
ok desk "$D" $day --json takeover "$STICK/b.age.deputy"
[ "$(json "o['tenure']")" = 2 ] || fail "the lie raised the tenure"
mkdir "$T/d"
ok desk "$D" $day export "$T/d"
ok desk "$D" $day verify
# A take-over that might have been, and was not
cut $day --applied "$MADE" --tenure 1024
ok h import "$T/gw"
grep -q "takeover --deny" "$T/err" || fail "no way out is told"
for words in "export $T/c" "note $R" "import $T/gw"; do
	refused "takeover --deny" h $words <<<"Iets"
done
cp -r "$H" "$T/page" # the same on the page
python3 "$HERE/tests/desk/told.py" denies "$BIN" "$T/page" "$PASS" $day \
	"$T" "$STICK" "" "$R" "$R" || exit 1
ok h --json takeover --deny
[ "$(json "o['tenure']")" = 1025 ] || fail "the tenure is not above the lie"
refused "Nobody says" h takeover --deny
ok h reply "$R" <<<"Na de ontkenning"
export_to "$T/c"
cut $day --applied "$MADE"
ok h --json import "$T/gw"
[ "$(json "o['posted']")" = 1 ] || fail "not posted after the denial"
ok h verify
misused "use: takeover" h takeover --deny "$STICK/b.age.deputy"
echo "ok: numbers that cannot be are left out, a false take-over is denied"
