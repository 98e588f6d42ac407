#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: both clients refuse a rollback, a fork, a broken link, an expired
# keyset, another identity and a revoked one, weekly keys of a week to come
# or gone, each with a sentence; a fork leaves a proof that minisign checks; a
# vouched identity needs the paper; killed while it remembers, the command
# line says nothing of that.
set -u
HERE=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$HERE/build}
R=$BUILD/bin/meldluik-reporter
[ -x "$BUILD/bin/keyline" ] && [ -x "$R" ] ||
	{ echo "skip: keyline or meldluik-reporter is not built"; exit 77; }
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
fail() { echo "FAIL: $*"; cat "$T/err"; exit 1; }
DAY=$(TZ=Europe/Amsterdam date +%F)
"$BUILD/bin/keyline" "$T/k" "$DAY" || fail "keyline"
# sees FOLDER STATE [OPTION...]
sees() {
	local folder=$1 state=$2
	shift 2
	"$R" --keyset "$T/k/$folder" --state "$T/$state" "$@" \
		verify keyset >"$T/out" 2>"$T/err"
}
# refuses FOLDER TEXT: by a client that saw the second keyset
refuses() {
	rm -rf "$T/s"
	sees second s || fail "the second keyset is refused"
	sees "$1" s && fail "$1 was accepted"
	grep -q -- "$2" "$T/err" || fail "no '$2' for $1"
}
sees first s0 && sees second s0 && sees third s0 || fail "the line is refused"
[ "$(cut -d' ' -f1,2 "$T/s0/heads" | tr '\n' ';')" = \
	"$DAY 1;$DAY 2;$DAY 3;" ] || fail "heads are not kept"
refuses first "older than the one seen before"
refuses broken "a link of the chain was changed"
refuses expired "has expired"
refuses other "NOT vouched for by the old one"
refuses withdrawn "withdrew its key"
sees third s && fail "a keyset after the revocation was accepted"
grep -q "withdrew this key before" "$T/err" || fail "no sentence after it"
refuses fork "two different keysets of the same number"
P=$T/s/fraud-2
KEY=$(sed -n 's/.*"identity":"\([^"]*\)".*/\1/p' "$P/seen.json")
for one in seen shown; do
	minisign -V -q -P "$KEY" -m "$P/$one.json" >/dev/null ||
		fail "the proof does not verify"
done
cmp -s "$P/seen.json" "$P/shown.json" && fail "the proof shows no fork"
grep -q "minisign -V -P $KEY" "$P/README" || fail "the README tells no way"
# the vouched one: first the paper
refuses vouched "vouched for by the old one"
NEW=$(sed -n 's/.*Compare the new fingerprint \([0-9A-Z-]*\) with.*/\1/p' \
	"$T/err")
sees vouched s --fingerprint "$NEW" || fail "the new identity is refused"
sees vouched s || fail "the new identity is not remembered"
sees second s && fail "back to the old identity"

# Killed at any call while it remembers the next one: nothing is taken for
# another organisation's afterwards, the log of heads is whole, and what was
# remembered counts
SHIM=$(find "$BUILD" -name libkill_shim.so | head -1)
[ -n "$SHIM" ] || fail "libkill_shim.so is not built"
kept() { # FOLDER STATE, killed at $at
	KILL_AFTER=keyset.json KILL_AT=$at LD_PRELOAD=$SHIM sees "$1" "$2"
}
at=1
while :; do
	rm -rf "$T/s"
	sees first s || fail "the first keyset is refused"
	{ kept second s; rc=$?; } 2>/dev/null
	[ $rc -ne 0 ] || break
	[ $rc -eq 137 ] || fail "killed at $at: $rc"
	sees second s || fail "killed at $at, and the same keyset is refused"
	[ "$(cut -d' ' -f2 "$T/s/heads" | tr '\n' ';')" = "1;2;" ] ||
		fail "killed at $at: heads $(cat "$T/s/heads")"
	sees first s && fail "killed at $at, and an older one is accepted"
	at=$((at + 1))
