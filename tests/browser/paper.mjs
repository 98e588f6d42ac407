// SPDX-License-Identifier: EUPL-1.2
// Prints pages to PDF: node paper.mjs URL OUT CODE. OUT/WHICH-TIER-PAGE.pdf,
// and beside them what must be on them. CODE has a reply.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, out, code] = process.argv.slice(2);
const print = (b, name) => b.page.pdf({ path: `${out}/${name}.pdf`,
	format: "A4", preferCSSPageSize: false });

async function withForms(b, name) {
	await b.goto(url + "/nl/report");
	await b.submit("form[action=code] button[type=submit]");
	const groups = await b.texts("ol.code li");
	fs.writeFileSync(`${out}/${name}-code.txt`, groups.join(" ") + "\n");
	await print(b, name + "-code");
	await b.submit("button[name=next][value=code]");
	await b.type("form[action=report] textarea[name=what]", "Op papier");
	await b.type("form[action=report] textarea[name=code]",
		groups.join("-"));
	await b.submit("form[action=report] button[type=submit]");
	fs.writeFileSync(`${out}/${name}-number.txt`, await forms.number(b));
	await print(b, name + "-done");
	await forms.check(b, url, code);
	await print(b, name + "-replies");
}

async function withScript(b, name) {
	await script.goto(b, url, "report");
	await b.click("#about-form button[type=submit]");
	await b.wait("#ml-code li");
	fs.writeFileSync(`${out}/${name}-code.txt`,
		(await b.texts("#ml-code li")).join(" ") + "\n");
	await print(b, name + "-code");
	await script.code(b);
	assert.equal(await b.run(() => document.title), await b.text("h1"));
	await b.type("#ml-what", "Op papier");
	await b.click("#ml-send");
	fs.writeFileSync(`${out}/${name}-number.txt`, await script.number(b));
	await print(b, name + "-done");
	await script.check(b, url, code);
	await print(b, name + "-replies");
}

for (const which of ["chromium", "firefox"]) {
	let b = await open(which, { scripts: false });
	await b.goto(url + "/nl/");
	await print(b, which + "-start");
	await withForms(b, which + "-forms");
	await b.close();
	b = await open(which, {});
	await withScript(b, which + "-script");
	await b.close();
}
