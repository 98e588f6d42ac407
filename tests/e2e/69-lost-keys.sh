#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a machine whose week keys were lost (restored, replaced) takes no
# report that was sealed to them for another desk's: it is not read and not
# confirmed, in the order that `restore` prints. The deputy reads it; two
# people write a closed week off; what came after the new keys were published
# is told apart again.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people
confirmed() { # FOLDER: what an export to it confirms
	mkdir "$1"
	ok h export "$1"
	CONFIRMED=$(python3 -c "import json
print(json.load(open('$1/outbound-1/outbound.json'))['confirmed']['serial'])")
}
OLD=$ORG
ok h backup "$STICK/b.age"
# W48, after the backup; and one of desk 2, which nobody here can tell from it
ok "$FIX" seal "$T/gw" "$OLD" --desk 1 --day 2026-11-25 --text "GEHEIM"
ok "$FIX" seal "$T/gw" "$OLD" --desk 2 --day 2026-11-25 --text "voor twee"
ok "$FIX" cut "$T/gw" "$OLD" 2026-11-26

# The machine dies. Restore, rotate, import, export, as it says
day=2026-11-26
rm -rf "$H"
H=$T/new
ok h restore "$STICK/b.age"
ok h rotate
ok h --json import "$T/gw"
[ "$(json "o['reports'],o['no_key'],o['damaged']")" = "(0, 2, 0)" ] ||
	fail "taken for not ours: $(cat "$T/out")"
grep -q "another holder of the desk must read them" "$T/err" || fail "not told"
ok h backup "$STICK/c.age"
confirmed "$T/o1"
[ "$CONFIRMED" = 0 ] || fail "confirmed $CONFIRMED: the gateway would erase it"
ok desk "$D" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 0)" ] ||
	fail "the deputy does not read it"

# The new keys are live from 1 December. A page that was open still seals to
# an old one in that week and its grace; later nobody does
ORG=$T/o1/outbound-1
ok "$FIX" seal "$T/gw" "$OLD" --desk 1 --day 2026-12-01 --text "OUDE PAGINA"
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-01 --applied "$ORG"
day=2026-12-01
ok h --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(0, 3)" ] || fail "an open page"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-12-16 --text "nieuw"
ok "$FIX" seal "$T/gw" "$ORG" --desk 2 --day 2026-12-16 --text "voor twee"
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-16 --applied "$ORG" --closed 2026-W48
day=2026-12-16
ok h --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 3)" ] ||
	fail "old and new keys are not told apart: $(cat "$T/out")"

# Two people write W48 off, which the gateway closed; W49 it did not yet
refused "once the gateway closed it" h rotate --destroy 2026-W49
h rotate --destroy 2026-W48 --request "$T/ask" >"$T/out" 2>&1 &&
	fail "one person sufficed"
grep -q "2 of 2 listed bodies.*2 of them perhaps under a key that was lost" \
	"$T/out" || fail "what is written off is not named: $(cat "$T/out")"
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
ok h approve --take "$T/signed"
ok h rotate --destroy 2026-W48
ok h --json import "$T/gw"
[ "$(json "o['no_key']")" = 1 ] || fail "written off, and asked for again"
ok h backup "$STICK/d.age"
confirmed "$T/o2"
[ "$CONFIRMED" = 1 ] || fail "W48 is written off, and $CONFIRMED confirmed"
ok h rotate --destroy 2026-W48
grep -q "was destroyed here before" "$T/out" || fail "written off twice"

# Who takes over has keys of their own: nothing is lost for them
ok desk "$D" $day takeover --note "$T/d.note"
ok h takeover --deputy "$T/d.note"
ok h backup "$STICK/e.age"
# but the week was written off, and what she read in it is hers alone: not
# without a word
misused "use: takeover" desk "$D" $day takeover --note "$T/n" --leave-own
ok desk "$D" $day --json list
OWN=$(json "o['cases'][0]['ref']")
refused "what the backup lacks ($OWN)" desk "$D" $day takeover \
	"$STICK/e.age.deputy"
ok desk "$D" $day show "$OWN"
grep -q GEHEIM "$T/out" || fail "what she read is gone by a refusal"
ok desk "$D" $day takeover --leave-own "$STICK/e.age.deputy"
ls "$D" | grep before && fail "a casebook without a key stays"
ok desk "$D" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 0)" ] ||
	fail "the deputy does not read on: $(cat "$T/out")"

# A new machine for the secretary, in the place of hers: as a restored one
ok h keyset --publish "$T/share3"
S=$T/sec2
ok desk "$S" $day holder request --desk 2 --person secretaris \
	--keyset "$T/share3/keyset.json" --out "$T/r3.json"
ok h holder replace "$T/r3.json"
ok h keyset --publish "$T/share3"
ok desk "$S" $day keyset --accept "$T/share3"
ok desk "$S" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(0, 5)" ] ||
	fail "a new machine took them for not ours: $(cat "$T/out")"
# and one that opens says that the gateway has the new keys
mkdir "$T/o3"
ok h export "$T/o3"
ORG=$T/o3/outbound-1
ok "$FIX" seal "$T/gw" "$ORG" --desk 2 --day 2026-12-17 --text "weer"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2027-01-05 --text "ander"
ok "$FIX" cut "$T/gw" "$ORG" 2027-01-05
day=2027-01-05
ok desk "$S" $day --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 5)" ] ||
	fail "the new machine does not go on: $(cat "$T/out")"
echo "ok: what only a lost key opens is kept at the gateway until another" \
	"holder reads it or two people write it off"
