// SPDX-License-Identifier: EUPL-1.2
// Bytes, text and hashes of the page. crypto.subtle does not exist on http
// onions, so hashes are noble's (and signatures, there: minisign.js).
import { sha256 } from "@noble/hashes/sha2.js";
import { base64 } from "@scure/base";

export { bytesToHex as hex, concatBytes as concat, randomBytes as random }
	from "@noble/hashes/utils.js";

// Why something was refused, as one word; texts for people are in strings.js
export class Refused extends Error {
	constructor(word, detail) {
		super(word + (detail ? ": " + detail : ""));
		this.word = word;
		this.detail = detail;
	}
}

export function demand(truth, word, detail) {
	if (!truth) {
		throw new Refused(word, detail);
	}
}

export const utf8 = (s) => new TextEncoder().encode(s);

export function text(bytes) {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
			.decode(bytes);
	} catch {
		throw new Refused("format", "utf-8");
	}
}

export function unhex(s, length) {
	demand(typeof s === "string" && s.length === 2 * length &&
		/^[0-9a-f]*$/.test(s), "format", "hex");
	return Uint8Array.from({ length }, (_, i) =>
		parseInt(s.substr(2 * i, 2), 16));
}

export const to64 = (b) => base64.encode(b);

// Canonical base64 of exactly this many bytes
export function from64(s, length) {
	let b;
	try {
		b = base64.decode(s);
	} catch {
		throw new Refused("format", "base64");
	}
	demand(b.length === length && base64.encode(b) === s, "format",
		"base64");
	return b;
}

export const hash = (b) => sha256(b);
export const hasher = () => sha256.create();

// Same time for any content; lengths are not secret
export function equal(a, b) {
	let d = a.length ^ b.length;
	for (let i = 0; i < a.length && i < b.length; i++) {
		d |= a[i] ^ b[i];
	}
	return d === 0;
}
