// SPDX-License-Identifier: EUPL-1.2
// Sends one message from a form: seals, shows progress, says what went wrong
// without losing a word, and shows the receipt.
import { demand, random, Refused, unhex } from "./bytes.js";
import { crockford, groups } from "./code.js";
import { $, dayWords, el, fault, notice, point, rich, show, sizeWords }
	from "./dom.js";
import { envelopeSize } from "./envelope.js";
import { halt, run } from "./job.js";
import { epochFetch, keysetFetch } from "./keys.js";
import { REPORT_MAX, reportBytes, reportNew } from "./report.js";
import { dayAdd, dayAddMonths, weekOld } from "./week.js";
import { t } from "./strings.js";

const WEEKS_TRIED = 4;
const FILE_ROOM = 540; // of report.json, a file: name, type, size, hashes

const closing = (e) => {
	e.preventDefault();
	e.returnValue = "";
};

export const guard = (on) => on ?
	window.addEventListener("beforeunload", closing) :
	window.removeEventListener("beforeunload", closing);

// Bytes still free in report.json, over the tightest count of characters
export function room(message, files) {
	const used = reportBytes(reportNew({ ...message, epoch: "2026-W01",
		keyset: new Uint8Array(32) })).length;
	return REPORT_MAX - used - FILE_ROOM * files.length;
}

export function roomTell(node, message, files) {
	const free = room(message, files);
	node.textContent = free < 0 ? t("room_over", -free) :
		free < REPORT_MAX / 4 ? t("room", free) : "";
	node.className = free < 0 ? "err" : "hint";
	return free >= 0;
}

// Whether a form can go: else what is wrong is said, at the field where it is
// its fault and not far above the button. ${empty}: the words, if nothing was
// written; ${count}: roomTell in ${left}
export function fits(form, field, empty, files, left, count) {
	const said = $(`#${field.id}-e`, form);
	if (empty) {
		fault(field, said, empty);
	} else if (files.trouble()) {
		$("#ml-error", form).textContent = files.trouble();
	} else if (count()) {
		return true;
	} else {
		fault(field, said, left.textContent);
		left.textContent = "";
	}
	return false;
}

// Words for what deliver() tells; ${total}: bytes of what is sent
export function teller(status, bar, total, language) {
	return (state, part, seconds) => {
		if (bar) {
			bar.value = part;
		}
		status.textContent = state === "seal" ? t("sealing") :
			state === "send" ? t("sending", sizeWords(part * total,
				language), sizeWords(total, language)) :
			state === "board" ? t("reading", Math.floor(100 * part)) :
			t(state, seconds);
	};
}

// Never unasked to a key that nobody may have any more
export const oldRefuse = (ctx) =>
	demand(!weekOld(ctx.epoch.week) || ctx.old?.checked, "old");

// After ${e}, of oldRefuse: the tick that lets the next try pass
export function oldAsk(ctx, error, e) {
	if (e.word === "old") {
		ctx.old = el("input", { type: "checkbox", id: "ml-old" });
		error.append(el("label", { class: "pick" }, ctx.old,
			el("span", {}, t("old_yes"))));
	}
}

/*
 * Seals ${message} for the desk of ${ctx} {k, epoch, script, reader} and
 * delivers it; reader() says by ctx.k who reads it now.
 * A week that was closed meanwhile is replaced by a newer one; the message
 * keeps its id, so a message that did arrive collapses with its repeat.
 */
export async function dispatch(ctx, message, files, seed, tell) {
	const closed = [];
	const wait = (state, s) => tell(state, 0, s);
	for (;;) {
		// never to a desk that was not shown
		const desk = ctx.reader();
		demand(desk?.number === message.desk, "reader");
		oldRefuse(ctx);
		const report = reportNew({ ...message,
			keyset: ctx.k.hash, epoch: ctx.epoch.week });
		try {
			return await run(ctx.script, { report, files, seed,
				holders: ctx.epoch.of(desk.number), gateway: ctx.k.gateway,
				generation: ctx.k.generation }, tell);
		} catch (e) {
			if (e.word !== "epoch" || closed.length >= WEEKS_TRIED) {
				throw e;
			}
			closed.push(ctx.epoch.week);
			ctx.k = await keysetFetch(wait, ctx.k.identity);
			ctx.epoch = await epochFetch(ctx.k, wait, closed);
		}
	}
}

