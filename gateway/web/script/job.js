// SPDX-License-Identifier: EUPL-1.2
// Runs a delivery in a worker made of this same file, so that the page stays
// quick; where no worker starts, in the page itself. Role and messages:
//   page -> worker  a job
//   worker -> page  {ready}, {tell: [...]}, {done: receipt}, {refused, detail}
import { Refused } from "./bytes.js";
import { deliver } from "./upload.js";

const READY_MS = 8000;

export function worker(scope) {
	scope.onmessage = async ({ data }) => {
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

export async function run(url, job, tell) {
	const w = url ? await start(url) : null;
	if (!w) {
		return await deliver(job, tell);
	}
	try {
		return await new Promise((done, failed) => {
			w.onmessage = ({ data }) => {
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
		});
	} finally {
		w.terminate();
	}
}
