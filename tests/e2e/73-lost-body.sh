#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a body that the gateway lost for good stops confirming until two
# people write exactly that one off; not by one, not in its first week, not
# what is on the stick. Then confirming goes on; it is counted, and read all
# the same if it ever comes while the key of its week lives, else told.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people
confirms() { # NUMBER FOLDER
	mkdir "$2"
	ok h export "$2"
	[ "$(python3 -c "import json
print(json.load(open('$2/outbound-1/outbound.json'))['confirmed']['serial'])")" \
		= "$1" ] || fail "an export does not confirm $1"
}
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "EEN"
ONE=$(cat "$T/out")
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "TWEE"
TWO=$(cat "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "DRIE"
THREE=$(cat "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-27
mv "$T/gw/envelopes/$ONE.age" "$T/gw/envelopes/$THREE.age" "$T"
day=2026-11-27
ok h --json import "$T/gw"
[ "$(json "o['reports'],o['missing'],o['overdue']")" = "(1, 2, [])" ] ||
	fail "not what is missing: $(cat "$T/out")"
off() { h import "$T/gw" --write-off "$@"; }
refused "may still come" off "$ONE"
mv "$T/$THREE.age" "$T/gw/envelopes"
ok h --json import "$T/gw"
ok h backup "$STICK/a.age"
confirms 0 "$T/o0"

# Seven days after the manifest that lists it; not what was read, not
# another, not by half a name, and not what is there
day=2026-12-03
ok h import "$T/gw"
grep -q "$ONE (of 2026-11-25, manifest 1) has not come for a week" "$T/err" ||
	fail "which one is not told: $(cat "$T/err")"
refused "waits for no such body" off "$TWO"
misused "first 16 characters" h import "$T/gw" --write-off "${ONE:0:15}"
misused "first 16 characters" off "${ONE:0:16}/"
mv "$T/$ONE.age" "$T/gw/envelopes"
refused "is on this stick" off "${ONE:0:16}"
mv "$T/gw/envelopes/$ONE.age" "$T"
guard S-TWO h import "$T/gw" --write-off "${ONE:0:16}" --request "$T/ask"
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
grep -q "Write off the body $ONE: 71866 bytes .*2026-11-25 .*manifest 1" \
	"$T/out" || fail "the second signs blindly: $(cat "$T/out")"
grep -q "Schrijf het bericht $ONE af: 71866 bytes,.*2026-11-25 .*lijst 1 " \
	"$T/out" || fail "in English only: $(cat "$T/out")"
guard S-TWO off "$ONE"
ok h approve --take "$T/signed"
ok off "$ONE" # and reads what there is
ok h --json list
[ "$(json "len(o['cases']),o['lost']")" = "(2, 1)" ] || fail "not counted"
ok h list
grep -q "1 bodies that the gateway lost" "$T/out" || fail "not told"
ok h --json import "$T/gw"
[ "$(json "o['missing'],o['overdue']")" = "(0, [])" ] || fail "still awaited"
ok h backup "$STICK/b.age"
confirms 2 "$T/o1"
ok off "$ONE" # again: nothing new, no second request
ok h --json approve
[ "$(json "[r['used'] for r in o if r['detail'][:5] == 'lost-']")" = "[True]" ] ||
	fail "asked for twice, or not used up: $(cat "$T/out")"
# One signature is for one body
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-12-03 --text "VIER"
FOUR=$(cat "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-03
mv "$T/gw/envelopes/$FOUR.age" "$T"
ok h import "$T/gw"
day=2026-12-10
guard S-TWO off "$FOUR"

# It turns up on another stick after all
mv "$T/$ONE.age" "$T/gw/envelopes"
ok h --json import "$T/gw"
[ "$(json "o['reports'],o['missing']")" = "(1, 1)" ] || fail "it is not read"
ok h --json list
[ "$(json "len(o['cases']),o['lost']")" = "(3, 0)" ] || fail "lost, and read"
ok h verify

# The other one on the page
page() {
	python3 "$(dirname "$0")/../desk/lost.py" "$1" "$BIN" "$H" "$PASS" \
		$day "$T/gw" "$FOUR" "$T/c" || exit 1
}
page ask
ok desk "$S" $day approve --sign "$T/gw/verzoek-lost-${FOUR:0:32}.txt" \
	--out "$T/c/signed"
page off
ok h --json list
[ "$(json "o['lost']")" = 1 ] || fail "the page writes off nothing"

# And comes when the key of its week is destroyed: told as that, every time,
# counted as before, and no longer as one that was for others
day=2026-12-14
ok "$FIX" cut "$T/gw" "$ORG" $day --closed 2026-W49
ok h import "$T/gw"
ok h backup "$STICK/c.age"
ok h --json import "$T/gw"
[ "$(json "o['weeks_destroyed'],o['too_late']")" = "(1, 0)" ] ||
	fail "its week does not end: $(cat "$T/out")"
mv "$T/$FOUR.age" "$T/gw/envelopes"
for i in 1 2; do
	ok h --json import "$T/gw"
	[ "$(json "o['too_late'],o['reports'],o['missing']")" = "(1, 0, 0)" ] ||
		fail "time $i: not told as too late: $(cat "$T/out")"
done
grep -q "1 bodies that were written off came after all, too late" "$T/err" ||
	fail "too late, and not in words: $(cat "$T/err")"
page late
ok h --json list
[ "$(json "len(o['cases']),o['lost']")" = "(3, 1)" ] ||
	fail "too late, and not counted as lost any more"
ok h verify
H=$T/back
ok h restore "$STICK/b.age"
ok h --json list
[ "$(json "o['lost']")" = 1 ] || fail "a backup forgets it"
echo "ok: what the gateway lost is written off by two people, by its name"
