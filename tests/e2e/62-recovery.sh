#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: back from paper: a lost passphrase with 2 of 3 sheets and a backup, a
# lost machine with 2 of 3 sheets of the identity; drill; revocation and a
# new identity that the old one vouches for; a wrong passphrase costs the
# whole KDF, and a keyring below the floor is refused without work.
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
SHARES=$BUILD/bin/sharetool
[ -x "$SHARES" ] || { echo "skip: sharetool is not built"; exit 77; }
found
H=$T/home
# A desk whose papers are known, as the ceremony leaves them
ok python3 "$HERE/tests/vectors/tty_answer.py" "$PASS" age -d \
	-o "$T/k.tar" "$H/keyring.age"
tar -xOf "$T/k.tar" keyring.json >"$T/k.json"
ok "$SHARES" "$T/k.json" "$H/public/papers.json" "$T"

# Drill: each sheet alone, nothing laid together; a foreign one is named
ok "$BIN" --home "$H" recover --drill --share "$T/identity-1" \
	--share "$T/backup-3"
[ "$(grep -c 'readable and right' "$T/out")" = 2 ] || fail "drill"
ok "$BIN" --home "$H" --json recover --drill --share "$T/identity-1" \
	--share "$T/backup-3"
[ "$(json "[(s['sheet'],s['of'],s['needed'],s['kind']) for s in o]")" = \
	"[(1, 3, 2, 'identity'), (3, 3, 2, 'backup')]" ] || fail "told otherwise"
refused "record of the paper shares cannot be read" "$BIN" --home "$H" \
	recover --drill --papers "$T/none" --share "$T/identity-1"
refused "the share in $T/none" "$BIN" --home "$H" recover --drill \
	--share "$T/none"
refused "does not count here" "$BIN" --home "$H" recover --drill \
	--share "$T/foreign-1"

# The passphrase is forgotten: two sheets and the backup
ok desk "$H" 2026-11-24 enter report --received 2026-11-24 \
	<<<"Aan de balie gehoord"
ok desk "$H" 2026-11-24 backup "$STICK/b.age"
grep -q "Read back and right" "$T/out" || fail "the backup was not read back"
[ -s "$STICK/b.age.paper" ] || fail "no FILE.paper"
NEW=$T/newpass
echo "heel andere woorden nu graag" >"$NEW"
fresh() {
	"$BIN" --home "$1" --passphrase-file "$NEW" --today 2026-12-01 \
		"${@:2}"
}
refused "2 different sheets" fresh "$T/r0" recover --backup \
	"$STICK/b.age" --share "$T/backup-1"
refused "of the identity key, not of the backup" fresh "$T/r0" recover \
	--backup "$STICK/b.age" --share "$T/backup-1" --share "$T/identity-2"
refused "is of set" fresh "$T/r0" recover --backup \
	"$STICK/b.age" --share "$T/backup-1" --share "$T/backup-2" \
	--share "$T/other-3"
[ ! -e "$T/r0" ] || fail "a home was begun without the sheets"
# a slip in the new passphrase begins none either: the keepers need not wait
echo kort >"$T/short"
refused "too short" "$BIN" --home "$T/r1" --passphrase-file "$T/short" \
	--today 2026-12-01 recover --backup "$STICK/b.age" \
	--share "$T/backup-3" --share "$T/backup-1"
ok fresh "$T/r1" recover --backup "$STICK/b.age" --share "$T/backup-3" \
	--share "$T/backup-1"
ok fresh "$T/r1" --json list
[ "$(json "len(o['cases'])")" = 1 ] || fail "the case did not come back"
refused "passphrase is wrong" desk "$T/r1" 2026-12-01 list

# With others in the keyset, from what the gateway shows: their keys come from
# its weeks; where those are not at hand, it is said
cp -r "$H" "$T/hx"
ok desk "$T/hx" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/sec" 2026-11-24 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/ask2"
ok desk "$T/hx" 2026-11-24 holder add "$T/ask2" --share "$T/identity-1" \
	--share "$T/identity-2"