done
[ $at -gt 5 ] || fail "it was killed $((at - 1)) times only"

# Weekly keys: this week's or the newest before it, and no others
echo "Een melding." >"$T/text"
seals() {
	rm -f "$T/sealed"
	"$R" --keyset "$T/k/$1" ${2:+"$2"} --desk 1 --no-mailbox \
		--text "$T/text" --out "$T/sealed" seal >"$T/out" 2>"$T/err"
}
week_refused() {
	seals "$1" && fail "$1: sealed"
	[ ! -e "$T/sealed" ] || fail "$1: a file was left"
	grep -q -- "$2" "$T/err" || fail "no '$2' for $1"
}
seals week-now || fail "this week's keys are refused"
week_refused week-before "THE NEWEST ARE OLD"
seals week-before --old-keys || fail "no sealing to keys of two weeks ago"
grep -q "THE NEWEST ARE OLD" "$T/err" || fail "sealed to old keys in silence"
week_refused week-future "stand those of week .* still to come"
week_refused week-past "stand those of week .* is over"
week_refused week-ahead "there are none; this channel is not open"
week_refused week-gone "there are none; this channel is not open"
week_refused week-forged "a signature of a holder is wrong"

# The page's script, as node runs it
web=$BUILD/web
node=$(command -v node || command -v nodejs) || { echo "no node"; exit 77; }
[ -x "$web/node_modules/.bin/esbuild" ] || { echo "skip: no $web"; exit 77; }
cat >"$T/clients.mjs" <<MJS
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { keysetFollows, keysetParse, withdrawn }
	from "$web/script/keyset.js";
import { dispatch, errorText } from "$web/script/compose.js";
import { epochFetch, keysetFetch } from "$web/script/keys.js";
import { t } from "$web/script/strings.js";
import { request } from "$web/script/upload.js";
import { weekOld } from "$web/script/week.js";
globalThis.crypto ??= webcrypto;
const read = (f, n) => new Uint8Array(readFileSync("$T/k/" + f + "/" + n));
const parse = (f, pinned) => keysetParse(read(f, "keyset.json"),
	readFileSync("$T/k/" + f + "/keyset.json.minisig", "utf8"), pinned);
const first = await parse("first"), second = await parse("second");
const word = (want, act) => assert.rejects(async () => act(),
	(e) => e.word === want, want);
keysetFollows(first, second);
keysetFollows(second, await parse("third"));
keysetFollows(second, second);
await word("rollback", async () => keysetFollows(second, first));
await word("fork", async () => keysetFollows(second, await parse("fork")));
await word("chain", async () => keysetFollows(second, await parse("broken")));
await word("signature", async () => keysetFollows(second, await parse("other")));
await word("signature", async () => parse("other", second.identity));
assert.ok(withdrawn(await parse("withdrawn")) && !withdrawn(second));
const vouched = await parse("vouched");
assert.deepStrictEqual(vouched.before, second.identity);
assert.strictEqual(second.before, null);
assert.ok((await parse("expired")).notAfter < "$DAY");
// What the page does with a gateway that serves these folders
let served = "";
globalThis.fetch = async (url) => {
	let body = null;
	try {
		body = readFileSync("$T/k/" + served +
			url.replace("/v1/", "/"));
	} catch {
		// there is none
	}
	return new Response(body, { status: body ? 200 : 404 });
};
const serves = (folder, act) => {
	served = folder;
	return act();
};
const refused = async (folder, want, act) => {
	await assert.rejects(serves(folder, act), (e) => {
		assert.strictEqual(e.word, want, folder + ": " + e.message);
		return true;
	});
};
const week = (folder) => serves(folder, () => epochFetch(first, () => {}));
assert.ok((await week("week-now")).of(1).length > 0);
const old = await week("week-before");
assert.ok(weekOld(old.week) && !weekOld((await week("week-now")).week));
// sealed to only by who ticked that (the browser: browser/48-old-keys.sh)
await word("old", () => dispatch({ k: first, epoch: old,
	reader: () => first.desks[0] }, { desk: first.desks[0].number }));
