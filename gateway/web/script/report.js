// SPDX-License-Identifier: EUPL-1.2
// report.json (keys/FORMAT.md section 3): what the reporter wrote, as one
// document. Keys stand in the order of that page.
import { hex, random, utf8 } from "./bytes.js";
import { keyOf, keyText } from "./minisign.js";
import { recipientOf } from "./recipient.js";

export const REPORT_MAX = 49152;
const NAME_MAX = 255;
const TYPE_MAX = 127;
const ASKED_MAX = 200;

// No NUL and no half of a surrogate pair: neither is a character, and
// readers refuse the document for them
export const clean = (s) =>
	s.replace(/\0/g, "").replace(/\p{Cs}/gu, "\ufffd");

// The start of a text in at most this many bytes of UTF-8
export function cut(s, max) {
	let n = 0, out = "";
	for (const c of clean(s)) {
		n += utf8(c).length;
		if (n > max) {
			break;
		}
		out += c;
	}
	return out;
}

export function threadFirst(keys) {
	return { tag_key: hex(keys.tagKey), recipient: recipientOf(keys.mailbox),
		signer: keyText(keyOf(keys.thread)) };
}

export function threadLater(keys, lastReply) {
	return { signer: keyText(keyOf(keys.thread)), last_reply: lastReply };
}

export function reportNew(about) {
	const answers = {};
	for (const [k, v] of Object.entries(about.answers)) {
		if (v !== "") {
			answers[k] = clean(v);
		}
	}
	const questions = Object.entries(about.questions ?? {})
		.map(([k, v]) => [k, cut(v, ASKED_MAX)]);
	const r = {
		type: "meldluik-report", version: 1, kind: about.kind,
		org: hex(about.org), keyset: hex(about.keyset),
		epoch: about.epoch, desk: about.desk,
		message_id: hex(about.messageId ?? random(16)),
		sealed_by: about.sealedBy, language: about.language,
		relation: about.relation, about: about.about, answers,
		...(questions.length > 0 ?
			{ questions: Object.fromEntries(questions) } : {}),
		attachments: [],
	};
	return about.thread ? { ...r, thread: about.thread } : r;
}

export const attachmentEntry = (file, sha256) => ({
	name: cut(file.name, NAME_MAX) || "-",
	media_type: cut(file.type, TYPE_MAX),
	size: file.size, sha256: hex(sha256),
	...(file.original ? { original: hex(file.original) } : {}),
});

export const reportBytes = (r) => utf8(JSON.stringify(r) + "\n");
