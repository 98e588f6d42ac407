#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: keys/FORMAT.md and keys/DESK.md say enough: a reader in Python that was
# made from them, with other people's libraries only (age, libsodium, liblmdb),
# verifies a bundle, finds an answer by its code, lays sheets together and
# reads the casebook of a desk from a backup, every record of it, with its
# attachment. What was changed in a bundle or moved in a casebook stops it.
. "$(dirname "$0")/../decryptor/lib.sh"
for tool in age python3; do
	command -v $tool >/dev/null || { echo "skip: no $tool"; exit 77; }
done
READER=$HERE/tests/e2e/other_reader.py
other() { python3 "$READER" "$@"; }
stops() { # WHAT READER-ARGUMENTS...
	other "${@:2}" >"$T/out" 2>&1 && fail "taken: $1"
	tail -1 "$T/out" | grep -q AssertionError ||
		fail "$1: $(cat "$T/out")"
}
h() { desk "$T/home" 2026-11-26 "$@"; }
found
head -c 150000 /dev/urandom >"$T/photo"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "Zonder Meldluik te lezen" --new-code "$T/code" \
	--attach "$T/photo" --name foto.jpg
ok "$FIX" junk "$T/gw" 1 2026-11-24
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
ok h acknowledge "$REF"
ok h note "$REF" <<<"Eigen aantekening"
ok h enter report --received 2026-11-26 <<<"Aan de balie gezegd"
ok h export "$T/o"
ok h --json verify
HEAD=$(json "o['head']")
ok h keyset fingerprint
FINGERPRINT=$(grep -oE '([0-9A-Z]{4}-){7}[0-9A-Z]{4}' "$T/out" | head -1)

ok other public "$ORG" "$T/code"
[ "$(json "o['fingerprint'],o['replies']")" = "('$FINGERPRINT', [0])" ] ||
	fail "not the fingerprint of the desk, or not one answer"
cp -r "$ORG" "$T/edited"
sed -i 's/"successor":0/"successor":1/' "$T/edited/keyset.json"
stops "an edited keyset" public "$T/edited" "$T/code"

unsealed() { # FILE FOLDER: a tar in an age file for the passphrase
	ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d \
		-o "$T/tar" "$1"
	mkdir "$2"
	ok tar -C "$2" -ixf "$T/tar"
}
ok h backup "$T/backup.age"
unsealed "$T/backup.age" "$T/b"
unsealed "$T/b/keyring.age" "$T/old"
unsealed "$T/home/keyring.age" "$T/k"
mkdir "$T/sheets" "$T/x"
[ ! -d "$T/old/epochs" ] || fail "a backup holds week keys"
RING=$T/k/keyring.json
ok "$BUILD/bin/sharetool" "$RING" "$T/papers.json" "$T/sheets"
ok other shares "$RING" "$T/sheets/identity-3" "$T/sheets/identity-2"
[ "$(json "o['identity']")" = True ] || fail "two sheets give another key"
ok other shares "$RING" "$T/sheets/foreign-3" "$T/sheets/foreign-2"
[ "$(json "o['identity']")" = False ] || fail "any two sheets give this key"

ok other home "$T/b" "$T/old/keyring.json" "$T/x"
[ "$(json "o['head']")" = "$HEAD" ] || fail "another head than verify prints"
[ "$(json "o['events'][0],o['events'][-1]")" = "('init', 'export')" ] ||
	fail "not the events of the journal"
for text in "Zonder Meldluik te lezen" "Eigen aantekening" \
	"Aan de balie gezegd" "$REF"; do
	grep -q "$text" "$T/out" || fail "not read: $text"
done
cmp "$T/photo" "$T/x/1" || fail "the attachment differs"
# the same, where one event has the place of another
ok "$BUILD/bin/journal_edit" "$T/home" journal swap 3 4
stops "moved events" home "$T/home" "$RING" "$T/x"
echo "ok: a reader made from the documents reads bundle, sheets and casebook"