mkdir "$T/ox" "$T/bare" "$T/oy"
ok desk "$T/hx" 2026-11-24 export "$T/ox"
cp "$T/ox/outbound-1"/keyset.json* "$T/bare"
back() { # HOME DIR
	ok fresh "$1" recover --keyset "$2" --desk 1 --person coordinator \
		--share "$T/identity-2" --share "$T/identity-3"
	grep -q "until they accept this keyset" "$T/out" || fail "others"
}
back "$T/rx" "$T/ox/outbound-1"
grep -q "closes the page" "$T/err" && fail "the keys of others are there"
ok fresh "$T/rx" --json export "$T/oy"
[ "$(json "o['weeks']")" = 12 ] || fail "the weeks: $(cat "$T/out")"
back "$T/ry" "$T/bare"
grep -q "closes the page" "$T/err" || fail "the page closes, and nobody says it"
# Who cannot have a machine is told so before there is a home; who is named no
# longer, or was never, is told that no key was revoked
recovers() { # HOME DIR DESK PERSON
	fresh "$1" recover --keyset "$2" --desk "$3" --person "$4" \
		--share "$T/identity-2" --share "$T/identity-3"
}
refused "has no desk 7" recovers "$T/rz" "$T/bare" 7 coordinator
refused "is not a holder of desk 1" recovers "$T/rz" "$T/bare" 1 secretaris
[ ! -e "$T/rz" ] || fail "a home was begun"
ok recovers "$T/rz" "$T/bare" 1 gone
grep -q "did not name gone: NO key" "$T/out" || fail "what was not revoked"
grep -q "held now by coordinator gone;" "$T/out" || fail "who holds it"
grep -q "lost machine is revoked" "$T/out" && fail "a key that it did not revoke"
ok fresh "$T/rz" --json keyset
[ "$(json "sorted(p['id'] for p in o['people'] if p['desk']==1)")" = \
	"['coordinator', 'gone']" ] || fail "who is named: $(cat "$T/out")"
# Taken out again and published, back with the sheets once more
ok fresh "$T/rz" holder remove coordinator --share "$T/identity-1" \
	--share "$T/identity-2"
ok fresh "$T/rz" keyset --publish "$T/without"
ok recovers "$T/rv" "$T/without" 1 coordinator
grep -q "did not name coordinator" "$T/out" || fail "who was taken out before"
ok fresh "$T/rv" holder request --out "$T/rv.json"
ok fresh "$T/rv" verify
# A desk that is retired takes nobody on
ok desk "$T/third" 2026-12-01 holder request --desk 3 --person griffier \
	--keyset "$T/without/keyset.json" --out "$T/ask3"
ok fresh "$T/rz" holder add "$T/ask3" --share "$T/identity-1" \
	--share "$T/identity-2"
ok fresh "$T/rz" desk retire 2 --successor 3 --share "$T/identity-1" \
	--share "$T/identity-2"
ok fresh "$T/rz" keyset --publish "$T/retired"
refused "desk 2 is retired" recovers "$T/ru" "$T/retired" 2 ander
[ ! -e "$T/ru" ] || fail "a home was begun"
# The machine is gone, no backup: two sheets of the identity. It had confirmed
# the first manifest, so the courier brings the second; a report in it is under
# a key that is gone too
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "een"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
mkdir "$T/o1"
ok desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 backup "$STICK/c.age"
ok desk "$H" 2026-11-25 export "$T/o1"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-26 --text "twee"
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-01 --applied "$T/o1/outbound-1"
mkdir "$T/two"
cp -r "$T/gw"/manifest-2.json* "$T/gw/envelopes" "$T/two"
ok fresh "$T/r2" recover --keyset "$ORG" --desk 1 --person coordinator \
	--share "$T/identity-2" --share "$T/identity-3"
ok fresh "$T/r2" --json keyset
[ "$(json "o['serial'],len(o['people']),len(o['weeks'])")" = "(2, 1, 26)" ] ||
	fail "not a keyset with the new machine"
refused "see .import --help" fresh "$T/r2" import "$T/two"
misused "number of a manifest" fresh "$T/r2" import "$T/two" --start twee
misused "follows what this desk has read" fresh "$T/r2" import "$T/two" --start 1
refused "is not in this folder" fresh "$T/r2" import "$T/two" --start 3
ok fresh "$T/r2" import "$T/two" --start 2
grep -q "Go on here with manifest 2, as tenure 2" "$T/out" || fail "not said"
grep -q "1 bodies are of weeks whose key" "$T/err" ||
	fail "a report under a lost key counts as read"
mkdir "$T/o2"
ok fresh "$T/r2" export "$T/o2"
ok "$FIX" outbound "$T/o2/outbound-1"
NEXT=$T/o2/outbound-1
python3 - "$NEXT" "$T/o1/outbound-1" <<'P' || fail "the gateway would refuse it"
import json, sys
new, old = [json.load(open(d + "/outbound.json")) for d in sys.argv[1:]]
sys.exit(not ((new["tenure"], new["serial"]) > (old["tenure"], old["serial"])
         and new["tenure"] == old["tenure"] + 1
         and new["confirmed"]["serial"] == 0))
