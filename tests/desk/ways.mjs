// SPDX-License-Identifier: EUPL-1.2
// The ways of a case that case.mjs does not go, by hand in Chromium.
//   node ways.mjs FOLDER PICTURE AGE_KEY     exit 1 at any fault
// FOLDER holds home (the coordinator), sec (the second holder), gw and o.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { desk, fixture as fx, pass } from "./desk.mjs";

const [at, picture, key] = process.argv.slice(2);
const HOSTILE = "<img src=x onerror=alert(1)></textarea><script>1</script>" +
	"\u202e=1+1\u0007{{_lang}}&amp;";
const t = await desk("chromium", at);
const { b, gw, stick, org, want, begin, end, go, good, says, carry } = t;
const run = (...a) => execFileSync(a[0], a.slice(1), { encoding: "utf8" });
const sha256 = (f) => createHash("sha256").update(fs.readFileSync(f))
	.digest("hex");

// Nothing that was typed became a part of the page
async function inert(what) {
	want(`${what}: an element came of it`, !(await b.has(
		"main img, main script, main iframe, main [onerror]")));
	want(`${what}: a direction mark works`, !(await b.run(() =>
		[...document.querySelectorAll("main *")].some((e) =>
			!["TEXTAREA", "SCRIPT"].includes(e.tagName) &&
			[...e.childNodes].some((n) => n.nodeType === 3 &&
				/[\u202a-\u202e\u2066-\u2069\u0007]/.test(
					n.nodeValue))))));
}
// The page on paper: A4, and its text
async function paper(what) {
	const file = `${stick}/page.pdf`;
	fs.writeFileSync(file, await b.page.pdf({ preferCSSPageSize: true }));
	const info = run("pdfinfo", file), text = run("pdftotext", "-layout",
		file, "-");
	want(`${what}: ${info}`, /Page size: +59[45][\d.]* x 84[12][\d.]* pts/
		.test(info));
	const pages = Number(info.match(/Pages: +(\d+)/)[1]);
	want(`${what}: ${pages} pages`, pages >= 1 && pages < 9);
	fs.unlinkSync(file);
	return text.replace(/\s+/g, " ");
}
const refs = () => b.run(() => [...document.querySelectorAll(
	"a[href$='/triage']")].map((a) =>
	a.getAttribute("href").match(/case\/([^/]+)/)[1]));
const note = async (ref, text) => {
	await go(`case/${ref}`);
	await b.run((s) => { document.getElementById("note").value = s; }, text);
	await b.submit("#notes form button");
};
async function find(word) {
	await go("register");
	await b.type("#word", word);
	await b.submit("form[role=search] button");
	return b.run(() => [...document.querySelectorAll("main th a")].map(
		(a) => a.textContent.trim()));
}

