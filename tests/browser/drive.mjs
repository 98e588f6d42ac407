// SPDX-License-Identifier: EUPL-1.2
// One way to drive Debian's Chromium and Firefox ESR, with scripts on or off:
//   const b = await open("firefox", { scripts: false });
// Every wait is on a condition. What the driver runs in a page is never a
// promise: with javascript.enabled=false Firefox runs functions but settles
// no promise, and puppeteer's own click() and waitForSelector() then hang.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import puppeteer from "puppeteer-core";

const LIMIT_MS = Number(process.env.BROWSER_LIMIT_MS ?? 600000);
const POLL_MS = 40;
const REVEAL_POLLS = 50;
const PROGRAM = { chromium: "/usr/bin/chromium",
	firefox: "/usr/bin/firefox-esr" };

// What Tor Browser sets, as far as it changes what a page can do; "safer"
// adds what its middle level takes away, "safest" (with scripts off) its last.
// It is not Tor Browser.
const TOR_BROWSER = {
	"privacy.resistFingerprinting": true,
	"privacy.firstparty.isolate": true,
	"browser.privatebrowsing.autostart": true,
	"dom.serviceWorkers.enabled": false,
	"media.peerconnection.enabled": false,
};
export const LEVELS = {
	plain: {},
	standard: TOR_BROWSER,
	safer: { ...TOR_BROWSER,
		"javascript.options.wasm": false,
		"javascript.options.ion": false,
		"javascript.options.baselinejit": false,
		"javascript.options.native_regexp": false,
		"javascript.options.asmjs": false,
		"webgl.disabled": true, "mathml.disabled": true },
};
LEVELS.safest = { ...LEVELS.safer, "svg.disabled": true };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const firefoxPrefs = (o, downloads) => ({
	"browser.download.folderList": 2,
	"browser.download.dir": downloads,
	"browser.download.always_ask_before_handling_new_types": false,
	"network.captive-portal-service.enabled": false,
	"network.connectivity-service.enabled": false,
	"network.dns.disablePrefetch": true,
	"network.prefetch-next": false,
	"dom.security.https_first": false,
	"app.update.enabled": false,
	"datareporting.policy.dataSubmissionEnabled": false,
	"toolkit.telemetry.enabled": false,
	"intl.accept_languages": "nl",
	...(o.scripts ? {} : { "javascript.enabled": false }),
	...(o.map ? { "network.dns.localDomains": o.map } : {}),
	...(o.socks ? {
		"network.proxy.type": 1,
		"network.proxy.socks": o.socks.split(":")[0],
		"network.proxy.socks_port": Number(o.socks.split(":")[1]),
		"network.proxy.socks_version": 5,
		"network.proxy.socks_remote_dns": true,
		"network.proxy.allow_hijacking_localhost": true,
		"network.dns.blockDotOnion": false,
	} : { "network.proxy.type": 0 }),
	...LEVELS[o.level ?? "plain"], ...o.prefs,
});

const chromiumArgs = (o) => [
	"--no-sandbox", // the tests may run as root
	"--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
	"--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--disable-default-apps", "--lang=nl",
	"--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
	...(o.map ? [`--host-resolver-rules=MAP ${o.map} 127.0.0.1`] : []),
	...(o.socks ? [`--proxy-server=socks5://${o.socks}`,
		"--proxy-bypass-list=<-loopback>"] : []),
	...(o.args ?? []),
];

const SIZE = { width: 1000, height: 800 };

/*
 * ${which}: "chromium" or "firefox". Options: scripts (true), socks
 * "HOST:PORT", map (a host name that shall be 127.0.0.1), level and prefs
 * (Firefox), args (Chromium).
 */
