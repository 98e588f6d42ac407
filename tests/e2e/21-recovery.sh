#!/bin/bash
# Goal: nothing is locked in: from the keyring's passphrase to the text of a
# report with other people's programs only: age (Debian), typage for the hybrid
# file, tar, minisign.
. "$(dirname "$0")/../decryptor/lib.sh"
command -v age >/dev/null && command -v minisign >/dev/null &&
	command -v expect >/dev/null || command -v python3 >/dev/null ||
	{ echo "skip: age, minisign or python3 is missing"; exit 77; }
found
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "Zonder Meldluik te lezen" --new-code "$T/code" \
	--attach "$T/pass" --name bijlage.txt
ENV=$T/gw/envelopes/$(cat "$T/out").age

# 1. keyring.age is a passphrase file for Debian's age, which asks a terminal
cat >"$T/age.py" <<'P'
import os, pty, sys
out, src, password = sys.argv[1:4]
pid, fd = pty.fork()
if pid == 0:
    os.execvp('age', ['age', '-d', '-o', out, src])
sent = False
try:
    while True:
        data = os.read(fd, 4096)
        if not data:
            break
        if not sent and b'assphrase' in data:
            os.write(fd, open(password, 'rb').read())
            sent = True
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
ok python3 "$T/age.py" "$T/keyring.tar" "$T/home/keyring.age" "$PASS"
mkdir "$T/k" "$T/e"
ok tar -C "$T/k" -ixf "$T/keyring.tar"
[ -s "$T/k/keyring.json" ] || fail "no keyring.json in the keyring"
WEEK=$T/k/epochs/2026-W48.txt
grep -q AGE-SECRET-KEY-PQ-1 "$WEEK" || fail "no identity of the week"

# 2. the hybrid envelope opens with another implementation
TYPAGE=$(find "$HERE/tests" "$BUILD" -path '*node_modules/age-encryption' \
	-maxdepth 6 -type d 2>/dev/null | head -1)
if [ -z "$TYPAGE" ]; then
	echo "skip: age-encryption (npm, from tests/vectors) is not installed"
	exit 77
fi
cat >"$T/open.mjs" <<P
import { Decrypter } from "file://$TYPAGE/dist/index.js";
import { readFileSync, writeFileSync } from "node:fs";
const d = new Decrypter();
const lines = readFileSync(process.argv[2], "utf8").split("\n");
d.addIdentity(lines.find((l) => l.startsWith("AGE-SECRET-KEY-PQ-1")));
writeFileSync(process.argv[4],
  await d.decrypt(new Uint8Array(readFileSync(process.argv[3]))));
P
ok node "$T/open.mjs" "$WEEK" "$ENV" "$T/e.tar"
# 3. what is inside is a tar with JSON
ok tar -C "$T/e" -ixf "$T/e.tar"
grep -q "Zonder Meldluik te lezen" "$T/e/report.json" || fail "no text"
cmp "$T/pass" "$T/e/attachments/01" || fail "attachment differs"
# 4. signatures verify with minisign
KEY=$(python3 -c "import json;print(json.load(open('$ORG/keyset.json'))['identity'])")
ok minisign -V -P "$KEY" -m "$ORG/keyset.json"
grep -q "meldluik keyset" "$T/out" || fail "no purpose in the comment"
KEY=$(python3 -c "import json;print(json.load(open('$ORG/keyset.json'))['people'][0]['key'])")
ok minisign -V -P "$KEY" -m "$ORG/outbound.json"
ok minisign -V -P "$KEY" -m "$ORG/lane.json"
echo "ok: keyring passphrase to report text with age, typage, tar and minisign"