export function errorText(e) {
	switch (e.word) {
	case "full":
		return t("err_full");
	case "file-changed":
		return t("err_file", e.detail ?? e.message);
	case "file-odd":
		return t("files_odd", e.detail ?? e.message);
	case "old":
		return t("old_keys");
	case "reader":
		return t("err_reader");
	case "stopped":
		return t("stopped");
	case "receipt":
		return t("err_receipt");
	case "files-large":
	case "files-many":
	case "limit":
		return t("err_large");
	case "epoch": // no week that we know of is taken: whose clock is wrong?
	case "not-open":
		return t("not_open");
	case "withdrawn":
		return t("withdrawn");
	case "rollback":
	case "fork":
	case "chain":
		return t("bad_chain");
	default:
		return t("err_other", e.message);
	}
}

// ${sending}(tell), until ${button} is pressed
const stoppable = (button, tell, sending) => new Promise((done, failed) => {
	let stopped = null;
	button.onclick = () => {
		stopped = new Refused("stopped");
		halt();
		failed(stopped);
	};
	sending((...what) => {
		if (stopped) {
			throw stopped;
		}
		tell(...what);
	}).then(done, failed);
});

/*
 * The whole act of sending from ${form}. ${make}() gives {message, files,
 * seed}; ${sent}(receipt) is called once. The form stays as it is until then.
 */
export async function send(ctx, form, files, make, sent) {
	const status = notice("ml-status", "hint");
	const bar = el("progress", { id: "ml-progress", max: "1", value: "0",
		"aria-label": t("send") });
	const error = $("#ml-error", form);
	const stop = el("button", { id: "ml-stop", type: "button", class: "alt" },
		t("stop"));
	const busy = el("div", {}, bar, status, stop);
	error.replaceChildren();
	form.after(busy);
	form.hidden = true;
	point(busy); // not to its button: a second Enter would stop it
	try {
		const { message, seed } = make();
		const list = await files.chosen();
		const tell = teller(status, bar, envelopeSize(list), ctx.language);
		const receipt = await stoppable(stop, tell, (saying) =>
			dispatch(ctx, message, list, seed, saying));
		guard(false);
		sent(receipt);
	} catch (e) {
		form.hidden = false;
		error.replaceChildren(errorText(e));
		if (e.word === "full" && files.list.length > 0) {
			error.append(" ", el("button", { type: "button",
				onclick: () => {
					files.clear();
					form.requestSubmit();
				} }, t("send_text_only")));
		}
		oldAsk(ctx, error, e);
		point(error);
	} finally {
		busy.remove();
	}
}

export const messageId = () => random(16);

// Number of a receipt that people can write down
export const receiptNumber = (receipt) => groups(crockford(
	unhex(receipt.envelope, 32).slice(0, 10))).join(" ");

export function receiptNode(receipt, language) {
	return el("section", { class: "paper strip", id: "ml-receipt" },
		el("h2", {}, t("receipt")),
		el("dl", {},
			el("dt", {}, t("receipt_day")),
			el("dd", {}, el("time", { datetime: receipt.day },
				dayWords(receipt.day, language))),
			el("dt", {}, t("receipt_number")),
			el("dd", { class: "mono" }, receiptNumber(receipt))),
		el("p", { class: "hint" }, t("receipt_hint")),
		el("details", {}, el("summary", {}, t("receipt_all")),
			el("pre", {}, receipt.note)));
}

const DONE = { report: "done_title", advice: "done_title_advice",
	follow_up: "done_title_later", withdrawal: "done_title_withdraw" };

// ${kind} of the message that was sent
export function doneShow(ctx, receipt, kind) {
	const first = kind === "report" || kind === "advice";
	const ack = dayAdd(receipt.day, ctx.ackDays);
	const by = (day, what) => el("li", {}, el("b", {}, t("by",
		dayWords(day, ctx.language))), " " + what);
	show(ctx.box, steps(first ? 4 : 0),
		el("h1", {}, t(DONE[kind])),
		el("p", { class: "lead" }, t(kind === "withdrawal" ?
			"done_withdraw" : "done_lead")),
		receiptNode(receipt, ctx.language),
		!first ? null : el("section", {}, el("h2", {}, t("next")),
			el("ol", { class: "when" }, by(ack, t("next_ack")),
				by(dayAddMonths(ack, ctx.feedbackMonths),
					t("next_feedback")))),
		el("p", {}, t(ctx.keys ? "next_come" : "now_nocode")),
		el("section", {}, el("h2", {}, t("do")), el("ul", {},
			["do1", "do2", "do3", "do4"].map((k) =>
				el("li", {}, rich(t(k))))),
		el("p", { class: "row noprint" }, el("button", { id: "ml-leave",
			class: "alt", type: "button", onclick: () => $("#exit").click() },
		t("leave")))));
}

export function steps(current) {
	return current === 0 ? null : el("ol", { class: "steps" },
		t("steps").split("|").map((name, i) => el("li",
			i + 1 < current ? { class: "ok" } :
			i + 1 === current ? { "aria-current": "step" } : {}, name)));
}
