// SPDX-License-Identifier: EUPL-1.2
// Report, check back, follow-up and leaving with keys only: node keyboard.mjs
// URL WORK CODE. CODE has one reply. Writes WORK/want.json and WORK/never.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";

const [url, work, code] = process.argv.slice(2);
const STOPS_MAX = 60;
const want = [];

// The window of a headless Firefox is never the active one: it draws no focus
// and its buttons take no key. There the Tab key must reach what a person
// would press, and a click presses it; Chromium gets keys only.
const active = (b) => b.which === "chromium";

// What has the focus: does it say so, and does anything lie over it?
const focused = (b, selector) => b.run((s) => {
	const e = document.activeElement;
	if (!e || e === document.body) {
		return { there: false, fault: "" };
	}
	const style = getComputedStyle(e), box = e.getBoundingClientRect();
	const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
	const y = Math.min(Math.max(box.y + box.height / 2, 0),
		innerHeight - 1);
	const top = document.elementFromPoint(x, y);
	const name = e.tagName + (e.id ? "#" + e.id : "") +
		" " + (e.textContent || e.name || "").trim().slice(0, 30);
	return { there: e.matches(s), fault:
		document.hasFocus() && (style.outlineStyle === "none" ||
			style.outlineWidth === "0px") ?
			`${name}: its focus is not seen` :
			!document.hasFocus() && e.matches(".skip") ? "" :
			!top || !(e.contains(top) || top.contains(e)) ?
				`${name}: under ${top?.tagName} ${top?.className}` : "" };
}, selector);

async function tabTo(b, selector) {
	await b.wait(selector);
	for (let n = 0; n < STOPS_MAX; n++) {
		await b.page.keyboard.press("Tab");
		const f = await focused(b, selector);
		assert.equal(f.fault, "", b.name);
		if (f.there) {
			return;
		}
	}
	assert.fail(`${b.name}: the Tab key does not reach ${selector}: ` +
		await b.words());
}

async function press(b, selector, key = "Enter") {
	await tabTo(b, selector);
	await (active(b) ? b.page.keyboard.press(key) : b.click(selector));
}

// The same where another document comes
async function leave(b, selector) {
	await tabTo(b, selector);
	if (!active(b)) {
		await b.submit(selector);
		return;
	}
	assert(await b.run(() => document.hasFocus()), b.name);
	await b.run(() => {
		document.documentElement.dataset.before = "1";
	});
	await b.page.keyboard.press("Enter");
	await b.until("new page after " + selector, () =>
		document.readyState === "complete" &&
		document.documentElement.dataset.before === undefined);
}

async function write(b, selector, text) {
	await tabTo(b, selector);
	await b.page.keyboard.type(text);
	assert.equal(await b.run((s) => document.querySelector(s).value,
		selector), text, b.name);
}

const ready = (b) => b.o.scripts ? b.wait("main[data-ml-ready]") : null;

// What is wrong stands at its field, which names it, and the focus is there:
// who sees a small part of the page, or none, need not look for it
async function wrong(b, selector, said, went = false) {
	await b.until(`${b.name}: ${selector} named wrong`, (s) =>
		document.querySelector(s)?.getAttribute("aria-invalid") === "true",
	selector);
	const got = await b.run((s) => {
		const e = document.querySelector(s);
		const all = (e.getAttribute("aria-describedby") ?? "").split(" ")
			.map((id) => document.getElementById(id)).filter((p) =>
				p?.classList.contains("err"));
		return { at: e === document.activeElement,
			said: all.map((p) => p.textContent),
			top: Math.min(...all.map((p) => p.getBoundingClientRect()
				.top)) - document.querySelector("header")
				.getBoundingClientRect().bottom };
	}, selector);
	assert.match(got.said.join(), said, `${b.name}: ${selector}`);
	// and is not under the head of the page, that stays where it is
	assert(got.top >= 0 || !(b.o.scripts || went),
		`${b.name}: ${selector}: what is wrong is ${got.top} px from sight`);
	// without scripts a link beside the heading goes there
	assert(got.at || !b.o.scripts, `${b.name}: ${selector} has no focus`);
}

const fill = (b, selector, text) => b.run((s, value) => {
	const e = document.querySelector(s);
	e.value = value;
	e.dispatchEvent(new Event("input", { bubbles: true }));
}, selector, text);

