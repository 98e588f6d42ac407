#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on the page too, a report without any way back is acknowledged and
# answered as that, by two people, and closed; its measures are ticked; closed
# without a retention class it stays in sight; a withdrawn one keeps its dates;
# today lists all that clocks lists; less than wrongdoing is asked for there.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
ok h --json enter report --route brief <<<"Een brief zonder afzender"
REF=$(json "o['ref']")
ok h classify "$REF" --about nobody --kind melding --type OMG \
	--origin intern --wbk nee --outcome gesprek
for step in triage in_behandeling besluit; do
	ok h step "$REF" $step
done
seal() { ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day "$@"; }
seal --text "Toch maar niet" --new-code "$T/code"
seal --text "Ik trek in" --code "$T/code" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
GONE=$(json "[c['ref'] for c in o['cases'] if c['withdrawn']][0]")
ok h step "$GONE" ingetrokken
ok h --json enter report <<<"Nog een melding"
SORTED=$(json "o['ref']")
ok h classify "$SORTED" --about nobody --kind melding --type OMG \
	--origin intern --wbk ja
ok h --json enter talk --route gesprek <<<"Een gesprek"
TALK=$(json "o['ref']")
ok h enter agreement --case "$TALK" --state offered <<<"Het verslag"
ok h --json approve --case "$TALK" --act abort
ok h --json enter advice --route gesprek <<<"Mag ik iets vragen?"
ADVICE=$(json "o['ref']")
# An advice question has no legal term, here as on the page
ok h --json list
[ "$(json "[(c['ack_due'], c['feedback_due']) for c in o['cases']
	if c['ref'] == '$ADVICE' and c.get('ack_due')]")" = "[]" ] ||
	fail "an advice question with a legal date"
ok h --json clocks
[ "$(json "[x['what'] for x in o if x['case'] == '$ADVICE']")" = \
	"['triage']" ] || fail "an advice question has a term in clocks"
cp "$T/out" "$T/dues"
# ... and who asked is not told that she reported, or of a day
ok h acknowledge "$ADVICE" --show
grep -q "Een vraag is geen melding" "$T/out" && ! grep -q "iterlijk" "$T/out" ||
	fail "a question is acknowledged as a report: $(cat "$T/out")"
for letter in questions feedback closing; do
	ok h reply "$ADVICE" --letter $letter --show
	grep -q "uw vraag" "$T/out" && ! grep -q "uw melding\|iterlijk" \
		"$T/out" || fail "$letter: a question is a report: $(cat "$T/out")"
done
ok h acknowledge "$SORTED" --show
grep -q "uw melding van" "$T/out" && grep -q "Uiterlijk op" "$T/out" ||
	fail "a report is not acknowledged as one: $(cat "$T/out")"
python3 "$(dirname "$0")/ends.py" "$BIN" "$H" "$PASS" $day "$REF" \
	"$GONE" "$SORTED" "$T/dues" "$S/keyring.age" || exit 1
