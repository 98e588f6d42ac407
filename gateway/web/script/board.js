// SPDX-License-Identifier: EUPL-1.2
// The board (keys/FORMAT.md section 5): lane manifests, our slots in them,
// and the replies that open. Nothing is shown before a slot was opened to
// its end and its signature held.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ageOpen } from "./age.js";
import { concat, demand, equal, hash, hex, unhex, utf8 } from "./bytes.js";
import { isInt, isList, isMatch, isText, jsonKeys, jsonRead }
	from "./json.js";
import { holderKeys } from "./keyset.js";
import { noteSplit, signCheck } from "./minisign.js";
import { dayCheck } from "./week.js";

const SLOT = 8192;
const TAG = 16;
const LIVE_MAX = 8;
const MANIFEST_MAX = 262144;
const SLOTS_MIN = 16;
const SHARD_SLOTS = 256;
const SHARDS_MAX = 1024;
const REPLY_MAX = 6517;
const RECEIPTS_MAX = 16;
const KINDS = /^(acknowledgement|question|message|feedback|closing)$/;
const LANGUAGE = /^[A-Za-z0-9-]{2,16}$/;

const powerOfTwo = (n) => n > 0 && (n & (n - 1)) === 0;

export async function laneParse(bytes, minisig, k, desk) {
	const o = jsonRead(bytes, MANIFEST_MAX, "meldluik-lane", ["org", "desk",
		"tenure", "serial", "day", "nonce", "slots", "shards", "intake"]);
	demand(o.org === hex(k.org) && o.desk === desk, "foreign", "lane");
	await signCheck(holderKeys(k, desk), { purpose: "lane", org: k.org, desk },
		bytes, minisig);
	isInt(o.tenure, 0, Number.MAX_SAFE_INTEGER);
	isInt(o.serial, 0, Number.MAX_SAFE_INTEGER);
	dayCheck(o.day);
	isInt(o.slots, SLOTS_MIN, SHARD_SLOTS * SHARDS_MAX);
	const shards = isList(o.shards, SHARDS_MAX).map((h) => unhex(h, 32));
	demand(powerOfTwo(o.slots) && shards.length ===
		Math.max(1, o.slots / SHARD_SLOTS), "format", "slots");
	jsonKeys(o.intake, ["serial", "sha256"]);
	isInt(o.intake.serial, 0, Number.MAX_SAFE_INTEGER);
	unhex(o.intake.sha256, 32);
	return { desk, tenure: o.tenure, serial: o.serial, day: o.day,
		nonce: unhex(o.nonce, 32), slots: o.slots, shards };
}

export const slotTag = (tagKey, nonce, n) => hmac(sha256, tagKey,
	concat(utf8("meldluik/v1/slot"), nonce, Uint8Array.of(n))).slice(0, TAG);

// Which shard of the lane a thread is in, and its bytes as a range
export function laneRange(lane, tagKey) {
	const bits = Math.log2(lane.shards.length);
	const h = hash(tagKey);
	const lead = (h[0] * 0x1000000 + (h[1] << 16) + (h[2] << 8) + h[3]);
	const shard = Math.floor(lead / 2 ** (32 - bits));
	const length = lane.slots / lane.shards.length * SLOT;
	return { shard, from: shard * length, length,
		whole: lane.shards.length === 1 };
}

export function shardCheck(lane, range, bytes) {
	demand(bytes.length === range.length &&
		equal(hash(bytes), lane.shards[range.shard]), "signature",
	"shard");
}

export async function replyParse(bytes, k, desk) {
	const { minisig, doc } = noteSplit(bytes);
	await signCheck(holderKeys(k, desk), { purpose: "reply", org: k.org, desk },
		doc, minisig);
	const o = jsonRead(doc, REPLY_MAX, "meldluik-reply", ["org", "desk",
		"reply_id", "part", "parts", "day", "kind", "language", "text",
		"receipts"]);
	demand(o.org === hex(k.org) && o.desk === desk, "foreign", "reply");
	unhex(o.reply_id, 16);
	isInt(o.parts, 1, LIVE_MAX);
	isInt(o.part, 1, o.parts);
	dayCheck(o.day);
	isMatch(o.kind, KINDS);
	isMatch(o.language, LANGUAGE);
	isText(o.text, 0, REPLY_MAX);
	isList(o.receipts, RECEIPTS_MAX).forEach((r) => unhex(r, 16));
	return o;
}

// Our slots in a shard, opened: {notes, damaged}
export async function shardOpen(lane, shard, keys, k) {
	const mine = new Map();
	for (let n = 0; n < LIVE_MAX; n++) {
		mine.set(hex(slotTag(keys.tagKey, lane.nonce, n)), n);
	}
	const notes = [];
	let damaged = 0;
	for (let at = 0; at + SLOT <= shard.length; at += SLOT) {
		const slot = shard.subarray(at, at + SLOT);
		const n = mine.get(hex(slot.subarray(0, TAG)));
		if (n === undefined) {
			continue;
		}
		try {
			const note = await ageOpen(keys.mailbox, slot.subarray(TAG));
			notes.push({ n, reply: await replyParse(note, k, lane.desk) });
		} catch {
			damaged++;
		}
	}
	notes.sort((a, b) => a.n - b.n);
	return { notes: notes.map((x) => x.reply), damaged };
}

// Parts of one reply are joined; a reply with a part missing is damaged
export function repliesJoin(notes) {
	const byId = new Map();
	for (const r of notes) {
		byId.set(r.reply_id, [...(byId.get(r.reply_id) ?? []), r]);
	}
	const replies = [];
	let damaged = 0;
	for (const parts of byId.values()) {
		parts.sort((a, b) => a.part - b.part);
		const first = parts[0];
		if (parts.length !== first.parts || parts.some((p, i) =>
			p.part !== i + 1 || p.parts !== first.parts ||
			p.kind !== first.kind || p.desk !== first.desk)) {
			damaged++;
			continue;
		}
		replies.push({ id: first.reply_id, day: first.day,
			kind: first.kind, language: first.language,
			desk: first.desk, receipts: first.receipts,
			text: parts.map((p) => p.text).join("") });
	}
	return { replies, damaged };
}
