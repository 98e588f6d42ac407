#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a deputy goes on without the coordinator's casebook: where the courier
# begins, when two people signed for exactly that; never by one, and not with
# what the gateway's chain lacks. The old machine turns read-only.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
three_people
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "een"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h backup "$STICK/b.age"
ok h export "$T/b"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "twee"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/b/outbound-1"
day=2026-11-28
ok "$FIX" cut "$T/gw" "$ORG" $day --applied "$T/b/outbound-1"
mkdir "$T/two" "$T/three" # what was not confirmed; and a courier that drops
cp -r "$T/gw"/manifest-[23].json* "$T/gw/envelopes" "$T/two"
cp -r "$T/gw"/manifest-3.json* "$T/gw/envelopes" "$T/three"
d() { desk "$D" $day "$@"; }

refused "manifest 1 is missing" d import "$T/two"
d import "$T/two" --start 2 --request "$T/ask" >"$T/out" 2>&1 &&
	fail "one person sufficed"
grep -q "Go on here with manifest 2, as tenure 2" "$T/out" || fail "not named"
ok desk "$S" $day approve --sign "$T/ask" --out "$T/signed"
for words in "Go on here with manifest 2" "Ga hier verder met lijst 2, "; do
	grep -q "$words" "$T/out" || fail "the second signs blindly"
done
ok d approve --take "$T/signed"
d import "$T/three" --start 3 >"$T/out" 2>&1 && fail "signed for 2, taken for 3"
ok d --json import "$T/two" --start 2
[ "$(json "o['first'],o['last'],o['reports'],o['no_key']")" = "(2, 3, 1, 0)" ] ||
	fail "not read: $(cat "$T/out")"
ok d backup "$STICK/d.age"
mkdir "$T/o2"
ok d export "$T/o2"
python3 - "$T/o2/outbound-1/outbound.json" <<'P' || fail "not above the old one"
import json, sys
o = json.load(open(sys.argv[1]))
sys.exit((o["tenure"], o["serial"] > 1, o["confirmed"]["serial"]) != (2, True, 3))
P
# All of the chain, as an old stick has it: no fork, nothing new
ok d --json import "$T/gw"
[ "$(json "o['replayed']")" = True ] || fail "an old stick"
ok d verify
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-29 --applied "$T/o2/outbound-1"
ok h import "$T/gw"
refused "another machine has taken over" h export "$T/c"
echo "ok: two people say where the chain goes on after a machine without a" \
	"backup; the tenure rises"
