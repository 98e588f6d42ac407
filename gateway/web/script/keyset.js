// SPDX-License-Identifier: EUPL-1.2
// Who may read: keyset, epoch files and receipts (keys/FORMAT.md sections 6
// and 8). The identity key is trusted on first use; its fingerprint is shown
// so that people can compare it.
import { demand, equal, hash, hex, text, unhex, utf8 } from "./bytes.js";
import { isInt, isList, isMatch, isText, jsonKeys, jsonRead }
	from "./json.js";
import { keyParse, noteSplit, programKeyParse, signCheck } from "./minisign.js";
import { recipientCheck } from "./recipient.js";
import { dayCheck, weekCheck } from "./week.js";

const DOC_MAX = 262144;
const DESKS_MAX = 16;
const PEOPLE_MAX = 64;
const HOLDERS_MAX = 4;
const REVOKED_MAX = 64;
const GENERATION_MAX = 1000000;
const ID = /^[a-z0-9_-]{1,32}$/;
const ROLE = /^[a-z0-9_-]{1,32}$/;
const RECEIPT_MAX = 4096;

const keyOrNone = (s) => s === "" ? null : keyParse(s);

function unique(list, what) {
	demand(new Set(list).size === list.length, "format", what);
}

function deskRead(d) {
	jsonKeys(d, ["number", "id", "names", "not_about", "successor"]);
	isInt(d.number, 1, 63);
	isMatch(d.id, ID);
	jsonKeys(d.names, Object.keys(d.names ?? {}));
	for (const name of Object.values(d.names)) {
		isText(name, 1, 128);
	}
	isList(d.not_about, 16).forEach((r) => isMatch(r, ROLE));
	isInt(d.successor, 0, 63);
	return d;
}

function personRead(p, desks) {
	jsonKeys(p, ["id", "desk", "role", "key"]);
	isMatch(p.id, ID);
	demand(desks.some((d) => d.number === p.desk), "format", "desk");
	isMatch(p.role, /^(holder|approver)$/);
	return { ...p, key: keyParse(p.key) };
}

// The identity before, if it signed that this one follows it
async function successionRead(s, org, identity) {
	jsonKeys(s, ["identity", "minisig"]);
	const key = keyParse(s.identity);
	isText(s.minisig, 1, 512);
	await signCheck([key], { purpose: "succession", org, desk: 0 },
		utf8(`meldluik succession\n${hex(org)}\n${identity}\n`),
		s.minisig);
	return key;
}

// A revocation: the identity named itself among the revoked keys
export const withdrawn = (k) => k.revoked.some((r) => equal(r, k.identity));

// May ${next} take the place of ${old}? As keyset_follows of the programs
export function keysetFollows(old, next) {
	demand(equal(old.org, next.org), "foreign", "org");
	demand(equal(old.identity, next.identity), "signature", "identity");
	demand(next.serial >= old.serial, "rollback", String(next.serial));
	if (next.serial === old.serial) {
		demand(equal(old.hash, next.hash), "fork", String(next.serial));
	} else if (next.serial === old.serial + 1) {
		demand(next.previous === hex(old.hash), "chain",
			String(next.serial));
	}
}

// Verified by the identity it names, or by ${pinned} where one is known
export async function keysetParse(bytes, minisig, pinned) {
	const o = jsonRead(bytes, DOC_MAX, "meldluik-keyset", ["org",
		"organisation", "serial", "previous", "day", "not_after",
		"identity", "release", "gateway", "addresses", "desks", "people",
		"revoked", "succession"]);
	const org = unhex(o.org, 16), identity = keyParse(o.identity);
	demand(!pinned || equal(pinned, identity), "signature", "identity");
	await signCheck([identity], { purpose: "keyset", org, desk: 0 }, bytes,
		minisig);
	isText(o.organisation, 1, 128);
	isInt(o.serial, 1, Number.MAX_SAFE_INTEGER);
	unhex(o.previous, 32);
	dayCheck(o.day);
	dayCheck(o.not_after);
	demand(o.release === "" || programKeyParse(o.release), "format", "key");
	jsonKeys(o.gateway, ["key", "generation"]);
	isInt(o.gateway.generation, 1, GENERATION_MAX);
	const desks = isList(o.desks, DESKS_MAX).map(deskRead);
	const people = isList(o.people, PEOPLE_MAX)
		.map((p) => personRead(p, desks));
	unique(desks.map((d) => d.number), "desk");
	unique(desks.map((d) => d.id), "desk");
	unique(people.map((p) => p.id), "person");
	const revoked = isList(o.revoked, REVOKED_MAX).map(keyParse);
	const before = o.succession === undefined ? null :
		await successionRead(o.succession, org, o.identity);
	const k = { org, identity, organisation: o.organisation, before,
		serial: o.serial, previous: o.previous, notAfter: o.not_after, desks, people, revoked,
		gateway: keyOrNone(o.gateway.key),
		generation: o.gateway.generation, hash: hash(bytes) };
	for (const d of desks) {
		demand(holders(k, d.number).length <= HOLDERS_MAX, "format",
			"holders");
		// a successor may read all that the desk might read: a later
		// message says nothing of whom it is about
		demand(d.successor === 0 || desks.some((e) =>
			e.number === d.successor && e.not_about.every((r) =>
				d.not_about.includes(r))), "format", "successor");
	}
	return k;
}

