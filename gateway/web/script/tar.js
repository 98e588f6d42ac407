// SPDX-License-Identifier: EUPL-1.2
// The one tar header and the size classes of keys/FORMAT.md section 3.
import { utf8 } from "./bytes.js";

export const BLOCK = 512;
export const END = 2 * BLOCK;
const CLASS_MIN = 65536;
const CLASS_MAX = 2147483648;
const CHUNK = 65536;
const TAG = 16;
const HEADER = 6298;
const NONCE = 16;

const octal = (n, w) => n.toString(8).padStart(w, "0") + "\0";

export function tarHeader(name, size) {
	const h = new Uint8Array(BLOCK);
	h.set(utf8(name), 0);
	h.set(utf8(octal(0o644, 7) + octal(0, 7) + octal(0, 7) +
		octal(size, 11) + octal(0, 11) + "        0"), 100);
	h.set(utf8("ustar\x0000"), 257);
	h.set(utf8(octal(0, 7) + octal(0, 7)), 329);
	const sum = h.reduce((a, b) => a + b, 0);
	h.set(utf8(sum.toString(8).padStart(6, "0") + "\0 "), 148);
	return h;
}

export const tarPad = (size) => (BLOCK - size % BLOCK) % BLOCK;
export const tarMember = (size) => BLOCK + size + tarPad(size);

// The smallest class {4,5,6,7} x 2^k; 0 above the largest
export function sizeClass(payload) {
	for (let unit = CLASS_MIN / 4; 4 * unit <= CLASS_MAX; unit *= 2) {
		for (let q = 4; q < 8 && q * unit <= CLASS_MAX; q++) {
			if (payload <= q * unit) {
				return q * unit;
			}
		}
	}
	return 0;
}

export const sealedSize = (payload) =>
	HEADER + NONCE + payload + TAG * Math.ceil(payload / CHUNK);
