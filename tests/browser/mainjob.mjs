// SPDX-License-Identifier: EUPL-1.2
// The main job through real browsers, in acts between which the caller
// carries the stick (packaging/mainjob.sh):
//   node mainjob.mjs ACT WORK URL DATA BIN
//   report     each path sends text, JPEG, PDF, 20 MiB and an empty file
//   desks      both desks read, compare byte for byte, answer
//   answers    each path reads its answer, equal, and adds something
//   added      both desks find that in the same cases
//   withdraw   each path reads again and withdraws
//   withdrawn  both desks know
// State between the acts: WORK/browsers.json
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { path } from "./reporter.mjs";

const [act, work, url, data, bin] = process.argv.slice(2);
// Desk 1 is the usual one; a report about the coordinator goes to desk 2
const PATHS = [
	{ id: "firefox-off", which: "firefox", scripts: false, desk: 1 },
	{ id: "firefox-on", which: "firefox", scripts: true, desk: 2,
		clean: true },
	{ id: "chromium-off", which: "chromium", scripts: false, desk: 2 },
	{ id: "chromium-on", which: "chromium", scripts: true, desk: 1,
		clean: false },
];
const ABOUT = { 1: "medewerker", 2: "coordinator" };
const file = work + "/browsers.json";
const state = fs.existsSync(file) ?
	JSON.parse(fs.readFileSync(file, "utf8")) : {};
const melding = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const FILES = [data + "/factuur.jpg", data + "/opdracht.pdf",
	work + "/boekingen.csv", work + "/leeg.txt"];
// What the desk calls them when it takes them out, by what is in them
const KINDS = ["jpg", "pdf", "data", "data"];
fs.writeFileSync(work + "/leeg.txt", "");

const sha = (b) => createHash("sha256").update(b).digest("hex");
const textOf = (p) => `${melding}\n\nPad: ${p.id}`;
const moreOf = (p) => `Het was de factuur van september.\n\n  (${p.id}) € 👤`;
const answerOf = (p) => `Dank u wel, ${p.id}.\n\nWelke maand stond op de ` +
	"factuur? – € & <b>\n  Ingesprongen regel.";
const started = Date.now();
const say = (text) => console.log(`${((Date.now() - started) / 1000)
	.toFixed(1).padStart(6)} s  ${text}`);

function desk(number, ...args) {
	return execFileSync(bin + "/meldluik-decryptor", ["--home",
		`${work}/org/desk-${number}`, "--passphrase-file",
		work + "/passphrase", ...args], { encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 });
}
const show = (p) => JSON.parse(desk(p.desk, "--json", "show",
	state[p.id].ref));

async function each(doing) {
	for (const p of PATHS) {
		const b = await open(p.which, { scripts: p.scripts });
		try {
			await doing(p, b, path(b));
			assert.deepEqual(b.errors, [], b.name);
			say(b.name);
		} finally {
			await b.close();
		}
	}
}

// The jpeg that the script sends when asked to take hidden data out
function cleaned(bytes, p) {
	const seen = execFileSync("exiftool", ["-json", "-G", "-"],
		{ input: bytes, encoding: "utf8" });
	const groups = Object.keys(JSON.parse(seen)[0])
		.map((k) => k.split(":")[0]);
	assert(!groups.includes("EXIF") && !groups.includes("XMP"), p.id);
	const pixels = (f) => sha(execFileSync("convert", [f, "rgb:-"],
		{ input: f === "jpg:-" ? bytes : undefined,
			maxBuffer: 1 << 26 }));
	assert.equal(pixels("jpg:-"), pixels(FILES[0]), p.id);
}

function compare(p) {
	const seen = show(p).in;
	assert.equal(seen.length, 1, p.id);
	assert.equal(seen[0].answers.what, textOf(p), p.id);
	assert.equal(seen[0].sealed_by_claim, p.scripts ? "browser" : "server");
	assert.equal(seen[0].about, ABOUT[p.desk], p.id);
	assert.deepEqual(seen[0].attachments.map((a) => a.name),
		["factuur.jpg", "opdracht.pdf", "boekingen.csv", "leeg.txt"], p.id);
	const out = `${work}/out-${p.id}`;
	desk(p.desk, "extract", state[p.id].ref, "--to", out);
	for (const [i, name] of FILES.entries()) {
		const got = fs.readFileSync(
			`${out}/m01-attachment-0${i + 1}.${KINDS[i]}`);
		const want = fs.readFileSync(name);
		if (i === 0 && p.clean) {
			cleaned(got, p);
			assert.equal(seen[0].attachments[0].original, sha(want));
		} else {
			assert(got.equals(want), `${p.id}: ${name}`);
		}
	}
	fs.rmSync(out, { recursive: true });
}

const ACTS = {
	report: () => each(async (p, b, way) => {
		const { code, number } = await way.report(b, url, {
			about: ABOUT[p.desk], text: textOf(p), files: FILES,
			clean: p.clean });
		state[p.id] = { code, number };
	}),
	desks: () => {
		for (const number of [1, 2]) {
			for (const c of JSON.parse(desk(number, "--json", "list"))
				.cases) {
				const seen = JSON.parse(desk(number, "--json", "show",
					c.ref));
				const p = PATHS.find((q) => seen.in[0].answers?.what
					?.endsWith("Pad: " + q.id));
				if (p) {
					assert.equal(p.desk, number, p.id);
					state[p.id].ref = c.ref;
				}
			}
		}
		for (const p of PATHS) {
			assert(state[p.id].ref, `no desk has ${p.id}`);
			compare(p);
			desk(p.desk, "classify", state[p.id].ref, "--kind",
				"melding", "--type", "BEV", "--wbk", "onbekend");
			fs.writeFileSync(work + "/answer", answerOf(p));
			desk(p.desk, "reply", state[p.id].ref, "--kind", "question",
				"--file", work + "/answer");
			say(`${p.id}: opened, equal, classified, answered`);
		}
	},
	answers: () => each(async (p, b, way) => {
		const got = await way.check(b, url, state[p.id].code);
		assert.deepEqual(got.map((r) => r.text), [answerOf(p)], p.id);
		await way.followUp(b, moreOf(p), [data + "/opdracht.pdf"]);
	}),
	added: () => {
		for (const p of PATHS) {
			const seen = show(p).in;
			assert.deepEqual(seen.map((m) => m.kind),
				["report", "follow_up"], p.id);
			assert.equal(seen[1].answers.what, moreOf(p), p.id);
			assert.equal(seen[1].attachments[0].sha256,
				sha(fs.readFileSync(data + "/opdracht.pdf")), p.id);
		}
	},
	withdraw: () => each(async (p, b, way) => {
		const got = await way.check(b, url, state[p.id].code);
		assert.equal(got.length, 1, p.id);
		await way.withdraw(b);
	}),
	withdrawn: () => {
		for (const p of PATHS) {
			const c = JSON.parse(desk(p.desk, "--json", "list")).cases
				.find((o) => o.ref === state[p.id].ref);
			assert(c.withdrawn, p.id);
		}
	},
};
await ACTS[act]();
fs.writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
// The paths driven, for the caller
fs.writeFileSync(work + "/browsers.txt", PATHS.map((p) =>
	`${p.which === "firefox" ? "Firefox" : "Chromium"} with scripts ` +
	(p.scripts ? "on" : "off")).join(", "));
