// SPDX-License-Identifier: EUPL-1.2
// Looks at every page in every language, light and dark: axe-core (WCAG 2.0
// to 2.2, A and AA, and best practices), html-validate on the source as
// served, reflow at 320 CSS pixels in Chromium, and in Firefox in a window of
// 1280 by 1024 magnified to 400 %, in Chromium at 320 pixels with text of
// twice the size; and a picture of each. Without FULL=1 the
// dark theme is asked of its contrasts only, in the first language, Firefox
// looks at that language, and there are no pictures.
//   node faces.mjs URL SCREENS CODE DATA TEMPLATES CLOSED_URL KEYS
// Languages and still pages are found by following the links of the start
// page; the rest by acting as a reporter. CODE has replies. TEMPLATES is the
// folder of the templates: each must be shown by a step. CLOSED_URL: a
// gateway that is not open yet. KEYS: a folder with the key files, for the
// offline page.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, screens, code, data, templates, closed, keys] =
	process.argv.slice(2);
const OFFLINE = process.env.BUILD + "/share/meldluik/offline.html";
const axe = fs.readFileSync(createRequire(import.meta.url)
	.resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate({ extends: ["html-validate:recommended"],
	rules: { "long-title": "off",
		// a list may have a name (ARIA 1.2)
		"aria-label-misuse": ["error", { allowAnyNamable: true }] } });
const THEMES = ["light", "dark"];
const FULL = Boolean(process.env.FULL);
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
	"best-practice"];
const text = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const shown = new Set();
let faults = 0, looks = 0;

const fault = (where, what) => {
	faults++;
	console.log(`${where}: ${what}`);
};

// The steps stand in one row, and each name within its own
async function stepsLook(b, where) {
	const all = await b.run(() => [...document.querySelectorAll(".steps li")]
		.map((e) => [Math.round(e.getBoundingClientRect().top),
			e.scrollWidth - e.clientWidth]));
	if (all.some(([top, over]) => top !== all[0][0] || over > 0)) {
		fault(where, `steps at 320: ${JSON.stringify(all)}`);
	}
}

// What is compared or typed over sign by sign: as it is, from left to right
async function signsLook(b, where) {
	const wrong = await b.run(() => [...document.querySelectorAll(
		"pre, .mono, .code, .keys, a[download]")].filter((e) => {
		const s = getComputedStyle(e.querySelector("bdi") ?? e);
		return /^[ -~\n]+$/.test(e.textContent) &&
			(s.direction !== "ltr" || (s.hyphens !== "none" &&
				!e.hasAttribute("download")));
	}).map((e) => e.textContent.slice(0, 40)));
	for (const what of wrong) {
		fault(where, `not sign by sign: ${what}`);
	}
}

// ${template}: what the step shows, "" for a state of the script
async function look(b, name, template) {
	const where = `${b.o.lang ?? "--"} ${name}`;
	shown.add(template);
	const source = await b.source;
	if (source) {
		const got = await validator.validateString(source, where);
		for (const m of got.results.flatMap((r) => r.messages)) {
			fault(where, `html ${m.line}:${m.column} ${m.ruleId}: ` +
				m.message);
		}
	}
	// what is folded away is looked at too
	const unfold = (on) => b.run((open) => {
		for (const e of document.querySelectorAll("details")) {
			e.open = open;
		}
	}, on);
	for (const theme of FULL || b.o.lang === languages[0] ? THEMES :
		["light"]) {
		await b.page.emulateMediaFeatures([{ name: "prefers-color-scheme",
			value: theme }]);
		await b.page.setViewport({ width: 1000, height: 800 });
		if (FULL) {
			await b.page.screenshot({ fullPage: true,
				path: `${screens}/${b.o.lang}-${name}-${theme}.png` });
		}
		await unfold(true);
		await b.run(axe + ";0");
		const { violations } = await b.run((tags) => window.axe.run({
			runOnly: tags }), theme === "light" || FULL ? TAGS :
			["color-contrast"]);
		for (const v of violations) {
			for (const n of v.nodes) {
				fault(where, `axe ${theme} ${v.id}: ` +
					`${n.target.join(" ")}: ${v.help}`);
			}
		}
		looks++;
		if (theme === "light") {
			await b.page.setViewport({ width: 320, height: 640 });
			const width = await b.run(() =>
				document.documentElement.scrollWidth);
			if (width > 320) {
				fault(where, `${width} px wide in a window of 320`);
			}
			await stepsLook(b, where);
			await signsLook(b, where);
			await unfold(false);
			if (FULL) {
				await b.page.screenshot({ fullPage: true, path:
					`${screens}/${b.o.lang}-${name}-narrow.png` });
			}
		}
		await unfold(false);
	}
	await b.page.setViewport({ width: 1000, height: 800 });
}

