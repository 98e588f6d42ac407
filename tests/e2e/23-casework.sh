#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a case from receipt to destruction by command line, where each guard
# is tried before it holds and the refusal names rule and article; four eyes
# by keyring, carried file and paper.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
# guard RULE ARTICLE COMMAND ...: refused, and the message names both
guard() {
	local rule=$1 article=$2
	shift 2
	refused "\[$rule: $article" "$@"
}

# A second person: the secretary of desk 2, on her own machine
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/sec" 2026-11-24 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/request.json"
ok desk "$H" 2026-11-24 keyset --add-holder "$T/request.json"
ok desk "$H" 2026-11-24 keyset --publish "$T/share2"
ok desk "$T/sec" 2026-11-24 keyset --accept "$T/share2"

ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "Hij nam geld" \
	--new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
day=2026-11-26

# Triage
guard S-STEP "ISO 37002" h step "$REF" besluit
ok h step "$REF" triage
guard S-CLASSIFIED "ISO 37002 8.3" h step "$REF" in_behandeling
ok h classify "$REF" --kind melding --type FIN --origin intern \
	--triage nee,ja,ja,ja
guard S-IMPARTIAL "Dir 9(1)(c)" h step "$REF" in_behandeling
ok h classify "$REF" --about secretaris
guard S-REASON "Dir 11(3)" h step "$REF" niet_ontvankelijk
guard S-TWO "own rule" h step "$REF" niet_ontvankelijk --reason - \
	<<<"Geen werkrelatie"
guard S-TWO "own rule" h classify "$REF" --wbk nee

# A meeting that was asked for is due within ten working days (C11)
refused "before receipt" h term "$REF" meeting --on 2026-11-23 <<<"x"
refused "nothing to take back" h term "$REF" meeting --off <<<"x"
misused "use: term" h term "$REF" meeting --why geweigerd
misused "use: term" h term "$REF" gesprek
meeting() {
	ok h --json clocks
	json "[d['day'] for d in o if (d['what'], d['case']) == ('meeting', '$REF')]"
}
ok h term "$REF" meeting --on 2026-11-25 <<<"Zij wil het vertellen"
[ "$(meeting)" = "['2026-12-09']" ] || fail "meeting: $(cat "$T/out")"
refused "stands so already" h term "$REF" meeting <<<"x"
ok h show "$REF"
grep -q "Zij wil het vertellen" "$T/out" || fail "the wish cannot be read"
ok h term "$REF" meeting --off <<<"Gesproken op 26 november"
[ "$(meeting)" = "[]" ] || fail "still due: $(cat "$T/out")"
ok h clocks --review 2024-02-29
grep -q "no review at a term" "$T/out" || fail "a review inside: $(cat "$T/out")"

# The subject of a report never signs, by keyring, file or paper
echo "Verlenging van de termijn met een week" >"$T/lie"
ok h --json approve --case "$REF" --act wbk_downgrade --detail nee \
	--summary "$T/lie" --request "$T/ask"
ID=$(json "o['request']")
# who signs is told what it is, whatever the asker wrote, before it is signed
ok desk "$T/sec" $day approve --sign "$T/ask"
grep -q "act *wbk_downgrade (nee)" "$T/out" &&
	grep -q "case *$REF" "$T/out" || fail "not told: $(cat "$T/out")"
guard S-SUBJECT "Dir 9(1)(c)" h approve "$ID" \
	--keyring "$T/sec/keyring.age" --second-passphrase-file "$PASS"
ok desk "$T/sec" $day approve --sign "$T/ask" --out "$T/signed"
guard S-SUBJECT "Dir 9(1)(c)" h approve --take "$T/signed"
guard S-SUBJECT "Dir 9(1)(c)" h approve "$ID" --paper secretaris
guard S-TWO "own rule" h classify "$REF" --wbk nee
# Another report's subject was meant: checked again, and then she may
ok h classify "$REF" --about nobody
sed 's/"detail":"nee"/"detail":"onbekend"/' "$T/signed" >"$T/forged"
refused "was changed" h approve --take "$T/forged"
refused "own" h approve --sign "$T/ask" --out "$T/own"
ok h approve --take "$T/signed"
refused "signed already" h approve --take "$T/signed"
guard S-TWO "own rule" h classify "$REF" --wbk onbekend
ok h classify "$REF" --wbk nee
ok h step "$REF" in_behandeling
# A signature is used once
ok h classify "$REF" --wbk ja
guard S-TWO "own rule" h classify "$REF" --wbk nee

