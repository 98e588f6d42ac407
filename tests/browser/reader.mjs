// SPDX-License-Identifier: EUPL-1.2
// What is added goes to the desk that asked (47-reader.sh):
//   node reader.mjs URL PROXY CODE WORK
// What must be in the bundle afterwards is in WORK/want.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, proxy, code, work] = process.argv.slice(2);
const CHANGED = "Wie dit leest is zojuist veranderd";
const want = ["Met het programma."];

async function added(which, scripts) {
	const b = await open(which, { scripts });
	const way = scripts ? script : forms;
	const got = await way.check(b, url, code);
	assert.equal(got.length, 2, b.name);
	assert((await b.words()).includes(scripts ?
		"Uw bericht gaat naar: Meldpunt 2." : "Dit leest: Meldpunt 2"),
	await b.words());
	const text = `Vervolg, ${which}, ${scripts}`;
	await way.followUp(b, text);
	want.push(text);
	return b;
}

for (const which of ["firefox", "chromium"]) {
	const b = await added(which, true);
	if (which === "firefox") {
		await script.check(b, url, code);
		await script.withdraw(b);
		want.push("");
	}
	assert.deepEqual(b.errors, [], b.name);
	await b.close();
}
// A desk that does not work: the page again, and who reads it now
const plain = await added("chromium", false);
for (const to of ["9", "0", "63", "2x", "-1", "+2"]) {
	await forms.check(plain, url, code);
	await plain.run((v) => {
		document.querySelector("form[action=follow-up] [name=to]")
			.value = v;
	}, to);
	await plain.type("form[action=follow-up] textarea", "Naar niemand");
	await plain.submit("form[action=follow-up] button");
	const words = await plain.words();
	assert(words.includes(CHANGED) && words.includes("Meldpunt 2"), words);
}
await plain.close();

const b = await open("chromium", {});
await script.fill(b, proxy, { text: "Aan een ander" });
await b.click("#ml-send");
await b.until("an error", () =>
	document.querySelector("#ml-receipt") !== null ||
	document.querySelector("#ml-error")?.textContent);
assert((await b.text("#ml-error")).includes(CHANGED), await b.words());
// the form was hidden while it sent: the focus is where it is told
assert.equal(await b.run(() => document.activeElement.id), "ml-error");
await b.close();
console.log("added to the desk that asked; nothing to one not shown");
fs.writeFileSync(work + "/want.json", JSON.stringify(want.map((text) =>
	({ text, files: [] }))));
fs.writeFileSync(work + "/never.json", JSON.stringify(["Naar niemand",
	"Aan een ander"]));
