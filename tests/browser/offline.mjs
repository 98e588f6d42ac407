// SPDX-License-Identifier: EUPL-1.2
// The offline page from a file:// address: node offline.mjs URL WORK DATA
// [words]
// WORK/keys holds the key files, WORK/offline.html the page. Seals in both
// browsers, sends Firefox's file through the form without scripts, and
// leaves WORK/chromium.tar for the command line.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, work, data, words] = process.argv.slice(2);
const melding = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const sha = (f) => createHash("sha256").update(fs.readFileSync(f))
	.digest("hex");
const keys = fs.readdirSync(work + "/keys").map((f) => `${work}/keys/${f}`);
const want = [];

async function keysGive(b) {
	await b.choose("#ml-keys", ...keys);
	await b.wait("#ml-print-yes");
}

// The first step as somebody reads it. Where the page has a link to where
// else to report, the offline page says where to look: that is left out.
const about = (b) => b.run(() => ({
	head: ["h1", ".lead", ".lead + p", "legend"].map((s) =>
		document.querySelector("main " + s).textContent),
	steps: [...document.querySelectorAll(".steps li")].map((e) =>
		e.textContent + (e.ariaCurrent ?? "")),
	roles: [...document.querySelectorAll("input[name=about]")].map((e) => [
		e.value, e.checked, ...[e.nextElementSibling.firstChild,
			...e.nextElementSibling.querySelectorAll("small:not(:has(a))")]
			.map((n) => n.textContent.trim())]),
}));

async function sameWords() {
	const b = await open("chromium", {});
	await b.goto(`file://${work}/offline.html`);
	const languages = await b.run(() => [...document.querySelectorAll(
		"#languages button")].map((e) => e.lang));
	assert.equal(languages.length, 6);
	const page = await open("chromium", { scripts: false });
	for (const lang of languages) {
		await b.goto(`file://${work}/offline.html`);
		await b.click(`#languages button[lang=${lang}]`);
		await keysGive(b);
		await b.click("#ml-print-yes");
		await b.wait("#ml-about-next");
		await page.goto(`${url}/${lang}/report`);
		const want = await about(page), got = await about(b);
		// a role beside which the offline page says it in words
		for (const [i, r] of got.roles.entries()) {
			r.splice(want.roles[i].length);
		}
		assert.deepEqual(got, want, lang);
		assert(got.roles.length > (words ? 3 : 10) &&
			got.roles.some((r) => r[3]), lang);
	}
	// and the page says where the key files are
	await page.goto(url + "/nl/who");
	assert.deepEqual(await page.run(() => [...document.querySelectorAll(
		"a[download]")].map((e) => e.pathname.split("/").at(-1)).sort()),
	[...keys.map((k) => k.split("/").at(-1)), "offline.html"].sort());
	console.log(`the first step says what the page says, in ${languages}`);
	await b.close();
	await page.close();
}

// Does the page ask before it is left?
const asksBefore = (b) => b.run(() => !window.dispatchEvent(
	new Event("beforeunload", { cancelable: true })));

async function seal(which) {
	const b = await open(which, {});
	const asked = [];
	b.page.on("request", (r) => asked.push(r.url()));
	await b.goto(`file://${work}/offline.html`);
	await b.click("#languages button[lang=nl]");
	// what is not a key file is refused in words
	await b.choose("#ml-keys", data + "/melding.txt");
	assert.match(await b.until("a refusal", () =>
		document.querySelector("#ml-error").textContent),
	/drie sleutelbestanden/);
	await keysGive(b);
	assert.match((await b.texts("#ml-print li")).join("-"),
		/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
	// from here on nothing begins anew and drops what is typed
	assert(!await b.has("#languages"), b.name);
	await b.click("#ml-print-yes");
	await b.click("#ml-about-next");
	await b.wait("#ml-code-next");
	await script.code(b);
	await b.wait("#ml-what");
	const text = `Losse pagina ${which}\n\n${melding}`;
	await b.type("#ml-what", text);
	await b.choose("#ml-files", data + "/opdracht.pdf");
	await b.click("#ml-send");
	await b.wait("#ml-save");
	assert(await asksBefore(b), `${b.name}: the file is not kept yet`);
	await b.download("#ml-save", `${work}/${which}.tar`);
	assert(!await asksBefore(b), `${b.name}: the file is kept`);
	want.push({ text, files: [sha(data + "/opdracht.pdf")] });
	assert.deepEqual(asked.filter((u) => !/^(file|blob|data):/.test(u)), [],
		`${b.name}: the offline page asked for something`);
	assert.deepEqual(b.errors, [], b.name);
	console.log(`${b.name}: sealed to a file from file://`);
	await b.close();
}
await sameWords();
if (words) { // an organisation of another profile: nothing is sent
	process.exit(0);
}
await seal("firefox");
await seal("chromium");

const b = await open("firefox", { scripts: false });
await b.goto(url + "/nl/sealed");
await b.choose("input[name=sealed]", work + "/firefox.tar");
await b.submit("form[action=sealed] button[type=submit]");
await forms.number(b);
console.log(`${b.name}: the form took the file`);
await b.close();
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
