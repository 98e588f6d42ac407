// SPDX-License-Identifier: EUPL-1.2
// The desk's page in a browser, for scripts that do a case by hand: starts
// and ends the program, carries bundles, and says what went wrong where.
//   const t = await desk(which, folder)    then t.begin(home, day) ...
// The folder holds home (the coordinator), sec (the second holder), gw, o.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { press, start, stop } from "./start.mjs";

const { FIX, PASS } = process.env;
export const pass = fs.readFileSync(PASS, "utf8").trim();
export const fixture = (...a) =>
	execFileSync(FIX, a, { encoding: "utf8" }).trim();

export async function desk(which, at) {
	const b = await open(which);
	const gw = `${at}/gw`, out = `${at}/o`, stick = `${at}/stick`;
	const org = `${out}/outbound-1`; // of desk 1; an older one is renamed
	const t = { b, gw, out, stick, org, checks: 0 };
	let ui = null, origin = "";

	fs.mkdirSync(stick);
	// By keyboard in Chromium, as every act must go; by mouse in Firefox,
	// whose driver hands no Enter to a button that a script focused
	b.submit = which === "firefox" ? b.submit.bind(b) :
		(selector) => press(b, selector);
	t.want = (what, good) => {
		t.checks++;
		if (!good) {
			throw new Error(`${which}: ${what}`);
		}
	};
	// The page of ${home} as it is on ${day}
	t.begin = async (home, day) => {
		const started = await start(`${at}/${home}`, day, gw, out,
			stick, `${at}/sec`);
		({ ui, origin } = started);
		await b.goto(started.url);
		await b.wait("#passphrase");
		await b.type("#passphrase", pass);
		await b.submit("main button");
	};
	t.end = () => stop(ui, "SIGTERM");
	t.close = async () => {
		ui?.kill("SIGKILL");
		await b.close();
	};
	t.go = (path) => b.goto(`${origin}/nl/${path}`);
	t.notice = () => b.run(() => [...document.querySelectorAll(
		".notice:not(.stop)")].map((e) => e.textContent).join(" / "));
	t.good = async (what) => t.want(`${what}: ${await t.notice()}`,
		await b.has(".notice.green"));
	t.says = async (what, text) =>
		t.want(`${what}: no "${text}" in …${(await b.words()).slice(-3000)}`,
			(await b.words()).includes(text));
	t.choose = (id, value) => b.run((i, v) => {
		document.getElementById(i).value = v;
	}, id, value);
	t.step = (to) => b.submit(
		`form:has(input[name=to][value=${to}]) button`);
	t.carry = async (what, place) => { // import, export
		await t.go("keys");
		await b.type(`#p-${what}`, place);
		await b.submit(`button[name=do][value=${what}]`);
		await t.good(what);
	};
	// The bundle goes to the gateway and comes back applied
	t.posted = (day) => fixture("cut", gw, org, day, "--applied", org);
	// What stands in brackets is written by hand
	t.letter = async (ref, kind, words) => {
		await t.go(`case/${ref}/letter?kind=${kind}`);
		let text = await b.run(() =>
			document.getElementById("text").value);
		if (words !== undefined) {
			await b.submit("button[name=do][value=settle]");
			t.want(`${kind}: a bracket goes out`,
				await b.has(".notice.red"));
			text = text.replace(/\[[a-z ]+\]/g, words);
			await b.type("#text", text);
		}
		await b.submit("button[name=do][value=settle]");
		await t.good(kind);
	};
	t.sort = async (ref, area) => {
		await t.go(`case/${ref}/triage`);
		await b.click("label:has(input[name=coi][value=no])");
		for (const q of ["1", "2", "3", "4"]) {
			await b.click(
				`label:has(#q${q}-${q === "1" ? "nee" : "ja"})`);
		}
		await b.click("label:has(input[name=type][value=OMG])");
		await b.click("label:has(input[name=origin][value=intern])");
		await t.choose("area", area);
		await b.submit("button[name=do][value=settle]");
		await t.good("sorted");
	};
	// The second person signs on this machine what was asked for
	t.signHere = async () => {
		await b.type("#signatures input[name=keyring]",
			`${at}/sec/keyring.age`);
		await b.type("#signatures input[name=passphrase]", pass);
		await b.submit("form:has(input[value=here]) button");
		await t.good("signed here");
	};
	return t;
}
