#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the ceremony on a terminal, interrupted and resumed, ends with the
# identity key on paper only, proven; the keyset then changes with k sheets
# and with nothing less.
. "$(dirname "$0")/../decryptor/lib.sh"
for tool in chromium zbarimg convert age python3; do
	command -v $tool >/dev/null || { echo "skip: no $tool"; exit 77; }
done
ok "$FIX" new "$T/gw"
ok python3 "$HERE/tests/decryptor/ceremony_person.py" "$BIN" "$T"
cp "$T/words" "$PASS"
H=$T/home
ok desk "$H" 2026-11-24 --json keyset
[ "$(json "len(o['weeks'])")" = 26 ] || fail "not 26 weeks"
# An employer's, as was said at last
ok desk "$H" 2026-11-24 desk show
grep -q "^Desk 1  " "$T/out" || fail "no desk"
grep -q "^Desk 1  intake " "$T/out" && fail "an authority's"

# The identity left the keyring, as others' programs see it
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d \
	-o "$T/k.tar" "$H/keyring.age"
tar -xOf "$T/k.tar" keyring.json >"$T/k.json"
grep -q operational "$T/k.json" || fail "no keyring"
grep -q identity "$T/k.json" && fail "the identity is still in the keyring"
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d \
	-o "$T/k0.tar" "$T/home.before/keyring.age"
tar -xOf "$T/k0.tar" keyring.json | grep -q identity ||
	fail "the identity left before all sheets were proven"

# The keyset: not without sheets, not with one, not with mixed ones
S1=$T/typed-share-identity-1.html
S2=$T/qr-share-identity-2.html
S3=$T/qr-share-identity-3.html
B1=$T/typed-share-backup-1.html
refused "only the holder of the identity key" \
	desk "$H" 2026-12-01 keyset --renew
refused "2 different sheets are needed" \
	desk "$H" 2026-12-01 keyset --renew --share "$S1"
refused "2 different sheets are needed" \
	desk "$H" 2026-12-01 keyset --renew --share "$S1" --share "$S1"
refused "of the backup key, not of the identity" \
	desk "$H" 2026-12-01 keyset --renew --share "$S1" --share "$B1"
sed 's/^MELDLUIK-SHARE-1/MELDLUIK-SHARE-2/' "$S2" >"$T/next"
refused "newer version" \
	desk "$H" 2026-12-01 keyset --renew --share "$S1" --share "$T/next"
for pair in "$S1 $S2" "$S3 $S1" "$S2 $S3"; do
	read -r a b <<<"$pair"
	ok desk "$H" 2026-12-01 --json keyset --renew --share "$a" --share "$b"
done
[ "$(json "o['serial'],o['not_after']")" = "(4, '2028-01-01')" ] ||
	fail "not renewed three times"
# and it is not kept
refused "only the holder" desk "$H" 2026-12-02 keyset --renew
echo "ok: ceremony interrupted and resumed, sheets photographed and typed," \
	"identity on paper only"
