// SPDX-License-Identifier: EUPL-1.2
// What the network sees of the script page: node wire.mjs PORT CODE WRONG
// Reading: a right code with replies, a wrong one and none make the same
// requests, byte for byte. Sending: a report, short or long, a question, a
// follow-up and a withdrawal are one request of one size.
import assert from "node:assert/strict";
import { open } from "./drive.mjs";
import { script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, right, wrong] = process.argv.slice(2);
const WHICH = ["firefox", "chromium"];
const tap = await tapOpen(Number(port));
const url = `http://127.0.0.1:${tap.port}`;
const keys = (r) => r.line.includes(" /v1/");

// A visit from a fresh profile; what it asked for
async function visit(which, doing) {
	tap.requests.length = 0;
	const b = await open(which, {});
	const out = await doing(b);
	await b.close();
	const all = tap.requests.slice();
	return { out, page: all.filter((r) => !keys(r)).map((r) => r.raw).sort(),
		keys: all.filter(keys).map((r) => r.raw), all };
}

async function reading(which) {
	const seen = {};
	for (const [name, code] of [["right", right], ["wrong", wrong],
		["none", ""]]) {
		seen[name] = await visit(which, async (b) => {
			await script.goto(b, url, "replies");
			if (code) {
				await b.type("#check-form textarea[name=code]", code);
			} else {
				await b.run(() => {
					document.querySelector("#check-form textarea")
						.required = false;
				});
			}
			await b.click("#check-form button[type=submit]");
			await b.until("an answer", () =>
				document.querySelector("#ml-replies") !== null ||
				document.querySelector("#ml-error")?.textContent);
			return (await b.texts("#ml-replies article")).length;
		});
	}
	assert.equal(seen.right.out, 2, which);
	assert.equal(seen.wrong.out, 0, which);
	for (const name of ["wrong", "none"]) {
		assert.deepEqual(seen[name].keys, seen.right.keys,
			`${which}: ${name} asks otherwise than right`);
		assert.deepEqual(seen[name].page, seen.right.page, which);
	}
	assert(seen.right.keys.length >= 3 + 3 * 2, which);
	console.log(`${which}: ${seen.right.keys.length} equal requests for a ` +
		"right, a wrong and no code");
}

// The one request of a message: its size and headers but for the digest
async function sending(which) {
	const seen = {};
	const note = (name) => {
		const sent = tap.requests.filter((r) =>
			/^(PUT|POST) /.test(r.line));
		assert.equal(sent.length, 1, `${which}: ${name}: ` +
			sent.map((r) => r.line));
		seen[name] = { line: sent[0].line, size: sent[0].size,
			headers: sent[0].headers.map((h) =>
				h.replace(/^(content-digest: ).*/i, "$1")) };
		tap.requests.length = 0;
	};
	const b = await open(which, {});
	const mine = await script.report(b, url, { text: "Kort." });
	note("report");
	await script.report(b, url, { text: "Lang: é👤 ".repeat(3000),
		about: "coordinator" });
	note("long report to another desk");
	await script.report(b, url, { text: "Zonder code", code: false });
	note("report without a code");
	await script.report(b, url, { text: "Een vraag?", kind: "advice" });
	note("advice");
	await script.check(b, url, mine.code);
	tap.requests.length = 0;
	await script.followUp(b, "Nog iets");
	note("follow-up");
	await script.check(b, url, mine.code);
	tap.requests.length = 0;
	await script.withdraw(b);
	note("withdrawal");
	await b.close();
	// Referer never; the page it comes from does not show in the request
	for (const [name, s] of Object.entries(seen)) {
		assert.deepEqual(s, seen.report, `${which}: ${name}`);
	}
	console.log(`${which}: ${Object.keys(seen).length} kinds of message, ` +
		`each one request of ${seen.report.size} bytes`);
}

for (const which of WHICH) {
	await reading(which);
	await sending(which);
}
tap.close();