# Decision, answers, closing
guard S-OUTCOME "Dir 9(1)(d)" h step "$REF" besluit
ok h classify "$REF" --outcome ongegrond
guard S-TWO "own rule" h step "$REF" besluit
ok h classify "$REF" --outcome gegrond --measures waarschuwing
ok h step "$REF" onderzoek
ok h step "$REF" besluit
guard S-ACK "Wbk 2(2); Dir 9(1)(b)" h close "$REF"
ok h acknowledge "$REF"
guard S-ACK "Wbk 2(2)" h close "$REF"
ok h feedback "$REF" --reasoned --options <<<"Wij hebben opgetreden."
# What was drafted can be taken back, an acknowledgement too, until a bundle
# is made with it
takes_back() {
	h reply "$REF" --take-back "$1"
}
ok h --json show "$REF"
ACK=$(json "o['out'][0]['reply_id']")
ok h --json reply "$REF" <<<"Voor een ander dossier"
WRONG=$(json "o['reply_id']")
ok h show "$REF"
grep -q "take-back ${WRONG:0:8}" "$T/out" || fail "the draft has no name"
misused "what .show. says" takes_back 0011
refused "not in this case" takes_back 00112233
ok takes_back "${WRONG:0:8}"
refused "taken back already" takes_back "$WRONG"
refused "acknowledged already" h acknowledge "$REF"
ok takes_back "$ACK"
ok h acknowledge "$REF"
mkdir "$T/a"
ok h export "$T/a"
refused "in a bundle" takes_back "$(ok h --json show "$REF"
	json "o['out'][-1]['reply_id']")"
ok "$FIX" read "$T/a/outbound-1" 1 "$T/code"
grep -q "replies=2" "$T/out" && ! grep -q "ander dossier" "$T/out" ||
	fail "what was taken back is on the board: $(cat "$T/out")"
ok h show "$REF"
grep -q "taken back $day, never sent" "$T/out" || fail "its end is not told"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-27
ok h clocks
grep -q "2 drafted, not posted" "$T/out" || fail "the stick is not asked for"
guard S-ACK "Wbk 2(2)" h close "$REF"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-27 --applied "$T/a/outbound-1"
day=2026-11-28
ok h import "$T/gw"
ok h close "$REF"
refused "closed already" h close "$REF"
ok h --json clocks
[ "$(json "[x['day'] for x in o if x['what'] == 'retention_class' and \
	x['case'] == '$REF']")" = "['2027-01-09']" ] || fail "no class is due"
guard S-STEP "ISO 37002" h destroy "$REF" --out "$T/d.html"
refused "are final" h close "$REF" --class RT4
ok h close "$REF" --class RT3
ok h --json show "$REF"
[ "$(json "o['state'],o['destroy_on'],o['investigation_status']")" = \
	"('bewaartermijn', '2027-05-28', 'afgerond')" ] || fail "retention"

# The end: hold, term, two people
ok h hold "$REF" on <<<"Rechtszaak"
day=2027-02-01
guard S-HOLD "Archiefwet" h destroy "$REF" --out "$T/d.html"
ok h hold "$REF" off <<<"Zaak voorbij"
# The class ends in January, what the reporter may still read not yet
day=2027-05-27
guard S-TERM "Archiefwet" h destroy "$REF" --out "$T/d.html"
day=2027-05-28
guard S-TWO "own rule" h destroy "$REF" --out "$T/d.html"
[ ! -e "$T/d.html" ] || fail "a declaration without a destruction"
ok h --json approve --case "$REF" --act destroy
ok h approve "$(json "o['request']")" --keyring "$T/sec/keyring.age" \
	--second-passphrase-file "$PASS"
ok h extract "$REF" --to "$T/x"
mkdir "$T/x/scrub.tmp" # as a scrub that was cut leaves it
echo "Hij nam geld" >"$T/x/scrub.tmp/file.txt"
exec 9<"$H/casekeys"
ok h destroy "$REF" --out "$T/d.html"
[ "$(tr -d '\0' <&9 | wc -c)" = 0 ] || fail "its key is still on the disk"
exec 9<&-
grep -q "secretaris" "$T/d.html" || fail "the declaration names no signer"
[ ! -e "$T/x" ] || fail "an extract outlived its case"
ok h show "$REF"
grep -q "reads our answers" "$T/out" && fail "answers of a destroyed case"
day=2027-05-30
ok h destroy "$REF" --out "$T/copy.html"
grep -v "Copy of" "$T/copy.html" | cmp - "$T/d.html" ||
	fail "the declaration written again is another one"
ok h show "$REF"
grep -q "Hij nam geld" "$T/out" && fail "destroyed text is shown"
refused "was destroyed" h note "$REF" <<<"nog iets"
ok h --json verify
[ "$(json "o['destroyed']>4")" = True ] || fail "records still open"
ok h --json report --year 2026 --as-of 2027-03-01
[ "$(json "o['violations']['total']['value']")" = 1 ] ||
	fail "the statistics row went with the case"
echo "ok: every guard held until its fact was there; four eyes by keyring," \
	"file and paper; destroyed with its extract, statistics stayed"
