// SPDX-License-Identifier: EUPL-1.2
// The offline page: one HTML file that seals to an upload file. It has no
// network (its CSP says so) and knows no organisation: the reporter gives it
// the three signed key files, and compares the fingerprint with the poster.
import { demand, hex, text, utf8 } from "../script/bytes.js";
import { codeDerive, codeNew } from "../script/code.js";
import { errorText, guard, oldAsk, oldRefuse, steps } from "../script/compose.js";
import { $, el, notice, point, show } from "../script/dom.js";
import { envelopeSize, seal } from "../script/envelope.js";
import { codeShow } from "../script/flow_code.js";
import { formShow } from "../script/flow_report.js";
import { deskName, deskPick, epochParse, holders, keysetParse }
	from "../script/keyset.js";
import { fingerprint } from "../script/minisign.js";
import { reportNew } from "../script/report.js";
import { languages, stringsChoose, t } from "../script/strings.js";
import { END, tarHeader, tarPad } from "../script/tar.js";
import { today } from "../script/week.js";
import { profiles } from "./roles.js";

const SIZE_MAX = 200 * 1048576; // the result is held in memory
const FILES_MAX = 191 * 1048576; // that still fit it: the class of 192 MiB
const ALIKE = 8;

// keys/FORMAT.md section 3, "upload file"
function uploadFile(org, epoch, envelope, size) {
	const json = utf8(JSON.stringify({ type: "meldluik-upload", version: 1,
		org: hex(org), epoch }) + "\n");
	return new Blob([tarHeader("upload.json", json.length), json,
		new Uint8Array(tarPad(json.length)),
		tarHeader("envelope.age", size), ...envelope,
		new Uint8Array(tarPad(size) + END)]);
}

async function keysRead(files) {
	const all = await Promise.all(Array.from(files).slice(0, ALIKE)
		.map(async (f) => new Uint8Array(await f.arrayBuffer())));
	const type = (b) => {
		try {
			return JSON.parse(text(b)).type;
		} catch {
			return text(b).startsWith("untrusted comment: ") ? "sig" : "";
		}
	};
	const of = (want) => all.find((b) => type(b) === want);
	demand(of("meldluik-keyset") && of("sig") && of("meldluik-epoch"),
		"missing");
	const k = await keysetParse(of("meldluik-keyset"), text(of("sig")));
	demand(k.notAfter >= today(), "not-open");
	return { k, epoch: await epochParse(of("meldluik-epoch"), k) };
}

async function make(ctx, form, files, given) {
	const error = $("#ml-error", form);
	const status = notice("ml-status", "hint");
	form.after(status);
	form.hidden = true;
	status.textContent = t("sealing");
	try {
		oldRefuse(ctx);
		const list = await files.chosen();
		demand(envelopeSize(list) <= SIZE_MAX, "offline-large");
		const { message } = given();
		const report = reportNew({ ...message, keyset: ctx.k.hash,
			epoch: ctx.epoch.week });
		const pieces = [];
		const size = await seal({ report, files: list, seed: null,
			holders: ctx.epoch.of(ctx.desk.number) }, (b) => {
			pieces.push(b);
		});
		const blob = uploadFile(ctx.k.org, ctx.epoch.week, pieces, size);
		show(ctx.box, el("h1", {}, t("done_title_file")),
			el("p", {}, t("off_ready")),
			el("a", { class: "btn", id: "ml-save", download: "melding.tar",
				onclick: () => guard(false), // not before it is kept
				href: URL.createObjectURL(blob) }, t("off_save")));
	} catch (e) {
		form.hidden = false;
		error.textContent = e.word === "offline-large" ? t("off_large") :
			errorText(e);
		oldAsk(ctx, error, e);
		point(error);
	} finally {
		status.remove();
	}
}

// Who reads about whom, in the words of the page's first step: the routing
// table of the gateway, the desks of these keys. A bar of the keys that the
// table does not know can be chosen too.
// Which table: as routing_own (policy/routing.c) finds it in the keys' desks.
function profileOf(k) {
	const [nl, eu] = profiles;
	const ours = (p) => k.desks.filter((d) => p.desks.includes(d.id)).length;
	return k.desks.every((d) => d.not_about.every((code) =>
		eu.roles.some((r) => r.code === code))) && ours(eu) > ours(nl) ?
		eu : nl;
}

