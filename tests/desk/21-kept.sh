#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what was written with an act is seen again: reasons of steps, holds and
# reopening, what was told by letter or in a talk, the record of a talk, what
# a forwarding rests on, the plan that went, and the case it belongs with. It
# stands in show, in its JSON, on the page, is found by search, and what the
# reporter was told goes with the parcel; after that none of it is shown here.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
MARKS="set lifted ack talk consent back duty plan feedback reopened"
ok h --json enter report <<<"Een andere zaak"
OTHER=$(json "o['ref']")
ok h --json enter talk --route gesprek <<<"Wat is besproken"
REF=$(json "o['ref']")
# ${MARKS} in the order in which they are written
ok h link "$REF" "$OTHER"
ok h classify "$REF" --about nobody --kind melding --type OMG \
	--origin intern --wbk ja --outcome gesprek
ok h step "$REF" triage
ok h step "$REF" in_behandeling
ok h hold "$REF" on <<<"merk-set"
ok h hold "$REF" off <<<"merk-lifted"
ok h feedback "$REF" --acknowledgement --by letter <<<"merk-ack"
ok h enter agreement --case "$REF" --state offered <<<"merk-talk"
igj() { h --json forward "$REF" --to authority --receiver IGJ "$@"; }
ok igj --consent - <<<"merk-consent"
ok igj --consent - --withdrawn <<<"merk-back"
ok igj --duty - <<<"merk-duty"
ok igj --make "$T/plan"
sed -i -E 's/"reviewed": false/"reviewed": true/
	s/"telling_endangers": ""/"telling_endangers": "merk-plan"/' "$T/plan"
ok igj --plan "$T/plan" --show "$T/page.html"
ok h --json approve --case "$REF" --act forward --plan "$T/plan"
second
ok igj --plan "$T/plan" --out "$T/dossier.html" --print
ok h feedback "$REF" --by talk --reasoned --options <<<"merk-feedback"
ok h close "$REF"
ok h reopen "$REF" <<<"merk-reopened"

python3 "$(dirname "$0")/kept.py" "$BIN" "$H" "$PASS" $day "$REF" "$OTHER" \
	$MARKS || exit 1
ok h show "$REF"
grep -q "^Linked with $OTHER" "$T/out" || fail "the link is not shown"
cp "$T/out" "$T/shown"
grep -q "^The reporter is not told first: merk-plan" "$T/shown" ||
	fail "the plan is not in words"
grep -q "telling_endangers" "$T/shown" && fail "a plan as JSON"
ok h --json show "$REF"
[ "$(json "o['links']")" = "['$OTHER']" ] || fail "no link in the JSON"
cp "$T/out" "$T/json"
for mark in $MARKS; do
	for where in shown json; do
		grep -q "merk-$mark" "$T/$where" || fail "$mark is not $where"
	done
	ok h --json search <<<"merk-$mark"
	grep -q "$REF" "$T/out" || fail "$mark is not found"
done

ok h step "$REF" in_behandeling
# The other desk gets what the reporter was told; here all of it is shut
ok h --json approve --case "$REF" --act recuse --detail 2
second
ok h recuse "$REF" --to 2 --out "$T/parcel" <<<"merk-recused"
ok desk "$S" $day --json import "$T/parcel"
ok desk "$S" $day extract "$(json "o['ref']")" --to "$T/x"
for mark in ack feedback talk; do
	grep -rq "merk-$mark" "$T/x" || fail "$mark is not in the parcel"
done
grep -rq "merk-duty" "$T/x" && fail "the parcel has what is ours"
for json in "" --json; do
	ok h $json show "$REF"
	grep -q "merk-" "$T/out" && fail "shown after it went: $(cat "$T/out")"
done
ok h search <<<"merk-set"
grep -q "$REF" "$T/out" && fail "found after it went"
echo "ok: $(wc -w <<<"$MARKS") kinds of words and a link, seen again"
