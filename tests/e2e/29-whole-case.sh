#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: one case by command line, from receipt to destruction, as
# tests/desk/30-case.sh does it by hand on the page: acknowledged, asked,
# answered, forwarded to the inspectorate with consent and a second holder's
# signature from her own machine, feedback, closed, printed, destroyed after
# the term. What is read is read as JSON.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
N=1 # outbound bundles so far
posted() { # DAY: the stick goes there and back; the desk is at DAY then
	N=$((N + 1))
	mkdir "$T/out$N"
	ok h --json export "$T/out$N"
	OUTBOUND=$(echo "$T/out$N"/outbound-*)
	ok "$FIX" cut "$T/gw" "$ORG" "$1" --applied "$OUTBOUND"
	day=$1
	ok h --json import "$T/gw"
}
is() { # WHAT WANTED: of the case, as JSON
	ok h --json show "$REF"
	[ "$(json "$1")" = "$2" ] || fail "$1 is $(json "$1"), not $2"
}

# Receive, sort, acknowledge, ask
day=2026-11-26
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
	--text "Over de zorg: Jan Jansen zag alles" --new-code "$T/code" \
	--attach "$HERE/tests/data/factuur.jpg" --name foto.jpg
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h --json import "$T/gw"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
is "o['received'], o['ack_due'], o['state']" \
	"('2026-11-25', '2026-12-02', 'opgehaald')"
ok h classify "$REF" --about nobody --kind melding --type OMG --origin intern \
	--triage nee,ja,ja,ja --area HLTH
ok h step "$REF" triage
ok h step "$REF" in_behandeling
ok h --json acknowledge "$REF"
ok h --json reply "$REF" --letter questions
ok h --json reply "$REF" --letter consent --receiver IGJ
is "o['ack_posted'], o['replies_drafted']" "(None, 3)"
posted 2026-11-27
is "o['ack_posted'], o['replies_posted']" "('2026-11-27', 3)"
ok "$FIX" read "$OUTBOUND" 1 "$T/code"
grep -q "Inspectie Gezondheidszorg" "$T/out" || fail "who may get it?"

# The answer comes; forward, and the reporter is told
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-27 --kind follow_up \
	--code "$T/code" --text "JA, stuur maar door. Het was op zaal 3."
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-28
day=2026-11-28
ok h --json import "$T/gw"
is "o['messages']" 2
ok h show "$REF"
grep -q "JA, stuur maar door" "$T/out" || fail "the answer is not there"
igj() { h --json forward "$REF" --to authority --receiver IGJ "$@"; }
ok igj --make "$T/plan"
ok h redact "$T/plan" --field what --word "jan jansen"
ok h redact "$T/plan" --message 2 --field what --word "zaal 3"
python3 - "$T/plan" <<'P'
import json, sys
o = json.load(open(sys.argv[1]))
o["reviewed"] = True
o["files"][0]["carry"] = False
json.dump(o, open(sys.argv[1], "w"))
P
sends() {
	h --json forward "$REF" --plan "$T/plan" --out "$T/dossier.age" \
		--file-passphrase "$T/words"
}
echo "vijf losse woorden samen" >"$T/words"
guard S-CONSENT sends
ok igj --consent - <<<"JA in het antwoord van 27 november"
guard S-TOLD sends
ok h --json reply "$REF" --letter forwarding --receiver IGJ
guard S-TOLD sends
posted 2026-11-29
is "[(g['kind'], g['receiver']) for g in o['grounds']]" \
	"[('consent', 'IGJ'), ('told', 'IGJ')]"
guard S-TWO sends

# The second holder, on her own machine
ok h --json forward "$REF" --plan "$T/plan" --show "$T/page.html"
grep -Eiq "jan jansen|zaal 3" "$T/page.html" && fail "a word was not left out"
ok h --json approve --case "$REF" --act forward --plan "$T/plan" \
	--detail "$(json "o['plan']")" --request "$T/ask"
guard S-TWO sends
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
for words in "Gaat naar: Inspectie Gezondheidszorg" \
	"Gaat mee: bericht 1: Wat is er gebeurd? (" "Blijft weg: "; do
	grep -qF "$words" "$T/out" || fail "who signs does not read: $words"
done
grep -Eiq "jan jansen|zaal 3" "$T/out" && fail "a word that was left out"
ok h approve --take "$T/signed"
ok sends
head -c 22 "$T/dossier.age" | grep -q age-encryption.org || fail "no age file"
is "o['state'], [g['ended'] for g in o['grounds']]" \
	"('doorgezonden', [True, True])"

# Told what came of it, closed, printed
ok h --json feedback "$REF" --reasoned --options \
	<<<"De Inspectie onderzoekt dit nu."
refused "\[S-FEEDBACK:" h --json close "$REF" --class RT3
posted 2026-12-01
day=2026-12-02
is "o['feedback_posted'], o['feedback_by']" "('2026-12-01', 'mailbox')"
ok h --json close "$REF" --class RT3
is "o['state'], o['closed'], o['destroy_on']" \
	"('bewaartermijn', '2026-12-02', '2027-06-02')"
ok h reply "$REF" --letter closing --show
grep -q "$REF" "$T/out" || fail "the letter of closing, for print"
guard S-TERM h destroy "$REF" --out "$T/gone.html"

# After the term, with the second holder beside her
day=2027-02-03 # of the class; the reporter may read for six months
guard S-TERM h destroy "$REF" --out "$T/gone.html"
day=2027-06-03
guard S-TWO h --json destroy "$REF" --out "$T/gone.html"
ok h --json approve --case "$REF" --act destroy
second
ok h --json destroy "$REF" --out "$T/gone.html"
grep -q secretaris "$T/gone.html" || fail "no declaration of destruction"
is "o['state'], o['destroyed']" "('vernietigd', True)"
grep -q "Jan Jansen" "$T/out" && fail "destroyed text is shown"
ok h --json verify
ok h --json report --year 2026 --format json
grep -q doorgezonden "$T/out" || fail "the figures do not stay"
echo "ok: a whole case by command line in $N bundles"
