#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every holder of today can close the channel with the revocation that
# is on their machine, and the safe's can be printed anew; one that would not
# be delivered is refused, not stored.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
deputy() { desk "$D" $day "$@"; }
anew() { desk "$T/h2" $day "$@"; }
closes() { # HOME STICK: the gateway takes its bundle, and that is the end
	ok desk "$1" $day export "$2"
	grep -q "closes the channel" "$T/out" || fail "$1 closes nothing"
	ok "$FIX" outbound "$2"/outbound-*
}
mkdir "$T/d" "$T/e"
# Of the first day: it names one key. The deputy came later
FIRST=$T/first.note
ok desk "$T/early" 2026-11-24 init --batch --organisation "Gemeente Ander"
cp "$T/early/public/revocation.note" "$T/strange.note"
ok desk "$T/early" $day keyset --publish "$T/early.d"
cp "$T/early.d/revocation.note" "$FIRST"
cmp -s "$FIRST" "$T/strange.note" || fail "it is not published"
ok desk "$T/late" $day holder request --desk 1 --person deputy \
	--keyset "$T/early.d/keyset.json" --out "$T/q"
ok desk "$T/early" $day holder add "$T/q"
ok desk "$T/early" $day keyset --publish "$T/early.d"
cp "$T/early.d/revocation.note" "$T/second.note"
ok desk "$T/late" $day keyset --accept "$T/early.d"
refused "of before your key" desk "$T/late" $day revoke --note "$FIRST"
# what another stick has in its place is not taken: an old one, a stranger's
for other in "$FIRST" "$H/public/revocation.note" "$PASS"; do
	cp "$other" "$T/early.d/revocation.note"
	ok desk "$T/late" $day keyset --accept "$T/early.d"
	cmp -s "$T/late/public/revocation.note" "$T/second.note" ||
		fail "$other took the place of the newest"
done
refused "no revocation" desk "$T/late" $day revoke --note "$PASS"
refused "of another organisation" desk "$T/late" $day revoke --note \
	"$H/public/revocation.note"

# Both desks and the deputy, each on a machine of their own
for home in "$D" "$S"; do
	cp -r "$home" "$T/copy"
	ok desk "$T/copy" $day revoke --stored
	closes "$T/copy" "$T/d"
	rm -rf "$T/copy" "$T/d"
	mkdir "$T/d"
done

# The coordinator's key is replaced: what the old machine had is of before it
ok h holder rekey --all --to "$T/h2"
refused "of before your key" anew revoke --stored
ok anew holder request --out "$T/q2"
ok h holder replace "$T/q2"
ok h keyset --publish "$T/s3"
cp "$T/s3/revocation.note" "$T/newest"
rm "$T/s3/revocation.note"
ok anew keyset --accept "$T/s3"
refused "does not name coordinator" anew revoke --print "$T/safe.html"
cp "$T/newest" "$T/s3/revocation.note"
ok anew keyset --accept "$T/s3"
misused "use: revoke" anew revoke --print "$T/safe.html" --language fr
ok anew revoke --print "$T/safe.html" --language en
grep -q "Revocation, signed in advance" "$T/safe.html" || fail "no sheet"
[ "$(grep -o "<svg" "$T/safe.html" | wc -l)" = 1 ] || fail "not one code"
# It is for when things are broken: all it needs is the revocation itself
echo "{" >"$T/h2/ceremony.json"
ok anew revoke --print "$T/broken.html" --language en
cmp "$T/safe.html" "$T/broken.html" || fail "another sheet"
grep -q "ceremony.json is damaged" "$T/err" || fail "not told"
rm "$T/h2/ceremony.json" "$T/h2/public/revocation.note"
refused "public/revocation.note cannot .*keyset --accept" anew revoke \
	--print "$T/none.html"
ok anew keyset --accept "$T/s3"
ok anew revoke --print "$T/back.html" --language en
cmp "$T/safe.html" "$T/back.html" || fail "it did not come back"
ok cp -r "$T/h2" "$T/copy"
ok anew revoke --note "$T/newest"
closes "$T/h2" "$T/e"

# With more holders than one code has room for
for to in 1 1 2 2 2 3 3 3 3 4 4; do
	n=$((${n:-0} + 1))
	ok desk "$T/more" $day holder request --desk $to \
		--person "with-a-long-name-number-$n" --keyset "$T/s3/keyset.json" \
		--out "$T/q$n.json"
	ok h holder add "$T/q$n.json"
	rm -rf "$T/more"
done
ok h revoke --print "$T/long.html"
[ "$(grep -o "<svg" "$T/long.html" | wc -l)" = 2 ] || fail "not two codes"
grep -q "Meer dan" "$T/long.html" || fail "their order is not told"
echo "ok: the newest revocation is on each machine and on paper, and closes" \
	"the channel from there"
