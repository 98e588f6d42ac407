// SPDX-License-Identifier: EUPL-1.2
// Keys of three weeks ago (48-old-keys.sh): node oldkeys.mjs URL WORK
// What must be in the bundle afterwards is in WORK/want.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, work] = process.argv.slice(2);
const OLD = "de sleutels van dit meldpunt zijn oud";
const want = ["Met het programma."];
const old = async (b) => assert((await b.words()).includes(OLD),
	`${b.name}: ${await b.words()}`);

async function ticked(b) {
	for (let n = 0; n < 2; n++) { // without the tick: never
		await b.click("#ml-send");
		await b.until("an answer", () => document.querySelector(
			"#ml-receipt, #ml-save, #ml-old") !== null &&
			document.querySelector("#ml-progress") === null);
		assert(await b.has("#ml-old"), `${b.name}: sent unasked`);
		await old(b);
	}
	await b.click("#ml-old");
	await b.click("#ml-send");
}

for (const which of ["firefox", "chromium"]) {
	const b = await open(which, {});
	const text = `Toch verstuurd, ${which}`;
	await script.fill(b, url, { text });
	await ticked(b);
	await script.number(b);
	want.push(text);
	assert.deepEqual(b.errors, [], b.name);
	await b.close();
}
const off = await open("chromium", {});
await off.goto(`file://${work}/offline.html`);
await off.click("#languages button[lang=nl]");
await off.choose("#ml-keys", ...fs.readdirSync(work + "/keys").map((f) =>
	`${work}/keys/${f}`));
await off.wait("#ml-print-yes");
await off.click("#ml-print-yes");
await off.click("#ml-about-next");
await off.wait("#ml-code-next");
await script.code(off);
await off.wait("#ml-what");
await off.type("#ml-what", "Losse pagina");
await ticked(off);
await off.wait("#ml-save");
await off.download("#ml-save", work + "/old.tar");
want.push("Losse pagina");
await off.close();

const b = await open("chromium", { scripts: false });
await b.goto(`${url}/nl/report`);
await old(b);
const { code } = await forms.report(b, url, { text: "Zonder scripts" });
await forms.check(b, url, code);
await old(b);
want.push("Zonder scripts");
await b.close();
console.log("old keys are said, and used after a tick only");
fs.writeFileSync(work + "/want.json", JSON.stringify(want.map((text) =>
	({ text, files: [] }))));
fs.writeFileSync(work + "/never.json", "[]");
