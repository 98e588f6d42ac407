// SPDX-License-Identifier: EUPL-1.2
// How long the script page takes, cold: node times.mjs URL ROUNDS DATA
// Each round is a browser with a new profile. "checked": from the opening of
// the page to the code on the screen; in it are the script, the keyset, the
// week's keys and all their signatures. "sealed": from the click on send to
// the receipt; in it are a new worker, sealing, sending and the signatures of
// the receipt. Wall in ms as the page's own clock has it, and processor time
// of the page's processes, which is steadier. The last line is JSON.
import fs from "node:fs";
import { open } from "./drive.mjs";
import { pageSeconds } from "./processes.mjs";

const [url, rounds, data] = process.argv.slice(2);
const text = fs.readFileSync(data + "/melding.txt", "utf8").trimEnd();
const KINDS = [
	["Firefox", "firefox", {}, 500],
	["Chromium", "chromium", {}, 500],
	["Firefox without JIT", "firefox", { level: "safer" }, 1500],
	["Chromium without JIT", "chromium",
		{ args: ["--js-flags=--jitless"] }, 1500],
];

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

async function round(which, options) {
	const b = await open(which, options);
	await b.goto(url + "/nl/report");
	await b.wait("main[data-ml-ready]");
	const checked = await time(b, "#ml-code", "#about-form button", true);
	await b.click("#ml-no-code");
	await b.type("#ml-what", text);
	const sealed = await time(b, "#ml-receipt", "#ml-send");
	await b.close();
	return { checked, sealed };
}

const median = (list) => [...list].sort((x, y) => x - y)[list.length >> 1];
const rows = {};
let worst = 0;
console.log("%s", "min / median of ".padStart(22) + rounds +
	"     checked ms     sealed ms   sealed CPU ms    bar");
for (const [name, which, options, bar] of KINDS) {
	const all = [];
	for (let n = 0; n < Number(rounds); n++) {
		all.push(await round(which, options));
	}
	const two = (f) => [Math.min(...all.map(f)), median(all.map(f))]
		.map(Math.round);
	const row = { checked: two((r) => r.checked.wall),
		sealed: two((r) => r.sealed.wall),
		cpu: two((r) => r.sealed.cpu), bar };
	rows[name] = row;
	worst = Math.max(worst, row.sealed[0] / bar);
	console.log(name.padEnd(22) + [row.checked, row.sealed, row.cpu]
		.map((v) => v.join(" / ").padStart(15)).join(" ") +
		String(bar).padStart(7));
}
console.log(JSON.stringify({ bench: "B9", rounds: Number(rounds),
	failures: 0, rows, figure: Math.round(100 * worst) / 100,
	bar: "<= 1 of 500 ms, 1500 without JIT", held: worst <= 1 }));
