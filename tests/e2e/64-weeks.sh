#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a week's key that did not die by itself ends after 26 weeks, by two
# people, with what is outstanding named; not before, not by one.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/s" 2026-11-24 holder request --keyset "$T/share/keyset.json" \
	--desk 1 --person secretaris --approver --out "$T/request.json"
ok desk "$H" 2026-11-24 holder add "$T/request.json"
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/s" 2026-11-24 keyset --accept "$T/share"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "een"
SHA=$(cat "$T/out")
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
mv "$T/gw/envelopes/$SHA.age" "$T/away"
ok desk "$H" 2026-11-25 import "$T/gw"
refused "26 weeks after its end" desk "$H" 2027-05-30 rotate \
	--destroy 2026-W48
refused "no key of that week" desk "$H" 2027-06-10 rotate --destroy 2025-W48
desk "$H" 2027-06-10 rotate --destroy 2026-W48 --request "$T/ask" \
	>"$T/out" 2>&1 && fail "one person sufficed"
grep -q "has NOT closed the week; 1 of 1 listed bodies" "$T/out" ||
	fail "what is outstanding is not named"
ok desk "$T/s" 2027-06-10 approve --sign "$T/ask" --out "$T/signed"
grep -q "1 of 1 listed bodies" "$T/out" || fail "the second signs blindly"
grep -q "de server heeft de week NIET gesloten; 1 van 1 " "$T/out" ||
	fail "in English only"
ok desk "$H" 2027-06-10 approve --take "$T/signed"
exec 9<"$H/keyring.age" # the blocks of it, when its name is another's
ok desk "$H" 2027-06-10 rotate --destroy 2026-W48
[ "$(tr -d '\0' <&9 | wc -c)" = 0 ] || fail "the old keyring is still there"
exec 9<&-
ok desk "$H" 2027-06-10 --json keyset calendar
[ "$(json "[w['here'] for w in o['weeks'] if w['week']=='2026-W48']")" = \
	"['destroyed']" ] || fail "the calendar does not say so"
ok desk "$H" 2027-06-10 rotate --destroy 2026-W48
grep -q "was destroyed here before" "$T/out" || fail "a second ending"
echo "ok: an old week's key ended by two people, never by one or by date"
