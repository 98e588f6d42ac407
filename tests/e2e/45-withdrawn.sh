#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what a reporter withdrew is neither looked at nor sent outside on a
# consent of before, only where the law demands it; and it stays withdrawn at
# another desk. What a reporter writes on a later day is not withdrawn.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people

s() { desk "$S" "$day" "$@"; }
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "GEHEIM VERHAAL" \
	--new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
ok h classify "$R" --about nobody --kind melding --type OMG --origin intern \
	--triage nee,ja,ja,ja --area HLTH
ok h step "$R" triage
ok h step "$R" in_behandeling
ok h acknowledge "$R"
ok h forward "$R" --to authority --receiver IGJ --make "$T/plan"
sed -i 's/"reviewed": false/"reviewed": true/' "$T/plan"
ok h forward "$R" --to authority --receiver IGJ --consent - <<<"JA"
ok h reply "$R" --letter forwarding --receiver IGJ
ok h export "$T/b"
# All that the forwarding needs is there when the withdrawal comes
day=2026-11-26
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Ik trek in" \
	--code "$T/code" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" $day --applied "$T/b/outbound-1"
ok h import "$T/gw"
ok h --json approve --case "$R" --act forward --plan "$T/plan"
second

withdrawn() { guard S-CONSENT "$@"; }
withdrawn h forward "$R" --to authority --receiver IGJ --make "$T/plan2"
withdrawn h forward "$R" --to investigator --make "$T/plan2"
[ -e "$T/plan2" ] && fail "a plan of it"
withdrawn h forward "$R" --plan "$T/plan" --show "$T/page.html"
[ -e "$T/page.html" ] && fail "the page of it"
withdrawn h forward "$R" --plan "$T/plan" --out "$T/d.html" --print
[ -e "$T/d.html" ] && fail "it left"
grep -q "withdrew this report" "$T/err" || fail "not told why"
# A duty to another receiver is none to this one; the one to this one is
ok h forward "$R" --to police --duty - <<<"Sv 162"
withdrawn h forward "$R" --plan "$T/plan" --out "$T/d.html" --print
ok h forward "$R" --to authority --receiver IGJ --duty - <<<"Jeugdwet"
ok h forward "$R" --plan "$T/plan" --show "$T/page.html"
grep -q "wettelijke plicht" "$T/page.html" || fail "the page has no ground"
grep -q "toestemming van de melder" "$T/page.html" && fail "a consent of before"
# What came after the plan is not carried, and the page says so
grep -q "Weggelaten</th><td>ja" "$T/page.html" || fail "nothing is left out"
grep -q "Aanvulling" "$T/page.html" && fail "an empty message nobody signed"
ok h reply "$R" --letter forwarding --receiver IGJ --show
grep -q "wettelijke plicht" "$T/out" || fail "the letter has no ground"
grep -q "toestemming" "$T/out" && fail "a consent in the letter"
ok h forward "$R" --plan "$T/plan" --out "$T/d.html" --print
grep -q "GEHEIM" "$T/d.html" || fail "the duty is not done"


# Another desk: acknowledged here, so it is there; withdrawn, so it is there
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "TWEEDE VERHAAL" \
	--new-code "$T/code2"
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
Q=$(json "[c['ref'] for c in o['cases'] if c['ref'] != '$R'][0]")
ok h acknowledge "$Q"
ok h export "$T/c"
day=2026-11-27
ok "$FIX" cut "$T/gw" "$ORG" $day --applied "$T/c/outbound-1"
ok h import "$T/gw"
ok h step "$Q" triage
ok h --json approve --case "$Q" --act recuse --detail 2
second
ok h recuse "$Q" --to 2 --out "$T/p1" <<<"Het gaat over mij"
ok s --json import "$T/p1"
N=$(json "o['ref']") C=$(json "o['code']")
of() { # DESK REF EXPRESSION: what its list says of that case
	ok "$1" --json list
	json "[($3) for c in o['cases'] if c['ref'] == '$2'][0]"
}
SAID="c['ack_posted'], c['ack_by'], c['feedback_due'], c['withdrawn']"
HERE=$(of h "$Q" "$SAID")
[ "$HERE" = "('2026-11-27', 'mailbox', '2027-02-26', False)" ] ||
	fail "here $HERE"
[ "$(of s "$N" "$SAID")" = "$HERE" ] || fail "there $(of s "$N" "$SAID")"
ok s show "$N"
grep -q "TWEEDE" "$T/out" || fail "nothing to withdraw there"
ok h recuse "$Q" --handed-over "$C"
# The withdrawal still comes here; it is not read here and ends it there
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Toch niet meer" \
	--code "$T/code2" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h show "$Q"
