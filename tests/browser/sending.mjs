// SPDX-License-Identifier: EUPL-1.2
// Reports under difficulties: node sending.mjs PORT WORK CODE REPLY DATA
// What must be in the bundle afterwards is written to WORK/want.json as
// [{text, files: [sha256]}], what must not be there to WORK/never.json.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, path, script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, work, code, reply, data] = process.argv.slice(2);
const only = process.env.ONLY;
const want = [], never = [];
const sha = (f) => createHash("sha256").update(fs.readFileSync(f))
	.digest("hex");
const melding = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const base = `http://127.0.0.1:${port}`;
const NAME = "melding.test"; // http, not loopback by name: not secure
const WHICH = ["firefox", "chromium"];
const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000)
	.toFixed(1).padStart(6)} s  ${text}`);

function make(name, size) {
	const f = `${work}/${name}`;
	fs.writeFileSync(f, randomBytes(size));
	return f;
}

async function using(which, options, doing) {
	const b = await open(which, options);
	try {
		await doing(b);
		assert.deepEqual(b.errors, [], b.name);
	} finally {
		await b.close();
	}
}

// A host name that is no secure context, as a plain http onion is not
async function insecure(which) {
	await using(which, { map: NAME }, async (b) => {
		const url = `http://${NAME}:${port}`;
		const file = make(which + ".bin", 3 << 20);
		await script.goto(b, url, "report");
		assert.deepEqual(await b.run(() => [isSecureContext,
			typeof crypto.subtle]), [false, "undefined"], b.name);
		const text = `Onveilige herkomst ${which}\n\n${melding}`;
		const mine = await script.report(b, url, { text, files: [file] });
		want.push({ text, files: [sha(file)] });
		const got = await script.check(b, url, code);
		assert.deepEqual(got.map((r) => r.text), [reply], b.name);
		assert.equal((await script.check(b, url, mine.code)).length, 0);
		const more = `Vervolg ${which}`;
		await script.followUp(b, more);
		want.push({ text: more, files: [] });
		say(`${b.name}: not a secure context, report, answer, follow-up`);
	});
}

// No JIT, no WASM, and what else the "Safer" level takes away
const SAFER = { firefox: { level: "safer" },
	chromium: { args: ["--js-flags=--jitless"] } };
async function safer(which) {
	await using(which, SAFER[which], async (b) => {
		const text = `Zonder JIT ${which}\n\n${melding}`;
		await script.fill(b, base, { text });
		assert.equal(await b.run(() => typeof WebAssembly), "undefined");
		const from = Date.now();
		await b.click("#ml-send");
		await script.number(b);
		want.push({ text, files: [] });
		say(`${b.name}: without JIT and WASM text sealed, sent and receipted in ` +
			`${Date.now() - from} ms`);
		// the way out, here to another page of ours
		await b.run(() => {
			document.querySelector("#exit").href = "/nl/other";
		});
		await b.click("#ml-leave");
		await b.until("the other page", () =>
			location.pathname === "/nl/other" &&
			document.readyState === "complete");
		assert(!(await b.words()).includes("Zonder JIT"), b.name);
		const got = await script.check(b, base, code);
		assert.deepEqual(got.map((r) => r.text), [reply], b.name);
	});
}

// And the last level: no scripts and no drawings, so no QR code either
async function safest() {
	await using("firefox", { level: "safest", scripts: false }, async (b) => {
		await b.goto(base + "/nl/report");
		await b.submit("form[action=code] button[type=submit]");
		assert.equal(await b.run(() => typeof document
			.querySelector(".qr").getBBox), "undefined", "it draws");
		const text = "Zonder scripts en tekeningen";
		await forms.report(b, base, { text });
		want.push({ text, files: [] });
		const got = await forms.check(b, base, code);
		assert.deepEqual(got.map((r) => r.text), [reply], b.name);
		say(`${b.name}: report and answer`);
	});
}

