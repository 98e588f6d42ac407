// SPDX-License-Identifier: EUPL-1.2
// minisign signatures, prehashed form, and signed notes (keys/FORMAT.md
// section 2). What a signature is for is compared whole, never parsed.
import { blake2b } from "@noble/hashes/blake2.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, demand, equal, from64, hash, hex, text, to64, utf8 }
	from "./bytes.js";
import { crockford, grouped } from "./code.js";

const UNTRUSTED = "untrusted comment: ";
const TRUSTED = "trusted comment: ";
const TEXT_MAX = 512;
const FINGERPRINT_BYTES = 20;
const ED = "Ed25519";
// Canonical points only, as libsodium does
const STRICT = { zip215: false };

const keyId = (pk) => hash(pk).slice(0, 8);
const comment = (why) =>
	`meldluik ${why.purpose} org=${hex(why.org)} desk=${why.desk}`;
// A page checks a dozen signatures, not thousands: the library's own table
// for many costs more, without JIT half a second, than all of them
ed25519.Point.BASE.precompute(4);

const prehash = (doc) => blake2b(doc, { dkLen: 64 });

export const keyOf = (seed) => ed25519.getPublicKey(seed);
export const keyText = (pk) => to64(concat(utf8("Ed"), keyId(pk), pk));

// A key that the minisign program made has an id of its own
export function programKeyParse(s) {
	demand(typeof s === "string", "format", "key");
	const b = from64(s, 42);
	demand(text(b.slice(0, 2)) === "Ed", "format", "key");
	return { id: b.slice(2, 10), key: b.slice(10) };
}

export function keyParse(s) {
	const { id, key } = programKeyParse(s);
	demand(equal(id, keyId(key)), "format", "key");
	return key;
}

export const fingerprint = (pk) =>
	grouped(crockford(hash(pk).slice(0, FINGERPRINT_BYTES)));

export function signMake(seed, why, doc) {
	const sig = ed25519.sign(prehash(doc), seed);
	const global = ed25519.sign(concat(sig, utf8(comment(why))), seed);
	return `${UNTRUSTED}meldluik ${why.purpose}\n` +
		to64(concat(utf8("ED"), keyId(keyOf(seed)), sig)) + "\n" +
		`${TRUSTED}${comment(why)}\n${to64(global)}\n`;
}

// The browser's own Ed25519 takes points of small order, under which one
// signature fits every message
function sound(pk) {
	try {
		return !ed25519.Point.fromBytes(pk).isSmallOrder();
	} catch {
		return false;
	}
}

// By the browser where it can (not on plain http, not in an older one): a
// cold library needs half a second for a keyset and its week
async function verify(sig, message, pk) {
	try {
		const own = crypto.subtle;
		return await own.verify(ED, await own.importKey("raw", pk, ED,
			false, ["verify"]), sig, message);
	} catch {
		// it has none
	}
	try {
		return ed25519.verify(sig, message, pk, STRICT);
	} catch {
		return false;
	}
}

// Throws unless ${minisig} (text) is by one of ${keys} over ${doc}
export async function signCheck(keys, why, doc, minisig) {
	const lines = minisig.split("\n");
	demand(minisig.length < TEXT_MAX && lines.length === 5 &&
		lines[4] === "" && lines[0].startsWith(UNTRUSTED) &&
		lines[2].startsWith(TRUSTED), "format", "minisig");
	const blob = from64(lines[1], 74);
	const global = from64(lines[3], 64);
	const sig = blob.slice(10);
	const signer = keys.find((pk) => equal(keyId(pk), blob.slice(2, 10)));
	demand(text(blob.slice(0, 2)) === "ED" && signer &&
		lines[2] === TRUSTED + comment(why) && sound(signer) &&
		await verify(global, concat(sig, utf8(comment(why))), signer) &&
		await verify(sig, prehash(doc), signer), "signature",
	why.purpose);
	return signer;
}

// Splits a signed note; zeros may follow the document
export function noteSplit(bytes) {
	let at = 0;
	for (let line = 0; line < 4; line++) {
		at = bytes.indexOf(10, at) + 1;
		demand(at > 0, "format", "note");
	}
	demand(bytes[at] === 10, "format", "note");
	let end = bytes.indexOf(0, at);
	end = end < 0 ? bytes.length : end;
	demand(end > at + 1 && bytes.subarray(end).every((b) => b === 0),
		"format", "note");
	return { minisig: text(bytes.subarray(0, at)),
		doc: bytes.slice(at + 1, end) };
}
