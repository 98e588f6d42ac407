// SPDX-License-Identifier: EUPL-1.2
// Stands in for noble's NIST curves in the bundle (alias in build.mjs).
// noble's hybrid module makes kinds of keys with them when it is loaded,
// which no bundler can drop: 15 KB this page never uses. A curve must be
// there for that, so it is Curve25519, and nothing that is named after
// P-256 may be used: age.js uses MLKEM768X25519 only.
import { ed25519, x25519 } from "@noble/curves/ed25519.js";

export const p256 = { ...ed25519, getSharedSecret: x25519.getSharedSecret };
export const p384 = p256;
