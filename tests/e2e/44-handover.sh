#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what comes to a case after its parcel is neither destroyed with it nor
# shown at the desk that stepped aside, and goes after it in a parcel of its
# own; an extracted folder does not stay behind. A case of any length goes over,
# with its files, its signatures and the words that the page asked with. What
# a reporter adds to a report that is not here can be read all the same, and is
# of one case with it when it comes.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people

s() { desk "$S" "$day" "$@"; }
signed() { # REF DESK: the recusal of h's case, by two
	ok h --json approve --case "$1" --act recuse --detail "$2"
	second
}
comes() { # TEXT CODE-FILE [KIND]: of the reporter, read by h
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "$1" \
		--code "$2" --kind "${3:-follow_up}"
	ok "$FIX" cut "$T/gw" "$ORG" $day
	ok h --json import "$T/gw"
}
reads() { # TEXT REF: at the other desk
	ok s show "$2"
	grep -q "$1" "$T/out" || fail "'$1' is not at the other desk"
}
unread() { # TEXT REF: here
	ok h show "$2"
	grep -q "$1" "$T/out" && fail "'$1' is shown at the desk that left"
	grep -q "for another desk; the text is not shown" "$T/out" ||
		fail "not told for whom"
}

ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day \
	--text "Over de coordinator" --new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
ok h extract "$R" --to "$T/x"
ok h step "$R" triage
signed "$R" 2
ok h recuse "$R" --to 2 --out "$T/p1" <<<"Het gaat over mij"
ok s --json import "$T/p1"
C1=$(json "o['code']") N=$(json "o['ref']")

# Between the parcel and the word that it is there
comes "Wezenlijk nieuw bewijs" "$T/code"
unread "Wezenlijk" "$R"
ok h list
grep -q "1 message(s) of $R came after its parcel: .recuse $R --to 2" \
	"$T/out" || fail "the list says nothing of it"
refused "came to this case after the last parcel" h recuse "$R" \
	--handed-over "$C1"
