// SPDX-License-Identifier: EUPL-1.2
// What a reporter does in the pages, with scripts off (the forms) and on
// (the script page): one set of acts for both.
//   report(b, base, {kind, about, text, files, code}) -> {code, number}
//   check(b, base, code) -> [{kind, text}], newest first
//   followUp(b, text, files), withdraw(b) -> receipt number; after check()
import assert from "node:assert/strict";

const lang = (base, b) => `${base}/${b.o.lang ?? "nl"}/`;

const forms = {
	async report(b, base, w) {
		const kind = w.kind ?? "report";
		await b.goto(lang(base, b) + kind);
		if (w.about) {
			await b.click(`input[name=about][value="${w.about}"]`);
		}
		await b.submit("form[action=code] button[type=submit]");
		const code = (await b.texts("ol.code li")).join("-");
		assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/, b.name);
		await b.submit(`button[name=next][value=${w.code === false ?
			"none" : "code"}]`);
		const form = `form[action=${kind}] `;
		await b.type(form + "textarea[name=what]", w.text);
		if (w.code !== false) {
			await b.type(form + "textarea[name=code]", code);
		}
		if (w.files?.length) {
			await b.choose(form + "input[name=files]", ...w.files);
		}
		await b.submit(form + "button[type=submit]");
		return { code, number: await forms.number(b) };
	},
	async number(b) {
		assert(await b.has("#number"), `${b.name}: no receipt: ` +
			await b.words());
		return await b.text("#number");
	},
	async check(b, base, code) {
		await b.goto(lang(base, b) + "replies");
		await b.type("#check-form textarea[name=code]", code);
		await b.submit("#check-form button[type=submit]");
		return await b.run(() => Array.from(
			document.querySelectorAll("main article"), (a) => ({
				kind: a.querySelector("h2").textContent,
				text: a.querySelector(".text").textContent })));
	},
	async followUp(b, text, files = []) {
		await b.type("form[action=follow-up] textarea[name=what]", text);
		if (files.length) {
			await b.choose("form[action=follow-up] input[name=files]",
				...files);
		}
		await b.submit("form[action=follow-up] button[type=submit]");
		return await forms.number(b);
	},
	async withdraw(b) {
		await b.click("form[action=withdraw] input[name=withdraw]");
		await b.submit("form[action=withdraw] button");
		return await forms.number(b);
	},
};

const script = {
	// Until the script has taken the page over
	async goto(b, base, page) {
		await b.goto(lang(base, b) + page);
		await b.wait("main[data-ml-ready]");
	},
	async code(b) {
		await b.wait("#ml-code li");
		const groups = await b.texts("#ml-code li");
		assert.equal(groups.length, 7, b.name);
		// the last group typed back: a wrong one is not taken
		await b.type("#ml-last", groups[6] === "0000" ? "0001" : "0000");
		await b.click("#ml-code-next");
		await b.wait("#ml-last[aria-invalid]");
		await b.type("#ml-last", groups[6].toLowerCase());
		await b.click("#ml-code-next");
		return groups.join("-");
	},
	// Up to the filled form, not sent
	async fill(b, base, w) {
		await script.goto(b, base, w.kind ?? "report");
		if (w.about) {
			await b.click(`input[name=about][value="${w.about}"]`);
		}
		await b.click("#about-form button[type=submit]");
		await b.wait("#ml-code-next");
		let code = null;
		if (w.code === false) {
			await b.click("#ml-no-code");
		} else {
			code = await script.code(b);
		}
		await b.wait("#ml-what");
		await b.type("#ml-what", w.text);
		for (const f of w.files ?? []) { // one after another, too
			await b.choose("#ml-files", f);
		}
		if (w.clean === false) { // the only picture among them
			await b.click("input.ml-clean");
		}
		return code;
	},
	async report(b, base, w) {
		const code = await script.fill(b, base, w);
		await b.click("#ml-send");
		return { code, number: await script.number(b) };
	},
	async number(b) {
		await b.until("receipt or error", () =>
			document.querySelector("#ml-receipt") !== null ||
			document.querySelector("#ml-error")?.textContent);
		assert(await b.has("#ml-receipt"), `${b.name}: no receipt: ` +
			await b.words());
		return await b.text("#ml-receipt .mono");
	},
	async check(b, base, code) {
		await script.goto(b, base, "replies");
		await b.type("#check-form textarea[name=code]", code);
		await b.click("#check-form button[type=submit]");
		await b.until("replies", () =>
			document.querySelector("#ml-replies") !== null ||
			document.querySelector("#ml-fail") !== null);
		assert(await b.has("#ml-replies"), await b.words());
		return await b.run(() => Array.from(
			document.querySelectorAll("#ml-replies article"), (a) => ({
				kind: a.querySelector("h2").textContent,
				text: a.querySelector(".text").textContent })));
	},
	async followUp(b, text, files = []) {
		await b.type("#ml-text", text);
		for (const f of files) {
			await b.choose("#ml-files", f);
		}
		await b.click("#ml-send");
		return await script.number(b);
	},
	async withdraw(b) {
		await b.click("#ml-withdraw");
		await b.click("#ml-withdraw-send");
		return await script.number(b);
	},
};

export const path = (b) => b.o.scripts ? script : forms;
export { forms, script };
