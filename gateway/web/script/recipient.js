// SPDX-License-Identifier: EUPL-1.2
// Hybrid recipients (mlkem768x25519) only: a classical one would need
// WebCrypto and would not be post-quantum. noble takes a key whose
// coefficients are not reduced; FIPS 203 7.2 wants it refused, so it is here.
import { bech32 } from "@scure/base";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { concat, demand, hex, random, Refused } from "./bytes.js";

const HRP = "age1pq";
const TEXT = 1959;
const MLKEM_VECTOR = 1152; // twelve bits a coefficient
const MLKEM_KEY = 1184;
const KEY = 1216;
const Q = 3329;

function decode(s) {
	try {
		const { prefix, words } = bech32.decode(s, false);
		return prefix === HRP ? bech32.fromWords(words) : new Uint8Array();
	} catch {
		throw new Refused("recipient", "bech32");
	}
}

// The seven encodings of points whose secret is known to all; the first
// pattern has 0, 1, p - 1, p and p + 1. A table, as libsodium has one: a
// multiplication to find out is the dearest part of a keyset's check
const LOW = new RegExp("^(0[01]0{62}|e[cde]f{60}7f|" +
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800|" +
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157)$");

function lowOrder(u) {
	u[31] &= 127; // X25519 ignores that bit
	return LOW.test(hex(u));
}

// The text itself, if it is a recipient one may seal to
export function recipientCheck(s) {
	demand(typeof s === "string" && s.length === TEXT &&
		s.startsWith(HRP + "1") && s === s.toLowerCase(),
		"recipient", "length");
	const b = decode(s);
	demand(b.length === KEY, "recipient", "length");
	for (let i = 0; i < MLKEM_VECTOR; i += 3) {
		const low = b[i] | ((b[i + 1] & 15) << 8);
		const high = (b[i + 1] >> 4) | (b[i + 2] << 4);
		demand(low < Q && high < Q, "recipient", "modulus");
	}
	demand(!lowOrder(b.slice(MLKEM_KEY)), "recipient", "low order");
	return s;
}

export const recipientOf = (seed) =>
	bech32.encode(HRP, bech32.toWords(MLKEM768X25519.getPublicKey(seed)),
		false);

export const identityText = (seed) =>
	bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", seed).toUpperCase();

// Twelve bits each, below the modulus, as FIPS 203 encodes a vector
function randomVector() {
	const out = new Uint8Array(MLKEM_VECTOR);
	for (let at = 0, have = []; at < MLKEM_VECTOR;) {
		have.push(...new Uint16Array(random(512).buffer)
			.map((v) => v & 4095).filter((v) => v < Q));
		for (; have.length > 1 && at < MLKEM_VECTOR; at += 3) {
			const [low, high] = have.splice(0, 2);
			out.set([low & 255, (low >> 8) | ((high & 15) << 4),
				high >> 4], at);
		}
	}
	return out;
}

// Nobody can open what is sealed to it: its vector, seed and X25519 key are
// drawn by lot and have no secret behind them. What is sealed to a true one looks the same (FIPS 203
// rests on that), and the work of making a key pair is saved.
export const recipientThrowaway = () =>
	bech32.encode(HRP, bech32.toWords(concat(randomVector(), random(64))),
		false);
