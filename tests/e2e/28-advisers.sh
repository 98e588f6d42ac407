#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: two confidential advisers keep own books on own machines; what leaves
# them is a signed file of figures and signals without a case; the
# coordinator's register and annual report add both up, a newer file
# replaces, and a changed, foreign, double-counted or late one is refused.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-12-01
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
for who in vp1 vp2 vp3; do
	ok desk "$T/$who" 2026-11-24 holder request --desk 1 --person $who \
		--approver --keyset "$T/share/keyset.json" --out "$T/$who.json"
	[ $who = vp3 ] || ok h keyset --add-holder "$T/$who.json"
done
ok h keyset --publish "$T/share2"
one() { desk "$T/vp1" "$day" adviser "$@"; }
two() { desk "$T/vp2" "$day" adviser "$@"; }

# The first: two cases, one changed later; hours add up; a signal
ok one case --year 2026 --relations leidinggevende --kinds andere --talk 3 \
	--json
ID=$(json "o['case']")
ok one case --year 2026 --relations collega+externe --kinds lekken+pesten \
	--talk 2 --track 4
ok one case --year 2026 --case "$ID" --talk 7 --led-to-report
ok one hours --year 2026 --activity onboarding --hours 5
ok one hours --year 2026 --activity onboarding --hours 6
# A slip of the hand is taken back: hours, a signal, a tick, a case
row() { # of the last in the list that is WHAT
	ok one list --year "${2:-2026}" --json
	json "[e['row'] for e in o if e['what'] == '$1'][-1]"
}
ok one hours --year 2026 --activity onboarding --hours 140
ok one undo "$(row adviser_hours)"
ok one signal --year 2026 <<<"Met een naam erin"
ROW=$(row signal)
ok one undo "$ROW"
refused "no such row" one undo "$ROW"
refused "no such row" one undo 000000000000
misused "use: adviser" one undo
misused "use: adviser" one case --year 2026 --case "$ID" --no-report \
	--led-to-report
ok one case --year 2026 --case "$ID" --no-report
ok one list --year 2026 --json
[ "$(json "[e['content']['led_to_report'] for e in o if \
e['name'] == '$ID']")" = "['0']" ] || fail "still led to a report"
ok one undo "$(row adviser_case)" # of that case, as it was before
ok one case --year 2026 --kinds prive
ok one undo "$(row adviser_case)"
ok one signal --year 2026 <<<"Onrust op een afdeling: geen namen"
ok one case --year 2025 --kinds prive
refused "kinds" one case --year 2026 --kinds onzin
grep -q "codes of adviser_kind" "$T/err" || fail "the lists are not shown"
refused "kinds" one case --year 2026
refused "no such case" one case --year 2025 --case "$ID" --talk 1
refused "hours" one hours --year 2026 --activity onboarding --hours veel
one hours --year 26 --activity onboarding --hours 1 2>"$T/err" &&
	fail "a year of two digits"
ok one list --year 2026 --json
[ "$(json "[e['what'] for e in o]")" = "['adviser_case', 'adviser_case', \
'adviser_hours', 'adviser_hours', 'signal']" ] || fail "the book"
ok desk "$T/vp1" $day report --year 2026 --format json
[ "$(json "o['adviser']['cases']['rows'][1]['value']")" = 2 ] ||
	fail "the adviser's own report"
ok two case --year 2026 --relations collega --kinds pesten --talk 1
ok two hours --year 2026 --activity overleg_verslag --hours 9

# Out: figures and signals, signed, readable; no case
ok one export --year 2026 --out "$T/one.txt"
ok two export --year 2026 --out "$T/two.txt"
grep -q '"adviser.cases":2' "$T/one.txt" || fail "figures as text"
grep -q "Onrust op een afdeling" "$T/one.txt" || fail "the signal"
grep -qE "$ID|adviser.via|reports\." "$T/one.txt" && fail "more than figures"
ok desk "$T/vp3" $day adviser export --year 2026 --out "$T/three.txt"

