// SPDX-License-Identifier: EUPL-1.2
// One case from receipt to destruction, every act by hand on the page.
//   node case.mjs chromium|firefox FOLDER PICTURE     exit 1 at any fault
// FOLDER holds home (the coordinator), sec (the second holder), gw and o.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { desk, fixture as fx, pass } from "./desk.mjs";

const [which, at, picture] = process.argv.slice(2);
const t = await desk(which, at);
const { b, gw, out, stick, org, want, begin, end, go, good, says, step, carry,
	posted, letter } = t;
const destroy = async () => {
	await b.click("label:has(#sure)");
	await b.submit("#destroy button");
};
// Asked for, signed here by the second, done; the nth time of the case
async function twoDestroy(n) {
	await b.submit("#after form:has(input[name=act][value=destroy]) button");
	await good("asked");
	await t.signHere();
	want("two requests are shown", await b.run((k) =>
		document.querySelectorAll("#signatures article").length >= k, n));
	await destroy();
	await says("declaration", "Verklaring van vernietiging");
}

try {
	// Receive, sort, acknowledge, ask
	fx("seal", gw, org, "--desk", "1", "--day", "2026-11-25", "--text",
		"Over de zorg: Jan Jansen zag <b>alles</b> \u202e=1+1",
		"--new-code", `${at}/code`, "--attach", picture, "--name",
		"../<img src=x>.jpg");
	fx("cut", gw, org, "2026-11-25");
	await begin("home", "2026-11-26");
	await carry("import", gw);
	const href = await b.run(() => document.querySelector(
		"a[href$='/triage']").getAttribute("href"));
	const ref = href.match(/case\/([^/]+)/)[1];
	await t.sort(ref, "HLTH");
	await b.submit("button[name=do][value=settle]"); // the acknowledgement
	await good("acknowledged");
	await letter(ref, "questions");
	await letter(ref, "consent", "de Inspectie");
	await carry("export", out);
	await end();
	posted("2026-11-27");

	// The answer comes; forward: to whom, what, the reporter is told
	fx("seal", gw, org, "--desk", "1", "--day", "2026-11-27", "--kind",
		"follow_up", "--code", `${at}/code`, "--text",
		"JA, stuur maar door. Het was op zaal 3.");
	fx("cut", gw, org, "2026-11-27");
	await begin("home", "2026-11-28");
	await carry("import", gw);
	await go(`case/${ref}`);
	await says("answer", "JA, stuur maar door");
	await says("posted", "geplaatst 27 november 2026");
	want("markup is words", !(await b.has("main img")) &&
		!(await b.has("main .typed b")));
	await says("a direction mark is seen", "U+202E");
	await says("a date as people say it", "melding van 25 november 2026");
	await says("a size as the Dutch write it", "9,6 KB");
	await says("two people", "twee verschillende mensen. (S-TWO)");
	await b.type("#basis", "JA in het antwoord van 27 november");
	await t.choose("consent-to", "IGJ");
	await b.submit("#consent button");
	await good("consent");
	await go(`case/${ref}/forward`);
	want("proposed by area", await b.run(() =>
		document.getElementById("receiver").value) === "IGJ");
	await b.submit("button[name=do][value=plan]");
	await good("plan");
	await b.type("#words", "Bestaat niet");
	await b.submit("button[name=do][value=keep]");
	want("a word that stands nowhere", await b.has(".notice.red"));
	await b.type("#words", "jan jansen\nzaal 3");
	await b.click("label:has(#g-0-no)");
	await b.submit("button[name=do][value=keep]");
	await good("kept");
	await says("not reviewed", "S-SANITISED");
	const page = await b.text("article.paper");
	want("left out", !/jan jansen|zaal 3/i.test(page) &&
		page.includes("weggelaten") && page.includes("Over de zorg"));
	await b.click("label:has(#reviewed)");
	await b.submit("button[name=do][value=keep]");
	await says("not told", "S-TOLD");
	await go(`case/${ref}/letter?kind=forwarding`);
	await t.choose("receiver", "IGJ");
	await b.submit("button[name=do][value=fill]");
	await says("filled", "Inspectie Gezondheidszorg");
	await b.submit("button[name=do][value=settle]");
	await good("told");
	await go(`case/${ref}/forward`);
	await b.type("#pass", "vijf losse woorden samen");
	await b.type("#again", "vijf losse woorden samen");
	await b.click("label:has(input[name=how][value=pass])");
	await b.type("#place", stick);
	await b.submit("button[name=do][value=send]");
	await says("sent too early", "S-TOLD");
	await b.submit("button[name=do][value=request]");
	await good("asked");
	await b.type("#signatures input[name=place]", stick);
	await b.submit("form:has(input[value=carry]) button");
	await good("carried");
	await carry("export", out);
	await end();
	posted("2026-11-29");

	// The second holder, on her own machine
	const ask = fs.readdirSync(stick).find((f) => f.startsWith("verzoek-"));
	await begin("sec", "2026-11-29");
	await go("sign");
	await b.type("#file", `${stick}/${ask}`);
	await b.submit("button[name=do][value=look]");
	await says("what is asked", `Zaak ${ref}`);
	await says("the act", "Handeling Doorzenden");
	await says("since when", "meldpunt 1, 28 november 2026");
	await says("to whom", "Gaat naar: Inspectie Gezondheidszorg en Jeugd.");
	await says("what goes", "Gaat mee: bericht 1: Wat is er gebeurd? (1");
	await says("what stays", "bestand 1");
	await says("in words", "Soort: Ongewenste omgangsvormen.");
	await b.submit("button[name=do][value=sign]");
	await good("signed");
	await end();

	// Sent, told what came of it
	await begin("home", "2026-11-30");
	await carry("import", gw);
	await go(`case/${ref}`);
	await b.type("#signatures input[name=file]",
		`${stick}/getekend-${ask}`);
	await b.submit("form:has(input[value=take]) button");
	await good("taken");
	await go(`case/${ref}/forward`);
	await says("two signed", "Twee mensen hebben getekend");
	await b.click("label:has(input[name=how][value=pass])");
	await b.type("#pass", "vijf losse woorden samen");
	await b.type("#again", "vijf losse woorden samen");
	await b.type("#place", stick);
	await b.submit("button[name=do][value=send]");
	await good("sent");
	const dossier = fs.readdirSync(stick).find((f) =>
		f.startsWith("dossier-"));
	want("a sealed file", fs.readFileSync(`${stick}/${dossier}`, "latin1")
		.startsWith("age-encryption.org/v1\n-> scrypt "));
	await letter(ref, "feedback", "De Inspectie onderzoekt dit nu.");
	await carry("export", out);
	await end();
	posted("2026-12-01");

	// Close, print
	await begin("home", "2026-12-02");
	await carry("import", gw);
	await go(`case/${ref}`);
	await step("teruggekoppeld");
	await good("answered");
	await t.choose("class", "RT3");
	await b.submit("button[name=do][value=close]");
	await good("closed");
	await says("term", "2 juni 2027");
	want("a heading over nothing", !(await b.words())
		.includes("Kan nu niet"));
	if (which === "chromium") { // what there is to fill in stays off paper
		await b.page.emulateMediaType("print");
		want("fields on paper", await b.run(() => ![...document
			.querySelectorAll("main :is(input, textarea, select)")]
			.some((e) => e.checkVisibility() &&
				!e.closest("#result"))));
		await b.page.emulateMediaType(null);
	}
	const pdf = await b.page.pdf({ format: "A4" });
	want("printed", Buffer.from(pdf.slice(0, 5)).toString() === "%PDF-" &&
		pdf.length > 10000);
	await destroy();
	await says("destroyed too early", "S-TERM");
	await end();

	// After the term, with the second holder beside her
	execFileSync(process.env.BIN, ["--home", `${at}/home`, "--today",
		"2027-06-03", "--passphrase-file", process.env.PASS, "rotate"],
	{ stdio: "ignore" });
	await begin("home", "2027-06-03");
	await go("keys");
	await says("whose keys lack", "geen sleutels van secretaris (2027-W22)");
	await go(`case/${ref}`);
	want("sure without a tick", !(await b.run(() =>
		document.getElementById("destroy").checkValidity())));
	await destroy();
	await says("alone", "S-TWO");
	await twoDestroy(1);
	await says("signers", "secretaris");
	await go(`case/${ref}`);
	want("the text is gone", !/Over de zorg|zaal 3/.test(await b.words()));
	await b.submit("form:has(input[name=sure][type=hidden]) button");
	await says("the paper again", "Verklaring van vernietiging");

	// What comes after that is ended by two people too
	fx("seal", gw, org, "--desk", "1", "--day", "2026-11-30", "--kind",
		"follow_up", "--code", `${at}/code`, "--text",
		"Nog een nakomer", "--attach", picture);
	fx("cut", gw, org, "2027-06-03");
	await carry("import", gw);
	await go(`case/${ref}`);
	await says("it is read", "Nog een nakomer");
	await says("it is said", "Na de vernietiging van deze zaak kwam er nog");
	await destroy();
	await says("the late one alone", "kwam er nog een bericht");
	await twoDestroy(2);
	await says("the late one", "Berichten van daarna");
	await go(`case/${ref}`);
	want("the late text is gone", !(await b.words()).includes("nakomer"));
	want("nothing to end", !(await b.has("#destroy")));
	await go("register");
	await says("the register stays", ref);
	await says("one case", "1 zaak; dit filter toont 1");
	await end();
	console.log(`${which}: a whole case by hand, ${t.checks} checks`);
} catch (e) {
	console.log(`FAIL ${e.stack}`);
	process.exitCode = 1;
} finally {
	await t.close();
}