grep -q "Toch niet meer" "$T/out" && fail "shown at the desk that left"
ok h recuse "$Q" --to 2 --out "$T/p2"
ok s --json import "$T/p2"
[ "$(of s "$N" "c['withdrawn']")" = True ] || fail "not withdrawn there"
ok s show "$N"
grep -q "TWEEDE" "$T/out" && fail "shown there though withdrawn"
refused "withdrew this report" s extract "$N" --to "$T/x"
ok s step "$N" ingetrokken

# There and back: the thread is of the case that lives
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "HEEN EN WEER" \
	--new-code "$T/code3"
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
P=$(json "[c['ref'] for c in o['cases'] if c['ref'] not in ('$R', '$Q')][0]")
ok h step "$P" triage
ok h --json approve --case "$P" --act recuse --detail 2
second
ok h recuse "$P" --to 2 --out "$T/p3" <<<"Het gaat over mij"
# Who read it here was first there with its keys: the answers are of the parcel
ok "$FIX" seal "$T/gw" "$ORG" --desk 2 --day $day --text "NEP" \
	--new-code "$T/own" --victim "$T/code3" --copies "signer tag"
ok "$FIX" cut "$T/gw" "$ORG" $day
ok s import "$T/gw"
ok s --json list
F=$(json "[c['ref'] for c in o['cases'] if c['ref'] != '$N'][0]")
ok s --json import "$T/p3"
N=$(json "o['ref']") C=$(json "o['code']")
ok s acknowledge "$F"
ok s acknowledge "$N"
mkdir "$T/there"
ok s export "$T/there"
grep -q "answers of case $F are left out" "$T/err" || fail "not left out"
ok "$FIX" read "$T/there/"outbound-* 2 "$T/code3"
grep -q "replies=1 damaged=0" "$T/out" || fail "two in one slot"
ok h recuse "$P" --handed-over "$C"
ok s step "$N" triage
ok s --json approve --case "$N" --act recuse --detail 1
ok s approve "$(json "o['request']")" --keyring "$H/keyring.age" \
	--second-passphrase-file "$PASS"
ok s recuse "$N" --to 1 --out "$T/p4" <<<"Toch niet"
ok h --json import "$T/p4"
BACK=$(json "o['ref']")
[ "$BACK" != "$P" ] || fail "the dead case again"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Laat maar" \
	--code "$T/code3" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
[ "$(of h "$BACK" "c['withdrawn'], c['messages']")" = "(True, 2)" ] ||
	fail "the withdrawal went elsewhere"
[ "$(of h "$P" "c['withdrawn'], c['late']")" = "(False, 0)" ] ||
	fail "the withdrawal went to the dead case"

# Withdrawn, and regretted: only what came on a later day is there to read
seal4() {
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day "$day" "$@"
}
seal4 --text "EERSTE TEKST" --new-code "$T/code4"
seal4 --text "Nog iets van ZELFDE DAG" --code "$T/code4" --kind follow_up
seal4 --text "Ik trek in" --code "$T/code4" --kind withdrawal
ok "$FIX" cut "$T/gw" "$ORG" "$day"
ok h import "$T/gw"
ok h --json list
W=$(json "[c['ref'] for c in o['cases'] if c['ref'] not in
	('$R', '$Q', '$P', '$BACK')][0]")
refused "withdrew this report" h extract "$W" --to "$T/x"
day=2026-11-28
seal4 --text "TOCH DOORGAAN: er is gevaar" --code "$T/code4" --kind follow_up
ok "$FIX" cut "$T/gw" "$ORG" "$day"
ok h import "$T/gw"
regretted() {
	ok h show "$W"
	grep -q "TOCH DOORGAAN" "$T/out" || fail "$1: what came later is hidden"
	grep -q "EERSTE\|ZELFDE" "$T/out" && fail "$1: shown though withdrawn"
	return 0
}
regretted "withdrawn"
ok h step "$W" ingetrokken
ok h classify "$W" --about nobody --kind melding --type OMG --origin intern \
	--wbk nee
ok h step "$W" in_behandeling
regretted "taken up again"
for word in gevaar EERSTE ZELFDE; do
	h --json search <<<"$word" >"$T/out" || fail "search $word"
	json "'$W' in o['found']" >>"$T/found"
done
[ "$(paste -sd' ' "$T/found")" = "True False False" ] ||
	fail "found: $(cat "$T/found")"
ok h extract "$W" --to "$T/x"
grep -q "TOCH DOORGAAN" "$T/x/message.txt" || fail "not extracted"
grep -q "EERSTE\|ZELFDE" "$T/x/message.txt" && fail "extracted though withdrawn"

echo "ok: withdrawn stays inside without a legal duty and withdrawn at another" \
	"desk, where the acknowledgement counts; a case that came back has its" \
	"thread"
