// SPDX-License-Identifier: EUPL-1.2
// How long the script page takes, cold: node times.mjs URL PLAIN ROUNDS DATA
// Each line is of browsers with new profiles. PLAIN is the same gateway under
// a name that is not the machine's own: plain http, where browsers have no
// WebCrypto.
//   sealed   from the click on send to the receipt, after a text was typed;
//            in it are sealing, sending and the signatures of the receipt
//   checked  from the opening of the page to the code on the screen; in it
//            are the script, the keyset, the week's keys, all signatures
//   whole    from the opening of the page to the receipt, when every button
//            is pressed in the moment it is there: nothing is done while
//            somebody reads or types, everything is cold and waited for
// Wall in ms by the page's own clock; for "sealed" also processor time of the
// page's processes, which is steadier. The last line is JSON.
import fs from "node:fs";
import { open } from "./drive.mjs";
import { pageSeconds } from "./processes.mjs";

const [local, plain, rounds, data] = process.argv.slice(2);
const text = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const map = new URL(plain).hostname;
const NO_JIT = { firefox: { level: "safer" },
	chromium: { args: ["--js-flags=--jitless"] } };
const KINDS = [];
for (const [jit, bar] of [["", 500], [" without JIT", 1500]]) {
	for (const [where, url] of [["", local], [", plain http", plain]]) {
		for (const which of ["firefox", "chromium"]) {
			KINDS.push({ name: which + jit + where, which, bar, url,
				options: { ...(jit ? NO_JIT[which] : {}),
					...(where ? { map } : {}) } });
		}
	}
}

// From now, or from the opening, until ${selector} is there
async function time(b, selector, click, fromOpening) {
	const pid = b.browser.process().pid, before = pageSeconds(pid);
	await b.run((want, press, opening) => {
		const from = opening ? 0 : performance.now();
		const look = () => {
			if (document.querySelector(want) && !window.mlTime) {
				window.mlTime = performance.now() - from;
			}
		};
		window.mlTime = 0;
		new MutationObserver(look).observe(document, { childList: true,
			subtree: true });
		document.querySelector(press).click();
		look();
	}, selector, click, fromOpening ?? false);
	const wall = await b.until(selector, () => window.mlTime);
	return { wall, cpu: 1000 * (pageSeconds(pid) - before) };
}

async function round(kind) {
	const b = await open(kind.which, kind.options);
	await b.goto(kind.url + "/nl/report");
	await b.wait("main[data-ml-ready]");
	const own = await b.run(() => Boolean(crypto.subtle));
	if (own !== (kind.url === local)) {
		throw new Error(`${kind.name}: WebCrypto is ${own}`);
	}
	const checked = await time(b, "#ml-code", "#about-form button", true);
	await b.click("#ml-no-code");
	await b.type("#ml-what", text);
	const sealed = await time(b, "#ml-receipt", "#ml-send");
	await b.close();
	return { checked, sealed };
}

async function whole(kind) {
	const b = await open(kind.which, kind.options);
	await b.page.evaluateOnNewDocument((words) => {
		const buttons = ["main[data-ml-ready] #about-form button",
			"#ml-no-code", "#ml-send"];
		new MutationObserver(() => {
			const next = document.querySelector(buttons[0]);
			if (next) {
				buttons.shift();
				const what = document.querySelector("#ml-what");
				if (what) {
					what.value = words;
				}
				next.click();
			}
			if (document.querySelector("#ml-receipt") &&
				!window.mlWhole) {
				window.mlWhole = performance.now();
			}
		}).observe(document, { childList: true, subtree: true,
			attributes: true });
	}, text);
	await b.goto(kind.url + "/nl/report");
	const wall = await b.until("the receipt", () => window.mlWhole);
	await b.close();
	return wall;
}

const median = (list) => [...list].sort((x, y) => x - y)[list.length >> 1];
const two = (list) => [Math.min(...list), median(list)].map(Math.round);
const rows = {};
let worst = 0;
console.log("min / median of " + rounds, "  sealed ms   checked ms     " +
	"whole ms    sealed CPU   bar");
for (const kind of KINDS) {
	const all = [], wholes = [];
	for (let n = 0; n < Number(rounds); n++) {
		all.push(await round(kind));
		wholes.push(await whole(kind));
	}
	const row = { sealed: two(all.map((r) => r.sealed.wall)),
		checked: two(all.map((r) => r.checked.wall)), whole: two(wholes),
		cpu: two(all.map((r) => r.sealed.cpu)), bar: kind.bar };
	rows[kind.name] = row;
	worst = Math.max(worst, row.sealed[0] / kind.bar);
	console.log(kind.name.padEnd(33) + [row.sealed, row.checked, row.whole,
		row.cpu].map((v) => v.join(" / ").padStart(12)).join(" ") +
		String(kind.bar).padStart(6));
}
console.log(JSON.stringify({ bench: "B9", rounds: Number(rounds),
	failures: 0, rows, figure: Math.round(100 * worst) / 100,
	bar: "sealed <= 1 of 500 ms, 1500 without JIT", held: worst <= 1 }));
