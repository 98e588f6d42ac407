// SPDX-License-Identifier: EUPL-1.2
// A large attachment, cut again and again: node large.mjs PORT WORK
// MIB, CUTS and ONLY (browsers) from the environment. With TORLAB_ONION from
// torlab.py PORT is tor's, and the way to it is what is cut; first the same
// goes uncut, for the rate. What must have arrived is added to WORK/want.json.
// The memory is that of the page's process with its worker (PSS, from /proc),
// at its peak.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { pageMiB } from "./processes.mjs";
import { script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, work] = process.argv.slice(2);
const { MIB, CUTS, ONLY, TORLAB_ONION: onion } = process.env;
const BYTES = 1 << 20;
const BAR_MIB = 350;
const LOOK_MS = 300;

function make(mib) {
	const file = `${work}/large.bin`, h = createHash("sha256");
	const out = fs.openSync(file, "w");
	for (let n = 0; n < mib; n++) {
		const b = randomBytes(BYTES);
		h.update(b);
		fs.writeSync(out, b);
	}
	fs.closeSync(out);
	return { file, mib, sha: h.digest("hex") };
}

const kept = work + "/want.json";
const want = fs.existsSync(kept) ?
	JSON.parse(fs.readFileSync(kept, "utf8")) : [];

async function send(which, large, cuts) {
	const tap = await tapOpen(Number(port));
	const near = `127.0.0.1:${tap.port}`;
	const b = await open(which, onion ? { socks: near } : {});
	const text = `Groot ${which}, ${cuts} keer afgebroken`;
	const pid = b.browser.process().pid;
	await script.fill(b, `http://${onion ?? near}`,
		{ text, files: [large.file] });
	const before = pageMiB(pid);
	let peak = before;
	const looking = setInterval(() => {
		peak = Math.max(peak, pageMiB(pid));
	}, LOOK_MS);
	tap.cut = { every: Math.floor(large.mib * BYTES / (cuts + 1)),
		times: cuts };
	const from = Date.now();
	await b.click("#ml-send");
	await script.number(b);
	clearInterval(looking);
	const seconds = (Date.now() - from) / 1000;
	assert.equal(tap.cuts, cuts, b.name);
	assert.deepEqual(b.errors, [], b.name);
	assert(before > 0 && peak <= BAR_MIB, `${b.name}: ${peak} MiB`);
	want.push({ text, files: [large.sha] });
	console.log(`${b.name}${onion ? " over Tor" : ""}: ${large.mib} MiB, ` +
		`cut ${tap.cuts} times, arrived in ${seconds.toFixed(0)} s ` +
		`(${(large.mib / seconds).toFixed(2)} MiB/s); the page's process ` +
		`had ${before.toFixed(0)} MiB before and at most ` +
		peak.toFixed(0));
	await b.close();
	tap.close();
}

const large = make(Number(MIB));
for (const which of ONLY.split(" ")) {
	if (onion) {
		await send(which, large, 0);
	}
	await send(which, large, Number(CUTS));
}
fs.writeFileSync(kept, JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