await refused("week-future", "week", () => epochFetch(first, () => {}));
await refused("week-past", "week", () => epochFetch(first, () => {}));
await refused("week-ahead", "not-open", () => epochFetch(first, () => {}));
await refused("week-gone", "not-open", () => epochFetch(first, () => {}));
await refused("week-forged", "signature", () => epochFetch(first, () => {}));
// and with a line of keysets within one visit
await serves("second", () => keysetFetch(() => {}));
await refused("first", "rollback", () => keysetFetch(() => {}));
await refused("fork", "fork", () => keysetFetch(() => {}));
await refused("broken", "chain", () => keysetFetch(() => {}));
await refused("other", "signature",
	() => keysetFetch(() => {}, first.identity));
// answers can be read under it, nothing is sealed
await refused("expired", "not-open", async () =>
	epochFetch(await keysetFetch(() => {}), () => {}));
await refused("withdrawn", "withdrawn", () => keysetFetch(() => {}));
await refused("third", "rollback", () => keysetFetch(() => {}));
// A request ends when it stalls, not because it takes long: on a clock of
// our own every piece of the body comes after 170 s, and then none does
const clock = { now: 0, at: 0, end: null };
const real = [globalThis.setTimeout, globalThis.clearTimeout];
globalThis.setTimeout = (end, ms) => Object.assign(clock,
	{ at: clock.now + ms, end });
globalThis.clearTimeout = () => {
	clock.end = null;
};
const later = (ms) => {
	clock.now += ms;
	if (clock.end && clock.now >= clock.at) {
		clock.end();
		clock.end = null;
	}
};
const slow = (pieces, then) => async (url, { signal }) => {
	signal.addEventListener("abort", () => fed.error(new Error("aborted")));
	let fed, n = 0;
	return new Response(new ReadableStream({ start: (c) => {
		fed = c;
	}, pull: (c) => {
		if (n++ < pieces) {
			later(170000);
			if (!signal.aborted) {
				c.enqueue(Uint8Array.of(n));
			}
		} else {
			then(c);
		}
	} }, { highWaterMark: 0 }));
};
globalThis.fetch = slow(5, (c) => c.close());
assert.deepStrictEqual([...(await request("/x")).body], [1, 2, 3, 4, 5]);
globalThis.fetch = slow(2, () => later(181000));
await assert.rejects(request("/x"), /aborted/);
// and a body that goes up at 1 kB/s is waited for
globalThis.fetch = async () => {
	later(1048576);
	return new Response(null, { status: clock.end ? 204 : 500 });
};
clock.now = 0;
const up = await request("/x", { body: new Blob([new Uint8Array(1048576)]) });
assert.ok(up.status === 204 && up.body.length === 0);
[globalThis.setTimeout, globalThis.clearTimeout] = real;
assert.ok(t("bad_keys", "").length > 40); // said for every other word
for (const w of ["epoch", "stopped", "withdrawn", "rollback", "fork", "chain", "not-open"]) {
	assert.ok(errorText({ word: w, message: w }).length > 40, w);
}
console.log("script too");
MJS
NODE_PATH=$web/node_modules "$web/node_modules/.bin/esbuild" \
	"$T/clients.mjs" --bundle --platform=node --format=esm \
	--log-level=warning --outfile="$T/run.mjs" \
	--alias:typage="$web/node_modules/age-encryption/dist" \
	"--alias:@noble/curves/nist.js=$web/script/no_nist.js" \
	>"$T/err" 2>&1 || fail "esbuild"
"$node" "$T/run.mjs" >"$T/out" 2>"$T/err" || fail "the script"
echo "ok: rollback, fork with proof, broken link, expiry, other and revoked" \
	"identity, week to come or gone: refused by program and script"
