// SPDX-License-Identifier: EUPL-1.2
// The step that shows a code nobody has yet: to write down, scan, print or
// copy, and the last group typed back as the proof that it was kept.
import { codeText, groups } from "./code.js";
import { el, fault, notice, PRIVATE_INPUT, rich, show, svgQr }
	from "./dom.js";
import { steps } from "./compose.js";
import { qr } from "./qr.js";
import { t } from "./strings.js";

const plain = (s) => s.toUpperCase().replace(/[^0-9A-Z]/g, "")
	.replace(/O/g, "0").replace(/[IL]/g, "1");

function drawing(text) {
	const { size, path } = qr(text);
	return el("div", {}, svgQr(size, path, t("code_qr")), el("p",
		{ class: "hint noprint" }, t("code_scan")));
}

async function copy(text, said) {
	try {
		await navigator.clipboard.writeText(text);
		said.textContent = t("copied");
	} catch {
		said.textContent = t("copy_fail");
	}
}

function buttons(text) {
	const said = notice("ml-copied", "hint");
	const button = (id, key, onclick) => el("button", { id, type: "button",
		class: "alt", onclick }, t(key));
	return el("div", { class: "noprint" }, el("div", { class: "row" },
		button("ml-print", "print", () => window.print()),
		button("ml-copy", "copy", () => copy(text, said))), said);
}

const signs = (text) => el("details", {}, el("summary", {}, t("signs")),
	el("ol", {}, text.split("-").map((g) => el("li", { dir: "ltr" },
		[...g].map((c) => c === "0" ? t("zero") : c).join(" – ")))));

// ${next}() goes on; without a code ctx.code is null then
export function codeShow(ctx, next) {
	const text = codeText(ctx.code);
	const last = el("input", { id: "ml-last", class: "keys", size: 6,
		"aria-describedby": "ml-last-h ml-last-e", ...PRIVATE_INPUT });
	const wrong = notice("ml-last-e", "err");
	const on = () => {
		document.body.classList.remove("discreet");
		next();
	};
	const form = el("form", { novalidate: true, onsubmit: (e) => {
		e.preventDefault();
		if (plain(last.value) !== groups(plain(text)).at(-1)) {
			fault(last, wrong, t("code_last_bad"));
			return;
		}
		on();
	} },
	el("div", {}, el("label", { for: "ml-last" }, t("code_last")),
		el("p", { class: "hint", id: "ml-last-h" }, t("code_last_hint")),
		wrong, last),
	el("div", { class: "row" },
		el("button", { id: "ml-code-next" }, t("code_saved")),
		el("button", { id: "ml-no-code", type: "button", class: "alt",
			onclick: () => {
				ctx.code = ctx.keys = null;
				on();
			} }, t("code_none"))),
	el("p", { class: "hint" }, t("code_none_hint")));
	// Only the code goes on paper, without the name of this site
	document.body.classList.add("discreet");
	show(ctx.box, steps(2), el("h1", {}, t("code_title")),
		el("p", { class: "lead" }, t("code_lead")),
		el("section", { class: "paper strip sheet",
			"aria-label": t("code_groups") },
		el("ol", { class: "code", id: "ml-code" },
			text.split("-").map((g) => el("li", {}, g))),
		drawing(text)),
		buttons(text),
		el("section", { class: "care" }, el("h2", {}, t("code_lost")),
			el("p", {}, t("code_lost_text"))),
		form,
		el("section", {}, el("h2", {}, t("code_keep_title")),
			el("ul", {}, ["code_keep1", "code_keep2", "code_keep3"]
				.map((k) => el("li", {}, rich(t(k))))),
			el("p", {}, t("code_letters")), signs(text)));
}
