#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a keeper leaves: the same identity on new sheets from k old ones,
# stopped and gone on; the old set is refused by its name, alone and mixed;
# the key is on paper only again. Sheets are typed at a terminal as well, with a
# slip. After a new identity `init` begins again.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
KEYS=$BUILD/bin/desk_keys
[ -x "$KEYS" ] || { echo "skip: desk_keys is not built"; exit 77; }
found
H=$T/home
FP=$(desk "$H" 2026-12-01 keyset fingerprint)
ok desk "$H" 2026-12-01 backup "$STICK/a.age"
grep -q "NOTE: the identity key is in it" "$T/out" || fail "a backup with the key"
grep -q "there is no FILE.paper" "$T/out" || fail "none opens it with sheets"
command -v chromium >/dev/null ||
	echo "weaker: no chromium, nobody counts the pages of a sheet"
ok python3 "$HERE/tests/decryptor/sheets_person.py" "$BIN" "$T" "$PASS"
[ "$(desk "$H" 2026-12-01 keyset fingerprint)" = "$FP" ] ||
	fail "the identity is another"
renew() { # with two sheets
	desk "$H" 2026-12-02 keyset --renew --share "$T/$1" --share "$T/$2"
}
refused "which was replaced; the set that counts is" \
	renew old-identity-1 old-identity-2
refused "which was replaced" renew new-identity-1 old-identity-2
refused "of the backup key" renew new-identity-1 new-backup-2
refused "only the holder" desk "$H" 2026-12-02 keyset --renew
ok renew new-identity-3 new-identity-1
python3 "$HERE/tests/decryptor/sheets_typed.py" "$BIN" "$T" "$PASS" || exit 1
refused "does not count here" "$BIN" --home "$H" recover --drill \
	--share "$T/old-identity-1"
ok "$BIN" --home "$H" recover --drill --share "$T/new-identity-2" \
	--share "$T/new-backup-2"
# a record of before the renewal must not lock the keepers out
cp "$H/public/papers.json" "$T/papers"
python3 - "$T/papers" "$H/public/papers.json" <<'P'
import json, sys
o = json.load(open(sys.argv[1]))
o["sets"] = o["sets"][:2]
json.dump(o, open(sys.argv[2], "w"))
P
ok renew new-identity-3 new-identity-2
cp "$T/papers" "$H/public/papers.json"
# the new backup key opens the next backup, the old one does not
ok desk "$H" 2026-12-02 backup "$STICK/b.age"
grep -q "identity key is in it\|no FILE.paper" "$T/out" && fail "$(cat "$T/out")"
echo "heel andere woorden nu graag" >"$T/newpass"
again() {
	"$BIN" --home "$1" --passphrase-file "$T/newpass" --today 2026-12-02 \
		recover --backup "$STICK/b.age" --share "$T/$2-backup-1" \
		--share "$T/$2-backup-3"
}
refused "do not open" again "$T/r0" old
ok again "$T/r1" new

# The journal says that the key was there in between
ok "$KEYS" "$H" "$PASS" "$T/keys" "$T/plain"
grep -qa '"e":"identity_from_paper"' "$T/plain" || fail "not in the journal"
# A new identity: `init` begins again, with posters
ok desk "$H" 2026-12-03 revoke --new-identity --share "$T/new-identity-1" \
	--share "$T/new-identity-2"
papers() { # HOME FOLDER: as far as its first papers
	ok python3 - "$HERE/tests/decryptor" "$BIN" "$1" "$PASS" "$2" <<'P'
import sys
sys.path.insert(0, sys.argv[1])
from screen import Tty
t = Tty(sys.argv[2], "--home", sys.argv[3], "--passphrase-file", sys.argv[4],
        "--today", "2026-12-03", "init")
t.answer("Map voor", sys.argv[5])
t.answer("papier er ligt", "")
t.answer("Hoeveel bewaarders", "2")
t.interrupt()
P
}
papers "$H" "$T/print2"
NEW=$(desk "$H" 2026-12-03 keyset fingerprint)
[ "$NEW" != "$FP" ] || fail "the identity is the old one"
grep -q "${NEW:0:4} ${NEW:5:4}" "$T/print2/poster-nl.html" ||
	fail "the new poster shows another fingerprint"

# Paper of a rehearsal says so, also where a backup of it was restored
grep -q OEFENING "$T/print2/poster-nl.html" && fail "no rehearsal, but marked"
ok desk "$T/drill" 2026-12-03 init --batch --rehearsal --organisation Oefening
ok desk "$T/drill" 2026-12-03 backup "$STICK/drill.age"
ok desk "$T/back" 2026-12-03 restore "$STICK/drill.age"
papers "$T/back" "$T/print3"
for paper in poster-nl revocation; do
	grep -q "OEFENING - niet voor echte" "$T/print3/$paper.html" ||
		fail "$paper is not marked"
done
# What makes the sheets ends with who killed its desk, whatever it is at
SHIM=$(find "$BUILD" -name libkill_shim.so | head -1)
[ -n "$SHIM" ] || fail "libkill_shim.so is not built"
ok env LD_PRELOAD="$SHIM" KILL_STOP=1 KILL_AFTER=share-identity-2 KILL_AT=1 \
	python3 - "$HERE/tests/decryptor" "$BIN" "$T/drill" "$PASS" \
	"$T/print4" <<'P'
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from screen import Tty, process, until
t = Tty(sys.argv[2], "--home", sys.argv[3], "--passphrase-file", sys.argv[4],
        "--today", "2026-12-03", "init")
t.answer("Map voor", sys.argv[5])
t.answer("papier er ligt", "")
t.answer("Hoeveel bewaarders", "2")
for question in "nodig", "deel 1", "deel 2":
    t.answer(question, "")
stopped = lambda: [int(n) for n in os.listdir("/proc") if n.isdigit() and
                   process(int(n)) == ("T", t.pid)]
until("the sheets are stopped", stopped)
child = stopped()[0]
os.kill(t.pid, signal.SIGKILL)
t.end()
try:
    until("they end", lambda: process(child)[0] == "Z")
finally:
    if process(child)[0] == "T":
        os.kill(child, signal.SIGKILL)
P
echo "ok: new sheets from two old ones; the old set is refused, the new one" \
	"counts; a new identity begins its papers again"
