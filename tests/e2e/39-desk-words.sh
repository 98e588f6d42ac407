#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who types a verb of the desk wrongly is told how it goes, and nothing
# is done; who asks for steps, codes, routes, letters or acts gets the list.
# A forwarding to a key opens with that key: words and ranges that were to be
# left out are not in it, and a file that goes as it is, is so bit for bit.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
AGEC=$BUILD/bin/agec
[ -x "$AGEC" ] || { echo "skip: agec is not built"; exit 77; }
three_people
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --new-code "$T/code" \
	--text "De wethouder Jansen nam geld aan van Bedrijf X in Eindhoven." \
	--attach "$HERE/tests/data/factuur.jpg" --name foto.jpg
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
ok h --json verify
cp "$T/out" "$T/before"
has() { # TEXT out|err: in what the last command said there
	grep -q -- "$1" "$T/$2" || { cat "$T/$2"; fail "no '$1'"; }
}

# --- wrong words
ok "$BIN" --help
mapfile -t VERBS < <(sed -n 's/^  \([a-z][a-z]*\).*/\1/p' "$T/out" | sort -u)
[ ${#VERBS[@]} -ge 40 ] || fail "${#VERBS[@]} verbs"
narrow() { # what was said fits on a terminal
	awk 'length > 80 {print; bad = 1} END {exit bad}' "$T/out" ||
		fail "wider than 80: $1"
}
narrow --help
for v in "${VERBS[@]}"; do
	misused "\`$v\` knows no option --zo; see \`$v --help\`\|use: $v " \
		h "$v" --zo
	ok "$BIN" "$v" --help
	has "^use: meldluik-decryptor --home DIR $v" out
	[ "$(wc -l <"$T/out")" -ge 3 ] || fail "$v: nothing is told"
	narrow "$v --help"
done
misused "too many words after" h list twee
misused "--to needs a value" h extract "$R" --to
misused "--to is given twice" h extract "$R" --to a --to b
misused "--home needs a value" "$BIN" --home
misused "no verb of that name" h lees
misused "no option --huis" "$BIN" --huis x list
misused "no option --huis" "$BIN" --huis
misused "takes a day such as" "$BIN" --home "$H" --today morgen list
misused "name the desk's folder" "$BIN" list
misused "The offline desk of Meldluik" "$BIN"
refused "holds no desk; start with" desk "$T/none" $day list
for v in show extract destroy hold assign link import export backup restore \
	redact recuse recover revoke register; do
	misused "use: $v " h "$v"
done
misused "not in the future" h term "$R" meeting --on 2027-01-01
misused "needs --batch" h init --organisation X --desks 2
misused "from 1 to 5" h init --batch --organisation X --desks 9
misused "is for --new-sheets" h init --batch --organisation X --share s
misused "organisation stays what" h init --new-sheets --batch
misused "more --person than desks" h init --batch --organisation X \
	--person a --person b
misused "small letters" h init --batch --organisation X --person "Bo B"
misused "a week such as" h rotate --destroy morgen
misused "--year takes a year" h register section --year 20 --name A
misused "takes the heading" h register section --year 2026
misused "there is no such state" h step "$R" nergens
misused "--range FROM-TO" h redact plan --field what --range 12-3
misused "a message belongs to a case" h enter message <<<"Los"
ok h --json verify
cmp "$T/out" "$T/before" || fail "a wrong word did something"

# --- lists
ok h step "$R"
has "geopend  *can be taken" out
has "\[S-TWO: " out
ok h --json step "$R"
[ "$(json "[s['to'] for s in o if s['rule'] == 'S-TWO']")" = \
	"['afgebroken']" ] || fail "the steps"
misused "not in the list of type" h classify "$R" --type QQQ --measures geen \
	--topic geschenken
for code in "OMG  *Undesirable" "schorsing  *suspension" "geschenken  *gifts"; do
	has "$code" err
done
misused "four answers" h classify "$R" --triage ja,nee
has "  4\. " err
misused "route is not in the list" h enter advice --route post <<<"Vraag"
has "^  vertrouwenspersoon$" err
misused "no such letter" h reply "$R" --letter brief
has "^  retaliation$" err
misused "--act is one of" h approve --case "$R" --act stelen
has "^  disclose_identity$" err
ok h keyset calendar
has "^2026-W48  2026-11-23..2026-12-06  key  *open    deputy$" out
ok h register show
has "^report.csv  *0 rows$" out
ok h handbook --language en
has '<html lang="en">' out
refused "in nl and en" h handbook --language fr
ok h enter advice --route gesprek --mailbox <<<"Een vraag"
[[ $(cat "$T/out") =~ [A-Z0-9]{4}(-[A-Z0-9]{4}){6} ]] || {
	cat "$T/out"
	fail "no code for the caller"
}

# --- forwarding to a key
ok h classify "$R" --about nobody --kind melding --type FIN --origin intern \
	--triage nee,ja,ja,ja
ok h step "$R" triage
ok h step "$R" in_behandeling
ok h acknowledge "$R"
ok h forward "$R" --to police --make "$T/plan"
printf 'jansen\r\nEindhoven\n' >"$T/words"
ok h redact "$T/plan" --field what --words-file "$T/words"
ok h redact "$T/plan" --field what --range 37-46
refused "no such field" h redact "$T/plan" --message 2 --field what --word geld
sed -i 's/"reviewed": false/"reviewed": true/
	s/"scrub": true/"scrub": false/' "$T/plan"
ok h forward "$R" --to police --duty - <<<"Artikel 162 Sv"
ok h reply "$R" --letter forwarding --to police
ok h export "$T/a"
day=2026-11-26
ok "$FIX" cut "$T/gw" "$ORG" $day --applied "$T/a/outbound-1"
ok h import "$T/gw"
ok h forward "$R" --plan "$T/plan" --show "$T/page.html"
PLAN=$(sed -n 's/.*for this plan, \([0-9a-f]*\):/\1/p' "$T/out")
refused "name the plan" h approve --case "$R" --act forward --detail "$PLAN"
refused "another plan" h approve --case "$R" --act forward \
	--plan "$T/plan" --detail "${PLAN%?}x"
ok h approve --case "$R" --act forward --plan "$T/plan" --request "$T/q"
desk "$S" $day --json approve --sign "$T/q" --out "$T/signed" >"$T/out" ||
	fail "not signed"
[ "$(json "o['act'], o['case'], o['detail'] == '$PLAN', o['desk']")" = \
	"('forward', '$R', True, 1)" ] || fail "what was signed"
ok h approve --take "$T/signed"
ok "$AGEC" keygen
KEY=$(cat "$T/err")
cp "$T/out" "$T/key"
misused "takes an age1pq" h forward "$R" --plan "$T/plan" \
	--out "$T/d.age" --recipient age1klassiek
ok h forward "$R" --plan "$T/plan" --out "$T/d.age" --recipient "$KEY"
ok "$AGEC" keygen
cp "$T/out" "$T/other"
"$AGEC" open "$T/other" <"$T/d.age" >/dev/null 2>&1 && fail "another key"
"$AGEC" open "$T/key" <"$T/d.age" >"$T/d.tar" || fail "the key"
mkdir "$T/d"
tar -xf "$T/d.tar" -C "$T/d" || fail "no tar"
for word in Jansen Eindhoven Bedrijf; do
	grep -rqi "$word" "$T/d" "$T/page.html" && fail "$word went along"
done
grep -rq "wethouder" "$T/d" || fail "the text is not there"
cmp "$T/d/files/01.jpg" "$HERE/tests/data/factuur.jpg" ||
	fail "the file did not go as it is"

echo "ok: ${#VERBS[@]} verbs say how they go; a dossier opened with its key"
