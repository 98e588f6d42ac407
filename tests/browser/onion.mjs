// SPDX-License-Identifier: EUPL-1.2
// Firefox through Tor, scripts off and on: node onion.mjs WORK CODE REPLY
// DATA; TORLAB_SOCKS and TORLAB_ONION from torlab.py. An http onion is no
// secure context in Firefox; Tor Browser makes it one by a preference.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { path, script } from "./reporter.mjs";

const [work, code, reply, data] = process.argv.slice(2);
const { TORLAB_SOCKS: socks, TORLAB_ONION: onion } = process.env;
const url = `http://${onion}`;
const melding = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const file = data + "/opdracht.pdf";
const sha = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
const want = [];

const RUNS = [
	["zonder scripts", { scripts: false }, false],
	["met scripts", { scripts: true }, false],
	["als Tor Browser", { scripts: true, level: "standard",
		prefs: { "dom.securecontext.allowlist_onions": true } }, true],
];
for (const [name, options, secure] of RUNS.slice(0,
	process.env.FULL ? 3 : 2)) {
	const b = await open("firefox", { ...options, socks });
	const way = path(b);
	const began = Date.now();
	const text = `Over Tor, ${name}\n\n${melding}`;
	if (options.scripts) {
		await script.goto(b, url, "report");
		assert.equal(await b.run(() => isSecureContext), secure, name);
		assert.equal(await b.run(() => typeof crypto.subtle),
			secure ? "object" : "undefined", name);
	}
	await way.report(b, url, { text, files: [file] });
	want.push({ text, files: [sha] });
	const got = await way.check(b, url, code);
	assert.deepEqual(got.map((r) => r.text), [reply], name);
	await way.followUp(b, `Vervolg ${name}`);
	want.push({ text: `Vervolg ${name}`, files: [] });
	console.log(`${b.name}, ${name}: report, answer, follow-up in ` +
		`${((Date.now() - began) / 1000).toFixed(1)} s`);
	await b.close();
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
