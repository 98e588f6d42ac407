// SPDX-License-Identifier: EUPL-1.2
// What a reporter sees of 503 (49-busy.sh): node busy.mjs URL WORK STORE
// A gateway is full while the process STORE is stopped and as many forms as
// there are places wait for it. A circuit is one of a relay that writes tor's
// line before what a browser sends.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import { open } from "./drive.mjs";
import { forms, script } from "./reporter.mjs";

const [url, work, store] = process.argv.slice(2);
const PLACES = 96;
const SAID = {
	form: { nl: /nog niets verstuurd[^]*Laat deze pagina staan en laad haar/,
		en: /Nothing has been sent[^]*Keep this page open and reload it/ },
	page: { nl: /Even wachten[^]*niets verloren[^]*nieuw circuit/,
		en: /Wait a moment[^]*Nothing is lost[^]*new circuit/ },
	script: { nl: /druk[^]*over \d+ sec/, en: /busy[^]*in \d+ sec/ },
};
const want = [];

function circuits(path) {
	const all = new Set();
	const relay = { number: 1 };
	const server = net.createServer((client) => {
		const gateway = net.connect(path);
		const end = () => {
			client.destroy();
			gateway.destroy();
			all.delete(end);
		};
		all.add(end);
		gateway.write("PROXY TCP6 fc00:dead:beef:4dad::0:" +
			`${relay.number.toString(16)} ::1 ${relay.number} 80\r\n`);
		client.pipe(gateway).pipe(client);
		for (const s of [client, gateway]) {
			s.on("error", end).on("close", end);
		}
	});
	relay.next = () => {
		relay.number++;
		for (const end of all) {
			end();
		}
	};
	// What the circuit may ask for, and what it is given back each second
	relay.spend = async () => {
		const mine = relay.number;
		const ask = () => fetch(relay.url + "/healthz").then((a) =>
			a.status, () => 503);
		const on = async () => {
			while (relay.number === mine) {
				await ask();
			}
		};
		while (await ask() !== 503) {
			// once more
		}
		on();
	};
	relay.close = () => server.close();
	return new Promise((done) => server.listen(0, "127.0.0.1", () => {
		relay.url = `http://127.0.0.1:${server.address().port}`;
		done(relay);
	}));
}

// Forms of others, each other bytes: one more than there are places. Until
// that one was refused; what is returned, until the others have receipts
async function others(lang) {
	let full;
	const refused = new Promise((done) => {
		full = done;
	});
	const all = Promise.all(Array.from({ length: PLACES + 1 },
		async (_, i) => {
			const text = `Druk ${i} ${lang}`;
			const f = new FormData();
			for (const [name, value] of Object.entries({ kind: "report",
				form: Buffer.from(text.padEnd(16)).toString("hex"),
				about: "", what: text, no_mailbox: "1" })) {
				f.set(name, value);
			}
			const a = await fetch(`${url}/nl/report`,
				{ method: "POST", body: f });
			if (a.status === 503) {
				return full();
			}
			assert((await a.text()).includes('id="number"'), text);
			return want.push({ text, files: [] });
		}));
	await refused;
	return { all };
}

async function filled(b, base, text) {
	await b.goto(`${base}/${b.o.lang}/report`);
	await b.submit("form[action=code] button[type=submit]");
	await b.submit("button[name=next][value=none]");
	await b.type("#what", text);
	await b.type("#where", "hier");
}
const send = "form[action=report] button[type=submit]";

async function told(b, said) {
	assert.match(await b.words(), said[b.o.lang], b.name);
	assert.equal(await b.run(() => document.documentElement.lang), b.o.lang);
}

async function again(b, text) {
	await b.page.reload();
	await forms.number(b);
	want.push({ text, files: [] });
}

async function full(b) {
	const text = `Vol, uit ${b.which}\n\n"<b>" & é`;
	await filled(b, url, text);
	process.kill(store, "SIGSTOP");
	try {
		const { all } = await others(b.o.lang);
		await b.submit(send);
		await told(b, SAID.form);
		process.kill(store, "SIGCONT");
		await all;
	} finally {
		process.kill(store, "SIGCONT");
	}
	await again(b, text);
	console.log(`${b.name}: no place, loaded again, receipt`);
}

async function spent(b, relay) {
	const text = `Te veel, uit ${b.which}`;
	relay.next();
	await b.goto(`${relay.url}/${b.o.lang}/who`);
	await relay.spend();
	await b.page.reload();
	await told(b, SAID.page);
	relay.next();
	await b.page.reload();
	await b.wait(".qr");
	await filled(b, relay.url, text);
	await relay.spend();
	await b.submit(send);
	await told(b, SAID.form);
	relay.next();
	await again(b, text);
	console.log(`${b.name}: too much of one circuit, by another it went`);
}

async function scripted(b, relay) {
	const text = `Vanzelf, uit ${b.which}`;
	relay.next();
	await script.fill(b, relay.url, { text });
	await relay.spend();
	await b.click("#ml-send");
	await b.until("that it waits", (said) => new RegExp(said).test(document
		.querySelector("#ml-status")?.textContent),
	SAID.script[b.o.lang].source);
	relay.next();
	await script.number(b);
	want.push({ text, files: [] });
	console.log(`${b.name}: waited, and went by itself`);
}

const relay = await circuits(work + "/onion.sock");
for (const [which, lang] of [["firefox", "nl"], ["chromium", "en"]]) {
	let b = await open(which, { scripts: false, lang, prefs: {
		// Firefox asks in a window that no driver sees
		"dom.confirm_repost.testing.always_accept": true } });
	await full(b);
	await spent(b, relay);
	await b.close();
	b = await open(which, { lang });
	await scripted(b, relay);
	assert.deepEqual(b.errors, [], b.name);
	await b.close();
}
relay.close();
fs.writeFileSync(work + "/want.json", JSON.stringify(want));
fs.writeFileSync(work + "/never.json", "[]");
