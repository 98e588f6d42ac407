// SPDX-License-Identifier: EUPL-1.2
// The README's pictures of the desk's page.
//   node shots.mjs FOLDER PICTURES     FOLDER: as for case.mjs
import { desk, fixture as fx } from "./desk.mjs";

const [at, folder] = process.argv.slice(2);
const SIZE = { width: 1000, height: 720 };
const t = await desk("chromium", at);
const { b, gw, org } = t;

const REPORTS = ["For two years the supplier's invoices have been paid " +
	"twice. I have the numbers.", "The fire doors of ward 3 are locked at " +
	"night. Everybody knows; nobody dares to say it."];
for (const [i, text] of REPORTS.entries()) {
	fx("seal", gw, org, "--desk", "1", "--day", `2026-11-${24 + i}`, "--text",
		text, "--new-code", `${at}/code${i}`);
}
fx("cut", gw, org, "2026-11-26");
await t.begin("home", "2026-11-28");
await t.carry("import", gw);
const path = (await b.run(() => document.querySelector(
	"a[href$='/triage']").href)).replace(/\/triage.*/, "");

for (const [name, p] of [
	["desk-today", path.replace(/case.*/, "")], ["desk-case", path]]) {
	await b.goto(p.replace("/nl/", "/en/"));
	await b.page.setViewport(SIZE);
	await b.run(() => window.scrollTo(0, 0));
	await b.page.screenshot({ path: `${folder}/${name}.webp`, quality: 80 });
}
await t.end();
await t.close();