P
# and the desk works on with the new keys; whole, an old stick is no fork
ok "$FIX" seal "$T/gw" "$NEXT" --desk 1 --day 2026-12-15 --text "drie"
ok "$FIX" cut "$T/gw" "$NEXT" 2026-12-15 --applied "$NEXT"
later() {
	"$BIN" --home "$T/r2" --passphrase-file "$NEW" --today 2026-12-15 "$@"
}
ok later --json import "$T/gw"
[ "$(json "o['reports'],o['no_key']")" = "(1, 1)" ] ||
	fail "the new machine does not read on: $(cat "$T/out")"
misused "follows what this desk has read" later import "$T/gw" --start 4
ok later verify

# The identity is stolen: revoked with what lies ready, opened again. What was
# in the safe does the same on another machine
ok cp -r "$T/r1" "$T/r3"
ok fresh "$T/r3" revoke --note "$H/public/revocation.note"
mkdir "$T/o4"
ok fresh "$T/r3" rotate
ok fresh "$T/r3" export "$T/o4"
[ -z "$(ls "$T/o4/outbound-1/epochs")" ] || fail "weeks after the sheet"
ok desk "$H" 2026-12-02 revoke --stored
refused "revoked already" desk "$H" 2026-12-02 revoke --stored
refused "withdrawn for good" desk "$H" 2026-12-02 keyset --renew
ok desk "$H" 2026-12-02 keyset --publish "$T/over"
refused "withdrawn for good" recovers "$T/rw" "$T/over" 1 coordinator
[ ! -e "$T/rw" ] || fail "a home was begun"
mkdir "$T/o3"
ok desk "$H" 2026-12-02 export "$T/o3"
grep -q "closes the channel" "$T/out" || fail "not told what it does"
[ -z "$(ls "$T/o3/outbound-1/epochs")" ] || fail "weeks of a revoked key"
refused "no revocation" desk "$H" 2026-12-02 revoke --note "$PASS"
# cut between the new key and its keyset, and again: the old one vouches, with
# its sheets, not the key of the first time
ok cp -r "$H" "$T/cut"
mkdir -p "$T/cut/public/keyset.note.tmp/x"
refused "could not be made" desk "$T/cut" 2026-12-02 revoke --new-identity
rm -r "$T/cut/public/keyset.note.tmp"
ok desk "$T/cut" 2026-12-02 revoke --new-identity --share "$T/identity-1" \
	--share "$T/identity-2"
python3 - "$T/cut/public/keyset.note" "$H/public/keyset.note" <<'P' ||
import json, sys
new, old = (json.loads(open(f).read().split("\n\n", 1)[1])
            for f in sys.argv[1:])
sys.exit(new["succession"]["identity"] != old["identity"])
P
	fail "another key than the old one vouches"
ok desk "$H" 2026-12-02 revoke --new-identity
grep -q "vouched for by the old one" "$T/out" || fail "not vouched"
ok desk "$H" 2026-12-02 --json keyset
[ "$(json "o['serial'],len(o['weeks'])")" = "(2, 25)" ] ||
	fail "the line does not go on"
ok desk "$H" 2026-12-02 keyset --publish "$T/share"
FP=$(desk "$H" 2026-12-02 keyset fingerprint)
refused "vouched for by the old one" fresh "$T/r1" keyset --accept "$T/share"
refused "cannot be accepted" fresh "$T/r1" keyset --accept "$T/share" \
	--fingerprint "0000${FP:4}"
ok fresh "$T/r1" keyset --accept "$T/share" --fingerprint "$FP"

# The floor: less than 2^16 is refused before any work. A wrong passphrase
# costs what the right one costs: the KDF comes first for both
sed 's/^\(-> scrypt [^ ]*\) 18$/\1 15/' "$H/keyring.age" >"$T/low"
cp "$H/keyring.age" "$T/keep"
cp "$T/low" "$H/keyring.age"
refused "damaged" desk "$H" 2026-12-02 list
cp "$T/keep" "$H/keyring.age"
cpu() { # user seconds of one opening, best of three
	python3 - "$1" "$BIN" "$H" <<'P'
import resource, subprocess, sys
best = 99
for _ in range(3):
    a = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.argv[2], "--home", sys.argv[3], "--passphrase-file",
                    sys.argv[1], "--today", "2026-12-02", "list"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    b = resource.getrusage(resource.RUSAGE_CHILDREN)
    best = min(best, b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime)
print(best)
P
}
RIGHT=$(cpu "$PASS")
WRONG=$(cpu "$NEW")
python3 -c "import sys;sys.exit(not $WRONG > 0.5 * $RIGHT)" ||
	fail "a wrong passphrase costs $WRONG s, a right one $RIGHT s"
echo "ok: recovered from 2 of 3 sheets twice; revoked and opened anew;" \
	"KDF: wrong $WRONG s, right $RIGHT s of processor"
