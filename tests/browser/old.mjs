// SPDX-License-Identifier: EUPL-1.2
// What the script says of old boards and keys, by the browser's clock
// (46-old.sh): node old.mjs URL CODE
import assert from "node:assert/strict";
import { open } from "./drive.mjs";
import { script } from "./reporter.mjs";

const [url, code] = process.argv.slice(2);
const BOARD = "ouder dan vier weken", KEYS = "verlopen binnenkort";
const DAY_MS = 86400000;
// Days after the board was made, and what is old then
const CLOCKS = [[0, false, false], [30, true, false], [350, true, true]];

async function says(b, board, keys) {
	const words = await b.words();
	assert.equal(words.includes(BOARD), board, `${b.name}: ${words}`);
	assert.equal(words.includes(KEYS), keys, `${b.name}: ${words}`);
}

// No key of a week is published any more: what was answered can be read
async function lapsed() {
	const b = await open("chromium", {});
	await b.page.setRequestInterception(true);
	b.page.on("request", (r) => /epochs/.test(r.url()) ?
		r.respond({ status: 404 }) : r.continue());
	const got = await script.check(b, url, code);
	assert.deepEqual(got.map((r) => r.text), ["Wij lezen het."]);
	assert((await b.words()).includes("nu niet open"), await b.words());
	assert(!await b.has("#ml-text"), b.name);
	assert.deepEqual(b.errors, [], b.name);
	console.log(`${b.name}: without keys the answer can be read`);
	await b.close();
}

const later = (b, days) => b.page.evaluateOnNewDocument((ms) => {
	const Clock = Date;
	window.Date = class extends Clock {
		constructor(...when) {
			super(...(when.length ? when : [Clock.now() + ms]));
		}
	};
}, days * DAY_MS);

// The keyset has ended: the same, as without scripts
async function ended() {
	const b = await open("chromium", {});
	await later(b, 380);
	const got = await script.check(b, url, code);
	assert.deepEqual(got.map((r) => r.text), ["Wij lezen het."]);
	assert((await b.words()).includes("nu niet open"), await b.words());
	assert(!await b.has("#ml-text"), b.name);
	await script.goto(b, url, "report");
	await b.click("#about-form button[type=submit]");
	await b.wait("#ml-fail");
	assert((await b.text("#ml-fail")).includes("nu niet open"));
	console.log(`${b.name}: after the keyset's end the answer can be read`);
	await b.close();
}

// A board that is not there: said where it was before, and where the desk of
// the code answers; another desk may have answered nobody yet
async function notThere(desk, before) {
	const b = await open("chromium", {});
	let gone = !before;
	await b.page.setRequestInterception(true);
	b.page.on("request", (r) => gone && r.url().includes(
		`/v1/board/${desk}.json`) ? r.respond({ status: 404 }) :
		r.continue());
	if (before) { // without a code the whole board is read, too
		await script.goto(b, url, "replies");
		await b.run(() => {
			document.querySelector("#check-form textarea").required =
				false;
		});
		await b.click("#check-form button[type=submit]");
		await b.until("a code is asked for", () =>
			document.querySelector("#ml-error")?.textContent);
		gone = true;
		await b.type("#check-form textarea[name=code]", code);
		await b.click("#check-form button[type=submit]");
		await b.wait("#ml-replies");
	} else {
		await script.check(b, url, code);
	}
	const words = await b.words();
	assert.equal(words.includes("1 delen van het bord"), before ||
		desk === 1, `desk ${desk}, ${before}: ${words}`);
	assert.equal(words.includes("Wij lezen het."), desk === 2, words);
	assert.deepEqual(b.errors, [], b.name);
	console.log(`${b.name}: no board of desk ${desk}, ` +
		(before ? "after it was seen" : "from the beginning"));
	await b.close();
}

for (const which of ["firefox", "chromium"]) {
	for (const [days, board, keys] of CLOCKS) {
		const b = await open(which, {});
		await later(b, days);
		const got = await script.check(b, url, code);
		assert.deepEqual(got.map((r) => r.text), ["Wij lezen het."]);
		await says(b, board, keys);
		await script.goto(b, url, "report");
		await b.click("#about-form button[type=submit]");
		await b.wait("#ml-code-next");
		await says(b, false, keys);
		assert.deepEqual(b.errors, [], b.name);
		console.log(`${b.name}: after ${days} days ${board ? "" : "no "}` +
			`old board, ${keys ? "" : "no "}old keys`);
		await b.close();
	}
}
await notThere(1, false);
await notThere(2, false);
await notThere(2, true);
await lapsed();
await ended();
