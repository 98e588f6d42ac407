#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the desk survives its own accidents: full and missing sticks, a wrong
# passphrase, kill -9 during import, a restored casebook, a changed journal,
# many envelopes of nobody. Keys of little work but where age opens a backup.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
JUNK=600
found
H=$T/home

# Wrong passphrase
echo "een heel ander wachtwoord" >"$T/wrong"
"$BIN" --home "$H" --passphrase-file "$T/wrong" list >"$T/out" 2>"$T/err"
[ $? -eq 1 ] && grep -q "passphrase is wrong" "$T/err" || fail "wrong passphrase"
refused "passphrase" "$BIN" --home "$H" --passphrase-file "$T/none" list
"$BIN" --home "$H" --passphrase-file "$PASS" nonsense >/dev/null 2>&1
[ $? -eq 2 ] || fail "wrong use is not exit 2"
echo kort >"$T/short"
"$BIN" --home "$T/h2" --passphrase-file "$T/short" init --batch \
	--organisation X >/dev/null 2>"$T/err"
grep -q "too short" "$T/err" || fail "a short passphrase was taken"
refused "already holds" desk "$H" 2026-11-24 init --batch --organisation X

# A stick that is full, and one that is not there
if mkdir "$T/full" && mount -t tmpfs -o size=64k none "$T/full" 2>/dev/null
then
	refused "stick is full" desk "$H" 2026-11-24 export "$T/full"
	[ -z "$(ls -A "$T/full")" ] || { umount "$T/full"; fail "left on it"; }
	refused "No space\|no room\|could not be written" \
		desk "$H" 2026-11-24 backup "$T/full/b.age"
	umount "$T/full"
else
	echo "weaker: no tmpfs can be mounted, no full stick"
fi
refused "is the stick in" desk "$H" 2026-11-24 export "$T/nowhere"
ok desk "$H" 2026-11-24 --json export "$T/o"
ok "$FIX" outbound "$T/o/outbound-1"

# Junk: nobody's envelopes in number, one report between them
"$FIX" junk "$T/gw" $((JUNK / 2)) 2026-11-24 >/dev/null || fail "junk"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "tussen rommel" \
	--new-code "$T/code"
"$FIX" junk "$T/gw" $((JUNK / 2)) 2026-11-24 >/dev/null || fail "junk"
for i in 1 2 3 4 5 6 7 8; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "nr $i" \
		--attach "$BIN"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25

# Killed again and again during the import, then run to its end: before it
# has begun, while it reads what is nobody's, at the 1st, 2nd, 9th.. call of
# the writing of an attachment and of the message that it belongs to
KILLS=0
for at in "envelopes 1" "envelopes 2" "envelopes 30" "envelopes 300" \
	"envelopes 400" ".tmp 1" ".tmp 2" ".tmp 9" ".tmp 30" ".tmp 50"; do
	# shellcheck disable=SC2086 # two words
	killed $at "$BIN" --home "$H" --passphrase-file "$PASS" \
		--today 2026-11-25 import "$T/gw"
	KILLS=$((KILLS + 1))
	[ $KILLS -gt 2 ] || continue
	ok desk "$H" 2026-11-25 --json list
	[ "$(json "o['importing']")" = True ] ||
		fail "the import is not said to be cut off after $at"
done
ok desk "$H" 2026-11-25 --json import "$T/gw"
ok desk "$H" 2026-11-25 --json list
[ "$(json "len(o['cases'])")" = 9 ] || fail "not nine cases after kills"
[ "$(json "o['importing']")" = False ] || fail "the import did not end"
ok desk "$H" 2026-11-25 --json verify
[ -z "$(find "$H/attachments" -name '*.tmp')" ] || fail "leftovers"
[ "$(find "$H/attachments" -name '*.bin' | wc -l)" -eq 8 ] ||
	fail "attachments without a message were left behind"

# Backup, more work, disk lost, restore: goes on above the applied number
REF=$(ok desk "$H" 2026-11-25 --json list; json "o['cases'][0]['ref']")
ok desk "$H" 2026-11-25 backup "$STICK/b.age"
refused "there already" desk "$H" 2026-11-25 backup "$STICK/b.age"
ok desk "$H" 2026-11-25 acknowledge "$REF"
ok desk "$H" 2026-11-25 --json export "$T/o"
SERIAL=$(json "o['serial']")
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/o/outbound-1"
rm -rf "$H"
refused "passphrase is wrong" "$BIN" --home "$T/h3" \
	--passphrase-file "$T/wrong" restore "$STICK/b.age"
ok desk "$T/h4" 2026-11-26 restore "$STICK/b.age"
H=$T/h4
ok desk "$H" 2026-11-26 rotate
ok desk "$H" 2026-11-26 import "$T/gw"
grep -q "restored from a backup" "$T/err" || fail "restore not noticed"
ok desk "$H" 2026-11-26 --json export "$T/o"
[ "$(json "o['serial']")" -gt "$SERIAL" ] || fail "number used twice"
ok "$FIX" outbound "$T/o/outbound-1"
ok desk "$H" 2026-11-26 --json verify
# A backup is an age file and a tar, without one week key in it
BIN=$BUILD/bin/meldluik-decryptor
ok desk "$T/h5" 2026-11-24 init --batch --organisation X
ok desk "$T/h5" 2026-11-24 backup "$STICK/real.age"
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d -o "$T/b.tar" \
	"$STICK/real.age"
ok tar -tf "$T/b.tar"
grep -q casebook/data.mdb "$T/out" || fail "no casebook in the backup"
mkdir "$T/b"
ok tar -C "$T/b" -xf "$T/b.tar" keyring.age
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d -o "$T/k.tar" \
	"$T/b/keyring.age"
ok tar -tf "$T/k.tar"
grep -q epochs/ "$T/out" && fail "a backup holds week keys"
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d -o "$T/k.tar" \
	"$T/h5/keyring.age"
ok tar -tf "$T/k.tar"
grep -q epochs/ "$T/out" || fail "nor does the desk"
BIN=$BUILD/bin/desk_soft

# A changed byte in the database, at rest
python3 - "$H/casebook/data.mdb" <<'P'
import sys
p = sys.argv[1]
b = bytearray(open(p, 'rb').read())
for at in range(len(b) // 2, len(b)):
    if b[at]:
        b[at] ^= 1
open(p, 'wb').write(b)
P
"$BIN" --home "$H" --passphrase-file "$PASS" verify >"$T/out" 2>"$T/err"
[ $? -eq 0 ] && fail "a changed database verifies"
echo "ok: full stick, wrong passphrase, $KILLS kills within an import," \
	"restore, changed database"
