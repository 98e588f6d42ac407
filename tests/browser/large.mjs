// SPDX-License-Identifier: EUPL-1.2
// A large attachment, cut and resumed: node large.mjs PORT WORK
// Writes WORK/want.json and WORK/never.json as sending.mjs does. The memory is
// that of the page's process with its worker (PSS, from /proc), at its peak.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { pageMiB } from "./processes.mjs";
import { script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, work] = process.argv.slice(2);
const MIB = 1 << 20;
const SIZE = process.env.FULL ? 1024 : 64;
const CUTS = process.env.FULL ? 20 : 5;
const BAR_MIB = 350;
const LOOK_MS = 300;
const WHICH = (process.env.ONLY ?? "firefox chromium").split(" ");

const file = `${work}/large.bin`, h = createHash("sha256");
const out = fs.openSync(file, "w");
for (let n = 0; n < SIZE; n++) {
	const b = randomBytes(MIB);
	h.update(b);
	fs.writeSync(out, b);
}
fs.closeSync(out);
const sha = h.digest("hex");

const want = [];
for (const which of WHICH) {
	const tap = await tapOpen(Number(port));
	const b = await open(which, {});
	const text = `Groot ${which}`;
	const pid = b.browser.process().pid;
	await script.fill(b, `http://127.0.0.1:${tap.port}`,
		{ text, files: [file] });
	const before = pageMiB(pid);
	let peak = before;
	const looking = setInterval(() => {
		peak = Math.max(peak, pageMiB(pid));
	}, LOOK_MS);
	tap.cut = { every: Math.floor(SIZE * MIB / (CUTS + 1)), times: CUTS };
	const from = Date.now();
	await b.click("#ml-send");
	await script.number(b);
	clearInterval(looking);
	const seconds = (Date.now() - from) / 1000;
	assert.equal(tap.cuts, CUTS, b.name);
	assert.deepEqual(b.errors, [], b.name);
	assert(before > 0 && peak <= BAR_MIB, `${b.name}: ${peak} MiB`);
	want.push({ text, files: [sha] });
	console.log(`${b.name}: ${SIZE} MiB, cut ${tap.cuts} times, arrived in ` +
		`${seconds.toFixed(0)} s; the page's process had ` +
		`${before.toFixed(0)} MiB before and at most ${peak.toFixed(0)}`);
	await b.close();
	tap.close();
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
