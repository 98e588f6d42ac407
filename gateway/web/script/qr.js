// SPDX-License-Identifier: EUPL-1.2
// The code as a QR symbol (ISO/IEC 18004), drawn here so that no request
// tells that a code is on the screen. A code has always the same length and
// letters, so one kind of symbol is enough: version 2 (25 modules), level M,
// letters and digits. The standard's steps, and nothing of what they leave
// out for other kinds.
import { demand } from "./bytes.js";

const SIZE = 25;
const ALIGN = 18; // centre of the small pattern
const DATA = 28; // codewords; of the check words below
const CHECK = 16;
const MARGIN = 4; // quiet zone
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const TEXT_MAX = 38;

// Mode, length, two letters in 11 bits, end, then the filler of the standard
function dataWords(text) {
	demand(text.length <= TEXT_MAX && [...text].every((c) =>
		LETTERS.includes(c)), "usage", "qr");
	const bin = (n, width) => n.toString(2).padStart(width, "0");
	let bits = bin(2, 4) + bin(text.length, 9);
	for (const pair of text.match(/..?/g)) {
		const [a, b] = [...pair].map((c) => LETTERS.indexOf(c));
		bits += b === undefined ? bin(a, 6) : bin(45 * a + b, 11);
	}
	bits = (bits + "0000").slice(0, 8 * DATA);
	const words = bits.match(/.{1,8}/g).map((w) =>
		parseInt(w.padEnd(8, "0"), 2));
	for (let fill = 0xec; words.length < DATA; fill ^= 0xec ^ 0x11) {
		words.push(fill);
	}
	return words;
}

// In the field of x^8 + x^4 + x^3 + x^2 + 1
function times(a, b) {
	let out = 0;
	for (; b > 0; b >>= 1, a = (a << 1) ^ (a >> 7 ? 0x11d : 0)) {
		out ^= b & 1 ? a : 0;
	}
	return out;
}

// Reed-Solomon: the remainder of the words by (x - 1)(x - 2)(x - 4)...
function checkWords(words) {
	let divisor = [1];
	for (let i = 0, root = 1; i < CHECK; i++, root = times(root, 2)) {
		divisor = [...divisor, 0].map((v, k) =>
			v ^ (k ? times(divisor[k - 1], root) : 0));
	}
	const rest = [...words, ...new Array(CHECK).fill(0)];
	for (let i = 0; i < words.length; i++) {
		const lead = rest[i];
		divisor.forEach((v, k) => {
			rest[i + k] ^= times(v, lead);
		});
	}
	return rest.slice(words.length);
}

// Level M and the mask, with their own check bits
function formatBits(mask) {
	let rest = mask << 10;
	for (let bit = 14; bit >= 10; bit--) {
		rest ^= (rest >> bit) & 1 ? 0x537 << (bit - 10) : 0;
	}
	return ((mask << 10) | rest) ^ 0x5412;
}

// What is the same in every symbol: null where data may stand
function patterns(mask) {
	const m = Array.from({ length: SIZE }, () => new Array(SIZE).fill(null));
	const set = (y, x, dark) => {
		if (y >= 0 && x >= 0 && y < SIZE && x < SIZE) {
			m[y][x] = dark ? 1 : 0;
		}
	};
	for (let i = 8; i < SIZE - 8; i++) {
		set(6, i, i % 2 === 0);
		set(i, 6, i % 2 === 0);
	}
	const rings = (cy, cx, reach, light) => {
		for (let y = -reach; y <= reach; y++) {
			for (let x = -reach; x <= reach; x++) {
				set(cy + y, cx + x, !light.includes(
					Math.max(Math.abs(x), Math.abs(y))));
			}
		}
	};
	rings(3, 3, 4, [2, 4]);
	rings(3, SIZE - 4, 4, [2, 4]);
	rings(SIZE - 4, 3, 4, [2, 4]);
	rings(ALIGN, ALIGN, 2, [1]);
	const format = formatBits(mask);
	for (let i = 0; i < 15; i++) {
		const bit = (format >> i) & 1;
		set(i < 6 ? i : i < 8 ? i + 1 : SIZE - 15 + i, 8, bit);
		set(8, i < 8 ? SIZE - 1 - i : i < 9 ? 7 : 14 - i, bit);
	}
	set(SIZE - 8, 8, 1);
	return m;
}

// A module of data is turned round where this is 0
const MASKS = [(y, x) => (y + x) % 2, (y) => y % 2, (y, x) => x % 3,
	(y, x) => (y + x) % 3,
	(y, x) => ((y >> 1) + Math.floor(x / 3)) % 2,
	(y, x) => y * x % 2 + y * x % 3,
	(y, x) => (y * x % 2 + y * x % 3) % 2,
	(y, x) => ((y + x) % 2 + y * x % 3) % 2];

// Upwards and downwards in columns of two, from the right
function symbol(words, mask) {
	const m = patterns(mask);
	const bits = words.map((w) => w.toString(2).padStart(8, "0")).join("");
	let at = 0;
	for (let right = SIZE - 1; right > 0; right -= 2) {
		right -= right === 6 ? 1 : 0; // the column of the timing pattern
		for (let n = 0; n < 2 * SIZE; n++) {
			const x = right - n % 2, up = (right + 1) & 2;
			const y = up ? n >> 1 : SIZE - 1 - (n >> 1);
			if (m[y][x] === null) {
				m[y][x] = Number(bits[at++] ?? 0) ^
					(MASKS[mask](y, x) === 0 ? 1 : 0);
			}
		}
	}
	return m.map((row) => row.join(""));
}

// What makes a symbol hard to read: runs, blocks, false finders, too much
// of one colour
function penalty(rows) {
	const lines = [...rows, ...Array.from(rows, (_, x) =>
		rows.map((row) => row[x]).join(""))];
	let sum = 0, dark = 0;
	for (const line of lines) {
		for (const run of line.match(/0{5,}|1{5,}/g) ?? []) {
			sum += run.length - 2;
		}
		sum += 40 * (line.match(/(?=10111010000|00001011101)/g) ??
			[]).length;
	}
	rows.forEach((row, y) => {
		for (let x = 0; x < SIZE; x++) {
			dark += Number(row[x]);
			sum += y > 0 && x > 0 && row[x] === row[x - 1] &&
				row[x] === rows[y - 1][x] &&
				row[x] === rows[y - 1][x - 1] ? 3 : 0;
		}
	});
	return sum + 10 * Math.floor(Math.abs(20 * dark / SIZE ** 2 - 10));
}

// { size, path } of ${text}: every run of dark modules is one rectangle
export function qr(text) {
	const data = dataWords(text);
	const words = [...data, ...checkWords(data)];
	const [best] = MASKS.map((_, mask) => symbol(words, mask))
		.map((rows) => ({ rows, cost: penalty(rows) }))
		.sort((a, b) => a.cost - b.cost);
	let path = "";
	best.rows.forEach((row, y) => {
		for (const run of row.matchAll(/1+/g)) {
			const width = run[0].length;
			path += `M${run.index + MARGIN} ${y + MARGIN}h${width}v1h${
				-width}z`;
		}
	});
	return { size: SIZE + 2 * MARGIN, path };
}
