// SPDX-License-Identifier: EUPL-1.2
// Report and advice question: about whom, code, form, done, in one page.
// Everything is in memory; closing the page is forgetting.
import { codeDerive, codeNew, codeText, groups } from "./code.js";
import { deskPick } from "./keyset.js";
import { $, area, el, notice, PRIVATE_INPUT, show } from "./dom.js";
import { doneShow, guard, messageId, roomTell, send, steps }
	from "./compose.js";
import { Files } from "./files.js";
import { threadFirst } from "./report.js";
import { t } from "./strings.js";

const TEXTS = [["when", 2], ["where", 2], ["who", 3], ["how_known", 3],
	["ongoing", 2], ["danger", 2], ["told_someone", 2], ["wishes", 2]];
const RELATIONS = ["employee", "hired", "former", "supplier",
	"office_holder", "citizen", "not_said"];

const plain = (s) => s.toUpperCase().replace(/[^0-9A-Z]/g, "")
	.replace(/O/g, "0").replace(/[IL]/g, "1");

export function codeShow(ctx, next) {
	const text = codeText(ctx.code);
	const last = el("input", { id: "ml-last", class: "keys", size: 6,
		"aria-describedby": "ml-last-h ml-last-e", ...PRIVATE_INPUT });
	const wrong = notice("ml-last-e", "err");
	const without = () => {
		ctx.code = ctx.keys = null;
		next();
	};
	const form = el("form", { novalidate: true, onsubmit: (e) => {
		e.preventDefault();
		if (plain(last.value) !== groups(plain(text)).at(-1)) {
			wrong.textContent = t("code_last_bad");
			last.setAttribute("aria-invalid", "true");
			last.focus();
			return;
		}
		next();
	} },
	el("div", {}, el("label", { for: "ml-last" }, t("code_last")),
		el("p", { class: "hint", id: "ml-last-h" }, t("code_last_hint")),
		wrong, last),
	el("div", { class: "row" },
		el("button", { id: "ml-code-next" }, t("code_saved")),
		el("button", { id: "ml-no-code", type: "button", class: "alt",
			onclick: without }, t("code_none"))),
	el("p", { class: "hint" }, t("code_none_hint")));
	show(ctx.box, steps(2), el("h1", {}, t("code_title")),
		el("p", { class: "lead" }, t("code_lead")),
		el("section", { class: "paper strip sheet",
			"aria-label": t("code_title") },
		el("ol", { class: "code", id: "ml-code" },
			text.split("-").map((g) => el("li", {}, g)))),
		el("section", { class: "care" }, el("h2", {}, t("code_lost")),
			el("p", {}, t("code_lost_text"))),
		el("p", {}, t("code_keep")), form);
}

// The answers as they stand in the form; `q_` are the organisation's own
function answers(form) {
	const out = { what: $("#ml-what", form).value };
	for (const [key] of TEXTS) {
		out[key] = $("#ml-" + key, form).value;
	}
	for (const e of form.querySelectorAll("[name^=q_]")) {
		const on = !["radio", "checkbox"].includes(e.type) || e.checked;
		if (on && /^q_[a-z0-9_]{1,32}$/.test(e.name)) {
			out[e.name] = e.value;
		}
	}
	return out;
}

export function formShow(ctx, submit, label) {
	const advice = ctx.kind === "advice";
	const id = ctx.keys?.messageId ?? messageId();
	const thread = ctx.keys ? threadFirst(ctx.keys) : null;
	const left = notice("ml-room", "hint");
	const make = () => ({ seed: null, message: { kind: ctx.kind,
		org: ctx.k.org, desk: ctx.desk.number, messageId: id,
		sealedBy: ctx.sealedBy, language: ctx.language,
		relation: $("input[name=relation]:checked", form)?.value ??
			"not_said",
		about: ctx.role, answers: answers(form), thread } });
	const count = () => roomTell(left, make().message, files.list);
	const files = new Files(ctx.language, () => count());
	const extra = $("template#ml-questions");
	const form = el("form", { id: "ml-form", autocomplete: "off",
		novalidate: true, oninput: () => {
			guard(true);
			count();
		}, onsubmit: (e) => {
			e.preventDefault();
			const error = $("#ml-error", form);
			if ($("#ml-what", form).value.trim() === "") {
				error.textContent = t("what_empty");
				$("#ml-what", form).setAttribute("aria-invalid", "true");
				$("#ml-what", form).focus();
			} else if (count()) {
				submit(form, files, make);
			}
		} },
	area("what", t(advice ? "what_advice" : "what"), t("what_hint"), 10,
		true), left,
	el("fieldset", {}, el("legend", {}, t("more")),
		TEXTS.map(([key, rows]) => area(key, t(key), null, rows, false)),
		extra ? extra.content.cloneNode(true) : null),
	files.node,
	el("fieldset", {}, el("legend", {}, t("relation")),
		RELATIONS.map((r) => el("label", { class: "pick" },
			el("input", { type: "radio", name: "relation", value: r }),
			el("span", {}, t("rel_" + r))))),
	notice("ml-error", "err"),
	el("div", { class: "row" }, el("button", { id: "ml-send" }, label)),
	el("p", { class: "hint" }, t("time")));
	show(ctx.box, steps(3),
		el("h1", {}, t(advice ? "form_title_advice" : "form_title")),
		el("p", { class: "lead" }, t("form_lead")),
		el("p", { class: "hint" }, t("form_seal")), form);
}

function reportForm(ctx) {
	formShow(ctx, (form, files, make) =>
		send(ctx, form, files, make, (receipt) =>
			doneShow(ctx, receipt, true)),
	t(ctx.kind === "advice" ? "send_advice" : "send"));
}

// ${ready}: a promise that fills ctx.k and ctx.epoch, or throws a text
export function reportStart(ctx, ready) {
	const form = $("#about-form");
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		const picked = $("input[name=about]:checked", form) ??
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
		ctx.role = picked?.value ?? "";
		ctx.desk = deskPick(ctx.k, ctx.role,
			(picked?.dataset.desks ?? "").split(" "));
		if (!ctx.desk || ctx.epoch.of(ctx.desk.number).length === 0) {
			ctx.fail({ word: "no-desk" });
			return;
		}
		ctx.code = codeNew(ctx.desk.number);
		ctx.keys = codeDerive(ctx.code, ctx.k.org);
		guard(true);
		codeShow(ctx, () => reportForm(ctx));
		ctx.who();
	});
}
