#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: six months after closing, or after the last word of either side, the
# answers of a case leave the board (RT1); the holder sees the day before.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "Hij nam geld" \
	--new-code "$T/code"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "Een ander" \
	--new-code "$T/code2"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
for R in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	ok h acknowledge "$R"
	ok h show "$R"
	grep -q "Hij nam geld" "$T/out" && REF=$R
done
ok h feedback "$REF" --reasoned --options <<<"ANTWOORD VAN TOEN"
ok h export "$T/b"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/b/outbound-1"
day=2026-11-26
ok h import "$T/gw"
until_is() {
	ok h --json show "$REF"
	[ "$(json "o['answers_until']")" = "$1" ] || fail "the day: not $1"
}
until_is None
ok h classify "$REF" --about nobody --kind melding --type OMG --origin intern \
	--wbk nee --outcome gesprek
for to in triage in_behandeling besluit; do
	ok h step "$REF" $to
done
ok h close "$REF" --class RT4 --from 2026-11-26
until_is 2027-05-26
ok h show "$REF"
grep -q "our answers until an export on or after 2027-05-26" "$T/out" ||
	fail "the day is not told"
live() { # CODE N: answers that the board of today has for whoever has CODE
	rm -rf "$T/q"
	mkdir "$T/q"
	ok h export "$T/q"
	ok "$FIX" read "$T/q/outbound-1" 1 "$1"
	grep -q "replies=$2 damaged=0" "$T/out" || fail "$day: $(cat "$T/out")"
}
day=2027-05-25
ok h rotate
live "$T/code" 2
day=2027-05-26
live "$T/code" 0
grep -q "ANTWOORD" "$T/out" && fail "an old answer is on the board"
live "$T/code2" 1 # an open case keeps its mailbox, whatever the silence

# One more word: the thread lives on with all of it; and what no gateway is
# known to have goes, however long it lay
ok h reply "$REF" <<<"LAAT ANTWOORD"
until_is 2027-11-26
live "$T/code" 3
day=2027-12-01
ok h rotate
live "$T/code" 3
echo "ok: answers left the board six months after the last word, and no sooner"
