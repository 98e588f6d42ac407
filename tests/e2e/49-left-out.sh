#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a record that cannot be read, whichever it is, hides nothing else: all
# that is readable of its case is shown and extracted. It stops no export: the
# case is named, the others' answers go, and what could not go with a bundle
# does not count as posted when the gateway applied it.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
EDIT=$BUILD/bin/journal_edit
[ -x "$EDIT" ] || { echo "skip: journal_edit is not built"; exit 77; }
found
H=$T/home
day=2026-11-25
for n in 1 2; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
		--text "Verhaal $n" --new-code "$T/code$n"
	ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
	ok h import "$T/gw"
	ok h --json list
	REF[n]=$(json "[c['ref'] for c in o['cases'] if c['ref'] != '${REF[1]:-}'][0]")
	ok h acknowledge "${REF[n]}"
	ok h reply "${REF[n]}" --kind question <<<"Vraag aan $n"
done
mkdir "$T/stick"
# Each record in turn: both cases have a first message and two answers
whole=0 first=0 one=0
for i in $(seq 0 $(($("$EDIT" "$H" records count) - 1))); do
	ok "$EDIT" "$H" records edit "$i"
	ok h export "$T/stick"
	case $(grep -c "are left out" "$T/err") in
	0) whole=$((whole + 1)) ;;
	1) for n in 1 2; do
		ok "$FIX" read "$T/stick/outbound-1" 1 "$T/code$n"
		GOT[n]=$(sed -n 's/.*replies=\([0-9]\).*/\1/p' "$T/out")
	done
	case ${GOT[*]} in
	"2 0" | "0 2") first=$((first + 1))
		HIT=$((GOT[1] == 0 ? 1 : 2)) ;;
	"2 1" | "1 2") one=$((one + 1)) ;;
	*) fail "record $i: ${GOT[*]} replies" ;;
	esac ;;
	*) fail "one record in two cases: $(cat "$T/err")" ;;
	esac
	ok "$EDIT" "$H" records edit "$i" # the same bit: as it was
done
[ "$first $one" = "2 4" ] || fail "$first messages, $one answers, $whole others"

# What a bundle had to leave out is not posted by it, but by the next
applied() { # REPLIES OF THE CASE, OF THE OTHER: posted
	ok "$FIX" cut "$T/gw" "$ORG" "$day" --applied "$T/stick/outbound-1"
	ok h import "$T/gw"
	ok h --json list
	[ "$(json "[[c['replies_posted'] for c in o['cases'] if c['ref'] == r][0]
		for r in ('${REF[HIT]}', '${REF[3 - HIT]}')]")" = "[$1, $2]" ] ||
		fail "posted: $(json "o['cases']")"
}
flip() { # true|false: can the first message of the case be read?
	local i
	for i in $(seq 0 $(($("$EDIT" "$H" records count) - 1))); do
		ok "$EDIT" "$H" records edit "$i"
		h --json show "${REF[HIT]}" >"$T/out" 2>"$T/err"
		[ "$?$(json "'unreadable' in o['in'][0]")" != \
			"$([ "$1" = true ] && echo 0False || echo 1True)" ] ||
			return
		ok "$EDIT" "$H" records edit "$i"
	done
	fail "no record makes it $1"
}
ok h reply "${REF[HIT]}" --kind message <<<"In geen bundel nog"
for text in "Nummer twee" "Nummer drie"; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --kind \
		follow_up --code "$T/code$HIT" --text "$text" --attach "$PASS"
	ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
	ok h import "$T/gw"
	[ -n "${FILE:-}" ] || FILE=$(ls "$H"/attachments/*.bin)
done
mv "$FILE" "$T/gone"
flip false
# Only that is missing where the case is read
[ "$(json "len(o['out']), [a for a in o['out'] if 'unreadable' in a]")" = \
	"(3, [])" ] || fail "it hid the answers: $(cat "$T/out")"
grep -q "1 part(s) of case ${REF[HIT]} cannot be read" "$T/err" || fail "no count"
h show "${REF[HIT]}" >"$T/out" 2>"$T/err" && fail "no exit status"
grep -q "CANNOT BE READ" "$T/out" || fail "the place is not named"
grep -q "In geen bundel nog" "$T/out" || fail "it hid the words"
h extract "${REF[HIT]}" --to "$T/x" >/dev/null 2>"$T/err" &&
	fail "an extract does not say what is missing"
grep -q "m01: CANNOT BE READ" "$T/x/message.txt" || fail "not named"
grep -q "m02-attachment-01: CANNOT BE READ" "$T/x/message.txt" ||
	fail "a file that is not there is not named"
grep -q "Nummer drie" "$T/x/message.txt" && cmp -s "$PASS" \
	"$T/x/m03-attachment-01."* || fail "it hid the next message"
grep -q "^meldluik-decryptor: 2 message(s) or attachment(s)" "$T/err" ||
	fail "no count: $(cat "$T/err")"
mv "$T/gone" "$FILE"
ok h --json export "$T/stick"
grep -q "case ${REF[HIT]} are left out" "$T/err" || fail "another is named"
[ "$(json "o['left_out'], o['replies']")" = "(1, 2)" ] || fail "not counted"
flip true
applied 0 2
day=2026-11-26
ok h --json export "$T/stick"
[ "$(json "o['left_out'], o['replies']")" = "(0, 5)" ] || fail "still left out"
applied 3 2
# So with rows of no case
for n in 1 2; do
	ok h enter activity --kind "Voorlichting $n" <<<""
done
unread=0
for i in $(seq 0 $(($("$EDIT" "$H" records count) - 1))); do
	ok "$EDIT" "$H" records edit "$i"
	h --json enter list >"$T/out" 2>"$T/err"
	[ "$?$(json "len(o), len([r for r in o if 'unreadable' in r])")" = \
		"0(2, 0)" ] || unread=$((unread + 1))
	grep -q "1 row(s) cannot be read" "$T/err" && [ "$(json "len([r for r in
		o if 'unreadable' in r])")" = 1 ] && unread=$((unread + 10))
	ok "$EDIT" "$H" records edit "$i"
done
[ $unread = 22 ] || fail "rows: $unread"
echo "ok: $first first messages, $one answers and $whole other records" \
	"damaged in turn, and every export went"
