// SPDX-License-Identifier: EUPL-1.2
// What the network sees of the script page: node wire.mjs PORT CODE WRONG
// Reading: a right code with replies, a wrong one and none make the same
// requests, byte for byte. Sending: a report, short or long, a question, a
// follow-up and a withdrawal are one request of one size; by the command line
// too. A first visit, from
// the start page to the form that can be typed in, is small and few requests.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { promisify } from "node:util";
import { open } from "./drive.mjs";
import { script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, right, wrong] = process.argv.slice(2);
const WHICH = ["firefox", "chromium"];
const tap = await tapOpen(Number(port));
const url = `http://127.0.0.1:${tap.port}`;
const keys = (r) => r.line.includes(" /v1/");

// A visit from a fresh profile; what it asked for
async function visit(which, doing) {
	tap.requests.length = 0;
	const b = await open(which, {});
	const out = await doing(b);
	await b.close();
	// a browser asks again by itself, whatever for, on a connection that
	// had ended while it waited
	const all = tap.requests.filter((r) => r.answered > 0);
	// The key files are asked for at once, before there is a code
	const [early, board] = [true, false].map((is) => all.filter((r) =>
		keys(r) && /keyset|epochs/.test(r.line) === is).map((r) => r.raw));
	return { out, page: all.filter((r) => !keys(r)).map((r) => r.raw).sort(),
		keys: [...early.sort(), ...board], all };
}

// In the page: notes what the script asks for, and when it opens a slot: it
// takes what stands behind the tag
const acts = () => {
	const [SLOT, TAG] = [8192, 16];
	const list = Object.getPrototypeOf(Uint8Array.prototype);
	const { fetch, Worker } = window, { subarray } = list;
	window.acts = [];
	window.fetch = (path, o) => {
		window.acts.push(path);
		return fetch(path, o);
	};
	window.Worker = function (path) {
		window.acts.push(path);
		return new Worker(path);
	};
	list.subarray = function (from, to) {
		if (from === TAG && this.length === SLOT) {
			window.acts.push("opens");
		}
		return subarray.call(this, from, to);
	};
};

async function reading(which) {
	const seen = {};
	for (const [name, code] of [["right", right], ["wrong", wrong],
		["none", ""]]) {
		seen[name] = await visit(which, async (b) => {
			await script.goto(b, url, "replies");
			if (code) {
				await b.type("#check-form textarea[name=code]", code);
			} else {
				await b.run(() => {
					document.querySelector("#check-form textarea")
						.required = false;
				});
			}
			await b.run(acts);
			await b.click("#check-form button[type=submit]");
			await b.until("an answer", () =>
				document.querySelector("#ml-replies") !== null ||
				document.querySelector("#ml-error")?.textContent);
			return { n: (await b.texts("#ml-replies article")).length,
				acts: await b.run(() => window.acts) };
		});
		// what is asked for after a slot was opened could say so
		const of = seen[name].out.acts;
		const opened = of.indexOf("opens");
		assert.equal(opened >= 0, name === "right", which);
		assert(of.filter((a) => a !== "opens").length >= 1 + 3 * 3, of);
		assert(opened < 0 || of.slice(opened).every((a) => a === "opens"),
			`${which}: asks after it opened: ${of.join(" ")}`);
	}
	assert.equal(seen.right.out.n, 2, which);
	assert.equal(seen.wrong.out.n, 0, which);
	for (const name of ["wrong", "none"]) {
		assert.deepEqual(seen[name].keys, seen.right.keys,
			`${which}: ${name} asks otherwise than right`);
		assert.deepEqual(seen[name].page, seen.right.page, which);
	}
	assert(seen.right.keys.length >= 3 + 3 * 2, which);
	console.log(`${which}: ${seen.right.keys.length} equal requests for a ` +
		"right, a wrong and no code");
}

// A page of which a form bears a name of the document (a hostile server's;
// verify page refuses it) sends the script to no other file than its own
async function named(which) {
	const page = (await (await fetch(url + "/nl/report")).text()).replace(
		"</main>", '<form name="currentScript" method="post" action="x">' +
		'<input type="hidden" name="src" value=""></form></main>');
	tap.instead = [/^GET \/nl\/report /, "HTTP/1.1 200 OK\r\n" +
		"Content-Type: text/html; charset=utf-8\r\nContent-Length: " +
		`${Buffer.byteLength(page)}\r\nConnection: close\r\n\r\n${page}`];
	assert(page.includes("currentScript"));
	const seen = await visit(which, (b) =>
		script.report(b, url, { text: "Over namen." }));
	assert.equal(tap.instead, null, which);
	assert.deepEqual(seen.all.map((r) => r.line.split(" ")[1]).filter((p) =>
		!/^\/(nl\/report|script\.nl\.js|style\.css|v1\/.*)$/.test(p)), []);
	console.log(`${which}: a named form leads the script nowhere`);
}

// A mistyped code is told in the page: nothing goes out for it
async function mistyped(which) {
	const seen = await visit(which, async (b) => {
		await script.goto(b, url, "replies");
		await b.type("#check-form textarea[name=code]",
			right.slice(0, -1) + (right.endsWith("0") ? "1" : "0"));
		await b.click("#check-form button[type=submit]");
		return await b.until("an error", () => document
			.querySelector("#ml-error")?.textContent);
	});
	assert(seen.out.includes("Er is niets verstuurd"), seen.out);
	assert.deepEqual(seen.all.filter((r) => /board/.test(r.line)), []);
	console.log(`${which}: a mistyped code asks for nothing`);
}

