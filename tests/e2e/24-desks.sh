#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: recusal seals a case to another desk, whole, and ends access here; a
# dossier goes to an authority only with consent, review, word to the
# reporter and two signatures, and without the words left out.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people

# Recusal: only with two; text goes over whole; keys die when it arrived
echo "bijlage" >"$T/file"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
	--text "Over de coordinator" --new-code "$T/code" --attach "$T/file" \
	--name bewijs.txt
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
	--text "Over de zorg: Jan Jansen zag het" --new-code "$T/code2" \
	--attach "$HERE/tests/data/factuur.jpg" --name foto.jpg
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
REFS=$(json "' '.join(c['ref'] for c in o['cases'])")
for r in $REFS; do
	ok h show "$r"
	if grep -q zorg "$T/out"; then Z=$r; else R=$r; fi
done
ok h step "$R" triage
guard S-TWO h recuse "$R" --to 2 --out "$T/p1" <<<"Het gaat over mij"
ok h --json approve --case "$R" --act recuse --detail 2
second
refused "no such other desk" h recuse "$R" --to 9 --out "$T/p1" <<<"x"
ok h recuse "$R" --to 2 --out "$T/p1" <<<"Het gaat over mij"
ok h show "$R"
grep -q "Over de coordinator" "$T/out" && fail "moved text is shown"
refused "another desk" h note "$R" <<<"x"
refused "not for you" desk "$D" $day import "$T/p1"
head -c 60000 "$T/p1" >"$T/cut"
refused "cannot be read" desk "$S" $day import "$T/cut"
ok desk "$S" $day --json import "$T/p1"
CODE=$(json "o['code']")
NEW=$(json "o['ref']")
# Taken in again, or written again without anything new and taken in too:
# nothing is there twice, and the code is told, which alone ends it at the
# desk that it came from
all() { # what desk 2 holds of the case
	ok desk "$S" $day --json show "$NEW"
	json "[m['answers'] for m in o['in']]"
	rm -rf "$T/xn"
	ok desk "$S" $day extract "$NEW" --to "$T/xn"
	find "$T/xn" "$S/attachments" -type f | wc -l
}
all >"$T/all"
cp -r "$H" "$T/later"
ok desk "$T/later" 2026-11-26 recuse "$R" --to 2 --out "$T/p2"
for p in p1 p2 p1 p2; do
	ok desk "$S" $day --json import "$T/$p"
	[ "$(json "o['ref'],o['before']")" = "('$NEW', True)" ] || fail "$p"
	eval "$p=\$(json \"o['code']\")"
	ok desk "$S" $day import "$T/$p"
	grep -q "was taken in before" "$T/out" || fail "$p: not told"
	all | cmp "$T/all" || fail "$p: doubled"
done
PYTHONPATH=$HERE/tests/desk python3 - "$BIN" "$S" "$PASS" $day "$T" \
	"$p2 ($NEW)" <<'PY' || fail "the page does not say it"
import sys
from uihttp import Ui
ui = Ui(*sys.argv[1:6])
page = ui.post("/nl/keys", do="parcel", file=sys.argv[5] + "/p2")
ui.want(page, "er is niets bijgekomen" in page and sys.argv[6] in page)
ui.end()
PY
all | cmp "$T/all" || fail "doubled by the page"
# shellcheck disable=SC2154 # both are set there
[ "$p1" = "$CODE" ] || fail "another code of the same parcel"
ok desk "$T/later" 2026-11-26 recuse "$R" --handed-over "$p2"
ok desk "$S" $day show "$NEW"
grep -q "Over de coordinator" "$T/out" || fail "the text did not arrive"
grep -q "2026-11-25" "$T/out" || fail "the day of receipt did not arrive"
ok desk "$S" $day extract "$NEW" --to "$T/x"
grep -rq bijlage "$T/x" || fail "the attachment did not arrive"
refused "not the code" h recuse "$R" --handed-over 0000
ok h recuse "$R" --handed-over "$CODE"
ok h --json verify
[ "$(json "o['destroyed']>=1")" = True ] || fail "the keys live on"
# The new desk answers in the same mailbox
ok desk "$S" $day acknowledge "$NEW"
ok desk "$S" $day export "$T/b"
ok "$FIX" read "$T/b/outbound-2" 2 "$T/code"
grep -q "$NEW" "$T/out" || fail "the reporter cannot read the new desk"

