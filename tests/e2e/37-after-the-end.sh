#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what comes after a case was destroyed is destroyed by two people too,
# with its attachments, and the declaration says so and no more. Neither is kept
# by a record that is damaged, whichever it is; the declaration tells that too.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
EDIT=$BUILD/bin/journal_edit
[ -x "$EDIT" ] || { echo "skip: journal_edit is not built"; exit 77; }
three_people
signs() { # HOME: signs the last request with the keyring there
	ok h approve "$(json "o['request']")" --keyring "$1/keyring.age" \
		--second-passphrase-file "$PASS"
}
second() { signs "$D"; } # the case is about the secretary
send() { # DAY TEXT KIND FILE: to the case, and into the desk
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day "$1" --text "$2" \
		--code "$T/code" --kind "$3" --attach "$4" --name bijlage
	ok "$FIX" cut "$T/gw" "$ORG" "$1"
	ok h import "$T/gw"
}
# what the text of FILE says, without markup
said() { sed 's/<[^>]*>/ /g' "$1" | tr -s ' \n' ' '; }
# Destroys in copies of the home, of each one record damaged, and counts those
# where it was a message or the note of an extract, which must be told
damaged() { # MESSAGES FOLDERS
	local i was=$H messages=0 folders=0 anew=0
	for i in $(seq 0 $(($("$EDIT" "$was" records count) - 1))); do
		H=$T/damaged
		cp -r "$was" "$H"
		ok "$EDIT" "$H" records edit "$i"
		if ! h destroy "$R" --out "$T/damaged.html" \
			>"$T/out" 2>"$T/err"; then
			# what they signed, or a signature: both sign again
			anew=$((anew + 1))
			ok h --json approve --case "$R" --act destroy
			second
			ok h destroy "$R" --out "$T/damaged.html"
		fi
		[ -z "$(ls "$H/attachments")" ] || fail "record $i kept a file"
		if grep -q "1 message(s) with attachments of $R" "$T/err"; then
			messages=$((messages + 1))
			said "$T/damaged.html" | grep -q "attachments that\
 could not be read: [^0-9]* 1 " || fail "$(said "$T/damaged.html")"
		elif grep -q "1 folder(s) of $R" "$T/err"; then
			folders=$((folders + 1))
			said "$T/damaged.html" | grep -q "folders not found 0\
 .* place could not be read: [^0-9]* 1 " || fail "$(said "$T/damaged.html")"
			[ -e "$T/x/message.txt" ] || fail "it was found"
		else
			said "$T/damaged.html" | grep -q "not be read" &&
				fail "record $i: more is said than there is"
		fi
		ok h show "$R"
		ok h destroy "$R" --out "$T/again.html"
		cmp "$T/damaged.html" "$T/again.html" ||
			fail "written again, it is another one"
		rm -r "$H" "$T/damaged.html" "$T/again.html"
		mkdir -p "$T/x" && cp "$T"/x.kept/* "$T/x/"
	done
	H=$was
	[ "$messages $folders $anew" = "$* 3" ] || fail \
		"$messages messages, $folders folders, $anew requests"
}
echo "eerste bijlage" >"$T/f1"
echo "tweede bijlage" >"$T/f2"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "EERSTE" \
	--new-code "$T/code" --attach "$T/f1" --name bijlage
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
ok h classify "$R" --about secretaris --kind melding --type OMG --origin intern \
	--wbk nee --outcome gesprek
for to in triage in_behandeling besluit; do
	ok h step "$R" $to
done
day=2026-12-04
ok h feedback "$R" --acknowledgement --by talk <<<"Bevestigd"
ok h feedback "$R" --by letter --on 2026-12-04 --reasoned --options <<<"Klaar"
ok h close "$R" --class RT3
day=2027-02-10
ok h rotate
ok h extract "$R" --to "$T/x"
cp -r "$T/x" "$T/x.kept"
ok h --json approve --case "$R" --act destroy
second
damaged 1 1
ok h destroy "$R" --out "$T/d1.html"
grep -q "copy on the machine of</span></th><td>deputy</td>" "$T/d1.html" ||
	fail "whose machine may have a copy is not said"
[ -z "$(ls "$H/attachments")" ] || fail "an attachment outlived its case"
grep -q "Messages after that" "$T/d1.html" && fail "a late message, too early"
mkdir "$T/q"
ok h export "$T/q"
ORG=$T/q/outbound-1
send 2027-02-10 "NAKOMER" follow_up "$T/f2"
ok h show "$R"
grep -q NAKOMER "$T/out" || fail "the late message is not shown"
A=$(ls "$H/attachments")
[ -n "$A" ] || fail "its attachment did not come"

# Neither one person, nor the two who signed for the case, nor one whom it is
# about, though what they sign is of no case
guard S-TWO h destroy "$R" --out "$T/d2.html"
grep -q "approve --case $R --act destroy" "$T/err" || fail "what to sign for is not said"
[ -e "$T/d2.html" ] && fail "a declaration without a destruction"
ok h --json approve --case "$R" --act destroy
[ "$(json "o['detail']")" = "late-$R" ] || fail "what they sign for"
cp "$T/out" "$T/asked"
guard S-TWO h destroy "$R" --out "$T/d2.html"
cp "$T/asked" "$T/out"
cp -r "$H" "$T/alone"
signs "$S"
guard S-SUBJECT h destroy "$R" --out "$T/d2.html"
rm -r "$H"
mv "$T/alone" "$H"
cp "$T/asked" "$T/out"
second
damaged 1 0
cp -r "$H" "$T/whole"
ok h destroy "$R" --out "$T/d2.html"
gone() {
	ok h show "$R"
	grep -q NAKOMER "$T/out" && fail "the late message is still read"
	ok h --json verify
	ok h search <<<"NAKOMER"
	grep -q "$R" "$T/out" && fail "the late message is found"
	true
}
gone
[ -e "$H/attachments/$A" ] && fail "its attachment stays"
said "$T/d2.html" | grep -q "Messages 1 .*Messages after that 1 .*Their\
 attachments 1 .*Destroyed on 2027-02-10 .*Signed by deputy" ||
	fail "the declaration: $(said "$T/d2.html")"
ok h destroy "$R" --out "$T/d3.html"
cmp "$T/d2.html" "$T/d3.html" || fail "written again, it is another one"

# Cut between the journal and the keys: the next opening does it
rm -r "$H"
cp -r "$T/whole" "$H"
killed casekeys.tmp 1 h destroy "$R" --out "$T/d4.html"
gone

# One more, after those two signed: they did not sign for it
send 2027-02-10 "NOG EEN" follow_up "$T/f2"
guard S-TWO h destroy "$R" --out "$T/d5.html"
ok h show "$R"
grep -q "NOG EEN" "$T/out" || fail "the second late message is not shown"
gone
echo "ok: what came after the end went too, by two people, and was declared"