try {
	// Three reports; found by a word, also of a note; never in an address
	for (const word of ["zaagmolen", "windvaan", "roeispaan"]) {
		fx("seal", gw, org, "--desk", "1", "--day", "2026-11-25", "--text",
			`Het ging over de ${word}. ${HOSTILE.replace("\u0007", "")}`,
			"--new-code", `${at}/${word}`, "--attach", picture,
			"--name", `../${"n".repeat(180)}<b>.desktop\u202e.jpg`);
	}
	fx("cut", gw, org, "2026-11-25");
	await begin("home", "2026-11-26");
	await carry("import", gw);
	await go("inbox");
	want("three in the inbox", (await refs()).length === 3);
	const ref = {};
	for (const word of ["zaagmolen", "windvaan", "roeispaan"]) {
		const hits = await find(word.toUpperCase());
		want(`one ${word}`, hits.length === 1);
		ref[word] = hits[0];
		want("the word is in no address", !b.page.url().includes(word));
	}
	const one = ref.zaagmolen, two = ref.windvaan, three = ref.roeispaan;
	await find(HOSTILE);
	await inert("search");

	// Bulk: two at once get the acknowledgement, a second time none
	for (const [round, what] of [["first", "green"], ["again", "red"]]) {
		await go("register");
		for (const r of [one, two]) {
			await b.click(`input[value="${r}"]`);
		}
		await b.submit("button[value=acknowledge]");
		want(`bulk ${round}: ${await b.words()}`,
			await b.has(`.notice.${what}`));
	}

	// A note of 1 MiB is refused and nothing is lost
	await note(one, "x".repeat(1 << 20));
	await note(one, HOSTILE);
	await good("note");
	await inert("case");
	await says("markup is words", "<img src=x onerror=alert(1)>");
	const printed = await paper("case");
	want("the text is on paper", printed.includes("zaagmolen") &&
		printed.includes("<img src=x onerror=alert(1)>"));

	// Taken out, with a copy that says nothing of who made it
	await b.type("#p-extract", stick);
	await b.submit("form:has(input[value=extract]) button");
	await inert("taken out");
	await says("the kind", "JPEG-beeld");
	await says("hidden data", "Jan Geheim");
	await says("the original's hash", sha256(picture).slice(0, 32));
	const out = `${stick}/${one}`, file = `${out}/m01-attachment-01`;
	want("the original is as it was", sha256(`${file}.jpg`) ===
		sha256(picture));
	want("not to run", (fs.statSync(`${file}.jpg`).mode & 0o111) === 0);
	want("a clean copy", fs.existsSync(`${file}.clean.jpg`) &&
		!/Geheim|GPS/.test(run("exiftool", `${file}.clean.jpg`)));
	await says("the copy's hash", sha256(`${file}.clean.jpg`).slice(0, 32));
	await go(`case/${one}`);
	await b.type("#p-extract", stick);
	await b.submit("form:has(input[value=extract]) button");
	await says("never over another", "Daar staat al iets");

	// An investigator: named, with an end, by paper
	await t.sort(one, "HLTH");
	await go(`case/${one}/forward`);
	await b.click("label:has(input[name=where][value=investigator])");
	await b.type("#name", `Bureau ${HOSTILE.replace("\u0007", "")}`);
	await b.submit("button[name=do][value=plan]");
	await b.click("label:has(#reviewed)");
	await b.submit("button[name=do][value=keep]");
	await says("without an end", "S-FOREIGN-END");
	await inert("plan");
	await b.click("details summary");
	await b.click("label:has(input[name=where][value=investigator])");
	await b.type("#name", `Bureau ${HOSTILE.replace("\u0007", "")}`);
	await t.choose("until", "2027-02-28");
	await b.click("label:has(input[name=agreement])");
	await b.submit("button[name=do][value=plan]");
	await b.click("label:has(#g-0-no)");
	await b.click("label:has(#reviewed)");
	await b.submit("button[name=do][value=keep]");
	await says("alone", "S-TWO");
	await b.submit("button[name=do][value=request]");
	await t.signHere();
	await go(`case/${one}/forward`);
	await b.click("label:has(input[name=how][value=print])");
	await b.submit("button[name=do][value=send]");
	await inert("dossier");
	const dossier = await paper("dossier");
	want("the dossier on paper", dossier.includes("zaagmolen") &&
		dossier.includes("<script>1</script>"));

	// The police: legal duty, telling would endanger, to their key
	await t.sort(two, "HLTH");
	await go(`case/${two}`);
	await b.click("#consent label:has(input[value=duty])");
	await b.type("#basis", `162 Sv ${HOSTILE.replace("\u0007", "")}`);
	await t.choose("consent-to", "@police");
	await b.submit("#consent button");
	await good("duty");
	await go(`case/${two}/forward`);
	await b.click("label:has(input[name=where][value=police])");
	await b.submit("button[name=do][value=plan]");
	await b.click("label:has(#g-0-clean)");
	await b.type("#endangers", "Sporen zouden verdwijnen");
	await b.click("label:has(#reviewed)");
	await b.submit("button[name=do][value=keep]");
	await b.submit("button[name=do][value=request]");
	await t.signHere();
	await go(`case/${two}/forward`);
	await b.type("#key", "age1pqnietgoed");
	await b.type("#place", stick);
	await b.submit("button[name=do][value=send]");
	want("a wrong key", await b.has(".notice.red"));
	await b.type("#key", key);
	await b.type("#place", stick);
	await b.submit("button[name=do][value=send]");
	await good("to the police");
	fs.renameSync(`${stick}/dossier-${two}-2026-11-26.age`,
		`${stick}/politie.age`);

	// Recusal: signed by two, a parcel, read there, access ends here
	await t.sort(three, "HLTH");
	await go(`case/${three}/recuse`);
	await b.type("#why", HOSTILE.replace("\u0007", ""));
	await b.type("#place", stick);
	await b.submit("button[name=do][value=parcel]");
	await says("alone", "S-TWO");
	await b.submit("button[name=do][value=ask]");
	await t.signHere();
	await go(`case/${three}/recuse`);
	await b.type("#why", HOSTILE.replace("\u0007", ""));
	await b.type("#place", stick);
	await b.submit("button[name=do][value=parcel]");
	await good("parcel");
	await go(`case/${three}`);
	want("moved text is shown", !(await b.words()).includes("roeispaan"));
	await end();
	const parcel = fs.readdirSync(stick).find((f) => f.startsWith("pakket-"));
	const read = JSON.parse(run(process.env.BIN, "--home", `${at}/sec`,
		"--passphrase-file", process.env.PASS, "--today", "2026-11-26",
		"--json", "import", `${stick}/${parcel}`));
	await begin("home", "2026-11-27");
	await go(`case/${three}/recuse`);
	await b.type("#code", "0000");
	await b.submit("button[name=do][value=over]");
	want("not the code", await b.has(".notice.red"));
	await b.type("#code", read.code);
	await b.submit("button[name=do][value=over]");
	await good("handed over");
	await end();

	// Who read what is between is gone: on at a later list, by two people
	const later = `${stick}/later`;
	fx("cut", gw, org, "2026-11-27");
	fs.cpSync(gw, later, { recursive: true, filter: (f) =>
		!/manifest-[0-9]+\.json/.test(f) });
	fx("seal", gw, org, "--desk", "1", "--day", "2026-11-27", "--text",
		"Na het gat: de wisselwachter", "--new-code", `${at}/gat`);
	const last = fx("cut", gw, org, "2026-11-28") && Math.max(
		...fs.readdirSync(gw).map((f) => Number(f.match(
			/^manifest-([0-9]+)\.json$/)?.[1] ?? 0)));
	for (const f of fs.readdirSync(gw).filter((n) =>
		n.startsWith(`manifest-${last}.`))) {
		fs.copyFileSync(`${gw}/${f}`, `${later}/${f}`);
	}
	fs.cpSync(`${gw}/envelopes`, `${later}/envelopes`, { recursive: true });
	await begin("home", "2026-11-28");
	await go("keys");
	await b.type("#p-import", later);
	await b.submit("button[name=do][value=import]");
	await says("a gap", "niet worden ingenomen");
	const resume = async (number) => {
		await go("keys");
		await b.click("#resume summary");
		await b.type("#p-resume", later);
		await b.type("#n-resume", String(number));
		await b.click("label:has(#s-resume)");
		await b.submit("button[name=do][value=resume]");
	};
	await resume(1);
	await says("what is read", "sluit aan op wat dit loket las");
	await resume(last + 1);
	await says("what is not there", "Vergelijk het nummer met IT");
	want("folded, or not as it was filled in", await b.run((n) =>
		document.querySelector("#resume").open &&
		document.querySelector("#n-resume").value === n &&
		document.querySelector("#s-resume").checked, String(last + 1)));
	await resume(last);
	await good("asked");
	await says("what she signs", `Ga hier verder met lijst ${last}, in`);
	await t.signHere();
	await resume(last);
	await good("resumed");
	want("the request is used", !(await b.has("#signatures")));
	want("what came after", (await find("wisselwachter")).length === 1);
	await end();
	console.log(`the other ways of a case, ${t.checks} checks`);
} catch (e) {
	console.log(`FAIL ${e.stack}`);
	process.exitCode = 1;
} finally {
	await t.close();
}
