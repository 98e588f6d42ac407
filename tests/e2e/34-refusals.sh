#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the reporter's program does not do, it says in words that help,
# and leaves nothing behind: texts, desks, roles, codes and files that cannot
# be, a keyset and a sealed message that were changed.
. "$(dirname "$0")/../decryptor/lib.sh"
R=$BUILD/bin/meldluik-reporter
[ -x "$R" ] && [ -x "$BUILD/bin/fixture" ] && [ -x "$BUILD/bin/orgtool" ] ||
	{ echo "skip: not built"; exit 77; }
ORG=$T/org
ok "$FIX" new "$T/gw"
ok "$BUILD/bin/fixture" "$ORG" --gateway-card "$T/gw/card.json" --desks 2 \
	--today "$(TZ=Europe/Amsterdam date +%F)"
echo "Er is iets." >"$T/text"
: >"$T/empty"
printf 'a\377b' >"$T/bytes"
head -c 50000 /dev/zero | tr '\0' a >"$T/long"
says() { # EXIT TEXT ARGUMENT...
	turned "$1" "$2" "$R" --keyset "$ORG" "${@:3}"
	[ ! -e "$T/sealed" ] || fail "a file was left: ${*:3}"
	N=$((N + 1))
}
N=0
seal() { # EXIT TEXT [OPTION...]: with these, nothing is sealed
	says "$1" "$2" --no-mailbox --out "$T/sealed" "${@:3}" seal
}
some="--desk 1 --text $T/text"
# shellcheck disable=SC2086 # words
{
	seal 2 "give --text FILE" --desk 1
	seal 2 "is empty or no UTF-8 text" --desk 1 --text "$T/empty"
	seal 2 "is empty or no UTF-8 text" --desk 1 --text "$T/bytes"
	seal 1 "longer than 48 KiB" --desk 1 --text "$T/long"
	seal 1 "there is no desk 9" --desk 9 --text "$T/text"
	seal 1 'there is no such role: "niemand"' --text "$T/text" \
		--about niemand
	grep -q "  coordinator  " "$T/err" || fail "the roles are not listed"
	seal 2 'there is no "neef"' $some --relation neef --language en
	grep -q "  former  *former employee" "$T/err" &&
		[ "$(grep -c "^meldluik-reporter:   " "$T/err")" = 7 ] ||
		fail "relations are not listed: $(cat "$T/err")"
	seal 2 'no "a<U+001B>\[31mb<U+202E>' $some --relation \
		$'a\e[31mb\u202e'"$(printf 'x%.0s' $(seq 99))"
	grep -q "x\{41\}" "$T/err" && fail "all of a long word is said again"
	seal 2 'there is no question "waarom"' $some --answer "waarom=$T/text"
	grep -q ":   how_known" "$T/err" || fail "the questions are not listed"
	seal 1 "answer what: is given twice" $some --answer "what=$T/text"
	seal 1 "answer when: " $some --answer "when=$T/none"
	seal 2 'such as nl or en, not "Nederlands!"' $some --language Nederlands!
	seal 2 'number from 1 to 63, not "tien"' --desk tien
	seal 2 '--tries takes a number from 1 to 1000, not "0"' $some --tries 0
	says 2 'receipt FILE, not "paginas"' verify paginas
	says 2 'not "zz"' --out "$T/sealed" --text "$T/text" \
		--last-reply zz follow-up
	seal 2 "is not a file that can be read" $some --attach "$T/none"
	seal 2 "is not a file that can be read" $some --attach "$T"
	says 2 "seal needs --out FILE" --no-mailbox $some seal
	says 2 "send needs --gateway URL" $some send
	says 2 "check needs --gateway URL" check
	says 2 "there is no verb" $some lees
	says 1 "is not a sealed message" --gateway http://127.0.0.1:1 \
		send "$T/text"
}
# What a verb would drop without a word
G="--gateway http://127.0.0.1:1"
for lost in "--text $T/text" "--attach $T/text" "--about coordinator" --advice \
	"--relation employee" "--language en" "--desk 1" --no-mailbox \
	"--answer a=$T/text" "--code-file $T/text"; do
	# shellcheck disable=SC2086 # words
	says 2 "send FILE does not take ${lost%% *}; nothing was done" $G $lost \
		send "$T/text"
done
# shellcheck disable=SC2086 # words
{
	says 2 "seal does not take --last-reply" $some --out "$T/sealed" \
		--last-reply zz seal
	says 2 "check does not take --text" $G --text "$T/text" check
	says 2 "follow-up does not take --about" $G --about coordinator follow-up
	says 2 "withdraw does not take --advice" $G --advice withdraw
	says 2 "verify does not take --attach" $G --attach "$T/text" verify keyset
}
# A desk that must not read it, as these two have of themselves
ok "$BUILD/bin/orgtool" make "$T/two" "$(TZ=Europe/Amsterdam date +%F)"
for who in "1 coordinator" "2 gemeentesecretaris"; do
	turned 1 "must not read a report about that person" "$R" \
		--keyset "$T/two/v1" --no-mailbox --out "$T/sealed" \
		--desk "${who% *}" --about "${who#* }" --text "$T/text" seal
	[ ! -e "$T/sealed" ] || fail "sealed to whom it is about"
done
ok "$R" --keyset "$T/two/v1" --no-mailbox --out "$T/sealed" --desk 2 \
	--about coordinator --text "$T/text" seal
rm "$T/sealed" || fail "nothing is sealed to a desk that may read it"
# A keyset that was changed on its way
cp -r "$ORG" "$T/changed"
sed -i -E 's|("organisation":").|\1X|' "$T/changed/keyset.json"
cmp -s "$ORG/keyset.json" "$T/changed/keyset.json" && fail "nothing changed"
turned 1 "signature is wrong. Do not send" "$R" --keyset "$T/changed" \
	--no-mailbox --out "$T/sealed" --desk 1 --text "$T/text" seal
turned 1 "not the one you gave. Do not send" "$R" --keyset "$ORG" \
	--fingerprint AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA \
	--no-mailbox --out "$T/sealed" --desk 1 --text "$T/text" seal
[ ! -e "$T/sealed" ] || fail "sealed to keys that are not the organisation's"
# and one that is good: the same words seal
ok "$R" --keyset "$ORG" --no-mailbox --out "$T/sealed" --desk 1 \
	--text "$T/text" seal
[ -s "$T/sealed" ] || fail "nothing is sealed"
echo "ok: $((N + 4)) refusals, each in words, and nothing left behind"
