// SPDX-License-Identifier: EUPL-1.2
// Brings a sealed envelope to the gateway (keys/FORMAT.md section 12).
// Browsers resend requests on their own, so every request may arrive twice;
// a part is sealed once and kept until it is taken. What was sealed is never
// sealed again under the same key: after a lost session all starts anew.
import { concat, demand, hash, hasher, hex, Refused, to64 } from "./bytes.js";
import { receiptCheck } from "./keyset.js";
import { envelopeSize, seal } from "./envelope.js";

const WHOLE_MAX = 1048576;
const PART = 1048576;
const SILENCE_MS = 180000;
const WAIT_MS = 500;
const WAIT_MAX_MS = 30000;
const RESTARTS_MAX = 3;
const RETRY_AFTER_MAX = 300;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const OPTIONS = { credentials: "omit", cache: "no-store", redirect: "error",
	referrerPolicy: "no-referrer" };

// It ends when it stalls, never because it takes long. How far a body (a
// Blob) has gone is not told: it may go at 1 kB/s.
export async function request(url, options = {}) {
	const stop = new AbortController(), pieces = [];
	let timer;
	const patience = (ms) => {
		clearTimeout(timer);
		timer = setTimeout(() => stop.abort(), ms);
	};
	try {
		patience(SILENCE_MS + (options.body?.size ?? 0));
		const r = await fetch(url, { ...OPTIONS, ...options,
			signal: stop.signal });
		const from = r.body?.getReader();
		for (let got; (got = await from?.read())?.value;) {
			pieces.push(got.value);
			patience(SILENCE_MS);
		}
		return { status: r.status, headers: r.headers,
			body: concat(...pieces) };
	} finally {
		clearTimeout(timer);
	}
}

const passing = (status) => [408, 429, 500, 502, 503, 504].includes(status);

function waitAfter(answer, wait) {
	const s = Number(answer?.headers.get("Retry-After"));
	return s > 0 ? Math.min(s, RETRY_AFTER_MAX) * 1000 : wait;
}

/*
 * Until an answer that is not passing. ${tell}(state, seconds) hears of
 * waiting. There is no limit while the page is open: the reporter can leave.
 */
export async function insist(url, options, tell) {
	for (let wait = WAIT_MS;; wait = Math.min(2 * wait, WAIT_MAX_MS)) {
		let answer = null;
		try {
			answer = await request(url, options);
		} catch {
			// no connection, or broken off
		}
		if (answer && !passing(answer.status)) {
			return answer;
		}
		const ms = waitAfter(answer, wait);
		tell(answer ? "busy" : "cut", Math.ceil(ms / 1000));
		await pause(ms + Math.random() * wait / 2);
	}
}

function word(answer) {
	try {
		return JSON.parse(new TextDecoder().decode(answer.body)).error;
	} catch {
		return "";
	}
}

function refuse(answer) {
	const w = { 410: "epoch", 507: "full", 413: "limit" }[answer.status];
	throw new Refused(w ?? "server", `${answer.status} ${word(answer)}`);
}

const digest = (b) => `sha-256=:${to64(b)}:`;

async function sendWhole(job, tell) {
	const pieces = [];
	await seal(job, (b) => {
		pieces.push(b);
	});
	const body = concat(...pieces);
	const h = hash(body);
	tell("send", 0);
	const answer = await insist("/v1/envelopes", { method: "PUT",
		headers: { "Epoch": job.report.epoch, "Content-Digest": digest(h),
			"Content-Type": "application/octet-stream" },
		body: new Blob([body]) }, (state, s) => tell(state, 0, s));
	return { answer, h };
}

async function sendPart(id, n, body, tell) {
	const answer = await insist("/v1/uploads", { method: "PUT",
		headers: { "Upload-Id": id, "Upload-Part": String(n),
			"Content-Type": "application/octet-stream" },
		// a Blob is steadier in Firefox than an array
		body: new Blob([body]) }, tell);
	if (answer.status === 404 || answer.status === 409) {
		throw new Refused("restart", String(answer.status));
	}
	if (answer.status !== 204) {
		refuse(answer);
	}
}

async function sendParts(job, tell) {
	const total = envelopeSize(job.files), h = hasher();
	const begun = await insist("/v1/uploads", { method: "POST",
		headers: { "Epoch": job.report.epoch } }, (state, s) =>
		tell(state, 0, s));
	if (begun.status !== 201) {
		refuse(begun);
	}
	const id = JSON.parse(new TextDecoder().decode(begun.body)).upload;
	demand(/^[0-9a-f]{32}$/.test(id), "server", "upload id");
	let part = new Uint8Array(PART), used = 0, n = 0, sent = 0;
	let sending = Promise.resolve(), failed = null;
	// One part is on its way while the next is being sealed
	const flush = async () => {
		const body = part.slice(0, used);
		used = 0;
		n++;
		await sending;
		if (failed) {
			throw failed;
		}
		const number = n;
		sending = sendPart(id, number, body, (state, s) =>
			tell(state, sent / total, s)).then(() => {
			sent += body.length;
			tell("send", sent / total);
		}).catch((e) => {
			failed = e;
		});
	};
	await seal(job, async (b) => {
		h.update(b);
		for (let at = 0; at < b.length;) {
			const take = Math.min(PART - used, b.length - at);
			part.set(b.subarray(at, at + take), used);
			used += take;
			at += take;
			if (used === PART) {
				await flush();
			}
		}
	});
	if (used > 0) {
		await flush();
	}
	await sending;
	if (failed) {
		throw failed;
	}
	const whole = h.digest();
	const answer = await insist("/v1/envelopes", { method: "PUT",
		headers: { "Upload-Id": id, "Epoch": job.report.epoch,
			"Content-Digest": digest(whole) } },
	(state, s) => tell(state, 1, s));
	// 400: a store that ended lost the last parts
	if (answer.status === 404 || answer.status === 400) {
		throw new Refused("restart", String(answer.status));
	}
	return { answer, h: whole };
}

/*
 * Seals and sends ${job} (envelope.js, and gateway, generation of the
 * keyset); ${tell}(state, part of 1, seconds to wait) hears of progress.
 * The receipt, verified. Whatever else comes with a status of success is an
 * error of its own: nobody can tell then whether the envelope was taken.
 */
export async function deliver(job, tell) {
	for (let tries = 0;; tries++) {
		tell("seal", 0);
		try {
			const small = envelopeSize(job.files) <= WHOLE_MAX;
			const { answer, h } = await (small ? sendWhole : sendParts)(job,
				tell);
			if (answer.status < 200 || answer.status > 299) {
				refuse(answer);
			}
			try {
				return await receiptCheck(answer.body, { gateway: job.gateway,
					generation: job.generation, org: job.report.org,
					epoch: job.report.epoch, envelope: hex(h) });
			} catch (e) {
				throw new Refused("receipt", e.message);
			}
		} catch (e) {
			if (e.word !== "restart" || tries >= RESTARTS_MAX) {
				throw e;
			}
		}
	}
}
