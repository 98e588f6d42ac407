#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the reporter withdrew, and what went to another desk, is shown
# nowhere at the desk any more: no page has a word of it, nor has the plan of
# a forwarding that was kept before, and no new plan is made of it, looked at
# or sent, on the page and on the command line.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
for n in trek over; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
		--text "kanarie-$n sloeg Pieterse" --new-code "$T/code.$n"
	ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
	ok h import "$T/gw"
done
mkdir "$T/stick"
look() { # PART CASE
	python3 "$(dirname "$0")/hidden.py" "$1" "$BIN" "$H" "$PASS" $day \
		"$T/stick" "$2" || exit 1
}
ok h --json list
for ref in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	ok h show "$ref"
	if grep -q kanarie-trek "$T/out"; then TREK=$ref; else OVER=$ref; fi
done

# A plan and the record of a talk are kept; then the signed withdrawal comes
look plan "$TREK"
ok h enter agreement --case "$TREK" --state offered <<<"kanarie-verslag"
ok h forward "$TREK" --to authority --receiver IGJ --make "$T/plan"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "Ik trek in" \
	--code "$T/code.trek" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
look withdrawn "$TREK"
refused "withdrew" h forward "$TREK" --to authority --receiver IGJ \
	--make "$T/plan2"
refused "withdrew" h forward "$TREK" --plan "$T/plan" --show "$T/page.html"
[ ! -e "$T/plan2" ] && [ ! -e "$T/page.html" ] || fail "written all the same"

# A plan is kept, a note and a letter are written; then the parcel is
look plan "$OVER"
ok h note "$OVER" <<<"kanarie-notitie"
ok h reply "$OVER" --kind message <<<"kanarie-brief"
ok h step "$OVER" triage
ok h --json approve --case "$OVER" --act recuse --detail 2
second
look open "$OVER"
ok h recuse "$OVER" --to 2 --out "$T/parcel" <<<"Zij kent hem"
look moved "$OVER"
ok desk "$S" $day --json import "$T/parcel"
ok h recuse "$OVER" --handed-over "$(json "o['code']")"
look moved "$OVER"
echo "ok: withdrawn and handed over, and not a word of them"
