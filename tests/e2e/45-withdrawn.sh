#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what a reporter withdrew is neither looked at nor sent outside on a
# consent of before, only where the law demands it; and it stays withdrawn at
# another desk.
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
PLAN=$(sha256sum "$T/plan" | cut -d' ' -f1)
ok h --json approve --case "$R" --act forward --detail "$PLAN"
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
ok h forward "$R" --plan "$T/plan" --out "$T/d.html" --print
grep -q "GEHEIM" "$T/d.html" || fail "the duty is not done"

echo "ok: withdrawn stays inside without a legal duty"