// A connection that breaks again and again; the upload goes on
async function cuts(which) {
	const tap = await tapOpen(Number(port));
	const file = make(`cut-${which}.bin`, 6 << 20);
	const url = `http://127.0.0.1:${tap.port}`;
	await using(which, {}, async (b) => {
		const text = `Afgebroken ${which}`;
		await script.fill(b, url, { text, files: [file] });
		// one that never gets through can be stopped, and keeps what is typed
		tap.cut = { every: 1, times: Infinity };
		await b.click("#ml-send");
		await b.wait("#ml-stop");
		await b.until("a cut", () => /\d/.test(
			document.querySelector("#ml-status").textContent));
		await b.click("#ml-stop");
		assert.match(await b.until("that it stopped", () =>
			document.querySelector("#ml-error").textContent), /gestopt/);
		assert.deepEqual(await b.run(() => [document
			.querySelector("#ml-what").value, document
			.querySelectorAll(".files li").length, document
			.querySelector("#ml-form").hidden, document
			.querySelector("#ml-stop")]), [text, 1, false, null]);
		tap.cuts = tap.seen = 0;
		tap.cut = { every: 900000, times: process.env.FULL ? 20 : 6 };
		await b.click("#ml-send");
		await script.number(b);
		assert.equal(tap.cuts, tap.cut.times, b.name);
		want.push({ text, files: [sha(file)] });
		say(`${b.name}: cut ${tap.cuts} times, arrived`);
	});
	tap.close();
}

// What may happen to a file between the choice and the sending
const CHANGES = {
	cut: (f) => fs.truncateSync(f, 1000000),
	emptied: (f) => fs.truncateSync(f, 0),
	gone: (f) => fs.rmSync(f),
	longer: (f) => fs.appendFileSync(f, "en nog iets"),
	other: (f) => {
		fs.writeFileSync(f, randomBytes(3 << 20));
		fs.utimesSync(f, new Date(), new Date(Date.now() + 60000));
	},
};
async function changed(which) {
	await using(which, {}, async (b) => {
		for (const [how, change] of Object.entries(CHANGES)) {
			const file = make(`${which}-${how}.bin`, 3 << 20);
			const text = `Bestand ${how} ${which}`;
			await script.fill(b, base, { text, files: [file] });
			await b.wait("#ml-form li[data-seen]");
			const asChosen = sha(file);
			change(file);
			await b.click("#ml-send");
			await b.until("an error or a receipt", () =>
				document.querySelector("#ml-receipt") !== null ||
				document.querySelector("#ml-error").textContent);
			if (how === "longer" && which === "firefox" &&
				await b.has("#ml-receipt")) {
				// Firefox does not tell; it is whole, as chosen
				want.push({ text, files: [asChosen] });
				continue;
			}
			never.push(text);
			assert(!await b.has("#ml-receipt"), `${b.name}: ${how}: sent`);
			const said = await b.text("#ml-error");
			assert(said.includes(`${which}-${how}.bin`) &&
				said.includes("nog niet verstuurd"),
			`${b.name}: ${how}: ${said}`);
			assert.equal(await b.run(() => document
				.querySelector("#ml-what").value), text);
		}
		// a picture is read twice: for the clean copy too
		const picture = `${work}/${which}.jpg`;
		fs.copyFileSync(data + "/factuur.jpg", picture);
		const text = `Foto weg ${which}`;
		never.push(text);
		await script.fill(b, base, { text, files: [picture] });
		fs.truncateSync(picture, 5000);
		await b.click("#ml-send");
		await b.until("an error", () => document.querySelector("#ml-error")
			?.textContent);
		assert((await b.text("#ml-error")).includes(which + ".jpg"));
		say(`${b.name}: a changed file is noticed ` +
			`(${Object.keys(CHANGES).join(", ")})`);
	});
}

// A file of the session: eight bytes, the length, a block of LZ4
function unpacked(b) {
	if (b.subarray(0, 7).toString() !== "mozLz40") {
		return b;
	}
	const out = Buffer.alloc(b.readUInt32LE(8));
	let at = 12, to = 0;
	const more = (n) => {
		for (let c = n === 15 ? 255 : 0; c === 255; n += c) {
			c = b[at++];
		}
		return n;
	};
	while (at < b.length) {
		const token = b[at++], n = more(token >> 4);
		to += b.copy(out, to, at, at + n);
		at += n;
		if (at >= b.length) {
			break;
		}
		const from = to - b.readUInt16LE(at);
		at += 2;
		for (let i = 0, m = more(token & 15) + 4; i < m; i++) {
			out[to++] = out[from + i];
		}
	}
	return out;
}

