// SPDX-License-Identifier: EUPL-1.2
// The organisation's questions (45-questions.sh) in both browsers, scripts
// off and on: node questions.mjs URL WORK. Each sends a report that answers
// them and one that answers nothing but the text.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, work] = process.argv.slice(2);
const ANSWERS = { q_area: "Zorg & bouw", q_care: "De <wijk>\n\n  en laat",
	q_day: "2026-03-01" };
const ASKED = { q_area: "Welk gebied?", q_care: "Welke <zorg>?",
	q_day: "Sinds wanneer?" };
const want = [];

// The empty form of a report without a code
async function form(b) {
	if (b.o.scripts) {
		await script.goto(b, url, "report");
		await b.click("#about-form button[type=submit]");
		await b.click("#ml-no-code");
		await b.wait("#ml-what");
		return { what: "#ml-what", send: "#ml-send" };
	}
	await b.goto(url + "/nl/report");
	await b.submit("form[action=code] button[type=submit]");
	await b.submit("button[name=next][value=none]");
	return { what: "#what", send: "form[action=report] button[type=submit]" };
}

async function sent(b, at, expected) {
	if (b.o.scripts) {
		await b.click(at.send);
		await script.number(b);
	} else {
		await b.submit(at.send);
		await forms.number(b);
	}
	want.push({ files: [], ...expected });
}

const shown = (b, selector) => b.run((s) =>
	document.querySelector(s).getClientRects().length > 0, selector);

async function answered(b, text) {
	const at = await form(b);
	await b.type(at.what, text);
	await b.click("input[name=q_area][value='2']"); // opens what holds it
	assert(!await shown(b, "[name=q_care]"), `${b.name}: shown too early`);
	await b.click("input[name=q_area][value='1']");
	assert(await shown(b, "[name=q_care]"), `${b.name}: not shown`);
	await b.type("[name=q_care]", ANSWERS.q_care);
	await b.run((day) => {
		document.querySelector("[name=q_day]").value = day;
	}, ANSWERS.q_day);
	await b.click("input[name=relation][value=citizen]");
	assert((await b.words()).includes("beschermt u dan niet"), b.name);
	await sent(b, at, { text, answers: { what: text, ...ANSWERS },
		questions: ASKED, relation: "citizen" });
}

async function nothing(b, text) {
	const at = await form(b);
	assert.deepEqual(await b.run(() => [...document.querySelectorAll(
		"[required]")].map((e) => e.name).filter((n) => n !== "what")),
	[], b.name);
	await b.type(at.what, text);
	await sent(b, at, { text, answers: { what: text }, questions: {},
		relation: "not_said" });
}

for (const which of ["firefox", "chromium"]) {
	for (const scripts of [false, true]) {
		const b = await open(which, { scripts });
		await answered(b, `Vragen ${which} ${scripts}`);
		await nothing(b, `Niets ${which} ${scripts}`);
		assert.deepEqual(b.errors, [], b.name);
		console.log(`${b.name}: asked, answered and not answered`);
		await b.close();
	}
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
