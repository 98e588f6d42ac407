#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a desk of a competent authority (profile "eu") records with a reason
# that it does not acknowledge, or that feedback takes six months (Dir 11(2)):
# clocks, closing, register and report follow, also at the desk a case goes to;
# neither comes after its time, each can be taken back, and the page does both.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
PROFILE=eu
three_people
for text in waive extend move; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text \
		"This is $text" --new-code "$T/code"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
for REF in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	ok h show "$REF"
	word=$(grep -o "This is [a-z]*" "$T/out")
	declare "${word##* }=$REF"
	ok h step "$REF" triage
	ok h classify "$REF" --about nobody --kind melding --type FIN \
		--origin extern --triage nee,ja,ja,ja
done
case_is() { # CASE VALUES, as "(ack_due, ack_status, feedback_due, ...)"
	ok h --json show "$1"
	[ "$(json "o['ack_due'],o['ack_status'],o['feedback_due'],\
o['feedback_status']")" = "$2" ] || fail "$1 is $(cat "$T/out"), not $2"
}
due() { # CASE WHAT: listed by clocks?
	ok h --json clocks
	[ "$(json "('$1', '$2') in [(d['case'], d['what']) for d in o]")" = True ]
}

# No acknowledgement: the clock is gone, nobody acknowledges by mistake
for word in "" onzin; do
	refused "Choose why" h term "$waive" waived ${word:+--why $word} \
		<<<"Twee mensen"
done
refused "nothing to take back" h term "$waive" waived --off <<<"x"
misused "use: term" h term "$waive" waived --why geweigerd --off
due "$waive" acknowledge || fail "no clock before"
ok h term "$waive" waived --why gevaar_identiteit <<<"ZIJ ZIJN MET Z'N TWEEEN"
due "$waive" acknowledge && fail "the clock goes on"
case_is "$waive" "(None, 'waived', '2027-03-02', 'pending')"
ok h list
grep -q "^$waive .* waived " "$T/out" || fail "the list does not say it"
ok h show "$waive"
grep -q "MET Z'N TWEEEN" "$T/out" || fail "the reason cannot be read"
refused "was waived" h acknowledge "$waive"
refused "was waived" h feedback "$waive" --by talk --acknowledgement <<<"ja"
ok h classify "$waive" --outcome gesprek
ok h step "$waive" in_behandeling
ok h step "$waive" besluit
ok h feedback "$waive" --by talk --reasoned --options <<<"Zo is het"
ok h close "$waive" --class RT3

# Six months, before the three are over; taken back it is late
ok h acknowledge "$extend"
refused "acknowledged already" h term "$extend" waived --why geweigerd <<<"x"
ok h export "$T/b"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/b/outbound-1"
day=2026-11-26
ok h import "$T/gw"
six="('2026-12-02', 'on_time', '2027-05-25', 'pending')"
ok h term "$extend" extended <<<"EEN ONDERZOEK IN DRIE LANDEN"
case_is "$extend" "$six"
refused "stands so already" h term "$extend" extended <<<"x"
ok h term "$extend" extended --off <<<"x"
case_is "$extend" "${six/2027-05/2027-02}"
day=2027-02-25
ok h term "$extend" extended <<<"toch"
day=2027-03-10
case_is "$extend" "$six"
ok h term "$extend" extended --off <<<"x"
refused "term is over" h term "$extend" extended <<<"te laat"

# The register and the figures know both; the reasons stay in the case
ok h register export "$T/rows"
grep -q "^$waive,.*,gevaar_identiteit," "$T/rows/report.csv" ||
	fail "the register: $(cat "$T/rows/report.csv")"
grep -rqE "TWEEEN|DRIE LANDEN" "$T/rows" && fail "a reason in the register"
ok h report --year 2026 --as-of 2026-12-31 --format json
[ "$(json "o['timeliness']['ack']['waived'],o['timeliness']['ack']['on_time']")" \
	= "(1, 1)" ] || fail "the figures: $(json "o['timeliness']")"

# The page does it too, and only where there is such a channel
day=2026-11-26
page() { # HOME CASE
	python3 - "$BIN" "$1" "$PASS" $day "$2" "$HERE/tests/desk" <<'PY' ||
import sys
sys.path.insert(0, sys.argv[6])
from uihttp import Ui
ui, at = Ui(*sys.argv[1:5]), "/nl/case/" + sys.argv[5]
page = ui.ask("GET", at)[2]
ui.want("the form", 'id="terms"' in page)
page = ui.post(at, do="term", what="geweigerd", text="Dat schreef de melder")
ui.want("waived", "melder wil geen bevestiging" in page)
page = ui.post(at, do="term", what="extended", text="Uitzoeken")
ui.want("extended", "mag zes maanden duren" in page)
ui.want("reasons", "Dat schreef de melder" in page and "Uitzoeken" in page)
page = ui.post(at, do="term", what="extended", text="x")
ui.want("twice", 'class="notice red"' in page)
page = ui.post(at, do="term", what="meeting", asked="2026-11-25", text="Bel mij")
ui.want("meeting", "9 december 2026" in page and "Bel mij" in page)
page = ui.post(at, do="term", what="off-meeting", text="Gesproken")
ui.want("held", "9 december 2026" not in page)
GUESS = "kent dit programma de feestdagen niet"
ui.want("no guess", GUESS not in page and GUESS not in ui.ask("GET", "/nl/")[2])
ui.end()
PY
		fail "the page"
}
page "$H" "$move"

# What was recorded goes along to another desk: it must not acknowledge either
ok h --json approve --case "$move" --act recuse --detail 2
second
ok h recuse "$move" --to 2 --out "$T/parcel" <<<"niet wij"
ok desk "$S" $day import "$T/parcel"
H=$S
ok h --json list
M=$(json "o['cases'][0]['ref']")
case_is "$M" "(None, 'waived', '2027-06-02', 'pending')"
ok h term "$M" waived --off <<<"Hij wil het nu wel"
case_is "$M" "('2026-12-02', 'pending', '2027-06-02', 'pending')"
ok h acknowledge "$M"
ok h --json verify

# Two terms of the organisation are counted for who asks
ok h --json clocks --breach 2026-11-30T09:30:00Z --review 2024-02-29
[ "$(json "o['breach_due'],o['review_due']")" = \
	"('2026-12-03T09:30:00Z', '2027-02-28')" ] || fail "$(cat "$T/out")"
for wrong in 2026-11-30 2026-11-30T24:00:00Z 2026-02-30T09:00:00Z; do
	misused "a moment in UTC" h clocks --breach $wrong
done

# Holidays that are not known yet: the date is marked as a guess
H=$T/home
day=2029-01-02
ok h enter report --received 2028-12-28 --route brief <<<"Een brief"
python3 - "$BIN" "$H" "$PASS" $day "$HERE/tests/desk" <<'PY' || fail "the guess"
import sys
sys.path.insert(0, sys.argv[5])
from uihttp import Ui
ui = Ui(*sys.argv[1:5])
page = ui.ask("GET", "/nl/")[2]
ui.want("today", page.count("kent dit programma de feestdagen niet") == 1)
ui.end()
PY
echo "ok: waived and extended with a reason, on time, at two desks and on the page"