grep -q "Over de" "$T/x/message.txt" || fail "cleared though refused"
ok h --json verify
[ "$(json "o['destroyed']")" = 0 ] || fail "keys went though refused"
ok h recuse "$R" --to 2 --out "$T/p2"
refused "not the code" h recuse "$R" --handed-over "$C1"
ok s --json import "$T/p2"
[ "$(json "o['ref']")" = "$N" ] || fail "not of the same case there"
C2=$(json "o['code']")
ok s extract "$N" --to "$T/xs"
grep -rq "Wezenlijk nieuw bewijs" "$T/xs" || fail "it did not go over"
# A damaged record keeps no key alive. Where it is the note of the extract, whoever
# is at the desk is told, for it is theirs to clear then.
EDIT=$BUILD/bin/journal_edit
told=0 was=$H
cp -r "$T/x" "$T/x.kept"
for i in $(seq 0 $(($("$EDIT" "$was" records count) - 1))); do
	H=$T/damaged
	cp -r "$was" "$H"
	ok "$EDIT" "$H" records edit "$i"
	ok h recuse "$R" --handed-over "$C2"
	if [ -e "$T/x/message.txt" ]; then
		told=$((told + 1))
		grep -q "where 1 folder(s) of $R" "$T/err" || fail "not told"
		PYTHONPATH=$HERE/tests/desk python3 - "$BIN" "$H" "$PASS" \
			"$day" "/nl/case/$R" <<-'PY' || fail "nor on the page"
			import sys
			from uihttp import Ui
			ui = Ui(*sys.argv[1:5])
			page = ui.ask("GET", sys.argv[5])[2]
			ui.want(page, "vernietigd: 1. Zoek en wis" in page)
			ui.end()
		PY
	fi
	rm -r "$H"
	mkdir -p "$T/x" && cp "$T"/x.kept/* "$T/x/"
done
H=$was
[ $told = 1 ] || fail "$told extracts stayed"
ok h recuse "$R" --handed-over "$C2"
[ -e "$T/x/message.txt" ] && fail "the extracted text stayed"
ok h --json verify
[ "$(json "o['destroyed']>=2")" = True ] || fail "the keys live on"
refused "does not wait" h recuse "$R" --handed-over "$C2"
refused "is not here any more" h recuse "$R" --to 2 --out "$T/p3"

# After it: the answer of a witness, about the very desk that reads it
day=2026-11-26
comes "De getuige noemt de coordinator" "$T/code"
unread "getuige" "$R"
ok h --json show "$R"
grep -q "getuige" "$T/out" && fail "shown as JSON"
ok h search <<<"getuige"
grep -q "^0 case" "$T/out" || fail "found by its words"
refused "another desk" h extract "$R" --to "$T/x2"
refused "another desk" h forward "$R" --to investigator --make "$T/plan"
ok h --json list
[ "$(json "o['cases'][0]['late']")" = 1 ] || fail "not counted"
ok h list
grep -q "1 message(s) of $R came after" "$T/out" || fail "the list is silent"
refused "came to this case after the last parcel" h recuse "$R" \
	--handed-over "$C2"
ok h recuse "$R" --to 2 --out "$T/p3"
grep -q "getuige" "$T/p3" && fail "a parcel in the clear"
ok s --json import "$T/p3"
C3=$(json "o['code']")
[ "$(json "o['ref']")" = "$N" ] || fail "not of the same case there"
reads "De getuige noemt" "$N"
ok h recuse "$R" --handed-over "$C3"
ok h --json list
[ "$(json "o['cases'][0]['late']")" = 0 ] || fail "the late key lives on"
refused "is not here any more" h recuse "$R" --to 2 --out "$T/p4"

# Longer than an envelope has places: 20 messages, each json with a signature
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Lang verhaal" \
	--new-code "$T/long" --attach "$HERE/tests/data/factuur.jpg" \
	--name ../factuur.jpg --asked "Wat wist u zelf?"
for i in $(seq 2 20); do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "Vervolg $i" \
		--code "$T/long" --kind follow_up --attach "$PASS"
done
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
L=$(json "[c['ref'] for c in o['cases'] if c['messages'] == 20][0]")
ok h step "$L" triage
signed "$L" 2
ok h recuse "$L" --to 2 --out "$T/p5" <<<"Het gaat over mij"
ok s --json import "$T/p5"
N=$(json "o['ref']")
ok h recuse "$L" --handed-over "$(json "o['code']")"
ok s --json show "$N"
[ "$(json "o['in'][0]['questions_of_the_page']")" = \
	"{'q_own': 'Wat wist u zelf?'}" ] || fail "the question is lost"
ok s extract "$N" --to "$T/xl"
mkdir "$T/tar"
tar -xf "$T/xl/m01-attachment-02.data" -C "$T/tar" || fail "no tar"
cmp "$T/tar/message-01-file-01" "$HERE/tests/data/factuur.jpg" || fail "JPEG"
for i in $(seq -w 2 20); do
	grep -q "Vervolg ${i#0}\"" "$T/tar/message-$i.json" &&
		[ -s "$T/tar/message-$i.json.minisig" ] &&
		cmp "$T/tar/message-$i-file-01" "$PASS" || fail "message $i"
done
[ "$(find "$T/tar" -type f | wc -l)" = 59 ] || fail "$(ls "$T/tar")"

# The first message went to another place: a lost machine, a damaged envelope
day=2026-11-27
ok cp -r "$T/gw" "$T/elsewhere"
first() { # GATEWAY
	ok "$FIX" seal "$1" "$ORG" --desk 1 --day $day --text "VERLOREN" \
		"${@:2}"
}
first "$T/elsewhere" --new-code "$T/lost"
comes "LOS VERVOLG" "$T/lost"
comes "TWEEDE VERVOLG" "$T/lost"
ok h list
grep -q "2 message(s) of a thread.*enter unmatched" "$T/out" || fail "not told"
ok h --json enter unmatched
U=$(json "o['cases'][0]") ; [ "$(json "len(o['cases'])")" = 1 ] || fail "cases"
comes "DERDE VERVOLG" "$T/lost"
ok h show "$U"
for n in LOS TWEEDE DERDE; do
	grep -q "$n VERVOLG" "$T/out" || fail "$n is not there"
done
ok h --json list
[ "$(json "o['unmatched']")" = 0 ] || fail "still unmatched"
refused "No message waits" h enter unmatched
refused "mailbox" h acknowledge "$U"
ok h classify "$U" --about nobody --kind melding --type OMG --origin intern \
	--wbk ja
ok h step "$U" triage
ok h --json verify
# It comes after all: a case with a mailbox, which later messages join
first "$T/gw" --code "$T/lost"
comes "VIERDE VERVOLG" "$T/lost"
ok h --json list
V=$(json "[c['ref'] for c in o['cases'] if c['mailbox'] and
	c['messages'] == 2][-1]")
ok h show "$V"
grep -q VERLOREN "$T/out" && grep -q VIERDE "$T/out" || fail "the first one"
ok h acknowledge "$V"

# It comes a bundle later than what was added: one case, by itself; what was
# withdrawn before it came is not shown
for n in early back; do
	first "$T/elsewhere" --new-code "$T/$n"
done
comes "VOORAF GEKOMEN" "$T/early"
comes "TREK IN" "$T/back" withdrawal
ok h --json list
[ "$(json "o['unmatched']")" = 2 ] || fail "not waiting"
for n in early back; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --text "BEGIN $n" \
		--code "$T/$n"
done
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h --json import "$T/gw"
ok h --json list
[ "$(json "o['unmatched']")" = 0 ] || fail "not joined"
for w in $(json "' '.join('%s:%s' % (c['ref'], c['withdrawn'])
	for c in o['cases'][-2:])"); do
	ok h show "${w%:*}"
	if [ "${w#*:}" = True ]; then
		grep -q "BEGIN" "$T/out" && fail "shown though withdrawn"
		grep -q "withdrawn by the reporter" "$T/out" || fail "not told"
	else
		grep -q "BEGIN early" "$T/out" &&
			grep -q "VOORAF GEKOMEN" "$T/out" || fail "not one case"
	fi
	echo "${w#*:}" >>"$T/joined"
done
[ "$(sort "$T/joined" | xargs)" = "False True" ] || fail "$(cat "$T/joined")"
ok h --json verify

# What went over counts at the other desk, not here as well: one is classified
ok h --json register show
[ "$(json "o['rows']['report.csv'], o['left_out']")" = "(1, 3)" ] ||
	{ cat "$T/out"; fail "the register counts what went"; }

echo "ok: what came after a parcel was kept, not shown, and went after it; the" \
	"extracted folder is clear"