async function chromium(lang, scripts) {
	const b = await open("chromium", { lang });
	b.page.on("response", (r) => {
		if (r.request().isNavigationRequest() && r.status() !== 303) {
			b.source = r.text().catch(() => null);
		}
	});
	if (!scripts) { // the page's own; axe needs an engine that runs
		await b.page.setRequestInterception(true);
		b.page.on("request", (r) => /\/script[^/]*\.js$/
			.test(r.url()) ? r.abort() : r.continue());
	}
	return b;
}

// Who asks for advice has not reported, and is not told so
const REPORTED = { nl: /uw melding/i, en: /your report/i };
async function adviceLook(b, step) {
	if (REPORTED[b.o.lang]?.test(await b.words())) {
		fault(`${b.o.lang} advice ${step}`, "speaks of a report");
	}
}

const TEMPLATE = { "": "start", report: "about", advice: "about",
	replies: "check" };

const rest = (b) => b.run((h) => [...new Set(Array.from(
	document.querySelectorAll("a[href]"), (a) => a.href))]
	.filter((l) => l.startsWith(h)), `${url}/${b.o.lang}/`);

// As somebody sees it who magnifies to 400 %: 320 by 256, nothing sideways,
// and what sticks to the edge does not cover half of it
const ZOOM = { width: 320, height: 256, deviceScaleFactor: 4 };
// And on a small phone by who lets it write twice as large
const LARGE = { width: 320, height: 640 };
const LARGE_TEXT = ["--blink-settings=defaultFontSize=32"];
const LONG_NAME = "Schermafbeelding_20261130-172345_Berichten_Boekhouding.jpg";
async function magnified(b, name, size) {
	const where = `${b.o.lang} ${name} ${b.which} ` +
		(size === ZOOM ? "400 %" : "text 200 %");
	const [width, stuck] = await b.run(() => {
		for (const e of document.querySelectorAll("details")) {
			e.open = true;
		}
		return [document.documentElement.scrollWidth,
			[...document.querySelectorAll("body *")].filter((e) =>
				["sticky", "fixed"].includes(getComputedStyle(e)
					.position)).reduce((n, e) => n +
				e.getBoundingClientRect().height, 0)];
	});
	looks++;
	if (size === ZOOM) { // larger words than that may have two rows
		await stepsLook(b, where);
	}
	if (width > size.width || stuck > size.height / 4) {
		fault(where, `${width} px wide, ${stuck} px stuck`);
	}
	if (FULL) {
		await b.page.screenshot({ path:
			`${screens}/${b.o.lang}-${name}-${b.which}-zoom.png` });
	}
}
async function zoom(lang, which, size, args) {
	const b = await open(which, { lang, args });
	await b.page.setViewport(size);
	const named = `${screens}/${LONG_NAME}`;
	fs.copyFileSync(data + "/factuur.jpg", named);
	await b.goto(`${url}/${lang}/`);
	for (const link of await rest(b)) {
		await b.goto(link);
		await magnified(b, new URL(link).pathname.split("/")[2] || "start",
			size);
	}
	await script.goto(b, url, "report");
	await b.click("#about-form button[type=submit]");
	await b.wait("#ml-code-next");
	await magnified(b, "script-code", size);
	await script.code(b);
	await b.wait("#ml-what");
	await b.choose("#ml-files", named);
	await magnified(b, "script-form", size);
	await b.type("#ml-what", text);
	await b.click("#ml-send");
	await script.number(b);
	await magnified(b, "script-done", size);
	await script.check(b, url, code);
	await magnified(b, "script-replies", size);
	assert.deepEqual(b.errors, []);
	await b.close();
}

async function still(b) {
	const todo = [`/${b.o.lang}/`], done = new Set();
	for (let path; (path = todo.shift()) !== undefined;) {
		if (done.has(path)) {
			continue;
		}
		done.add(path);
		await b.goto(url + path);
		const page = path.split("/")[2];
		await look(b, page || "start", TEMPLATE[page] ?? page);
		todo.push(...(await rest(b)).map((h) => new URL(h).pathname));
	}
	assert(done.size >= 8, `only ${[...done]}`);
	await b.goto(`${url}/${b.o.lang}/nothing`);
	await look(b, "notfound", "lost");
}

