#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the whole work of two offline desks: ceremony, import, reading,
# answering, export, posting day, backup and confirmation.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium

ok "$FIX" new "$T/gw"
ok desk "$T/org" 2026-11-24 init --batch --organisation "Gemeente Voorbeeld" \
	--desks 2 --person coordinator --person secretaris
A=$T/org/desk-1
B=$T/org/desk-2
# The gateway's card comes later, as for a real first run
ok desk "$A" 2026-11-24 keyset --card "$T/gw/card.json"
ok desk "$A" 2026-11-24 keyset --publish "$T/share"
ok desk "$B" 2026-11-24 keyset --accept "$T/share"
ok desk "$B" 2026-11-24 --json keyset
[ "$(json "len(o['weeks'])")" = 26 ] || fail "not 26 weeks for both desks"
[ "$(json "len(o['people'])")" = 2 ] || fail "not two people"
mkdir "$T/a" "$T/b"
ok desk "$A" 2026-11-24 export "$T/a"
ok desk "$B" 2026-11-24 export "$T/b"
ok "$FIX" outbound "$T/a/outbound-1"
ok "$FIX" outbound "$T/b/outbound-2"
ORG=$T/a/outbound-1

# A report with an attachment for desk 1, one for desk 2, chaff for nobody
head -c 200000 /dev/urandom >"$T/photo"
printf 'Hij nam geld.\033[2J en \342\200\256 omgekeerd' >"$T/text"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "$(cat "$T/text")" --new-code "$T/code1" \
	--attach "$T/photo" --name '../evil.desktop'
ok "$FIX" seal "$T/gw" "$ORG" --desk 2 --day 2026-11-24 \
	--text "About the coordinator" --new-code "$T/code2" --language en
ok "$FIX" junk "$T/gw" 3 2026-11-24
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$A" 2026-11-25 --json import "$T/gw"
[ "$(json "o['reports']")" = 1 ] || fail "desk 1 read not exactly one report"
ok desk "$B" 2026-11-25 --json import "$T/gw"
[ "$(json "o['reports']")" = 1 ] || fail "desk 2 read not exactly one report"

ok desk "$A" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
[ "$(json "o['cases'][0]['ack_due']")" = 2026-12-01 ] || fail "ack due"
grep -qi junk "$T/out" && fail "list tells of other envelopes"
ok desk "$A" 2026-11-25 show "$REF"
grep -q 'Hij nam geld' "$T/out" || fail "text not shown"
grep -q $'\033' "$T/out" && fail "an escape sequence reached the terminal"
grep -q '<U+001B>' "$T/out" || fail "the escape is not made visible"
grep -q '<U+202E>' "$T/out" || fail "the direction mark is not made visible"
ok desk "$A" 2026-11-25 extract "$REF" --to "$T/x"
for to in a/x a a/deeper/x; do # the courier's stick is no place for it
	mkdir -p "$T/a/deeper"
	refused "not sealed" desk "$A" 2026-11-25 extract "$REF" --to "$T/$to"
done
[ -e "$T/a/x" ] && fail "a refused extract left a folder"
find "$T/a" -name message.txt | grep . && fail "extracted beside bundles"
rmdir "$T/a/deeper"
cmp "$T/photo" "$T/x/m01-attachment-01.data" || fail "attachment differs"
[ -z "$(find "$T" -name '*evil*')" ] || fail "a name from a report was used"
[ -x "$T/x/m01-attachment-01.data" ] && fail "attachment is executable"

# Answer: drafted is not posted
ok desk "$A" 2026-11-26 classify "$REF" --kind melding --type FIN \
	--wbk onbekend
ok desk "$A" 2026-11-26 acknowledge "$REF"
refused "acknowledged already" desk "$A" 2026-11-26 acknowledge "$REF"
ok desk "$A" 2026-11-26 reply "$REF" \
	--kind question \
	<<<"Kunt u zeggen wanneer?"
ok desk "$A" 2026-11-26 note "$REF" \
	<<<"Eigen aantekening"
ok desk "$A" 2026-11-26 --json show "$REF"
[ "$(json "o['replies_drafted'],o['replies_posted']")" = "(2, 0)" ] ||
	fail "drafts are not drafts"
ok desk "$A" 2026-11-26 export "$T/a"
[ -d "$T/a"/outbound-1.before-2a ] || fail "the older bundle was removed"
ok "$FIX" outbound "$T/a/outbound-1"
ok "$FIX" read "$T/a/outbound-1" 1 "$T/code1"
grep -q "replies=2 damaged=0" "$T/out" || fail "replies cannot be read back"
grep -q "$REF" "$T/out" || fail "no reference in the acknowledgement"
grep -q "26 februari 2027" "$T/out" ||
	fail "the feedback day is not in the letter, in words"
ok desk "$A" 2026-11-26 --json show "$REF"
[ "$(json "o['feedback_due']")" = 2027-02-26 ] ||
	fail "another day than the letter that is on its way says"
grep -q "Kunt u zeggen wanneer?" "$T/out" || fail "no question in the box"
ok "$FIX" read "$T/a/outbound-1" 1 "$T/code2"
grep -q "replies=0" "$T/out" || fail "a wrong code reads something"

# The reporter answers and adds; the gateway applied the bundle
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-27 --kind follow_up \
	--code "$T/code1" --text "Op 3 november"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-27 --applied "$T/a/outbound-1"
ok desk "$A" 2026-11-28 --json import "$T/gw"
[ "$(json "o['messages'],o['posted']")" = "(1, 2)" ] || fail "follow-up, posted"
ok desk "$A" 2026-11-28 --json show "$REF"
[ "$(json "o['ack_posted'],o['ack_status']")" = \
	"('2026-11-27', 'on_time')" ] || fail "the posting day is not the gateway's"
