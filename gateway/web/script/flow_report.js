// SPDX-License-Identifier: EUPL-1.2
// Report and advice question: about whom, code, form, done, in one page.
// Everything is in memory; closing the page is forgetting.
import { codeDerive, codeNew } from "./code.js";
import { codeShow } from "./flow_code.js";
import { deskName, deskPick } from "./keyset.js";
import { $, area, el, notice, picks, show } from "./dom.js";
import { doneShow, fits, guard, messageId, roomTell, send, steps }
	from "./compose.js";
import { Files } from "./files.js";
import { begin, prepare } from "./job.js";
import { threadFirst } from "./report.js";
import { t } from "./strings.js";

const TEXTS = ["when", "where", "who", "how_known", "danger",
	"told_someone", "wishes"];
const RELATIONS = ["employee", "hired", "former", "supplier",
	"office_holder", "citizen", "not_said"];

const fold = (key, ...nodes) => el("details", {},
	el("summary", {}, t(key)), nodes);

// What helps, folded away: nothing of it is needed
const more = () => el("fieldset", {}, el("legend", {}, t("more")),
	fold("sum_when", area("when", t("when"), t("when_hint"), 2),
		area("where", t("where"), null, 2)),
	fold("sum_who", area("who", t("who"), null, 3),
		area("how_known", t("how_known"), t("how_hint"), 3)),
	fold("sum_ongoing", picks("ongoing", t("ongoing"),
		["yes", "no", "unknown"].map((v) => [v, t(v)])),
	area("danger", t("danger"), t("danger_hint"), 2)),
	fold("sum_wish", area("told_someone", t("told_someone"), null, 2),
		area("wishes", t("wishes"), null, 2)),
	fold("sum_relation", picks("relation", t("relation"),
		RELATIONS.map((r) => [r, t("rel_" + r),
			r === "citizen" ? t("rel_citizen_note") : null]))));

const leaveOut = () => fold("leave_out", el("ul", {}, [1, 2, 3, 4, 5, 6]
	.map((n) => el("li", {}, t("leave" + n)))));

// The organisation's own questions: name, what was asked, words of the answer
function* own(form) {
	for (const q of form.querySelectorAll("[data-ask]")) {
		const field = $("input:checked", q) ??
			$("textarea, input:not([type=radio])", q);
		if (field && /^q_[a-z0-9_]{1,30}$/.test(field.name)) {
			yield [field.name, q.dataset.ask, field.type === "radio" ?
				field.nextElementSibling.textContent : field.value];
		}
	}
}

function answers(form) {
	const out = { what: $("#ml-what", form).value };
	for (const key of TEXTS) {
		out[key] = $("#ml-" + key, form)?.value ?? "";
	}
	out.ongoing = $("input[name=ongoing]:checked", form)?.value ?? "";
	const questions = {};
	for (const [key, asked, text] of own(form)) {
		out[key] = text;
		if (text.trim() !== "") {
			questions[key] = asked;
		}
	}
	return { answers: out, questions };
}

export function formShow(ctx, submit, label, limit) {
	const advice = ctx.kind === "advice";
	const id = ctx.keys?.messageId ?? messageId();
	const thread = ctx.keys ? threadFirst(ctx.keys) : null;
	const left = notice("ml-room", "hint");
	const make = () => ({ seed: null, message: { kind: ctx.kind,
		org: ctx.k.org, desk: ctx.desk.number, messageId: id,
		sealedBy: ctx.sealedBy, language: ctx.language,
		relation: $("input[name=relation]:checked", form)?.value ??
			"not_said",
		about: ctx.role, ...answers(form), thread } });
	const count = () => roomTell(left, make().message, files.list);
	const files = new Files(ctx.language, () => count(), limit);
	const form = el("form", { id: "ml-form", autocomplete: "off",
		novalidate: true, oninput: () => {
			guard(true);
			count();
		}, onsubmit: (e) => {
			e.preventDefault();
			const what = $("#ml-what", form);
			if (fits(form, what, what.value.trim() === "" &&
				t("what_empty"), files, left, count)) {
				submit(form, files, make);
			}
		} },
	leaveOut(),
	area("what", t(advice ? "what_advice" : "what"), t("what_hint"), 10,
		true), left, advice ? null : more(),
	ctx.questions ? fold("sum_questions",
		ctx.questions.content.cloneNode(true)) : null,
	files.node,
	notice("ml-error", "err"),
	el("div", { class: "row" }, el("button", { id: "ml-send" }, label)),
	el("p", { class: "hint" }, t("time")));
	show(ctx.box, steps(3),
		el("h1", {}, t(advice ? "form_title_advice" : "form_title")),
		el("p", { class: "lead" }, t("form_lead")),
		el("p", { class: "hint" }, t("form_seal")),
		el("p", {}, t("readers", deskName(ctx.desk, ctx.language))),
		form);
}

function reportForm(ctx) {
	formShow(ctx, (form, files, make) =>
		send(ctx, form, files, make, (receipt) =>
			doneShow(ctx, receipt, ctx.kind)),
	t(ctx.kind === "advice" ? "send_advice" : "send"));
}

// ${ready}: a promise that fills ctx.k and ctx.epoch, or throws a text
export function reportStart(ctx, ready) {
	const form = $("#about-form");
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		const about = $("input[name=about]:checked", form);
		// who chooses nothing is read by the usual desk, and said nothing
		const role = about ??
			[...form.querySelectorAll("input[name=about]")].find((r) =>
				r.value === form.dataset.default);
		ctx.open();
		show(ctx.box, el("p", { id: "ml-status", role: "status" },
			t("keys_wait")));
		try {
			await ready();
		} catch (why) {
			ctx.fail(why);
			return;
		}
		ctx.role = about?.value ?? "";
		ctx.reader = () => deskPick(ctx.k, role?.value ?? "",
			(role?.dataset.desks ?? "").split(" "));
		ctx.desk = ctx.reader();
		if (!ctx.desk || ctx.epoch.of(ctx.desk.number).length === 0) {
			ctx.fail({ word: "no-desk" });
			return;
		}
		ctx.code = codeNew(ctx.desk.number);
		ctx.keys = codeDerive(ctx.code, ctx.k.org);
		guard(true);
		codeShow(ctx, () => reportForm(ctx));
		ctx.who();
		prepare(ctx.script);
		begin(ctx.epoch.of(ctx.desk.number));
	});
}
