#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what came by phone or in a talk counts; hostile words stay words in
# the report; a backup says for which
# deputy it is; she takes over from the last one, its sheets are hers too, and
# the old machine turns read-only; the year is closed by two.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people

# By phone with a code; a talk that is agreed
ok h --json enter report --route telefoon --mailbox <<<"Aan de telefoon"
python3 -c "import json;print(json.load(open('$T/out'))['code'],end='')" >"$T/c3"
P=$(json "o['ref']")
ok h reply "$P" --letter questions
ok h export "$T/a"
ok "$FIX" read "$T/a/outbound-1" 1 "$T/c3"
grep -q "Wanneer is het gebeurd" "$T/out" || fail "the caller cannot read"
ok h --json enter talk --route gesprek <<<"Gesprek op kantoor"
G=$(json "o['ref']")
refused "First offer" h enter agreement --case "$G" --state agreed
ok h enter agreement --case "$G" --state offered <<<"Verslag"
ok h enter agreement --case "$G" --state agreed
grep -q "$(printf Verslag | sha256sum | cut -c1-64)" "$T/out" || fail "hash"
# Feedback without a mailbox
refused "no mailbox" h feedback "$G" <<<"Klaar"
guard S-TWO h feedback "$G" --by no-route <<<"Onbekend adres"
ok h feedback "$G" --acknowledgement --by talk <<<"Bevestigd"
ok h --json approve --case "$G" --act feedback_without_route
second
ok h feedback "$G" --by no-route <<<"Onbekend adres"
ok h classify "$G" --about nobody --kind melding --type BEV --origin extern \
	--wbk nee --outcome gesprek
ok h step "$G" triage
ok h step "$G" in_behandeling
ok h step "$G" besluit
ok h close "$G"

# Hostile words in the report's own sections
ok h register section --year 2026 --name '=1+1<b>' \
	<<<$'<script>alert(1)</script>\n=HYPERLINK("x")\n\xe2\x80\xaeomgekeerd'
ok h enter activity --kind '<img src=x>' --audience '@SUM(A1)' --sessions 3
ok h enter council-talk --participants griffier+burgemeester
ok h classify "$P" --kind melding --type FIN --origin extern --wbk nee
ok h report --year 2026 --format html --out "$T/y.html"
grep -q "<script>alert" "$T/y.html" && fail "markup from a section"
grep -q "<img src=x" "$T/y.html" && fail "markup from an activity"
grep -q "U+202E" "$T/y.html" || fail "a direction mark is not shown"
ok h --json report --year 2026
[ "$(json "o['council_talks']['total']['value']")" = 1 ] || fail "the talk"

# Deputy: her note, a backup for her, take-over
ok desk "$D" $day takeover --note "$T/heir"
sed 's/"person":"deputy"/"person":"iemand"/' "$T/heir" >"$T/heir2"
refused "no note of another holder" h takeover --deputy "$T/heir2"
# Whose note is not here, or of a key that was replaced, is told so; and sheets
# of the backup key open her backups too
deputies() { # FILE FOR WITHOUT: of a backup of H
	ok h --json backup "$1"
	[ "$(json "o['deputies'],o['without_note']")" = "($2, $3)" ] ||
		fail "not $2 and $3: $(cat "$T/out")"
}
deputies "$STICK/a.age" "[]" "['deputy']"
[ ! -e "$STICK/a.age.deputy" ] || fail "for a deputy of whom is no note"
ok h backup "$STICK/a2.age"
grep -q "NOT for deputy" "$T/out" || fail "whom it is not for"
ok h clocks
grep -q "deputy cannot take over" "$T/err" || fail "not said"
ok h --json keyset
mkdir "$T/sheets"
json "json.dumps({'org': o['org'], 'identity': 'A' * 43 + '='})" >"$T/k.json"
ok "$BUILD/bin/sharetool" "$T/k.json" "$H/public/papers.json" "$T/sheets"
ok h takeover --deputy "$T/heir"
deputies "$STICK/b.age" "['deputy']" "[]"
[ -s "$STICK/b.age.deputy" ] || fail "no backup for the deputy"
ok h backup "$STICK/b2.age"
grep -q "b2.age.deputy.note beside it, is for deputy" "$T/out" || fail "for whom"
ok h clocks
grep -q "take over" "$T/err" && fail "she can"
cp -r "$H" "$T/replacing"
ok desk "$T/deputy2" $day holder request --desk 1 --person deputy \
	--keyset "$T/share2/keyset.json" --out "$T/r3.json"
