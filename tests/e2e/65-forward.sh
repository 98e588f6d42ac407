#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who copies the coordinator's machine and backup, and has the
# passphrase, after a week's key died, opens no report of that week: every
# key of every file is tried on it, and the dead key lies nowhere. A copy of
# the day before opens it, so the trial can succeed. Nor do the reporter's
# code, or a backup without its passphrase. The open case stays.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
AGEC=$BUILD/bin/agec
KEYS=$BUILD/bin/desk_keys
[ -x "$AGEC" ] && [ -x "$KEYS" ] ||
	{ echo "skip: agec or desk_keys is not built"; exit 77; }
[ "$(stat -c %d "$STICK")" != "$(stat -c %d "$T")" ] ||
	{ echo "skip: no second file system for the backup"; exit 77; }
found
H=$T/home
head -c 3000 /dev/urandom >"$T/photo"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "week 48" \
	--new-code "$T/code" --attach "$T/photo" --name foto.jpg
ENVELOPE=$T/gw/envelopes/$(cat "$T/out").age
cp "$ENVELOPE" "$T/envelope" # as it lay on the gateway and in transit
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
ok desk "$H" 2026-11-25 note "$REF" <<<"gebeld"

# tries NAME HOME: the keys of a copy on the envelope; how many open it
tries() {
	local part
	OPENED=0
	ok "$KEYS" "$2" "$PASS" "$T/$1.keys" "$T/$1.plain" $CODEKEYS
	"$AGEC" open "$T/$1.keys" <"$T/envelope" >"$T/opened" 2>/dev/null ||
		return 0
	grep -qa "week 48" "$T/opened" || fail "opened, no text"
	split -l 1 "$T/$1.keys" "$T/$1.part." # which of them?
	for part in "$T/$1.part."*; do
		"$AGEC" open "$part" <"$T/envelope" >/dev/null 2>&1 || continue
		cp "$part" "$T/$1.opener"
		OPENED=$((OPENED + 1))
	done
}
# nowhere NAME FOLDER: the dead key is in no file and no plaintext of a copy
nowhere() {
	ok python3 - "$T/before.opener" "$T/$1.plain" "$2" <<'P'
import base64, os, sys
text = open(sys.argv[1]).read().strip()
letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
bits = [letters.index(c) for c in text.lower().rsplit("1", 1)[1][:-6]]
n = 0
for b in bits:
    n = n << 5 | b
seed = (n >> (5 * len(bits) - 256)).to_bytes(32, "big")
forms = [seed, seed.hex().encode(), base64.b64encode(seed)[:-2],
         text.encode()]
files = [sys.argv[2]] + [os.path.join(d, f)
         for d, _, all in os.walk(sys.argv[3]) for f in all]
found = sum(form in open(f, "rb").read() for f in files for form in forms)
print(found, len(files))
P
	read -r FOUND FILES <"$T/out"
}

# What hangs from the reporter's code, of a paper that was lost
CODE=$(python3 - "$T/code" <<'P'
import sys
letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
n = 0
for c in open(sys.argv[1]).read().replace("-", "").strip()[:24]:
    n = n << 5 | letters.index(c)
print(n.to_bytes(15, "big").hex())
P
)
ok "$BUILD/bin/codetool" "$CODE" "$(python3 -c "import json
print(json.load(open('$ORG/keyset.json'))['org'])")"
[ "$(head -1 "$T/out")" = "$(tr -d '\n' <"$T/code")" ] || fail "not that code"
CODEKEYS=$(sed -n 2,4p "$T/out" | tr '\n' ' ')

# The gateway closed the week and all was read and backed up. A copy of the
# last day of the key opens the report with one key, and holds it
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-07 --closed 2026-W48
ok desk "$H" 2026-12-07 import "$T/gw"
ok desk "$H" 2026-12-07 backup "$STICK/b.age"
cp -r "$H" "$T/before.home"
tries before "$T/before.home"
[ "$OPENED" = 1 ] || fail "$OPENED keys of the copy before open the report"
nowhere before "$T/before.home"
[ "$FOUND" -gt 0 ] || fail "the look for the key does not see a living one"

# It dies with the next import. Now nothing opens it
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-08
ok desk "$H" 2026-12-08 --json import "$T/gw"
[ "$(json "o['weeks_destroyed']")" = 1 ] || fail "the key lives on"
ok desk "$H" 2026-12-08 backup "$STICK/c.age"
mkdir "$T/machine"
cp -r "$H" "$T/machine/home"
cp "$STICK"/* "$T/machine"
tries after "$T/machine/home"
COUNT=$(wc -l <"$T/after.keys")
[ "$OPENED" = 0 ] || fail "a key of the copy opens the destroyed week"
[ "$COUNT" -gt 90 ] || fail "only $COUNT keys were found to try"
nowhere after "$T/machine"
[ "$FOUND" = 0 ] || fail "the dead key is still in a file"
# nor do the backups, the one from before it died and the one after
for b in b c; do
	ok desk "$T/$b.home" 2026-12-08 restore "$STICK/$b.age"
	tries $b "$T/$b.home"
	[ "$OPENED" = 0 ] || fail "a key of backup $b opens the week"
	[ "$(wc -l <"$T/$b.keys")" -gt 60 ] ||
		fail "only $(wc -l <"$T/$b.keys") keys of backup $b were tried"
	nowhere $b "$T/$b.home"
	[ "$FOUND" = 0 ] || fail "the dead key is in backup $b"
done
echo "een andere wachtzin dan die" >"$T/other"
refused "the passphrase is wrong" "$BIN" --home "$T/x.home" --today 2026-12-08 \
	--passphrase-file "$T/other" restore "$STICK/c.age"
# the open case is there, with its attachment
for one in machine/home c.home; do
	ok desk "$T/$one" 2026-12-08 show "$REF"
	grep -q "week 48" "$T/out" || fail "the open case does not open: $one"
	rm -rf "$T/x"
	ok desk "$T/$one" 2026-12-08 extract "$REF" --to "$T/x"
	find "$T/x" -type f -exec cmp -s {} "$T/photo" \; -print |
		grep -q . || fail "the attachment does not open: $one"
done
# and the restored desk works on: keys for this week, import, export
H=$T/c.home
ok desk "$H" 2026-12-08 rotate
ok desk "$H" 2026-12-08 import "$T/gw"
mkdir "$T/o2"
ok desk "$H" 2026-12-08 export "$T/o2"
ok "$FIX" outbound "$T/o2/outbound-1"
echo "ok: none of $COUNT keys of a copied machine, nor its backups, opens" \
	"the destroyed week; the day before one did; the open case stays"