function rolesOf(k, language) {
	const { roles } = profileOf(k);
	const known = roles.map((r) => ({ ...r, name: r[language] ?? r.nl,
		desk: deskPick(k, r.code, r.prefer) }));
	const rest = new Set(k.desks.flatMap((d) => d.not_about)
		.filter((code) => !roles.some((r) => r.code === code)));
	return [...known, ...[...rest].map((code) => ({ code, name: code,
		desk: deskPick(k, code, []) }))];
}

function roleNode(r, usual, language) {
	const note = [r.desk && r.desk !== usual ? t("about_reads",
		deskName(r.desk, language)) : "",
	r.external_first ? t("external") : "",
	r.desk ? "" : t("about_nobody")].filter(Boolean).join(" ");
	return el("label", { class: "pick" }, el("input", { type: "radio",
		name: "about", value: r.code }), el("span", {}, r.name, " ",
		note ? el("small", {}, note) : null));
}

function aboutShow(ctx) {
	const all = rolesOf(ctx.k, ctx.language);
	const rolesDefault = profileOf(ctx.k).usual;
	const usual = all.find((r) => r.code === rolesDefault).desk;
	const error = notice("ml-error", "err");
	// Firefox writes to the disk what was picked, unless this is said
	const form = el("form", { id: "about-form", autocomplete: "off",
		onsubmit: (e) => {
			e.preventDefault();
			ctx.role = $("input[name=about]:checked", form)?.value ?? "";
			ctx.desk = all.find((r) =>
				r.code === (ctx.role || rolesDefault)).desk;
			if (!ctx.desk) {
				error.textContent = t("no_desk") + " " + t("external");
				error.scrollIntoView();
				return;
			}
			ctx.code = codeNew(ctx.desk.number);
			ctx.keys = codeDerive(ctx.code, ctx.k.org);
			guard(true);
			codeShow(ctx, () => formShow(ctx, (f, files, given) =>
				make(ctx, f, files, given), t("off_make"), FILES_MAX));
			ctx.box.append(el("p", { class: "hint" },
				t("readers", deskName(ctx.desk, ctx.language)), " ",
				holders(ctx.k, ctx.desk.number).length === 1 ?
					t("one_holder") : ""));
		} }, error, el("fieldset", { "aria-labelledby": "ml-q" },
		el("legend", { class: "hint" }, t("about_more")),
		all.map((r) => roleNode(r, usual, ctx.language))),
	el("button", { id: "ml-about-next" }, t("code_saved_next")));
	show(ctx.box, steps(1), el("h1", { id: "ml-q" }, t("off_about")),
		el("p", { class: "lead" }, t("about_lead")),
		el("p", {}, t("about_usual", deskName(usual, ctx.language))), form);
}

function start(ctx) {
	const error = notice("ml-error", "err");
	const input = el("input", { type: "file", id: "ml-keys", multiple: true,
		onchange: async () => {
			error.textContent = "";
			try {
				Object.assign(ctx, await keysRead(input.files));
			} catch (e) {
				error.textContent = e.word === "not-open" ?
					t("not_open") : e.word === "missing" ?
					t("off_missing") : t("bad_keys", e.message);
				return;
			}
			const print = fingerprint(ctx.k.identity);
			// another language would begin anew, and drop what is typed
			$("#languages").remove();
			show(ctx.box, el("h1", {}, ctx.k.organisation),
				el("p", {}, t("off_print", "")),
				el("div", { class: "paper" },
					el("ol", { class: "code", id: "ml-print" },
						print.split("-").map((g) => el("li", {}, g)))),
				el("button", { id: "ml-print-yes",
					onclick: () => aboutShow(ctx) },
				t("off_print_yes")));
		} });
	show(ctx.box, el("h1", {}, "Meldluik"), el("p", {}, t("off_lead")),
		error, el("label", { for: "ml-keys" }, t("off_keys")), input);
}

const box = el("div", { id: "ml" });
$("main").replaceChildren(box);
const ctx = { box, kind: "report", sealedBy: "offline_page" };
const choose = (language) => {
	const { rtl, checked } = languages.find((l) => l.code === language);
	document.documentElement.lang = ctx.language = language;
	document.documentElement.dir = rtl ? "rtl" : "ltr";
	stringsChoose(language);
	$("#unchecked").textContent = checked ? "" : t("unchecked");
	start(ctx);
};
$("#languages").append(...languages.map((l) => el("button", { type:
	"button", class: "alt", lang: l.code, onclick: () => choose(l.code) }, l.name)));
const wanted = (navigator.language ?? "").slice(0, 2);
choose(languages.some((l) => l.code === wanted) ? wanted : "en");