ok desk "$T/replacing" $day holder replace "$T/r3.json"
ok desk "$T/replacing" $day backup "$STICK/c.age"
grep -q "NOT for deputy" "$T/out" || fail "her key is another since"
refused "No holder of this desk" desk "$S" $day takeover "$STICK/b.age.deputy"
refused "not made for you" desk "$S" $day takeover --unsigned \
	"$STICK/b.age.deputy"
head -c 5000 "$STICK/b.age.deputy" >"$T/half"
cp "$STICK/b.age.deputy.note" "$T/half.note"
refused "damaged" desk "$D" $day takeover "$T/half"
# Anybody can seal to her: what no holder signed, or what holds something else
# than was signed, is not even looked into
cp "$STICK/b.age.deputy" "$T/strange"
refused "No holder of this desk signed" desk "$D" $day takeover "$T/strange"
for change in 's/"desk":1/"desk":2/' 's/"sha256":"./"sha256":"g/' '1d'; do
	sed "$change" "$STICK/b.age.deputy.note" >"$T/strange.note"
	refused "No holder of this desk signed" desk "$D" $day takeover \
		"$T/strange"
done
cp -r "$H" "$T/before"
ok desk "$T/before" $day note "$P" <<<"Een andere stand"
ok desk "$T/before" $day backup "$STICK/other.age"
cp "$STICK/other.age.deputy.note" "$T/strange.note"
refused "No holder of this desk signed" desk "$D" $day takeover "$T/strange"
cp -r "$D" "$T/trusting"
ok desk "$T/trusting" $day takeover --unsigned "$T/strange"
[ ! -e "$T/trusting/public/papers.json" ] || fail "a key of anybody's sheets"
# After the backup the old machine still drafts and exports a reply
ok h reply "$P" <<<"Na de kopie"
ok h export "$T/a"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-27 --text "Na de kopie" \
	--new-code "$T/code4"
# and one from a page that was open since before she was a holder
ok "$FIX" seal "$T/gw" "$T/o/outbound-1" --desk 1 --day 2026-11-27 \
	--text "Voor haar tijd"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-27 --applied "$T/a/outbound-1"
day=2026-11-28
# Her own record of paper sheets is damaged: named and kept, and no more
echo "{" >"$D/public/papers.json"
ok desk "$D" $day --json takeover "$STICK/b.age.deputy"
[ "$(json "o['tenure'],o['damaged']")" = \
	"(2, ['public/papers.json.damaged-1'])" ] ||
	fail "the tenure did not rise: $(cat "$T/out")"
grep -q "papers.json of this machine, the record" "$T/err" ||
	fail "not said which file is damaged"
grep -qx "{" "$D/public/papers.json.damaged-1" || fail "it is not kept"
ok desk "$D" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 1)" ] ||
	fail "the new report did not come, or an old one is not ours: $(cat "$T/out")"
ok desk "$D" $day backup "$STICK/d.age"
echo "heel andere woorden nu graag" >"$T/newpass"
ok "$BIN" --home "$T/paper" --passphrase-file "$T/newpass" --today $day \
	recover --backup "$STICK/d.age" --share "$T/sheets/backup-1" \
	--share "$T/sheets/backup-3"
ok desk "$D" $day --json list
[ "$(json "len(o['cases'])")" = 3 ] || fail "a case was lost"
ok desk "$D" $day show "$P"
grep -q "Aan de telefoon" "$T/out" || fail "the deputy cannot read a case"
ok desk "$D" $day export "$T/c"
ok "$FIX" outbound "$T/c/outbound-1"
grep -q "confirmed=0 " "$T/out" || fail "what she cannot open is confirmed"
once() { # BUNDLE REPLIES WORDS...: each stands once in the caller's mailbox
	ok "$FIX" read "$1" 1 "$T/c3"
	grep -q "replies=$2 damaged=0" "$T/out" || fail "$2 replies: $(cat "$T/out")"
	for words in "${@:3}"; do
		[ "$(grep -c "$words" "$T/out")" = 1 ] || fail "not once: $words"
	done
}
once "$T/c/outbound-1" 1 "Wanneer is het gebeurd"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-28 --applied "$T/c/outbound-1" --tenure 2
ok h --json import "$T/gw"
grep -q "taken over this desk" "$T/err" || fail "the take-over is not told"
[ "$(json "o['reports']")" = 2 ] || fail "who is away does not read it"
refused "read-only" h export "$T/a"
refused "read-only" h reply "$P" <<<"Toch nog iets"
refused "read-only" h enter report <<<"Toch nog iets"
ok desk "$D" $day import "$T/gw"
ok desk "$D" $day reply "$P" <<<"De vervanger antwoordt"
ok desk "$D" $day export "$T/b"
once "$T/b/outbound-1" 2 "Wanneer is het gebeurd" "De vervanger antwoordt"
ok desk "$D" $day --json verify