export const holders = (k, desk) =>
	k.people.filter((p) => p.desk === desk && p.role === "holder");

export const holderKeys = (k, desk) => holders(k, desk).map((p) => p.key)
	.filter((key) => !k.revoked.some((r) => equal(r, key)));

// The desk that answers for a number now; numbers are never reused
export function deskNow(k, number) {
	for (let hops = 0; hops <= DESKS_MAX; hops++) {
		const d = k.desks.find((e) => e.number === number);
		if (!d || d.successor === 0) {
			return d ?? null;
		}
		number = d.successor;
	}
	return null;
}

export const deskName = (d, language) =>
	d ? d.names[language] ?? d.names.nl ?? d.id : "";

// As routing_pick of policy/: the first preferred desk that may read about
// this role, else the first that may; null: none
export function deskPick(k, role, prefer) {
	const may = (d) => d.successor === 0 && !d.not_about.includes(role);
	for (const id of prefer) {
		const d = k.desks.find((e) => e.id === id && may(e));
		if (d) {
			return d;
		}
	}
	return k.desks.find(may) ?? null;
}

export function blockText(org, week, block) {
	return utf8(`meldluik epoch block\n${hex(org)}\n${week}\n` +
		`${block.desk} ${block.person}\n${block.recipient}\n`);
}

// All blocks or nothing: a file without one holder's block would shut that
// holder out unseen
export async function epochParse(bytes, k) {
	const o = jsonRead(bytes, DOC_MAX, "meldluik-epoch",
		["org", "week", "keyset", "blocks"]);
	demand(o.org === hex(k.org) && o.keyset === hex(k.hash), "foreign",
		"epoch");
	weekCheck(o.week);
	const want = k.people.filter((p) => p.role === "holder");
	const blocks = isList(o.blocks, PEOPLE_MAX);
	demand(blocks.length === want.length, "blocks");
	unique(blocks.map((b) => b?.person), "person");
	for (const b of blocks) {
		jsonKeys(b, ["desk", "person", "recipient", "minisig"]);
		const p = want.find((q) => q.id === b.person);
		demand(p && p.desk === b.desk, "blocks", "person");
		demand(!k.revoked.some((r) => equal(r, p.key)), "blocks",
			"revoked");
		recipientCheck(b.recipient);
		isText(b.minisig, 1, 512);
		await signCheck([p.key], { purpose: "epoch", org: k.org,
			desk: b.desk }, blockText(k.org, o.week, b), b.minisig);
	}
	return { week: o.week, of: (desk) =>
		blocks.filter((b) => b.desk === desk).map((b) => b.recipient) };
}

// A receipt for exactly these bytes, signed by the gateway of the keyset
export async function receiptCheck(bytes, want) {
	demand(bytes.length <= RECEIPT_MAX, "limit", "receipt");
	const { minisig, doc } = noteSplit(bytes);
	const o = jsonRead(doc, RECEIPT_MAX, "meldluik-receipt",
		["org", "generation", "envelope", "epoch", "day"]);
	demand(want.gateway, "signature", "no gateway key");
	await signCheck([want.gateway], { purpose: "receipt",
		org: unhex(want.org, 16), desk: 0 }, doc, minisig);
	demand(o.org === want.org && o.envelope === want.envelope &&
		o.epoch === want.epoch && o.generation === want.generation,
	"signature", "receipt");
	dayCheck(o.day);
	return { day: o.day, envelope: o.envelope, note: text(bytes) };
}
