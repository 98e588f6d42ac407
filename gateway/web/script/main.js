// SPDX-License-Identifier: EUPL-1.2
// Entry of script.js. In a worker there is no document, and the same file
// seals and sends. In a page it takes over only what HOOKS.md names.
import { checkStart } from "./flow_check.js";
import { reportStart } from "./flow_report.js";
import { errorText, guard } from "./compose.js";
import { $, dayWords, el, point, show } from "./dom.js";
import { worker } from "./job.js";
import { epochAhead, epochFetch, keysetFetch } from "./keys.js";
import { deskName, holders } from "./keyset.js";
import { fingerprint } from "./minisign.js";
import { languages, stringsChoose, t } from "./strings.js";
import { dayAdd, today, weekOld } from "./week.js";

const PROMPT = ["not-open", "server", "withdrawn", "rollback", "fork",
	"chain"];
const KEYS_OLD_DAYS = 30;

// Starts fetching at once; a failure is tried again at the next wish
function keysLoad(ctx) {
	let going = null;
	const load = async () => {
		const wait = (state, s) => {
			const status = $("#ml-status");
			if (status) {
				status.textContent = t(state, s);
			}
		};
		const ahead = epochAhead(wait);
		const k = await keysetFetch(wait, ctx.k?.identity);
		const print = fingerprint(k.identity);
		const shown = $("#fingerprint")?.textContent
			.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
		if (shown && shown !== print.replace(/-/g, "")) {
			throw { word: "print", print };
		}
		ctx.k = k; // enough to read answers
		ctx.epoch = await epochFetch(k, wait, [], ahead);
	};
	const ready = () => {
		going ??= load().catch((e) => {
			going = null;
			throw e;
		});
		return going;
	};
	ready().catch(() => {}); // said when somebody waits for it
	return ready;
}

function failText(why) {
	if (why.word === "print") {
		return t("bad_print", why.print);
	}
	if (why.word === "no-desk") {
		return t("no_desk") + " " + t("external");
	}
	return PROMPT.includes(why.word) || !why.word ? errorText(why) :
		t("bad_keys", why.message);
}

// Leaving quickly: this page and what was typed are gone before the other
// site comes, and going back does not bring them back
function exitWatch() {
	$("#exit")?.addEventListener("click", (e) => {
		const to = e.currentTarget.href;
		e.preventDefault();
		guard(false);
		document.title = " ";
		document.body.replaceChildren();
		location.replace(to);
	});
}

function page(main) {
	const language = document.documentElement.lang || "en";
	$("#unsealed")?.remove(); // what holds without this script only
	const own = [...main.childNodes];
	const box = el("div", { id: "ml" });
	const days = Number(main.dataset.ackDays ?? 7);
	const months = Number(main.dataset.feedbackMonths ?? 3);
	const ctx = {
		// never as the document says: a form there could bear that name
		language, box, script: `/script.${languages[0].code}.js`,
		kind: main.dataset.ml === "advice" ? "advice" : "report",
		sealedBy: "browser", ackDays: days, feedbackMonths: months,
		questions: $("template#ml-questions"), // open() takes it away
		open: () => main.replaceChildren(box),
		close: () => main.replaceChildren(...own),
		fail: (why) => {
			ctx.close();
			$("#ml-fail")?.remove();
			main.prepend(el("p", { id: "ml-fail", class: "err",
				role: "alert" }, failText(why)));
			point($("#ml-fail"));
		},
		who: () => {
			const number = ctx.desk?.number;
			const n = ctx.k && number ? holders(ctx.k, number).length : 0;
			box.append(el("p", { class: "hint" }, number ?
				t("readers", deskName(ctx.desk, language)) + " " : "",
			n === 1 ? t("one_holder") : ""));
			if (ctx.epoch && weekOld(ctx.epoch.week)) {
				box.append(el("p", { class: "err" }, t("old_keys")));
			}
			if (ctx.k.notAfter < dayAdd(today(), KEYS_OLD_DAYS)) {
				box.append(el("p", { class: "err" }, t("keys_old",
					dayWords(ctx.k.notAfter, language))));
			}
		},
	};
	stringsChoose(language);
	exitWatch();
	const ready = keysLoad(ctx);
	if (main.dataset.ml === "check") {
		checkStart(ctx, ready);
	} else {
		reportStart(ctx, ready);
	}
	main.dataset.mlReady = "1";
}

if (typeof document === "undefined") {
	worker(self);
} else {
	const main = $("main[data-ml]");
	const form = $("#about-form, #check-form");
	if (main && form) {
		page(main);
	}
}