// Up to whom it is about, on the offline page
async function offlineAbout(b) {
	await b.goto(base + "/nl/who");
	const urls = await b.run(() => [...document.querySelectorAll(
		"a[download]")].map((e) => e.href));
	const name = (url) => `${work}/${url.split("/").at(-1)}`;
	for (const url of urls) {
		fs.writeFileSync(name(url), Buffer.from(
			await (await fetch(url)).arrayBuffer()));
	}
	await b.goto(`file://${work}/offline.html`);
	await b.click("#languages button[lang=nl]");
	await b.choose("#ml-keys", ...urls.map(name).filter((f) =>
		!f.endsWith(".html")));
	await b.wait("#ml-print-yes");
	await b.click("#ml-print-yes");
	await b.wait("#ml-about-next");
	await b.click("input[name=about]");
}

// Firefox keeps what is typed in the files of its session; not here
async function disk(scripts) {
	const prefs = { "browser.sessionstore.resume_from_crash": true,
		"browser.sessionstore.interval": 500,
		"browser.sessionstore.interval.idle": 500 };
	await using("firefox", { scripts, prefs }, async (b) => {
		// Its files are packed with LZ4, which cuts a text where four
		// signs stood before: letters that hardly stand anywhere
		const mark = () => [...randomBytes(24)].map((n) =>
			"BCDFGHJKLMNPQRSTVWXZbcdfghjkmnpqrstvwxz"[n % 39]).join("");
		const marks = [mark(), mark()], controls = [];
		const pages = `${work}/control.html`;
		fs.writeFileSync(pages, "<!DOCTYPE html><title>x</title>" +
			"<textarea id=c></textarea>");
		if (scripts) {
			await script.fill(b, base, { text: marks[0] });
			await b.type("#ml-who", marks[1]);
		} else {
			await b.goto(base + "/nl/report");
			await b.submit("form[action=code] button[type=submit]");
			await b.submit("button[name=next][value=code]");
			await b.type("textarea[name=what]", marks[0]);
			await b.type("textarea[name=code]", marks[1]);
		}
		const first = b.page;
		if (scripts) { // nor a withdrawal, nor about whom it is
			b.page = await b.browser.newPage();
			await script.check(b, base, code);
			await b.run(() => {
				const sure = document.querySelector("#ml-withdraw");
				sure.closest("details").open = true;
				sure.click();
			});
			b.page = await b.browser.newPage();
			await offlineAbout(b);
			marks.push("ml-withdraw", "'about'");
		}
		const other = await b.browser.newPage();
		b.page = other;
		await b.goto("file://" + pages);
		const holds = (text) => fs.readdirSync(b.own, { recursive: true })
			.filter((f) => {
				try {
					return unpacked(fs.readFileSync(
						`${b.own}/${f}`)).includes(text);
				} catch {
					return false; // a folder, or gone meanwhile
				}
			});
		const end = Date.now() + 240000;
		let next = 0; // another control now and then: one may be cut
		while (!controls.some((c) => holds(c).length)) {
			assert(Date.now() < end, "no control was ever written: " +
				"this test proves nothing");
			if (Date.now() > next) {
				controls.push(mark());
				await b.type("#c", controls.at(-1));
				next = Date.now() + 20000;
			}
			await new Promise((done) => setTimeout(done, 500));
		}
		for (const m of marks) {
			assert.deepEqual(holds(m), [], b.name);
		}
		b.page = first;
		say(`${b.name}: what is typed never reached the disk`);
	});
}

const CASES = {
	insecure: () => insecure("firefox").then(() => insecure("chromium")),
	safer: () => safer("firefox").then(() => safer("chromium")).then(safest),
	cuts: () => cuts("firefox").then(() => cuts("chromium")),
	changed: () => changed("firefox").then(() => changed("chromium")),
	disk: () => disk(false).then(() => disk(true)),
};
for (const [name, run] of Object.entries(CASES)) {
	if (!only || only.split(",").includes(name)) {
		await run();
	}
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", JSON.stringify(never));
