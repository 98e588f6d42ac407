#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a record that cannot be read, whichever it is, stops no export: the
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
		h show "${REF[HIT]}" >/dev/null 2>"$T/err"
		case $?$(grep -c "a message cannot be opened" "$T/err")$1 in
		00true | 11false) return ;;
		esac
		ok "$EDIT" "$H" records edit "$i"
	done
	fail "no record makes it $1"
}
ok h reply "${REF[HIT]}" --kind message <<<"In geen bundel nog"
flip false
ok h --json export "$T/stick"
grep -q "case ${REF[HIT]} are left out" "$T/err" || fail "another is named"
[ "$(json "o['left_out'], o['replies']")" = "(1, 2)" ] || fail "not counted"
flip true
applied 0 2
day=2026-11-26
ok h --json export "$T/stick"
[ "$(json "o['left_out'], o['replies']")" = "(0, 5)" ] || fail "still left out"
applied 3 2
echo "ok: $first first messages, $one answers and $whole other records" \
	"damaged in turn, and every export went"
