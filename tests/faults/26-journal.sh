#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whoever edits, drops, repeats, moves or swaps any event of the journal
# or any record, without a key, is found by `verify`: every position of a
# small journal in real LMDB, by the real verb. An old copy put back as a
# whole is found by a head on paper. FULL=1 also swaps every pair.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
EDIT=$BUILD/bin/journal_edit
[ -x "$EDIT" ] || { echo "skip: journal_edit is not built"; exit 77; }
found
H=$T/home
h() { desk "$H" 2026-11-26 "$@"; }
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "Hij nam geld" \
	--new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok h import "$T/gw"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
ok h classify "$REF" --about nobody --type FIN --origin intern --wbk ja
ok h --json verify
EARLY=$(json "o['head']")
ok h note "$REF" <<<"Eerste aantekening"
ok h step "$REF" triage
ok h acknowledge "$REF"
ok h note "$REF" <<<"Tweede aantekening"
ok h hold "$REF" on <<<"Rechtszaak"
ok h --json verify
EVENTS=$(json "o['events']")
RECORDS=$(json "o['records']")
ok h verify --head "$EARLY"
grep -q "The head from paper is event" "$T/out" || fail "the head on paper"
cp -r "$H/casebook" "$T/whole"
N=0
# found WHAT TABLE ARGUMENT...: changed so, `verify` says it, and so does show
caught() {
	local text=$1
	shift
	rm -rf "$H/casebook"
	cp -r "$T/whole" "$H/casebook"
	ok "$EDIT" "$H" "$@"
	refused "$text" h verify
	N=$((N + 1))
}
# Entry 0 is the head; events follow in order
[ "$("$EDIT" "$H" journal count)" -eq $((EVENTS + 1)) ] || fail "no head"
[ "$("$EDIT" "$H" records count)" -eq "$RECORDS" ] || fail "records"
for i in $(seq 0 "$EVENTS"); do
	for how in "edit $i" "drop $i" "append $i"; do
		# shellcheck disable=SC2086 # words
		caught "its journal was changed" journal $how
	done
	j=$((i + 1))
	[ "$i" -lt "$EVENTS" ] || j=0
	caught "its journal was changed" journal swap "$i" $j
	caught "its journal was changed" journal copy "$i" $j
	for j in $([ -z "${FULL:-}" ] || seq $((i + 2)) "$EVENTS"); do
		caught "its journal was changed" journal swap "$i" "$j"
	done
done
for i in $(seq 0 $((RECORDS - 1))); do
	j=$(((i + 1) % RECORDS))
	caught "damaged" records edit "$i"
	caught "not those that the journal names" records drop "$i"
	caught "damaged" records swap "$i" $j
	caught "damaged" records copy "$i" $j
done
# The end cut off: the last event, with and without the head
caught "its journal was changed" journal drop "$EVENTS"
ok "$EDIT" "$H" journal drop 0
refused "its journal was changed" h verify
refused "its journal was changed" h note "$REF" <<<"Verder werken?"

# A whole old copy is a journal too: only paper or the gateway tells
rm -rf "$H/casebook"
cp -r "$T/whole" "$H/casebook"
ok h note "$REF" <<<"Derde aantekening"
ok h --json verify
LATE=$(json "o['head']")
rm -rf "$H/casebook"
cp -r "$T/whole" "$H/casebook"
ok h verify
refused "none of this journal" h verify --head "$LATE"
ok h verify --head "$EARLY"
h verify --head 1234 2>"$T/err" && fail "a short head was taken"
ok h show "$REF"
grep -q "Tweede aantekening" "$T/out" || fail "the whole copy is not whole"
echo "ok: $N changes of $EVENTS events and $RECORDS records, each found;" \
	"an old copy found by the head on paper"
