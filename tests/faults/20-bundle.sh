#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: an inbound bundle cannot lie: edited, reordered, replayed, rolled back,
# forked, cut and partial bundles are named, and nothing is lost by any.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
I="desk $H 2026-11-26 import"

"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "een" \
	--new-code "$T/c1" >"$T/sha1"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
cp -r "$T/gw" "$T/gw1"
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "twee" \
	--new-code "$T/c2" >"$T/sha2"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "drie" \
	--new-code "$T/c3" >"$T/sha3"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
SHA2=$(cat "$T/sha2")
cases() {
	ok desk "$H" 2026-11-26 --json list
	json "len(o['cases'])"
}

# Not one of these may be taken in, and none may leave anything behind
bad() {
	rm -rf "$T/b"
	cp -r "$T/gw" "$T/b"
}
bad
sed -i 's/"day":"2026-11-25"/"day":"2026-11-26"/' "$T/b/manifest-2.json"
refused "edited" $I "$T/b"
bad
sed -i 's/^trusted comment: .*/trusted comment: meldluik inbound/' \
	"$T/b/manifest-2.json.minisig"
refused "edited" $I "$T/b"
bad
rm "$T/b/manifest-2.json.minisig"
refused "no signature" $I "$T/b"
bad
mv "$T/b/manifest-2.json" "$T/b/x"
mv "$T/b/manifest-2.json.minisig" "$T/b/y"
mv "$T/b/manifest-3.json" "$T/b/manifest-2.json"
mv "$T/b/manifest-3.json.minisig" "$T/b/manifest-2.json.minisig"
mv "$T/b/x" "$T/b/manifest-3.json"
mv "$T/b/y" "$T/b/manifest-3.json.minisig"
refused "reordered or replayed" $I "$T/b"
bad
rm "$T/b"/manifest-2.*
refused "manifest 2 is missing" $I "$T/b"
bad
rm "$T/b"/manifest-1.*
refused "manifest 1 is missing" $I "$T/b"
bad
truncate -s 100 "$T/b/manifest-3.json"
refused "manifest 3" $I "$T/b"
# Signed by another gateway
"$FIX" new "$T/other" >/dev/null
cp "$T/gw1/head" "$T/other/"
ok "$FIX" cut "$T/other" "$ORG" 2026-11-25
bad
cp "$T/other"/manifest-2.* "$T/b/"
refused "another gateway" $I "$T/b"
rm -rf "$T/b"
mkdir "$T/b"
refused "no manifest" $I "$T/b"
refused "is the stick in" $I "$T/nowhere"
[ "$(cases)" = 0 ] || fail "a refused bundle left something behind"

# A body that is not what is listed: named, not read, read later
bad
printf 'x' | dd of="$T/b/envelopes/$SHA2.age" bs=1 seek=70000 conv=notrunc \
	2>/dev/null
refused "EDITED" $I "$T/b"
[ "$(cases)" = 2 ] || fail "the other bodies were not read"
ok desk "$H" 2026-11-26 --json export "$T/o" --confirm-without-backup
[ "$(json "o['confirmed']")" = 1 ] || fail "confirmed past an edited body"
# A partial bundle: the body is missing altogether
rm "$T/b/envelopes/$SHA2.age"
ok desk "$H" 2026-11-26 --json import "$T/b"
[ "$(json "o['missing']")" = 1 ] || fail "the missing body is not named"
ok desk "$H" 2026-11-26 --json import "$T/gw"
[ "$(json "o['reports'],o['missing']")" = "(1, 0)" ] || fail "not read later"
[ "$(cases)" = 3 ] || fail "a report was lost"
# Replayed: the same stick again changes nothing
ok desk "$H" 2026-11-26 --json import "$T/gw"
[ "$(json "o['replayed'],o['reports']")" = "(True, 0)" ] || fail "replay"
[ "$(cases)" = 3 ] || fail "a replay made a case"
# Rolled back: an old stick, or a gateway that went back
refused "ROLLED BACK" $I "$T/gw1"
# Forked: the gateway signed another second manifest
ok "$FIX" cut "$T/gw1" "$ORG" 2026-11-26
ok "$FIX" cut "$T/gw1" "$ORG" 2026-11-26
ok "$FIX" cut "$T/gw1" "$ORG" 2026-11-26
refused "FORK" $I "$T/gw1"
rm "$T/gw1"/manifest-[123].*
refused "FORK" $I "$T/gw1"
# A link instead of a body or a manifest is not followed
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "vier" >"$T/sha4"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26
bad
mv "$T/b/envelopes/$(cat "$T/sha4").age" "$T/away"
ln -s "$T/away" "$T/b/envelopes/$(cat "$T/sha4").age"
ok desk "$H" 2026-11-26 --json import "$T/b"
[ "$(json "o['missing']")" = 1 ] || fail "a link was followed"
ok desk "$H" 2026-11-26 --json import "$T/gw"
[ "$(cases)" = 4 ] || fail "a report was lost"
# Same code, other text: a conflict, shown; the same again: a duplicate;
# another organisation: set aside
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "anders" \
	--code "$T/c1" >/dev/null
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "een" \
	--code "$T/c1" >/dev/null
"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "vreemd" \
	--foreign 1 >/dev/null
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26
ok desk "$H" 2026-11-26 --json import "$T/gw"
[ "$(json "o['conflicts'],o['duplicates'],o['foreign'],o['reports']")" = \
	"(1, 1, 1, 0)" ] || { cat "$T/out"; fail "conflict, duplicate, foreign"; }
ok desk "$H" 2026-11-26 --json verify
echo "ok: 15 lies of a bundle named, nothing lost, replay harmless"
