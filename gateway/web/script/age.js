// SPDX-License-Identifier: EUPL-1.2
// age files with hybrid recipients, from typage's own parts. Its Encrypter
// and Decrypter name every kind of recipient there is, so a bundle of them
// carries P-256, scrypt and WebAuthn that this page must never use; the
// parts below are all it needs. CMake names their places (alias).
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHeader, encodeHeaderNoMAC, parseHeader }
	from "typage/format.js";
import { read, readAll, stream } from "typage/io.js";
import { HybridIdentity, HybridRecipient } from "typage/recipients.js";
import { decryptSTREAM, encryptSTREAM } from "typage/stream.js";
import { concat, demand, equal, random, utf8 } from "./bytes.js";
import { identityText } from "./recipient.js";

const FILE_KEY = 16;
const NONCE = 16;

const macOf = (fileKey, header) =>
	hmac(sha256, hkdf(sha256, fileKey, undefined, utf8("header"), 32),
		header);
const streamKey = (fileKey, nonce) =>
	hkdf(sha256, fileKey, nonce, utf8("payload"), 32);

// What stands before the payload, and the transform that seals it
export function ageSeal(recipients) {
	const fileKey = random(FILE_KEY), nonce = random(NONCE);
	const stanzas = recipients.flatMap((r) =>
		new HybridRecipient(r).wrapFileKey(fileKey));
	const header = encodeHeader(stanzas,
		macOf(fileKey, encodeHeaderNoMAC(stanzas)));
	const sealer = encryptSTREAM(streamKey(fileKey, nonce));
	fileKey.fill(0);
	return { head: concat(header, nonce), sealer };
}

// A whole small file; nothing is given back before its last byte held
export async function ageOpen(seed, file) {
	const h = await parseHeader(stream(file));
	const fileKey = new HybridIdentity(identityText(seed))
		.unwrapFileKey(h.stanzas);
	demand(fileKey && equal(h.MAC, macOf(fileKey, h.headerNoMAC)), "crypt");
	const { data: nonce, rest } = await read(h.rest, NONCE);
	return await readAll(rest.pipeThrough(
		decryptSTREAM(streamKey(fileKey, nonce))));
}
