#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what goes wrong at the desk is told on its page, in words, and
# changes nothing: a stick with changed, missing or no messages, one that is
# full, a gateway that lies; an import that was cut off (no text, no act until
# it is done); a damaged message and journal; cases that a search could not
# read (here on the command line too); a form that asks for what cannot be; a
# clock of years ago; a deputy who could not take over.
# And what goes right: a backup with attachments, and the export it confirms.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
EDIT=$BUILD/bin/journal_edit
[ -x "$EDIT" ] || { echo "skip: journal_edit is not built"; exit 77; }
found
H=$T/home
day=2026-11-25
ok "$FIX" outbound "$ORG"
for n in 1 2; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
		--text "Verhaal nummer $n" --new-code "$T/code$n" \
		--attach "$PASS"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok h import "$T/gw"
ok h --json list
REFS=$(json "' '.join(sorted(c['ref'] for c in o['cases']))")

# Sticks: one message changed, one missing, one that is full, one empty
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "Nummer 3" \
	--new-code "$T/code3"
LATE=$(tail -n 1 "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
cp -r "$T/gw" "$T/edited"
cp -r "$T/gw" "$T/missing"
printf x | dd of="$T/edited/envelopes/$LATE.age" bs=1 seek=9000 conv=notrunc \
	status=none
rm "$T/missing/envelopes/$LATE.age"
mkdir "$T/empty" "$T/full" "$T/stick" "$T/own"
if mount -t tmpfs -o size=64k none "$T/full" 2>/dev/null; then
	head -c 64k /dev/zero >"$T/full/other"
	trap 'umount -l "$T/full"; cleanup' EXIT
	FULL_STICK=$T/full
else
	echo "weaker: no tmpfs can be mounted, no full stick"
fi
told() {
	# shellcheck disable=SC2086 # two references
	python3 "$(dirname "$0")/told.py" "$1" "$BIN" "$H" "$PASS" $day "$T" \
		"$STICK" "${FULL_STICK:-}" $REFS || exit 1
}
told sticks
told forms
# Who is to stand in, without a note and with one
ok h keyset --publish "$T/share"
ok desk "$T/deputy" $day holder request --desk 1 --person deputy \
	--keyset "$T/share/keyset.json" --out "$T/request"
cp -r "$H" "$T/two"
ok desk "$T/two" $day holder add "$T/request"
ok desk "$T/two" $day keyset --publish "$T/share2"
ok desk "$T/deputy" $day keyset --accept "$T/share2"
ok desk "$T/deputy" $day takeover --note "$T/heir"
H=$T/two told deputy
ok desk "$T/two" $day takeover --deputy "$T/heir"
H=$T/two told stands_in
day=2010-01-04 told clock
day=2027-11-24 told renew
SOFT_ROOM=900 told room
SOFT_ROOM=900 h list >/dev/null 2>"$T/err"
grep -q "has room for 900 more cases" "$T/err" || fail "it does not say that it fills"
ok h list
grep -q "has room for" "$T/err" && fail "it says that it is full too early"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25 --applied "$ORG" --serial 99999999
told lies

# Cut off while it reads, then read whole on the page
ok "$FIX" junk "$T/gw" 60 2026-11-25
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
killed envelopes 40 "$BIN" --home "$H" --passphrase-file "$PASS" \
	--today $day import "$T/gw"
told cut
# A file of a case that is gone is told by no record, only by reading all
cp -r "$H" "$T/lost"
ls "$T/lost/attachments" | grep -q . || fail "no case has a file"
rm "$T/lost/attachments/"*
H=$T/lost told missing

# Every record is one of another case: what is read is not what was written.
# One by one first: a search finds the others and names whom it cannot read
search() { # WORD EXPRESSION VALUE
	h --json search <<<"$1" >"$T/out" || fail "search $1"
	[ "$(json "$2")" = "$3" ] || { cat "$T/out"; fail "search $1: not $3"; }
}
ok h --json list # the cases of the stick too, which hold another word
ALL=$(json "' '.join(sorted(c['ref'] for c in o['cases']))")
search VERHAAL "' '.join(sorted(o['found']))" "$REFS"
search Verhalen "o['found']+o['not_searched']" "[]"
refused "at least 2" h search <<<"V"
RECORDS=$("$EDIT" "$H" records count)
for i in $(seq 0 $((RECORDS - 1))); do
	ok "$EDIT" "$H" records edit "$i"
	search verhaal "set('$REFS'.split())-set(o['found']+o['not_searched'])" \
		"set()"
	json "' '.join(o['not_searched'])" >>"$T/missed"
	ok "$EDIT" "$H" records edit "$i" # the same bit: as it was
done
for ref in $ALL; do
	grep -qx "$ref" "$T/missed" || fail "$ref is never named as unread"
done
for i in $(seq 0 $((RECORDS - 1))); do
	ok "$EDIT" "$H" records edit "$i"
done
h search <<<"verhaal" >"$T/out" || fail "a search of what is damaged"
for ref in $ALL; do
	grep -q "^NOT searched whole.* $(wc -w <<<"$ALL") case(s):.* $ref (" "$T/out" ||
		{ cat "$T/out"; fail "$ref is not named"; }
done
told damaged
# An export says which case it cannot read
for i in $(seq 0 $((RECORDS - 1))); do
	ok "$EDIT" "$H" records edit "$i" # as it was
done
ok h acknowledge "${REFS%% *}"
ok h note "${REFS%% *}" <<<"Een notitie"
RECORDS=$("$EDIT" "$H" records count)
# Of one that is damaged the place is named, and the rest of the case shown
for i in $(seq 0 $((RECORDS - 1))); do
	ok "$EDIT" "$H" records edit "$i"
	h --json show "${REFS%% *}" >"$T/out" 2>"$T/err"
	if [ "$(json "'unreadable' in o['in'][0]")" = True ]; then
		cp -r "$H" "$T/partly" # an extract adds a record
		H=$T/partly told partly
	fi
	ok "$EDIT" "$H" records edit "$i" # as it was
done
[ -d "$T/partly" ] || fail "no record hides the first message"
for i in $(seq 0 $((RECORDS - 1))); do
	ok "$EDIT" "$H" records edit "$i"
done
ok h export "$T/stick"
grep -q "answers of case ${REFS%% *} are left out" "$T/err" ||
	fail "the case is not named: $(cat "$T/err")"
told left
echo "ok: told, and nothing changed"