# Forwarding to an authority
ok h classify "$Z" --about nobody --kind melding --type OMG --origin intern \
	--triage nee,ja,ja,ja --area HLTH
ok h step "$Z" triage
ok h step "$Z" in_behandeling
ok h forward "$Z" --to authority --receiver IGJ --make "$T/plan"
ok h --json forward "$Z" --plan "$T/plan" --show "$T/page0.html"
guard S-CONSENT h forward "$Z" --plan "$T/plan" --out "$T/dossier.age" --print
ok h forward "$Z" --to authority --receiver IGJ --consent - \
	<<<"JA in het antwoord van 25 november"
guard S-SANITISED h forward "$Z" --plan "$T/plan" --out "$T/d.html" --print
ok h redact "$T/plan" --field what --word "Bestaat niet"
refused "does not stand" h forward "$Z" --plan "$T/plan" --show "$T/p.html"
ok h forward "$Z" --to authority --receiver IGJ --make "$T/plan2"
ok h redact "$T/plan2" --field what --word "jan jansen"
sed -i 's/"reviewed": false/"reviewed": true/' "$T/plan2"
command -v mat2 >/dev/null && command -v bwrap >/dev/null &&
	bwrap --unshare-all --ro-bind / / true 2>/dev/null || {
	echo "weaker: no mat2 or no bwrap, no clean copy is forwarded"
	sed -i 's/"scrub": true/"scrub": false/' "$T/plan2"
}
guard S-TOLD h forward "$Z" --plan "$T/plan2" --out "$T/d.html" --print
ok h acknowledge "$Z"
misused "say where it goes" h reply "$Z" --letter forwarding
refused "to fill in" h reply "$Z" --letter feedback
ok h reply "$Z" --letter forwarding --receiver IGJ
guard S-TOLD h forward "$Z" --plan "$T/plan2" --out "$T/d.html" --print
ok h export "$T/a"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/a/outbound-1"
day=2026-11-26
ok h import "$T/gw"
guard S-TWO h forward "$Z" --plan "$T/plan2" --out "$T/d.html" --print
ok h --json forward "$Z" --plan "$T/plan2" --show "$T/page.html"
grep -q "Jan Jansen" "$T/page.html" && fail "a name was not left out"
grep -q "Over de zorg" "$T/page.html" || fail "the text is not there"
for words in "Wat is er gebeurd?" Omgangsvormen "toestemming van de melder"; do
	grep -qi "$words" "$T/page.html" || fail "a code instead of: $words"
done
grep -q "Ontvangen</th><td>25 november 2026<" "$T/page.html" ||
	fail "a day as no letter writes it"
grep -qE "202[67]-[01][0-9]-" "$T/page.html" && fail "a day of a computer"
grep -q "nog niet vastgelegd" "$T/page0.html" || fail "a ground from nowhere"
ok h --json approve --case "$Z" --act forward --plan "$T/plan2"
second
grep -q "Gaat naar: Inspectie" "$T/out" || fail "who signs here reads nothing"
echo "vijf losse woorden samen" >"$T/pass2"
ok h forward "$Z" --plan "$T/plan2" --out "$T/dossier.age" \
	--file-passphrase "$T/pass2"
head -c 22 "$T/dossier.age" | grep -q age-encryption.org || fail "no age file"
ok h --json show "$Z"
[ "$(json "o['state'],o['outcome']")" = "('doorgezonden', 'doorgezonden')" ] ||
	fail "not forwarded"
guard S-CONSENT h forward "$Z" --plan "$T/plan2" --out "$T/again" --print

echo "ok: recused to another desk and answered there; forwarded to an" \
	"authority with consent, words left out, two signatures"
