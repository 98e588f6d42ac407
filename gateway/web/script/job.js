// SPDX-License-Identifier: EUPL-1.2
// Runs a delivery in a worker made of this same file, so that the page stays
// quick; where no worker starts, in the page itself. The worker is made, and
// begins the envelope, while the reporter types. Role and messages:
//   page -> worker  {holders} to begin for, then a job
//   worker -> page  {ready}, {tell: [...]}, {done: receipt}, {refused, detail}
import { Refused } from "./bytes.js";
import { sealBegin } from "./envelope.js";
import { deliver } from "./upload.js";

const READY_MS = 8000;

export function worker(scope) {
	scope.onmessage = async ({ data }) => {
		if (!data.report) {
			sealBegin(data.holders); // if it fails, the job says why
			return;
		}
		try {
			const done = await deliver(data, (...tell) =>
				scope.postMessage({ tell }));
			scope.postMessage({ done });
		} catch (e) {
			scope.postMessage({ refused: e.word ?? "failed",
				detail: String(e.message) });
		}
	};
	scope.postMessage({ ready: true });
}

// A worker that has said it runs, or null
function start(url) {
	return new Promise((done) => {
		let w;
		try {
			w = new Worker(url);
		} catch {
			done(null);
			return;
		}
		const timer = setTimeout(() => give(null), READY_MS);
		const give = (result) => {
			clearTimeout(timer);
			w.onerror = w.onmessage = null;
			if (!result) {
				w.terminate();
			}
			done(result);
		};
		w.onerror = () => give(null);
		w.onmessage = () => give(w);
	});
}

let early = null; // the promise of a worker that waits

// Makes the worker of the next message
export function prepare(url) {
	early?.then((w) => w?.terminate());
	early = url && start(url);
}

// It will be for ${holders}
export const begin = (holders) =>
	early?.then((w) => w?.postMessage({ holders }));

let working = null;

// Ends what a worker is at; in the page itself a job ends when it tells
export const halt = () => working?.terminate();

// False: it is silent, and has sent nothing
function ask(w, job, tell) {
	return new Promise((done, failed) => {
		const timer = setTimeout(() => done(false), READY_MS);
		w.onmessage = ({ data }) => {
			clearTimeout(timer); // a job begins with a word of it
			if (data.tell) {
				tell(...data.tell);
			} else if (data.done) {
				done(data.done);
			} else {
				failed(new Refused(data.refused, data.detail));
			}
		};
		w.onerror = (e) => failed(new Refused("failed", e.message));
		w.postMessage(job);
	}).finally(() => w.terminate());
}

export async function run(url, job, tell) {
	const w = await (early ?? (url && start(url)));
	working = w;
	early = null;
	tell("seal", 0); // it may be stopped already
	return w && await ask(w, job, tell) || await deliver(job, tell);
}