// The one request of a message: its size and headers but for the digest
function messages(which) {
	const seen = {};
	const note = (name) => {
		const sent = tap.requests.filter((r) =>
			/^(PUT|POST) /.test(r.line));
		assert.equal(sent.length, 1, `${which}: ${name}: ` +
			sent.map((r) => r.line));
		seen[name] = { line: sent[0].line, size: sent[0].size,
			headers: sent[0].headers.map((h) =>
				h.replace(/^(content-digest: ).*/i, "$1")) };
		tap.requests.length = 0;
	};
	const judge = () => {
		for (const [name, s] of Object.entries(seen)) {
			assert.deepEqual(s, seen.report, `${which}: ${name}`);
		}
		console.log(`${which}: ${Object.keys(seen).length} kinds of ` +
			`message, each one request of ${seen.report.size} bytes`);
	};
	return { note, judge };
}

async function sending(which) {
	const { note, judge } = messages(which);
	const b = await open(which, {});
	const mine = await script.report(b, url, { text: "Kort." });
	note("report");
	await script.report(b, url, { text: "Lang: é👤 ".repeat(3000),
		about: "coordinator" });
	note("long report to another desk");
	await script.report(b, url, { text: "Zonder code", code: false });
	note("report without a code");
	await script.report(b, url, { text: "Een vraag?", kind: "advice" });
	note("advice");
	await script.check(b, url, mine.code);
	tap.requests.length = 0;
	await script.followUp(b, "Nog iets");
	note("follow-up");
	await script.check(b, url, mine.code);
	tap.requests.length = 0;
	await script.withdraw(b);
	note("withdrawal");
	await b.close();
	// Referer never; the page it comes from does not show in the request
	judge();
}

// From the poster's address to a form to type in; the signed key files, which
// come while the reporter reads, are counted apart
const REQUESTS_MAX = 4;
const BYTES_MAX = 60000;
async function first(which) {
	const seen = await visit(which, async (b) => {
		await b.goto(url + "/");
		await b.submit("a.door[href$='/report']");
		await b.wait("main[data-ml-ready]");
		await b.click("#about-form button[type=submit]");
		await b.wait("#ml-code li");
		assert(await b.has("#ml svg.qr path"), which + ": no QR code");
		await b.click("#ml-no-code");
		await b.type("#ml-what", "Hier kan ik typen.");
	});
	const page = seen.all.filter((r) => !keys(r));
	const bytes = page.reduce((n, r) => n + r.answered, 0);
	const lines = page.map((r) => r.line.split(" ")[1]);
	assert(page.length <= REQUESTS_MAX, `${which}: ${lines}`);
	assert(bytes > 0 && bytes <= BYTES_MAX, `${which}: ${bytes} bytes`);
	const keyBytes = seen.all.filter(keys)
		.reduce((n, r) => n + r.answered, 0);
	console.log(`${which}: ${page.length} requests (${lines.join(" ")}), ` +
		`${bytes} bytes until the form can be used; key files apart: ` +
		`${seen.keys.length}, ${keyBytes} bytes`);
}

// The command line in a folder of its own, which holds what ${files} says
async function reporter(files, ...words) {
	const home = fs.mkdtempSync(os.tmpdir() + "/cli-");
	for (const [name, text] of Object.entries(files)) {
		fs.writeFileSync(`${home}/${name}`, text, { mode: 0o600 });
	}
	tap.requests.length = 0;
	return (await promisify(execFile)(
		process.env.BUILD + "/bin/meldluik-reporter",
		["--gateway", url, ...words],
		{ cwd: home, env: { ...process.env, HOME: home } })).stdout;
}

// The command line the same: a right code and a wrong one
async function commandLine() {
	const seen = {};
	for (const [name, code] of [["right", right], ["wrong", wrong]]) {
		const stdout = await reporter({ code }, "--code-file", "code",
			"--json", "check");
		seen[name] = { raw: tap.requests.map((r) => r.raw),
			replies: JSON.parse(stdout).replies.length };
	}
	assert.deepEqual([seen.right.replies, seen.wrong.replies], [2, 0]);
	assert.deepEqual(seen.wrong.raw, seen.right.raw);
	assert(seen.right.raw.length >= 2 + 3 * 3);
	console.log(`command line: ${seen.right.raw.length} equal requests for ` +
		"a right and a wrong code");
	const { note, judge } = messages("command line");
	const say = async (name, text, ...words) => {
		await reporter({ text, code: right },
			"--text", "text", ...words);
		note(name);
	};
	const send = ["--code-fd", "2", "send"];
	await say("report", "Kort.", ...send);
	await say("long report to another desk", "Lang: é👤 ".repeat(3000),
		"--about", "coordinator", "--relation", "employee", ...send);
	await say("report without a code", "Zonder", "--no-mailbox", "send");
	await say("advice", "Een vraag?", "--advice", ...send);
	const coded = ["--code-file", "code", "follow-up"];
	await say("follow-up", "Nog iets", ...coded);
	await say("long follow-up", "Nog é👤 ".repeat(3000), ...coded);
	await reporter({ code: right }, "--code-file", "code", "withdraw");
	note("withdrawal");
	judge();
}

await commandLine();
for (const which of WHICH) {
	await first(which);
	await reading(which);
	await named(which);
	await mistyped(which);
	await sending(which);
}
tap.close();
