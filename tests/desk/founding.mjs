// SPDX-License-Identifier: EUPL-1.2
// The founding ceremony on the page, by keyboard, in Chromium.
//   node founding.mjs begin|finish FOLDER     exit 1 at any fault
// FOLDER/home is what the terminal began, FOLDER/gw/card.json the gateway's
// card, FOLDER/print the folder to print from. Leaves FOLDER/words, and of
// the sheets that were photographed FOLDER/qr-NAME.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";
import { open } from "./drive.mjs";
import { press as enter, start, stop } from "./start.mjs";

const [part, at] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url)
	.resolve("axe-core/axe.min.js"), "utf8");
const html = new HtmlValidate({ extends: ["html-validate:recommended"],
	rules: { "long-title": "off", "no-raw-characters": "off",
		"autocomplete-password": "off" } });
const ORGANISATION = "<b>" + "W".repeat(125), KEEPER = "W".repeat(64);
const b = await open("chromium");
let ui = null, origin = "", checks = 0, words = "", seen = new Set();

function want(what, good) {
	checks++;
	if (!good) {
		throw new Error(what);
	}
}
b.page.on("request", (q) => { // nothing secret in an address
	const url = decodeURIComponent(q.url());
	want(`another place is asked: ${url}`, url.startsWith(origin + "/") ||
		url.startsWith("about:"));
	want("words in an address", words === "" ||
		!url.includes(words.split(" ")[0]));
});

async function begin() {
	const started = await start(`${at}/home`, "2026-11-24", `${at}/gw`,
		`${at}/print`);
	({ ui, origin } = started);
	await b.goto(started.url);
	await b.wait("main form");
}
const end = (signal) => stop(ui, signal);
// By keyboard, as every step must go
const press = (what) => enter(b, what === undefined ?
	"main form .btn-main" : `main button[value=${what}]`);
const notice = () => b.run(() => [...document.querySelectorAll(
	".notice[role=status]")].map((e) => e.textContent).join(" / "));
