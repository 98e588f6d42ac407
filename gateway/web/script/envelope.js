// SPDX-License-Identifier: EUPL-1.2
// Seals one message (keys/FORMAT.md section 3) as a stream: attachments are
// read in slices, so memory does not grow with them. Runs in the worker or,
// where there is none, in the page.
import { ageSeal } from "./age.js";
import { demand, hasher, random, unhex, utf8 } from "./bytes.js";
import { signMake } from "./minisign.js";
import { fileSlice, fileUnchanged, SLICE } from "./reading.js";
import { recipientCheck, recipientThrowaway } from "./recipient.js";
import { attachmentEntry, REPORT_MAX, reportBytes } from "./report.js";
import { END, sealedSize, sizeClass, tarHeader, tarMember, tarPad }
	from "./tar.js";

const STANZAS = 4;
const SIGNATURE_MAX = 512;
const FILES_MAX = 32;
const CLOSING = tarMember(REPORT_MAX) + tarMember(SIGNATURE_MAX) + END;

export function payloadClass(files) {
	demand(files.length <= FILES_MAX, "files-many");
	const size = sizeClass(files.reduce((n, f) => n + tarMember(f.size),
		CLOSING));
	demand(size > 0, "files-large");
	return size;
}

export const envelopeSize = (files) => sealedSize(payloadClass(files));

// Four, in an order that tells nothing
function recipients(holders) {
	demand(holders.length >= 1 && holders.length <= STANZAS, "recipient");
	const all = holders.map(recipientCheck);
	while (all.length < STANZAS) {
		all.push(recipientThrowaway());
	}
	for (let i = STANZAS - 1; i > 0; i--) {
		// 2^32 is a multiple of 1, 2 and 4; for 3 the bias is 2^-32
		const j = new Uint32Array(random(4).buffer)[0] % (i + 1);
		[all[i], all[j]] = [all[j], all[i]];
	}
	return all;
}

async function* payload(job) {
	const report = { ...job.report, attachments: [] };
	const size = payloadClass(job.files);
	let taken = 0;
	const put = (b) => {
		taken += b.length;
		return b;
	};
	for (const [i, file] of job.files.entries()) {
		const h = hasher();
		const name = "attachments/" + String(i + 1).padStart(2, "0");
		yield put(tarHeader(name, file.size));
		for (let at = 0; at < file.size; at += SLICE) {
			const b = await fileSlice(file, at,
				Math.min(at + SLICE, file.size));
			h.update(b);
			yield put(b);
		}
		const hashed = h.digest();
		await fileUnchanged(file, hashed);
		yield put(new Uint8Array(tarPad(file.size)));
		report.attachments.push(attachmentEntry(file, hashed));
	}
	const json = reportBytes(report);
	demand(json.length <= REPORT_MAX, "text-long");
	yield put(tarHeader("report.json", json.length));
	yield put(json);
	yield put(new Uint8Array(tarPad(json.length)));
	if (job.seed) {
		const sig = utf8(signMake(job.seed, { purpose: "report",
			org: unhex(report.org, 16), desk: report.desk }, json));
		yield put(tarHeader("report.json.minisig", sig.length));
		yield put(sig);
		yield put(new Uint8Array(tarPad(sig.length)));
	}
	while (taken < size) {
		yield put(new Uint8Array(Math.min(SLICE, size - taken)));
	}
}

// Of the next message: its recipients are known before its text
let begun = null;

export function sealBegin(holders) {
	begun = { to: String(holders), ...ageSeal(recipients(holders)) };
}

// Once only: nothing is sealed under a key that was used
function begin(holders) {
	const own = begun?.to === String(holders) ? begun :
		ageSeal(recipients(holders));
	begun = null;
	return own;
}

/*
 * Seals ${job} {holders, report, files, seed}; ${sink}(bytes) takes the
 * envelope in order and may be slow. A file is {blob, name, type, size,
 * lastModified}, sizes as they were at the choice; of a clean copy also
 * {original}, the hash of what was chosen.
 */
export async function seal(job, sink) {
	const { head, sealer } = begin(job.holders);
	const bytes = payload(job);
	const source = new ReadableStream({
		async pull(c) {
			const { done, value } = await bytes.next();
			if (done) {
				c.close();
			} else {
				c.enqueue(value);
			}
		},
	}, { highWaterMark: 0 });
	const reader = source.pipeThrough(sealer).getReader();
	let size = head.length;
	await sink(head);
	for (;;) {
		const { done, value } = await reader.read();
		if (done) {
			break;
		}
		size += value.length;
		await sink(value);
	}
	demand(size === envelopeSize(job.files), "usage", "size");
	return size;
}
