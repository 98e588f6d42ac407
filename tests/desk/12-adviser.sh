#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a confidential adviser keeps the own book on the page of the own
# machine: cases, hours, signals; writes the figures to a stick; the
# coordinator takes them in on the same page, and register and report have
# them. What is wrong is refused with a reason, and no case leaves the book.
# The annual report that the page writes is that of the command line.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-12-01
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/vp1" 2026-11-24 holder request --desk 1 --person vp1 --approver \
	--keyset "$T/share/keyset.json" --out "$T/vp1.json"
ok h keyset --add-holder "$T/vp1.json"
ok h register section --year 2026 --name 'Vooraf <b>' <<<"Dit jaar <i>"
ok h enter activity --kind Lezing --audience raad --sessions 3
# A council talk and a lecture that never were are taken back
ok h enter council-talk --participants griffier
ok h enter activity --kind Feest --sessions 9
ok h --json enter list
[ "$(json "[e['what'] for e in o]")" = "['activity', 'activity', 'talk']" ] ||
	fail "the rows: $(cat "$T/out")"
for row in $(json "' '.join(e['row'] for e in o[1:])"); do
	ok h enter undo "$row"
	refused "no such row" h enter undo "$row"
done
misused "takes report" h enter undo
ok h register export "$T/rows"
[ "$(wc -l <"$T/rows/talk.csv")" -le 1 ] || fail "the talk counts"
EDIT=$BUILD/bin/journal_edit
[ -x "$EDIT" ] || { echo "skip: journal_edit is not built"; exit 77; }
mkdir "$T/stick"
python3 "$(dirname "$0")/adviser.py" "$BIN" "$T/vp1" "$H" "$PASS" $day \
	"$T/stick" || exit 1
file=$T/stick/vertrouwenspersoon-vp1-2026-1.txt
grep -q '"adviser.cases":2' "$file" || fail "the figures on the stick"
grep -q "V-2026" "$file" && fail "a case left the book"
ok h report --year 2026 --format json
[ "$(json "o['adviser']['cases']['rows'][1]['value'], \
[r['values'][1]['value'] for r in o['adviser']['contact_hours']['rows']]")" = \
	"(2, [7, 4])" ] || fail "the annual report has other figures"
for form in html csv md json; do
	ok h report --year 2026 --format $form --out "$T/y.$form"
	cmp "$T/y.$form" "$T/stick/jaarverslag-2026.$form" ||
		fail "the page writes another report"
done
grep -q "Dit jaar &lt;i&gt;" "$T/y.html" || fail "no section in the report"
grep -q Lezing "$T/y.html" && ! grep -q Feest "$T/y.html" ||
	fail "the activities of the report"
for home in "$H" "$T/vp1"; do
	ok desk "$home" $day --json verify
done
# One row that is damaged: that it lacks is said, and the others are shown
for i in $(seq 0 $(($("$EDIT" "$T/vp1" records count) - 1))); do
	ok "$EDIT" "$T/vp1" records edit "$i"
	desk "$T/vp1" $day --json adviser list --year 2026 >"$T/out" 2>"$T/err"
	[ "$(json "[r['what'] for r in o if 'unreadable' in r]")" = \
		"['signal']" ] && break
	ok "$EDIT" "$T/vp1" records edit "$i" # as it was
done
python3 "$(dirname "$0")/adviser.py" "$BIN" "$T/vp1" "$H" "$PASS" $day \
	"$T/stick" damaged || exit 1
echo "ok: a book kept, its figures carried and added up, by hand on the page"
