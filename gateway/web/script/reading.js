// SPDX-License-Identifier: EUPL-1.2
// Reads files of the reporter so that a file that was changed, cut or removed
// after it was chosen is noticed, and never sealed short.
//
// Trap: Firefox gives short slices of a file that was cut after it was
// chosen, and Chromium gives size 0 for a deleted one. So the size is the one
// kept at the choice, and each slice must have its length. Firefox tells
// neither a new time nor new bytes of the same length: so the bytes are
// hashed at the choice, and again when they are sealed. (Bytes added behind
// it does not tell either; then what is sealed is the file as it was chosen.)
import { demand, equal, hash, hasher, Refused } from "./bytes.js";

export const SLICE = 65536;
const SEEN_MAX = 64 * 1048576; // hashed while the reporter goes on typing

// Name, size, time and bytes at the moment of the choice. ${seen} is the
// promise of a hash, or of null for a large file.
export function fileChosen(f) {
	const file = { blob: f, name: f.name, type: f.type, size: f.size,
		lastModified: f.lastModified, removed: false };
	file.seen = fileSeen(file);
	file.seen.catch(() => {}); // said when it is sent
	return file;
}

async function fileSeen(file) {
	const h = hasher();
	if (file.size > SEEN_MAX) {
		return null;
	}
	for (let at = 0; at < file.size && !file.removed; at += SLICE) {
		h.update(await fileSlice(file, at,
			Math.min(at + SLICE, file.size)));
	}
	return h.digest();
}

export async function fileSlice(file, from, to) {
	let b;
	try {
		b = new Uint8Array(await file.blob.slice(from, to).arrayBuffer());
	} catch {
		throw new Refused("file-changed", file.name);
	}
	demand(b.length === to - from, "file-changed", file.name);
	return b;
}

// Written since the choice: nothing of it is sure. ${hashed}: what was read;
// ${file.seen} is a hash or null here, no promise.
export async function fileUnchanged(file, hashed) {
	const blob = file.blob;
	demand(blob.size === file.size && (file.lastModified === undefined ||
		blob.lastModified === file.lastModified), "file-changed",
	file.name);
	let more;
	try {
		more = await blob.slice(Math.max(0, file.size - 1)).arrayBuffer();
	} catch {
		throw new Refused("file-changed", file.name);
	}
	demand(more.byteLength === Math.min(1, file.size) &&
		(!file.seen || equal(file.seen, hashed)), "file-changed",
	file.name);
}

// All its bytes, and their hash
export async function fileWhole(file) {
	const bytes = await fileSlice(file, 0, file.size);
	const hashed = hash(bytes);
	await fileUnchanged(file, hashed);
	return { bytes, hashed };
}
