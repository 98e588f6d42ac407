// SPDX-License-Identifier: EUPL-1.2
// A connection that was kept dies when the gateway has taken a report and
// before its answer comes: browsers then send the form again by themselves.
// And an answer that is no receipt, whatever its status says, is not taken for
// one: the script says so, keeps text and button, and sends again.
//   node resend.mjs PORT WORK
// What must be in the bundle afterwards, once each, is in WORK/want.json.
import assert from "node:assert/strict";
import fs from "node:fs";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";
import { tapOpen } from "./tap.mjs";

const [port, work] = process.argv.slice(2);
const want = [];
for (const which of ["firefox", "chromium"]) {
	const tap = await tapOpen(Number(port));
	const b = await open(which, { scripts: false });
	const text = `Eén keer, uit ${which}`;
	tap.lose = /^POST \/nl\/report /;
	const { number } = await forms.report(b,
		`http://127.0.0.1:${tap.port}`, { text });
	const posts = tap.requests.filter((r) =>
		r.line.startsWith("POST /nl/report "));
	assert.equal(posts.length, 2, `${b.name}: not sent again`);
	assert(tap.lost.startsWith("HTTP/1.1 200 "), tap.lost.slice(0, 80));
	assert(tap.lost.includes(`id="number">${number}<`),
		`${b.name}: the second answer is another one`);
	want.push({ text, files: [] });
	console.log(`${b.name}: sent again by itself, one receipt`);
	await b.close();
	tap.close();
}

const PAGE = "<!doctype html><title>Onderhoud</title>";
for (const which of ["firefox", "chromium"]) {
	const tap = await tapOpen(Number(port));
	const b = await open(which, {});
	const text = `Wel verstuurd, uit ${which}`;
	await script.fill(b, `http://127.0.0.1:${tap.port}`, { text });
	for (const status of ["200 OK", "201 Created"]) {
		tap.instead = [/^PUT \/v1\/envelopes /, `HTTP/1.1 ${status}\r\n` +
			`Content-Type: text/html\r\nContent-Length: ${PAGE.length}` +
			`\r\nConnection: close\r\n\r\n${PAGE}`];
		await b.click("#ml-send");
		const said = await b.until("an error", () =>
			document.querySelector("#ml-error")?.textContent);
		assert(said.includes("kunnen niet nagaan") &&
			said.includes("nog eens"), `${b.name}, ${status}: ${said}`);
		assert.equal(await b.run(() => document
			.querySelector("#ml-what").value), text);
	}
	await b.click("#ml-send");
	await script.number(b);
	want.push({ text, files: [] });
	console.log(`${b.name}: no receipt, said so, and sent again`);
	await b.close();
	tap.close();
}
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
