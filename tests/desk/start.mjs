// SPDX-License-Identifier: EUPL-1.2
// What every driver of the desk's page does: starts and ends the program,
// and presses a button by keyboard.
import { spawn } from "node:child_process";

// The page of ${home} as it is on ${day}: its process and its address
export async function start(home, day, ...sticks) {
	const ui = spawn(process.env.BIN, ["--home", home, "--today", day, "ui",
		...sticks.flatMap((s) => ["--stick", s])],
	{ stdio: ["ignore", "pipe", "inherit"] });
	let text = "";
	const url = await new Promise((done, bad) => {
		ui.stdout.on("data", (d) => {
			text += d;
			const m = text.match(/(http:\S+)\n/);
			if (m) done(m[1]);
		});
		ui.on("exit", (code) => bad(new Error(`ui ended: ${code}`)));
	});
	return { ui, url, origin: new URL(url).origin };
}

export async function stop(ui, signal) {
	const gone = new Promise((done) => ui.on("exit", done));
	ui.kill(signal);
	await gone;
}

export async function press(b, selector) {
	await b.wait(selector);
	await b.reveal(selector);
	await b.run((s) => {
		document.documentElement.dataset.before = "1";
		document.querySelector(s).focus();
	}, selector);
	await b.page.keyboard.press("Enter");
	await b.until("new page after " + selector, () =>
		document.readyState === "complete" &&
		document.documentElement.dataset.before === undefined);
}
