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
// as the organisation says it in English; the other two it does not
const ENGLISH = { firefox: false, chromium: true };
const area = (b, nl, en) => ENGLISH[b.which] ? { q_area: en } : { q_area: nl };
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
	await b.goto(`${url}/${b.o.lang}/report`);
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
	want.push(expected);
}

const shown = (b, selector) => b.run((s) =>
	document.querySelector(s).getClientRects().length > 0, selector);

// The language in which a screen reader says a text that is not in the page's
const saidIn = (b, text) => b.run((t) => [...document.querySelectorAll(
	"label, legend, span, p")].findLast((e) => e.textContent === t)
	.closest("[lang]").lang, text);

async function answered(b, text) {
	const at = await form(b);
	for (const dutch of [ASKED.q_care, "Kort is goed"]) {
		assert.equal(await saidIn(b, dutch), "nl", `${b.name}: ${dutch}`);
	}
	await b.type(at.what, text);
	await b.click("input[name=q_area][value='2']"); // opens what holds it
	assert(!await shown(b, "[name=q_care]"), `${b.name}: shown too early`);
	await b.click("input[name=q_area][value='1']");
	assert(await shown(b, "[name=q_care]"), `${b.name}: not shown`);
	await b.type("[name=q_care]", ANSWERS.q_care);
	await b.run((day) => {
		document.querySelector("[name=q_day]").value = day;
	}, ANSWERS.q_day);
	await b.click("input[name=ongoing][value=yes]");
	await b.click("input[name=relation][value=citizen]");
	assert(/beschermt u dan meestal niet|usually does not protect you/.test(
		await b.words()), b.name);
	await sent(b, at, { text, relation: "citizen",
		answers: { what: text, ongoing: "yes", ...ANSWERS,
			...area(b, "Zorg & bouw", "Care") },
		questions: { ...ASKED,
			...area(b, "Welk gebied?", "Which area?") } });
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
		const b = await open(which, { scripts,
			lang: ENGLISH[which] ? "en" : "nl" });
		await answered(b, `Vragen ${which} ${scripts}`);
		await nothing(b, `Niets ${which} ${scripts}`);
		assert.deepEqual(b.errors, [], b.name);
		console.log(`${b.name}: asked, answered and not answered`);
		await b.close();
	}
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
