// SPDX-License-Identifier: EUPL-1.2
// The reporter's code and what hangs from it (keys/FORMAT.md section 4).
// Never stored, never in a URL; it lives as long as the page.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, demand, equal, hash, random, utf8 } from "./bytes.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_BYTES = 15;
const CODE_CHARS = 28;
const DESK_MAX = 63;
const TYPED_MAX = 256;
const LABEL = "meldluik/v1/";

export function crockford(bytes) {
	let out = "", acc = 0, bits = 0;
	for (const b of bytes) {
		acc = ((acc << 8) | b) & 0xffff;
		for (bits += 8; bits >= 5;) {
			bits -= 5;
			out += ALPHABET[(acc >> bits) & 31];
		}
	}
	return bits > 0 ? out + ALPHABET[(acc << (5 - bits)) & 31] : out;
}

export const groups = (s) => s.match(/.{1,4}/g);
export const grouped = (s) => groups(s).join("-");

export function uncrockford(typed, chars) {
	demand(typed.length <= TYPED_MAX, "code-length");
	const s = typed.toUpperCase().replace(/[ \-\n\r]/g, "")
		.replace(/O/g, "0").replace(/[IL]/g, "1");
	demand(/^[0-9A-Z]*$/.test(s) && !s.includes("U"), "code-letter");
	demand(s.length === chars, "code-length", String(s.length));
	const out = [];
	let acc = 0, bits = 0;
	for (const c of s) {
		acc = ((acc << 5) | ALPHABET.indexOf(c)) & 0xffff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out.push((acc >> bits) & 255);
		}
	}
	if (bits > 0) {
		out.push((acc << (8 - bits)) & 255);
	}
	return Uint8Array.from(out);
}

// The first 20 bits of the hash, in three bytes
function check(b) {
	const h = hash(concat(utf8(LABEL + "code-check"), b)).slice(0, 3);
	h[2] &= 0xf0;
	return h;
}

export function codeNew(desk) {
	demand(desk >= 1 && desk <= DESK_MAX, "usage", "desk");
	return concat(Uint8Array.of(desk), random(CODE_BYTES - 1));
}

export const codeDesk = (code) => code[0] & DESK_MAX;
export const codeText = (code) =>
	// 140 bits of the 144: 28 characters
	grouped(crockford(concat(code, check(code))).slice(0, CODE_CHARS));

export function codeParse(typed) {
	const all = uncrockford(typed, CODE_CHARS);
	const code = all.slice(0, CODE_BYTES);
	demand(equal(check(code), all.slice(CODE_BYTES)), "code-typo");
	demand(code[0] >> 6 === 0, "code-version");
	demand(codeDesk(code) !== 0, "code-typo");
	return code;
}

export function codeDerive(code, org) {
	const key = (label, length) =>
		hkdf(sha256, code, org, utf8(LABEL + label), length);
	return {
		mailbox: key("mailbox", 32),
		thread: key("thread", 32),
		tagKey: key("tag", 32),
		messageId: key("message-id", 16),
	};
}