// The page of one step; its looks are judged the first time
async function step(name) {
	const got = await b.run(() =>
		document.querySelector("main [name=step]")?.value);
	want(`the step is ${got}, not ${name}`, got === name);
	want(`${name}: a browser may remember a field`, await b.run(() =>
		[...document.querySelectorAll("main input, main textarea")].every(
			(e) => ["hidden", "radio"].includes(e.type) ||
				e.autocomplete === "off")));
	if (seen.has(name)) {
		return;
	}
	seen.add(name);
	for (const lang of process.env.FULL ? ["en", "nl"] : ["nl"]) {
		const r = await b.page.goto(`${origin}/${lang}/ceremony`);
		const { results } = await html.validateString(await r.text());
		want(`${name} ${lang}: ${JSON.stringify(results[0]?.messages.map(
			(m) => m.message))}`, results.length === 0);
		want(`${name}: kept`, r.headers()["cache-control"] === "no-store");
		for (const value of ["light", "dark"]) {
			await b.page.emulateMediaFeatures([
				{ name: "prefers-color-scheme", value }]);
			await b.run(axe + ";0");
			const { violations } = await b.run(() => window.axe.run({
				runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
			want(`${name} ${lang} ${value}: ${JSON.stringify(violations.map(
				(v) => [v.id, v.nodes[0].html]))}`,
			violations.length === 0);
		}
		await b.page.setViewport({ width: 320, height: 700 });
		const wide = await b.run(() =>
			document.documentElement.scrollWidth);
		want(`${name} ${lang}: ${wide} px wide at 320`, wide <= 320);
		await b.page.setViewport({ width: 1000, height: 800 });
		if (process.env.KEEP) {
			await b.page.screenshot({ fullPage: true,
				path: `${process.env.KEEP}/${name}-${lang}.png` });
		}
	}
}
// A wrong answer: the step stays, and a plain sentence says why
async function wrong(name, sentence) {
	await step(name);
	want(`${name}: "${await notice()}", not "${sentence}"`,
		(await notice()).includes(sentence));
}
async function unlock(pass) {
	await b.type("#passphrase", pass);
	await press();
}

// One sheet as it is printed: a page, of its own style, and what it says
async function paper(name, photograph) {
	const tab = await b.browser.newPage();
	await tab.setViewport({ width: 794, height: 1123 });
	const r = await tab.goto(`${origin}/nl/paper?name=${name}`);
	want(`${name}: ${r.status()}`, r.status() === 200 &&
		r.headers()["cache-control"] === "no-store");
	want(`${name}: without its style`, await tab.evaluate(() =>
		getComputedStyle(document.body).fontFamily.includes("Liberation")));
	const pdf = Buffer.from(await tab.pdf({ preferCSSPageSize: true }));
	const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
	// the transcript of many keepers may go on overleaf
	want(`${name}: ${pages} pages`, pages === 1 ||
		(pages === 2 && name === "transcript.html"));
	const lines = await tab.evaluate(() => [...document.querySelectorAll(
		"table.share tr")].map((e) => [...e.querySelectorAll(".mono")].map(
		(c) => c.textContent).join("  ")));
	const text = await tab.evaluate(() => document.body.innerText);
	if (photograph) {
		const png = `${at}/${name}.png`, jpg = `${at}/${name}.jpg`;
		await tab.screenshot({ path: png });
		execFileSync("convert", [png, "-background", "#ddd", "-rotate",
			"7", "-blur", "0x0.6", "-colorspace", "Gray", "-quality",
			"60", jpg]);
		fs.writeFileSync(`${at}/print/qr-${name}`, execFileSync(
			"zbarimg", ["-q", "--raw", jpg],
			{ stdio: ["ignore", "pipe", "ignore"] }));
	}
	await tab.close();
	return { lines, text };
}
const file = async (name) => {
	await b.type("#file", `${at}/print/qr-${name}`);
	await press("prove");
};

async function names() { // what the terminal began
	await step("begin");
	want("the record says rehearsal", await b.run(() =>
		document.querySelector("[value=rehearsal]").checked));
	want("an employer's, unless it is said", await b.run(() =>
		document.querySelector("[name=profile][value=nl]").checked));
	await b.click("label:has([name=profile][value=eu])");
	await press();
	await step("names");
	await end("SIGKILL");
	await begin();
	await step("begin");
	want("an authority's, as it was said", await b.run(() =>
		document.querySelector("[name=profile][value=eu]").checked));
	await press();
	await step("names");
	want("the terminal's answer", await b.run(() => document.getElementById(
		"organisation_name").value) === "Gemeente Voorbeeld");
	await b.type("#organisation_name", ORGANISATION);
	await b.type("#person_id", "Jan Jansen");
	await press();
	await wrong("names", "kleine letters");
	want("what was typed is lost", await b.run(() =>
		document.getElementById("person_id").value) === "Jan Jansen");
	await b.type("#person_id", "jan");
	await press();
	await step("dice");
	await b.type("#throws", "3 1 9");
	await press("mix");
	await wrong("dice", "Alleen cijfers 1 tot 6");
	await b.type("#throws", "3164 2551 6243 1");
	await press("mix");
	want("13 throws", (await notice()).includes("13 worpen"));
	await step("card");
	await b.type("#file", `${at}/print`);
	await press("look");
	await wrong("card", "niet te lezen");
	await b.type("#file", `${at}/gw/card.json`);
	await press("look");
	want("a fingerprint to compare", /^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/.test(
		await b.text(".finger")));
	await press("other");
	await wrong("card", "neem deze kaart niet");
	await b.type("#file", `${at}/gw/card.json`);
	await press("look");
	await press("equal");
}
async function passphrase() {
	await step("words");
	await press("own");
	await b.type("#passphrase", "te kort");
	await b.type("#again", "te kort");
	await press("keep");
	await wrong("words", "minstens 12 tekens");
	await b.type("#passphrase", "lang genoeg voor de regel");
	await b.type("#again", "lang genoeg voor de regels");
	await press("keep");
	await wrong("words", "niet gelijk");
	await press("words");
	const first = await b.text("#words");
	await press("other");
	words = await b.text("#words");
	want("the same words again", words !== first);
	want("weak", Number((await b.words()).match(/sterkte (\d+) bits/)[1]) >=
		75);
	await press("take");
	want("the words are still shown", !(await b.words()).includes(words));
	await b.type("#typed", "iets heel anders");
	await press("repeat");
	await wrong("words", "Niet gelijk");
	want("other words", await b.text("#words") === words);
	await press("take");
	await b.type("#typed", words);
	await press("repeat");
	fs.writeFileSync(`${at}/words`, words + "\n");
	await step("keys");
	want("a keyring before the keys", !fs.existsSync(
		`${at}/home/keyring.age`));
	await press();
	want("made", (await notice()).includes("26 weken"));
	await step("folder");
}
async function sheets() {
	await b.type("#folder", "/etc/meldluik");
	await press();
	await wrong("folder", "kan niet worden gemaakt");
	await b.type("#folder", `${at}/print`);
	await press();
	await step("printed");
	const { text } = await paper("poster-nl.html", false);
	want("the poster", text.includes(ORGANISATION) &&
		text.includes("OEFENING"));
	await paper("revocation.html", false);
	await press();
	await step("keepers");
	await b.type("#needed", "4");
	await press();
	await wrong("keepers", "niet meer dan er bewaarders zijn");
	await b.type("#sheets", "2");
	await b.type("#needed", "2");
	await b.type("#keeper2", "é".repeat(33));
	await press();
	await wrong("keepers", "hoogstens 64 bytes");
	await b.type("#keeper2", KEEPER);
	await b.type("#keeper3", "te veel");
	await press();
	await wrong("keepers", "meer namen");
	await b.type("#keeper3", "");
	await press();
	await step("sheet");
	const one = await paper("share-identity-1.html", true);
	const slip = [...one.lines];
	slip[1] = (slip[1][0] === "7" ? "8" : "7") + slip[1].slice(1);
	await b.type("#share", slip.join("\n"));
	await press("prove");
	await wrong("sheet", `regel 2 is verkeerd getypt bij teken 1: op het ` +
		`papier staat daar ${one.lines[1][0]}`);
	want("what was typed is lost", (await b.run(() =>
		document.getElementById("share").value)) === slip.join("\n"));
	await paper("share-identity-2.html", true);
	await b.type("#share", "");
	await file("share-identity-2.html");
	await wrong("sheet", "dit is blad 2");
	await b.type("#share", one.lines.join("\n").toLowerCase());
	await press("prove");
	want("proven", (await notice()).includes("leesbaar en klopt"));
}
async function finish() {
	await step("sheet"); // the terminal proved the second, as step 7 of 8
	want("the terminal and the page count alike", await b.run(() =>
		[...document.querySelectorAll(".rite li")].map((e) =>
			e.matches(".now") ? "now" : "").join()) === ",,,,,,now,");
	want("three are left", (await b.run(() => document.querySelectorAll(
		"main li").length)) > 0 && (await b.words()).includes(
		"Deel 1, reservesleutel"));
	await paper("share-backup-1.html", true);
	const two = await paper("share-backup-2.html", false);
	want("the longest keeper", two.text.includes(KEEPER));
	await file("share-backup-1.html");
	await b.type("#share", two.lines.join("\n"));
	await press("prove");
	await step("forget");
	await press();
	want("files with shares are left", fs.readdirSync(`${at}/print`).every(
		(f) => !f.startsWith("share-")));
	await step("transcript");
	await press();
	await step("printed");
	const { text } = await paper("transcript.html", false);
	want("the transcript", text.includes(ORGANISATION) &&
		text.includes(KEEPER) && text.includes("alleen nog op papier"));
	await press();
	want("done", (await notice()).includes("oefening is klaar"));
	await b.goto(`${origin}/nl/ceremony`);
	want("the ceremony is over", !(await b.has("main [name=step]")));
	await b.goto(`${origin}/nl/keys`);
	want("the desk works", await b.has("#export"));
}

try {
	await begin();
	if (part === "begin") {
		await names();
		await end("SIGKILL");
		await begin();
		await step("dice"); // the names are kept; dice never are
		await press("skip");
		await b.type("#file", `${at}/gw/card.json`);
		await press("look");
		await press("equal");
		await passphrase();
		await end("SIGKILL");
		await begin();
		await b.type("#passphrase", "niet de goede woorden");
		await press();
		want("a wrong passphrase", await b.has(".notice.red"));
		await unlock(words);
		await step("folder");
		await b.goto(`${origin}/nl/`);
		want("the desk says that it waits", await b.has(
			".notice.amber a[href$='/ceremony']"));
		await b.goto(`${origin}/nl/ceremony`);
		await sheets();
		await end("SIGKILL");
	} else {
		await unlock(fs.readFileSync(`${at}/words`, "utf8").trim());
		await finish();
		await end("SIGTERM");
	}
	want(b.errors.join(), b.errors.length === 0);
	console.log(`${part}: ${checks} checks`);
} catch (e) {
	console.log(`FAIL ${e.stack}\n${(await b.words()).slice(0, 1500)}`);
	process.exitCode = 1;
} finally {
	ui?.kill("SIGKILL");
	await b.close();
}