# In: both add up; the newest of a person counts
ok h adviser take "$T/one.txt"
ok h adviser take "$T/two.txt"
sed 's/"adviser.cases":2/"adviser.cases":9/' "$T/one.txt" >"$T/forged.txt"
refused "were changed" h adviser take "$T/forged.txt"
refused "were changed" h adviser take "$T/three.txt"
refused "no figures" h adviser take "$T/share/keyset.json"
figures() {
	ok h report --year 2026 --format json
	json "o['adviser']['cases']['rows'][1]['value'], \
o['adviser']['led_to_report']['value'], \
[r['values'][1]['value'] for r in o['adviser']['contact_hours']['rows']], \
sum(r['values'][1]['value'] for r in o['adviser']['activity_hours']['rows']), \
[r['values'][1]['value'] for r in o['adviser']['kinds']['rows'] \
if r['code'] in ('pesten', 'lekken')]"
}
[ "$(figures)" = "(3, 1, [10, 4], 20, [2, 1])" ] || fail "sums: $(figures)"
ok two case --year 2026 --kinds pesten
ok two export --year 2026 --out "$T/two2.txt"
ok h adviser take "$T/two2.txt"
[ "$(figures)" = "(4, 1, [10, 4], 20, [3, 1])" ] || fail "newer: $(figures)"
ok h adviser list --year 2026 --json
[ "$(json "[e['name'] for e in o]")" = "['vp1', 'vp2']" ] || fail "taken in"
grep -q "Onrust op een afdeling" "$T/out" || fail "the signal did not arrive"
ok h report --year 2026 --format html --out "$T/y.html"

# Out and in again: the sums are no rows, and go on counting
ok h register export "$T/rows"
grep -q "figures of advisers are not among them" "$T/err" || fail "not said"
grep -q "2026,adviser" "$T/rows/ledger.csv" && fail "a sum as a frozen row"
ok h register import "$T/rows" --replace
[ "$(figures)" = "(4, 1, [10, 4], 20, [3, 1])" ] || fail "again: $(figures)"
ok two case --year 2026 --kinds pesten
ok two export --year 2026 --out "$T/two3.txt"
ok h adviser take "$T/two3.txt"
[ "$(figures)" = "(5, 1, [10, 4], 20, [4, 1])" ] || fail "later: $(figures)"
# An old stick does not undo a newer one
ok desk "$T/vp2" 2026-11-30 adviser export --year 2026 --out "$T/two0.txt"
refused "newer figures" h adviser take "$T/two0.txt"
mkdir "$T/frozen" # as older programs wrote them: nothing may come after that
printf 'year,key,count\n2026,adviser.cases,5\n' >"$T/frozen/ledger.csv"
ok h register import "$T/frozen" --replace
refused "rows of advisers for that year" h adviser take "$T/two2.txt"
ok h register import "$T/rows" --replace
ok h adviser take "$T/two2.txt"

# What an adviser completes by hand goes into the figures too
ok desk "$T/vp2" $day register export "$T/vp2rows"
sed -i 's/^2026,overleg_verslag,9/2026,overleg_verslag,19/' \
	"$T/vp2rows/adviser_hours.csv"
ok desk "$T/vp2" $day register import "$T/vp2rows" --replace
ok two list --year 2026 --json
refused "imported row stands" two undo \
	"$(json "[e['row'] for e in o if e['what'] == 'adviser_hours'][0]")"
ok two export --year 2026 --out "$T/two4.txt"
grep -q '"adviser.activity.overleg_verslag":19' "$T/two4.txt" ||
	fail "figures without what was completed"
grep -q '"adviser.cases":3' "$T/two4.txt" || fail "cases: $(cat "$T/two4.txt")"

# A sum and rows of the same year would hide each other
refused "book of your own" h adviser case --year 2026 --kinds pesten
ok h register import "$HERE/tests/acceptance/helmond-2023"
ok one case --year 2023 --kinds pesten
ok one export --year 2023 --out "$T/old.txt"
refused "rows of advisers for that year" h adviser take "$T/old.txt"
[ "$(figures)" = "(4, 1, [10, 4], 20, [3, 1])" ] || fail "import changed it"
# The closed year keeps them
day=2027-02-01
ok h --json approve --act year_closing --detail 2026
ok h approve "$(json "o['request']")" --keyring "$T/vp1/keyring.age" \
	--second-passphrase-file "$PASS"
ok h register close --year 2026
refused "the year is closed" h adviser take "$T/two.txt"
[ "$(figures)" = "(4, 1, [10, 4], 20, [3, 1])" ] || fail "after closing"
ok h --json verify
ok desk "$T/vp1" $day --json verify
echo "ok: two books, figures added up in register and report; no case left"