export async function open(which, options = {}) {
	const o = { scripts: true, ...options };
	const own = fs.mkdtempSync(path.join(os.tmpdir(), which + "-"));
	const downloads = path.join(own, "downloads");
	fs.mkdirSync(downloads);
	const browser = await puppeteer.launch({
		browser: which === "firefox" ? "firefox" : "chrome",
		executablePath: PROGRAM[which], headless: true,
		acceptInsecureCerts: false, defaultViewport: null,
		protocolTimeout: LIMIT_MS, timeout: LIMIT_MS,
		userDataDir: path.join(own, "profile"),
		args: which === "chromium" ? chromiumArgs(o) : [],
		extraPrefsFirefox: which === "firefox" ?
			firefoxPrefs(o, downloads) : undefined,
		env: { ...process.env, HOME: own, TMPDIR: own,
			MOZ_REMOTE_SETTINGS_DEVTOOLS: "1" },
	});
	if (process.env.BROWSER_PIDS) { // for the script's clean-up
		fs.appendFileSync(process.env.BROWSER_PIDS,
			browser.process().pid + "\n");
	}
	const [page] = await browser.pages();
	page.setDefaultTimeout(LIMIT_MS);
	if (!o.level || o.level === "plain") {
		await page.setViewport(SIZE);
	}
	if (which === "chromium") {
		const cdp = await page.createCDPSession();
		await cdp.send("Browser.setDownloadBehavior", { behavior: "allow",
			downloadPath: downloads });
		if (!o.scripts) {
			await page.setJavaScriptEnabled(false);
		}
	}
	const b = new Browser(which, o, browser, page, own, downloads);
	page.on("request", (r) => b.asked.set(r, Date.now()));
	page.on("requestfinished", (r) => b.asked.delete(r));
	page.on("requestfailed", (r) => b.asked.delete(r));
	page.on("dialog", (d) => d.accept().catch(() => {}));
	page.on("pageerror", (e) => b.errors.push(String(e.message)));
	return b;
}

class Browser {
	constructor(which, o, browser, page, own, downloads) {
		Object.assign(this, { which, o, browser, page, own, downloads,
			errors: [], asked: new Map() });
		this.name = `${which === "firefox" ? "Firefox" : "Chromium"} ` +
			`with scripts ${o.scripts ? "on" : "off"}` +
			(o.level && o.level !== "plain" ? ` (${o.level})` : "");
	}

	async goto(url) {
		await this.page.goto(url, { waitUntil: "load",
			timeout: LIMIT_MS });
	}

	// What ${f} (synchronous) says in the page
	run(f, ...args) {
		return this.page.evaluate(f, ...args);
	}

	// Until ${f}(...args) in the page is true; what it was
	async until(what, f, ...args) {
		const end = Date.now() + LIMIT_MS;
		for (let why = "";; await pause(POLL_MS)) {
			let value = null;
			try {
				value = await this.run(f, ...args);
			} catch (e) { // between two documents
				why = e.message;
			}
			if (value) {
				return value;
			}
			if (Date.now() > end) {
				throw new Error(`${this.name}: no ${what} after ` +
					`${LIMIT_MS / 1000} s ${why}\n${this.unanswered()}\n` +
					`${await this.words()}\n${this.errors.join("\n")}`);
			}
		}
	}

	wait(selector) {
		return this.until(selector, (s) =>
			document.querySelector(s) !== null, selector);
	}

	// A click that was missed has asked for nothing
	unanswered() {
		const now = Date.now();
		return [...this.asked].map(([r, at]) => `asked for ${(now - at) /
			1000} s ago, not answered: ${r.method()} ${r.url()}`)
			.join("\n") || "no request is open";
	}

	words() {
		return this.run(() => document.body.innerText).catch((e) =>
			e.message);
	}

	has(selector) {
		return this.run((s) => document.querySelector(s) !== null,
			selector);
	}

	text(selector) {
		return this.run((s) => document.querySelector(s).textContent,
			selector);
	}

	texts(selector) {
		return this.run((s) => Array.from(document.querySelectorAll(s),
			(e) => e.textContent), selector);
	}

	// Opens what the element is folded away in, as a person would
	async reveal(selector) {
		const end = Date.now() + LIMIT_MS;
		for (;;) {
			const shut = await this.run((s) => {
				let e = document.querySelector(s).parentElement
					.closest("details:not([open])");
				for (let up = e; up; up = up.parentElement
					?.closest("details:not([open])")) {
					e = up; // the outermost first
				}
				if (!e) {
					return null;
				}
				const sum = e.querySelector("summary");
				sum.scrollIntoView({ block: "center",
					behavior: "instant" });
				const box = sum.getBoundingClientRect();
				return [box.x + box.width / 2, box.y + box.height / 2];
			}, selector);
			if (!shut) {
				return;
			}
			await this.page.mouse.click(...shut);
			// a click may miss when the page moved: measured again then
			for (let n = 0; n < REVEAL_POLLS && await this.run((s) =>
				document.querySelector(s)
					.closest("details:not([open])") !== null,
			selector); n++) {
				await pause(POLL_MS);
			}
			if (Date.now() > end) {
				throw new Error(`${this.name}: ${selector} stays shut`);
			}
		}
	}

