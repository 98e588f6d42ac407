// SPDX-License-Identifier: EUPL-1.2
// Check back: a code in, replies out, and from there a follow-up or a
// withdrawal. The code never leaves this page.
import { boardRead, deskAnswering } from "./checkback.js";
import { codeDesk, codeParse } from "./code.js";
import { deskName, deskNow } from "./keyset.js";
import { $, area, dayWords, el, fault, notice, show } from "./dom.js";
import { doneShow, fits, guard, messageId, roomTell, send, teller }
	from "./compose.js";
import { Files } from "./files.js";
import { begin, prepare } from "./job.js";
import { threadLater } from "./report.js";
import { t } from "./strings.js";

function replyNode(ctx, r) {
	const name = deskName(deskNow(ctx.k, r.desk), ctx.language);
	const ask = r.kind === "question";
	return el("article", { class: ask ? "paper ask" : "paper" },
	el("p", { class: "hint" }, el("bdi", {}, name), ", ", el("time", { datetime: r.day },
		dayWords(r.day, ctx.language))),
	el("h2", {}, t("kind_" + r.kind)),
	el("div", { class: "text", lang: r.language, dir: "auto" }, r.text),
	ask && ctx.desk ? el("p", {}, el("a", { href: "#ml-text" },
		t("answer"))) : null);
}

function later(ctx, kind, id, text, lastReply) {
	return { seed: ctx.keys.thread, message: { kind, org: ctx.k.org,
		desk: ctx.desk.number, messageId: id, sealedBy: ctx.sealedBy,
		language: ctx.language, relation: "not_said", about: "",
		answers: { what: text },
		thread: threadLater(ctx.keys, lastReply) } };
}

function writeForm(ctx, lastReply) {
	const left = notice("ml-room", "hint"), id = messageId();
	const make = () => later(ctx, "follow_up", id,
		$("#ml-text", form).value, lastReply);
	const count = () => roomTell(left, make().message, files.list);
	const files = new Files(ctx.language, () => count());
	const form = el("form", { id: "ml-form", novalidate: true,
		autocomplete: "off", oninput: () => {
			guard(true);
			count();
		}, onsubmit: (e) => {
			e.preventDefault();
			const text = $("#ml-text", form);
			if (fits(form, text, text.value.trim() === "" &&
				files.list.length === 0 && t("write_empty"),
			files, left, count)) {
				send(ctx, form, files, make, (receipt) =>
					doneShow(ctx, receipt, "follow_up"));
			}
		} },
	area("text", t("write_text"), t("form_seal"), 6, true), left,
	files.node, notice("ml-error", "err"),
	el("div", { class: "row" }, el("button", { id: "ml-send" },
		t("write_send"))));
	return el("section", { class: "noprint" }, el("h2", {}, t("write")),
		form);
}

function withdrawForm(ctx, lastReply) {
	const id = messageId();
	const sure = el("input", { type: "checkbox", id: "ml-withdraw",
		"aria-describedby": "ml-withdraw-e" });
	const unsure = notice("ml-withdraw-e", "err");
	const none = { list: [], chosen: async () => [], clear() {} };
	// Firefox writes a tick to the disk as well
	const form = el("form", { autocomplete: "off", onsubmit: (e) => {
		e.preventDefault();
		if (sure.checked) {
			send(ctx, form, none, () => later(ctx, "withdrawal", id, "",
				lastReply), (receipt) => doneShow(ctx, receipt,
				"withdrawal"));
		} else {
			fault(sure, unsure, t("withdraw_tick"));
		}
	} },
	unsure, el("label", { class: "pick" }, sure, el("span", {},
		t("withdraw_yes"))),
	notice("ml-error", "err"),
	el("button", { class: "alt", id: "ml-withdraw-send" },
		t("withdraw_send")));
	return el("section", { class: "noprint" }, el("details", {},
		el("summary", {}, t("withdraw")), el("p", {}, t("withdraw_text")),
		form));
}

function repliesShow(ctx, board) {
	const n = board.replies.length;
	const held = board.replies.find((r) => r.receipts.length > 0);
	const lastReply = board.replies[0]?.id ?? "";
	show(ctx.box, el("h1", {}, t("replies_title")),
		el("p", { class: "lead" }, n === 0 ? t("replies_none") :
			n === 1 ? t("replies_one") : t("replies_some", n)),
		board.damaged ? el("p", { class: "err" },
			t("replies_damaged", board.damaged)) : null,
		board.old ? el("p", { class: "err" }, t("replies_old")) : null,
		ctx.epoch ? null : el("p", { class: "err" }, t("not_open")),
		el("div", { id: "ml-replies" },
			board.replies.map((r) => replyNode(ctx, r))),
		held ? el("p", { class: "hint" }, t("receipts",
			held.receipts.length)) : null,
		ctx.desk ? writeForm(ctx, lastReply) : null,
		ctx.desk ? withdrawForm(ctx, lastReply) : null);
}

// A typing mistake is said here; nothing was sent then
function codeRead(field, error) {
	if (field.value.trim() === "") {
		return null;
	}
	try {
		return codeParse(field.value);
	} catch (e) {
		fault(field, error, t("err_mark") + " " + t(e.word ===
			"code-length" ? "code_short" : e.word === "code-version" ?
			"code_version" : "code_bad") + " " + t("nothing_sent"));
		return undefined;
	}
}

export function checkStart(ctx, ready) {
	const form = $("#check-form");
	const field = $("textarea[name=code]", form);
	const error = notice("ml-error", "err");
	field.before(error);
	field.setAttribute("aria-describedby", "ml-error code-h");
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		const code = codeRead(field, error);
		if (code === undefined) {
			return;
		}
		const status = el("p", { id: "ml-status", role: "status" },
			t("keys_wait"));
		ctx.open();
		show(ctx.box, status);
		try {
			await ready().catch((e) => {
				if (!ctx.k || e.word !== "not-open") {
					throw e;
				}
			});
			// Firefox gives another priority to what is asked for
			// within a click: so always after it
			await new Promise((done) => setTimeout(done));
			prepare(ctx.script); // before a slot is opened: see boardRead
			const board = await boardRead(ctx.k, code, teller(status));
			if (code === null) {
				ctx.close();
				fault(field, error, t("code_empty"));
				return;
			}
			ctx.keys = board.keys;
			// without a key of this week answers can be read, not written
			const number = deskAnswering(board.replies, codeDesk(code));
			ctx.reader = () => deskNow(ctx.k, number);
			ctx.desk = ctx.epoch ? ctx.reader() : null;
			repliesShow(ctx, board);
			ctx.who();
			if (ctx.desk) {
				begin(ctx.epoch.of(ctx.desk.number));
			}
		} catch (why) {
			ctx.fail(why);
		}
	});
}
