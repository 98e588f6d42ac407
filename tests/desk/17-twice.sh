#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a form that is sent twice, by a double click or by an old page, acts
# once: a hold stays, no letter, case or hour is there double. Who writes
# often hides nobody else in the inbox. What came late to a destroyed case is
# read and found.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
send() { # CODE TEXT KIND
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "$2" "$1" \
		"$T/code.$3" ${4:+--kind "$4"}
}
send --new-code "Het verhaal" one
send --new-code "Een ander" two
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
for ref in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	ok h show "$ref"
	if grep -q verhaal "$T/out"; then ONE=$ref; else TWO=$ref; fi
done
look() {
	python3 "$(dirname "$0")/twice.py" "$1" "$BIN" "$H" "$PASS" $day \
		"$ONE" "$TWO" || exit 1
}
look twice

# One follow-up, then sixty of another
send --code "Nog iets" two follow_up
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
for n in $(seq 60); do
	ok h enter message --case "$ONE" <<<"Nummer $n"
done
look inbox

# Destroyed, and then a message comes
ok h classify "$TWO" --about nobody --kind melding --type OMG \
	--origin intern --wbk nee --outcome gesprek
for step in triage in_behandeling besluit; do
	ok h step "$TWO" $step
done
ok h feedback "$TWO" --acknowledgement --by talk <<<"Gezegd"
ok h feedback "$TWO" --by letter --on $day --reasoned --options <<<"Klaar"
ok h close "$TWO" --class RT3
day=2027-02-10
ok h rotate
ok h --json approve --case "$TWO" --act destroy --detail vernietigd
second
ok h destroy "$TWO" --out "$T/d.html"
mkdir "$T/later"
ok h export "$T/later"
ORG=$T/later/outbound-1
send --code "kanarie-nakomer" two follow_up
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h show "$TWO"
grep -q kanarie-nakomer "$T/out" || fail "the command line has it not"
ok h --json search <<<"kanarie-nakomer"
[ "$(json "o['found']")" = "['$TWO']" ] || fail "the search has it not"
look late
echo "ok: once, all in the inbox, and the late one"