async function withForms(b) {
	const base = `${url}/${b.o.lang}/`;
	await b.goto(base + "report");
	await b.submit("form[action=code] button[type=submit]");
	await look(b, "code", "code");
	const mine = (await b.texts("ol.code li")).join("-");
	await b.submit("button[name=next][value=code]");
	await look(b, "form", "form");
	if (await b.has("button[formaction=preview]")) {
		await b.type("textarea[name=what]", text);
		await b.type("textarea[name=code]", mine);
		await b.submit("button[formaction=preview]");
		await look(b, "preview", "preview");
		await b.submit("button[formaction=edit]");
	}
	await b.type("textarea[name=what]", text);
	await b.type("textarea[name=code]", mine.slice(0, -1) + "U");
	await b.submit("form[action=report] button[type=submit]");
	await look(b, "form-error", "form");
	await b.type("textarea[name=code]", mine);
	await b.submit("form[action=report] button[type=submit]");
	await forms.number(b);
	await look(b, "done", "done");
	await forms.check(b, url, mine);
	await look(b, "replies-none", "replies");
	await forms.check(b, url, mine.slice(0, -1) + "U");
	await look(b, "replies-error", "replies");
	const got = await forms.check(b, url, code);
	assert(got.length > 0, "no replies");
	await look(b, "replies", "replies");
	await b.goto(base + "advice");
	await adviceLook(b, "about");
	await b.submit("form[action=code] button[type=submit]");
	await adviceLook(b, "code");
	await b.submit("button[name=next][value=none]");
	await look(b, "form-advice", "form");
	await adviceLook(b, "form");
	await b.type("textarea[name=what]", text);
	await b.submit("form[action=advice] button[type=submit]");
	await forms.number(b);
	await adviceLook(b, "done");
	await b.goto(base + "sealed");
	await b.choose("input[name=sealed]", data + "/factuur.jpg");
	await b.submit("form[action=sealed] button[type=submit]");
	await look(b, "sealed-error", "sealed");
	// a form with a wrong role, as nobody makes it by hand
	await b.goto(base + "report");
	await b.run(() => {
		const e = document.querySelector("input[name=about]");
		e.value = "nobody-has-this";
		e.checked = true;
	});
	await b.submit("form[action=code] button[type=submit]");
	await look(b, "failed", "failed");
}

async function withScript(b) {
	await script.goto(b, url, "report");
	await b.click("#about-form button[type=submit]");
	await b.wait("#ml-code-next");
	b.source = null; // what stands there is no longer what was served
	await look(b, "script-code", "");
	await script.code(b);
	await b.wait("#ml-what");
	await b.choose("#ml-files", data + "/factuur.jpg");
	await look(b, "script-form", "");
	await b.click("#ml-send");
	await b.until("error", () => document.querySelector("#ml-what-e")
		.textContent);
	await look(b, "script-form-error", "");
	await b.type("#ml-what", text);
	await b.click("#ml-send");
	await script.number(b);
	await look(b, "script-done", "");
	await script.fill(b, url, { kind: "advice", text, code: false });
	await adviceLook(b, "script form");
	await b.click("#ml-send");
	await script.number(b);
	await adviceLook(b, "script done");
	await script.check(b, url, code);
	b.source = null;
	await look(b, "script-replies", "");
	await script.goto(b, url, "replies");
	await b.type("#check-form textarea[name=code]", "0000");
	await b.click("#check-form button[type=submit]");
	await b.until("error", () => document.querySelector("#ml-error")
		.textContent);
	b.source = null;
	await look(b, "script-check-error", "");
}

async function offline(b) {
	await b.goto("file://" + OFFLINE);
	b.source = fs.readFileSync(OFFLINE, "utf8");
	await b.click(`#languages button[lang=${b.o.lang}]`);
	await look(b, "offline-start", "");
	b.source = null;
	await b.choose("#ml-keys", ...fs.readdirSync(keys).map((f) =>
		`${keys}/${f}`));
	await b.wait("#ml-print-yes");
	await look(b, "offline-print", "");
	await b.click("#ml-print-yes");
	await b.wait("#ml-about-next");
	await look(b, "offline-about", "");
	await b.click("#ml-about-next");
	await b.wait("#ml-code-next");
	await look(b, "offline-code", "");
	await script.code(b);
	await b.wait("#ml-what");
	await look(b, "offline-form", "");
	await b.type("#ml-what", text);
	await b.click("#ml-send");
	await b.wait("#ml-save");
	await look(b, "offline-done", "");
}

fs.mkdirSync(screens, { recursive: true });
let b = await open("chromium", {});
await b.goto(url + "/");
const found = await b.run(() => [...new Set(Array.from(
	document.querySelectorAll("[hreflang]"), (e) => e.hreflang))]);
assert(found.length >= 2, "no languages on the start page");
const languages = found.filter((l) => !process.env.FACES_LANG ||
	process.env.FACES_LANG.split(" ").includes(l));
await b.close();
for (const lang of languages) {
	b = await chromium(lang, false);
	await still(b);
	await withForms(b);
	await b.goto(`${closed}/${lang}/report`);
	await look(b, "closed", "closed");
	await b.goto(`${closed}/${lang}/`);
	await look(b, "start-closed", "start");
	await b.close();
	b = await chromium(lang, true);
	await withScript(b);
	await offline(b);
	assert.deepEqual(b.errors, []);
	await b.close();
	if (FULL || lang === languages[0]) {
		await zoom(lang, "firefox", ZOOM);
	}
	await zoom(lang, "chromium", LARGE, LARGE_TEXT);
}
for (const name of fs.readdirSync(templates)) {
	const template = name.replace(/\.html$/, "");
	if (!name.startsWith("_") && !shown.has(template)) {
		fault(name, "no step shows this template");
	}
}
console.log(`${looks} looks at pages in ${languages.join(", ")}, light and ` +
	`dark: ${faults} faults`);
process.exitCode = faults ? 1 : 0;
