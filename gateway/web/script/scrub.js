// SPDX-License-Identifier: EUPL-1.2
// Takes hidden data out of copies of JPEG, PNG and WebP pictures: place,
// camera, times, comments, thumbnails. What is not exactly understood is refused
// (null), never passed on as clean. PDF is not touched: rewriting one safely
// is not for a page.
import { concat } from "./bytes.js";

export const SCRUB_MAX = 50 * 1048576;

const view = (b) => new DataView(b.buffer, b.byteOffset, b.length);

// Kept: frame, tables, scan. JFIF (APP0) is kept without its thumbnail;
// Adobe (APP14) is needed to show colours.
function jpeg(b) {
	const out = [b.subarray(0, 2)], v = view(b);
	let at = 2;
	for (;;) {
		if (at + 4 > b.length || b[at] !== 0xff) {
			return null;
		}
		const m = b[at + 1], end = at + 2 + v.getUint16(at + 2);
		if (end > b.length || m < 0xc0 || m === 0xd8 || m === 0xd9) {
			return null;
		}
		if (m === 0xe0 && end - at >= 18 && b[at + 4] === 0x4a &&
			b[at + 7] === 0x46) {
			const head = b.slice(at, at + 18);
			head.set([0, 16], 2);
			head.set([0, 0], 16);
			out.push(head);
		} else if (m === 0xee || !((m >= 0xe0 && m <= 0xef) ||
			m === 0xfe)) {
			out.push(b.subarray(at, end));
		}
		at = end;
		if (m === 0xda) {
			break;
		}
	}
	// Scans and the segments between them, up to the end mark; what comes
	// after it (second pictures, notes) is dropped
	let from = at;
	for (; at + 1 < b.length; at++) {
		if (b[at] !== 0xff) {
			continue;
		}
		const m = b[at + 1];
		if (m === 0xd9) {
			out.push(b.subarray(from, at + 2));
			return concat(...out);
		}
		if (m === 0 || m === 0xff || (m >= 0xd0 && m <= 0xd7)) {
			continue;
		}
		if (at + 4 > b.length) {
			return null;
		}
		const end = at + 2 + v.getUint16(at + 2);
		if (end > b.length) {
			return null;
		}
		if ((m >= 0xe0 && m <= 0xef) || m === 0xfe) {
			out.push(b.subarray(from, at));
			from = end;
		}
		at = end - 1;
	}
	return null;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
const PNG_KEEP = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM",
	"sRGB", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT"];

function png(b) {
	const out = [b.subarray(0, 8)], v = view(b);
	for (let at = 8; at + 12 <= b.length;) {
		const end = at + 12 + v.getUint32(at);
		const type = String.fromCharCode(...b.subarray(at + 4, at + 8));
		if (end > b.length) {
			return null;
		}
		if (PNG_KEEP.includes(type)) {
			out.push(b.subarray(at, end));
		}
		if (type === "IEND") {
			return concat(...out);
		}
		at = end;
	}
	return null;
}

const WEBP_KEEP = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"];
const WEBP_FLAGS = 0x12; // of VP8X: alpha and animation stay true

// RIFF (little-endian); a chunk of odd length has one byte behind it
function webp(b) {
	const out = [b.slice(0, 12)], v = view(b);
	const whole = 8 + v.getUint32(4, true);
	if (whole > b.length) {
		return null;
	}
	for (let at = 12; at < whole;) {
		if (at + 8 > whole) {
			return null;
		}
		const n = v.getUint32(at + 4, true), end = at + 8 + n + (n & 1);
		const type = String.fromCharCode(...b.subarray(at, at + 4));
		if (end > whole) {
			return null;
		}
		if (WEBP_KEEP.includes(type)) {
			const chunk = b.slice(at, end);
			if (type === "VP8X") {
				chunk[8] &= WEBP_FLAGS;
			}
			out.push(chunk);
		}
		at = end;
	}
	const clean = concat(...out);
	view(clean).setUint32(4, clean.length - 8, true);
	return out.length > 1 ? clean : null;
}

const ascii = (b, at, s) => [...s].every((c, i) =>
	b[at + i] === c.charCodeAt(0));

// The clean bytes, or null: not a picture of a kind we know
export function scrub(b) {
	if (b.length > 4 && b[0] === 0xff && b[1] === 0xd8) {
		return jpeg(b);
	}
	if (b.length > 8 && PNG.every((x, i) => b[i] === x)) {
		return png(b);
	}
	if (b.length > 20 && ascii(b, 0, "RIFF") && ascii(b, 8, "WEBP")) {
		return webp(b);
	}
	return null;
}