# And back. The old machine alone read what was sealed before the deputy's
# keys, so not without a word. Then no other copy lies under the same key; nor
# one that an older version left, once the home is opened
B=$T/back
cp -r "$H" "$B"
for f in casebook casekeys; do
	cp -r "$H/$f" "$B/$f.before-1"
	cp -r "$H/$f" "$T/trusting/$f.before-7"
done
ok desk "$B" $day takeover --note "$T/heir3"
ok desk "$D" $day takeover --deputy "$T/heir3"
ok desk "$D" $day backup "$STICK/back.age"
refused "what the backup lacks" desk "$B" $day takeover "$STICK/back.age.deputy"
[ -e "$B/casebook.before-1" ] || fail "opened with another key than was asked"
ok desk "$B" $day takeover --leave-own "$STICK/back.age.deputy"
ls "$B" | grep before && fail "a copy under the living key stays"
ok desk "$B" $day show "$P"
ok desk "$B" $day takeover "$STICK/back.age.deputy" # its own is in it
ok desk "$T/trusting" $day list
ls "$T/trusting" | grep before && fail "what an older version left stays"

# Year closing and the public list
h() { desk "$D" "$day" "$@"; }
day=2027-02-01
guard S-TWO h register close --year 2026
refused "not over yet" h register close --year 2027
ok h classify "$(ok h --json list
json "[c['ref'] for c in o['cases'] if c['type']==''][0]")" --type FIN \
	--origin intern --wbk nee --kind melding
ok h --json approve --act year_closing --detail 2026
second
# Reports of December may lie on the stick of January
refused "after 31 December" h register close --year 2026
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-31 --applied "$T/c/outbound-1" --tenure 2
ok h import "$T/gw"
refused "after 31 December" h register close --year 2026
ok "$FIX" cut "$T/gw" "$ORG" 2027-01-01 --applied "$T/c/outbound-1" --tenure 2 \
	--closed 2026-W48
ok h import "$T/gw"
refused "after 31 December" h register close --year 2026
# What she cannot open is no report of hers when two people said so
refused "S-TWO" h rotate --destroy 2026-W48 --request "$T/ask"
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
ok h approve --take "$T/signed"
ok h rotate --destroy 2026-W48
ok h import "$T/gw"
ok h register close --year 2026
refused "closed already" h register close --year 2026
ok h register public --from 2026-01-01 --to 2026-12-31 --out "$T/woo.csv"
head -1 "$T/woo.csv" | grep -q "type,year,outcome" || fail "public columns"
grep -q "$P" "$T/woo.csv" && fail "a reference in the public list"
# What comes after that is told, in this year and later ones
ok h --json enter report --received 2026-12-30 <<<"Nog in december"
ok h classify "$(json "o['ref']")" --kind melding --type FIN --origin intern
ok h enter advice --received 2026-12-31 <<<"Mag dat?"
for year in 2026 2027; do
	ok h report --year $year --format md
	for what in "report(s)" "advice question(s)"; do
		grep -qF "1 $what of 2026 came after" "$T/err" ||
			fail "late and not said: $(cat "$T/err")"
	done
	grep -q "Niet meegeteld: 1 melding(en) uit 2026" "$T/out" &&
		grep -q "Niet meegeteld: 1 adviesvraag/-vragen uit 2026" "$T/out" ||
		fail "late and not in the report of $year"
done
ok h report --year 2026 --suppress 5 --format md
grep -q "Niet meegeteld: &lt;5 melding(en) uit 2026" "$T/out" || fail "hidden"
grep -q "<5" "$T/out" || fail "small cells are printed"
echo "ok: entered, answered without a mailbox, taken over, year closed;" \
	"hostile words stayed words"