	// Moves the mouse onto it; where that is. A busy Firefox still takes the
	// mouse for where the page was before it scrolled: so until the element
	// itself feels it.
	async aim(selector) {
		for (const end = Date.now() + LIMIT_MS;; await pause(POLL_MS)) {
			const at = await this.run((s) => {
				const e = document.querySelector(s);
				e.scrollIntoView({ block: "center",
					behavior: "instant" });
				// a label of lines, a wrapped link: its first box
				const box = e.getClientRects()[0];
				return [box.x + box.width / 2, box.y + box.height / 2];
			}, selector);
			await this.page.mouse.move(...at);
			if (await this.run((s) => document.querySelector(s)
				.matches(":hover"), selector)) {
				return at;
			}
			if (Date.now() > end) {
				throw new Error(`${this.name}: the mouse does not ` +
					`come to ${selector}`);
			}
		}
	}

	// Again while the element did not feel it, which with scripts it tells: a
	// page that moves between aim and click takes the click elsewhere
	async click(selector) {
		const end = Date.now() + LIMIT_MS;

		await this.wait(selector);
		for (;;) {
			await this.reveal(selector);
			const at = await this.aim(selector);
			if (!this.o.scripts) {
				return this.page.mouse.click(...at);
			}
			await this.run((s) => {
				const root = document.documentElement.dataset;
				root.felt = "no";
				document.querySelector(s).addEventListener("click",
					() => delete root.felt, { once: true, capture: true });
			}, selector);
			await this.page.mouse.click(...at);
			for (let n = 0; n < REVEAL_POLLS; n++) {
				if (await this.run(() => document.documentElement
					.dataset.felt).catch(() => null) !== "no") {
					return null;
				}
				await pause(POLL_MS);
			}
			if (Date.now() > end) {
				throw new Error(`${this.name}: ${selector} feels no click`);
			}
			console.log(`${this.name}: missed ${selector}, once more`);
		}
	}

	// Without scripts an element tells nothing of a click, but has the focus
	// after it, if the document is not another one already
	async touched(selector) {
		for (let n = 0; n < REVEAL_POLLS; n++) {
			if (await this.run((s) => document.activeElement ===
				document.querySelector(s) || document.documentElement
				.dataset.before === undefined, selector)
				.catch(() => false)) {
				return true;
			}
			await pause(POLL_MS);
		}
		return false;
	}

	// A click that leads to another document
	async submit(selector) {
		const end = Date.now() + LIMIT_MS;

		await this.wait(selector);
		await this.run(() => {
			document.documentElement.dataset.before = "1";
			document.activeElement.blur();
		});
		await this.click(selector);
		while (!this.o.scripts && !await this.touched(selector)) {
			if (Date.now() > end) {
				throw new Error(`${this.name}: ${selector} takes no click`);
			}
			console.log(`${this.name}: missed ${selector}, once more`);
			await this.click(selector);
		}
		await this.until("new page after " + selector, () =>
			document.readyState === "complete" &&
			document.documentElement.dataset.before === undefined);
	}

	// As typed or pasted: through the editor, with its events
	async type(selector, text) {
		await this.click(selector);
		await this.run((s, value) => {
			const e = document.querySelector(s);
			e.focus();
			e.select();
			document.execCommand("insertText", false, value);
		}, selector, text);
		const got = await this.run((s) => document.querySelector(s).value,
			selector);
		if (got !== text) {
			throw new Error(`${this.name}: ${selector} holds ` +
				JSON.stringify(got.slice(0, 80)));
		}
	}

	async choose(selector, ...files) {
		await this.wait(selector);
		await this.reveal(selector);
		const input = await this.page.$(selector);
		await input.uploadFile(...files);
	}

	async download(selector, file) {
		await this.click(selector);
		const end = Date.now() + LIMIT_MS;
		for (;; await pause(POLL_MS)) {
			const all = fs.readdirSync(this.downloads);
			const done = all.filter((f) =>
				!/\.(part|crdownload)$/.test(f) && !f.startsWith("."));
			if (done.length === 1 && all.length === 1 &&
				fs.statSync(path.join(this.downloads, done[0])).size) {
				fs.copyFileSync(path.join(this.downloads, done[0]), file);
				fs.rmSync(path.join(this.downloads, done[0]));
				return;
			}
			if (Date.now() > end) {
				throw new Error(`${this.name}: no download`);
			}
		}
	}

	async close() {
		const pid = this.browser.process().pid;
		await this.browser.close();
		try { // what it started may outlive it for a moment
			process.kill(-pid, "SIGKILL");
		} catch {
			// all gone
		}
		try {
			fs.rmSync(this.own, { recursive: true, force: true,
				maxRetries: 20, retryDelay: 100 });
		} catch {
			// the script's clean-up removes the folder above
		}
	}
}