// Every mistake that a page tells of a field
async function faults(b) {
	const check = "#check-form textarea[name=code]";
	await b.page.setViewport({ width: 360, height: 640 });
	await b.goto(url + "/nl/replies");
	await ready(b);
	await b.type(check, "0000");
	await (b.o.scripts ? b.click : b.submit).call(b,
		"#check-form button[type=submit]");
	await wrong(b, check, /code/);
	if (!b.o.scripts) {
		await b.goto(url + "/nl/report");
		await b.submit("form[action=code] button[type=submit]");
		await b.submit("button[name=next][value=code]");
		await b.type("#what", "Zonder code");
		await b.submit("form[action=report] button[type=submit]");
		await b.click("#error a");
		await wrong(b, "#code", /code/, true);
		return;
	}
	await b.type(check, code);
	await b.click("#check-form button[type=submit]");
	await b.wait("#ml-text");
	await b.click("#ml-send");
	await wrong(b, "#ml-text", /./);
	await fill(b, "#ml-text", "Te lang. ".repeat(9000));
	await b.click("#ml-send");
	await wrong(b, "#ml-text", /te lang/);
	await b.click("details:has(#ml-withdraw) summary");
	await b.click("#ml-withdraw-send");
	await wrong(b, "#ml-withdraw", /./);
	await b.goto(url + "/nl/report");
	await ready(b);
	await b.click("#about-form button[type=submit]");
	await b.type("#ml-last", "00");
	await b.click("#ml-code-next");
	await wrong(b, "#ml-last", /./);
	await b.click("#ml-no-code");
	await b.click("#ml-send");
	await wrong(b, "#ml-what", /./);
	await fill(b, "#ml-what", "Te lang. ".repeat(9000));
	await b.click("#ml-send");
	await wrong(b, "#ml-what", /te lang/);
}

async function report(b, text) {
	await b.goto(url + "/nl/");
	await leave(b, "a.door[href$='/report']");
	await ready(b);
	await press(b, "input[name=about]", "ArrowDown");
	await b.wait("input[name=about]:checked");
	const about = await b.page.evaluate(() => document.querySelector(
		"input[name=about]:checked").value);
	if (b.o.scripts) {
		await press(b, "#about-form button[type=submit]");
		await b.wait("#ml-code li");
		const last = (await b.texts("#ml-code li")).at(-1);
		await write(b, "#ml-last", last);
		await b.page.keyboard.press("Enter");
		await b.wait("#ml-what");
		await write(b, "#ml-what", text);
		await press(b, "#ml-form summary"); // unfolds what follows
		await press(b, "#ml-send");
		await b.wait("#ml-receipt");
	} else {
		await leave(b, "#about-form button[type=submit]");
		const mine = (await b.texts("ol.code li")).join("-");
		await leave(b, "button[name=next][value=code]");
		await write(b, "#what", text);
		await press(b, "form[action=report] summary");
		await write(b, "#code", mine);
		await leave(b, "form[action=report] button[type=submit]");
		await b.wait("#number");
	}
	want.push({ text, files: [], about });
}

async function answer(b, text) {
	await b.goto(url + "/nl/");
	await leave(b, "a.door[href$='/replies']");
	await ready(b);
	await write(b, "#check-form textarea[name=code]", code);
	const send = "#check-form button[type=submit]";
	await (b.o.scripts ? press(b, send) : leave(b, send));
	await b.until("the reply", () => document
		.querySelector("main article .text")?.textContent ===
		"Welke maand?");
	if (b.o.scripts) {
		await write(b, "#ml-text", text);
		await press(b, "#ml-send");
		await b.wait("#ml-receipt");
	} else {
		const form = "form[action=follow-up] ";
		await write(b, form + "textarea[name=what]", text);
		await leave(b, form + "button[type=submit]");
		await b.wait("#number");
	}
	want.push({ text, files: [] });
}

// The way out, here to another page of ours: what was typed is gone at once,
// and with scripts the page does not come back either
async function away(b, text) {
	await b.goto(url + "/nl/");
	await b.goto(url + "/nl/report");
	await ready(b);
	if (b.o.scripts) {
		await b.click("#about-form button[type=submit]");
		await b.click("#ml-no-code");
		await b.type("#ml-what", text);
	}
	await b.run(() => {
		document.querySelector("#exit").href = "/nl/other";
	});
	await leave(b, "#exit");
	assert.equal(await b.run(() => location.pathname), "/nl/other", b.name);
	if (b.o.scripts) {
		await b.run(() => history.back());
		await b.until("the page before", () => location.pathname ===
			"/nl/" && document.readyState === "complete");
		assert(!(await b.words()).includes(text), b.name);
	}
}

for (const which of ["firefox", "chromium"]) {
	for (const scripts of [false, true]) {
		const b = await open(which, { scripts });
		await faults(b);
		await b.page.setViewport({ width: 1000, height: 800 });
		await report(b, `Toetsen ${which} ${scripts}`);
		await answer(b, `Mei ${which} ${scripts}`);
		await away(b, `Nooit verstuurd ${which}`);
		assert.deepEqual(b.errors, [], b.name);
		console.log(`${b.name}: report, reply, follow-up and the way out ` +
			(active(b) ? "with keys only" : "as the Tab key goes"));
		await b.close();
	}
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