[ "$(json "o['feedback_due']")" = 2027-02-26 ] ||
	fail "another day than the letter says"
[ "$(json "[m['kind'] for m in o['in']]")" = "['report', 'follow_up']" ] ||
	fail "the follow-up is not on its case"

# Nothing is confirmed before a backup on another medium
ok desk "$A" 2026-11-28 --json export "$T/a"
[ "$(json "o['confirmed']")" = 0 ] || fail "confirmed without a backup"
ok desk "$A" 2026-11-28 --json backup "$STICK/backup.age"
if [ "$(json "o['second_medium']")" = True ]; then
	ok desk "$A" 2026-11-28 --json export "$T/a"
	[ "$(json "o['confirmed']")" = 2 ] || fail "not confirmed after a backup"
fi
ok desk "$A" 2026-11-28 --json verify

# Withdrawal: counted, not shown; also for desk 2, by its own code
ok "$FIX" seal "$T/gw" "$ORG" --desk 2 --day 2026-11-30 --kind withdrawal \
	--code "$T/code2" --text "Laat maar"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-30
ok desk "$B" 2026-12-01 --json import "$T/gw"
[ "$(json "o['withdrawals']")" = 1 ] || fail "no withdrawal seen"
ok desk "$B" 2026-12-01 --json list
REF2=$(json "o['cases'][0]['ref']")
ok desk "$B" 2026-12-01 show "$REF2"
grep -q "About the coordinator" "$T/out" && fail "withdrawn text is shown"
refused "withdrew" desk "$B" 2026-12-01 extract "$REF2" --to "$T/y"

# By phone, and the second person's machine with its own request
ok desk "$A" 2026-12-01 --json enter report \
	--received 2026-11-30 \
	<<<"Aan de telefoon gehoord"
ok desk "$T/deputy" 2026-12-01 holder request --keyset "$T/share/keyset.json" \
	--desk 1 --person deputy --out "$T/request.json"
ok desk "$A" 2026-12-01 keyset --add-holder "$T/request.json"
ok desk "$A" 2026-12-01 keyset --publish "$T/share2"
ok desk "$T/deputy" 2026-12-01 keyset --accept "$T/share2"
mkdir "$T/c"
ok desk "$T/deputy" 2026-12-01 export "$T/c"
ok "$FIX" outbound "$T/c/outbound-1"
# A letter that we do not have in the reporter's language is English, and says
# so to a screen reader, unless the desk says what it wrote; drafted by the
# command line, by the list of cases, and by its own page
for n in 1 2; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-12-01 --language pl \
		--text "Po polsku $n" --new-code "$T/polish$n"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-01
ok desk "$A" 2026-12-01 import "$T/gw"
ok desk "$A" 2026-12-01 --json list
POLISH=$(json "' '.join(c['ref'] for c in o['cases'])")
for ref in $POLISH; do
	ok desk "$A" 2026-12-01 show "$ref"
	grep -q "Po polsku 1" "$T/out" && FIRST=$ref
	grep -q "Po polsku 2" "$T/out" && SECOND=$ref
done
ok desk "$A" 2026-12-01 acknowledge "$FIRST"
refused "language such as" desk "$A" 2026-12-01 reply "$FIRST" --language "?" \
	<<<"x"
ok desk "$A" 2026-12-01 reply "$FIRST" --kind question <<<"Kiedy?"
ok desk "$A" 2026-12-01 reply "$FIRST" --language nl <<<"Wanneer?"
python3 - "$BIN" "$A" "$PASS" 2026-12-01 "$SECOND" "$HERE/tests/desk" <<'PY' ||
import re
import sys
sys.path.insert(0, sys.argv[6])
from uihttp import Ui
ui, at = Ui(*sys.argv[1:5]), "/nl/case/" + sys.argv[5]
ui.post("/nl/bulk", do="acknowledge", pick_0=sys.argv[5])
page = ui.ask("GET", at + "/letter?kind=message")[2]
ui.want("the letter's language", page.count('lang="en" dir="auto"') == 2)
ui.want("asked", re.findall(r'<option value="(..)"( selected)?', page[
    page.index('id="language"'):])[:3] == [("en", " selected"), ("pl", ""),
                                           ("nl", "")])
page = ui.post(at + "/letter", kind="message", do="look", text="Dzien dobry",
               language="pl")
ui.want("as chosen", page.count('lang="pl" dir="auto"') == 2)
ui.post(at + "/letter", kind="message", by="mailbox", do="settle",
        text="Dzien dobry", language="pl")
ui.post(at + "/letter", kind="message", by="mailbox", do="settle",
        text="Good day", language="en")
ui.end()
PY
	fail "the page"
ok desk "$A" 2026-12-01 export "$T/a"
for n in 1 2; do
	ok "$FIX" read "$T/a/outbound-1" 1 "$T/polish$n"
	sed -n 's/^\[\(.*\)\].*, \(..\)$/\1 \2/p' "$T/out" >"$T/said$n"
done
[ "$(tr '\n' ' ' <"$T/said1")" = "acknowledgement en question pl message nl " ] ||
	fail "languages by the command line: $(cat "$T/said1")"
[ "$(tr '\n' ' ' <"$T/said2")" = "acknowledgement en message pl message en " ] ||
	fail "languages by the page: $(cat "$T/said2")"
echo "ok: two desks took in, answered, posted, confirmed and withdrew; hostile" \
	"text stayed text"
